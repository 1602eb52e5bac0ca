"""All read-table rows worked out afresh from the log: what a rebuild writes and a check compares (spec 3.2.5).

Units first, in the order of positions, since people are judged in the tree as known at each position; then one
person after another, each through every position that touched them.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Table

from ledger.domain.events import Recorded
from ledger.domain.facts import Fact, Illegal, fact_of
from ledger.domain.policy import fold_policy
from ledger.domain.time import Day
from ledger.persistence.history import History
from ledger.projections import rows as r
from ledger.projections import tables as t
from ledger.projections.alerts import alert_batches
from ledger.projections.checkpoints import LEADERS, WIDTH
from ledger.projections.frontier import BLOCK, advanced, block_of
from ledger.projections.lives import Facts, Life, damaged, moments_of
from ledger.projections.standing import standing_text
from ledger.projections.unit_replay import Histories, UnitReplay, Units

Progress = Callable[[int, int], None]
"""Called with (events done, events in all)."""
Batch = tuple[Table, list[r.Row]]
PIECE = 20_000
"""Rows of people's periods handed on at once."""


@dataclass(frozen=True, slots=True)
class Known:
    """What tables made from the log up to `position` already hold; a replay from there tells only what is to be added.

    `ranks`: rank -> its number. `frontiers`: block -> frontier, as far as they are known; at least block 0.
    """

    position: int = 0
    ranks: Mapping[str, int] = field(default_factory=dict)
    frontiers: Sequence[Day] = (0,)


NOTHING = Known()


class Replay:
    """One pass over a history.

    With `known` the rows of the units, of the policy and of every person who has changed since are told whole, those
    of deltas, ranks, frontiers and imprecise entries only as far as they are new.
    """

    def __init__(self, history: History, progress: Progress | None = None, known: Known = NOTHING) -> None:
        self._history = history
        self._progress = progress or (lambda _done, _all: None)
        self._known = known
        self._newest = history.upto
        self._days = array("i", bytes(4 * (self._newest + 1)))
        self._deltas = array("i")
        self._shared: dict[tuple[int, int, Day, int], int] = {}
        self._ranks: dict[str, tuple[int, int]] = {}
        self._imprecise: dict[int, str] = {}
        self._units = Units()
        self._done = 0

    def batches(self) -> Iterator[Batch]:
        """Every row of every table but the checkpoints and the names to search, table by table, in pieces."""
        since = self._known.position
        touched = None
        if since:
            touched = self._history.touched(since)
            self._note(self._history.events((since // BLOCK) * BLOCK + 1, since))
        yield from self._replay_units()
        yield from self._replay_policy()
        yield from self._replay_people(touched)
        yield from alert_batches(self._history)
        frontiers = self._frontiers()
        yield t.imprecise_entry, [row for row in self._imprecise.items() if row[0] > since]
        yield t.leader_rank, [(number, rank) for rank, number in self._new_ranks().items()]
        begun = len(self._known.frontiers)
        yield t.frontier, [(block, day) for block, day in enumerate(frontiers) if block >= begun]
        yield from self._delta_rows(frontiers)

    def _note(self, recorded: Iterable[Recorded]) -> list[Fact | None]:
        """Their facts; on the way their days are noted."""
        facts = [fact_of(one) for one in recorded]
        days = self._days
        for fact in facts:
            if fact is not None:
                days[fact.position] = fact.day
                if fact.imprecise:
                    self._imprecise[fact.position] = fact.id
        return facts

    # ---- units

    def _replay_units(self) -> Iterator[Batch]:
        log: dict[int, Recorded] = {}
        for _, recorded in self._history.of(self._history.subjects("unit:")):
            self._note(recorded)
            log.update((one.position, one) for one in recorded)
        state = UnitReplay(self._units)
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
        facts = Facts("policy")
        for _, recorded in self._history.of(["policy"]):
            self._note(recorded)
            for one in recorded:
                facts.take(one, fact_of(one))
                steps = fold_policy(facts.now())
                if isinstance(steps, Illegal):
                    raise damaged(steps)
                history.become(tuple(r.policy_rows(steps)), one.position)
        yield t.policy_period, history.take()

    # ---- people

    def _replay_people(self, touched: set[str] | None) -> Iterator[Batch]:
        subjects = self._history.subjects("person:") if touched is None else self._changed_people(touched)
        unit, structure = self._units.numbers.__getitem__, self._units.structure.at(0)
        waiting: dict[Table, list[r.Row]] = {table: [] for table in (t.person, t.person_standing, *r.PERSON_TABLES)}
        for subject, recorded in self._history.of(subjects):
            moments = moments_of(recorded, self._note(recorded), self._units.judged_again)
            number = recorded[0].position
            waiting[t.person].append((number, subject.removeprefix("person:")))
            life = Life(subject, number, unit, structure)
            life.replay(moments, self._note_counts)
            version = sum(one.event.originator_id == subject for one in recorded)
            waiting[t.person_standing].append((number, version, standing_text(life.timeline)))
            for table, rows in life.rows.items():
                rows.sort(key=r.ORDER[table])
                waiting[table].extend(rows)
            self._done += len(recorded)
            if len(waiting[t.person_period]) >= PIECE:
                self._progress(min(self._done, self._newest), self._newest)
                yield from waiting.items()
                waiting = {table: [] for table in waiting}
        yield from waiting.items()
        self._progress(self._newest, self._newest)

    def _changed_people(self, touched: set[str]) -> list[str]:
        """The people who may have changed since the position known, in the order of their subjects."""
        since = self._known.position
        again = {unit for unit, positions in self._units.judged_again.items() if positions[-1] > since}
        together = self._history.together_with([f"names:{unit}" for unit in again]) if again else set()
        return sorted(subject for subject in touched | together if subject.startswith("person:"))

    def _note_counts(self, changes: r.Counts, position: int, shared: bool) -> None:  # noqa: FBT001  see `Life.replay`
        if position <= self._known.position:
            return
        number = self._units.numbers
        for (unit, counts, day), amount in changes.items():
            if not amount:
                continue
            measure = counts if isinstance(counts, int) else self._rank(counts, position)
            if shared:
                whole = (number[unit], measure, day, position)
                self._shared[whole] = self._shared.get(whole, 0) + amount
            else:
                self._deltas.extend((number[unit], measure, day, position, amount))

    def _rank(self, rank: str, position: int) -> int:
        """A number for a rank while people are replayed: one after another, not yet in the order of positions."""
        known = self._known.ranks.get(rank)
        if known is not None:
            return LEADERS + known
        found = self._ranks.get(rank)
        if found is None or position < found[1]:
            begin = LEADERS + len(self._known.ranks)
            found = self._ranks[rank] = (begin + len(self._ranks) if found is None else found[0], position)
        return found[0]

    def _new_ranks(self) -> dict[str, int]:
        """Their numbers, in the order in which the ledger met them, by name where one entry brought several."""
        order = sorted(self._ranks, key=lambda rank: (self._ranks[rank][1], rank))
        return {rank: number for number, rank in enumerate(order, len(self._known.ranks))}

    # ---- deltas

    def _frontiers(self) -> list[Day]:
        """Block -> frontier, for every block that has begun or is just complete."""
        found = list(self._known.frontiers)
        for block in range(len(found) - 1, self._newest // BLOCK):
            days = [day for day in self._days[block * BLOCK + 1 : (block + 1) * BLOCK + 1] if day]
            found.append(advanced(found[-1], days))
        return found

    def _delta_rows(self, frontiers: Sequence[Day]) -> Iterator[Batch]:
        """The changes of counts in the order of their key: a table filled in order is smaller, and quicker to fill."""
        final = {self._ranks[rank][0]: LEADERS + number for rank, number in self._new_ranks().items()}
        flat, order = self._deltas, list[int]()
        for at in range(0, len(flat), 5):
            unit, measure, day, position, amount = flat[at : at + 5]
            measure = final.get(measure, measure)
            if measure < WIDTH:
                order.append(_packed(unit, measure, day, position, amount))
        self._deltas = array("i")
        for (unit, measure, day, position), amount in self._shared.items():
            number = final.get(measure, measure)
            if amount and number < WIDTH:
                order.append(_packed(unit, number, day, position, amount))
        order.sort()
        for start in range(0, len(order), PIECE):
            rows = map(_unpacked, order[start : start + PIECE])
            yield t.headcount_delta, [(*row, amount, frontiers[block_of(row[3])]) for row, amount in rows]


_AMOUNT = 1 << 20
"""More than any change of one count."""


def _packed(unit: int, measure: int, day: Day, position: int, amount: int) -> int:
    """One number that sorts like the row's key: a list of a million is small, and sorted in a second."""
    return ((((unit << 5 | measure) << 22 | day) << 31 | position) << 21) | (amount + _AMOUNT)


def _unpacked(packed: int) -> tuple[tuple[int, int, Day, int], int]:
    key, amount = packed >> 21, (packed & 0x1FFFFF) - _AMOUNT
    return (key >> 58, (key >> 53) & 31, (key >> 31) & 0x3FFFFF, key & 0x7FFFFFFF), amount


assert WIDTH <= 32
