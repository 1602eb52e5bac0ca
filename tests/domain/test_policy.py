"""Policies: shipped profiles, parameters laid over them, what cannot be adopted (spec 1.6)."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain.facts import Illegal
from ledger.domain.policy import NATIONAL, PROFILES, PolicyStep, fold_policy, hard_spans, in_force
from ledger.domain.time import FOREVER
from tests.domain.makers import Entry, day, facts, on


def adopted(day: str = "2022-01-01", **keys: Any) -> Entry:
    return on(day, "policy_adopted", source="文件", **keys)


def steps(*entries: Entry) -> list[PolicyStep]:
    found = fold_policy(facts(*entries))
    assert not isinstance(found, Illegal), found
    return found


def test_without_any_policy_the_national_profile_holds() -> None:
    assert in_force([], day("2022-01-01")) == NATIONAL
    assert in_force(steps(adopted(profile="strict")), day("2021-12-31")) == NATIONAL


def test_a_profile_resets_everything_and_parameters_are_laid_over() -> None:
    found = steps(
        adopted("2020-01-01", parameters={"gap_days": 60}),
        adopted("2021-01-01", parameters={"term_months": 4}),
        adopted("2022-01-01", profile="strict", parameters={"max_extensions": 2}),
    )
    first, second, third = (
        [step.parameters[name] for name in ("gap_days", "term_months", "total_months")] for step in found
    )
    assert (first, second, third) == ([60, 6, 12], [60, 4, 12], [90, 3, 6])
    assert in_force(found, day("2022-01-01"))["max_extensions"] == 2


def test_the_strict_profile_differs_in_two_numbers() -> None:
    different = {name for name in NATIONAL if NATIONAL[name] != PROFILES["strict"][name]}
    assert different == {"term_months", "total_months"}


def test_a_policy_recorded_late_is_laid_under_the_later_one() -> None:
    found = steps(
        adopted("2022-01-01", parameters={"gap_days": 30}), adopted("2021-01-01", parameters={"gap_days": 60})
    )
    assert [(step.day, step.parameters["gap_days"]) for step in found] == [
        (day("2021-01-01"), 60),
        (day("2022-01-01"), 30),
    ]


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"profile": "provincial"}, "unknown_profile"),
        ({"parameters": {"gap_day": 60}}, "unknown_parameter"),
        ({"parameters": {"gap_days": "60"}}, "bad_value"),
        ({"parameters": {"gap_days": True}}, "bad_value"),
        ({"parameters": {"gap_days": -1}}, "bad_value"),
        ({"parameters": {"exempt_kinds": ["holiday"]}}, "bad_value"),
        ({"parameters": {"long_away_months": [12, 24]}}, "bad_value"),
        ({"parameters": {"grassroots_from": "2024-2-1"}}, "bad_value"),
        ({"parameters": {"identity_matrix": {"worker": ["gardener"]}}}, "bad_value"),
        ({"parameters": {"quota_enforcement": "firm"}}, "bad_value"),
        ({"parameters": {"near_months": 12}}, "contradictory_parameter"),
        ({"parameters": {"overdue_high_days": 200}}, "contradictory_parameter"),
        ({"parameters": {"depleted_percent": [20, 10]}}, "contradictory_parameter"),
        ({"parameters": {"present_percent": [70, 80]}}, "contradictory_parameter"),
        ({"parameters": {"de_facto_months": 24, "near_months": 12}}, None),
        ({"parameters": {"exempt_kinds": []}}, None),
        ({"parameters": {"identity_matrix": {"worker": ["support", "administrative"]}}}, None),
    ],
)
def test_what_can_be_adopted(keys: dict[str, Any], code: str | None) -> None:
    found = fold_policy(facts(adopted(**keys)))
    assert (found.code if isinstance(found, Illegal) else None) == code


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"parameters": {"gap_day": 60}}, {"parameter": "gap_day", "nearest": "gap_days"}),
        ({"parameters": {"overdue_high": 60}}, {"parameter": "overdue_high", "nearest": "overdue_high_days"}),
        ({"profile": "strikt"}, {"profile": "strikt", "nearest": "strict"}),
        ({"parameters": {"near_months": 12}},
         {"parameter": "near_months", "value": 12, "problem": "it must be smaller than de_facto_months"}),
    ],
)  # fmt: skip
def test_what_cannot_be_adopted_is_told_with_the_nearest_name(keys: dict[str, Any], told: dict[str, Any]) -> None:
    found = fold_policy(facts(adopted(**keys)))
    assert isinstance(found, Illegal)
    assert found.params == told


def test_the_days_on_which_quotas_are_hard() -> None:
    hard, soft = {"quota_enforcement": "hard"}, {"quota_enforcement": "soft"}
    found = steps(
        adopted("2020-01-01", parameters=hard),
        adopted("2021-01-01", parameters=soft),
        adopted("2022-01-01", parameters=hard),
    )
    assert hard_spans(found) == [(day("2020-01-01"), day("2021-01-01")), (day("2022-01-01"), FOREVER)]
    assert hard_spans([]) == []
