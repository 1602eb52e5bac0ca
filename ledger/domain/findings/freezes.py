"""Freezes that were not kept: posts added, or people taken in, while they last (spec 1.6 freeze_violated).

Source: the seed report S2-6 (五年内只能减少不能增加; 只出不进, 直至达到此次标准). "Just before" an entry means: with
all entries before it in the order of (date, position), in the tree of its day. Mergers and moves are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from ledger.domain.entries import Hired, QuotaChanged, QuotaEntry
from ledger.domain.facts import Fact, Illegal
from ledger.domain.findings.finding import Severity
from ledger.domain.findings.life import shown
from ledger.domain.findings.rules import Court, Evidence, Rule
from ledger.domain.findings.truth import Truth
from ledger.domain.quotas import QuotaFold
from ledger.domain.terms import FreezeMode
from ledger.domain.time import Day
from ledger.domain.units import Structure

Order = tuple[Day, int]


@dataclass(frozen=True)
class Freeze:
    """A freeze in effect. `key`: id of the entry as first recorded; `entry`: position of what stands in its place.

    `end`: the first day after it: that after `until`, or the day on which the unit ends or is merged (spec 1.2).
    """

    unit: str
    key: str
    entry: int
    mode: FreezeMode
    day: Day
    end: Day
    until: Day
    target: Mapping[str, int]


@dataclass(frozen=True)
class Violation:
    """An entry that a freeze forbids. `key`, `entry`: as for the freeze; `told`: the numbers that make it one."""

    freeze: Freeze
    key: str
    entry: int
    day: Day
    told: Evidence


def _lasts(case: Violation, _court: Court) -> Truth:
    return Truth.of([(case.day, case.freeze.end)])


def _tell(case: Violation, _court: Court) -> tuple[Severity, Evidence]:
    freeze = case.freeze
    told = {"mode": freeze.mode.value, "frozen_on": shown(freeze.day), "until": shown(freeze.until)}
    return Severity.CRITICAL, {**told, **case.told, "entries": (freeze.entry, case.entry)}


FREEZE_VIOLATED = Rule(
    "freeze_violated",
    _lasts,
    _tell,
    lambda case, _: f"unit:{case.freeze.unit}/freeze:{case.freeze.key}/entry:{case.key}",
)
"""只减不增 / 只出不进: an entry inside a freeze did what it forbids; true from the entry's date to the freeze's end."""


# ---- no_increase


class Increase(NamedTuple):
    """A quota entry after which the frozen unit's quota for a kind is higher than just before it."""

    fact: Fact
    establishment: str
    before: int
    after: int


@dataclass(frozen=True)
class Posts:
    """The quotas of a unit within a day, entry by entry.

    `facts_of`: the facts that touch a unit's numbers; `quota_at`: a unit's quota for a kind at the end of a day.
    """

    structure: Structure
    fold: QuotaFold
    facts_of: Callable[[str], Sequence[Fact]]
    quota_at: Callable[[str, str, Day], int | None]

    def increases(self, freeze: Freeze, codes: Collection[str]) -> Iterator[Increase]:
        """The entries about the units `codes`, once in the frozen subtree, that a freeze on posts forbids."""
        touching: dict[Day, dict[int, tuple[Fact, set[str]]]] = {}
        for code in codes:
            for fact in self.facts_of(code):
                if freeze.day <= fact.day < freeze.end:
                    touching.setdefault(fact.day, {}).setdefault(fact.position, (fact, set()))[1].add(code)
        for day in sorted(touching):
            today = sorted(touching[day].values(), key=lambda one: one[0].order)
            hot = {code for _, names in today for code in names}
            for fact, _ in today:
                found = self._increase(freeze.unit, fact, hot)
                if found is not None:
                    yield found

    def _increase(self, unit: str, fact: Fact, hot: set[str]) -> Increase | None:
        entry = fact.entry
        if not isinstance(entry, QuotaEntry) or (isinstance(entry, QuotaChanged) and entry.change <= 0):
            return None
        kind, day = entry.establishment.value, fact.day
        leading = {above for code in hot for above in self.structure.path(code, day)}
        before = self._number(unit, kind, fact.order, hot, leading)
        after = self._number(unit, kind, (day, fact.place + 1), hot, leading)
        if before is None or after is None or after <= before:
            return None
        return Increase(fact, kind, before, after)

    def _number(self, unit: str, kind: str, order: Order, hot: set[str], leading: set[str]) -> int | None:
        """A unit's quota with the facts ordered before `order`; `hot`: units with facts of the same day."""
        day = order[0]
        if unit not in leading:
            return self.quota_at(unit, kind, day)
        own = [self._own(code, kind, order) for code in self.structure.merged_into(unit, day) if code in hot | {unit}]
        told = [posts for posts in own if posts is not None]
        if not told:
            below = (self._number(one, kind, order, hot, leading) for one in self.structure.children(unit, day))
            told = [posts for posts in below if posts is not None]
        return sum(told) if told else None

    def _own(self, unit: str, kind: str, order: Order) -> int | None:
        steps = self.fold.steps(unit, order)
        assert not isinstance(steps, Illegal), "what was recorded was legal"
        line = steps.get(kind)
        record = line[-1].record if line else None
        return None if record is None else record.posts


# ---- exit_only


class Change(NamedTuple):
    """What one entry does to one person's place on the frozen roll: the kinds before and after, None: not on it."""

    fact: Fact
    person: str
    before: str | None
    after: str | None


def that_ran(changes: Sequence[Change]) -> Sequence[Change]:
    """Of one person's changes of one day, in order, those that lasted: what never ran shows in no rule (spec 1.1).

    Leaving and being hired again are two changes; a transfer out and back is none.
    """
    start, end = changes[0].before, changes[-1].after
    left = next((index for index, one in enumerate(changes) if one.before and not one.after), len(changes))
    came = max((index for index, one in enumerate(changes) if one.after and not one.before), default=-1)
    if start is None:
        return () if end is None else changes[came:]
    if end is None:
        return changes[: left + 1]
    if came >= 0 and isinstance(changes[came].fact.entry, Hired):
        return (*changes[: left + 1], *changes[came:])
    return (Change(changes[-1].fact, changes[-1].person, start, end),)


class Intrusion(NamedTuple):
    """A hire or transfer that a freeze on people forbids. `on_roll`: of the kind just before, where it has a target."""

    change: Change
    establishment: str
    on_roll: int | None
    target: int | None


def intrusions(
    freeze: Freeze, changes: Iterable[Change], on_roll_at: Callable[[str, Day], int | None]
) -> Iterator[Intrusion]:
    """Who came while nobody may. `on_roll_at`: how many of a kind are on roll at the end of a day.

    Of a day on which somebody comes in a kind with a target every change of that kind must be given.
    """
    for day, today in groupby(sorted(changes, key=lambda one: one.fact.order), key=lambda one: one.fact.day):
        order = list(today)
        counts: dict[str | None, int] = {}
        for kind in freeze.target:
            net = sum((one.after == kind) - (one.before == kind) for one in order)
            counts[kind] = (on_roll_at(kind, day) or 0) - net
        for one in order:
            if one.before is None and one.after is not None:
                target, held = freeze.target.get(one.after), counts.get(one.after)
                if target is None or held is None or held >= target:
                    yield Intrusion(one, one.after, held, target)
            for kind_, step in ((one.before, -1), (one.after, 1)):
                if kind_ in counts:
                    counts[kind_] += step
