"""Days, months, bounds and instants (spec 1.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.time import (
    FOREVER,
    Perspective,
    add_months,
    day_or_none,
    from_microseconds,
    latest_effective,
    shanghai_date,
    to_microseconds,
)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2023-08-31", 6, "2024-02-29"),
        ("2022-08-31", 6, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2021-03-01", 12, "2022-03-01"),
        ("2021-12-31", 2, "2022-02-28"),
        ("2021-12-31", 12, "2022-12-31"),
        ("2022-03-31", -1, "2022-02-28"),
        ("2022-01-15", -12, "2021-01-15"),
        ("2022-01-15", 0, "2022-01-15"),
    ],
)
def test_months_later(start: str, months: int, end: str) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


DATES = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(DATES, st.integers(-600, 600))
def test_the_day_is_kept_or_clamped_to_the_end_of_the_month(start: date, months: int) -> None:
    end = add_months(start, months)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@given(DATES, DATES, st.integers(0, 600))
def test_a_later_start_never_ends_earlier(one: date, other: date, months: int) -> None:
    first, second = sorted((one, other))
    assert add_months(first, months) <= add_months(second, months)


def test_no_month_lies_beyond_the_calendar() -> None:
    with pytest.raises(OverflowError):
        add_months(date(9999, 12, 1), 1)


def test_entries_reach_ten_years_ahead() -> None:
    assert latest_effective(date(2024, 2, 29)) == date(2034, 2, 28)
    assert latest_effective(date(2026, 6, 1)) == date(2036, 6, 1)


def test_the_date_of_an_instant_is_that_of_shanghai() -> None:
    assert shanghai_date(to_microseconds(datetime(2022, 6, 30, 15, 59, 59, tzinfo=UTC))) == date(2022, 6, 30)
    assert shanghai_date(to_microseconds(datetime(2022, 6, 30, 16, tzinfo=UTC))) == date(2022, 7, 1)


def test_an_instant_without_offset_is_that_of_shanghai() -> None:
    naive = datetime(2022, 7, 1)  # noqa: DTZ001  that is the point
    assert to_microseconds(naive) == to_microseconds(datetime(2022, 6, 30, 16, tzinfo=UTC))


@given(st.integers(-(10**15), 4 * 10**15))
def test_instants_are_exact(microseconds: int) -> None:
    assert to_microseconds(from_microseconds(microseconds)) == microseconds


def test_days_are_numbers_inside() -> None:
    assert Perspective(date(2022, 6, 30), 5).day == date(2022, 6, 30).toordinal()
    assert day_or_none(date(2022, 6, 30).toordinal()) == date(2022, 6, 30)
    assert day_or_none(FOREVER) is None
    assert day_or_none(None) is None
