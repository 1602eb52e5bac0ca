"""The calendar of due dates, read back by the library that calendar programs of this kind use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from icalendar import Calendar

from ledger.bootstrap import Ledger
from ledger.interchange.calendar import calendar_bytes
from tests.queries.makers import at, county, hire, loan, on, record

FACTS: dict[str, Any] = {"gender": "male", "born_on": "1964-05-10", "identity": "civil_servant"}
DAY = "2024-03-15"


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """Somebody lent until the end of May, sick since March, near sixty; and two posts until the end of the year."""
    with county(
        ledger_url,
        hire("P1", "T1", **FACTS),
        loan("P1", "C1", "2024-01-01", "2024-05-31", id="out"),
        hire("P2", "T1"),
        hire("P3", "T2"),
        on("2024-03-01", "leave_started", person="P3", kind="sick"),
        hire("P4", "T2"),
        on("2024-03-01", "leave_started", person="P4", kind="maternity"),
        on("2024-01-01", "quota_set", unit="T1", establishment="administrative", posts=10),
        on("2024-02-01", "quota_changed", unit="T1", establishment="administrative", change=2, until="2024-12-31"),
    ) as made:
        yield made


def events(ledger: Ledger, *, unit: str | None = None, names: bool = True, day: str = DAY) -> list[dict[str, str]]:
    content, count = calendar_bytes(ledger, at(day), unit, names=names)
    found = Calendar.from_ical(content).walk("VEVENT")
    assert len(found) == count
    return [
        {"on": event.decoded("dtstart").isoformat(), "summary": str(event["summary"]), "uid": str(event["uid"])}
        for event in found
    ]


def test_everything_that_is_due_by_day(ledger: Ledger) -> None:
    assert [(one["on"], one["summary"]) for one in events(ledger)] == [
        ("2024-05-01", "病假成为长期病假：name of P3 (P3)，T2"),
        ("2024-05-10", "到龄退休：name of P1 (P1)，T1、C1"),
        ("2024-06-01", "应返还：name of P1 (P1)，C1 → T1"),
        ("2025-01-01", "临时编制到期：T1 行政 +2"),
    ]


def test_what_never_ends_is_never_due(ledger: Ledger) -> None:
    before = events(ledger)
    record(
        ledger,
        loan("P2", "C1", "2024-02-01", "9999-12-31"),
        on("2024-03-01", "quota_set", unit="T2", establishment="administrative", posts=9, until="9999-12-31"),
        on("2024-03-01", "policy_adopted", parameters={"long_leave_months": 99_999}, source="test"),
    )
    assert events(ledger) == [one for one in before if "P3" not in one["summary"]]


def test_an_open_term_is_never_due(ledger: Ledger) -> None:
    record(ledger, loan("P2", "C1", "2024-02-01", None))
    assert not [one for one in events(ledger) if "P2" in one["summary"]]


def test_an_event_moves_with_its_date(ledger: Ledger) -> None:
    before = {one["uid"]: one["on"] for one in events(ledger)}
    record(ledger, on("2024-03-10", "secondment_extended", person="P1", until="2024-08-31"))
    after = {one["uid"]: one["on"] for one in events(ledger)}
    assert before.keys() == after.keys()
    assert [(before[uid], after[uid]) for uid in before if before[uid] != after[uid]] == [("2024-06-01", "2024-09-01")]


def test_who_is_back_has_no_event(ledger: Ledger) -> None:
    record(ledger, on("2024-03-10", "secondment_ended", person="P1"))
    assert not [one for one in events(ledger) if one["on"] == "2024-06-01"]
    assert [one for one in events(ledger, day="2024-03-09") if one["on"] == "2024-06-01"]


def test_people_by_number_only(ledger: Ledger) -> None:
    told = events(ledger, names=False)
    assert not [one for one in told if "name of" in one["summary"]]
    assert "应返还：P1，C1 → T1" in [one["summary"] for one in told]


def test_one_unit_only(ledger: Ledger) -> None:
    assert [one["on"] for one in events(ledger, unit="T2")] == ["2024-05-01"]


def test_the_same_file_for_the_same_question(ledger: Ledger) -> None:
    assert calendar_bytes(ledger, at(DAY)) == calendar_bytes(ledger, at(DAY))
