"""The retirement forecast: who goes by statute in the months to come, and the vacancies that follow."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.bootstrap import Ledger
from tests.queries.makers import at, county, found, hire, on, quota, record

PEOPLE = (
    hire("due", "T1-A", gender="male", born_on="1964-12-15"),
    hire("soon", "T1-B", gender="male", born_on="1966-01-20"),  # the statute's own check: May 2026
    hire("clerk", "T1", kind="public_institution", gender="female", born_on="1971-04-10", retirement_age=55),
    hire("later", "T1", gender="male", born_on="1975-06-10"),
    hire("woman", "T1", gender="female", born_on="1971-04-10"),
    hire("temp", "T1", kind="off_establishment", gender="male", born_on="1965-08-20"),
    hire("other", "T2", gender="male", born_on="1965-08-20"),
    quota("T1", 3),
)


def told(ledger: Ledger, day: str, months: int, unit: str | None = "T1", known_at: int = 10_000) -> dict[str, Any]:
    return ledger.retirements(at(day, known_at), months, unit).to_json()


def test_by_employer_and_kind_with_the_vacancies_that_follow(ledger_url: str) -> None:
    with county(ledger_url, *PEOPLE) as ledger:
        answer = told(ledger, "2025-06-30", 12)
        assert [(row["person"], row["retires_on"], row["missing"]) for row in answer["people"]] == [
            ("due", "2024-12-15", []),
            ("temp", "2025-10-20", []),
            ("soon", "2026-05-20", []),
            ("woman", None, ["retirement_age"]),
        ]
        assert answer["outlook"] == [
            {"employer": "T1", "establishment": "administrative", "retiring": 2, "insufficient_data": 1,
             "vacancies": -1, "vacancies_then": 1},
            {"employer": "T1", "establishment": "off_establishment", "retiring": 1, "insufficient_data": 0,
             "vacancies": None, "vacancies_then": None},
        ]  # fmt: skip
        everywhere = told(ledger, "2025-06-30", 12, None)
        assert [row["employer"] for row in everywhere["outlook"]] == ["T1", "T1", "T2"]


@pytest.mark.parametrize(("day", "listed"), [("2025-08-09", False), ("2025-08-10", True)])
def test_it_lists_from_the_day_on_which_the_rule_announces(day: str, listed: bool, sqlite_url: str) -> None:
    """A year before the statutory date to the day: the forecast of twelve months and `retirement_soon` agree."""
    with county(sqlite_url, *PEOPLE) as ledger:
        assert ("clerk" in {row["person"] for row in told(ledger, day, 12)["people"]}) is listed
        assert ("person:clerk" in found(ledger, day, "retirement_soon")) is listed


def test_who_has_gone_is_no_longer_forecast_and_was_before_it_was_known(ledger_url: str) -> None:
    with county(ledger_url, *PEOPLE) as ledger:
        known = ledger.perspective().known_at
        before = told(ledger, "2025-06-30", 12, known_at=known)
        record(
            ledger,
            on("2024-12-15", "departed", person="due", reason="retired"),
            on("2025-01-01", "person_described", person="woman", retirement_age=50),
        )
        ledger.rebuild()
        now = told(ledger, "2025-06-30", 12)
        assert {row["person"]: row["retires_on"] for row in now["people"]} == {
            "temp": "2025-10-20", "soon": "2026-05-20", "woman": "2021-04-10",
        }  # fmt: skip
        assert now["outlook"][0]["vacancies"] == 0
        assert told(ledger, "2025-06-30", 12, known_at=known) == before


def test_it_ends_with_the_calendar(sqlite_url: str) -> None:
    with county(sqlite_url, *PEOPLE) as ledger:
        assert told(ledger, "9999-12-01", 12)["until"] == "9999-12-31"
        assert len(told(ledger, "2025-06-30", 1_000_000, None)["people"]) == len(PEOPLE) - 1
