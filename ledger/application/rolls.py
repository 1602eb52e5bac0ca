"""How many are on a roll from each day on, as steps that a new entry can move."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ledger.domain.quotas import QuotaPeriod
from ledger.domain.time import FOREVER, Day

Scale = tuple[str, str]
"""(unit, establishment kind)."""
Steps = list[tuple[Day, int]]
"""By how much a count changes on which day, in order of days."""


class Roll:
    """How many are on the roll of one unit's subtree, in one kind, from each day on."""

    def __init__(self, steps: Iterable[tuple[Day, int]]) -> None:
        self.days: list[Day] = []
        self.counts: list[int] = []
        count = 0
        for day, amount in sorted(steps):
            count += amount
            if self.days and self.days[-1] == day:
                self.counts[-1] = count
            else:
                self.days.append(day)
                self.counts.append(count)

    def at(self, day: Day) -> int:
        """The count on a day."""
        index = bisect_right(self.days, day) - 1
        return self.counts[index] if index >= 0 else 0

    def between(self, begin: Day, end: Day) -> Iterator[tuple[Day, int]]:
        """(day, count) at the beginning and at every change in `[begin, end)`."""
        yield begin, self.at(begin)
        for index in range(bisect_right(self.days, begin), bisect_left(self.days, end)):
            yield self.days[index], self.counts[index]

    def next_change(self, day: Day, end: Day) -> Day:
        """The first day after `day` on which the count changes, or `end` if that comes first."""
        index = bisect_right(self.days, day)
        return min(end, self.days[index]) if index < len(self.days) else end

    def add(self, day: Day, amount: int) -> None:
        """Count `amount` more from a day on."""
        index = bisect_left(self.days, day)
        if index == len(self.days) or self.days[index] != day:
            before = self.counts[index - 1] if index else 0
            self.days.insert(index, day)
            self.counts.insert(index, before)
        for later in range(index, len(self.counts)):
            self.counts[later] += amount


@dataclass(slots=True)
class RollMemory:
    """Rolls and quotas already counted; good while this process is the last that wrote."""

    rolls: dict[Scale, Roll] = field(default_factory=dict)
    quotas: dict[str, dict[str, list[QuotaPeriod]]] | None = None
    above: dict[str, list[tuple[str, Day, Day]]] = field(default_factory=dict)
    numbered: dict[Scale, list[tuple[str, Day, Day]]] = field(default_factory=dict)


def within(steps: Steps, spans: Sequence[tuple[Day, Day]]) -> Iterable[tuple[Day, int]]:
    """The steps that lie in some spans of days; entering and leaving a span are steps too."""
    if len(spans) == 1 and spans[0][1] >= FOREVER and all(day >= spans[0][0] for day, _ in steps):
        return steps  # most codes: inside from their first person on
    return _cut(Roll(steps), spans)


def _cut(roll: Roll, spans: Sequence[tuple[Day, Day]]) -> Iterator[tuple[Day, int]]:
    for begin, end in spans:
        count = 0
        for day, there in roll.between(begin, end):
            yield day, there - count
            count = there
        if end < FOREVER:
            yield end, -count
