"""What officers may type for a date."""

from __future__ import annotations

from datetime import date

import pytest

from tui.dates import NotADate, read_typed

TODAY = date(2022, 8, 15)
START = date(2022, 8, 1)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("20220701", date(2022, 7, 1)),
        ("2022-7-1", date(2022, 7, 1)),
        ("2022年7月1日", date(2022, 7, 1)),
        ("２０２２０７０１", date(2022, 7, 1)),
        ("今", TODAY),
        ("+30", date(2022, 9, 14)),
        ("-1", date(2022, 8, 14)),
        ("月底", date(2022, 8, 31)),
        ("上月底", date(2022, 7, 31)),
        ("上年底", date(2021, 12, 31)),
        ("6m", date(2023, 2, 15)),
    ],
)
def test_a_date_is_read_as_it_is_meant(typed: str, meant: date) -> None:
    assert read_typed(typed, today=TODAY) == meant


@pytest.mark.parametrize(
    ("typed", "last"),
    [
        ("6m", date(2023, 1, 31)),
        ("1年", date(2023, 7, 31)),
        ("+30", date(2022, 8, 31)),
        ("月底", date(2022, 8, 31)),
        ("202301", date(2023, 1, 31)),
        ("20230131", date(2023, 1, 31)),
    ],
)
def test_a_term_is_counted_from_its_first_day_and_ends_on_its_last(typed: str, last: date) -> None:
    assert read_typed(typed, today=TODAY, start=START, is_term=True) == last


@pytest.mark.parametrize("typed", ["2022-13-01", "22-7-1", "7/1/2022", "20220230", "+999999", "999y", "6", "6月"])
def test_whatever_is_doubtful_is_no_date(typed: str) -> None:
    with pytest.raises(NotADate):
        read_typed(typed, today=TODAY)
