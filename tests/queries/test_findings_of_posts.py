"""More people than posts, numbers that do not add up: each rule with the entries that bring it up (spec 1.6)."""

from __future__ import annotations

from tests.queries.makers import county, evidence, found, hire, on, quota, record, unit

T1 = "unit:T1/administrative"


# ---- over_quota


def test_over_quota_from_the_day_on_which_one_too_many_comes(ledger_url: str) -> None:
    with county(
        ledger_url,
        quota("T1", 1, id="number"),
        hire("P1", "T1"),
        hire("P2", "T1-A", "2020-03-01", id="one too many"),
        hire("P3", "T1-A", "2020-06-01"),
        on("2021-01-01", "departed", person="P3", reason="resigned"),
        on("2021-03-01", "departed", person="P2", reason="resigned"),
    ) as ledger:
        assert found(ledger, "2020-02-29", "over_quota") == {}
        assert found(ledger, "2020-03-01", "over_quota") == {T1: "critical since 2020-03-01"}
        assert found(ledger, "2021-02-28", "over_quota") == {T1: "critical since 2020-03-01"}
        assert found(ledger, "2021-03-01", "over_quota") == {}
        told = evidence(ledger, "2020-04-01", "over_quota", T1)
        assert (told["quota"], told["on_roll"], told["excess"]) == (1, 2, 1)
        assert told["maximum"] == {"on": "2020-06-01", "quota": 1, "on_roll": 3, "excess": 2}
        assert told["last_day"] == "2021-02-28"
        assert told["entries"] == ["number", "one too many"]


def test_over_quota_looks_ahead_to_a_number_that_falls(ledger_url: str) -> None:
    with county(
        ledger_url, quota("T1", 0), hire("P1", "T1"), on("2020-03-01", "quota_cancelled", unit="T1",
        establishment="administrative"), quota("T1", 0, "2020-05-01")
    ) as ledger:  # fmt: skip
        assert found(ledger, "2020-02-29", "over_quota") == {T1: "critical since 2020-01-01"}
        assert found(ledger, "2020-03-01", "over_quota") == {}
        assert found(ledger, "2020-05-01", "over_quota") == {T1: "critical since 2020-05-01"}
        assert evidence(ledger, "2020-05-01", "over_quota", T1)["last_day"] is None


def test_only_a_number_of_its_own_can_be_exceeded(ledger_url: str) -> None:
    with county(
        ledger_url, quota("T1-A", 0), hire("P1", "T1-B"), hire("P2", "T1-B", kind="off_establishment")
    ) as ledger:
        assert found(ledger, "2020-06-01", "over_quota") == {}


def test_over_quota_when_an_office_comes_with_its_people(ledger_url: str) -> None:
    with county(
        ledger_url,
        quota("T2", 0, id="number"),
        hire("P1", "T1-A"),
        on("2020-03-01", "unit_moved", unit="T1-A", parent="T2", id="move"),
        on("2020-07-01", "unit_merged", unit="T1-A", into="T1-B"),
    ) as ledger:
        assert found(ledger, "2020-06-30", "over_quota") == {"unit:T2/administrative": "critical since 2020-03-01"}
        told = evidence(ledger, "2020-06-30", "over_quota", "unit:T2/administrative")
        assert told["entries"] == ["number", "move"]
        assert found(ledger, "2020-07-01", "over_quota") == {}


def test_numbers_of_merged_units_add_up_before_they_are_exceeded(ledger_url: str) -> None:
    with county(
        ledger_url,
        quota("T1", 1),
        quota("T2", 1),
        hire("P1", "T1"),
        hire("P2", "T1", "2020-02-01"),
        on("2020-03-01", "unit_merged", unit="T2", into="T1"),
        hire("P3", "T1", "2020-05-01"),
    ) as ledger:
        assert found(ledger, "2020-02-29", "over_quota") == {T1: "critical since 2020-02-01"}
        assert found(ledger, "2020-03-01", "over_quota") == {}
        assert found(ledger, "2020-05-01", "over_quota") == {T1: "critical since 2020-05-01"}


def test_a_departure_recorded_late_takes_the_excess_out_of_the_past(ledger_url: str) -> None:
    with county(ledger_url, quota("T1", 1), hire("P1", "T1"), hire("P2", "T1", "2020-03-01")) as ledger:
        (late,) = record(ledger, on("2020-02-15", "departed", person="P1", reason="retired"))
        assert found(ledger, "2020-04-01", "over_quota", late - 1) == {T1: "critical since 2020-03-01"}
        assert found(ledger, "2020-04-01", "over_quota", late) == {}
        ledger.reverse(late, "wrong person")
        assert found(ledger, "2020-04-01", "over_quota") == {T1: "critical since 2020-03-01"}
        assert found(ledger, "2020-04-01", "over_quota", late) == {}


# ---- over_leader_quota


def test_over_leader_quota_counts_the_positions_that_count(ledger_url: str) -> None:
    subject = "unit:T1/leader:section"
    with county(
        ledger_url,
        on("2020-01-01", "leader_quota_set", unit="T1", rank="section", posts=1, id="number"),
        hire("P1", "T1"),
        hire("P2", "T1-A"),
        on("2020-02-01", "appointed", person="P1", title="head", rank="section"),
        on("2020-02-01", "appointed", person="P1", title="adviser", rank="section", counts=False),
        on("2020-03-01", "appointed", person="P2", title="deputy", rank="section", id="one too many"),
    ) as ledger:
        assert found(ledger, "2020-02-29", "over_leader_quota") == {}
        assert found(ledger, "2020-03-01", "over_leader_quota") == {subject: "critical since 2020-03-01"}
        told = evidence(ledger, "2020-03-01", "over_leader_quota", subject)
        assert (told["quota"], told["on_roll"], told["entries"]) == (1, 2, ["number", "one too many"])
        (late,) = record(ledger, on("2020-02-20", "relieved", person="P1", title="head"))
        assert found(ledger, "2020-03-01", "over_leader_quota") == {}
        ledger.reverse(late, "not relieved")
        assert found(ledger, "2020-03-01", "over_leader_quota") == {subject: "critical since 2020-03-01"}


# ---- split_mismatch


def test_split_mismatch_where_both_the_number_and_its_parts_exist(ledger_url: str) -> None:
    with county(
        ledger_url,
        quota("T1", 10),
        quota("T1-A", 4, "2020-02-01"),
        quota("T1-B", 6, "2020-03-01"),
        on("2020-05-01", "quota_changed", unit="T1-B", establishment="administrative", change=1),
    ) as ledger:
        assert found(ledger, "2020-01-31", "split_mismatch") == {}
        assert found(ledger, "2020-02-01", "split_mismatch") == {T1: "high since 2020-02-01"}
        assert found(ledger, "2020-03-01", "split_mismatch") == {}
        assert found(ledger, "2020-05-01", "split_mismatch") == {T1: "high since 2020-05-01"}
        told = evidence(ledger, "2020-05-01", "split_mismatch", T1)
        assert (told["quota"], told["children_quota"], told["difference"], told["on_roll"]) == (10, 11, -1, 0)
        (late,) = record(ledger, on("2020-04-01", "quota_changed", unit="T1", establishment="administrative", change=1))
        assert found(ledger, "2020-05-01", "split_mismatch") == {}
        assert found(ledger, "2020-04-01", "split_mismatch") == {T1: "high since 2020-04-01"}
        ledger.reverse(late, "not approved")
        assert found(ledger, "2020-05-01", "split_mismatch") == {T1: "high since 2020-05-01"}


def test_a_sum_of_children_has_nothing_to_be_compared_with(ledger_url: str) -> None:
    with county(ledger_url, quota("T1-A", 4), quota("T2", 3)) as ledger:
        assert found(ledger, "2020-06-01", "split_mismatch") == {}


def test_a_child_of_the_merged_unit_is_a_child_of_what_it_went_into(ledger_url: str) -> None:
    with county(
        ledger_url,
        quota("T1", 4),
        quota("T1-A", 4),
        quota("T2", 3),
        unit("T2-A", "internal_office", "T2"),
        quota("T2-A", 3),
        on("2020-03-01", "quota_changed", unit="T2", establishment="administrative", change=1),
        on("2020-05-01", "unit_merged", unit="T2", into="T1"),
    ) as ledger:
        assert found(ledger, "2020-04-30", "split_mismatch") == {"unit:T2/administrative": "high since 2020-03-01"}
        assert found(ledger, "2020-05-01", "split_mismatch") == {T1: "high since 2020-05-01"}


# ---- ratio_over


def test_ratio_over_at_a_jurisdiction_and_nowhere_else(ledger_url: str) -> None:
    with county(
        ledger_url,
        quota("T1", 10),
        quota("T2", 11, kind="public_institution"),
        on("2020-03-01", "quota_changed", unit="T2", establishment="public_institution", change=1, id="one more"),
    ) as ledger:
        assert found(ledger, "2020-02-29", "ratio_over") == {}
        assert found(ledger, "2020-03-01", "ratio_over") == {"unit:X": "medium since 2020-03-01"}
        told = evidence(ledger, "2020-03-01", "ratio_over", "unit:X")
        assert told["quota"] == {"public_institution": 12, "administrative": 10}
        assert (told["policy"], told["policy_entry"]) == ({"ratio_percent": 110}, None)
        ledger.reverse("one more", "not approved")
        assert found(ledger, "2020-03-01", "ratio_over") == {}
        record(ledger, on("2020-02-01", "quota_changed", unit="T1", establishment="administrative", change=-1))
        assert found(ledger, "2020-03-01", "ratio_over") == {"unit:X": "medium since 2020-02-01"}


def test_ratio_over_is_judged_by_the_policy_of_each_day(ledger_url: str) -> None:
    with county(
        ledger_url,
        quota("X", 10),
        quota("X", 11, kind="public_institution"),
        on("2020-04-01", "policy_adopted", parameters={"ratio_percent": 100}, source="county", id="100"),
        on("2020-06-01", "policy_adopted", parameters={"ratio_percent": 105}, source="county", id="105"),
        on("2020-08-01", "policy_adopted", profile="national", source="county"),
    ) as ledger:
        assert found(ledger, "2020-03-31", "ratio_over") == {}
        assert found(ledger, "2020-07-31", "ratio_over") == {"unit:X": "medium since 2020-04-01"}
        assert evidence(ledger, "2020-07-31", "ratio_over", "unit:X")["policy_entry"] == "105"
        assert found(ledger, "2020-08-01", "ratio_over") == {}


def test_without_one_of_both_sums_nobody_can_say(ledger_url: str) -> None:
    with county(
        ledger_url,
        quota("T1", 10, "2020-02-01"),
        quota("T1", 40, "2020-03-01", "public_institution"),
        on("2020-05-01", "quota_cancelled", unit="T1", establishment="administrative"),
    ) as ledger:
        assert found(ledger, "2020-01-31", "ratio_over") == {"unit:X": "?"}
        assert found(ledger, "2020-02-01", "ratio_over") == {"unit:X": "?"}
        missing = evidence(ledger, "2020-02-01", "ratio_over", "unit:X")["missing"]
        assert missing == ["quota.public_institution"]
        assert found(ledger, "2020-04-30", "ratio_over") == {"unit:X": "medium since 2020-03-01"}
        assert found(ledger, "2020-05-01", "ratio_over") == {"unit:X": "?"}
        assert evidence(ledger, "2020-05-01", "ratio_over", "unit:X")["missing"] == ["quota.administrative"]
