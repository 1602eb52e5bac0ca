"""A number through all days, as a rule compares it: steps, with None where nobody can tell one (spec 1.4)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import sub
from typing import NamedTuple

from ledger.domain.spans import Span, Spans, joined
from ledger.domain.time import FOREVER, Day

Value = int | None


class Peak(NamedTuple):
    """The highest number of some days, and the first of them that has it."""

    day: Day
    value: int


@dataclass(frozen=True, slots=True)
class Series:
    """`values[i]` holds from `days[i]` to the next step; the first step is day 0, the last one holds for ever."""

    days: tuple[Day, ...]
    values: tuple[Value, ...]

    @classmethod
    def of(cls, changes: Mapping[Day, int], told: Iterable[Span] = ((0, FOREVER),)) -> Series:
        """The running sum of signed changes; None on days outside the runs in which the number is told."""
        ends: dict[Day, bool] = {}
        for begin, end in joined(told):
            ends[begin] = True
            if end < FOREVER:
                ends[end] = False
        days, values = [0], list[Value]([None])
        total, known = 0, False
        for day in sorted(changes.keys() | ends.keys()):
            total += changes.get(day, 0)
            known = ends.get(day, known)
            value = total if known else None
            if day == 0:
                values[0] = value
            elif value != values[-1]:
                days.append(day)
                values.append(value)
        return cls(tuple(days), tuple(values))

    def at(self, day: Day) -> Value:
        """The number on a day."""
        return self.values[bisect_right(self.days, day) - 1]

    def pieces(self) -> Iterator[tuple[Day, Day, Value]]:
        """Every step as a run of days with its number."""
        return zip(self.days, (*self.days[1:], FOREVER), self.values, strict=True)

    def runs(self, test: Callable[[int], bool], low: Day = 0, high: Day = FOREVER) -> Spans:
        """The days in `[low, high)` on which there is a number and it passes."""
        return joined(
            (max(begin, low), min(end, high))
            for begin, end, value in self.pieces()
            if value is not None and begin < high and end > low and test(value)
        )

    def untold(self, low: Day = 0, high: Day = FOREVER) -> Spans:
        """The days in `[low, high)` without a number."""
        return joined(
            (max(begin, low), min(end, high))
            for begin, end, value in self.pieces()
            if value is None and begin < high and end > low
        )

    def highest(self, low: Day = 0, high: Day = FOREVER) -> Peak | None:
        """The highest number in `[low, high)`; None where there is none."""
        found: Peak | None = None
        for begin, end, value in self.pieces():
            if value is not None and begin < high and end > low and (found is None or value > found.value):
                found = Peak(max(begin, low), value)
        return found

    def with_(self, other: Series, told: Callable[[int, int], int]) -> Series:
        """What two numbers give on each day; None where one of them is None."""
        days: list[Day] = []
        values: list[Value] = []
        for day in sorted({*self.days, *other.days}):
            one, two = self.at(day), other.at(day)
            value = None if one is None or two is None else told(one, two)
            if not days or value != values[-1]:
                days.append(day)
                values.append(value)
        return Series(tuple(days), tuple(values))

    def __sub__(self, other: Series) -> Series:
        """The difference on each day; None where one of the two is."""
        return self.with_(other, sub)
