"""Statutory retirement, and who is due (spec 1.6, 1.7).

Source: the Decision of the Standing Committee of the National People's Congress on gradually raising the statutory
retirement age of 2024-09-13, in force from 2025-01-01, with its three tables; spec 1.7.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ledger.domain.findings.finding import Severity
from ledger.domain.findings.life import Life, months_after, shown
from ledger.domain.findings.people import of_person
from ledger.domain.findings.rules import Court, Evidence, Rule
from ledger.domain.findings.truth import Truth
from ledger.domain.person import Description
from ledger.domain.spans import Span
from ledger.domain.terms import Gender, Precision
from ledger.domain.time import Day, add_months

STATUTE = "2025-01-01"
"""Version of the schedule: the day it came into force."""


class Schedule(NamedTuple):
    """One row of the statute: a month later for every `step` months, at most `cap` months later."""

    step: int
    cap: int


SCHEDULES: dict[int, Schedule] = {60: Schedule(4, 36), 55: Schedule(4, 36), 50: Schedule(2, 60)}
"""By original age: men, and women who go at 60, 55 or 50 (spec 1.7)."""
_LAST_BIRTH: Day = date(9900, 1, 1).toordinal()
"""Who was born later has no statutory date, since the calendar ends before it: the birth date is a typing error."""
SOON_MONTHS = 12
"""How long ahead retirement is announced (spec 1.7)."""


def delay_months(born_on: date, age: int) -> int:
    """By how many months the statute delays somebody's retirement (spec 1.7).

    k months from 2025-01 to the month in which the original age is reached: none if k < 0, else
    min(k // step + 1, cap).
    """
    schedule = SCHEDULES[age]
    after = (born_on.year + age) * 12 + born_on.month - (2025 * 12 + 1)
    return 0 if after < 0 else min(after // schedule.step + 1, schedule.cap)


def statutory_date(born_on: date, age: int) -> date:
    """The day on which somebody retires by statute: `add_months(born_on, 12 * age + delay)` (spec 1.6, 1.7).

    `age`: the original age, 60, 55 or 50. Raises KeyError for another, OverflowError beyond the year 9999.
    """
    return add_months(born_on, 12 * age + delay_months(born_on, age))


def missing(gender: str | None, born_on: Day | None, precision: str | None, age: int | None) -> list[str]:
    """What is not known, or cannot be, of the facts the statute goes by; empty where it can be applied.

    A man's original age is 60 and need not be given; a woman's must be; a year alone is no birth date (spec 1.7).
    """
    found = ["gender"] if gender is None else []
    if born_on is None or precision == Precision.YEAR or born_on > _LAST_BIRTH:
        found.append("born_on")
    if (gender == Gender.FEMALE and age is None) or (gender == Gender.MALE and age not in (None, 60)):
        found.append("retirement_age")
    return found


def statutory_day(gender: str | None, born_on: Day | None, precision: str | None, age: int | None) -> Day | None:
    """The statutory date as a day number; None where a fact is missing."""
    if born_on is None or missing(gender, born_on, precision, age):
        return None
    return statutory_date(date.fromordinal(born_on), age or 60).toordinal()


def _day(known: Description | None) -> Day | None:
    if known is None:
        return None
    return statutory_day(known.gender, known.born_on, known.born_precision, known.retirement_age)


def retirement_due(case: Life, court: Court) -> Truth:
    """到龄未退: the statutory date is past and the person has not departed (spec 1.6)."""
    due: list[Span] = []
    unknown: list[Span] = []
    for begin, end, state in case.runs():
        if state.unit is not None:
            day = _day(state.description)
            if day is None:
                unknown.append((begin, end))
            else:
                due.append((max(begin, day), end))
    return Truth.of(due, unknown)


def retirement_soon(case: Life, court: Court) -> Truth:
    """退休预告: within 12 months of the statutory date, until it is reached (spec 1.6, 1.7)."""
    soon: list[Span] = []
    unknown: list[Span] = []
    for begin, end, state in case.runs():
        if state.unit is not None:
            day = _day(state.description)
            if day is None:
                unknown.append((begin, end))
            else:
                soon.append((max(begin, months_after(day, -SOON_MONTHS)), min(end, day)))
    return Truth.of(soon, unknown)


def _told(case: Life, court: Court) -> Evidence:
    known = case.state(court.day).description
    assert known is not None
    day = _day(known)
    assert day is not None
    assert known.born_on is not None
    age = known.retirement_age or 60
    return {
        "retires_on": shown(day),
        "born_on": shown(known.born_on),
        "gender": known.gender,
        "original_age": age,
        "delay_months": delay_months(date.fromordinal(known.born_on), age),
        "statute": STATUTE,
        "entries": case.stating(court.day, "born_on", "gender", "retirement_age"),
    }


def _tell_due(case: Life, court: Court) -> tuple[Severity, Evidence]:
    return Severity.MEDIUM, _told(case, court)


def _tell_soon(case: Life, court: Court) -> tuple[Severity, Evidence]:
    return Severity.LOW, _told(case, court)


def _lack(case: Life, court: Court) -> Evidence:
    known = case.state(court.day).description
    assert known is not None
    return {"missing": missing(known.gender, known.born_on, known.born_precision, known.retirement_age)}


RULES: tuple[Rule[Life], ...] = (
    Rule("retirement_due", retirement_due, _tell_due, of_person, _lack),
    Rule("retirement_soon", retirement_soon, _tell_soon, of_person, _lack),
)
