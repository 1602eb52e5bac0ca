"""The steps of a curve, and what runs of days add to each of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Literal

from ledger.domain.spans import Spans
from ledger.domain.time import Day, add_months

Step = Literal["day", "month", "year"]
Values = list[int]
"""One number for each step."""


def dates(start: date, end: date, step: Step) -> Iterator[date]:
    """The start and every step after it up to the end; months and years are counted from the start (spec 1.1)."""
    number = 0
    at = start
    while at <= end:
        yield at
        number += 1
        try:
            months = number * {"day": 0, "month": 1, "year": 12}[step]
            at = add_months(start, months) if months else at + timedelta(days=1)
        except OverflowError:
            return


class Total:
    """Adds up what runs of days contribute to each step."""

    def __init__(self, days: Sequence[Day]) -> None:
        self.days = days
        self.changes = [0] * (len(days) + 1)
        """What is added at each step to that of the step before; one more than there are steps."""

    def add(self, spans: Spans, amount: int = 1) -> None:
        """Let something count over runs of days."""
        days, changes = self.days, self.changes
        for begin, end in spans:
            changes[bisect_left(days, begin)] += amount
            changes[bisect_left(days, end)] -= amount

    @property
    def values(self) -> Values:
        """The number at each step."""
        return list(accumulate(self.changes[:-1]))


def plus(*several: Sequence[int]) -> Values:
    """The sum at each step."""
    return [sum(one) for one in zip(*several, strict=True)]


def minus(one: Sequence[int], *others: Sequence[int]) -> Values:
    """The first less all others at each step."""
    return [first - sum(rest) for first, *rest in zip(one, *others, strict=True)]
