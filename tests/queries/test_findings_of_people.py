"""Every rule about people: the day it begins to hold and the day before, late entries, reversals, missing inputs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from ledger.bootstrap import Ledger, create_ledger
from tests.queries.makers import COUNTY, Entry, at, hire, loan, on, record, unit
from tests.twins import the_day_of_recording

PAPER = {"document_no": "借调〔2021〕1号", "issued_on": "2021-03-01"}
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


def extended(day: str, until: str, **keys: Any) -> Entry:
    """P's term is extended."""
    return on(day, "secondment_extended", person="P", until=until, **keys)


def posts(unit_: str, number: int, day: str = "2019-01-01", kind: str = "administrative") -> Entry:
    """A unit's own number."""
    return on(day, "quota_set", unit=unit_, establishment=kind, posts=number)


def adopted(day: str, **parameters: Any) -> Entry:
    """The office adopts numbers of its own."""
    return on(day, "policy_adopted", parameters=parameters, source="office decision 3")


@dataclass(frozen=True)
class Case:
    """`entries`, the last of which brings the finding; the first day it holds, its subject and severity then.

    `late`: an entry recorded after all of them, effective before that day, that undoes it.
    """

    rule: str
    entries: tuple[Entry, ...]
    first: str
    subject: str
    severity: str
    late: Entry

    def __str__(self) -> str:
        return f"{self.rule} {self.first}"


LOAN = "person:P/secondment:s"
OTHER = lent("2020-01-01", "2020-06-30", "C2", id="s0")
C2 = unit("C2", "organ", "X", "2000-01-01", level="county")
CASES = (
    Case("overdue_secondment", (P, lent()), "2021-09-01", LOAN, "medium", back("2021-08-31")),
    Case("overdue_secondment", (P, lent(), extended("2021-08-01", "2021-10-31")), "2021-11-01", LOAN, "medium",
         extended("2021-09-01", "2022-01-31")),
    Case("secondment_expiring", (P, lent()), "2021-08-02", LOAN, "low", extended("2021-08-01", "2021-12-31")),
    Case("open_ended_secondment", (P, lent(until=None)), "2021-03-01", LOAN, "high",
         extended("2021-03-01", "2021-05-31")),
    Case("no_authority", (P, lent(authority=None)), "2021-03-01", LOAN, "high", back("2021-03-01")),
    Case("no_authority", (P, lent(authority={**PAPER, "issued_on": "2021-03-02"})), "2021-03-01", LOAN, "high",
         back("2021-03-01")),
    Case("term_over_limit", (P, lent(until="2021-09-01")), "2021-03-01", LOAN, "high", back("2021-03-01")),
    Case("cumulative_over_limit", (P, lent(until="2021-08-31")), "2022-03-01", LOAN, "high", back("2022-02-28")),
    Case("extended_too_often", (P, lent(), extended("2021-08-01", "2021-10-31"), extended("2021-10-01", "2021-12-31")),
         "2021-10-01", LOAN, "medium", adopted("2021-10-01", max_extensions=2)),
    Case("extension_late", (P, lent(), extended("2021-09-01", "2021-12-31")), "2021-09-01", LOAN, "high",
         extended("2021-08-31", "2021-09-30")),
    Case("paper_return", (P, OTHER | {"host": "C1"}, back("2020-07-01"), lent("2020-09-28")), "2020-09-28",
         LOAN, "high",
         adopted("2020-09-28", gap_days=89)),
    Case("paper_return", (C2, P, OTHER, back("2020-07-01"), lent("2020-07-01")), "2020-07-01", LOAN, "medium",
         adopted("2020-07-01", gap_days=0)),
    Case("reborrowed", (C2, P, OTHER, back("2020-07-01"), lent("2020-09-29")), "2020-09-29", LOAN, "medium",
         on("2020-09-29", "secondment_ended", person="P")),
    Case("long_away", (P, lent(until="2023-12-31")), "2022-03-01", LOAN, "low", back("2022-02-28")),
    Case("de_facto_transfer", (P, lent()), "2022-03-01", LOAN, "medium", back("2022-02-28")),
    Case("de_facto_transfer", (P, posts("C1", 0), lent()), "2022-03-01", LOAN, "high", back("2022-02-28")),
    Case("de_facto_transfer", (P, posts("C1", 1), lent()), "2022-03-01", LOAN, "high", back("2022-02-28")),
    Case("de_facto_transfer_near", (P, lent()), "2021-12-01", LOAN, "low", back("2021-11-30")),
    Case("label_evasion", (P, lent(kind="shadowing")), "2021-04-01", LOAN, "high", back("2021-03-31")),
    Case("label_evasion", (P, lent(kind="temporary_post", authority=None)), "2021-04-01", LOAN, "high",
         back("2021-03-31")),
    Case("probation_secondment", (hire("P", "T1", "2020-03-02"), lent()), "2021-03-01", LOAN, "critical",
         back("2021-03-01")),
    Case("minimum_service", (hire("P", "T1", "2016-03-02"), lent()), "2021-03-01", LOAN, "critical",
         back("2021-03-01")),
    Case("upward_from_grassroots", (P, lent("2024-01-01", "2024-05-31")), "2024-01-01", LOAN, "high",
         back("2024-01-01")),
    Case("host_full", (P, posts("C1", 0), lent()), "2021-03-01", LOAN, "high", posts("C1", 1, "2020-01-01")),
    Case("kind_mismatch", (P, on("2021-05-01", "person_described", person="P", identity="worker")), "2021-05-01",
         "person:P", "high", on("2021-05-01", "transferred", person="P", unit="T1", establishment="support")),
    Case("returned_after_diversion",
         (P, on("2015-01-01", "departed", person="P", reason="diverted_released"),
          hire("P", "T1", "2020-01-01", id="h")),
         "2020-01-01", "person:P/hire:h", "medium", on("2020-01-01", "departed", person="P", reason="resigned")),
    Case("long_leave", (P, on("2021-03-01", "leave_started", person="P", kind="sick", id="l")), "2021-05-01",
         "person:P/leave:l", "medium", on("2021-04-30", "leave_ended", person="P")),
    Case("retirement_due", (P, on("2020-01-01", "person_described", person="P", gender="male", born_on="1964-12-15")),
         "2024-12-15", "person:P", "medium", on("2024-12-15", "departed", person="P", reason="retired")),
    Case("retirement_soon",
         (P, on("2020-01-01", "person_described", person="P", gender="female", born_on="1971-04-10",
             retirement_age=55)),
         "2025-08-10", "person:P", "low", on("2025-08-01", "departed", person="P", reason="retired")),
)  # fmt: skip


def held(ledger: Ledger, rule: str, day: str, known_at: int = 10_000) -> dict[str, tuple[str | None, str | None]]:
    """Subject -> severity and first day, of the findings of a rule that hold on a day."""
    rows = ledger.findings(at(day, known_at), rule=rule).rows
    assert [row.order for row in rows] == [
        row.order for row in ledger.findings(at(day, known_at)).rows if row.rule == rule
    ]
    return {row.subject: (row.severity, str(row.first_true_on)) for row in rows}


def the_day_before(day: str) -> str:
    return str(date.fromisoformat(day) - timedelta(days=1))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_first_day_late_entry_and_reversal(case: Case, ledger_url: str) -> None:
    """It holds from its first day on; a late entry, and a reversal, take it back as now known and not as known then."""
    due = (case.severity, case.first)

    def told(known_at: int = 10_000) -> object:
        return held(ledger, case.rule, case.first, known_at).get(case.subject)

    with county(ledger_url, *case.entries) as ledger:
        brought = ledger.perspective().known_at
        assert case.subject not in held(ledger, case.rule, the_day_before(case.first))
        assert held(ledger, case.rule, case.first) == {case.subject: due}
        [late] = record(ledger, case.late)
        assert case.subject not in held(ledger, case.rule, case.first)
        [undone] = record(ledger, {"type": "reversed", "entry": late, "reason": "by mistake"})
        assert told() == due
        record(ledger, {"type": "reversed", "entry": brought, "reason": "by mistake"})
        assert told() != due
        ledger.rebuild()
        assert [told(known_at) == due for known_at in (brought - 1, brought, late, undone, undone + 1)] == [
            False, True, False, True, False,
        ]  # fmt: skip


# ---- what nobody can say

LEVELLESS = (
    unit("Y", "jurisdiction", day="2000-01-01"), unit("N1", "organ", "Y", "2000-01-01"), hire("Q", "N1", "2010-01-01"),
    loan("Q", "C1", "2024-03-01", id="q"),
)  # fmt: skip
UNKNOWN: tuple[tuple[str, tuple[Entry, ...], str, list[str]], ...] = (
    ("no_authority", (P, lent(authority={"document_no": "1"})), LOAN, ["authority.issued_on"]),
    ("minimum_service", LEVELLESS, "person:Q/secondment:q", ["home.level"]),
    ("upward_from_grassroots", LEVELLESS, "person:Q/secondment:q", ["home.level"]),
    ("upward_from_grassroots", (*LEVELLESS[:2], P, lent("2024-03-01", "2024-12-31", "N1")), LOAN, ["host.level"]),
    ("host_full", (P, lent()), LOAN, ["host.quota"]),
    ("kind_mismatch", (P,), "person:P", ["identity"]),
    ("retirement_due", (hire("P", "T1", born_on="1960-01-01"),), "person:P", ["gender"]),
    ("retirement_due", (hire("P", "T1", gender="male"),), "person:P", ["born_on"]),
    ("retirement_due", (hire("P", "T1", gender="male", born_on="1960-01-01", born_precision="year"),), "person:P",
     ["born_on"]),
    ("retirement_due", (hire("P", "T1", gender="female", born_on="1960-01-01"),), "person:P", ["retirement_age"]),
    ("retirement_soon", (hire("P", "T1", gender="male", born_on="1960-01-01", retirement_age=55),), "person:P",
     ["retirement_age"]),
)  # fmt: skip


@pytest.mark.parametrize(("rule", "entries", "subject", "missing"), UNKNOWN)
def test_a_missing_input_is_told_and_never_a_silent_pass(
    rule: str, entries: tuple[Entry, ...], subject: str, missing: list[str], sqlite_url: str
) -> None:
    with county(sqlite_url, *entries) as ledger:
        assert held(ledger, rule, "2025-06-30") == {}
        [row] = ledger.findings(at("2025-06-30"), rule=rule, insufficient=True).rows
        assert (row.subject, row.state, row.severity, row.first_true_on) == (subject, "insufficient_data", None, None)
        assert row.evidence["missing"] == missing


# ---- growth, policies, identity


@pytest.mark.parametrize(
    ("rule", "entries", "steps"),
    [
        ("overdue_secondment", (P, lent()),
         {"2021-09-29": "medium", "2021-09-30": "high", "2022-02-26": "high", "2022-02-27": "critical"}),
        ("long_away", (P, lent(until="2029-12-31")),
         {"2023-02-28": "low", "2023-03-01": "medium", "2024-02-29": "medium", "2024-03-01": "critical"}),
    ],
)  # fmt: skip
def test_severity_grows_and_the_finding_stays_the_same(
    rule: str, entries: tuple[Entry, ...], steps: dict[str, str], sqlite_url: str
) -> None:
    with county(sqlite_url, *entries) as ledger:
        told = {day: held(ledger, rule, day)[LOAN] for day in steps}
        assert {day: severity for day, (severity, _) in told.items()} == steps
        assert len({first for _, first in told.values()}) == 1


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
