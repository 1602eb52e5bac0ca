"""Who may be seconded, and from where: probation, years of service, grassroots posts (spec 1.6).

Sources: the civil-service rules on probation and on the minimum service of people recruited to townships; the
2024 rule against borrowing from the grassroots (research: domain, parts B and D).
"""

from __future__ import annotations

from datetime import date

from ledger.domain.findings.finding import Severity
from ledger.domain.findings.life import Away, months_after, shown
from ledger.domain.findings.rules import Court, Evidence, Rule, clause
from ledger.domain.findings.subjects import of_secondment, told_of
from ledger.domain.findings.truth import NEVER, Truth
from ledger.domain.terms import Level
from ledger.domain.time import Day

_GRADES = {level.value: grade for grade, level in enumerate(Level)}
_TOWNSHIP = _GRADES[Level.TOWNSHIP]


def probation_secondment(case: Away, court: Court) -> Truth:
    """试用期借调: begun less than probation_months after the hire that the service rests on (spec 1.6)."""
    months = court.policies.on(case.started)["probation_months"]
    hired = case.life.state(case.started).hired_on
    return Truth.of([case.run]) if case.started < months_after(hired, months) else NEVER


def _tell_probation(case: Away, court: Court) -> tuple[Severity, Evidence]:
    hired = case.life.state(case.started).hired_on
    used = clause(court.policies.reign(case.started), "probation_months")
    return Severity.CRITICAL, {"hired_on": shown(hired), **told_of(case), **used}


def _grade(case: Away, unit: str, day: Day) -> int | None:
    """How low the statutory unit of an office stands on a day: 0 central … 4 township; None: nobody says."""
    structure = case.life.structure
    statutory = structure.statutory(unit, day)
    level = None if statutory is None else structure.level(statutory, day)
    return None if level is None else _GRADES[level]


def _home(case: Away) -> str:
    unit = case.life.state(case.started).unit
    assert unit is not None
    return unit


def _upward(case: Away) -> bool | None:
    """Whether, on the start date, the home is a township's and the host stands above it; false wins over unknown."""
    home, host = _grade(case, _home(case), case.started), _grade(case, case.entry.host, case.started)
    if home not in (None, _TOWNSHIP) or host == _TOWNSHIP:
        return False
    return None if home is None or host is None else True


def _judged(case: Away, *conditions: bool | None) -> Truth:
    if False in conditions:
        return NEVER
    return Truth.of(unknown=[case.run]) if None in conditions else Truth.of([case.run])


def _first_at_township(case: Away) -> tuple[Day | None, bool]:
    """The first day of the current service charged to a township's unit, and whether some earlier level is unknown."""
    life, structure = case.life, case.life.structure
    hired = life.state(case.started).hired_on
    for charge in life.charges:
        day = max(charge.d_from, hired)
        while day < min(charge.d_to, case.started + 1):
            grade = _grade(case, charge.unit, day)
            if grade is None:
                return None, True
            if grade == _TOWNSHIP:
                return day, False
            day = structure.steady_until(charge.unit, day)
    return None, False


def minimum_service(case: Away, court: Court) -> Truth:
    """未满服务年限: upward from a township before minimum_service_months there have passed (spec 1.6).

    They count from the first day charged to a township's unit in the current service.
    """
    months = court.policies.on(case.started)["minimum_service_months"]
    first, unknown = _first_at_township(case)
    served = None if unknown else first is not None and case.started < months_after(first, months)
    return _judged(case, _upward(case), served)


def _tell_minimum_service(case: Away, court: Court) -> tuple[Severity, Evidence]:
    used = clause(court.policies.reign(case.started), "minimum_service_months")
    first, _ = _first_at_township(case)
    return Severity.CRITICAL, {"at_township_since": shown(first), **told_of(case), **used}


def upward_from_grassroots(case: Away, court: Court) -> Truth:
    """从基层借调: from a township to the county or higher, begun on or after grassroots_from (spec 1.6)."""
    since = date.fromisoformat(court.policies.on(case.started)["grassroots_from"]).toordinal()
    return _judged(case, _upward(case), case.started >= since)


def _tell_upward(case: Away, court: Court) -> tuple[Severity, Evidence]:
    return Severity.HIGH, {**told_of(case), **clause(court.policies.reign(case.started), "grassroots_from")}


def _lack_level(case: Away, court: Court) -> Evidence:
    sides = (("home.level", _home(case)), ("host.level", case.entry.host))
    missing = [name for name, unit in sides if _grade(case, unit, case.started) is None]
    return {"missing": missing or ["earlier.level"], **told_of(case)}


def host_full(case: Away, court: Court) -> Truth:
    """满编借人: the host's known vacancies on the start date are together 0 or less (spec 1.6).

    Those of its statutory unit with all below it; none known: nobody can say.
    """
    known = _vacancies(case, court)
    if not known:
        return Truth.of(unknown=[case.run])
    return Truth.of([case.run]) if sum(known.values()) <= 0 else NEVER


def _vacancies(case: Away, court: Court) -> dict[str, int]:
    host = case.life.structure.statutory(case.entry.host, case.started)
    return {} if host is None else court.known_vacancies(host, case.started)


def _tell_host_full(case: Away, court: Court) -> tuple[Severity, Evidence]:
    known = _vacancies(case, court)
    return Severity.HIGH, {"vacancies": sum(known.values()), "vacancies_by_establishment": known, **told_of(case)}


def _lack_quota(case: Away, court: Court) -> Evidence:
    return {"missing": ["host.quota"], **told_of(case)}


RULES: tuple[Rule[Away], ...] = (
    Rule("probation_secondment", probation_secondment, _tell_probation, of_secondment),
    Rule("minimum_service", minimum_service, _tell_minimum_service, of_secondment, _lack_level),
    Rule("upward_from_grassroots", upward_from_grassroots, _tell_upward, of_secondment, _lack_level),
    Rule("host_full", host_full, _tell_host_full, of_secondment, _lack_quota),
)
