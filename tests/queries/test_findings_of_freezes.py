"""Freezes that were not kept 只减不增 / 只出不进 (spec 1.6 freeze_violated)."""

from __future__ import annotations

from typing import Any

from ledger.bootstrap import Ledger
from tests.queries.makers import Entry, at, county, evidence, found, hire, on, quota, record, unit


def freeze(code: str = "T1", mode: str = "no_increase", day: str = "2020-03-01", **keys: Any) -> Entry:
    return on(day, "freeze_declared", **{"unit": code, "mode": mode, "until": "2020-12-31", "id": "freeze", **keys})


def change(code: str, by: int, day: str, **keys: Any) -> Entry:
    return on(day, "quota_changed", unit=code, establishment="administrative", change=by, **keys)


def violations(ledger: Ledger, day: str = "2020-12-31", known_at: int = 10_000) -> dict[str, str]:
    """Id of the forbidden entry -> “severity since first day”, of the one freeze."""
    rows = found(ledger, day, "freeze_violated", known_at)
    assert all("/freeze:freeze/entry:" in subject for subject in rows)
    return {subject.rpartition("entry:")[2]: told for subject, told in rows.items()}


# ---- no_increase


def test_an_increase_inside_the_freeze_is_a_finding_to_its_last_day(ledger_url: str) -> None:
    with county(
        ledger_url,
        quota("T1", 10),
        change("T1", 1, "2020-02-29", id="the day before"),
        freeze(),
        change("T1", 1, "2020-03-01", id="first day"),
        change("T1", -3, "2020-05-01", id="fewer"),
        change("T1", 1, "2020-12-31", id="last day"),
        change("T1", 1, "2021-01-01", id="after"),
    ) as ledger:
        assert violations(ledger, "2020-02-29") == {}
        assert violations(ledger, "2020-03-01") == {"first day": "critical since 2020-03-01"}
        assert violations(ledger, "2020-12-30") == {"first day": "critical since 2020-03-01"}
        assert violations(ledger, "2020-12-31") == {
            "first day": "critical since 2020-03-01",
            "last day": "critical since 2020-12-31",
        }
        assert violations(ledger, "2021-01-01") == {}
        told = evidence(ledger, "2020-06-01", "freeze_violated", "unit:T1/freeze:freeze/entry:first day")
        assert (told["establishment"], told["quota_before"], told["quota_after"], told["quota"]) == (
            "administrative", 11, 12, 9,
        )  # fmt: skip
        assert (told["mode"], told["until"], told["on_roll"]) == ("no_increase", "2020-12-31", 0)
        assert told["entries"] == ["freeze", "first day"]


def test_an_entry_of_the_freezes_own_day_is_inside_whenever_it_was_recorded(ledger_url: str) -> None:
    with county(ledger_url, quota("T1", 10), change("T1", 1, "2020-03-01", id="before it"), freeze()) as ledger:
        assert violations(ledger) == {"before it": "critical since 2020-03-01"}


def test_the_first_number_of_all_is_no_increase(ledger_url: str) -> None:
    with county(ledger_url, freeze(), quota("T1", 10, "2020-04-01"), quota("T1", 12, "2020-05-01", id="more")) as it:
        assert violations(it) == {"more": "critical since 2020-05-01"}


def test_the_numbers_below_count_where_the_frozen_unit_has_none(ledger_url: str) -> None:
    with county(
        ledger_url,
        freeze("X"),
        quota("T1-A", 10),
        change("T1-A", 1, "2020-04-01", id="sum"),
        quota("T2", 5, "2020-05-01", id="another child gets a number"),
        quota("T1", 11, "2020-06-01", id="ceiling of the same height"),
        change("T1-A", 1, "2020-07-01", id="below the ceiling"),
        change("T1", -4, "2020-08-01"),
        on("2020-09-01", "quota_cancelled", unit="T1", establishment="administrative", id="no ceiling any more"),
    ) as ledger:
        assert list(violations(ledger)) == ["another child gets a number", "no ceiling any more", "sum"]


def test_posts_moved_inside_are_no_increase_and_posts_from_outside_are(ledger_url: str) -> None:
    def gives(code: str, to: str, day: str, name: str) -> Entry:
        return on(day, "quota_moved", unit=code, to=to, establishment="administrative", posts=1, id=name)

    with county(
        ledger_url,
        freeze(),
        quota("T1-A", 10),
        quota("T2", 5),
        gives("T1-A", "T1-B", "2020-04-01", "inside"),
        gives("T2", "T1-B", "2020-05-01", "from outside"),
        gives("T1-B", "T2", "2020-06-01", "away"),
    ) as ledger:
        assert violations(ledger) == {"from outside": "critical since 2020-05-01"}
        (row,) = ledger.findings(at("2020-12-31"), rule="freeze_violated").rows
        assert row.units == ("T1", "T1-B")


def test_mergers_and_moves_are_not_looked_at(ledger_url: str) -> None:
    with county(
        ledger_url,
        freeze(),
        quota("T1-A", 10),
        quota("T2", 5),
        unit("C1-A", "internal_office", "C1"),
        quota("C1-A", 3),
        on("2020-04-01", "unit_merged", unit="T2", into="T1-B"),
        on("2020-05-01", "unit_moved", unit="C1-A", parent="T1"),
        change("C1-A", 1, "2020-06-01", id="once inside"),
    ) as ledger:
        assert violations(ledger) == {"once inside": "critical since 2020-06-01"}


def test_entries_of_one_day_are_compared_in_their_order(ledger_url: str) -> None:
    with county(
        ledger_url,
        freeze("X"),
        quota("T1", 10),
        quota("T2", 5),
        change("T1", -2, "2020-04-01", id="first down"),
        change("T2", 2, "2020-04-01", id="then up"),
        change("T1", 1, "2020-05-01", id="up"),
        change("T1", -1, "2020-05-01", id="and down again"),
        on("2020-06-01", "unit_merged", unit="T2", into="C1"),
        change("C1", 1, "2020-06-01", id="after the merger"),
    ) as ledger:
        assert sorted(violations(ledger)) == ["after the merger", "then up", "up"]
        told = evidence(ledger, "2020-12-31", "freeze_violated", "unit:X/freeze:freeze/entry:then up")
        assert (told["quota_before"], told["quota_after"]) == (13, 15)


def test_a_freeze_ends_with_its_unit(ledger_url: str) -> None:
    with county(
        ledger_url,
        freeze("T2"),
        quota("T2", 5),
        change("T2", 1, "2020-04-01", id="more"),
        on("2020-07-01", "unit_merged", unit="T2", into="T1"),
        change("T1", 1, "2020-08-01"),
    ) as ledger:
        assert violations(ledger, "2020-06-30") == {"more": "critical since 2020-04-01"}
        assert violations(ledger, "2020-07-01") == {}


def test_a_corrected_entry_and_a_corrected_freeze_keep_their_names(ledger_url: str) -> None:
    with county(ledger_url, freeze(), quota("T1", 5), change("T1", 1, "2020-04-01", id="more")) as ledger:
        ledger.correct("more", {"change": 2}, "typing error", id="much more")
        ledger.correct("freeze", {"until": "2020-06-30"}, "typing error", id="shorter")
        assert violations(ledger, "2020-06-30") == {"more": "critical since 2020-04-01"}
        assert violations(ledger, "2020-07-01") == {}
        told = evidence(ledger, "2020-06-30", "freeze_violated", "unit:T1/freeze:freeze/entry:more")
        assert told["entries"] == ["much more", "shorter"]


def test_a_freeze_declared_late_looks_back_and_a_reversed_entry_is_gone(ledger_url: str) -> None:
    with county(ledger_url, quota("T1", 5), change("T1", 1, "2020-04-01", id="more")) as ledger:
        (late,) = record(ledger, freeze())
        assert violations(ledger, known_at=late - 1) == {}
        assert violations(ledger) == {"more": "critical since 2020-04-01"}
        ledger.reverse("more", "not approved")
        assert violations(ledger) == {}


# ---- exit_only


def test_nobody_may_come_while_only_leaving_is_allowed(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1"),
        hire("P2", "T2"),
        hire("P3", "T1-A", kind="off_establishment"),
        freeze(mode="exit_only"),
        hire("P4", "T1-A", "2020-04-01", id="hired"),
        on("2020-05-01", "transferred", person="P2", unit="T1-B", id="from outside"),
        on("2020-06-01", "transferred", person="P1", unit="T1-A", id="inside"),
        on("2020-07-01", "transferred", person="P3", unit="T1-A", establishment="support", id="onto the roll"),
        hire("P5", "T1", "2020-08-01", "off_establishment", id="no post"),
        hire("P6", "T1", "2021-01-01", id="after"),
    ) as ledger:
        assert violations(ledger, "2020-03-31") == {}
        assert violations(ledger) == {
            "hired": "critical since 2020-04-01",
            "from outside": "critical since 2020-05-01",
            "onto the roll": "critical since 2020-07-01",
        }
        assert violations(ledger, "2021-01-01") == {}
        told = evidence(ledger, "2020-12-31", "freeze_violated", "unit:T1/freeze:freeze/entry:from outside")
        assert (told["person"], told["establishment"], told["target"], told["on_roll"]) == (
            "P2", "administrative", None, 3,
        )  # fmt: skip
        assert told["entries"] == ["freeze", "from outside"]


def test_below_the_target_somebody_may_come(ledger_url: str) -> None:
    with county(
        ledger_url,
        *(hire(f"P{number}", "T1") for number in range(1, 4)),
        freeze(mode="exit_only", target={"administrative": 2}),
        hire("P4", "T1-A", "2020-04-01", id="three there"),
        on("2020-05-01", "departed", person="P1", reason="retired"),
        on("2020-05-01", "departed", person="P2", reason="retired"),
        hire("P5", "T1-A", "2020-05-01", id="still two there"),
        on("2020-05-01", "departed", person="P3", reason="retired"),
        on("2020-05-01", "departed", person="P4", reason="retired"),
        hire("P6", "T1-A", "2020-05-01", id="one there"),
        hire("P7", "T1-A", "2020-06-01", "support", id="a kind without a target"),
    ) as ledger:
        assert list(violations(ledger)) == ["a kind without a target", "still two there", "three there"]
        told = evidence(ledger, "2020-12-31", "freeze_violated", "unit:T1/freeze:freeze/entry:still two there")
        assert (told["target"], told["on_roll_before"]) == (2, 2)


def test_people_of_an_office_moved_in_are_there_before_the_entries_of_that_day(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1"),
        unit("C1-A", "internal_office", "C1"),
        hire("P2", "C1-A"),
        freeze(mode="exit_only", target={"administrative": 2}),
        on("2020-04-01", "unit_moved", unit="C1-A", parent="T1"),
        hire("P3", "T1", "2020-04-01", id="the third"),
    ) as ledger:
        assert violations(ledger) == {"the third": "critical since 2020-04-01"}


def test_leaving_and_coming_back_on_one_day_is_coming(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1"),
        hire("P2", "T2"),
        freeze(mode="exit_only"),
        on("2020-04-01", "departed", person="P1", reason="retired"),
        hire("P1", "T1", "2020-04-01", id="again"),
        on("2020-04-01", "leave_started", person="P1", kind="sick"),
        on("2020-05-01", "transferred", person="P2", unit="T1", id="in"),
        on("2020-05-01", "transferred", person="P2", unit="T1-A", id="and further"),
    ) as ledger:
        assert violations(ledger) == {"again": "critical since 2020-04-01", "in": "critical since 2020-05-01"}


def test_a_hire_that_never_ran_brought_nobody(ledger_url: str) -> None:
    with county(
        ledger_url,
        freeze(mode="exit_only"),
        hire("P1", "T1", "2020-04-01"),
        on("2020-04-01", "transferred", person="P1", unit="T2"),
    ) as ledger:
        assert violations(ledger) == {}


def test_a_late_or_a_reversed_hire(ledger_url: str) -> None:
    with county(ledger_url, freeze(mode="exit_only"), hire("P1", "T2")) as ledger:
        (late,) = record(ledger, hire("P2", "T1", "2020-04-01", id="late"))
        assert violations(ledger, known_at=late - 1) == {}
        assert violations(ledger) == {"late": "critical since 2020-04-01"}
        ledger.correct("late", {"effective_on": "2020-04-15"}, "typing error", id="corrected")
        assert violations(ledger) == {"late": "critical since 2020-04-15"}
        ledger.reverse("corrected", "somebody else")
        assert violations(ledger) == {}


def test_a_transfer_out_and_back_on_one_day_is_no_coming(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1"),
        hire("P2", "T1"),
        freeze(mode="exit_only", target={"administrative": 2}),
        on("2020-04-01", "transferred", person="P1", unit="T2"),
        on("2020-04-01", "transferred", person="P1", unit="T1-A"),
        hire("P3", "T1", "2020-04-01", id="the third"),
        on("2020-04-01", "departed", person="P2", reason="died"),
    ) as ledger:
        assert violations(ledger) == {"the third": "critical since 2020-04-01"}
        told = evidence(ledger, "2020-12-31", "freeze_violated", "unit:T1/freeze:freeze/entry:the third")
        assert told["on_roll_before"] == 2
