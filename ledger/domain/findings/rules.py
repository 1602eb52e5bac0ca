"""What the rules of one kind of subject have in common, and how a judgement becomes a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from ledger.domain.findings.finding import Finding, Severity, State
from ledger.domain.findings.truth import Policies, Reign, Truth
from ledger.domain.terms import ON_ROLL_KINDS
from ledger.domain.time import Day

Evidence = dict[str, Any]


class Vacancies(Protocol):
    """The vacancies of a statutory unit with all below it, by kind, on any day (spec 1.4, 1.5)."""

    def vacancy(self, unit: str, kind: str) -> Numbers:
        """The number through time; None on days on which the unit or its quota is not there."""


class Numbers(Protocol):
    """One number through time."""

    def at(self, day: Day) -> int | None:
        """The number on a day."""


@dataclass(frozen=True)
class Court:
    """What every rule may look at beside its subject: the day, the policies through time, the vacancies."""

    day: Day
    policies: Policies
    vacancies: Vacancies

    def known_vacancies(self, unit: str, day: Day) -> dict[str, int]:
        """Kind -> vacancies on a day, of the kinds that have a number."""
        found = {kind.value: self.vacancies.vacancy(unit, kind).at(day) for kind in ON_ROLL_KINDS}
        return {kind: number for kind, number in found.items() if number is not None}


def clause(reign: Reign, *names: str) -> Evidence:
    """The policy a rule went by: the parameters it used, and the entry that adopted them (None: `national`)."""
    return {"policy": {name: reign.parameters[name] for name in names}, "policy_entry": reign.entry}


Case = TypeVar("Case")


@dataclass(frozen=True)
class Rule(Generic[Case]):
    """One rule about one kind of subject.

    `judge`: the days on which it holds. `tell`: severity and evidence on the day asked about, called only where it
    holds then. `subject`: whom it is about, as findings spell it. `lack`: what is missing, called only where nobody
    can say; a rule none of whose inputs can be missing has none.
    """

    code: str
    judge: Callable[[Case, Court], Truth]
    tell: Callable[[Case, Court], tuple[Severity, Evidence]]
    subject: Callable[[Case, Court], str]
    lack: Callable[[Case, Court], Evidence] | None = None


@dataclass(frozen=True)
class About:
    """Whom findings concern, beside their subject."""

    units: tuple[str, ...]
    person: str | None
    name: str


def found(rule: Rule[Case], case: Case, court: Court, about: About) -> Finding | None:
    """The finding of a rule on the day asked about; None where the rule does not hold."""
    truth = rule.judge(case, court)
    holds = truth.holds(court.day)
    if holds is False:
        return None
    subject = rule.subject(case, court)
    if holds is None:
        assert rule.lack is not None
        return insufficient(rule.code, subject, rule.lack(case, court), about)
    severity, evidence = rule.tell(case, court)
    first = date.fromordinal(truth.since(court.day))
    return Finding(
        rule.code, subject, State.TRUE, severity, first, evidence, about.units, about.person, about.name
    )  # fmt: skip


def insufficient(rule: str, subject: str, evidence: Mapping[str, Any], about: About) -> Finding:
    """A row that says that an input is missing."""
    return Finding(rule, subject, State.INSUFFICIENT, None, None, evidence, about.units, about.person, about.name)
