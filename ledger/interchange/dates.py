"""Dates as offices write them, read by a closed list of forms; whatever is not on it is refused, never guessed.

General parsers return wrong dates without a word (“2023年13月” becomes March), so this one knows only (ecosystem §3):

    20220701   2022-7-1   2022/7/1   2022.7.1   2022年7月1日   二〇二二年七月一日   → the day
    202207     2022-7     2022/7     2022.7     2022年7月      二〇二二年七月       → the month (first day, flagged)
    2022                                        2022年         二〇二二年           → the year (first day, flagged)

Digits may be full-width, spaces may stand around the signs, 号 may stand for 日, a clock at midnight may follow a
day, as other programs export it. A cell that is typed as a date is a day. A number is read as its digits (20220701,
202207, 2022, 2022.05), but the number 2022.1 is refused: October has lost its zero there as often as January is
meant. Refused too: years of two digits, a day or month first, mixed signs, the running number of a date (45047).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time

from ledger.domain.faults import N_
from ledger.domain.terms import Precision

EARLIEST_YEAR = 1900
LATEST_YEAR = 2100
OPEN_WORDS = frozenset({"至今", "无", "长期", "-", "—", "open"})
"""What stands for “no end” where a last day is asked for."""

DATE_PROBLEMS = {
    "unknown_form": N_("this is not one of the forms of a date that are read, such as 2022-07-01 or 2022年7月"),
    "no_such_day": N_("the calendar has no such day or month"),
    "year_out_of_bounds": N_("the year does not lie between 1900 and 2100"),
    "two_digit_year": N_("the year must have four digits"),
    "bare_number": N_("this is a bare number; format the cell as a date, or type the date as text"),
    "lost_zero": N_("as a number this may be January or October; type the month as text, such as 2022-10"),
    "day_needed": N_("a last day must be given to the day, such as 2022-06-30"),
    "time_of_day": N_("it holds a time of day; only a date is expected"),
}
"""Why a text is no date, as English message ids."""


class NotADate(ValueError):
    """A cell or text that is not a date of the closed list; `code` is one of DATE_PROBLEMS."""

    def __init__(self, code: str) -> None:
        super().__init__(DATE_PROBLEMS[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date with what is known of it: for a month or a year `on` is its first day (spec 2.2)."""

    on: date
    precision: Precision

    def __str__(self) -> str:
        length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[self.precision]
        return self.on.isoformat()[:length]


_SIGNED = re.compile(r"(\d{4})([-/.])(\d{1,2})(?:\2(\d{1,2}))?", re.ASCII)
_DIGITS = re.compile(r"(\d{4})(?:(\d{2})(\d{2})?)?", re.ASCII)
_CHINESE = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})[日号])?)?", re.ASCII)
_WRITTEN = re.compile(
    r"([〇○零一二三四五六七八九]{4})年(?:([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号])?)?"
)
_MIDNIGHT = re.compile(r"(.*\d)[ T]00?:00(?::00(?:\.0+)?)?", re.ASCII)
_CLOCK = re.compile(r".*[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?", re.ASCII)
_SHORT_YEAR = re.compile(r"'?\d{2}(?:年|[-/.])\d{1,2}(?:(?:月|[-/.])(?:\d{1,2}日?)?)?", re.ASCII)
_AROUND = re.compile(r"\s*([-/.年月日号])\s*", re.ASCII)
_NUMERALS = {"〇": 0, "○": 0, "零": 0} | {sign: value for value, sign in enumerate("一二三四五六七八九", 1)}


def read_date(value: object) -> ReadDate:
    """The date of a cell (text, date, number). Raises NotADate; a wrong date is never returned for a doubtful one."""
    if isinstance(value, datetime):
        if value.timetz() != time(0):
            raise NotADate("time_of_day")
        return _made(value.year, value.month, value.day)
    if isinstance(value, date):
        return _made(value.year, value.month, value.day)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise NotADate("unknown_form")
    return _of_text(value) if isinstance(value, str) else _of_number(value)


def read_last_day(value: object) -> date | None:
    """As `read_date`, for a last day: 至今, 无, 长期 and a dash mean that there is none. Raises NotADate.

    A month or a year is refused: which of its days is the last would be a guess about the term.
    """
    if isinstance(value, str) and value.strip() in OPEN_WORDS:
        return None
    found = read_date(value)
    if found.precision is not Precision.DAY:
        raise NotADate("day_needed")
    return found.on


def _of_number(value: float) -> ReadDate:
    if not float(value).is_integer():
        text = repr(value)
        if text[4:] == ".1":
            raise NotADate("lost_zero")
        if not _SIGNED.fullmatch(text):
            raise NotADate("bare_number")
        return _of_text(text)
    digits = str(int(value))
    if len(digits) in (4, 6, 8):
        return _of_text(digits)
    raise NotADate("bare_number")


def _of_text(given: str) -> ReadDate:
    text = _AROUND.sub(r"\1", unicodedata.normalize("NFKC", given).strip())
    midnight = _MIDNIGHT.fullmatch(text)
    if midnight is None and _CLOCK.fullmatch(text):
        raise NotADate("time_of_day")
    if midnight is not None:
        text = midnight.group(1)
    parts = _parts(text)
    if parts is None or (midnight is not None and parts[2] is None):
        if text.isascii() and text.isdigit():
            raise NotADate("bare_number")
        raise NotADate("two_digit_year" if _SHORT_YEAR.fullmatch(text) else "unknown_form")
    return _made(*parts)


def _parts(text: str) -> tuple[int, int | None, int | None] | None:
    """Year, month and day as far as they are there; None for a text in no known form."""
    if not text.isascii() and (written := _WRITTEN.fullmatch(text)):
        digits = "".join(str(_NUMERALS[sign]) for sign in written.group(1))
        return int(digits), _below_hundred(written.group(2)), _below_hundred(written.group(3))
    if found := _CHINESE.fullmatch(text) or _DIGITS.fullmatch(text):
        year, month, day = found.groups()
    elif found := _SIGNED.fullmatch(text):
        year, month, day = found.group(1, 3, 4)
    else:
        return None
    return int(year), None if month is None else int(month), None if day is None else int(day)


def _below_hundred(numeral: str | None) -> int | None:
    """七 → 7, 十 → 10, 二十一 → 21; a numeral that is written wrongly becomes 0, which no calendar has."""
    if numeral is None:
        return None
    found = re.fullmatch(r"([二三四五六七八九]?)(十?)([一二三四五六七八九]?)", numeral)
    tens, ten, ones = found.groups() if found else ("", "", "")
    if (tens and not ten) or (not ten and not ones):
        return _NUMERALS.get(numeral, 0)
    return (_NUMERALS[tens] if tens else 1 if ten else 0) * 10 + (_NUMERALS[ones] if ones else 0)


def _made(year: int, month: int | None, day: int | None) -> ReadDate:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise NotADate("year_out_of_bounds")
    try:
        on = date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        raise NotADate("no_such_day") from None
    return ReadDate(on, Precision.YEAR if month is None else Precision.MONTH if day is None else Precision.DAY)
