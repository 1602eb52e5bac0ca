"""From what stands in a cell to a value of an entry, or to a remark that says what to mend.

Full-width digits and letters, ideographic and doubled spaces become plain ones, and the row is told so; what cannot
be read without guessing is refused with the column.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from ledger.interchange import words
from ledger.interchange.dates import DATE_PROBLEMS, NotADate, ReadDate, read_date, read_last_day
from ledger.interchange.layouts import Column, Layout
from ledger.interchange.remarks import Remark
from ledger.interchange.workbook import Clock, Flag

NOT_APPLICABLE = frozenset({"-", "—", "——", "/", "－", "无"})
"""What offices write where nothing applies."""
MOST_DIGITS = 10**15

_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_WIDE |= {0x3000: " ", 0xA0: " ", 0x09: " ", 0x0D: "", 0x200B: None, 0xFEFF: None, 0xFF0D: "-", 0xFF0E: "."}
_SPACES = re.compile(r" {2,}")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·\ue000-\uf8ff ]+")
_CODE_SHAPE = re.compile(r"[!-~]+")

Place = Callable[[str], str | Remark]
"""Finds the unit that a cell names."""


class NoValue(Exception):
    """A cell that cannot be read; carries the remark."""

    def __init__(self, remark: Remark) -> None:
        super().__init__(remark.code)
        self.remark = remark


def tidy(text: str) -> str:
    """The text without what no eye can see: full-width signs, doubled and outer spaces."""
    if text.isascii() and text.isprintable() and "  " not in text and text == text.strip():
        return text
    return _SPACES.sub(" ", text.translate(_WIDE).replace("\n", " ")).strip().removeprefix("'")


def tidy_name(text: str) -> str:
    """A name of Chinese characters has no spaces: 张　三 is set wide for the eye."""
    tidied = tidy(text)
    return tidied.replace(" ", "") if " " in tidied and _HAN.fullmatch(tidied) else tidied


def tidy_note(text: str) -> str:
    """Several lines stay several lines."""
    return "\n".join(tidy(line) for line in text.splitlines()).strip()


MOST_REMEMBERED = 20_000
"""Texts of one column whose reading is kept: offices write the same words and dates in thousands of rows."""


class Reading:
    """What all rows of one table share."""

    def __init__(self, columns: Mapping[str, Column], place: Place) -> None:
        self.columns = columns
        self.place = place
        self.memos: defaultdict[str, dict[str, tuple[Any, Remark | None]]] = defaultdict(dict)
        """Column, with what it was asked to hold if that is another thing -> what its texts were read as."""


class Cells:
    """One row, read column by column: `take` gives the value of a key, and keeps every remark on the way."""

    __slots__ = ("_columns", "_flags", "_memos", "_raw", "_reading", "_tidied", "extras", "remarks", "row")

    def __init__(
        self, row: int, raw: Mapping[str, Any], reading: Reading, flags: Mapping[str, Flag], extras: dict[str, str]
    ) -> None:
        self.row = row
        self.remarks: list[Remark] = []
        self.extras = extras
        """What is kept as it stands, because no key of an entry can hold it: heading -> text."""
        self._raw = raw
        self._reading = reading
        self._columns = reading.columns
        self._memos = reading.memos
        self._flags = flags

    def say(self, code: str, key: str | None = None, **params: object) -> Remark:
        """Keep a remark; the heading of its column is filled in."""
        if key is not None:
            params.setdefault("column", self._columns[key].told)
        remark = Remark(code, params, key)
        self.remarks.append(remark)
        return remark

    def title(self, key: str) -> str:
        """The heading of a column."""
        return self._columns[key].title

    @property
    def refused(self) -> bool:
        """Whether anything said so far refuses the row."""
        return any(remark.refuses for remark in self.remarks)

    def given(self, key: str) -> bool:
        """Whether there is anything in the cell."""
        return key in self._raw or key in self._flags

    def said_of(self, key: str) -> bool:
        """Whether a remark about the cell refuses the row already."""
        return any(remark.key == key and remark.refuses for remark in self.remarks)

    def take(self, key: str, holds: str | None = None) -> Any:
        """The value of a column as an entry takes it; None where there is none or none that can be read."""
        value = self._raw.get(key)
        flag = self._flags.get(key) if self._flags else None
        if value is None and flag is None:  # so it is for most cells of most tables
            if self._columns[key].needed:
                self.say("missing_cell", key)
            return None
        if flag is not None and self._flagged(key, flag):
            return None
        memo = self._memos[key if holds is None else f"{key} {holds}"]
        told = memo.get(value) if type(value) is str else None
        if told is None:
            column = self._columns[key]
            told = self._told(column, holds or column.holds, value)
            if type(value) is str and len(memo) < MOST_REMEMBERED:
                memo[value] = told
        if told[1] is not None:
            self.remarks.append(told[1])
        return told[0]

    def _told(self, column: Column, holds: str, value: Any) -> tuple[Any, Remark | None]:
        """The value, and what is to be said about it: the same for the same text in the same column."""
        self._tidied: Remark | None = None
        if value is None or value == "" or (isinstance(value, str) and not value.strip()):
            return None, Remark("missing_cell", {"column": column.told}, column.key) if column.needed else None
        try:
            return self._read(column, holds, value), self._tidied
        except NoValue as no:
            return None, no.remark

    def _flagged(self, key: str, flag: Flag) -> bool:
        if flag.kind == "formula":
            self.say("formula", key)
            return False
        self.say("error_cell" if flag.kind == "error" else "formula_without_value", key, value=flag.text)
        return True

    def _read(self, column: Column, holds: str, value: Any) -> Any:
        if isinstance(value, Clock):
            self._no(column, "time_in_cell")
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= MOST_DIGITS:
            self._no(column, "digits_lost", value=f"{value:.0f}")
        if holds in ("date", "last_day"):
            return self._date(column, holds, value)
        if holds == "number":
            return self._number(column, value)
        text = value.isoformat() if isinstance(value, date) else _written(value)
        if holds == "json":
            return self._json(column, text)
        if holds == "note":
            return tidy_note(text) or None
        tidied = tidy_name(text) if holds == "name" else tidy(text)
        if tidied in NOT_APPLICABLE and not column.needed and holds != "flag":
            return None
        if tidied != text and holds in ("text", "name", "code", "id", "unit"):
            told = {"column": column.told, "value": text.strip(" \t"), "read": tidied}
            self._tidied = Remark("tidied", told, column.key)
        return self._meant(column, holds, tidied)

    def _meant(self, column: Column, holds: str, text: str) -> Any:
        if holds in ("text", "name", "code", "id"):
            return text
        if holds == "unit":
            found = self._reading.place(text)
            if isinstance(found, Remark):
                self._no(column, found.code, **found.params)
            return found
        if holds == "list":
            return [part for part in (tidy(one) for one in re.split(r"[；;、,，]", text)) if part] or None
        code = words.codes(holds).get(text)
        if code is None:
            expected = "、".join(ways[0] for ways in words.LISTS[holds].values())
            self._no(column, "unknown_word", value=text, expected=expected)
        if text in words.SAYS_MORE:
            told = {"column": column.told, "value": text, "read": words.word(holds, code)}
            self._tidied = Remark("tidied", told, column.key)
        if holds == "flag":
            return code == "true"
        return int(code) if holds == "retirement" and code else code or None

    def _no(self, column: Column, code: str, **params: object) -> None:
        raise NoValue(Remark(code, {"column": column.told, **params}, column.key))

    def _date(self, column: Column, holds: str, value: Any) -> ReadDate | date | None:
        try:
            if holds == "last_day":
                return read_last_day(value)
            if isinstance(value, str) and value.strip() in NOT_APPLICABLE and not column.needed:
                return None
            return read_date(value)
        except NotADate as no:
            self._no(column, "not_a_date", value=_written(value), problem=DATE_PROBLEMS[no.code])
            return None

    def _number(self, column: Column, value: Any) -> int | None:
        if isinstance(value, str):
            text = tidy(value).removesuffix("名").removesuffix("人")
            if text in NOT_APPLICABLE and not column.needed:
                return None
            if re.fullmatch(r"[+-]?\d{1,9}", text, re.ASCII):
                return int(text)
        elif isinstance(value, int) and not isinstance(value, bool):
            return value
        self._no(column, "not_a_number", value=_written(value))
        return None

    def _json(self, column: Column, text: str) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            self._no(column, "bad_json")


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return repr(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def by_key(layout: Layout, headings: Mapping[str, str]) -> dict[str, Column]:
    """The columns of a layout by their keys; `headings`: key -> what the file at hand calls it."""
    return {column.key: replace(column, own=headings.get(column.key, "")) for column in layout.columns}


def cell_name(row: int, column: int) -> str:
    """A1 for the first cell of all."""
    return f"{column_name(column)}{row + 1}"


@cache
def column_name(column: int) -> str:
    """A for the first column of all."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
