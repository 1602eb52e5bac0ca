"""Going over a quota: told in the receipt, or refused where the policy says so (spec 1.3).

A unit is over its quota on a day when more people are on the roll of its subtree than its own number says. An
entry answers for it on the days on which the excess is higher with the entry than without (decision 0005).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, pairwise
from typing import NamedTuple

from ledger.application.rolls import Roll, RollMemory, Scale, Steps, within
from ledger.application.world import RecordedWorld
from ledger.domain.judgement import Verdict
from ledger.domain.periods import changed, charge_periods
from ledger.domain.policy import hard_spans
from ledger.domain.quotas import QuotaPeriod, by_scale
from ledger.domain.refusals import Refused
from ledger.domain.terms import ON_ROLL_KINDS
from ledger.domain.time import FOREVER, Day
from ledger.domain.units import Structure, placement_of
from ledger.projections import tables as t


@dataclass(frozen=True, slots=True)
class Warned:
    """A unit with more people on its roll than posts on `on`, the first such day, once the entry is recorded."""

    unit: str
    establishment: str
    quota: int
    on_roll: int
    on: date


NOBODY: Mapping[Scale, Steps] = {}


class Over(NamedTuple):
    """Days `[begin, end)` on which a unit is over its quota by more with an entry than without."""

    unit: str
    establishment: str
    quota: int
    on_roll: int
    begin: Day
    end: Day


class QuotaWatch:
    """Compares rolls with quotas for what one entry changes."""

    def __init__(self, world: RecordedWorld, memory: RollMemory) -> None:
        self._world = world
        self._memory = memory
        self._changes: dict[Scale, Steps] = {}

    def check(self, verdict: Verdict) -> tuple[Warned, ...] | Refused:
        """The units that are over a quota by more than before; a refusal where a hard quota is among them."""
        self._changes = self._roll_changes(verdict)
        hard = hard_spans(self._world.policy() if verdict.policy is None else verdict.policy)
        warned: dict[Scale, Warned] = {}
        for comparison in self._comparisons(verdict, anywhere=bool(hard)):
            for over in comparison if hard else islice(comparison, 1):
                scale, figures = over[:2], (over.quota, over.on_roll)
                warned.setdefault(scale, Warned(*scale, *figures, date.fromordinal(over.begin)))
                on = next(
                    (max(over.begin, first) for first, last in hard if over.begin < last and first < over.end), None
                )
                if on is not None:
                    told = {"unit": over.unit, "establishment": over.establishment, "quota": over.quota}
                    return Refused("over_quota", {**told, "on_roll": over.on_roll, "date": date.fromordinal(on)})
        return tuple(warned.values())

    def _comparisons(self, verdict: Verdict, *, anywhere: bool) -> Iterator[Iterator[Over]]:
        """For each number the entry may have to do with: the days it makes worse.

        `anywhere`: whether some days forbid it; only then are the rolls of a whole reorganisation counted.
        """
        if (verdict.units and anywhere) or (verdict.quotas and self._changes):
            yield from self._reorganised(verdict)
            return
        for scale, steps in self._changes.items():
            yield self._over(scale, steps, self._quota(verdict, scale))
        for unit, (before, after) in verdict.quotas.items():
            for kind in ON_ROLL_KINDS:
                had, quota = _of(kind, before), _of(kind, after)
                if quota and quota != had:
                    roll = self._roll((unit, kind))
                    yield _worse((unit, kind), roll, roll, had, quota)

    def took(self, verdict: Verdict) -> None:
        """Keep what is remembered in step with an accepted entry."""
        memory = self._memory
        for unit, (before, after) in verdict.units.items():
            if before and placement_of(before) != placement_of(after):
                self._forget_around(unit, verdict.structure)
        for scale, steps in self._changes.items():
            roll = memory.rolls.get(scale)
            for day, amount in steps if roll is not None else ():
                roll.add(day, amount)  # type: ignore[union-attr]
        if verdict.quotas:
            memory.numbered.clear()
        for unit, (_, periods) in verdict.quotas.items():
            if memory.quotas is not None:
                memory.quotas[unit] = by_scale(periods)
            for kind in ON_ROLL_KINDS:  # a roll is kept in step only while the unit has a number
                memory.rolls.pop((unit, kind), None)

    def _forget_around(self, unit: str, after: Structure) -> None:
        """A unit got another place: the rolls of what is above it, then or now, and the ways up from inside it."""
        memory = self._memory
        for tree in (self._world.structure, after):
            for above, _, _ in tree.above_over_time(unit):
                for kind in ON_ROLL_KINDS:
                    memory.rolls.pop((above, kind), None)
            for code in tree.ever_inside(unit):
                memory.above.pop(code, None)
                for kind in ON_ROLL_KINDS:
                    memory.numbered.pop((code, kind), None)

    # ---- rolls

    def _roll_changes(self, verdict: Verdict) -> dict[Scale, Steps]:
        """For every unit with a number of its own: when how many more are on its roll than before."""
        changes: dict[Scale, dict[Day, int]] = {}
        for before, after in verdict.people.values():
            gone, come = changed(charge_periods(before), charge_periods(after))
            for periods, sign in ((gone, -1), (come, 1)):
                for one in periods:
                    if one.establishment not in ON_ROLL_KINDS:
                        continue
                    for unit, first, last in self._numbered(verdict, one.unit, one.establishment):
                        begin, end = max(first, one.d_from), min(last, one.d_to)
                        if begin < end:
                            line = changes.setdefault((unit, one.establishment), {})
                            line[begin] = line.get(begin, 0) + sign
                            line[end] = line.get(end, 0) - sign
        clean = {
            scale: sorted((day, by) for day, by in line.items() if by and day < FOREVER)
            for scale, line in changes.items()
        }
        return {scale: steps for scale, steps in clean.items() if steps}

    def _above(self, unit: str) -> list[tuple[str, Day, Day]]:
        found = self._memory.above.get(unit)
        if found is None:
            found = self._memory.above[unit] = self._world.structure.above_over_time(unit)
        return found

    def _numbered(self, verdict: Verdict, unit: str, kind: str) -> list[tuple[str, Day, Day]]:
        """The units above, itself included, that at some time have a number of their own; and when they are above."""
        if verdict.quotas:
            return [one for one in self._above(unit) if self._quota(verdict, (one[0], kind))]
        found = self._memory.numbered.get((unit, kind))
        if found is None:
            found = [one for one in self._above(unit) if self._quota(verdict, (one[0], kind))]
            self._memory.numbered[unit, kind] = found
        return found

    def _quota(self, verdict: Verdict, scale: Scale) -> Sequence[QuotaPeriod]:
        unit, kind = scale
        if unit in verdict.quotas:
            return [one for one in verdict.quotas[unit][1] if one.scale == kind]
        if self._memory.quotas is None:
            self._memory.quotas = self._world.tables.quotas()
        return self._memory.quotas.get(unit, {}).get(kind, ())

    def _roll(self, scale: Scale) -> Roll:
        found = self._memory.rolls.get(scale)
        if found is None:
            found = self._memory.rolls[scale] = self._count(self._world.structure, scale)
        return found

    def _count(self, structure: Structure, scale: Scale, moved: Mapping[Scale, Steps] = NOBODY) -> Roll:
        """Count a roll from the read tables, what is still to be written included; `moved` comes on top."""
        unit, kind = scale
        inside = {code: spans for code in structure.ever_inside(unit) if (spans := _spans(structure, code, unit))}
        measure = t.KINDS.index(kind)
        own: dict[str, Steps] = {code: list(moved.get((code, kind), ())) for code in inside}
        for code, day, amount in self._world.tables.changes_of(inside, measure):
            own[code].append((day, amount))
        return Roll(step for code, steps in own.items() for step in within(steps, inside[code]))

    # ---- comparing

    def _over(self, scale: Scale, steps: Steps, quota: Sequence[QuotaPeriod]) -> Iterator[Over]:
        """Where only people have changed."""
        more = 0
        for (day, amount), (following, _) in pairwise([*steps, (FOREVER, 0)]):
            more += amount
            if more <= 0:
                continue
            for period in quota:
                begin, end = max(day, period.d_from), min(following, period.d_to)
                if begin >= end:
                    continue
                roll = self._roll(scale)  # counted only where somebody comes: whoever leaves makes no day worse
                for on, count in roll.between(begin, end):
                    if count + more > period.posts:
                        yield Over(*scale, period.posts, count + more, on, roll.next_change(on, end))

    def _reorganised(self, verdict: Verdict) -> Iterator[Iterator[Over]]:
        """Where the tree has changed, or people and numbers at once."""
        before, after = self._world.structure, verdict.structure
        moved = _moved(verdict)
        changed = [*verdict.units, *verdict.quotas, *(code for code, _ in moved)]
        touched = {above for unit in changed for tree in (before, after) for above, _, _ in tree.above_over_time(unit)}
        for unit in sorted({*touched, *verdict.quotas}):
            had = verdict.quotas[unit][0] if unit in verdict.quotas else self._world.quotas(unit)
            for kind in ON_ROLL_KINDS:
                quota = self._quota(verdict, (unit, kind))
                if quota:
                    old, new = self._count(before, (unit, kind)), self._count(after, (unit, kind), moved)
                    yield _worse((unit, kind), old, new, _of(kind, had), quota)


def _worse(
    scale: Scale, old: Roll, new: Roll, had: Sequence[QuotaPeriod], quota: Sequence[QuotaPeriod]
) -> Iterator[Over]:
    edges = {day for one in (*had, *quota) for day in (one.d_from, one.d_to) if day < FOREVER}
    for on, end in pairwise([*sorted({*old.days, *new.days, *edges}), FOREVER]):
        excess = _excess(new, quota, on)
        if excess > _excess(old, had, on):
            count = new.at(on)
            yield Over(*scale, count - excess, count, on, end)


def _excess(roll: Roll, quota: Sequence[QuotaPeriod], day: Day) -> int:
    """How many more are on the roll than there are posts; 0 where there is no number."""
    posts = next((one.posts for one in quota if one.d_from <= day < one.d_to), None)
    return 0 if posts is None else max(0, roll.at(day) - posts)


def _of(kind: str, quota: Iterable[QuotaPeriod]) -> list[QuotaPeriod]:
    return [one for one in quota if one.scale == kind]


def _moved(verdict: Verdict) -> dict[Scale, Steps]:
    """By (code charged to, kind): what the entry changes, in order of days."""
    moved: dict[Scale, Steps] = {}
    for before, after in verdict.people.values():
        gone, come = changed(charge_periods(before), charge_periods(after))
        for periods, sign in ((gone, -1), (come, 1)):
            for one in periods:
                if one.establishment in ON_ROLL_KINDS:
                    steps = moved.setdefault((one.unit, one.establishment), [])
                    steps.extend(
                        ((one.d_from, sign), (one.d_to, -sign)) if one.d_to < FOREVER else ((one.d_from, sign),)
                    )
    return moved


def _spans(structure: Structure, code: str, unit: str) -> list[tuple[Day, Day]]:
    """When a code's people are counted in a unit."""
    return [(first, last) for above, first, last in structure.above_over_time(code) if above == unit]
