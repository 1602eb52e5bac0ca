"""One number through time: at each step as known at K, in the tree of each step's own day (spec 2.3 curve).

Nothing is counted step by step. Every row tells the run of days over which it adds to the number; what a run adds is
noted where it begins and taken back where it ends, and one running sum gives all steps.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import case, func, select

from ledger.domain.faults import DatesReversed
from ledger.domain.quotas import LEADER
from ledger.domain.spans import Spans, clipped, common, without
from ledger.domain.terms import ON_ROLL_KINDS
from ledger.domain.time import Day
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.names import MeasureName
from ledger.queries.precision import imprecise_along
from ledger.queries.quotas import counting, records
from ledger.queries.scope import OFF
from ledger.queries.spans import Axis, Reach, by_number
from ledger.queries.steps import Step, Total, Values, dates, minus, plus
from ledger.queries.view import View

__all__ = ["CurveAnswer", "Step", "curve"]

KINDS = len(t.KINDS)
ON_ROLL = tuple(t.KINDS.index(kind) for kind in ON_ROLL_KINDS)


@dataclass(frozen=True, slots=True)
class CurveAnswer:
    """The number on each day; None where the unit does not exist, or where a quota has no number anywhere."""

    unit: str
    measure: str
    known_at: int
    start: date
    end: date
    step: Step
    points: tuple[tuple[date, int | None], ...]
    imprecise: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/curve.schema.json."""
        return {
            "known_at": self.known_at,
            "unit": self.unit,
            "measure": self.measure,
            "from": self.start.isoformat(),
            "to": self.end.isoformat(),
            "step": self.step,
            "points": [{"on": on.isoformat(), "value": value} for on, value in self.points],
            "imprecise": list(self.imprecise),
        }


def curve(view: View, unit: str, measure: str, start: date, end: date, step: Step = "month") -> CurveAnswer:
    """The number of a unit with everything below it at each step. Raises UnknownUnit, UnknownMeasure, DatesReversed."""
    name = MeasureName.of(measure)
    view.unit(unit)
    if start > end:
        raise DatesReversed(start=start, end=end)
    days = list(dates(start, end, step))
    numbers = _Numbers(view, unit, [day.toordinal() for day in days])
    points = zip(days, numbers.of(name), numbers.exists, strict=True)
    told = tuple((on, value if exists else None) for on, value, exists in points)
    return CurveAnswer(unit, measure, view.perspective.known_at, start, end, step, told, numbers.imprecise)


def _leave(kinds: Iterable[int]) -> list[int]:
    """The measures of those on leave and not seconded."""
    return [KINDS + kind for kind in kinds]


class _Away(NamedTuple):
    """A running secondment over a run of days; units by number, `leave` None where there is none."""

    unit: int
    host: int
    kind: int
    leave: int | None
    begin: Day
    end: Day


class _Numbers:
    """Every measure of one unit at the steps, each made of as few rows as it needs."""

    def __init__(self, view: View, unit: str, days: Sequence[Day]) -> None:
        self._view = view
        self._unit = unit
        self._days = days
        self._axis = Axis.of_days(view.perspective.known_at, days[0], days[-1] + 1)
        self._reach = Reach.of(view.shape.structure, self._axis, unit)
        self._member = by_number(self._reach.member, view.shape.numbers)

    @cached_property
    def exists(self) -> list[bool]:
        """At which steps the unit exists."""
        total = Total(self._days)
        total.add(self._reach.lives.exists(self._unit))
        return [bool(value) for value in total.values]

    @property
    def imprecise(self) -> tuple[str, ...]:
        """The imprecise entries behind what is counted anywhere on the way."""
        return imprecise_along(self._view, self._axis, {**self._dispatched, **self._member})

    def of(self, name: MeasureName) -> Sequence[int | None]:
        """One measure; None where a quota has no number."""
        base, part = name.base, name.part
        if base == "leaders":
            return self._leaders(part)
        if base == "leader_quota":
            return self._quota(LEADER + part)[1]
        if base in ("quota", "vacancies"):
            return self._posts(base, [part] if part else [*ON_ROLL_KINDS])
        if base in _BY_KIND:
            kinds = [number for number in ON_ROLL if part in ("", t.KINDS[number])]
            return _BY_KIND[base](self, kinds)
        return _WHOLE[base](self)

    # ---- posts

    def _quota(self, scale: str) -> tuple[Values, list[int | None]]:
        """How many posts, 0 where nobody has a number; and the same with None there."""
        posts, told = Total(self._days), Total(self._days)
        known = records(self._view, self._axis, self._reach.member, scale)
        for number in counting(self._reach, self._unit, known):
            posts.add([(number.begin, number.end)], number.posts)
            told.add([(number.begin, number.end)])
        values = posts.values
        return values, [value if there else None for value, there in zip(values, told.values, strict=True)]

    def _posts(self, base: str, kinds: Sequence[str]) -> list[int | None]:
        """The quota or the vacancies, over the kinds that have a number (spec 1.4)."""
        total: list[int | None] = [None] * len(self._days)
        for kind in kinds:
            _, quota = self._quota(kind)
            if base == "vacancies" and any(posts is not None for posts in quota):
                on_roll = self._on_roll([t.KINDS.index(kind)])
                quota = [None if posts is None else posts - held for posts, held in zip(quota, on_roll, strict=True)]
            total = [old if new is None else (old or 0) + new for old, new in zip(total, quota, strict=True)]
        return total

    def _leaders(self, rank: str) -> Values:
        c = t.post_period.c
        query = select(c.unit, c.d_from, c.d_to).where(
            among(c.unit, self._member), c.rank == rank, c.counts, self._axis.rows(t.post_period)
        )
        total = Total(self._days)
        for unit, begin, end in self._view.conn.execute(query).all():
            total.add(clipped(self._member[unit], begin, end))
        return total.values

    # ---- people

    def _charged(self, where: Mapping[int, Spans], measures: Sequence[int], less: Sequence[int] = ()) -> Values:
        """The units' own counts, less some, while they belong to the scope: from the signed changes."""
        days, first = self._days, self._days[0]
        c = t.headcount_delta.c
        amount = case((c.measure.in_(less), -c.amount), else_=c.amount) if less else c.amount
        known = (c.measure.in_([*measures, *less]), c.position <= self._view.perspective.known_at)
        before = select(c.unit, func.sum(amount)).where(among(c.unit, where), *known, c.day <= first)
        later = (*known, c.day > first, c.day <= days[-1])
        always = {unit for unit, spans in where.items() if spans == [(first, days[-1] + 1)]}
        others = where.keys() - always
        total = Total(days)
        conn = self._view.conn
        for unit, counted in conn.execute(before.group_by(c.unit)).all():
            total.add(where[unit], counted)
        query = select(c.day, func.sum(amount)).where(among(c.unit, always), *later).group_by(c.day)
        for day, counted in conn.execute(query).all():
            total.changes[bisect_left(days, day)] += counted
        for unit, day, counted in conn.execute(
            select(c.unit, c.day, amount).where(among(c.unit, others), *later)
        ).all():
            total.add([(max(begin, day), end) for begin, end in where[unit] if day < end], counted)
        return total.values

    @cached_property
    def _dispatched(self) -> dict[int, Spans]:
        return by_number(self._reach.dispatched, self._view.shape.numbers)

    @cached_property
    def _away(self) -> list[_Away]:
        """The secondments with an end in the scope."""
        p = t.person_period.c
        query = select(p.unit, p.host, p.kind, p.leave, p.d_from, p.d_to).where(
            p.host.is_not(None), self._axis.rows(t.person_period)
        )
        homes = {*self._member, *self._dispatched}
        conn = self._view.conn  # one query for each index
        inside = [_Away(*row) for row in conn.execute(query.where(among(p.unit, homes))).all()]
        hosted = [_Away(*row) for row in conn.execute(query.where(among(p.host, self._member))).all()]
        return inside + [one for one in hosted if one.unit not in homes]

    def _count(self, spans: Iterable[Spans]) -> Values:
        total = Total(self._days)
        for one in spans:
            total.add(one)
        return total.values

    def _home(self, one: _Away) -> Spans:
        return clipped(self._member.get(one.unit, ()), one.begin, one.end)

    def _gone(self, one: _Away) -> Spans:
        """The days on which the home belongs to the scope and the host does not."""
        home = self._home(one)
        return without(home, self._member[one.host]) if one.host in self._member else home

    def _on_roll(self, kinds: Sequence[int]) -> Values:
        return self._charged(self._member, kinds)

    def _seconded_out(self, kinds: Sequence[int]) -> Values:
        return self._count(self._gone(one) for one in self._away if one.kind in kinds)

    def _on_leave(self, kinds: Sequence[int]) -> Values:
        """The units' own counts leave out who is on leave during a loan, which may have both ends in the scope."""
        ill = [one for one in self._away if one.leave is not None and one.kind in kinds]
        inside = (common(self._home(one), self._member[one.host]) for one in ill if one.host in self._member)
        return plus(self._charged(self._member, _leave(kinds)), self._count(inside))

    def _here(self, kinds: Sequence[int]) -> Values:
        """Charged to the scope, not on leave and not seconded out of it: those present, or off the establishment."""
        away = (self._gone(one) if one.leave is None else self._home(one) for one in self._away if one.kind in kinds)
        return minus(self._charged(self._member, kinds, less=_leave(kinds)), self._count(away))

    def _seconded_in(self) -> Values:
        member = self._member
        return self._count(
            without(clipped(member[one.host], one.begin, one.end), member.get(one.unit, []))
            for one in self._away
            if one.leave is None and one.host in member
        )

    def _off_establishment(self) -> Values:
        return self._here([OFF])

    def _dispatched_in(self) -> Values:
        where, kinds = self._dispatched, range(KINDS)
        if not where:
            return [0] * len(self._days)
        gone = self._count(clipped(where.get(one.unit, ()), one.begin, one.end) for one in self._away)
        return minus(self._charged(where, kinds, less=_leave(kinds)), gone)

    def _at_work(self) -> Values:
        return plus(self._here(range(KINDS)), self._seconded_in(), self._dispatched_in())


_BY_KIND = {
    "on_roll": _Numbers._on_roll,  # noqa: SLF001  tables of this class's own measures
    "seconded_out": _Numbers._seconded_out,  # noqa: SLF001
    "on_leave": _Numbers._on_leave,  # noqa: SLF001
    "present": _Numbers._here,  # noqa: SLF001
}
_WHOLE = {
    "seconded_in": _Numbers._seconded_in,  # noqa: SLF001
    "off_establishment": _Numbers._off_establishment,  # noqa: SLF001
    "dispatched_in": _Numbers._dispatched_in,  # noqa: SLF001
    "at_work": _Numbers._at_work,  # noqa: SLF001
}
