"""Claims of reports against the ledger and against themselves (spec 1.6 census_mismatch, claim_inconsistent)."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.bootstrap import Ledger
from tests.queries.makers import Entry, at, county, evidence, found, hire, loan, on, quota, record, unit

CLAIM = "unit:T1/claim:claim"


def claim(measures: dict[str, int], code: str = "T1", day: str = "2020-06-30", **keys: Any) -> Entry:
    return on(day, "census_claimed", **{"unit": code, "source": "report", "measures": measures, "id": "claim", **keys})


def test_a_wrong_number_is_a_finding_from_the_date_of_the_claim_for_ever(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1-A"),
        hire("P2", "T1"),
        claim({"on_roll": 3, "present": 2}),
        hire("P3", "T1", "2020-09-01"),
    ) as ledger:
        assert found(ledger, "2020-06-29", "census_mismatch") == {}
        wrong = {f"{CLAIM}/on_roll": "high since 2020-06-30"}
        assert found(ledger, "2020-06-30", "census_mismatch") == wrong
        assert found(ledger, "2025-01-01", "census_mismatch") == wrong
        told = evidence(ledger, "2025-01-01", "census_mismatch", f"{CLAIM}/on_roll")
        assert (told["claimed"], told["ledger"], told["difference"], told["entries"]) == (3, 2, 1, ["claim"])


def test_what_is_recorded_later_may_prove_the_claim_right(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1"), claim({"on_roll": 2})) as ledger:
        (late,) = record(ledger, hire("P2", "T1", "2020-05-01"))
        assert found(ledger, "2020-07-01", "census_mismatch", late - 1) == {f"{CLAIM}/on_roll": "high since 2020-06-30"}
        assert found(ledger, "2020-07-01", "census_mismatch") == {}
        ledger.reverse(late, "somebody else")
        assert found(ledger, "2020-07-01", "census_mismatch") == {f"{CLAIM}/on_roll": "high since 2020-06-30"}


@pytest.mark.parametrize(
    ("measure", "right"),
    [
        ("quota", 5),
        ("quota.administrative", 5),
        ("on_roll", 4),
        ("on_roll.support", 1),
        ("seconded_out", 1),
        ("on_leave", 1),
        ("present", 2),
        ("vacancies", 2),
        ("vacancies.administrative", 2),
        ("seconded_in", 1),
        ("off_establishment", 1),
        ("dispatched_in", 1),
        ("at_work", 5),
        ("leaders.section", 1),
        ("leader_quota.section", 2),
    ],
)
def test_every_measure_can_be_claimed(sqlite_url: str, measure: str, right: int) -> None:
    with county(
        sqlite_url,
        unit("D1", "dispatched_office", "C1", stationed_at="T1"),
        quota("T1", 5),
        on("2020-01-01", "leader_quota_set", unit="T1", rank="section", posts=2),
        *(hire(f"P{number}", "T1-A") for number in range(1, 4)),
        hire("P4", "T1", kind="support"),
        hire("P5", "T1", kind="off_establishment"),
        hire("P6", "T2"),
        hire("P7", "D1"),
        on("2020-01-01", "appointed", person="P1", title="head", rank="section"),
        loan("P2", "C1", "2020-02-01"),
        loan("P6", "T1-B", "2020-02-01"),
        on("2020-02-01", "leave_started", person="P3", kind="sick"),
        claim({measure: right}, id="right"),
        claim({measure: right + 1}, id="wrong"),
    ) as ledger:
        assert found(ledger, "2020-07-01", "census_mismatch") == {
            f"unit:T1/claim:wrong/{measure}": "high since 2020-06-30"
        }


def test_a_number_the_ledger_does_not_have_is_insufficient_data(ledger_url: str) -> None:
    with county(
        ledger_url, quota("T1-A", 2), claim({"quota.support": 2, "leader_quota.section": 1, "quota": 2})
    ) as ledger:
        unknown = {f"{CLAIM}/quota.support": "?", f"{CLAIM}/leader_quota.section": "?"}
        assert found(ledger, "2020-06-29", "census_mismatch") == {}
        assert found(ledger, "2020-06-30", "census_mismatch") == unknown
        assert ledger.findings(at("2020-06-30"), rule="census_mismatch").rows == ()
        assert evidence(ledger, "2020-07-01", "census_mismatch", f"{CLAIM}/quota.support")["ledger"] is None


def test_a_claim_about_the_unit_alone_is_held_against_the_unit_alone(ledger_url: str) -> None:
    with county(
        ledger_url, hire("P1", "T1"), hire("P2", "T1-A"), claim({"on_roll": 1}, scope="own"),
        claim({"vacancies": 0}, scope="own", id="null there"),
    ) as ledger:  # fmt: skip
        assert found(ledger, "2020-07-01", "census_mismatch") == {"unit:T1/claim:null there/vacancies": "?"}


def test_a_claim_stays_with_the_unit_it_names(ledger_url: str) -> None:
    with county(
        ledger_url, hire("P1", "T1"), claim({"on_roll": 2}), on("2020-09-01", "unit_merged", unit="T1", into="T2")
    ) as ledger:
        assert found(ledger, "2020-10-01", "census_mismatch") == {f"{CLAIM}/on_roll": "high since 2020-06-30"}
        (row,) = ledger.findings(at("2020-10-01"), rule="census_mismatch").rows
        assert row.units == ("T2",)
        assert ledger.findings(at("2020-10-01"), rule="census_mismatch", unit="T2").rows == (row,)
        assert ledger.findings(at("2020-10-01"), rule="census_mismatch", unit="C1").rows == ()


def test_a_corrected_claim_keeps_its_name_and_a_reversed_one_is_gone(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1"), claim({"on_roll": 2})) as ledger:
        ledger.correct("claim", {"measures": {"on_roll": 4}}, "typing error", id="corrected")
        assert found(ledger, "2020-07-01", "census_mismatch") == {f"{CLAIM}/on_roll": "high since 2020-06-30"}
        told = evidence(ledger, "2020-07-01", "census_mismatch", f"{CLAIM}/on_roll")
        assert (told["claimed"], told["entries"]) == (4, ["corrected"])
        before = ledger.perspective().known_at
        ledger.reverse("corrected", "withdrawn")
        assert found(ledger, "2020-07-01", "census_mismatch") == {}
        assert len(found(ledger, "2020-07-01", "census_mismatch", before)) == 1


def test_many_claims_of_one_day_are_all_held_against_it(ledger_url: str) -> None:
    offices = [f"O{number}" for number in range(14)]
    with county(
        ledger_url,
        *(unit(code, "internal_office", "T1") for code in offices),
        *(hire(f"P-{code}", code) for code in offices),
        *(claim({"on_roll": 1 + (code == "O7")}, code, id=code) for code in offices),
    ) as ledger:
        assert found(ledger, "2020-07-01", "census_mismatch") == {"unit:O7/claim:O7/on_roll": "high since 2020-06-30"}


def inconsistent(ledger: Ledger, day: str = "2020-07-01") -> dict[str, str]:
    return found(ledger, day, "claim_inconsistent")


def test_a_total_that_is_not_the_sum_of_its_kinds(ledger_url: str) -> None:
    claimed = {"quota": 56, "quota.administrative": 34, "quota.public_institution": 21}
    with county(ledger_url, claim(claimed)) as ledger:
        assert inconsistent(ledger, "2020-06-29") == {}
        assert inconsistent(ledger, "2020-06-30") == {f"{CLAIM}/quota": "medium since 2020-06-30"}
        told = evidence(ledger, "2020-07-01", "claim_inconsistent", f"{CLAIM}/quota")
        parts = {"quota.administrative": 34, "quota.public_institution": 21}
        assert (told["claimed"], told["sums"]) == (56, [{"parts": parts, "sum": 55}])
        ledger.reverse("claim", "withdrawn")
        assert inconsistent(ledger) == {}


def test_those_on_roll_are_present_or_away(ledger_url: str) -> None:
    with county(ledger_url, claim({"on_roll": 47, "present": 30, "seconded_out": 14, "on_leave": 2})) as ledger:
        assert inconsistent(ledger) == {f"{CLAIM}/on_roll": "medium since 2020-06-30"}
        ledger.correct("claim", {"measures": {"on_roll": 46, "present": 30, "seconded_out": 14, "on_leave": 2}}, "46")
        assert inconsistent(ledger) == {}


@pytest.mark.parametrize(
    "partial",
    [
        {"quota": 56, "quota.administrative": 34},
        {"quota.administrative": 34, "quota.public_institution": 21},
        {"on_roll": 47, "present": 30, "seconded_out": 14},
        {"present": 30, "seconded_out": 14, "on_leave": 2},
    ],
)
def test_what_a_claim_leaves_out_is_no_contradiction(sqlite_url: str, partial: dict[str, int]) -> None:
    with county(sqlite_url, claim(partial)) as ledger:
        assert inconsistent(ledger) == {}
