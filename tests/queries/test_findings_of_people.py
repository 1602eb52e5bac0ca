"""The rules about people where their cases (tests/findings) need more: policies, corrections, units."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.bootstrap import Ledger, create_ledger
from tests.queries.makers import COUNTY, Entry, at, hire, loan, on, record
from tests.twins import the_day_of_recording

P = hire("P", "T1", "2010-01-01")


def county(url: str, *entries: Entry) -> Ledger:
    """A new ledger of the county, all of whose units are old, with these entries after it."""
    ledger = create_ledger(url, officer="tester", clock=the_day_of_recording)
    record(ledger, *({**one, "effective_on": "2000-01-01"} for one in COUNTY), *entries)
    return ledger


def lent(day: str = "2021-03-01", until: str | None = "2021-08-31", host: str = "C1", **keys: Any) -> Entry:
    """P is seconded to the county's organ, with a document of that day."""
    paper = {"authority": {"document_no": "借调〔2021〕1号", "issued_on": day}}
    return loan("P", host, day, until, **{"id": "s", **paper, **keys})


def back(day: str, **keys: Any) -> Entry:
    """P returns."""
    return on(day, "secondment_ended", person="P", **keys)


def adopted(day: str, **parameters: Any) -> Entry:
    """The office adopts numbers of its own."""
    return on(day, "policy_adopted", parameters=parameters, source="office decision 3")


LOAN = "person:P/secondment:s"


def held(ledger: Ledger, rule: str, day: str, known_at: int = 10_000) -> dict[str, tuple[str | None, str | None]]:
    """Subject -> severity and first day, of the findings of a rule that hold on a day."""
    rows = ledger.findings(at(day, known_at), rule=rule).rows
    assert [row.order for row in rows] == [
        row.order for row in ledger.findings(at(day, known_at)).rows if row.rule == rule
    ]
    return {row.subject: (row.severity, str(row.first_true_on)) for row in rows}


# ---- policies, identity


@pytest.mark.parametrize("adopted_on", ["2021-02-28", "2021-03-02"])
def test_an_old_secondment_is_judged_by_the_rule_of_its_day(adopted_on: str, sqlite_url: str) -> None:
    strict = on(adopted_on, "policy_adopted", profile="strict", source="office decision 3")
    with county(sqlite_url, P, lent(), strict) as ledger:
        old = adopted_on > "2021-03-01"
        assert (LOAN in held(ledger, "term_over_limit", "2021-08-31")) is not old
        assert (LOAN in held(ledger, "cumulative_over_limit", "2021-09-01")) is True
        assert held(ledger, "cumulative_over_limit", "2021-09-01")[LOAN] == ("high", "2021-09-01")


def test_a_policy_changes_findings_from_its_date_only(sqlite_url: str) -> None:
    with county(sqlite_url, P, lent(until="2022-12-31")) as ledger:
        record(ledger, adopted("2021-12-15", de_facto_months=6, near_months=1))
        assert held(ledger, "de_facto_transfer", "2021-12-14") == {}
        assert held(ledger, "de_facto_transfer", "2021-12-15") == {LOAN: ("medium", "2021-12-15")}
        assert held(ledger, "de_facto_transfer", "2022-03-01") == {LOAN: ("medium", "2021-12-15")}


def test_the_subject_survives_a_typing_correction(sqlite_url: str) -> None:
    with county(sqlite_url, P, lent()) as ledger:
        replacement = lent("2021-03-02", "2021-08-30")
        del replacement["id"]
        record(ledger, {"type": "corrected", "entry": "s", "reason": "typing", "replacement": replacement, "id": "c"})
        [row] = ledger.findings(at("2021-09-01"), rule="overdue_secondment").rows
        assert (row.subject, row.first_true_on, row.evidence["days"]) == (LOAN, date(2021, 8, 31), 2)
        assert row.evidence["entries"] == ["c"]


def test_a_correction_may_move_a_secondment_to_another_person(sqlite_url: str) -> None:
    with county(sqlite_url, P, hire("Q", "T1"), lent()) as ledger:
        other = {**lent(), "person": "Q"}
        del other["id"]
        record(ledger, {"type": "corrected", "entry": "s", "reason": "the wrong person", "replacement": other})
        assert list(held(ledger, "overdue_secondment", "2021-09-01")) == ["person:Q/secondment:s"]


def test_a_secondment_that_never_ran_shows_in_no_rule(sqlite_url: str) -> None:
    with county(sqlite_url, P, lent(authority=None), back("2021-03-01"), lent("2021-04-01", id="t")) as ledger:
        assert held(ledger, "no_authority", "2021-03-01") == {}
        assert held(ledger, "paper_return", "2021-04-01") == {}


def test_only_what_concerns_a_unit(sqlite_url: str) -> None:
    entries = (P, hire("Q", "T2", "2010-01-01"), lent(), loan("Q", "T1", "2021-03-01", "2021-08-31", id="q"))
    with county(sqlite_url, *entries) as ledger:

        def about(unit_: str) -> list[str]:
            rows = ledger.findings(at("2021-09-01"), rule="overdue_secondment", unit=unit_).rows
            return [row.subject.partition("/")[0] for row in rows]

        assert about("X") == about("T1") == ["person:P", "person:Q"]
        assert (about("T2"), about("C1"), about("T1-A")) == (["person:Q"], ["person:P"], [])
