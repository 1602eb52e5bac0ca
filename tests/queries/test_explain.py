from __future__ import annotations

from typing import Any

import pytest

from ledger.bootstrap import Ledger
from ledger.domain.faults import UnknownMeasure, UnknownUnit
from ledger.domain.time import Perspective
from ledger.queries.explain import ExplainAnswer
from ledger.queries.scope import scope_row
from tests.queries.conftest import History
from tests.queries.makers import EVERY_MEASURE, all_units, at, county, hire, loan, on, persons, record, unit

Json = dict[str, Any]


def reasons(ledger: Ledger, code: str, measure: str, day: str = "2020-07-01", *, own: bool = False) -> Json:
    """The answer, as a program reads it."""
    return ledger.explain(at(day), code, measure, own=own).to_json()


def behind(told: Json) -> dict[str, tuple[str, int]]:
    """Person -> type and position of the entry."""
    return {one["person"]: (one["entry"]["type"], one["entry"]["position"]) for one in told["people"]}


# ---- people


def test_the_roll_is_explained_by_hires_and_transfers(ledger_url: str) -> None:
    with county(ledger_url) as ledger:
        first, second, moved, _ = record(
            ledger,
            hire("P1", "T1-A"),
            hire("P2", "T2"),
            on("2020-01-01", "transferred", person="P2", unit="T1-B"),
            loan("P1", "C1", "2020-02-01"),
        )
        told = reasons(ledger, "T1", "on_roll")
        assert told["value"] == 2
        assert behind(told) == {"P1": ("hired", first), "P2": ("transferred", moved)}
        assert persons(told["people"])["P1"] == {
            "person": "P1",
            "name": "name of P1",
            "unit": "T1-A",
            "establishment": "administrative",
            "status": "seconded_out",
            "host": "C1",
            "since": "2019-02-01",
            "entry": {
                "position": first,
                "id": f"#{first}",
                "type": "hired",
                "replacement_type": None,
                "subject": "person:P1",
                "effective_on": "2019-02-01",
                "recorded_at": persons(told["people"])["P1"]["entry"]["recorded_at"],
                "recorded_by": "tester",
            },
        }
        assert behind(reasons(ledger, "T2", "on_roll", "2019-06-01")) == {"P2": ("hired", second)}


def test_those_away_are_explained_by_what_took_them_away(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1"), hire("P2", "T1"), hire("P3", "T2")) as ledger:
        out, _, sick, into = record(
            ledger,
            loan("P1", "T2", "2020-01-01", "2020-02-29"),
            on("2020-02-20", "secondment_extended", person="P1", until="2020-12-31"),
            on("2020-03-01", "leave_started", person="P2", kind="sick"),
            loan("P3", "T1", "2020-04-01"),
        )
        assert behind(reasons(ledger, "T1", "seconded_out")) == {"P1": ("secondment_started", out)}
        assert behind(reasons(ledger, "T1", "on_leave")) == {"P2": ("leave_started", sick)}
        assert behind(reasons(ledger, "T1", "seconded_in")) == {"P3": ("secondment_started", into)}
        assert behind(reasons(ledger, "T1", "at_work")) == {"P3": ("secondment_started", into)}
        assert persons(reasons(ledger, "T1", "at_work")["people"])["P3"]["since"] == "2020-04-01"


def test_another_entry_of_the_same_day_is_not_taken_for_the_hire(ledger_url: str) -> None:
    with county(ledger_url) as ledger:
        hired, _, _ = record(
            ledger,
            hire("P1", "T1"),
            on("2019-02-01", "person_described", person="P1", gender="male"),
            loan("P1", "T2", "2019-02-01"),
        )
        assert behind(reasons(ledger, "T1", "on_roll")) == {"P1": ("hired", hired)}


def test_a_correction_stands_in_the_place_of_what_it_corrects(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1", id="h1"), loan("P1", "T2", "2020-01-01", id="s1")) as ledger:
        before = ledger.perspective().known_at
        hired = ledger.correct("h1", {"effective_on": "2019-03-01"}, "a month later")
        started = ledger.correct("s1", {"effective_on": "2020-02-01"}, "a month later")
        told = reasons(ledger, "T1", "on_roll")["people"][0]
        assert (told["since"], told["entry"]["position"]) == ("2019-03-01", getattr(hired, "position", 0))
        assert (told["entry"]["type"], told["entry"]["replacement_type"]) == ("corrected", "hired")
        out = reasons(ledger, "T1", "seconded_out")
        assert behind(out) == {"P1": ("corrected", getattr(started, "position", 0))}
        earlier = ledger.explain(at("2020-07-01", before), "T1", "seconded_out").to_json()
        assert behind(earlier) == {"P1": ("secondment_started", before)}


def test_one_kind_and_one_unit_alone_are_explained_as_they_are_counted(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1"), hire("P2", "T1-A", kind="support")) as ledger:
        assert list(behind(reasons(ledger, "T1", "on_roll.support"))) == ["P2"]
        told = reasons(ledger, "T1", "on_roll", own=True)
        assert (told["scope"], list(behind(told))) == ("own", ["P1"])


def test_people_of_a_stationed_office_are_explained_by_their_own_charge(ledger_url: str) -> None:
    with county(ledger_url, unit("D1", "dispatched_office", "C1", stationed_at="T1")) as ledger:
        (hired,) = record(ledger, hire("P1", "D1"))
        assert behind(reasons(ledger, "T1", "dispatched_in")) == {"P1": ("hired", hired)}


# ---- posts


def test_a_quota_is_explained_by_every_entry_since_there_is_a_number(ledger_url: str) -> None:
    with county(ledger_url) as ledger:
        _, _, third, fourth, fifth = record(
            ledger,
            on("2019-02-01", "quota_set", unit="T1-A", establishment="administrative", posts=9),
            on("2019-03-01", "quota_cancelled", unit="T1-A", establishment="administrative"),
            on("2019-04-01", "quota_set", unit="T1-A", establishment="administrative", posts=3),
            on("2019-05-01", "quota_changed", unit="T1-A", establishment="administrative", change=2),
            on("2019-05-01", "quota_set", unit="T1-B", establishment="support", posts=1),
        )
        record(ledger, on("2020-09-01", "quota_set", unit="T1-A", establishment="administrative", posts=7))
        told = reasons(ledger, "T1", "quota")
        assert told["value"] == 6
        found = [(one["unit"], one["establishment"], one["posts"]) for one in told["quotas"]]
        assert found == [("T1-A", "administrative", 5), ("T1-B", "support", 1)]
        assert [[entry["position"] for entry in one["entries"]] for one in told["quotas"]] == [[third, fourth], [fifth]]
        assert len(reasons(ledger, "T1", "quota.support")["quotas"]) == 1


def test_a_number_of_its_own_explains_the_quota_alone(ledger_url: str) -> None:
    with county(
        ledger_url,
        on("2019-02-01", "quota_set", unit="T1-A", establishment="administrative", posts=3),
        on("2019-02-01", "quota_set", unit="T1", establishment="administrative", posts=9),
    ) as ledger:
        assert [one["unit"] for one in reasons(ledger, "X", "quota")["quotas"]] == ["T1"]


def test_posts_that_came_with_a_merger_are_explained_by_it(ledger_url: str) -> None:
    with county(
        ledger_url,
        on("2019-02-01", "quota_set", unit="T1", establishment="administrative", posts=3),
        on("2019-02-01", "quota_set", unit="T2", establishment="administrative", posts=4),
        on("2020-01-01", "unit_merged", unit="T2", into="T1"),
    ) as ledger:
        (one,) = reasons(ledger, "T1", "quota")["quotas"]
        assert (one["posts"], [entry["type"] for entry in one["entries"]]) == (7, ["quota_set", "unit_merged"])


def test_vacancies_are_explained_by_posts_and_by_the_people_who_hold_them(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1-A"),
        hire("P2", "T1-A", kind="support"),
        on("2019-02-01", "quota_set", unit="T1", establishment="administrative", posts=3),
    ) as ledger:
        told = reasons(ledger, "T1", "vacancies")
        assert (told["value"], len(told["quotas"]), list(behind(told))) == (2, 1, ["P1"])
        alone = reasons(ledger, "T1", "vacancies", own=True)
        assert (alone["value"], alone["people"], alone["quotas"]) == (None, [], [])


# ---- leaders


def test_leaders_are_explained_by_their_appointments(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1-A"),
        on("2019-03-01", "appointed", person="P1", title="head", rank="section", id="a1"),
        on("2019-03-01", "leader_quota_set", unit="T1", rank="section", posts=2),
    ) as ledger:
        corrected = ledger.correct("a1", {"effective_on": "2019-04-01"}, "a month later")
        (position,) = reasons(ledger, "T1", "leaders.section")["positions"]
        assert (position["person"], position["title"], position["unit"]) == ("P1", "head", "T1-A")
        assert position["entry"]["position"] == getattr(corrected, "position", 0)
        (quota,) = reasons(ledger, "T1", "leader_quota.section")["quotas"]
        assert (quota["rank"], quota["establishment"], quota["posts"]) == ("section", None, 2)


# ---- what cannot be asked


def test_a_unit_that_does_not_exist_then_has_no_number_to_explain(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1")) as ledger:
        told = reasons(ledger, "T1", "on_roll", "2018-01-01")
        assert (told["value"], told["people"], told["quotas"], told["positions"]) == (None, [], [], [])


def test_wrong_names_are_refused(sqlite_url: str) -> None:
    with county(sqlite_url) as ledger:
        with pytest.raises(UnknownMeasure) as caught:
            reasons(ledger, "T1", "precent")
        assert caught.value.params["nearest"] == "present"
        with pytest.raises(UnknownUnit):
            reasons(ledger, "T9", "present")


# ---- on any history


def counted(answer: ExplainAnswer) -> int | None:
    """The number that the items of an answer make."""
    if answer.value is None:
        assert (answer.people, answer.quotas, answer.positions) == ((), (), ())
        return None
    posts = sum(one.posts for one in answer.quotas)
    if answer.measure.startswith("vacancies"):
        return posts - len(answer.people)
    return posts + len(answer.people) + len(answer.positions)


def test_what_is_counted_makes_the_headcounts_number(history: History) -> None:
    ledger, days, newest = history
    for number, day in enumerate(days[:3]):
        p = Perspective(day, newest if number != 1 else newest // 2)
        for code in all_units(ledger, p):
            for own in (False, True):
                with ledger.view(p) as view:
                    row = scope_row(view, code, own=own) if view.structure.exists(code, view.day) else None
                for measure in EVERY_MEASURE:
                    answer = ledger.explain(p, code, measure, own=own)
                    wanted = None if row is None else row.measure(measure)
                    assert (answer.value, counted(answer)) == (wanted, wanted), (code, measure, p, own)
                    assert all(one.entry.effective_on == one.since for one in answer.people)
                    assert all(one.entries for one in answer.quotas)
