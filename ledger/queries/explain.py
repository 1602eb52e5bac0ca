"""What stands behind one number: the people, posts or positions it counts, each with its entry (spec 2.3 explain)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import and_, or_, select

from ledger.domain.entries import Hired, LeaveStarted, SecondmentStarted, Transferred
from ledger.domain.quotas import LEADER
from ledger.domain.terms import ON_ROLL_KINDS, RosterStatus
from ledger.domain.time import Day, Perspective
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.cited import Cited, Entries, Fits, Sought, find, standing_at
from ledger.queries.headcount import rows_of
from ledger.queries.names import MeasureName
from ledger.queries.precision import imprecise_in
from ledger.queries.quotas import Number, counting, is_leaders, records
from ledger.queries.roster import RosterLine, people_behind, roster
from ledger.queries.scope import Scope
from ledger.queries.spans import Axis, Reach
from ledger.queries.view import View

Basis = Literal["charge", "secondment", "leave"]
"""What puts a person into a number: the charge, or for some numbers the secondment or the leave."""
FITS: dict[Basis, Fits] = {
    "charge": lambda entry: isinstance(entry, Hired | Transferred),
    "secondment": lambda entry: isinstance(entry, SecondmentStarted),
    "leave": lambda entry: isinstance(entry, LeaveStarted),
}


@dataclass(frozen=True, slots=True)
class CountedPerson:
    """One person behind a number; `since` and `entry` begin what makes the person count."""

    line: RosterLine
    since: date
    entry: Cited

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/explain.schema.json."""
        return {
            "person": self.line.person,
            "name": self.line.name,
            "unit": self.line.unit,
            "establishment": self.line.establishment,
            "status": self.line.status.value,
            "host": self.line.host,
            "since": self.since.isoformat(),
            "entry": self.entry.to_json(),
        }


@dataclass(frozen=True, slots=True)
class CountedQuota:
    """One unit's own number, and every entry that led to it since the unit has one."""

    unit: str
    establishment: str | None
    rank: str | None
    posts: int
    entries: tuple[Cited, ...]

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/explain.schema.json."""
        return {
            "unit": self.unit,
            "establishment": self.establishment,
            "rank": self.rank,
            "posts": self.posts,
            "entries": [entry.to_json() for entry in self.entries],
        }


@dataclass(frozen=True, slots=True)
class CountedPosition:
    """One leader position that counts, with the appointment."""

    person: str
    name: str
    title: str
    rank: str
    unit: str
    entry: Cited

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/explain.schema.json."""
        return {
            "person": self.person,
            "name": self.name,
            "title": self.title,
            "rank": self.rank,
            "unit": self.unit,
            "entry": self.entry.to_json(),
        }


@dataclass(frozen=True, slots=True)
class ExplainAnswer:
    """A number of the headcount and all that it counts; both lists are filled for vacancies.

    `value` None: the unit does not exist on D, or the number is not told there (spec 1.4).
    """

    perspective: Perspective
    unit: str
    scope: str
    measure: str
    value: int | None
    people: tuple[CountedPerson, ...]
    quotas: tuple[CountedQuota, ...]
    positions: tuple[CountedPosition, ...]
    imprecise: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/explain.schema.json."""
        return {
            "as_of": self.perspective.as_of.isoformat(),
            "known_at": self.perspective.known_at,
            "unit": self.unit,
            "scope": self.scope,
            "measure": self.measure,
            "value": self.value,
            "people": [one.to_json() for one in self.people],
            "quotas": [one.to_json() for one in self.quotas],
            "positions": [one.to_json() for one in self.positions],
            "imprecise": list(self.imprecise),
        }


def explain(view: View, entries: Entries, unit: str, measure: str, *, own: bool = False) -> ExplainAnswer:
    """What one number of the headcount counts. Raises UnknownUnit, UnknownMeasure."""
    name = MeasureName.of(measure)
    scope = Scope.of(view, view.unit(unit), own=own)
    value = rows_of(view, [unit], own=own)[unit].measure(measure) if scope.codes else None
    people: Sequence[CountedPerson] = ()
    quotas: Sequence[CountedQuota] = ()
    positions: Sequence[CountedPosition] = ()
    if value is not None and name.base == "leaders":
        positions = _positions(view, entries, scope, name.part)
    elif value is not None:
        if name.base in ("quota", "leader_quota", "vacancies"):
            quotas = _quotas(view, entries, unit, name, own=own)
        if name.base not in ("quota", "leader_quota"):
            measured = "on_roll" if name.base == "vacancies" else name.base
            kinds = {one.establishment for one in quotas} or {name.part or None}
            lines = people_behind(roster(view, unit, own=own).people, measured)
            counted = [line for line in lines if kinds == {None} or line.establishment in kinds]
            people = _people(view, entries, scope, counted, measured)
    told = "own" if own else "subtree"
    flags = imprecise_in(view, scope.numbers)
    behind = (tuple(people), tuple(quotas), tuple(positions))
    return ExplainAnswer(view.perspective, unit, told, measure, value, *behind, flags)


# ---- people


def _basis(measure: str, status: RosterStatus) -> Basis:
    if status is RosterStatus.SECONDED_IN or measure == "seconded_out":
        return "secondment"
    return "leave" if measure == "on_leave" else "charge"


def _people(
    view: View, entries: Entries, scope: Scope, lines: Sequence[RosterLine], measure: str
) -> list[CountedPerson]:
    bases = [_basis(measure, line.status) for line in lines]
    begun = {basis: _beginnings(view, scope, basis) for basis in set(bases)}
    sought: list[Sought] = []
    for line, basis in zip(lines, bases, strict=True):
        day, position = begun[basis][line.person]
        sought.append(Sought(f"person:{line.person}", day, (FITS[basis],), position))
    found = find(entries, view.perspective.known_at, sought)
    return [
        CountedPerson(line, date.fromordinal(one.day), Cited.of(found[one]))
        for line, one in zip(lines, sought, strict=True)
    ]


def _beginnings(view: View, scope: Scope, basis: Basis) -> dict[str, tuple[Day, int]]:
    """Person -> the first day of the charge, secondment or leave in force on D, and where its entry may be."""
    now, began, spell = t.person_period.c, t.person_period.alias().c, t.secondment.c
    if basis == "secondment":
        since, position = now.seconded_since, spell.entry
        same = and_(spell.person == now.person, spell.key == now.secondment, view.known(t.secondment))
    else:
        since, position = (now.charged_since if basis == "charge" else now.leave_since), began.cause
        known_at = view.perspective.known_at
        same = and_(began.person == now.person, began.d_from == since, began.k_from <= known_at, began.k_to > known_at)
    query = select(t.person.c.code, since, position).where(
        t.person.c.id == now.person, view.valid(t.person_period), same
    )
    if scope.is_wide:
        query = query.order_by(now.person)
    else:
        query = query.where(or_(among(now.unit, scope.numbers | scope.stationed), among(now.host, scope.numbers)))
    return {code: (day, at) for code, day, at in view.conn.execute(query)}


# ---- posts


def _quotas(view: View, entries: Entries, unit: str, name: MeasureName, *, own: bool) -> list[CountedQuota]:
    scales = [LEADER + name.part] if name.base == "leader_quota" else [name.part] if name.part else [*ON_ROLL_KINDS]
    day, known_at = view.day, view.perspective.known_at
    counted: list[Number] = []
    axis = Axis.of_days(known_at, day, day + 1)
    reach = Reach.of(view.shape.structure, axis, unit)
    for scale in scales:
        known = records(view, axis, [unit] if own else reach.member, scale)
        counted.extend(counting(reach, unit, known))
    histories = _histories(view, {one.unit for one in counted})
    at = entries.at([position for positions in histories.values() for position in positions])
    return [
        CountedQuota(
            one.unit,
            None if is_leaders(one.scale) else one.scale,
            one.scale.removeprefix(LEADER) if is_leaders(one.scale) else None,
            one.posts,
            tuple(Cited.of(at[position]) for position in histories[one.unit, one.scale]),
        )
        for one in sorted(counted)
    ]


def _histories(view: View, units: Iterable[str]) -> dict[tuple[str, str], list[int]]:
    """(unit, scale) -> positions of the entries since the unit has a number, up to D."""
    axis = Axis.of_days(view.perspective.known_at, 0, view.day + 1)
    found: dict[tuple[str, str], list[int]] = {}
    ends: dict[tuple[str, str], Day] = {}
    for one in records(view, axis, list(units)):
        key = (one.unit, one.scale)
        if ends.get(key) != one.begin:
            found[key] = []
        found[key].append(one.cause)
        ends[key] = one.end
    return found


# ---- positions


def _positions(view: View, entries: Entries, scope: Scope, rank: str) -> list[CountedPosition]:
    c, n = t.post_period.c, t.person_description.c
    query = select(t.person.c.code, n.name, c.title, c.unit, c.cause).where(
        t.person.c.id == c.person,
        n.person == c.person,
        view.valid(t.person_description),
        view.valid(t.post_period),
        among(c.unit, scope.numbers),
        c.rank == rank,
        c.counts,
    )
    rows = view.conn.execute(query.order_by(t.person.c.code, c.title)).all()
    standing = standing_at(entries, view.perspective.known_at, [row.cause for row in rows])
    return [
        CountedPosition(row.code, row.name, row.title, rank, view.canonical(row.unit), Cited.of(standing[row.cause]))
        for row in rows
    ]
