from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from ledger.bootstrap import Ledger
from ledger.domain.faults import DatesReversed, UnknownMeasure, UnknownUnit
from ledger.domain.time import Perspective
from ledger.queries.curve import Step
from ledger.queries.scope import scope_row
from tests.queries.conftest import History
from tests.queries.makers import EVERY_MEASURE, all_units, at, county, hire, loan, on, record, unit

FROM, TO = date(2020, 1, 1), date(2020, 6, 1)


def values(ledger: Ledger, code: str, measure: str, known_at: int = 10_000, step: Step = "month") -> list[int | None]:
    answer = ledger.curve(Perspective(FROM, known_at), code, measure, FROM, TO, step)
    return [value for _, value in answer.points]


def test_a_person_counts_from_the_first_step_on_or_after_the_date(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1"),
        hire("P2", "T1-A", "2020-02-01"),
        hire("P3", "T1-B", "2020-02-02", "support"),
        on("2020-05-01", "departed", person="P1", reason="retired"),
    ) as ledger:
        assert values(ledger, "T1", "on_roll") == [1, 2, 3, 3, 2, 2]
        assert values(ledger, "T1", "on_roll.support") == [0, 0, 1, 1, 1, 1]
        assert values(ledger, "X", "at_work") == [1, 2, 3, 3, 2, 2]


def test_every_step_is_counted_in_the_tree_of_its_own_day(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1-A"),
        on("2020-02-15", "unit_moved", unit="T1-A", parent="T2"),
        on("2020-04-15", "unit_moved", unit="T1-A", parent="T1"),
    ) as ledger:
        assert values(ledger, "T1", "on_roll") == [1, 1, 0, 0, 1, 1]
        assert values(ledger, "T2", "on_roll") == [0, 0, 1, 1, 0, 0]
        assert values(ledger, "X", "on_roll") == [1] * 6


def test_the_people_of_a_merged_unit_are_counted_where_it_went(ledger_url: str) -> None:
    with county(
        ledger_url, hire("P1", "T2"), hire("P2", "T1"), on("2020-03-01", "unit_merged", unit="T2", into="T1")
    ) as ledger:
        assert values(ledger, "T1", "on_roll") == [1, 1, 2, 2, 2, 2]
        assert values(ledger, "T2", "on_roll") == [1, 1, None, None, None, None]


def test_a_loan_between_two_towns_vanishes_in_the_county(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1-A"),
        loan("P1", "T2", "2020-02-01"),
        on("2020-05-01", "secondment_ended", person="P1"),
    ) as ledger:
        assert values(ledger, "T1", "seconded_out") == [0, 1, 1, 1, 0, 0]
        assert values(ledger, "T2", "seconded_in") == [0, 1, 1, 1, 0, 0]
        assert values(ledger, "X", "seconded_out") == [0] * 6
        assert values(ledger, "X", "present") == [1] * 6


def test_a_loan_ends_to_count_when_the_host_moves_inside(ledger_url: str) -> None:
    with county(
        ledger_url,
        unit("O9", "public_institution", "C1"),
        hire("P1", "T1-A"),
        loan("P1", "O9", "2020-02-01"),
        on("2020-04-01", "unit_moved", unit="O9", parent="T1"),
    ) as ledger:
        assert values(ledger, "T1", "seconded_out") == [0, 1, 1, 0, 0, 0]
        assert values(ledger, "T1", "present") == [1, 0, 0, 1, 1, 1]


def test_leave_during_a_loan_counts_where_both_ends_are_inside(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1"),
        hire("P2", "T1", kind="off_establishment"),
        loan("P1", "T2", "2020-02-01"),
        on("2020-03-01", "leave_started", person="P1", kind="sick"),
        on("2020-04-01", "leave_started", person="P2", kind="sick"),
    ) as ledger:
        assert values(ledger, "T1", "seconded_out") == [0, 1, 1, 1, 1, 1]
        assert values(ledger, "T1", "on_leave") == [0] * 6
        assert values(ledger, "T2", "seconded_in") == [0, 1, 0, 0, 0, 0]
        assert values(ledger, "X", "on_leave") == [0, 0, 1, 1, 1, 1]
        assert values(ledger, "X", "off_establishment") == [1, 1, 1, 0, 0, 0]
        assert values(ledger, "X", "at_work") == [2, 2, 1, 0, 0, 0]


def test_people_of_a_stationed_office_are_dispatched_in_until_they_go_elsewhere(ledger_url: str) -> None:
    with county(
        ledger_url,
        unit("D1", "dispatched_office", "C1", stationed_at="T1"),
        hire("P1", "D1"),
        hire("P2", "D1"),
        loan("P1", "T2", "2020-03-01"),
        on("2020-05-01", "unit_stationed", unit="D1", stationed_at="T2"),
    ) as ledger:
        assert values(ledger, "T1", "dispatched_in") == [2, 2, 1, 1, 0, 0]
        assert values(ledger, "T2", "dispatched_in") == [0, 0, 0, 0, 1, 1]
        assert values(ledger, "X", "dispatched_in") == [0] * 6


def test_a_quota_is_null_until_somebody_has_one(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1-A"),
        on("2020-02-01", "quota_set", unit="T1-A", establishment="administrative", posts=3),
        on("2020-03-01", "quota_set", unit="T1-B", establishment="administrative", posts=4),
        on("2020-04-01", "quota_set", unit="T1", establishment="administrative", posts=5),
        on("2020-05-01", "quota_cancelled", unit="T1", establishment="administrative"),
        on("2020-03-01", "leader_quota_set", unit="T1", rank="section", posts=2),
    ) as ledger:
        assert values(ledger, "T1", "quota") == [None, 3, 7, 5, 7, 7]
        assert values(ledger, "T1", "vacancies.administrative") == [None, 2, 6, 4, 6, 6]
        assert values(ledger, "T1", "quota.support") == [None] * 6
        assert values(ledger, "X", "leader_quota.section") == [None, None, 2, 2, 2, 2]


def test_leaders_count_where_their_position_is(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1-A"),
        on("2020-02-01", "appointed", person="P1", title="head", rank="section"),
        on("2020-04-01", "transferred", person="P1", unit="T2"),
        on("2020-05-01", "relieved", person="P1", title="head"),
    ) as ledger:
        assert values(ledger, "T1", "leaders.section") == [0, 1, 1, 0, 0, 0]
        assert values(ledger, "T2", "leaders.section") == [0, 0, 0, 1, 0, 0]


def test_a_late_entry_counts_only_once_it_is_known(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1")) as ledger:
        (late,) = record(ledger, on("2020-03-01", "departed", person="P1", reason="retired"))
        assert values(ledger, "T1", "on_roll", known_at=late - 1) == [1] * 6
        assert values(ledger, "T1", "on_roll", known_at=late) == [1, 1, 0, 0, 0, 0]


def test_months_are_counted_from_the_start_and_end_with_the_month(sqlite_url: str) -> None:
    with county(sqlite_url) as ledger:
        answer = ledger.curve(at("2020-01-01"), "T1", "on_roll", date(2020, 1, 31), date(2020, 4, 30))
        assert [on.isoformat() for on, _ in answer.points] == ["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30"]
        years = ledger.curve(at("2020-01-01"), "T1", "on_roll", date(2020, 2, 29), date(2022, 3, 1), "year")
        assert [on.isoformat() for on, _ in years.points] == ["2020-02-29", "2021-02-28", "2022-02-28"]
        days = ledger.curve(at("2020-01-01"), "T1", "on_roll", date(2020, 2, 28), date(2020, 3, 1), "day")
        assert len(days.points) == 3


def test_a_curve_reaches_the_last_day_of_all(sqlite_url: str) -> None:
    with county(sqlite_url) as ledger:
        answer = ledger.curve(at("2020-01-01"), "T1", "on_roll", date(9999, 11, 30), date(9999, 12, 31))
        assert [on for on, _ in answer.points] == [date(9999, 11, 30), date(9999, 12, 30)]


def test_the_answer_repeats_the_question(sqlite_url: str) -> None:
    with county(sqlite_url, hire("P1", "T1")) as ledger:
        answer = ledger.curve(at("2020-01-01", 7), "T1", "on_roll", FROM, date(2020, 2, 1))
        assert answer.to_json() == {
            "known_at": 7,
            "unit": "T1",
            "measure": "on_roll",
            "from": "2020-01-01",
            "to": "2020-02-01",
            "step": "month",
            "points": [{"on": "2020-01-01", "value": 1}, {"on": "2020-02-01", "value": 1}],
            "imprecise": [],
        }


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [("on_rol", "on_roll"), ("quota.administrativ", "quota.administrative"), ("leader.section", "leaders.section")],
)
def test_a_mistyped_measure_is_told_the_nearest(sqlite_url: str, wrong: str, nearest: str) -> None:
    with county(sqlite_url) as ledger, pytest.raises(UnknownMeasure) as caught:
        values(ledger, "T1", wrong)
    assert (caught.value.exit_status, caught.value.params["nearest"]) == (2, nearest)


@pytest.mark.parametrize("wrong", ["", "leaders", "leaders.", "seconded_in.support", "on_roll.", "measure"])
def test_what_is_no_measure_is_refused(sqlite_url: str, wrong: str) -> None:
    with county(sqlite_url) as ledger, pytest.raises(UnknownMeasure):
        values(ledger, "T1", wrong)


def test_an_unknown_unit_and_a_period_backwards_are_refused(sqlite_url: str) -> None:
    with county(sqlite_url) as ledger:
        with pytest.raises(UnknownUnit):
            values(ledger, "T9", "on_roll")
        with pytest.raises(DatesReversed):
            ledger.curve(at("2020-01-01"), "T1", "on_roll", TO, FROM)


def test_every_point_equals_the_headcount_of_its_day(history: History) -> None:
    ledger, days, newest = history
    dice = random.Random(newest)
    for known_at in (newest, dice.randrange(1, newest)):
        start = min(days) + timedelta(days=dice.randrange(60))
        step: Step = dice.choice(("month", "year"))
        with ledger.view(Perspective(start, known_at)) as view:
            for code in all_units(ledger, view.perspective):
                whole = ledger.curve(view.perspective, code, "on_roll", start, max(days), step)
                views = [view.at(Perspective(day, known_at)) for day, _ in whole.points]
                rows = [scope_row(one, code) if one.structure.exists(code, one.day) else None for one in views]
                for measure in EVERY_MEASURE:
                    answer = ledger.curve(view.perspective, code, measure, start, max(days), step)
                    wanted = [None if row is None else row.measure(measure) for row in rows]
                    assert [value for _, value in answer.points] == wanted, (code, measure, known_at)
