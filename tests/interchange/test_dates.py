"""Dates as offices type them: a closed list of forms, everything else refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.terms import Precision
from ledger.interchange.dates import NotADate, ReadDate, read_date, read_last_day

DAYS = [
    "20220701",
    "2022-7-1",
    "2022-07-01",
    "2022/7/1",
    "2022.7.1",
    "2022.07.01",
    "2022年7月1日",
    "2022年07月01日",
    "2022年7月1号",
    "二〇二二年七月一日",
    "二○二二年七月一日",
    "二零二二年七月一日",
    "２０２２年７月１日",
    "２０２２－７－１",
    " 2022 年 7 月 1 日 ",
    "2022 / 7 / 1",
    "2022-07-01 00:00:00",
    "2022-07-01T00:00:00",
    "2022/7/1 0:00",
    20220701,
    20220701.0,
    date(2022, 7, 1),
    datetime(2022, 7, 1),  # noqa: DTZ001 - so a date cell arrives
]
MONTHS = ["202207", "2022-7", "2022-07", "2022/7", "2022.7", "2022.07", "2022年7月", "二〇二二年七月", 202207, 2022.07]
YEARS = ["2022", "2022年", "二〇二二年", 2022, 2022.0]


@pytest.mark.parametrize("written", DAYS, ids=str)
def test_a_day_is_read(written: object) -> None:
    assert read_date(written) == ReadDate(date(2022, 7, 1), Precision.DAY)


@pytest.mark.parametrize("written", MONTHS, ids=str)
def test_a_month_stays_a_month(written: object) -> None:
    found = read_date(written)
    assert found == ReadDate(date(2022, 7, 1), Precision.MONTH)
    assert str(found) == "2022-07"


@pytest.mark.parametrize("written", YEARS, ids=str)
def test_a_year_stays_a_year(written: object) -> None:
    assert read_date(written) == ReadDate(date(2022, 1, 1), Precision.YEAR)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("一九九九年十月十日", (1999, 10, 10)),
        ("二〇二一年十二月三十一日", (2021, 12, 31)),
        ("二〇二〇年二月二十九日", (2020, 2, 29)),
    ],
)
def test_chinese_numerals(written: str, day: tuple[int, int, int]) -> None:
    assert read_date(written).on == date(*day)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2023年13月", "no_such_day"),
        ("2023-02-29", "no_such_day"),
        ("20230230", "no_such_day"),
        ("2022-00-01", "no_such_day"),
        ("二〇二二年十十月", "no_such_day"),
        ("二〇二二年二三月", "no_such_day"),
        ("202213", "no_such_day"),
        ("1899-12-31", "year_out_of_bounds"),
        ("2202-07-01", "year_out_of_bounds"),
        ("22.7.1", "two_digit_year"),
        ("22年7月", "two_digit_year"),
        ("'22-07-01", "two_digit_year"),
        ("23.5", "two_digit_year"),
        ("45047", "bare_number"),
        (45047, "bare_number"),
        (45047.0, "bare_number"),
        (45047.5, "bare_number"),
        (-2022, "bare_number"),
        (float("nan"), "bare_number"),
        (float("inf"), "bare_number"),
        (2022.1, "lost_zero"),
        ("2022-07-01 08:30", "time_of_day"),
        (datetime(2022, 7, 1, 8, 30), "time_of_day"),  # noqa: DTZ001
        ("1/7/2022", "unknown_form"),
        ("7月1日", "unknown_form"),
        ("2022-7/1", "unknown_form"),
        ("2022 7 1", "unknown_form"),
        ("2022 1 1", "unknown_form"),
        ("2022年上半年", "unknown_form"),
        ("2022-07-01至2023-06-30", "unknown_form"),
        ("至今", "unknown_form"),
        ("Jul 1 2022", "unknown_form"),
        ("2022-W26", "unknown_form"),
        ("٢٠٢٢-٠٧-٠١", "unknown_form"),
        ("", "unknown_form"),
        ("2022-07 00:00", "unknown_form"),
        (None, "unknown_form"),
        (True, "unknown_form"),
        (timedelta(days=1), "unknown_form"),
    ],
    ids=str,
)
def test_everything_else_is_refused(written: object, code: str) -> None:
    with pytest.raises(NotADate) as refused:
        read_date(written)
    assert refused.value.code == code


@pytest.mark.parametrize("written", ["至今", "无", "长期", "-", "—"])
def test_no_last_day(written: str) -> None:
    assert read_last_day(written) is None


@pytest.mark.parametrize("written", ["2022-06", "2022年6月", "2022", 202206])
def test_a_last_day_is_a_day(written: object) -> None:
    assert read_last_day("2022年6月30日") == date(2022, 6, 30)
    with pytest.raises(NotADate) as refused:
        read_last_day(written)
    assert refused.value.code == "day_needed"


@given(st.text(alphabet="0123456789-/.年月日号〇一二三十 :T至", max_size=20))
def test_no_text_is_read_as_another_day_than_it_says(written: str) -> None:
    try:
        found = read_date(written)
    except NotADate:
        return
    assert read_date(str(found)) == found
    ascii_digits = "".join(sign for sign in written if sign.isascii() and sign.isdigit())
    if ascii_digits:
        assert ascii_digits.startswith(str(found.on.year))


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_day_is_read_from_every_form(day: date) -> None:
    forms = [
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
        day.isoformat(),
    ]
    assert {read_date(form).on for form in forms} == {day}
    assert read_date(datetime(day.year, day.month, day.day)).on == day  # noqa: DTZ001
    with pytest.raises(NotADate):
        read_date(datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC))
