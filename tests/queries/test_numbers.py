"""The series that rules look back through, against the headcount and the curve of the same days."""

from __future__ import annotations

import random
from datetime import date, timedelta

from ledger.bootstrap import Ledger
from ledger.domain.findings.series import Series
from ledger.domain.quotas import LEADER
from ledger.domain.terms import Establishment
from ledger.domain.time import Perspective
from ledger.queries.numbers import UnitNumbers
from ledger.queries.scope import scope_row
from tests.oracle_makers import RANKS
from tests.queries.conftest import History
from tests.queries.makers import all_units, at, county, hire, loan, on, record, unit

KINDS = (None, *Establishment)


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def steps(series: Series) -> list[tuple[str | None, int | None]]:
    return [
        (None if begin == 0 else date.fromordinal(begin).isoformat(), value)
        for begin, value in zip(series.days, series.values, strict=True)
    ]


def asked(numbers: UnitNumbers, code: str) -> dict[str, Series]:
    """Every series of a unit, under the name of the same measure in the headcount."""
    found: dict[str, Series] = {}
    for kind in KINDS:
        part = f".{kind}" if kind else ""
        found[f"on_roll{part}"] = numbers.on_roll(code, kind)
        found[f"seconded_out{part}"] = numbers.seconded_out(code, kind)
        found[f"on_leave{part}"] = numbers.on_leave(code, kind)
        if kind is not None:
            found[f"quota{part}"] = numbers.quota(code, kind)
            found[f"vacancies{part}"] = numbers.vacancy(code, kind)
    for rank in (*RANKS, "unheard_of"):
        found[f"leaders.{rank}"] = numbers.leaders(code, rank)
        found[f"leader_quota.{rank}"] = numbers.quota(code, LEADER + rank)
    return found


def test_every_series_equals_the_headcount_of_each_day(history: History) -> None:
    ledger, days, newest = history
    dice = random.Random(newest)
    for known_at in (newest, dice.randrange(1, newest)):
        with ledger.view(Perspective(days[0], known_at)) as view:
            numbers = UnitNumbers(view)
            codes = all_units(ledger, view.perspective)
            numbers.prepare(codes[::2])
            series = {code: asked(numbers, code) for code in codes}
            for on_ in dice.sample(days, 25):
                one = view.at(Perspective(on_, known_at))
                for code in codes:
                    row = scope_row(one, code) if one.structure.exists(code, one.day) else None
                    wanted = {name: None if row is None else row.measure(name) for name in series[code]}
                    assert {name: s.at(one.day) for name, s in series[code].items()} == wanted, (code, on_, known_at)


def test_the_children_have_the_sum_of_what_each_of_them_has(history: History) -> None:
    ledger, days, newest = history
    with ledger.view(Perspective(days[0], newest)) as view:
        numbers = UnitNumbers(view)
        for code in all_units(ledger, view.perspective):
            for on_ in days:
                structure, at_ = view.structure, on_.toordinal()
                for kind in Establishment:
                    below = [numbers.quota(child, kind).at(at_) for child in structure.children(code, at_)]
                    told = [posts for posts in below if posts is not None]
                    exists = structure.exists(code, at_)
                    wanted = sum(told) if told and exists else None
                    assert numbers.children_quota(code, kind).at(at_) == wanted, (code, on_, kind)


def series_of(ledger: Ledger, known_at: int = 10_000) -> UnitNumbers:
    with ledger.view(at("2020-01-01", known_at)) as view:
        numbers = UnitNumbers(view)
        for code in ("X", "T1", "T2"):
            asked(numbers, code)
        return numbers


def test_a_series_steps_on_the_days_on_which_something_changes(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1", "2020-02-01"),
        hire("P2", "T1-A", "2020-03-01"),
        on("2020-05-01", "departed", person="P1", reason="retired"),
        on("2020-03-01", "quota_set", unit="T1", establishment="administrative", posts=1),
    ) as ledger:
        numbers = series_of(ledger)
        assert steps(numbers.on_roll("T1", "administrative")) == [
            (None, None), ("2019-01-01", 0), ("2020-02-01", 1), ("2020-03-01", 2), ("2020-05-01", 1),
        ]  # fmt: skip
        vacancy = numbers.vacancy("T1", "administrative")
        assert steps(vacancy) == [(None, None), ("2020-03-01", -1), ("2020-05-01", 0)]


def test_people_moved_with_their_office_count_where_it_is(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1-A", "2020-02-01"),
        loan("P1", "C1", "2020-03-01"),
        on("2020-04-01", "unit_moved", unit="T1-A", parent="T2"),
        on("2020-06-01", "unit_merged", unit="T2", into="T1"),
    ) as ledger:
        numbers = series_of(ledger)
        born = day("2019-01-01")
        assert numbers.on_roll("T1").runs(bool) == [
            (day("2020-02-01"), day("2020-04-01")), (day("2020-06-01"), 2**31 - 1),
        ]  # fmt: skip
        assert numbers.seconded_out("T2").runs(bool) == [(day("2020-04-01"), day("2020-06-01"))]
        assert numbers.exists("T2") == [(born, day("2020-06-01"))]
        assert numbers.on_roll("T2").untold() == [(0, born), (day("2020-06-01"), 2**31 - 1)]
        assert numbers.seconded_out("X").runs(bool) == []


def test_what_is_recorded_late_changes_the_series_from_its_position_on(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1", "2020-02-01")) as ledger:
        (late,) = record(ledger, on("2020-03-01", "departed", person="P1", reason="retired"))
        april = day("2020-04-01")
        assert series_of(ledger, late - 1).on_roll("T1").at(april) == 1
        assert series_of(ledger, late).on_roll("T1").at(april) == 0


def test_an_abolished_unit_keeps_its_own_record_and_has_no_quota(ledger_url: str) -> None:
    with (
        county(
            ledger_url,
            unit("T3", "organ", "X"),
            on("2020-02-01", "quota_set", unit="T3", establishment="administrative", posts=4),
            on("2020-06-01", "unit_abolished", unit="T3"),
        ) as ledger,
        ledger.view(at("2020-01-01")) as view,
    ):
        numbers = UnitNumbers(view)
        july = day("2020-07-01")
        assert numbers.own_quota("T3", "administrative").at(july) == 4
        assert numbers.quota("T3", "administrative").at(july) is None
        assert numbers.quota("X", "administrative").at(july) is None
        assert numbers.quota("X", "administrative").at(july - timedelta(days=40).days) == 4
