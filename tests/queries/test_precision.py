"""A date known only to the month is used as its first day, and every answer resting on it says so (spec 2.2)."""

from __future__ import annotations

from datetime import date
from typing import Any

from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.refusals import Refused

UNIT = {"type": "unit_established", "effective_on": "2010-01-01", "kind": "organ"}
ENTRIES: list[dict[str, Any]] = [
    {**UNIT, "id": "u-A", "unit": "A", "name": "甲局"},
    {**UNIT, "id": "u-B", "unit": "B", "name": "乙局"},
    *(
        {
            "type": "hired",
            "id": f"h-{person}",
            "effective_on": "2015-09-01",
            "person": person,
            "name": person,
            "unit": unit,
            "establishment": "administrative",
            "effective_precision": precision,
        }
        for person, unit, precision in (("P1", "A", "month"), ("P2", "B", "day"), ("P3", "B", "year"))
    ),
    {"type": "departed", "id": "d-P3", "effective_on": "2020-01-01", "person": "P3", "reason": "retired"},
]


def recorded(url: str) -> Ledger:
    ledger = create_ledger(url)
    for entry in ENTRIES:
        assert not isinstance(ledger.record(entry), Refused)
    return ledger


def test_answers_name_the_imprecise_entries_they_rest_on(ledger_url: str) -> None:
    with recorded(ledger_url) as ledger:
        then, later = ledger.perspective(date(2018, 1, 1)), ledger.perspective(date(2021, 1, 1))
        assert ledger.headcount(then, unit="A").imprecise == ("h-P1",)
        assert ledger.headcount(then, unit="B").imprecise == ("h-P3",)
        assert ledger.headcount(later, unit="B").imprecise == ()
        assert ledger.headcount(then).imprecise == ("h-P1", "h-P3")
        assert ledger.roster(then, "A").imprecise == ("h-P1",)
        assert ledger.person(then, "P1").to_json()["imprecise"] == ["h-P1"]
        assert ledger.person(then, "P2").imprecise == ()


def test_before_it_was_recorded_nothing_is_flagged(ledger_url: str) -> None:
    with recorded(ledger_url) as ledger:
        assert ledger.headcount(ledger.perspective(date(2018, 1, 1), 2)).imprecise == ()


def test_findings_name_the_imprecise_entries_they_cite(ledger_url: str) -> None:
    open_loan = {"type": "secondment_started", "effective_on": "2016-05-01", "person": "P2", "host": "A", "id": "s-P2"}
    with recorded(ledger_url) as ledger:
        ledger.record({**open_loan, "effective_precision": "month"})
        for known_at in (None, 7):  # asked again, the first answer is taken further
            p = ledger.perspective(date(2018, 1, 1), known_at)
            assert ledger.findings(p, rule="open_ended_secondment").to_json()["imprecise"] == ["s-P2"]
            assert "s-P2" in ledger.findings(p).imprecise
        before = ledger.perspective(date(2018, 1, 1), 6)
        assert ledger.findings(before, rule="home_depleted", unit="A").imprecise == ()
        assert ledger.findings(before, rule="open_ended_secondment").imprecise == ()


def test_the_flags_are_rebuilt(ledger_url: str) -> None:
    with recorded(ledger_url) as ledger:
        assert ledger.verify().ok
        ledger.rebuild()
        assert ledger.verify().ok
        assert ledger.headcount(ledger.perspective(date(2018, 1, 1))).imprecise == ("h-P1", "h-P3")


def test_a_curve_names_those_behind_any_of_its_numbers(ledger_url: str) -> None:
    with recorded(ledger_url) as ledger:
        now = ledger.perspective()
        assert ledger.curve(now, "B", "on_roll", date(2014, 1, 1), date(2022, 1, 1), "year").imprecise == ("h-P3",)
        assert ledger.curve(now, "A", "on_roll", date(2014, 1, 1), date(2022, 1, 1)).to_json()["imprecise"] == ["h-P1"]
        assert ledger.curve(now, "A", "on_roll", date(2012, 1, 1), date(2014, 1, 1)).imprecise == ()
        assert ledger.curve(now, "B", "on_roll", date(2020, 1, 1), date(2022, 1, 1)).imprecise == ()


def test_a_bridge_names_those_behind_both_ends_and_those_that_led_from_one_to_the_other(ledger_url: str) -> None:
    with recorded(ledger_url) as ledger:
        before, then, later = (ledger.perspective(date(year, 1, 1)) for year in (2014, 2018, 2021))
        assert ledger.diff(then, later, "B").imprecise == ("h-P3",)
        assert ledger.diff(before, then, "A").to_json()["imprecise"] == ["h-P1"]
        assert ledger.diff(before, later, "B").imprecise == ()
        learned = ledger.diff(ledger.perspective(date(2018, 1, 1), 2), then, "A")
        assert learned.imprecise == ("h-P1",)


def test_an_explanation_names_those_that_its_unit_rests_on(ledger_url: str) -> None:
    with recorded(ledger_url) as ledger:
        then = ledger.perspective(date(2018, 1, 1))
        assert ledger.explain(then, "A", "on_roll").imprecise == ("h-P1",)
        assert ledger.explain(ledger.perspective(date(2021, 1, 1)), "B", "on_roll").to_json()["imprecise"] == []
