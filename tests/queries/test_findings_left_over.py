"""Posts that nobody took back: temporary grants, units abolished, units that went elsewhere (spec 1.6)."""

from __future__ import annotations

from typing import Any

from tests.queries.makers import Entry, at, county, evidence, found, hire, on, quota, record, unit


def change(code: str, by: int, day: str, **keys: Any) -> Entry:
    return on(day, "quota_changed", unit=code, establishment="administrative", change=by, **keys)


def moved(code: str, parent: str, day: str, **keys: Any) -> Entry:
    return on(day, "unit_moved", unit=code, parent=parent, **keys)


# ---- temporary_quota_expired

GRANT = "unit:T1/administrative/grant:grant"


def test_a_temporary_quota_is_expired_the_day_after_its_last_until_it_is_cancelled(ledger_url: str) -> None:
    with county(
        ledger_url,
        quota("T1", 10),
        hire("P1", "T1-A"),
        change("T1", 2, "2020-02-01", until="2020-06-30", id="grant"),
        on("2020-09-01", "quota_cancelled", unit="T1", establishment="administrative", entry="grant", id="cancelled"),
    ) as ledger:
        assert found(ledger, "2020-06-30", "temporary_quota_expired") == {}
        assert found(ledger, "2020-07-01", "temporary_quota_expired") == {GRANT: "high since 2020-07-01"}
        assert found(ledger, "2020-08-31", "temporary_quota_expired") == {GRANT: "high since 2020-07-01"}
        assert found(ledger, "2020-09-01", "temporary_quota_expired") == {}
        told = evidence(ledger, "2020-07-10", "temporary_quota_expired", GRANT)
        assert (told["until"], told["days"], told["amount"]) == ("2020-06-30", 10, 2)
        assert (told["quota"], told["on_roll"], told["entries"]) == (12, 1, ["grant"])
        ledger.reverse("cancelled", "still needed")
        assert found(ledger, "2020-09-01", "temporary_quota_expired") == {GRANT: "high since 2020-07-01"}


def test_a_new_number_replaces_every_grant_before_it(ledger_url: str) -> None:
    with county(ledger_url, quota("T1", 10), change("T1", 2, "2020-02-01", until="2020-06-30", id="grant")) as ledger:
        before = found(ledger, "2020-08-01", "temporary_quota_expired")
        (late,) = record(ledger, quota("T1", 12, "2020-06-01"))
        assert before == {GRANT: "high since 2020-07-01"}
        assert found(ledger, "2020-08-01", "temporary_quota_expired") == {}
        assert found(ledger, "2020-08-01", "temporary_quota_expired", late - 1) == before


def test_a_corrected_grant_keeps_its_name(ledger_url: str) -> None:
    with county(ledger_url, quota("T1", 10), change("T1", 2, "2020-02-01", until="2020-06-30", id="grant")) as ledger:
        ledger.correct("grant", {"until": "2020-07-31"}, "typing error", id="corrected")
        assert found(ledger, "2020-07-31", "temporary_quota_expired") == {}
        assert found(ledger, "2020-08-01", "temporary_quota_expired") == {GRANT: "high since 2020-08-01"}
        assert evidence(ledger, "2020-08-01", "temporary_quota_expired", GRANT)["entries"] == ["corrected"]


def test_a_grant_goes_along_with_the_merged_unit(ledger_url: str) -> None:
    with county(
        ledger_url,
        quota("T2", 10),
        change("T2", 2, "2020-02-01", until="2020-06-30", id="grant"),
        on("2020-09-01", "unit_merged", unit="T2", into="T1"),
    ) as ledger:
        there = {"unit:T2/administrative/grant:grant": "high since 2020-07-01"}
        assert found(ledger, "2020-08-31", "temporary_quota_expired") == there
        assert found(ledger, "2020-09-01", "temporary_quota_expired") == {GRANT: "high since 2020-09-01"}


# ---- posts of a unit that is gone


def test_posts_of_an_abolished_unit_are_orphans_until_they_are_taken_away(ledger_url: str) -> None:
    subject = "unit:T3/administrative"
    with county(
        ledger_url,
        unit("T3", "organ", "X"),
        quota("T3", 4, id="number"),
        quota("T3", 0, kind="support"),
        on("2020-03-01", "unit_abolished", unit="T3", id="abolished"),
        on("2020-05-01", "quota_moved", unit="T3", to="T1", establishment="administrative", posts=3),
        on("2020-06-01", "quota_moved", unit="T3", to="T1", establishment="administrative", posts=1),
    ) as ledger:
        assert found(ledger, "2020-02-29", "orphan_quota") == {}
        assert found(ledger, "2020-03-01", "orphan_quota") == {subject: "high since 2020-03-01"}
        assert found(ledger, "2020-05-31", "orphan_quota") == {subject: "high since 2020-03-01"}
        assert found(ledger, "2020-06-01", "orphan_quota") == {}
        told = evidence(ledger, "2020-03-01", "orphan_quota", subject)
        assert (told["quota"], told["on_roll"], told["abolished_on"]) == (4, 0, "2020-03-01")
        assert told["entries"] == ["number", "abolished"]
        (row,) = ledger.findings(at("2020-03-01"), rule="orphan_quota").rows
        assert (row.units, row.name) == (("T3", "X"), "unit T3")
        assert ledger.findings(at("2020-03-01"), rule="orphan_quota", unit="X").rows == (row,)
        assert ledger.findings(at("2020-03-01"), rule="orphan_quota", unit="T1").rows == ()
        ledger.reverse("abolished", "not yet")
        assert found(ledger, "2020-03-01", "orphan_quota") == {}


def test_a_cancellation_recorded_late_leaves_no_orphan(ledger_url: str) -> None:
    with county(
        ledger_url, unit("T3", "organ", "X"), quota("T3", 4), on("2020-03-01", "unit_abolished", unit="T3")
    ) as ledger:
        (late,) = record(ledger, on("2020-03-01", "quota_cancelled", unit="T3", establishment="administrative"))
        assert found(ledger, "2020-04-01", "orphan_quota", late - 1) == {
            "unit:T3/administrative": "high since 2020-03-01"
        }
        assert found(ledger, "2020-04-01", "orphan_quota") == {}


# ---- posts of a unit that went elsewhere

LEFT = "unit:T1/administrative/left:T1-A"
WENT = (quota("T1", 10, id="number"), hire("P1", "T1-A"), moved("T1-A", "C1", "2020-03-01", id="went"))


def test_the_number_of_the_old_parent_is_due_to_fall_sixty_days_after_the_move(ledger_url: str) -> None:
    with county(ledger_url, *WENT, change("T1", -1, "2020-07-01", id="cut")) as ledger:
        assert found(ledger, "2020-04-29", "orphan_quota") == {}
        assert found(ledger, "2020-04-30", "orphan_quota") == {LEFT: "high since 2020-04-30"}
        assert found(ledger, "2020-06-30", "orphan_quota") == {LEFT: "high since 2020-04-30"}
        assert found(ledger, "2020-07-01", "orphan_quota") == {}
        told = evidence(ledger, "2020-04-30", "orphan_quota", LEFT)
        assert (told["moved_on"], told["days"]) == ("2020-03-01", 60)
        assert (told["quota"], told["quota_before"], told["on_roll"]) == (10, 10, 0)
        assert (told["left_quota"], told["left_on_roll"]) == (None, 1)
        assert (told["entries"], told["policy"]) == (["number", "went"], {"orphan_days": 60})
        ledger.reverse("cut", "not approved")
        assert found(ledger, "2020-07-01", "orphan_quota") == {LEFT: "high since 2020-04-30"}


def test_a_cut_recorded_late_leaves_nothing_behind(ledger_url: str) -> None:
    with county(ledger_url, *WENT) as ledger:
        (late,) = record(ledger, change("T1", -1, "2020-03-01"))
        assert found(ledger, "2020-06-01", "orphan_quota", late - 1) == {LEFT: "high since 2020-04-30"}
        assert found(ledger, "2020-06-01", "orphan_quota") == {}


def test_an_office_without_posts_or_people_leaves_nothing_behind(ledger_url: str) -> None:
    with county(ledger_url, quota("T1", 10), moved("T1-A", "C1", "2020-03-01"), hire("P1", "T1-A", "2020-03-01")) as it:
        assert found(it, "2020-06-01", "orphan_quota") == {}


def test_a_parent_without_a_number_of_its_own_then_has_nothing_to_cut(ledger_url: str) -> None:
    with county(
        ledger_url,
        quota("T1-A", 3),
        moved("T1-A", "C1", "2020-03-01"),
        quota("T1", 10, "2020-03-01"),
    ) as ledger:
        assert found(ledger, "2020-06-01", "orphan_quota") == {}


def test_an_office_that_came_back_left_nothing_behind(ledger_url: str) -> None:
    with county(
        ledger_url,
        *WENT,
        moved("T1-A", "T1-B", "2020-06-01"),
        moved("T1-A", "T2", "2020-08-01"),
    ) as ledger:
        assert found(ledger, "2020-05-31", "orphan_quota") == {LEFT: "high since 2020-04-30"}
        assert found(ledger, "2020-06-01", "orphan_quota") == {}
        assert found(ledger, "2020-12-01", "orphan_quota") == {}  # T1-B, which it left then, has no number of its own


def test_each_time_an_office_leaves_the_days_are_counted_anew(ledger_url: str) -> None:
    with county(ledger_url, *WENT, moved("T1-A", "T1", "2020-06-01"), moved("T1-A", "T2", "2020-08-01")) as ledger:
        assert found(ledger, "2020-09-29", "orphan_quota") == {}
        assert found(ledger, "2020-09-30", "orphan_quota") == {LEFT: "high since 2020-09-30"}


def test_a_move_inside_the_unit_and_a_merger_of_parents_leave_nothing_behind(ledger_url: str) -> None:
    with county(
        ledger_url,
        quota("T1", 10),
        quota("T2", 10),
        unit("T2-A", "internal_office", "T2"),
        hire("P1", "T1-A"),
        hire("P2", "T2-A"),
        moved("T1-A", "T1-B", "2020-03-01"),
        on("2020-03-01", "unit_merged", unit="T2", into="C1"),
    ) as ledger:
        assert found(ledger, "2020-12-01", "orphan_quota") == {}


def test_the_days_are_those_of_the_policy_in_force(ledger_url: str) -> None:
    with county(
        ledger_url,
        *WENT,
        on("2020-05-15", "policy_adopted", parameters={"orphan_days": 90}, source="county", id="90"),
    ) as ledger:
        assert found(ledger, "2020-05-14", "orphan_quota") == {LEFT: "high since 2020-04-30"}
        assert found(ledger, "2020-05-15", "orphan_quota") == {}
        assert found(ledger, "2020-05-30", "orphan_quota") == {LEFT: "high since 2020-05-30"}
        assert evidence(ledger, "2020-05-30", "orphan_quota", LEFT)["policy_entry"] == "90"
