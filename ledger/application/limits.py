"""Going over a quota: told in the receipt, or refused where the policy says so (spec 1.3).

A unit is over its quota on a day when more people are on the roll of its subtree than its own number says. An
entry answers for it when the excess is higher with the entry than without (decision 0005).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from ledger.application.rolls import Roll, RollMemory, Scale, Steps, within
from ledger.application.world import RecordedWorld
from ledger.domain.judgement import Verdict
from ledger.domain.periods import charge_periods
from ledger.domain.policy import quotas_are_hard
from ledger.domain.quotas import LEADER, QuotaPeriod
from ledger.domain.refusals import Refused
from ledger.domain.terms import ON_ROLL_KINDS
from ledger.domain.time import FOREVER, Day
from ledger.domain.units import Structure
from ledger.projections import tables as t

@dataclass(frozen=True, slots=True)
class Warned:
    """A unit with more people on its roll than posts on `on`, the first such day, once the entry is recorded."""

    unit: str
    establishment: str
    quota: int
    on_roll: int
    on: date


class QuotaWatch:
    """Compares rolls with quotas for what one entry changes."""

    def __init__(self, world: RecordedWorld, memory: RollMemory) -> None:
        self._world = world
        self._memory = memory
        self._changes: dict[Scale, Steps] = {}

    def check(self, verdict: Verdict) -> tuple[Warned, ...] | Refused:
        """The units that are over a quota by more than before; a refusal where a hard quota is among them."""
        found: list[Warned] = []
        self._changes = self._roll_changes(verdict)
        for scale, steps in self._changes.items():
            found.extend(self._over(scale, steps, self._quota(verdict, scale)))
        for unit, (before, after) in verdict.quotas.items():
            found.extend(self._cut(unit, before, after))
        if verdict.units:
            found.extend(self._reorganised(verdict))
        policy = self._world.policy()
        for warned in found:
            if quotas_are_hard(policy, warned.on.toordinal()):
                told = {"unit": warned.unit, "establishment": warned.establishment, "quota": warned.quota}
                return Refused("over_quota", {**told, "on_roll": warned.on_roll, "date": warned.on})
        return tuple({(one.unit, one.establishment): one for one in reversed(found)}.values())

    def took(self, verdict: Verdict) -> None:
        """Keep what is remembered in step with an accepted entry."""
        memory = self._memory
        if verdict.units:
            memory.rolls.clear()
            memory.above.clear()
        else:
            for scale, steps in self._changes.items():
                roll = memory.rolls.get(scale)
                for day, amount in steps if roll is not None else ():
                    roll.add(day, amount)  # type: ignore[union-attr]
        for unit in verdict.quotas:
            memory.quotas.pop(unit, None)
            for kind in ON_ROLL_KINDS:  # a roll is kept in step only while the unit has a number
                memory.rolls.pop((unit, kind), None)

    # ---- rolls

    def _roll_changes(self, verdict: Verdict) -> dict[Scale, Steps]:
        """For every unit with a number of its own: when how many more are on its roll than before."""
        changes: dict[Scale, dict[Day, int]] = {}
        for before, after in verdict.people.values():
            old, new = set(charge_periods(before)), set(charge_periods(after))
            for periods, sign in ((old - new, -1), (new - old, 1)):
                for one in periods:
                    if one.establishment not in ON_ROLL_KINDS:
                        continue
                    for unit, first, last in self._above(one.unit):
                        begin, end = max(first, one.d_from), min(last, one.d_to)
                        if begin < end and self._numbered(verdict, unit, one.establishment):
                            line = changes.setdefault((unit, one.establishment), {})
                            line[begin] = line.get(begin, 0) + sign
                            line[end] = line.get(end, 0) - sign
        clean = {scale: sorted((day, by) for day, by in line.items() if by and day < FOREVER) for scale, line in changes.items()}
        return {scale: steps for scale, steps in clean.items() if steps}

    def _above(self, unit: str) -> list[tuple[str, Day, Day]]:
        found = self._memory.above.get(unit)
        if found is None:
            found = self._memory.above[unit] = self._world.structure.above_over_time(unit)
        return found

    def _numbered(self, verdict: Verdict, unit: str, kind: str) -> bool:
        return bool(self._quota(verdict, (unit, kind)))

    def _quota(self, verdict: Verdict, scale: Scale) -> Sequence[QuotaPeriod]:
        unit, kind = scale
        if unit in verdict.quotas:
            return [one for one in verdict.quotas[unit][1] if one.scale == kind]
        known = self._memory.quotas.get(unit)
        if known is None:
            known = self._memory.quotas[unit] = {}
            for one in self._world.quotas(unit):
                known.setdefault(one.scale, []).append(one)
        return known.get(kind, ())

    def _roll(self, scale: Scale) -> Roll:
        found = self._memory.rolls.get(scale)
        if found is None:
            found = self._memory.rolls[scale] = self._count(self._world.structure, scale)
        return found

    def _count(self, structure: Structure, scale: Scale) -> Roll:
        """Count a roll from the read tables, what is still to be written included."""
        unit, kind = scale
        inside = {code: spans for code in structure.ever_inside(unit) if (spans := _spans(structure, code, unit))}
        measure = t.KINDS.index(kind)
        own: dict[str, Steps] = {}
        for code, day, amount in self._world.tables.changes_of(inside, measure):
            own.setdefault(code, []).append((day, amount))
        return Roll(step for code, steps in own.items() for step in within(Roll(steps), inside[code]))

    # ---- comparing

    def _over(self, scale: Scale, steps: Steps, quota: Sequence[QuotaPeriod]) -> Iterator[Warned]:
        """The first day on which more are on the roll than before and than the quota."""
        roll = self._roll(scale)
        more = 0
        for (day, amount), (following, _) in pairwise([*steps, (FOREVER, 0)]):
            more += amount
            if more <= 0:
                continue
            for period in quota:
                begin, end = max(day, period.d_from), min(following, period.d_to)
                for on, count in roll.between(begin, end) if begin < end else ():
                    if count + more > period.posts:
                        yield Warned(*scale, period.posts, count + more, date.fromordinal(on))
                        return

    def _cut(self, unit: str, before: Sequence[QuotaPeriod], after: Sequence[QuotaPeriod]) -> Iterator[Warned]:
        """Days on which a lower, or new, number lies below the roll."""
        for period in after:
            if period.scale.startswith(LEADER) or period in before:
                continue
            roll = self._roll((unit, period.scale))
            old = [one for one in before if one.scale == period.scale]
            edges = sorted({period.d_from, *(day for one in old for day in (one.d_from, one.d_to))})
            marks = sorted({*(day for day, _ in roll.between(period.d_from, period.d_to)), *edges})
            for on in marks:
                if not period.d_from <= on < period.d_to:
                    continue
                then = next((one.posts for one in old if one.d_from <= on < one.d_to), None)
                count = roll.at(on)
                if count > period.posts and (then is None or period.posts < then):
                    yield Warned(unit, period.scale, period.posts, count, date.fromordinal(on))
                    break

    def _reorganised(self, verdict: Verdict) -> Iterator[Warned]:
        """What a change of the tree makes of the rolls above; looked at only where a hard quota could refuse it."""
        policy = self._world.policy()
        if not any(step.parameters["quota_enforcement"] == "hard" for step in policy):
            return
        before, after = self._world.structure, verdict.structure
        touched = {above for unit in verdict.units for tree in (before, after) for above, _, _ in tree.above_over_time(unit)}
        for unit in sorted(touched):
            for kind in ON_ROLL_KINDS:
                quota = self._quota(verdict, (unit, kind))
                if not quota:
                    continue
                old, new = self._count(before, (unit, kind)), self._count(after, (unit, kind))
                had = [one for one in self._world.quotas(unit) if one.scale == kind]
                yield from _worse((unit, kind), old, new, had, quota)


def _worse(
    scale: Scale, old: Roll, new: Roll, had: Sequence[QuotaPeriod], quota: Sequence[QuotaPeriod]
) -> Iterator[Warned]:
    marks = sorted({*old.days, *new.days, *(day for one in (*had, *quota) for day in (one.d_from, one.d_to) if day < FOREVER)})
    for on in marks:
        number = next((one.posts for one in quota if one.d_from <= on < one.d_to), None)
        if number is None or new.at(on) <= number:
            continue
        then = next((one.posts for one in had if one.d_from <= on < one.d_to), None)
        if then is None or new.at(on) - number > old.at(on) - then:
            yield Warned(*scale, number, new.at(on), date.fromordinal(on))
            return


def _spans(structure: Structure, code: str, unit: str) -> list[tuple[Day, Day]]:
    """When a code's people are counted in a unit."""
    return [(first, last) for above, first, last in structure.above_over_time(code) if above == unit]
