"""Chains: the worked cases of spec 1.5 as to where a chain starts, and how many days it counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.secondments import Stay, belongs_to, chain_of, chains
from ledger.domain.time import FOREVER
from tests.domain.makers import COUNTY, day, on, structure_of

GAP = 90


def stays(*spans: tuple[str, str | None] | tuple[str, str | None, str]) -> list[Stay]:
    """Stays from (start, first day after, host)."""
    found = []
    for key, span in enumerate(spans, 1):
        ended = FOREVER if span[1] is None else day(span[1])
        found.append(Stay(key, span[2] if len(span) > 2 else "b", day(span[0]), ended))
    return found


@pytest.mark.parametrize(
    ("spans", "on", "start", "days"),
    [
        ([("2021-03-01", None)], "2022-02-28", "2021-03-01", 365),
        ([("2021-03-01", None)], "2022-03-01", "2021-03-01", 366),
        ([("2021-03-01", None)], "2021-03-01", "2021-03-01", 1),
        ([("2021-03-01", "2021-09-01"), ("2021-09-21", None)], "2022-03-01", "2021-03-01", 184 + 162),
        ([("2021-03-01", "2021-09-01"), ("2021-11-29", None)], "2022-03-01", "2021-03-01", 184 + 93),  # gap 89
        ([("2021-03-01", "2021-09-01"), ("2021-11-30", None)], "2022-03-01", "2021-11-30", 92),  # gap 90
        ([("2021-03-01", "2021-09-01"), ("2021-09-01", None)], "2021-09-01", "2021-03-01", 185),  # no gap
        ([("2021-03-01", "2021-03-01"), ("2021-03-01", None)], "2021-03-02", "2021-03-01", 2),  # one never ran
        ([("2021-03-01", "2021-03-01"), ("2021-05-01", None)], "2021-05-01", "2021-05-01", 1),
    ],
)
def test_where_a_chain_starts_and_what_it_counts(
    spans: list[tuple[str, str | None]], on: str, start: str, days: int
) -> None:
    found = chains(stays(*spans), day(on), GAP, lambda host: host)
    chain = chain_of(found, len(spans))
    assert (chain.started, chain.days(day(on))) == (day(start), days)


def test_case_10_two_hosts_are_two_chains_and_one_any_host_chain() -> None:
    lives = stays(("2021-03-01", "2021-09-01", "b1"), ("2021-09-01", None, "b2"))
    same = chains(lives, day("2022-03-01"), GAP, lambda host: host)
    assert [chain.started for chain in same] == [day("2021-03-01"), day("2021-09-01")]
    [every] = chains(lives, day("2022-03-01"), GAP, None)
    assert every.started == day("2021-03-01")


def test_case_9_a_host_merged_away_is_the_one_it_went_into() -> None:
    structure = structure_of(*COUNTY, on("2021-10-01", "unit_merged", unit="T2", into="T1"))
    lives = stays(("2021-03-01", "2021-09-01", "T2"), ("2021-09-21", None, "T1-A"))

    def started(at: str) -> list[int]:
        found = chains(lives, day(at), GAP, lambda host: belongs_to(structure, host, day(at)))
        return sorted(chain.started for chain in found)

    assert started("2021-09-30") == [day("2021-03-01"), day("2021-09-21")]
    assert started("2021-10-01") == [day("2021-03-01")]


def test_a_host_that_was_abolished_breaks_no_chain() -> None:
    structure = structure_of(*COUNTY, on("2021-09-05", "unit_abolished", unit="T1-B"))
    lives = stays(("2021-03-01", "2021-09-01", "T1-B"), ("2021-09-21", None, "T1"))
    [chain] = chains(lives, day("2021-10-01"), GAP, lambda host: belongs_to(structure, host, day("2021-10-01")))
    assert chain.started == day("2021-03-01")


def test_what_starts_later_is_not_looked_at() -> None:
    lives = stays(("2021-03-01", None), ("2023-01-01", None))
    [chain] = chains(lives, day("2022-01-01"), GAP, lambda host: host)
    assert [stay.key for stay in chain.stays] == [1]


SPANS = st.lists(st.tuples(st.integers(1, 400), st.integers(0, 120)), min_size=1, max_size=8)


@given(SPANS, st.integers(1, 600), st.integers(1, 200))
def test_days_are_the_union_counted_one_by_one(spans: list[tuple[int, int]], on: int, gap: int) -> None:
    lives = [Stay(key, "b", start, start + length) for key, (start, length) in enumerate(spans)]
    for chain in chains(lives, on, gap, lambda host: host):
        days = {at for stay in chain.stays for at in range(stay.started, min(stay.ended, on + 1))}
        assert chain.days(on) == len(days)
        assert chain.started == min(days)


@given(SPANS, st.integers(1, 600), st.integers(1, 200))
def test_a_stay_is_in_one_chain_and_gaps_inside_are_short(spans: list[tuple[int, int]], on: int, gap: int) -> None:
    lives = [Stay(key, "b", start, start + length) for key, (start, length) in enumerate(spans)]
    found = chains(lives, on, gap, None)
    keys = sorted(stay.key for chain in found for stay in chain.stays)
    assert keys == sorted(stay.key for stay in lives if stay.started <= on and stay.ended > stay.started)
    for chain in found:
        latest = chain.stays[0].ended
        for stay in chain.stays[1:]:
            assert stay.started - latest < gap
            latest = max(latest, stay.ended)
