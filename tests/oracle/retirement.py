"""The statutory retirement date of spec 1.7, from the describing facts."""

from datetime import date
from typing import Any

from tests.oracle.findings_world import add_months

ROWS = {60: (4, 36), 55: (4, 36), 50: (2, 60)}  # original age: step, cap


class Unknown(Exception):
    """A fact is missing or does not fit."""


def statutory_date(facts: dict[str, Any]) -> date:
    gender, born_on, age = facts.get("gender"), facts.get("born_on"), facts.get("retirement_age")
    if gender is None or born_on is None or facts.get("born_precision") == "year":
        raise Unknown
    if gender == "male":
        if age in (50, 55):
            raise Unknown
        age = 60
    if age is None:
        raise Unknown
    original = add_months(born_on, 12 * age)
    months = (original.year - 2025) * 12 + original.month - 1
    step, cap = ROWS[age]
    delay = 0 if months < 0 else min(months // step + 1, cap)
    return add_months(born_on, 12 * age + delay)
