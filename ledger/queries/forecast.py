"""Who reaches the statutory retirement date in the months to come, and the vacancies that follow (spec 1.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select

from ledger.domain.findings.life import months_after
from ledger.domain.findings.retirement import STATUTE, missing, statutory_day
from ledger.domain.terms import Establishment
from ledger.domain.time import Perspective
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.numbers import UnitNumbers
from ledger.queries.scope import Scope
from ledger.queries.view import View


@dataclass(frozen=True, slots=True)
class Retiring:
    """Somebody on the register. `retires_on` None: `missing` says for want of what."""

    person: str
    name: str
    unit: str
    employer: str
    establishment: str
    retires_on: date | None
    missing: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/retirements.schema.json."""
        return {
            "person": self.person,
            "name": self.name,
            "unit": self.unit,
            "employer": self.employer,
            "establishment": self.establishment,
            "state": "true" if self.retires_on is not None else "insufficient_data",
            "retires_on": None if self.retires_on is None else self.retires_on.isoformat(),
            "missing": list(self.missing),
        }


@dataclass(frozen=True, slots=True)
class Outlook:
    """One employer and kind: who retires, who cannot be judged, the vacancies now and then; None without a quota.

    With anybody who cannot be judged the number then is the least that can be.
    """

    employer: str
    establishment: str
    retiring: int
    unknown: int
    vacancies: int | None

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/retirements.schema.json."""
        return {
            "employer": self.employer,
            "establishment": self.establishment,
            "retiring": self.retiring,
            "insufficient_data": self.unknown,
            "vacancies": self.vacancies,
            "vacancies_then": None if self.vacancies is None else self.vacancies + self.retiring,
        }


@dataclass(frozen=True, slots=True)
class ForecastAnswer:
    """The people due by `until`, earliest first, then those nobody can say of; and what that makes of the posts."""

    perspective: Perspective
    until: date
    people: tuple[Retiring, ...]
    outlook: tuple[Outlook, ...]

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/retirements.schema.json."""
        return {
            "as_of": self.perspective.as_of.isoformat(),
            "known_at": self.perspective.known_at,
            "until": self.until.isoformat(),
            "statute": STATUTE,
            "people": [one.to_json() for one in self.people],
            "outlook": [one.to_json() for one in self.outlook],
        }


def forecast(view: View, months: int, unit: str | None = None) -> ForecastAnswer:
    """Who retires by statute up to the day `months` after D, and on it. Raises UnknownUnit.

    In a unit's subtree, or everywhere. Those overdue on D are among them. Posts are looked at where they are given: at
    the statutory unit.
    """
    limit = min(months_after(view.day, months), date.max.toordinal())
    people = [one for one in _everybody(view, unit) if one.retires_on is None or one.retires_on.toordinal() <= limit]
    people.sort(key=lambda one: (one.retires_on or date.max, one.person))
    numbers = UnitNumbers(view)
    groups = sorted({(one.employer, one.establishment) for one in people})
    numbers.prepare({employer for employer, _ in groups})
    outlook = []
    for employer, kind in groups:
        own = [one for one in people if (one.employer, one.establishment) == (employer, kind)]
        retiring = sum(one.retires_on is not None for one in own)
        off = kind == Establishment.OFF_ESTABLISHMENT
        vacancies = None if off else numbers.vacancy(employer, kind).at(view.day)
        outlook.append(Outlook(employer, kind, retiring, len(own) - retiring, vacancies))
    return ForecastAnswer(view.perspective, date.fromordinal(limit), tuple(people), tuple(outlook))


def _everybody(view: View, unit: str | None) -> list[Retiring]:
    p, n = t.person_period.c, t.person_description.c
    facts = (n.gender, n.born_on, n.born_precision, n.retirement_age)
    query = (
        select(t.person.c.code, n.name, p.unit, p.kind, *facts)
        .join_from(t.person_period, t.person, t.person.c.id == p.person)
        .join(t.person_description, and_(n.person == p.person, view.valid(t.person_description)))
        .where(view.valid(t.person_period))
    )
    if unit is not None:
        query = query.where(among(p.unit, Scope.of(view, view.unit(unit)).numbers))
    found = []
    for code, name, at, kind, *known in view.conn.execute(query):
        day = statutory_day(*known)
        home = view.canonical(at)
        employer = view.structure.statutory(home, view.day) or home
        lacking = () if day is not None else tuple(missing(*known))
        retires_on = None if day is None else date.fromordinal(day)
        found.append(Retiring(code, name, home, employer, t.KINDS[kind], retires_on, lacking))
    return found
