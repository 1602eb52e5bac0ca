"""On which days a rule holds, three-valued: true, unknown, and false on all the others (spec 1.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ledger.domain.policy import NATIONAL, Parameters, PolicyStep
from ledger.domain.spans import Span, Spans, clipped, common, covers, joined, without
from ledger.domain.time import FOREVER, Day


@dataclass(frozen=True, slots=True)
class Truth:
    """Runs of days on which something is true, and on which nobody can say; the two never overlap."""

    true: Spans
    unknown: Spans

    @classmethod
    def of(cls, true: Iterable[Span] = (), unknown: Iterable[Span] = ()) -> Truth:
        """From runs in any order; empty ones are left out, and what is true is not unknown."""
        sure = joined(true)
        return cls(sure, without(joined(unknown), sure))

    def both(self, other: Truth) -> Truth:
        """The conjunction: false wins over unknown (spec 1.6)."""
        mine, others = joined([*self.true, *self.unknown]), joined([*other.true, *other.unknown])
        true = common(self.true, other.true)
        return Truth(true, without(common(mine, others), true))

    def within(self, spans: Iterable[Span]) -> Truth:
        """False outside the runs given."""
        kept = joined(spans)
        return Truth(common(self.true, kept), common(self.unknown, kept))

    def outside(self, spans: Iterable[Span]) -> Truth:
        """False inside the runs given."""
        gone = joined(spans)
        return Truth(without(self.true, gone), without(self.unknown, gone))

    def holds(self, day: Day) -> bool | None:
        """True, false, or None where nobody can say."""
        return True if covers(self.true, day) else None if covers(self.unknown, day) else False

    def since(self, day: Day) -> Day:
        """First day of the unbroken run of true days that contains `day`, on which it must hold (`first_true_on`)."""
        return next(begin for begin, end in self.true if begin <= day < end)


NEVER = Truth([], [])


class Reign(NamedTuple):
    """The parameters in force over the days `[begin, end)`. `cause`: position of their adoption, None for `national`.

    `entry`: id of that entry.
    """

    begin: Day
    end: Day
    parameters: Parameters
    cause: int | None
    entry: str | None


class Policies:
    """The parameters through time, as known at one position."""

    def __init__(self, steps: Sequence[PolicyStep] = (), ids: Callable[[int], str] = str) -> None:
        ends = [*(step.day for step in steps), FOREVER]
        self.reigns = [Reign(0, ends[0], NATIONAL, None, None)]
        for step, end in zip(steps, ends[1:], strict=True):
            self.reigns.append(Reign(step.day, end, step.parameters, step.cause, ids(step.cause)))

    def reign(self, day: Day) -> Reign:
        """What is in force on a day."""
        return next(one for one in self.reigns if one.begin <= day < one.end)

    def on(self, day: Day) -> Parameters:
        """The parameters in force on a day."""
        return self.reign(day).parameters

    def each(self, begin: Day, end: Day, judged: Callable[[Parameters], Truth]) -> Truth:
        """What a rule judged by the policy of each day gives over `[begin, end)`."""
        parts = [
            judged(one.parameters).within(clipped([(begin, end)], one.begin, one.end))
            for one in self.reigns
            if one.begin < end and begin < one.end
        ]
        return Truth(
            joined(span for part in parts for span in part.true),
            joined(span for part in parts for span in part.unknown),
        )
