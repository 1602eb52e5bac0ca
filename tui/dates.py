"""Dates as officers type them: those of `ledger.interchange.dates`, and short forms that count from a day.

今 今天 today     today            +30 -7        so many days from the start
月底 年底          the end of the start's month or year          上月底 上年底   of the one before
6m 1y 6个月 1年    so many months or years; in a term, the last day of it: from 2022-08-01, 6m is 2023-01-31
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from ledger.domain.terms import Precision
from ledger.domain.time import add_months
from ledger.interchange.dates import EARLIEST_YEAR, LATEST_YEAR, NotADate, read_date
from ledger.locale import _, term

__all__ = ["NotADate", "read_typed", "told", "weekday"]

_TODAY = frozenset({"今", "今天", "今日", "t", "today", "now"})
_DAYS = re.compile(r"([+-])(\d{1,5})[天日d]?", re.ASCII)
_SPAN = re.compile(r"\+?(\d{1,3})(个月|m|年|y)", re.ASCII)
_ENDS = {
    "月底": (1, 0),
    "月末": (1, 0),
    "上月底": (1, -1),
    "上月末": (1, -1),
    "年底": (12, 0),
    "年末": (12, 0),
    "上年底": (12, -1),
    "上年末": (12, -1),
}
"""Word -> (months of the span, which span from the start's)."""


def read_typed(text: str, *, today: date, start: date | None = None, is_term: bool = False) -> date:
    """The day that was typed. `start`: what short forms count from; `is_term`: the last day of a term is wanted.

    A month or a year alone is its last day when it ends a term, else its first. Raises NotADate.
    """
    typed = unicodedata.normalize("NFKC", text).strip().lower()
    begin = start or today
    try:
        found = _short(typed, today, begin, is_term=is_term)
    except (OverflowError, ValueError):
        raise NotADate("year_out_of_bounds") from None
    if found is not None:
        if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
            raise NotADate("year_out_of_bounds")
        return found
    read = read_date(text)
    if not is_term or read.precision is Precision.DAY:
        return read.on
    return _last_day(read.on, 12 if read.precision is Precision.YEAR else 1)


def _short(typed: str, today: date, begin: date, *, is_term: bool) -> date | None:
    if typed in _TODAY:
        return today
    if typed in _ENDS:
        months, which = _ENDS[typed]
        first = begin.replace(day=1) if months == 1 else begin.replace(month=1, day=1)
        return _last_day(add_months(first, months * which), months)
    if days := _DAYS.fullmatch(typed):
        return begin + timedelta(days=int(days.group(1) + days.group(2)))
    if span := _SPAN.fullmatch(typed):
        months = int(span.group(1)) * (12 if span.group(2) in ("年", "y") else 1)
        end = add_months(begin, months)
        return end - timedelta(days=1) if is_term else end
    return None


def _last_day(first: date, months: int) -> date:
    return add_months(first, months) - timedelta(days=1)


def weekday(day: date) -> str:
    """The word for the day of the week."""
    return term("weekday", str(day.isoweekday()))


def told(day: date) -> str:
    """`2022-08-01 Mon`, so that a wrong key shows."""
    return _("{date} {weekday}").format(date=day.isoformat(), weekday=weekday(day))
