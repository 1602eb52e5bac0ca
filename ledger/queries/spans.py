"""Where the scope of a unit reaches, walked along days or along positions while the other axis stands (spec 1.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Table, and_

from ledger.domain.spans import Span, Spans, clipped, covers, joined, without
from ledger.domain.time import Day
from ledger.domain.units import Structure, UnitVersion


@dataclass(frozen=True, slots=True)
class Axis:
    """The points `[low, high)` of one axis: days as known at the position `held`, or positions about the day `held`."""

    by_day: bool
    held: int
    low: int
    high: int

    @classmethod
    def of_days(cls, known_at: int, low: Day, high: Day) -> Axis:
        """The days `[low, high)` as known at a position."""
        return cls(by_day=True, held=known_at, low=low, high=high)

    @classmethod
    def of_positions(cls, day: Day, low: int, high: int) -> Axis:
        """What was known of a day at the positions `[low, high)`."""
        return cls(by_day=False, held=day, low=low, high=high)

    def rows(self, table: Table) -> ColumnElement[bool]:
        """Rows in force at some of the points."""
        c = table.c
        walked, still = ((c.d_from, c.d_to), (c.k_from, c.k_to))[:: 1 if self.by_day else -1]
        return and_(walked[0] < self.high, walked[1] > self.low, still[0] <= self.held, still[1] > self.held)

    def run(self, row: UnitVersion) -> Span:
        """The points of a row, those beyond both ends left out."""
        begin, end = (row.d_from, row.d_to) if self.by_day else (row.k_from, row.k_to)
        return max(begin, self.low), min(end, self.high)

    def held_by(self, row: UnitVersion) -> bool:
        """Whether the row is in force where the other axis stands still."""
        begin, end = (row.k_from, row.k_to) if self.by_day else (row.d_from, row.d_to)
        return begin <= self.held < end

    def place(self, structure: Structure, point: int) -> tuple[Structure, Day]:
        """The units as known there, and the day there."""
        return (structure.at(self.held), point) if self.by_day else (structure.at(point), self.held)


@dataclass(frozen=True, slots=True)
class Lives:
    """What every unit was at the points of an axis; kept as it is asked for."""

    structure: Structure
    axis: Axis
    _kept: dict[str, list[tuple[int, int, UnitVersion]]] = field(default_factory=dict)

    def of(self, unit: str) -> list[tuple[int, int, UnitVersion]]:
        """The unit's versions, each with its run of points, in order."""
        found = self._kept.get(unit)
        if found is None:
            axis = self.axis
            rows = [row for row in self.structure.ever(unit) if axis.held_by(row)]
            runs = [(*axis.run(row), row) for row in rows]
            found = self._kept[unit] = sorted(run for run in runs if run[0] < run[1])
        return found

    def at(self, unit: str, point: int) -> tuple[int, int, UnitVersion] | None:
        """The unit's version at one point."""
        return next((run for run in self.of(unit) if run[0] <= point < run[1]), None)

    def exists(self, unit: str) -> Spans:
        """The points at which the unit exists; its afterlife in another does not count."""
        return joined((begin, end) for begin, end, row in self.of(unit) if row.into is None)

    def below(self, starts: Iterable[tuple[str, Spans]]) -> dict[str, Spans]:
        """Every code that hangs below (or was merged into) the units given, and at which of their points."""
        found: dict[str, Spans] = {}
        waiting = list(starts)
        while waiting:
            code, spans = waiting.pop()
            found.setdefault(code, []).extend(spans)
            for one in self.structure.below(code):
                for begin, end, row in self.of(one):
                    if (row.into or row.parent) == code and (piece := clipped(spans, begin, end)):
                        waiting.append((one, piece))
        return {code: joined(spans) for code, spans in found.items()}

    def bends(self, unit: str) -> set[int]:
        """The points at which the unit itself, a unit above it, or a station of one of these becomes another."""
        found: set[int] = set()
        point = self.axis.low
        while point < self.axis.high:
            until = self.axis.high
            waiting: list[str] = [unit]
            seen: set[str] = set()
            while waiting:
                code = waiting.pop()
                if code in seen:
                    continue
                seen.add(code)
                run = self.at(code, point)
                if run is None:
                    until = min([until, *(begin for begin, _, _ in self.of(code) if begin > point)])
                    continue
                until = min(until, run[1])
                waiting.extend(one for one in (run[2].into or run[2].parent, run[2].stationed_at) if one is not None)
            found.add(until)
            point = until
        found.discard(self.axis.high)
        return found


@dataclass(frozen=True, slots=True)
class Reach:
    """A unit with everything below it, along an axis: which codes belong to it at which points.

    `dispatched`: codes outside whose people work in the scope because an office is stationed there.
    """

    lives: Lives
    member: Mapping[str, Spans]
    dispatched: Mapping[str, Spans]

    @classmethod
    def of(cls, structure: Structure, axis: Axis, unit: str) -> Reach:
        """The scope of a unit; where the unit does not exist nothing belongs to it."""
        lives = Lives(structure, axis)
        exists = lives.exists(unit)
        member = lives.below([(unit, exists)] if exists else [])
        offices: list[tuple[str, Spans]] = []
        for code, spans in member.items():
            for office in structure.ever_stationed(code):
                for begin, end, row in lives.of(office):
                    if row.into is None and row.stationed_at == code and (piece := clipped(spans, begin, end)):
                        offices.append((office, piece))
        outside = {code: without(spans, member.get(code, [])) for code, spans in lives.below(offices).items()}
        return cls(lives, member, {code: spans for code, spans in outside.items() if spans})

    def holds(self, code: str, point: int) -> bool:
        """Whether a unit's people belong to the scope at a point."""
        return covers(self.member.get(code, ()), point)

    def receives(self, code: str, point: int) -> bool:
        """Whether a unit's people are dispatched into the scope at a point."""
        return covers(self.dispatched.get(code, ()), point)


def by_number(found: Mapping[str, Sequence[Span]], numbers: Mapping[str, int]) -> dict[int, Spans]:
    """The same under the numbers that units are stored under."""
    return {numbers[code]: list(spans) for code, spans in found.items()}
