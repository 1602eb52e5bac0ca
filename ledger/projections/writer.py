"""Keeps the read tables in step, inside the transaction that records (spec 3.2.4).

A change closes rows on the knowledge axis and adds rows; nothing is deleted, so every (D, K) stays answerable.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, select

from ledger.domain.facts import Fact
from ledger.domain.judgement import Verdict
from ledger.domain.periods import changed, told
from ledger.domain.person import Timeline
from ledger.domain.quotas import Grant, QuotaPeriod, by_scale
from ledger.domain.time import FOREVER, Day
from ledger.persistence.reading import fetched
from ledger.projections import rows as r
from ledger.projections import tables as t
from ledger.projections.frontier import BLOCK, advanced, block_of
from ledger.projections.search import search_rows
from ledger.projections.standing import standing_of, standing_text
from ledger.projections.statements import close_rows, insert_rows, put_rows, set_values

_COLUMNS = {table: [column.name for column in table.columns] for table in t.BITEMPORAL}
_KNOWN_AT = {table: names.index("k_from") for table, names in _COLUMNS.items()}
NO_DAYS: tuple[int, list[Day]] = (-1, [])


@dataclass(slots=True)
class Kept:
    """What one transaction has learnt of the tables and the next need not ask, while nobody else has written.

    `frontiers`: by block. `block_days`: the block of positions that has begun, with the days of all its entries.
    `ranks`: their numbers.
    """

    frontiers: dict[int, Day] = field(default_factory=dict)
    block_days: tuple[int, list[Day]] = NO_DAYS
    ranks: dict[str, int] = field(default_factory=dict)


def _key_of(table: Table) -> Callable[[r.Row], tuple[object, ...]]:
    """What names an open row, from the whole row."""
    places = [_COLUMNS[table].index(name) for name in t.BITEMPORAL[table]]
    return lambda row: tuple(row[place] for place in places)


_KEY_OF = {table: _key_of(table) for table in t.BITEMPORAL}
_STANDING = (
    select(t.person.c.code, t.person.c.id, t.person_standing.c.version, t.person_standing.c.standing)
    .join_from(t.person, t.person_standing, t.person.c.id == t.person_standing.c.person)
    .where(t.person.c.code.in_(bindparam("codes", expanding=True)))
)


class ReadTables:
    """The read tables as one write transaction changes them.

    `days_of(first, last)`: the effective days of the entries at these positions. `units`: their numbers by code.
    """

    def __init__(self, conn: Connection, days_of: Callable[[int, int], list[Day]]) -> None:
        self._conn = conn
        self._days_of = days_of
        self.units: dict[str, int] = {}
        self._people: dict[str, int] = {}
        self._standing: dict[str, tuple[int, Timeline]] = {}
        self._new_units: list[tuple[int, str]] = []
        self._new_people: list[tuple[int, str]] = []
        self._open: dict[tuple[object, ...], list[object]] = {}
        self._added: dict[Table, list[list[object]]] = {table: [] for table in t.BITEMPORAL}
        self._closed: dict[Table, list[tuple[object, ...]]] = {table: [] for table in t.BITEMPORAL}
        self._deltas: list[tuple[int, int, Day, int, int, Day]] = []
        self.kept = Kept()
        self._names: set[tuple[int, str]] = set()
        self._last = 0
        self._last_entry = 0

    # ---- numbers

    def load_units(self) -> None:
        """Read all unit numbers; done once, before the first change."""
        self.units = {code: number for number, code in self._conn.execute(select(t.unit.c.id, t.unit.c.code))}

    def load_people(self, codes: Iterable[str]) -> Iterator[tuple[str, int, Timeline]]:
        """Read where lives stand that are about to be written: (code, version of the stream, timeline)."""
        wanted = list(codes)
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            found = {code: row for code, *row in fetched(self._conn, _STANDING, {"codes": some})}
            for code in some:
                number, version, text = found.get(code, (0, 0, ""))
                if number:
                    self._people[code] = number
                yield code, version, standing_of(text)

    def _unit(self, code: str) -> int:
        return self.units[code]

    # ---- changes

    def apply(self, verdict: Verdict, position: int, fact: Fact | None, versions: Callable[[str], int]) -> None:
        """Take in what the entry at `position` made of every subject, all of which were loaded.

        `fact`: what it brought into effect; `versions`: of streams, that of the entry included.
        """
        self._note_day(position, None if fact is None else fact.day)
        if fact is not None and fact.imprecise:
            insert_rows(self._conn, t.imprecise_entry, [(position, fact.id)])
        for code, (unit_before, unit_after) in verdict.units.items():
            if code not in self.units:
                self.units[code] = position
                self._new_units.append((position, code))
            number = self.units[code]
            self._change(t.unit_period, r.unit_rows(number, unit_before), r.unit_rows(number, unit_after), position)
        for code, (quota_before, quota_after) in verdict.quotas.items():
            number = self.units[code]
            self._change(
                t.quota_period, r.quota_rows(number, quota_before), r.quota_rows(number, quota_after), position
            )
        counts: r.Counts = {}
        for code, (before, after) in verdict.people.items():
            self._change_person(code, before, after, position, counts)
            self.stand(code, versions(f"person:{code}"), after)
        frontier = self.frontier_at(position) if counts else 0
        self._number_ranks(measure for _, measure, _ in counts)
        for (code, measure, on), amount in counts.items():
            number = measure if isinstance(measure, int) else t.LEADERS + self.kept.ranks[measure]
            if amount and number < t.WIDTH:
                self._deltas.append((self.units[code], number, on, position, amount, frontier))
        self._last = self._last_entry = position

    def stand(self, person: str, version: int, timeline: Timeline) -> None:
        """Note where a life stands at a version of the person's stream; the person was loaded."""
        self._standing[person] = (version, timeline)

    def pass_over(self, position: int) -> None:
        """Note a position that states nothing about people, units or the policy."""
        self._note_day(position, None)
        self._last = position

    def change_policy(self, before: Iterable[r.Row], after: Iterable[r.Row], position: int) -> None:
        """Take in other rules."""
        self._change(t.policy_period, list(before), list(after), position)

    def _change_person(self, code: str, before: Timeline, after: Timeline, position: int, counts: r.Counts) -> None:
        if code not in self._people:
            self._people[code] = position
            self._new_people.append((position, code))
        number = self._people[code]
        for table, was, now in zip(r.PERSON_TABLES, cast(Any, told(before)), cast(Any, told(after)), strict=True):
            if was is now:
                continue
            gone, come = changed(was, now)
            row_of, key_of = r.PERSON_ROWS[table], _KEY_OF[table]
            for one in gone:
                self._close(table, key_of(row_of(number, one, self._unit, 0, 0)), position)
            for one in come:
                row = row_of(number, one, self._unit, position, FOREVER)
                self._add(table, key_of(row), row)
                if table is t.person_description:
                    self._names.add((number, one.description.name))
            if table in r.COUNTING:
                r.count_changes(counts, gone, -1)
                r.count_changes(counts, come, 1)

    def _number_ranks(self, measures: Iterable[r.Measure]) -> None:
        """Give ranks that are met for the first time their numbers."""
        for rank in sorted({measure for measure in measures if isinstance(measure, str)}):
            if not self.kept.ranks:
                c = t.leader_rank.c
                self.kept.ranks = {name: number for number, name in self._conn.execute(select(c.id, c.rank))}
            if rank not in self.kept.ranks:
                self.kept.ranks[rank] = len(self.kept.ranks)
                insert_rows(self._conn, t.leader_rank, [(self.kept.ranks[rank], rank)])

    def _change(self, table: Table, before: Sequence[r.Row], after: Sequence[r.Row], position: int) -> None:
        if before == after:
            return
        known, key_of = _KNOWN_AT[table], _KEY_OF[table]
        kept, stays = set(before), set(after)
        for row in kept - stays:
            self._close(table, key_of((*row[:known], 0, 0, *row[known:])), position)
        for row in after:
            if row not in kept:
                full = (*row[:known], position, FOREVER, *row[known:])
                self._add(table, key_of(full), full)

    def _close(self, table: Table, key: tuple[object, ...], position: int) -> None:
        buffered = self._open.pop((table.name, *key), None)
        if buffered is None:
            self._closed[table].append((position, *key))
        else:
            buffered[_KNOWN_AT[table] + 1] = position

    def _add(self, table: Table, key: tuple[object, ...], row: r.Row) -> None:
        full = self._open[(table.name, *key)] = list(row)
        self._added[table].append(full)

    def changes_of(self, codes: Iterable[str], measure: int) -> Iterator[tuple[str, Day, int]]:
        """(unit, day, change) of one measure, for some units, what is not written yet included."""
        numbers = {self.units[code]: code for code in codes if code in self.units}
        for start in range(0, len(numbers), 10_000):
            some = ",".join(map(str, islice(numbers, start, start + 10_000)))
            query = f"SELECT unit, day, amount FROM headcount_delta WHERE measure = {measure:d} AND unit IN ({some})"  # noqa: S608  whole numbers
            cursor = self._conn.exec_driver_sql(query).cursor  # quicker than having it compiled, and rows made of it
            assert cursor is not None
            for unit, day, amount in cursor.fetchall():
                yield numbers[unit], day, amount
        for unit, of, day, _, amount, _ in self._deltas:
            if of == measure and unit in numbers:
                yield numbers[unit], day, amount

    def quotas(self) -> dict[str, dict[str, list[QuotaPeriod]]]:
        """Unit -> scale -> its numbers as they stand."""
        self.flush()
        columns = [t.quota_period.c[name] for name in ("d_from", "d_to", "scale", "posts", "grants", "cause")]
        query = (
            select(t.unit.c.code, *columns)
            .join_from(t.quota_period, t.unit, t.quota_period.c.unit == t.unit.c.id)
            .where(t.quota_period.c.k_to == FOREVER)
            .order_by(t.quota_period.c.d_from)
        )
        found: dict[str, list[QuotaPeriod]] = {}
        for code, d_from, d_to, scale, posts, grants, cause in self._conn.execute(query):
            made = tuple(Grant(*grant) for grant in json.loads(grants))
            found.setdefault(code, []).append(QuotaPeriod(d_from, d_to, scale, posts, made, cause))
        return {code: by_scale(periods) for code, periods in found.items()}

    # ---- frontier

    def _note_day(self, position: int, day: Day | None) -> None:
        block = block_of(position)
        if self.kept.block_days[0] != block:
            self.kept.block_days = (block, []) if (position - 1) % BLOCK == 0 else NO_DAYS
        if day is not None and self.kept.block_days[0] == block:
            self.kept.block_days[1].append(day)
        if position % BLOCK == 0:
            self._close_block(block)

    def _close_block(self, block: int) -> None:
        before = self.frontier_at(block * BLOCK + 1)
        whole = self.kept.block_days[0] == block
        days = self.kept.block_days[1] if whole else self._days_of(block * BLOCK + 1, (block + 1) * BLOCK)
        day = advanced(before, days)
        self.kept.frontiers[block + 1] = day
        insert_rows(self._conn, t.frontier, [(block + 1, day)])

    def frontier_at(self, position: int) -> Day:
        """The frontier in force at a position; 0 in the first block."""
        block = block_of(position)
        found = self.kept.frontiers.get(block)
        if found is None:
            found = self._conn.execute(select(t.frontier.c.day).where(t.frontier.c.block == block)).scalar() or 0
            self.kept.frontiers[block] = found
        return found

    # ---- writing

    def flush(self) -> None:
        """Hand everything buffered to the database."""
        insert_rows(self._conn, t.unit, self._new_units)
        insert_rows(self._conn, t.person, self._new_people)
        for table, names in t.BITEMPORAL.items():
            close_rows(self._conn, table, names, self._closed[table])
            insert_rows(self._conn, table, map(tuple, self._added[table]))
            self._closed[table], self._added[table] = [], []
        insert_rows(self._conn, t.headcount_delta, self._deltas)
        standing = ((self._people[code], version, standing_text(of)) for code, (version, of) in self._standing.items())
        put_rows(self._conn, t.person_standing, standing)
        self._write_names()
        reached = {"position": self._last, "newest_entry": self._last_entry}
        set_values(self._conn, t.projection_state, {name: value for name, value in reached.items() if value})
        self._new_units, self._new_people, self._deltas, self._open, self._standing = [], [], [], {}, {}

    def _write_names(self) -> None:
        if not self._names:
            return
        numbers = {number for number, _ in self._names}
        known: set[tuple[int, str]] = set()
        ordered = sorted(numbers)
        for start in range(0, len(ordered), 500):
            query = select(t.person_search.c.person, t.person_search.c.name).where(
                t.person_search.c.person.in_(ordered[start : start + 500])
            )
            known.update((number, name) for number, name in self._conn.execute(query))
        insert_rows(self._conn, t.person_search, search_rows(sorted(self._names - known)))
        self._names = set()
