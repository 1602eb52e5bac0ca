"""All read-table rows worked out afresh from the log: what a rebuild writes and a check compares (spec 3.2.5).

Units first, in the order of positions, since people are judged in the tree as known at each position; then one
person after another, each through every position that touched them.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table

from ledger.domain.entries import DatedEntry
from ledger.domain.events import Recorded, subjects_of
from ledger.domain.facts import Fact, Illegal, fact_of
from ledger.domain.faults import LedgerDamaged
from ledger.domain.person import Timeline, extended, fold
from ledger.domain.policy import fold_policy
from ledger.domain.quotas import QuotaFold, quota_periods, touches_quotas
from ledger.domain.terms import INNER_KINDS
from ledger.domain.time import FOREVER, Day
from ledger.domain.units import Structure, UnitVersion, fold_unit, life_of
from ledger.persistence.store import Store
from ledger.projections import rows as r
from ledger.projections import tables as t
from ledger.projections.alerts import alert_batches
from ledger.projections.checkpoints import LEADERS, WIDTH
from ledger.projections.frontier import BLOCK, advanced, block_of

Progress = Callable[[int, int], None]
"""Called with (events done, events in all)."""
Batch = tuple[Table, list[tuple[object, ...]]]
PIECE = 20_000


_KNOWN_AT = {table: [column.name for column in table.columns].index("k_from") for table in t.BITEMPORAL}


class Histories:
    """Rows of one bitemporal table with the positions over which they were known."""

    def __init__(self, table: Table) -> None:
        self._known = _KNOWN_AT[table]
        self._last: tuple[Any, ...] = ()
        self.open: dict[Any, int] = {}
        self.done: list[tuple[Any, int, int]] = []

    def become(self, rows: tuple[Any, ...], position: int) -> None:
        """From a position on these are the rows (or what becomes a row when they are taken)."""
        if rows == self._last:
            return
        self._last = rows
        now = dict.fromkeys(rows, position)
        for row in [row for row in self.open if row not in now]:
            self._end(row, position)
        for row in now:
            self.open.setdefault(row, position)

    def change(self, before: Sequence[r.Row], after: Sequence[r.Row], position: int) -> None:
        """From a position on, one subject's rows are `after` instead of `before`."""
        for row in set(before) - set(after):
            self._end(row, position)
        kept = set(before)
        for row in after:
            if row not in kept:
                self.open[row] = position

    def _end(self, row: r.Row, position: int) -> None:
        self.done.append((row, self.open.pop(row), position))

    def take(self, row_of: Callable[[Any], r.Row] | None = None) -> list[tuple[object, ...]]:
        """All rows so far, the open ones open for ever."""
        known = self._known
        spans = [*self.done, *((row, begun, FOREVER) for row, begun in self.open.items())]
        told = ((row if row_of is None else row_of(row), begun, ended) for row, begun, ended in spans)
        return [(*row[:known], begun, ended, *row[known:]) for row, begun, ended in told]


@dataclass(slots=True)
class Units:
    """What the unit events make: the tree at every position, and where people may have to be judged again."""

    structure: Structure = field(default_factory=lambda: Structure({}))
    numbers: dict[str, int] = field(default_factory=dict)
    judged_again: dict[str, list[int]] = field(default_factory=dict)
    positions: set[int] = field(default_factory=set)


class Replay:
    """One pass over the log of a ledger, in one snapshot."""

    def __init__(self, store: Store, conn: Connection, progress: Progress | None = None) -> None:
        self._store = store
        self._conn = conn
        self._progress = progress or (lambda _done, _all: None)
        self._newest = store.head(conn).position
        self._days = array("i", bytes(4 * (self._newest + 1)))
        self._deltas = array("i")
        self._shared: dict[tuple[int, int, Day, int], int] = {}
        self._ranks: dict[str, tuple[int, int]] = {}
        self._imprecise: dict[int, str] = {}
        self._units = Units()
        self._done = 0

    def batches(self) -> Iterator[Batch]:
        """Every row of every table but the checkpoints, table by table, in pieces."""
        yield from self._replay_units()
        yield from self._replay_policy()
        yield from self._replay_people()
        yield from alert_batches(self._store, self._conn)
        frontiers = self._frontiers()
        yield t.imprecise_entry, list(self._imprecise.items())
        yield t.leader_rank, list(enumerate(self._ranks_in_order()))
        yield t.frontier, [(block, day) for block, day in enumerate(frontiers) if block]
        yield from self._delta_rows(frontiers)

    def _note(self, recorded: Iterable[Recorded]) -> None:
        for one in recorded:
            fact = fact_of(one)
            if fact is not None:
                self._days[one.position] = fact.day
                if fact.imprecise:
                    self._imprecise[one.position] = fact.id

    # ---- units

    def _replay_units(self) -> Iterator[Batch]:
        log: dict[int, Recorded] = {}
        for _, recorded in self._store.by_subject(self._conn, "unit:"):
            self._note(recorded)
            log.update((one.position, one) for one in recorded)
        state = _UnitReplay(self._units)
        for position in sorted(log):
            state.take(log[position])
        self._done += len(log)
        self._progress(self._done, self._newest)
        self._units.structure = state.whole_structure()
        yield t.unit, [(number, code) for code, number in self._units.numbers.items()]
        yield t.unit_period, state.unit_rows.take()
        yield t.quota_period, state.quota_rows.take()

    def _replay_policy(self) -> Iterator[Batch]:
        history = Histories(t.policy_period)
        recorded = self._store.recorded(self._conn, ["policy"]).get("policy", [])
        self._note(recorded)
        facts = _Facts("policy")
        for one in recorded:
            facts.take(one)
            steps = fold_policy(facts.now())
            if isinstance(steps, Illegal):
                raise _damaged(steps)
            history.become(tuple(r.policy_rows(steps)), one.position)
        yield t.policy_period, history.take()

    # ---- people

    def _replay_people(self) -> Iterator[Batch]:
        waiting: dict[Table, list[tuple[object, ...]]] = {table: [] for table in (t.person, *r.PERSON_TABLES)}
        for subject, recorded in self._store.by_subject(self._conn, "person:"):
            self._note(recorded)
            number = recorded[0].position
            waiting[t.person].append((number, subject.removeprefix("person:")))
            for table, rows in self._replay_person(subject, number, recorded):
                waiting[table].extend(rows)
            self._done += len(recorded)
            if len(waiting[t.person_period]) >= PIECE:
                self._progress(min(self._done, self._newest), self._newest)
                yield from waiting.items()
                waiting = {table: [] for table in waiting}
        yield from waiting.items()
        self._progress(self._newest, self._newest)

    def _replay_person(self, subject: str, number: int, recorded: Sequence[Recorded]) -> Iterator[Batch]:
        histories = {table: Histories(table) for table in r.PERSON_TABLES}
        facts = _Facts(subject)
        timeline = Timeline()
        was: frozenset[Any] = frozenset()
        unit = self._units.numbers.__getitem__
        for position, one in self._moments(recorded):
            structure = self._units.structure.at(position)
            appended = facts.take(one) if one is not None else None
            folded = fold(facts.now(), structure) if appended is None else extended(timeline, [appended], structure)
            if isinstance(folded, Illegal):
                raise _damaged(folded)
            timeline = folded
            for table, history in histories.items():
                history.become(r.periods_of(table, timeline), position)
            now = r.counted(timeline)
            if now != was:
                changes = r.count_changes(now - was), r.count_changes(was - now)
                self._note_counts(*changes, position, shared=one is None or one.event.target is not None)
                was = now
        for table, history in histories.items():
            yield table, history.take(partial(r.person_row, table, number, unit))

    def _moments(self, recorded: Sequence[Recorded]) -> Iterator[tuple[int, Recorded | None]]:
        """The positions that may have changed a person: their own, and those that changed the tree around them."""
        again: set[int] = set()
        judged_again = self._units.judged_again
        if judged_again:
            for one in recorded:
                fact = fact_of(one)
                if fact is not None:
                    for key in fact.entry.unit_keys:
                        again.update(judged_again.get(getattr(fact.entry, key), ()))
        own = {one.position: one for one in recorded}
        first = recorded[0].position
        for position in sorted({*own, *(at for at in again if at > first)}):
            yield position, own.get(position)

    def _note_counts(
        self,
        more: dict[tuple[str, r.Measure, Day], int],
        less: dict[tuple[str, r.Measure, Day], int],
        position: int,
        *,
        shared: bool,
    ) -> None:
        number = self._units.numbers
        for key in more.keys() | less.keys():
            amount = more.get(key, 0) - less.get(key, 0)
            if not amount:
                continue
            unit, counts, day = key
            measure = counts if isinstance(counts, int) else self._rank(counts, position)
            if shared:
                whole = (number[unit], measure, day, position)
                self._shared[whole] = self._shared.get(whole, 0) + amount
            else:
                self._deltas.extend((number[unit], measure, day, position, amount))

    def _rank(self, rank: str, position: int) -> int:
        """A number for a rank while people are replayed: one after another, not yet in the order of positions."""
        found = self._ranks.get(rank)
        if found is None or position < found[1]:
            found = self._ranks[rank] = (LEADERS + len(self._ranks) if found is None else found[0], position)
        return found[0]

    def _ranks_in_order(self) -> list[str]:
        """The ranks in the order in which the ledger met them, by name where one entry brought several."""
        return sorted(self._ranks, key=lambda rank: (self._ranks[rank][1], rank))

    # ---- deltas

    def _frontiers(self) -> list[Day]:
        """Block -> frontier, for every block that has begun or is just complete."""
        found = [0]
        for block in range(self._newest // BLOCK):
            days = [day for day in self._days[block * BLOCK + 1 : (block + 1) * BLOCK + 1] if day]
            found.append(advanced(found[-1], days))
        return found

    def _delta_rows(self, frontiers: Sequence[Day]) -> Iterator[Batch]:
        final = {self._ranks[rank][0]: LEADERS + number for number, rank in enumerate(self._ranks_in_order())}
        flat = self._deltas
        rows: list[tuple[object, ...]] = []
        spooled = (tuple(flat[at : at + 5]) for at in range(0, len(flat), 5))
        shared = ((*key, amount) for key, amount in self._shared.items() if amount)
        for unit, measure, day, position, amount in chain(spooled, shared):
            number = final.get(measure, measure)
            if number < WIDTH:
                rows.append((unit, number, day, position, amount, frontiers[block_of(position)]))
            if len(rows) >= PIECE:
                yield t.headcount_delta, rows
                rows = []
        yield t.headcount_delta, rows


class _Facts:
    """The facts of one subject as events come in."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._facts: dict[int, Fact] = {}
        self._last: tuple[Day, int] = (0, 0)

    def take(self, one: Recorded) -> Fact | None:
        """Take in an event; the fact it brings is returned when it comes after all the others."""
        if one.event.target is not None:
            self._facts.pop(one.event.target, None)
        fact = fact_of(one)
        concerned = fact is not None and self._subject in subjects_of(fact.entry)
        if concerned:
            assert fact is not None
            self._facts[one.position] = fact
        if one.event.target is not None:
            self._last = max((each.order for each in self._facts.values()), default=(0, 0))
            return None
        if fact is None or not concerned or fact.order < self._last:
            return None
        self._last = fact.order
        return fact

    def now(self) -> list[Fact]:
        """The facts in effect, in order."""
        return sorted(self._facts.values(), key=lambda fact: fact.order)


class _UnitReplay:
    """Unit events in the order of positions."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._facts: dict[str, _Facts] = {}
        self._places: dict[str, int] = {}
        self._entries: dict[int, DatedEntry] = {}
        self._structure = Structure({})
        self._versions: dict[str, list[UnitVersion]] = {}
        self._known: dict[str, dict[UnitVersion, int]] = {}
        self._quotas: dict[str, list[r.Row]] = {}
        self.unit_rows = Histories(t.unit_period)
        self.quota_rows = Histories(t.quota_period)

    def take(self, one: Recorded) -> None:
        """Take in one event that touches units."""
        self._places[one.event.id] = one.event.place or one.position
        concerned = self._concerned(one)
        for unit in concerned:
            self._facts.setdefault(unit, _Facts(f"unit:{unit}")).take(one)
        for unit in concerned:
            self._reshape(unit, one.position)
        waiting = list(concerned)
        while waiting:
            unit = waiting.pop(0)
            self._renumber(unit, one.position)
            into = next((row.into for row in self._structure.versions(unit) if row.into), None)
            if into is not None and into not in waiting:
                waiting.append(into)

    def _concerned(self, one: Recorded) -> list[str]:
        entries: list[DatedEntry] = []
        fact = fact_of(one)
        if fact is not None:
            entries.append(fact.entry)
            self._entries[one.position] = fact.entry
        if one.event.target is not None:
            removed = self._entries.get(one.event.target)
            if removed is not None:
                entries.append(removed)
        subjects = dict.fromkeys(subject for entry in entries for subject in subjects_of(entry))
        return [subject.removeprefix("unit:") for subject in subjects if subject.startswith("unit:")]

    def _reshape(self, unit: str, position: int) -> None:
        before = self._versions.get(unit, [])
        after = fold_unit(unit, self._facts[unit].now())
        if isinstance(after, Illegal):
            raise _damaged(after)
        if before == after:
            return
        number = self._units.numbers.setdefault(unit, position)
        self.unit_rows.change(r.unit_rows(number, before), r.unit_rows(number, after), position)
        known = self._known.setdefault(unit, {})
        for row in [row for row in known if row.k_to == FOREVER and row._replace(k_from=0) not in after]:
            known.pop(row)
            known[row._replace(k_to=position)] = position
        still = {row._replace(k_from=0) for row in known if row.k_to == FOREVER}
        for row in after:
            if row not in still:
                known[row._replace(k_from=position)] = position
        self._versions[unit] = after
        self._structure = self._structure.with_unit(unit, after)
        if before and (life_of(before) != life_of(after) or before[-1].kind in INNER_KINDS):
            for code in {unit} | self._structure.inner_below(unit):
                self._units.judged_again.setdefault(code, []).append(position)

    def _renumber(self, unit: str, position: int) -> None:
        def facts_of(code: str) -> list[Fact]:
            tells = touches_quotas(code)
            found = self._facts.get(code)
            return [] if found is None else [fact for fact in found.now() if tells(fact.entry)]

        steps = QuotaFold(facts_of, self._places).steps(unit)
        if isinstance(steps, Illegal):
            raise _damaged(steps)
        before = self._quotas.get(unit, [])
        number = self._units.numbers.get(unit)
        after = [] if number is None else r.quota_rows(number, quota_periods(steps))
        if before != after:
            self.quota_rows.change(before, after, position)
            self._quotas[unit] = after

    def whole_structure(self) -> Structure:
        """The units as known at every position."""
        return Structure({unit: list(rows) for unit, rows in self._known.items()})


def _damaged(illegal: Illegal) -> LedgerDamaged:
    return LedgerDamaged(detail=f"entry {illegal.fact.id} cannot stand: {illegal.code}", position=illegal.fact.position)
