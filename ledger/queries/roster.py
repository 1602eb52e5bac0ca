"""Who is behind the numbers: the people of a unit, each with one status (spec 2.3 roster)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, or_, select

from ledger.domain.terms import RosterStatus
from ledger.domain.time import Perspective, day_or_none
from ledger.projections import tables as t
from ledger.projections.statements import among, tuples
from ledger.queries.precision import imprecise_in
from ledger.queries.scope import OFF, Scope
from ledger.queries.view import View


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One person. `host` is told while a secondment runs, `until` with it; `since` starts the status."""

    person: str
    name: str
    unit: str
    establishment: str
    status: RosterStatus
    host: str | None
    until: date | None
    since: date | None
    cause: int

    def days_overdue(self, on: date) -> int:
        """Days beyond the agreed end of a running secondment; 0 when there is none (spec 2.3 secondments)."""
        return max(0, (on - self.until).days) if self.until is not None else 0

    def to_json(self) -> dict[str, Any]:
        """The keys of spec 2.3."""
        return {
            "person": self.person,
            "name": self.name,
            "unit": self.unit,
            "establishment": self.establishment,
            "status": self.status.value,
            "host": self.host,
            "until": None if self.until is None else self.until.isoformat(),
            "since": None if self.since is None else self.since.isoformat(),
            "position": self.cause,
        }


@dataclass(frozen=True, slots=True)
class RosterAnswer:
    """The people of a unit at a perspective, by person number."""

    perspective: Perspective
    unit: str
    people: tuple[RosterLine, ...]
    imprecise: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The keys of spec 2.3."""
        return {
            "as_of": self.perspective.as_of.isoformat(),
            "known_at": self.perspective.known_at,
            "unit": self.unit,
            "people": [line.to_json() for line in self.people],
            "imprecise": list(self.imprecise),
        }


class State(NamedTuple):
    """What is stored of a person's place on D: units by number, kind and leave as in the tables."""

    unit: int
    kind: int
    host: int | None
    leave: int | None


BEHIND: dict[str, frozenset[RosterStatus]] = {
    "on_roll": frozenset({RosterStatus.PRESENT, RosterStatus.SECONDED_OUT, RosterStatus.ON_LEAVE}),
    "present": frozenset({RosterStatus.PRESENT}),
    "seconded_out": frozenset({RosterStatus.SECONDED_OUT}),
    "on_leave": frozenset({RosterStatus.ON_LEAVE}),
    "seconded_in": frozenset({RosterStatus.SECONDED_IN}),
    "off_establishment": frozenset({RosterStatus.OFF_ESTABLISHMENT}),
    "dispatched_in": frozenset({RosterStatus.DISPATCHED_IN}),
    "at_work": frozenset(
        {RosterStatus.PRESENT, RosterStatus.OFF_ESTABLISHMENT, RosterStatus.SECONDED_IN, RosterStatus.DISPATCHED_IN}
    ),
}
"""Measure -> the statuses it counts (spec 1.4)."""
_ON_ROLL_ONLY = ("on_roll", "seconded_out", "on_leave")
"""Measures that leave out people off the establishment, although the roster shows them with these statuses."""


def roster(view: View, unit: str, status: str | None = None, *, own: bool = False) -> RosterAnswer:
    """Everybody charged to the scope, seconded in and dispatched in; with `status` those behind that measure.

    Raises UnknownUnit.
    """
    scope = Scope.of(view, view.unit(unit), own=own)
    lines = roster_lines(view, scope)
    if status is not None:
        lines = [line for line in lines if counts_in(line, status)]
    people = tuple(sorted(lines, key=lambda line: line.person))
    return RosterAnswer(view.perspective, unit, people, imprecise_in(view, scope.numbers))


def roster_lines(view: View, scope: Scope, numbers: Collection[int] | None = None) -> list[RosterLine]:
    """The lines of everybody in a scope; with `numbers`, of these people, who must be in it."""
    query = _people(view).where(view.valid(t.person_period))
    if numbers is not None:
        rows = view.conn.execute(query.where(among(t.person_period.c.person, numbers))).all()
    elif scope.is_wide:
        everybody = view.conn.execute(query.order_by(t.person_period.c.person)).all()
        rows = [row for row in everybody if scope.shows(row.unit, row.host, row.leave)]
    else:
        rows = view.conn.execute(query.where(_inside(scope))).all()
    canonical = cache(view.canonical)
    return [_line(canonical, scope, row) for row in rows]


def roster_states(view: View, scope: Scope) -> dict[int, State]:
    """Everybody in the roster of a scope, by number."""
    p = t.person_period.c
    query = select(p.person, p.unit, p.kind, p.host, p.leave).where(view.valid(t.person_period))
    if scope.is_wide:
        rows = tuples(view.conn, query.order_by(p.person))
        return {row[0]: State(*row[1:]) for row in rows if scope.shows(row[1], row[3], row[4])}
    return {row[0]: State(*row[1:]) for row in tuples(view.conn, query.where(_inside(scope)))}


def counts_in(line: RosterLine, measure: str) -> bool:
    """Whether a person is one of those a measure counts."""
    if measure in _ON_ROLL_ONLY and line.establishment == t.KINDS[OFF]:
        return False
    return line.status in BEHIND[measure]


def _inside(scope: Scope) -> ColumnElement[bool]:
    p = t.person_period.c
    free = and_(p.host.is_(None), p.leave.is_(None))
    who = [among(p.unit, scope.numbers), and_(among(p.host, scope.numbers), p.host.is_not(None), p.leave.is_(None))]
    if scope.stationed:
        who.append(and_(among(p.unit, scope.stationed), free))
    return or_(*who)


def _people(view: View) -> Select[Any]:
    p, n = t.person_period.c, t.person_description
    columns = (
        p.person,
        p.unit,
        p.kind,
        p.host,
        p.until,
        p.leave,
        p.seconded_since,
        p.leave_since,
        p.charged_since,
        p.cause,
    )
    return (
        select(t.person.c.code, n.c.name, *columns)
        .select_from(t.person_period)
        .join(t.person, t.person.c.id == p.person)
        .join(n, and_(n.c.person == p.person, view.valid(n)))
    )


def _line(canonical: Callable[[int], str], scope: Scope, row: Any) -> RosterLine:
    status, since = _status(scope, row)
    return RosterLine(
        row.code,
        row.name,
        canonical(row.unit),
        t.KINDS[row.kind],
        status,
        None if row.host is None else canonical(row.host),
        day_or_none(row.until),
        day_or_none(since),
        row.cause,
    )


def _status(scope: Scope, row: Any) -> tuple[RosterStatus, int]:
    if row.unit not in scope.numbers:
        if row.host is not None:
            return RosterStatus.SECONDED_IN, row.seconded_since
        return RosterStatus.DISPATCHED_IN, row.charged_since
    if row.host is not None and row.host not in scope.numbers:
        return RosterStatus.SECONDED_OUT, row.seconded_since
    if row.leave is not None:
        return RosterStatus.ON_LEAVE, row.leave_since
    if row.kind == OFF:
        return RosterStatus.OFF_ESTABLISHMENT, row.charged_since
    return RosterStatus.PRESENT, row.charged_since


def people_behind(lines: Iterable[RosterLine], measure: str) -> list[RosterLine]:
    """The people one measure counts."""
    return [line for line in lines if counts_in(line, measure)]
