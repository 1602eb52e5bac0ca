"""When, and by which entry, what counts in a unit's numbers became another, along one axis (spec 2.3 diff).

Along positions every change is the work of the entry recorded there. Along days the read tables name the entry, or the
day and the subject under which it is found in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Column, Table, or_, select

from ledger.domain import entries as e
from ledger.domain.quotas import LEADER
from ledger.domain.terms import RosterStatus
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.cited import Fits, Sought
from ledger.queries.quotas import Number, counting, records
from ledger.queries.scope import OFF
from ledger.queries.sides import Held, Post, Quota, Standing
from ledger.queries.spans import Axis, Reach, by_number
from ledger.queries.view import View

Flip = Sought | int
"""What made the change: the position of an entry, or how to find it."""


_MOVING = (e.Hired, e.Transferred, e.Departed, e.SecondmentStarted, e.SecondmentEnded, e.LeaveStarted, e.LeaveEnded)
_SHAPING = (e.UnitEstablished, e.UnitMoved, e.UnitStationed, e.UnitMerged, e.UnitAbolished)


def _person_moves(entry: e.DatedEntry) -> bool:
    return isinstance(entry, _MOVING)


def _unit_moves(entry: e.DatedEntry) -> bool:
    return isinstance(entry, _SHAPING)


def _changes_quota(scale: str) -> Fits:
    def fits(entry: e.DatedEntry) -> bool:
        if isinstance(entry, e.LeaderQuotaSet):
            return scale == LEADER + entry.rank
        if isinstance(entry, e.QuotaEntry):
            return scale == entry.establishment
        return isinstance(entry, e.UnitMerged)

    return fits


def _about_title(title: str) -> tuple[Fits, ...]:
    return (
        lambda entry: isinstance(entry, e.Appointed | e.Relieved) and entry.title == title,
        lambda entry: isinstance(entry, e.Hired | e.Transferred | e.Departed),
    )


class _Row(NamedTuple):
    """A row over its run of points; `value` is what it says."""

    begin: int
    end: int
    value: tuple[Any, ...]
    cause: int


def _at(rows: Sequence[_Row], point: int) -> _Row | None:
    return next((row for row in rows if row.begin <= point < row.end), None)


@dataclass
class Flips:
    """Changes between the points `[low, high)` of an axis in what a unit with everything below it counts."""

    view: View
    axis: Axis
    unit: str
    _bends: dict[str, set[int]] = field(default_factory=dict)

    @cached_property
    def reach(self) -> Reach:
        """Which codes belong to the unit where."""
        return Reach.of(self.view.shape.structure, self.axis, self.unit)

    # ---- people

    def of_people(self, people: Collection[str]) -> dict[str, list[Flip]]:
        """Person -> what changed their standing in the roster, in the order of the axis."""
        p = t.person_period.c
        rows = self._rows(t.person_period, people, [p.unit, p.kind, p.host, p.leave])
        return {person: list(self._person(person, rows.get(person, []))) for person in people}

    def _person(self, person: str, rows: Sequence[_Row]) -> Iterator[Flip]:
        units = {code for row in rows for code in (row.value[0], row.value[2]) if code is not None}

        def why(point: int) -> Flip | None:
            before, after = _at(rows, point - 1), _at(rows, point)
            if (before and before.value) != (after and after.value):
                return Sought(f"person:{person}", point, (_person_moves,), after.cause if after else None)
            assert after is not None
            return self._unit_flip([code for code in (after.value[0], after.value[2]) if code], point)

        yield from self._flips(rows, units, lambda point: self._standing(_at(rows, point), point), why)

    def _standing(self, row: _Row | None, point: int) -> Standing | None:
        if row is None:
            return None
        unit, kind, host, leave = row.value
        reach = self.reach
        home, there = reach.holds(unit, point), host is not None and reach.holds(host, point)
        if home and host is not None and not there:
            status = RosterStatus.SECONDED_OUT
        elif home and leave is not None:
            status = RosterStatus.ON_LEAVE
        elif home:
            status = RosterStatus.OFF_ESTABLISHMENT if kind == OFF else RosterStatus.PRESENT
        elif there and leave is None:
            status = RosterStatus.SECONDED_IN
        elif host is None and leave is None and reach.receives(unit, point):
            status = RosterStatus.DISPATCHED_IN
        else:
            return None
        at_host = None if host is None else self._canonical(host, point)
        return Standing(status.value, self._canonical(unit, point), t.KINDS[kind], at_host)

    def touched_people(self) -> set[str]:
        """Who is counted somewhere on the axis, of those about whom something else was known on the way."""
        p = t.person_period.c
        numbers = self.view.shape.numbers
        inside = by_number(self.reach.member, numbers)
        around = [*inside, *by_number(self.reach.dispatched, numbers)]
        hosted = self._touched(t.person_period, p.host, inside)
        return {one[0] for one in hosted | self._touched(t.person_period, p.unit, around)}

    # ---- posts

    @cached_property
    def _records(self) -> dict[Quota, list[_Row]]:
        found: dict[Quota, list[_Row]] = {}
        for one in records(self.view, self.axis, self.reach.member):
            found.setdefault((one.unit, one.scale), []).append(_Row(one.begin, one.end, (one.posts,), one.cause))
        return found

    def of_quotas(self) -> dict[Quota, list[Flip]]:
        """Every number that counts somewhere on the axis -> what made it count, count otherwise, or no more."""
        known = [
            Number(*key, row.begin, row.end, row.value[0], row.cause)
            for key, rows in self._records.items()
            for row in rows
        ]
        pieces: dict[Quota, list[_Row]] = {}
        for one in counting(self.reach, self.unit, known):
            pieces.setdefault((one.unit, one.scale), []).append(_Row(one.begin, one.end, (one.posts,), one.cause))
        return {key: list(self._quota(key, rows)) for key, rows in pieces.items()}

    def _quota(self, key: Quota, pieces: Sequence[_Row]) -> Iterator[Flip]:
        unit, scale = key

        def why(point: int) -> Flip | None:
            for code in [unit, *(code for code in self._chain([unit], point) if code != unit)]:
                rows = self._records.get((code, scale), [])
                before, after = _at(rows, point - 1), _at(rows, point)
                if (before and before.value) != (after and after.value):
                    return Sought(f"unit:{code}", point, (_changes_quota(scale),), after.cause if after else None)
            return self._unit_flip([unit], point)

        yield from self._flips(pieces, (), lambda point: (row := _at(pieces, point)) and row.value, why)

    # ---- positions

    def of_posts(self, posts: Collection[Post]) -> dict[Post, list[Flip]]:
        """Leader position -> what made it count, count otherwise, or no more."""
        c = t.post_period.c
        rows = self._rows(t.post_period, {person for person, _ in posts}, [c.unit, c.title, c.rank, c.counts])
        found: dict[Post, list[Flip]] = {}
        for person, title in posts:
            own = [row for row in rows.get(person, []) if row.value[1] == title]
            found[person, title] = list(self._post(person, title, own))
        return found

    def touched_posts(self) -> set[Post]:
        """The positions that count somewhere on the axis, of those of which something else was known on the way."""
        c = t.post_period.c
        inside = by_number(self.reach.member, self.view.shape.numbers)
        return {(one[0], one[1]) for one in self._touched(t.post_period, c.unit, inside, c.title)}

    def _post(self, person: str, title: str, rows: Sequence[_Row]) -> Iterator[Flip]:
        def held(point: int) -> Held | None:
            row = _at(rows, point)
            if row is None or row.value[2] is None or not row.value[3] or not self.reach.holds(row.value[0], point):
                return None
            return Held(row.value[2], self._canonical(row.value[0], point))

        def why(point: int) -> Flip | None:
            before, after = _at(rows, point - 1), _at(rows, point)
            if (before and before.value) != (after and after.value):
                return Sought(f"person:{person}", point, _about_title(title))
            return self._unit_flip([after.value[0]] if after else [], point)

        yield from self._flips(rows, {row.value[0] for row in rows}, held, why)

    # ---- all of them

    def _flips(
        self,
        rows: Iterable[_Row],
        units: Iterable[str],
        value: Callable[[int], object],
        why: Callable[[int], Flip | None],
    ) -> Iterator[Flip]:
        """What is behind each point at which the value becomes another."""
        points = {point for row in rows for point in (row.begin, row.end)}.union(*map(self.bends, units))
        before = value(self.axis.low)
        for point in sorted(point for point in points if self.axis.low < point < self.axis.high):
            now = value(point)
            if now != before:
                flip = why(point) if self.axis.by_day else point
                if flip is not None:
                    yield flip
            before = now

    def _touched(self, table: Table, column: Column[Any], numbers: Iterable[int], *more: Column[Any]) -> set[Any]:
        """People (and more) of rows that begin or end on the axis."""
        c = table.c
        begin, end = (c.d_from, c.d_to) if self.axis.by_day else (c.k_from, c.k_to)
        on_the_way = or_(begin > self.axis.low, end < self.axis.high)
        query = select(t.person.c.code, *more).where(
            t.person.c.id == c.person, among(column, numbers), self.axis.rows(table), on_the_way
        )
        return {tuple(row) for row in self.view.conn.execute(query)}

    def bends(self, unit: str) -> set[int]:
        """The points at which the place of a unit in the tree changes."""
        found = self._bends.get(unit)
        if found is None:
            found = self._bends[unit] = self.reach.lives.bends(unit)
        return found

    def _chain(self, units: Iterable[str], point: int) -> list[str]:
        """The units, all above them and their stations, as they were at the point and just before it."""
        lives = self.reach.lives
        found: dict[str, None] = {}
        waiting = list(units)
        while waiting:
            code = waiting.pop(0)
            if code not in found:
                found[code] = None
                rows = [run[2] for at in (point, point - 1) if (run := lives.at(code, at)) is not None]
                above = (one for row in rows for one in (row.into or row.parent, row.stationed_at))
                waiting.extend(one for one in above if one is not None)
        return list(found)

    def _unit_flip(self, units: Iterable[str], point: int) -> Flip | None:
        """The nearest unit whose place changed there, with the entry that did it."""
        lives = self.reach.lives
        for code in self._chain(units, point):
            before, after = lives.at(code, point - 1), lives.at(code, point)
            places = [run and (run[2].parent, run[2].into, run[2].stationed_at) for run in (before, after)]
            if places[0] != places[1]:
                return Sought(f"unit:{code}", point, (_unit_moves,), after[2].cause if after else None)
        return None

    def _canonical(self, code: str, point: int) -> str:
        structure, day = self.axis.place(self.view.shape.structure, point)
        return structure.canonical(code, day) or code

    def _rows(self, table: Table, people: Collection[str], columns: Sequence[Any]) -> dict[str, list[_Row]]:
        """Person -> rows along the axis; unit numbers in `unit` and `host` become codes."""
        c = table.c
        begin, end = (c.d_from, c.d_to) if self.axis.by_day else (c.k_from, c.k_to)
        query = select(t.person.c.code, begin, end, c.cause, *columns)
        query = query.where(t.person.c.id == c.person, self.axis.rows(table))
        codes = [column.name in ("unit", "host") for column in columns]
        found: dict[str, list[_Row]] = {}
        wanted = sorted(people)
        for start in range(0, len(wanted), 500):
            piece = query.where(t.person.c.code.in_(wanted[start : start + 500]))
            for person, first, last, cause, *said in self.view.conn.execute(piece).all():
                value = tuple(
                    self.view.code(one) if is_code and one is not None else one
                    for one, is_code in zip(said, codes, strict=True)
                )
                found.setdefault(person, []).append(_Row(first, last, value, cause))
        return {person: sorted(rows, key=lambda row: row.begin) for person, rows in found.items()}
