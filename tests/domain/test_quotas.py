"""A unit's own numbers: set, changed, moved, cancelled, temporary, merged (spec 1.2, 1.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.facts import Illegal
from ledger.domain.quotas import QuotaFold, QuotaPeriod, quota_periods, touches_quotas
from tests.domain.makers import Entry, day, facts, on

KIND = "administrative"


def told(*entries: Entry, unit: str = "T1") -> list[QuotaPeriod] | Illegal:
    """The numbers of a unit from entries about any units."""
    lines = facts(
        *(
            {"unit": "T1", **({} if "rank" in entry or "into" in entry else {"establishment": KIND}), **entry}
            for entry in entries
        )
    )
    places = {fact.id: fact.place for fact in lines}
    fold = QuotaFold(lambda code: [fact for fact in lines if touches_quotas(code)(fact.entry)], places)
    steps = fold.steps(unit)
    return steps if isinstance(steps, Illegal) else quota_periods(steps)


def numbers(*entries: Entry, unit: str = "T1") -> list[tuple[int, int]]:
    """(first day, posts) of each period."""
    found = told(*entries, unit=unit)
    assert not isinstance(found, Illegal), found
    return [(period.d_from, period.posts) for period in found]


def set_to(posts: int, day: str = "2020-01-01", **keys: object) -> Entry:
    return on(day, "quota_set", posts=posts, **keys)


def changed(change: int, day: str = "2021-01-01", **keys: object) -> Entry:
    return on(day, "quota_changed", change=change, **keys)


def cancelled(day: str = "2022-01-01", **keys: object) -> Entry:
    return on(day, "quota_cancelled", **keys)


D20, D21, D22 = day("2020-01-01"), day("2021-01-01"), day("2022-01-01")


@pytest.mark.parametrize(
    ("entries", "periods"),
    [
        ([set_to(34)], [(D20, 34)]),
        ([set_to(34), changed(-2)], [(D20, 34), (D21, 32)]),
        ([changed(-2), set_to(34)], [(D20, 34), (D21, 32)]),  # recorded late
        ([set_to(34), set_to(30, "2021-01-01")], [(D20, 34), (D21, 30)]),
        ([set_to(34), cancelled()], [(D20, 34)]),
        ([set_to(34), changed(3, until="2021-06-30")], [(D20, 34), (D21, 37)]),  # runs on until cancelled
        ([set_to(34), changed(3, until="2021-06-30"), cancelled(entry="#2")], [(D20, 34), (D21, 37), (D22, 34)]),
        (
            [set_to(34), set_to(40, "2021-01-01", until="2021-06-30"), cancelled(entry="#2")],
            [(D20, 34), (D21, 40), (D22, 34)],
        ),
        ([set_to(5, until="2021-06-30"), cancelled(entry="#1")], [(D20, 5), (D22, 0)]),  # no number counts as 0
        (
            [set_to(34), changed(3, until="2021-06-30"), changed(1), cancelled(entry="#2")],
            [(D20, 34), (D21, 38), (D22, 35)],
        ),
    ],
)
def test_the_number(entries: list[Entry], periods: list[tuple[int, int]]) -> None:
    assert numbers(*entries) == periods


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([changed(1)], "no_quota_record"),
        ([cancelled()], "no_quota_record"),
        ([set_to(2), changed(-3)], "quota_below_zero"),
        ([set_to(2), on("2021-01-01", "quota_moved", to="T2", posts=3)], "quota_below_zero"),
        ([set_to(2), cancelled(), changed(1, "2022-01-01")], "no_quota_record"),
        ([set_to(2), cancelled(entry="#1")], "grant_unknown"),
        (
            [set_to(2), changed(1, until="2021-06-30"), cancelled(entry="#2"), cancelled("2022-02-01", entry="#2")],
            "grant_unknown",
        ),
        ([set_to(2), changed(1, until="2021-06-30"), set_to(4, "2021-02-01"), cancelled(entry="#2")], "grant_unknown"),
    ],
)
def test_what_cannot_stand(entries: list[Entry], code: str) -> None:
    found = told(*entries)
    assert isinstance(found, Illegal)
    assert found.code == code


def test_a_new_number_ends_every_grant_before_it() -> None:
    found = told(set_to(34), changed(3, until="2021-06-30"), set_to(30, "2022-01-01"))
    assert not isinstance(found, Illegal)
    assert [len(period.grants) for period in found] == [0, 1, 0]


def test_posts_go_along_with_the_work() -> None:
    entries = [set_to(34), set_to(3, unit="T2"), on("2021-01-01", "quota_moved", to="T2", posts=4)]
    assert numbers(*entries) == [(D20, 34), (D21, 30)]
    assert numbers(*entries, unit="T2") == [(D20, 3), (D21, 7)]


def test_a_receiver_without_a_number_gets_one() -> None:
    assert numbers(set_to(34), on("2021-01-01", "quota_moved", to="T2", posts=4), unit="T2") == [(D21, 4)]


def test_a_merger_adds_the_numbers_kind_by_kind() -> None:
    entries = [
        set_to(34),
        set_to(3, unit="T2"),
        set_to(5, unit="T2", establishment="support"),
        changed(2, unit="T2", until="2021-06-30"),
        on("2020-01-01", "leader_quota_set", unit="T2", rank="正科", posts=1),
        on("2022-01-01", "unit_merged", unit="T2", into="T1"),
    ]
    found = told(*entries)
    assert not isinstance(found, Illegal)
    after = {
        period.scale: (period.posts, [grant.amount for grant in period.grants])
        for period in found
        if period.d_from == D22
    }
    assert after == {KIND: (39, [2]), "support": (5, []), "leader:正科": (1, [])}
    assert [one for one in told(*entries, unit="T2") if one.d_to > D22] == []  # type: ignore[union-attr]


def test_a_grant_that_came_with_a_merger_is_cancelled_at_the_successor() -> None:
    merger = on("2021-06-01", "unit_merged", unit="T2", into="T1")
    entries = [
        set_to(34),
        set_to(3, unit="T2"),
        changed(2, unit="T2", until="2021-12-31"),
        merger,
        cancelled(entry="#3"),
    ]
    assert numbers(*entries)[-2:] == [(day("2021-06-01"), 39), (D22, 37)]


@given(st.lists(st.integers(-5, 9), min_size=1, max_size=12))
def test_changes_add_up_and_never_fall_below_zero(changes: list[int]) -> None:
    entries = [set_to(6), *(changed(change, f"2021-01-{number:02}") for number, change in enumerate(changes, 1))]
    levels = [6 + sum(changes[: number + 1]) for number in range(len(changes))]
    found = told(*entries)
    if min(levels) < 0:
        assert isinstance(found, Illegal)
        assert found.fact.position == 2 + next(index for index, level in enumerate(levels) if level < 0)
    else:
        assert not isinstance(found, Illegal)
        assert found[-1].posts == levels[-1]
