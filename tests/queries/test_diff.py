from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.faults import UnknownUnit
from ledger.domain.time import Perspective
from ledger.queries.diff import Change, DiffAnswer, Leg
from ledger.queries.sides import Side
from tests.queries.conftest import History
from tests.queries.makers import all_units, at, county, hire, loan, on, persons, record, unit
from tests.twins import the_day_of_recording

SPRING, SUMMER = at("2020-01-01"), at("2020-07-01")
Json = dict[str, Any]


def bridge(ledger: Ledger, code: str, p1: Perspective = SPRING, p2: Perspective = SUMMER) -> Json:
    """The answer, as a program reads it; perspectives known at 10,000 are those as now known."""
    newest = ledger.perspective().known_at
    told = [Perspective(p.as_of, min(p.known_at, newest)) for p in (p1, p2)]
    return ledger.diff(told[0], told[1], code).to_json()


def numbers(told: Json, measure: str) -> list[int | None]:
    """Opening, restated, added, removed, closing of one measure."""
    base, _, kind = measure.partition(".")
    row = told["measures"][base] if not kind else told["by_establishment"][kind][base]
    return list(row.values())


def entry_of(change: Any) -> tuple[str, int]:
    return change["entry"]["type"], change["entry"]["position"]


# ---- people who come, leave and change


def test_who_came_and_who_left_is_named_with_the_entry_that_did_it(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1"), hire("P2", "T1-A"), hire("P3", "T2")) as ledger:
        left, came, _ = record(
            ledger,
            on("2020-03-01", "departed", person="P1", reason="retired"),
            hire("P4", "T1-B", "2020-04-01", "support"),
            on("2020-08-01", "departed", person="P2", reason="retired"),
        )
        told = bridge(ledger, "T1")
        assert numbers(told, "on_roll") == [2, 0, 1, 1, 2]
        assert numbers(told, "on_roll.administrative") == [2, 0, 0, 1, 1]
        assert numbers(told, "on_roll.support") == [0, 0, 1, 0, 1]
        changes = persons(told["changes"])
        assert sorted(changes) == ["P1", "P4"]
        assert changes["P1"]["before"] == {
            "status": "present",
            "unit": "T1",
            "establishment": "administrative",
            "host": None,
        }
        assert (changes["P1"]["after"], changes["P4"]["before"]) == (None, None)
        assert entry_of(changes["P1"]) == ("departed", left)
        assert entry_of(changes["P4"]) == ("hired", came)
        assert changes["P4"]["name"] == "name of P4"
        assert changes["P4"]["cause"] == "person"
        assert changes["P4"]["measures"] == {
            "at_work": 1,
            "on_roll": 1,
            "on_roll.support": 1,
            "present": 1,
            "present.support": 1,
        }


def test_a_loan_is_the_work_of_its_start_however_often_it_was_extended(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1")) as ledger:
        start, _ = record(
            ledger,
            loan("P1", "T2", "2020-02-01", "2020-05-31"),
            on("2020-05-20", "secondment_extended", person="P1", until="2020-12-31"),
        )
        (change,) = bridge(ledger, "T1")["changes"]
        assert entry_of(change) == ("secondment_started", start)
        assert change["after"]["host"] == "T2"
        assert change["measures"]["seconded_out"] == 1
        assert "on_roll" not in change["measures"]
        assert [entry["position"] for entry in change["entries"]] == [start]


def test_another_entry_of_the_same_day_does_not_hide_the_one_that_did_it(ledger_url: str) -> None:
    with county(ledger_url) as ledger:
        hired, _, _ = record(
            ledger,
            hire("P1", "T1", "2020-03-01"),
            on("2020-03-01", "person_described", person="P1", gender="female"),
            on("2020-03-01", "appointed", person="P1", title="head", rank="section"),
        )
        assert entry_of(bridge(ledger, "T1")["changes"][0]) == ("hired", hired)


def test_whoever_changes_several_times_is_told_with_every_step(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1-A")) as ledger:
        positions = record(
            ledger,
            on("2020-02-01", "transferred", person="P1", unit="T1-B"),
            loan("P1", "C1", "2020-03-01"),
            on("2020-04-01", "secondment_ended", person="P1"),
            on("2020-05-01", "leave_started", person="P1", kind="sick"),
        )
        (change,) = bridge(ledger, "T1")["changes"]
        assert [entry["position"] for entry in change["entries"]] == positions
        assert entry_of(change) == ("leave_started", positions[-1])
        assert (change["before"]["unit"], change["after"]["unit"]) == ("T1-A", "T1-B")


def test_who_came_and_left_again_in_between_is_in_no_bridge(ledger_url: str) -> None:
    with county(ledger_url) as ledger:
        record(ledger, hire("P1", "T1", "2020-02-01"), on("2020-03-01", "departed", person="P1", reason="resigned"))
        told = bridge(ledger, "T1")
        assert told["changes"] == []
        assert numbers(told, "on_roll") == [0, 0, 0, 0, 0]


def test_a_moved_office_is_named_where_nobody_has_an_entry_of_their_own(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1-A"), hire("P2", "T1-A"), loan("P2", "C1", "2019-06-01")) as ledger:
        (moved,) = record(ledger, on("2020-03-01", "unit_moved", unit="T1-A", parent="C1"))
        told = bridge(ledger, "T1")
        assert numbers(told, "on_roll") == [2, 0, 0, 2, 0]
        assert [(one["cause"], entry_of(one)) for one in told["changes"]] == [("unit", ("unit_moved", moved))] * 2
        into = persons(bridge(ledger, "C1")["changes"])
        assert (into["P2"]["before"]["status"], into["P2"]["after"]["status"]) == ("seconded_in", "present")


def test_a_merger_gives_people_another_unit_and_changes_no_number_above(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1-A")) as ledger:
        (merged,) = record(ledger, on("2020-03-01", "unit_merged", unit="T1-A", into="T1-B"))
        told = bridge(ledger, "T1")
        (change,) = told["changes"]
        assert (change["before"]["unit"], change["after"]["unit"]) == ("T1-A", "T1-B")
        assert (change["measures"], entry_of(change)) == ({}, ("unit_merged", merged))


def test_an_office_stationed_elsewhere_takes_its_people_along(ledger_url: str) -> None:
    with county(ledger_url, unit("D1", "dispatched_office", "C1", stationed_at="T1"), hire("P1", "D1")) as ledger:
        (stationed,) = record(ledger, on("2020-03-01", "unit_stationed", unit="D1", stationed_at="T2"))
        told = bridge(ledger, "T1")
        assert numbers(told, "dispatched_in") == [1, 0, 0, 1, 0]
        assert entry_of(told["changes"][0]) == ("unit_stationed", stationed)


# ---- posts and positions


def test_posts_are_added_and_removed_by_the_entries_about_them(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1-A"),
        on("2019-02-01", "quota_set", unit="T1-A", establishment="administrative", posts=3),
        on("2019-02-01", "quota_set", unit="T1-B", establishment="administrative", posts=2),
    ) as ledger:
        more, fewer = record(
            ledger,
            on("2020-03-01", "quota_changed", unit="T1-A", establishment="administrative", change=4),
            on("2020-04-01", "quota_cancelled", unit="T1-B", establishment="administrative"),
        )
        told = bridge(ledger, "T1")
        assert numbers(told, "quota") == [5, 0, 4, 2, 7]
        assert numbers(told, "vacancies.administrative") == [4, 0, 4, 2, 6]
        first, second = told["quota_changes"]
        assert (first["unit"], first["before"], first["after"], entry_of(first)) == (
            "T1-A",
            3,
            7,
            ("quota_changed", more),
        )
        assert (second["unit"], second["before"], second["after"]) == ("T1-B", 2, None)
        assert entry_of(second) == ("quota_cancelled", fewer)


def test_a_number_of_its_own_takes_the_place_of_those_below(ledger_url: str) -> None:
    with county(
        ledger_url, on("2019-02-01", "quota_set", unit="T1-A", establishment="administrative", posts=3)
    ) as ledger:
        (own,) = record(ledger, on("2020-03-01", "quota_set", unit="T1", establishment="administrative", posts=9))
        told = bridge(ledger, "X")
        assert numbers(told, "quota") == [3, 0, 9, 3, 9]
        assert {(one["unit"], one["after"], entry_of(one)) for one in told["quota_changes"]} == {
            ("T1", 9, ("quota_set", own)),
            ("T1-A", None, ("quota_set", own)),
        }


def test_the_first_number_of_a_kind_turns_those_on_roll_into_fewer_vacancies(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1"), hire("P2", "T1")) as ledger:
        record(ledger, on("2020-03-01", "quota_set", unit="T1", establishment="administrative", posts=5))
        told = bridge(ledger, "T1")
        assert numbers(told, "quota") == [None, 0, 5, 0, 5]
        assert numbers(told, "vacancies") == [None, 0, 5, 2, 3]
        assert told["changes"] == []


@pytest.mark.parametrize(
    "change",
    [
        on("2020-03-01", "unit_abolished", unit="T1-A"),
        on("2020-03-01", "unit_moved", unit="T1-A", parent="T2"),
        on("2020-03-01", "unit_merged", unit="T1-A", into="C1"),
    ],
    ids=lambda change: str(change["type"]),
)
def test_posts_go_with_their_unit(ledger_url: str, change: Json) -> None:
    with county(
        ledger_url, on("2019-02-01", "quota_set", unit="T1-A", establishment="administrative", posts=3)
    ) as ledger:
        (position,) = record(ledger, change)
        told = bridge(ledger, "T1")
        assert numbers(told, "quota") == [3, 0, 0, 3, None]
        (lost,) = told["quota_changes"]
        assert (lost["cause"], entry_of(lost)) == ("unit", (change["type"], position))


def test_leader_positions_are_bridged_by_rank(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1"),
        hire("P2", "T1"),
        on("2019-03-01", "appointed", person="P1", title="head", rank="section"),
        on("2019-03-01", "leader_quota_set", unit="T1", rank="section", posts=1),
    ) as ledger:
        gone, new, posts = record(
            ledger,
            on("2020-03-01", "transferred", person="P1", unit="T2"),
            on("2020-04-01", "appointed", person="P2", title="deputy", rank="section"),
            on("2020-05-01", "leader_quota_set", unit="T1", rank="section", posts=3),
        )
        told = bridge(ledger, "T1")
        assert list(told["leaders"]["section"]["held"].values()) == [1, 0, 1, 1, 1]
        assert list(told["leaders"]["section"]["quota"].values()) == [1, 0, 2, 0, 3]
        by_title = {one["title"]: one for one in told["position_changes"]}
        assert entry_of(by_title["head"]) == ("transferred", gone)
        assert (by_title["deputy"]["after"], entry_of(by_title["deputy"])) == (
            {"rank": "section", "unit": "T1"},
            ("appointed", new),
        )
        assert entry_of(told["quota_changes"][0]) == ("leader_quota_set", posts)


# ---- what was recorded late, reversed or corrected


def test_a_late_entry_restates_the_opening(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1"), loan("P1", "T2", "2019-06-01")) as ledger:
        known = ledger.perspective().known_at
        (late,) = record(ledger, on("2019-12-01", "secondment_ended", person="P1"))
        told = bridge(ledger, "T1", at("2020-01-01", known))
        assert numbers(told, "seconded_out") == [1, -1, 0, 0, 0]
        assert numbers(told, "present") == [0, 1, 0, 0, 1]
        (change,) = told["restated"]
        assert (change["before"]["status"], change["after"]["status"]) == ("seconded_out", "present")
        assert [entry["position"] for entry in change["entries"]] == [late]
        assert [entry["position"] for entry in told["entries"]] == [late]
        assert told["changes"] == []


def test_entries_that_take_effect_after_the_opening_restate_nothing(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1")) as ledger:
        known = ledger.perspective().known_at
        record(ledger, on("2020-03-01", "departed", person="P1", reason="retired"))
        told = bridge(ledger, "T1", at("2020-01-01", known))
        assert (told["restated"], told["entries"]) == ([], [])
        assert numbers(told, "on_roll") == [1, 0, 0, 1, 0]


def test_a_reversal_and_a_correction_restate_the_opening(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1", id="h1"), hire("P2", "T1", id="h2")) as ledger:
        known = ledger.perspective().known_at
        first = ledger.reverse("h1", "entered twice")
        second = ledger.correct("h2", {"unit": "T2"}, "another town")
        told = bridge(ledger, "T1", at("2020-01-01", known))
        assert numbers(told, "on_roll") == [2, -2, 0, 0, 0]
        restated = persons(told["restated"])
        assert restated["P1"]["name"] == "name of P1"
        assert entry_of(restated["P1"]) == ("reversed", getattr(first, "position", 0))
        assert entry_of(restated["P2"]) == ("corrected", getattr(second, "position", 0))
        assert restated["P2"]["entry"]["replacement_type"] == "hired"
        assert restated["P1"]["entry"]["subject"] == "person:P1"
        assert len(told["entries"]) == 2


def test_what_was_recorded_late_and_taken_back_again_is_still_listed(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1")) as ledger:
        known = ledger.perspective().known_at
        (late,) = record(ledger, on("2019-10-01", "departed", person="P1", reason="retired", id="wrong"))
        record(ledger, {"type": "reversed", "entry": "wrong", "reason": "not yet"})
        told = bridge(ledger, "T1", at("2020-01-01", known))
        assert told["restated"] == []
        assert [entry["position"] for entry in told["entries"]] == [late, late + 1]


def test_late_entries_about_units_and_posts_restate_too(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1-A"),
        on("2019-02-01", "quota_set", unit="T1-A", establishment="administrative", posts=3),
    ) as ledger:
        known = ledger.perspective().known_at
        moved, posts = record(
            ledger,
            on("2019-10-01", "unit_moved", unit="T1-A", parent="T2"),
            on("2019-11-01", "quota_set", unit="T1-B", establishment="administrative", posts=1),
        )
        told = bridge(ledger, "T1", at("2020-01-01", known))
        assert numbers(told, "quota") == [3, -2, 0, 0, 1]
        assert (told["restated"][0]["cause"], entry_of(told["restated"][0])) == ("unit", ("unit_moved", moved))
        assert {(one["unit"], entry_of(one)) for one in told["restated_quotas"]} == {
            ("T1-A", ("unit_moved", moved)),
            ("T1-B", ("quota_set", posts)),
        }


def test_the_closing_may_know_less_than_the_opening(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1")) as ledger:
        before = ledger.perspective().known_at
        late, later = record(
            ledger,
            loan("P1", "T2", "2019-06-01"),
            on("2019-12-01", "secondment_ended", person="P1"),
        )
        told = bridge(ledger, "T1", at("2019-09-01", later), at("2020-07-01", before))
        assert numbers(told, "seconded_out") == [1, -1, 0, 0, 0]
        assert entry_of(told["restated"][0]) == ("secondment_started", late)
        assert (told["from"]["known_at"], told["to"]["known_at"]) == (later, before)


def test_a_bridge_may_be_walked_back_in_time(ledger_url: str) -> None:
    with county(ledger_url) as ledger:
        (came,) = record(ledger, hire("P1", "T1", "2020-03-01"))
        told = bridge(ledger, "T1", SUMMER, SPRING)
        assert numbers(told, "on_roll") == [1, 0, 0, 1, 0]
        assert (told["changes"][0]["name"], entry_of(told["changes"][0])) == ("name of P1", ("hired", came))


def test_a_unit_that_does_not_exist_at_one_end_has_nothing_there(ledger_url: str) -> None:
    with county(ledger_url) as ledger:
        record(ledger, unit("N1", "organ", "X", "2020-03-01"), hire("P1", "N1", "2020-03-01"))
        assert numbers(bridge(ledger, "N1"), "on_roll") == [None, 0, 1, 0, 1]
        known = ledger.perspective().known_at
        assert numbers(bridge(ledger, "N1", at("2020-01-01", known - 2)), "on_roll") == [None, 0, 1, 0, 1]
        with pytest.raises(UnknownUnit):
            bridge(ledger, "N9")


# ---- on any history


def unlike(ledger: Ledger, answer: DiffAnswer, middle: Perspective) -> list[str]:
    """Numbers of a bridge that do not close, or are not those of the headcount."""
    found = []
    ends = (answer.opening, middle, answer.closing)
    with ledger.view(answer.closing) as view:
        sides = [Side(view.at(p), answer.unit) for p in ends]
        for name, told in answer.measures.items():
            values = [side.value(name) for side in sides]
            if (told.opening, told.closing) != (values[0], values[2]):
                found.append(f"{name}: {told} is not from {values[0]} to {values[2]}")
            if (told.opening or 0) + told.restated + told.added - told.removed != (told.closing or 0):
                found.append(f"{name}: {told} does not close")
            for leg, (before, after) in ((answer.restated, values[:2]), (answer.changed, values[1:])):
                if not name.startswith("vacancies") and (before or 0) + total(leg, name) != (after or 0):
                    found.append(f"{name}: the changes do not lead from {before} to {after}")
    return found


def total(leg: Leg, name: str) -> int:
    changes: tuple[Change[Any, Any], ...] = (*leg.people, *leg.quotas, *leg.positions)
    return sum(one.measures.get(name, 0) for one in changes)


def unproven(ledger: Ledger, answer: DiffAnswer, middle: Perspective) -> list[str]:
    """Changes without an entry, or whose entry is not the one after which everything is as it is told."""
    found = []
    with ledger.view(answer.closing) as view:

        def side(day: date, known_at: int) -> Side:
            whole = Side(view.at(Perspective(day, known_at)), answer.unit)
            whole.look_up(whole.states)
            return whole

        def proves(change: Change[Any, Any], after: Side, before: Side, read: str) -> None:
            def value(side: Side) -> object:
                return side.standing(change.key) if read == "people" else getattr(side, read).get(change.key)

            if value(after) != change.after or value(before) == change.after:
                found.append(f"{answer.unit} {change}")

        for read, restated, changed in (
            ("people", answer.restated.people, answer.changed.people),
            ("quotas", answer.restated.quotas, answer.changed.quotas),
            ("posts", answer.restated.positions, answer.changed.positions),
        ):
            found.extend(f"{answer.unit} {change}" for change in (*restated, *changed) if change.entry is None)
            known = (answer.opening.known_at, middle.known_at)
            step = 0 if known[0] < known[1] else 1  # going back, what the entry told is gone just before it
            for change in restated:
                if change.entry is not None:
                    reached = change.entry.position - step
                    other = change.entry.position - 1 + step
                    proves(change, side(middle.as_of, reached), side(middle.as_of, other), read)
            step = 0 if middle.as_of < answer.closing.as_of else 1
            for change in changed:
                if change.entry is not None:
                    day = change.entry.effective_on
                    assert day is not None
                    reached_on, other_on = day - timedelta(days=step), day - timedelta(days=1 - step)
                    known_at = answer.closing.known_at
                    proves(change, side(reached_on, known_at), side(other_on, known_at), read)
    return found


def test_the_town_of_the_report_is_bridged_to_its_printed_numbers(ledger_url: str) -> None:
    lines = (Path(__file__).parents[1] / "scenarios" / "town-2022.jsonl").read_text("utf-8").splitlines()
    with create_ledger(ledger_url, clock=the_day_of_recording) as ledger:
        record(ledger, *map(json.loads, lines))
        newest = ledger.perspective().known_at
        p1, p2 = at("2016-01-01", newest // 2), at("2022-06-30", newest)
        for code in all_units(ledger, p1, p2):
            answer = ledger.diff(p1, p2, code)
            middle = Perspective(p1.as_of, newest)
            assert (unlike(ledger, answer, middle), unproven(ledger, answer, middle)) == ([], [])
        closing = {name: one.closing for name, one in ledger.diff(p1, p2, "T1").measures.items()}
        names = ("quota", "on_roll", "seconded_out", "on_leave", "present", "at_work")
        assert [closing[name] for name in names] == [55, 46, 14, 2, 30, 33]


def test_every_bridge_closes_and_every_change_has_its_entry(history: History) -> None:
    ledger, days, newest = history
    dice = random.Random(newest)
    for number in range(7):
        start, end = dice.sample(days, 2)
        if number % 3:
            start, end = min(start, end), max(start, end)
        known = [dice.randrange(1, newest + 1), newest if number % 2 else dice.randrange(1, newest + 1)]
        p1, p2 = Perspective(start, known[0]), Perspective(end, known[1])
        middle = Perspective(p1.as_of, p2.known_at)
        for code in all_units(ledger, p1, p2):
            answer = ledger.diff(p1, p2, code)
            assert unlike(ledger, answer, middle) == []
            assert unproven(ledger, answer, middle) == []
            late = sorted(known)
            assert all(late[0] < entry.position <= late[1] for entry in answer.restated.entries)
