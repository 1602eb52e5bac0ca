"""The statutory retirement date, by the checks of spec 1.7 and at its bounds."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.domain.findings.retirement import delay_months, missing, statutory_date


@pytest.mark.parametrize(
    ("born_on", "age", "due"),
    [
        ("1966-01-15", 60, "2026-05-15"),
        ("1975-06-15", 60, "2038-02-15"),
        ("1971-04-15", 55, "2026-08-15"),
        ("1974-10-08", 55, "2031-01-08"),
        ("1976-06-15", 50, "2027-03-15"),
        ("1977-01-15", 50, "2028-02-15"),
        ("1964-12-31", 60, "2024-12-31"),
        ("1965-01-01", 60, "2025-02-01"),
        ("1965-04-30", 60, "2025-05-30"),
        ("1965-05-31", 60, "2025-07-31"),
        ("1966-10-31", 60, "2027-04-30"),
        ("1965-01-31", 60, "2025-02-28"),
        ("1976-08-31", 60, "2039-07-31"),
        ("1976-09-30", 60, "2039-09-30"),
    ],
)
def test_the_statutory_date(born_on: str, age: int, due: str) -> None:
    assert statutory_date(date.fromisoformat(born_on), age) == date.fromisoformat(due)


@pytest.mark.parametrize(("age", "cap"), [(60, 36), (55, 36), (50, 60)])
def test_the_delay_never_shrinks_and_is_capped(age: int, cap: int) -> None:
    delays = [
        delay_months(date(year, month, 1), age) for year in range(2020 - age, 2060 - age) for month in range(1, 13)
    ]
    assert delays == sorted(delays)
    assert (delays[0], delays[-1]) == (0, cap)
    assert set(delays) == set(range(cap + 1))


BORN = date(1970, 1, 1).toordinal()


@pytest.mark.parametrize(
    ("known", "lacking"),
    [
        (("male", BORN, None, None), []),
        (("male", BORN, "month", 60), []),
        (("male", BORN, None, 55), ["retirement_age"]),
        (("female", BORN, None, None), ["retirement_age"]),
        (("female", BORN, None, 60), []),
        ((None, BORN, None, 60), ["gender"]),
        (("male", None, None, 60), ["born_on"]),
        (("male", BORN, "year", 60), ["born_on"]),
    ],
)
def test_what_is_missing(known: tuple[str | None, int | None, str | None, int | None], lacking: list[str]) -> None:
    assert missing(*known) == lacking
