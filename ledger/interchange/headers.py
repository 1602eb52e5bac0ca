"""Where the table begins in a sheet, and which of its columns is which.

Offices put titles, the unit's name and the closing date above a table; so the header is the row among the first
twenty in which most column names are known, in Chinese or as English keys. Names an office alone uses are told with
`--map` or asked for once, and remembered for every file with the same header.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ledger.domain.faults import N_, WrongUsage
from ledger.domain.terms import Precision
from ledger.interchange.dates import NotADate, read_date
from ledger.interchange.layouts import LAYOUTS, Layout
from ledger.interchange.workbook import Sheet

SEARCHED = 20
"""Rows among which the header is looked for."""
MOST_READ = 500
"""Characters of a cell that are read for a heading or a closing date; what is longer is neither."""
ENOUGH = 2
"""Known names that make a row a header."""


class HeaderMissing(WrongUsage):
    """No sheet has a header of a known table. `file`."""

    code = "header_missing"
    sentence = N_("No row of {file} names the columns of a table that is known.")
    remedy = N_(
        "Take a template (sledger template), or say which column is what with --map HEADING=KEY, or be asked: --wizard."
    )


class ColumnsMissing(WrongUsage):
    """The header lacks columns without which no row can be recorded. `file`, `sheet`, `table`, `columns`."""

    code = "columns_missing"
    sentence = N_("The table in {file} is most like {table}, but has no column for: {columns}.")
    remedy = N_(
        "Add the column, or say which one it is with --map HEADING=KEY, or be asked: --wizard; "
        "if it is another table, say which with --layout."
    )


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing date above a table, and the cell that tells it."""

    row: int
    column: int
    on: date


@dataclass(frozen=True, slots=True)
class Header:
    """A table found in a sheet. `columns`: column number -> key; `unknown`: column number -> heading.

    `row`: of the header; `first`: the first row of data; `closings`: the closing dates in the lines above.
    """

    layout: Layout
    row: int
    first: int
    columns: Mapping[int, str]
    unknown: Mapping[int, str]
    closings: tuple[Closing, ...]
    aliases: int
    """How many of its names are not the titles of the columns, but other names of them."""

    @property
    def closing(self) -> date | None:
        """The closing date, if the lines above tell one and only one."""
        told = {one.on for one in self.closings}
        return told.pop() if len(told) == 1 else None

    @property
    def missing(self) -> list[str]:
        """Headings of needed columns that are not there."""
        found = set(self.columns.values())
        return [column.title for column in self.layout.columns if column.needed and column.key not in found]

    def headings(self, sheet: Sheet) -> list[str]:
        """The header as it stands."""
        return _headings(sheet, self.row)


_DECORATION = re.compile(r"[\s*:：、。,，\"“”]+|[(（][^()（）]*[)）]$")


def plain(heading: object) -> str:
    """A heading without stars, spaces and remarks in brackets at its end, so that 姓名*（必填） is 姓名."""
    text = unicodedata.normalize("NFKC", str(heading)[:MOST_READ])
    for _ in range(2):
        text = _DECORATION.sub("", text)
    return text.lower()


def find(sheet: Sheet, layout: str | None, given: Mapping[str, str]) -> Header | None:
    """The best header of the sheet; `layout`: only of this table; `given`: heading -> key, from whoever imports.

    A whole header goes before one that lacks something, then the one with more known names, then with the better ones.
    """
    wanted = [LAYOUTS[layout]] if layout else list(LAYOUTS.values())
    marked = _marked(sheet)
    if marked is not None and not layout:
        wanted = [marked]
    own = {plain(heading): key for heading, key in given.items()}
    best: tuple[tuple[bool, int, int], Header] | None = None
    for row in _first_rows(sheet):
        for one in wanted:
            found = _header(sheet, row, one, own)
            score = (not found.missing, len(found.columns), -found.aliases)
            if len(found.columns) >= ENOUGH and (best is None or score > best[0]):
                best = (score, found)
    return None if best is None else best[1]


def likeliest(sheet: Sheet, layout: Layout) -> Header | None:
    """Where no name is known: the first row with the most texts, for somebody to say what they mean."""
    texts = {row: sum(isinstance(cell, str) and cell != "" for cell in sheet.rows[row]) for row in _first_rows(sheet)}
    row = max(texts, key=texts.__getitem__, default=None)
    return None if row is None or texts[row] < ENOUGH else _header(sheet, row, layout, {})


def beginning(sheet: Sheet) -> Iterator[list[str]]:
    """The rows among which the header is."""
    return (_headings(sheet, row) for row in _first_rows(sheet))


def _first_rows(sheet: Sheet) -> list[int]:
    return sorted(number for number in sheet.rows if number < SEARCHED)


def _headings(sheet: Sheet, row: int) -> list[str]:
    return [str(cell) for cell in sheet.rows.get(row, ())]


def _marked(sheet: Sheet) -> Layout | None:
    for row in range(SEARCHED):
        for cell in sheet.rows.get(row, ()):
            if isinstance(cell, str) and cell.startswith("layout="):
                return LAYOUTS.get(cell.removeprefix("layout=").partition("/")[0])
    return None


def _header(sheet: Sheet, row: int, layout: Layout, own: Mapping[str, str]) -> Header:
    known = _names(layout)
    choices: dict[str, tuple[int, int]] = {}
    headings = {
        number: str(cell) for number, cell in enumerate(sheet.rows[row]) if isinstance(cell, str) and cell.strip()
    }
    for number, heading in headings.items():
        name = plain(heading)
        key, rank = (own[name], -1) if name in own else known.get(name, ("", 0))
        if key and (key not in choices or rank < choices[key][0]):
            choices[key] = (rank, number)
    for number, key in _from_above(sheet, row, {**{name: key for name, (key, _rank) in known.items()}, **own}):
        choices.setdefault(key, (0, number))
    columns = {number: key for key, (_rank, number) in choices.items() if key != IGNORED}
    ignored = {number for number, heading in headings.items() if own.get(plain(heading)) == IGNORED}
    unknown = {
        number: heading.strip()[:MOST_READ]
        for number, heading in headings.items()
        if number not in columns and number not in ignored and plain(heading) not in _ORDINALS
    }
    first = row + 2 if _is_key_row(sheet, row + 1, layout) else row + 1
    aliases = sum(rank > 0 for rank, _number in choices.values())
    return Header(layout, row, first, columns, unknown, _closings(sheet, row), aliases)


def _from_above(sheet: Sheet, row: int, names: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """The columns that the row above names where this one is empty: a heading of two rows, its cells merged downwards.

    Of xlsx the merged areas are known, and their cells are filled; of ods they are not.
    """
    for number, cell in enumerate(sheet.rows.get(row - 1, ())):
        if isinstance(cell, str) and sheet.cell(row, number) == "" and (key := names.get(plain(cell))):
            yield number, key


IGNORED = "-"
"""As a key: this column is left out."""
RECORDING: Mapping[str, str] = {"登记序号": "position", "登记时间": "recorded_at", "登记人": "recorded_by"}
"""What an export says of how the ledger recorded an entry: heading -> key."""
_ORDINALS = frozenset({"序号", "no.", "no", "号", "校验结果", "checkresult", *RECORDING, *RECORDING.values()})
"""Columns that say nothing to an import: ordinals, the result of a check, the recording of another ledger."""


def _names(layout: Layout) -> dict[str, tuple[str, int]]:
    """Every name of a column -> key, and how good a match it is (0 is best)."""
    found: dict[str, tuple[str, int]] = {}
    for column in layout.columns:
        for rank, name in enumerate((column.title, column.key, *column.aliases)):
            found.setdefault(plain(name), (column.key, rank))
    return found


def _is_key_row(sheet: Sheet, row: int, layout: Layout) -> bool:
    keys = {column.key for column in layout.columns}
    return sum(cell in keys for cell in sheet.rows.get(row, ()) if isinstance(cell, str)) >= ENOUGH


_CLOSING = re.compile(
    r"(?:截止日期|截止时间|截止时点|统计时点|统计时间|统计日期|截至|截止|as of)\s*+[:：]?\s*+(\S.*)?$", re.IGNORECASE
)


_OTHER_DATE = re.compile(r"(?:制表|填表|填报|上报|报送|打印|印发|审核|批准|更新)(?:日期|时间)?\s*[:：]?\s*$")
"""What makes a date above a table another one than the closing date."""
_IN_TITLE = re.compile(
    r"(?<![\d./-])\d{4}(?:年\d{1,2}月\d{1,2}[日号]|([-/.])\d{1,2}\1\d{1,2}(?![\d./-]))|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号]"
)


def _closings(sheet: Sheet, header: int) -> tuple[Closing, ...]:
    """The dates that the lines above a header tell for it: after 截止日期 and its like, else in a title.

    In a title stands 花名册（2022年6月30日）; only whole days count, and none that is said to be of something else.
    """
    lines = [
        (row, [cell[:MOST_READ] if isinstance(cell, str) else cell for cell in sheet.rows[row]])
        for row in range(header)
        if row in sheet.rows
    ]
    labelled = [one for row, cells in lines for one in _labelled(row, cells)]
    return tuple(labelled or (one for row, cells in lines for one in _in_titles(row, cells)))


def _labelled(row: int, cells: Sequence[Any]) -> Iterator[Closing]:
    """截止日期：2022年6月30日, or the date in the cell beside the words."""
    for number, cell in enumerate(cells):
        found = _CLOSING.search(cell) if isinstance(cell, str) else None
        if found is None:
            continue
        if found.group(1):
            titled = _IN_TITLE.match(unicodedata.normalize("NFKC", found.group(1)))
            told: tuple[int, Any] | None = (number, titled.group() if titled else found.group(1).split()[0])
        else:
            beside = ((at, value) for at, value in enumerate(cells[number + 1 :], number + 1) if value != "")
            told = next(beside, None)
        if told is not None and (on := _day(told[1])) is not None:
            yield Closing(row, told[0], on)


def _in_titles(row: int, cells: Sequence[Any]) -> Iterator[Closing]:
    before = ""
    for number, cell in enumerate(cells):
        if not isinstance(cell, str) or not cell:
            continue
        text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell))
        for found in _IN_TITLE.finditer(text):
            on = None if _OTHER_DATE.search(before + text[: found.start()]) else _day(found.group())
            if on is not None:
                yield Closing(row, number, on)
        before = text


def _day(value: object) -> date | None:
    try:
        read = read_date(value)
    except NotADate:
        return None
    return read.on if read.precision is Precision.DAY else None


# ---- what an office once said about its headings


def fingerprint(headings: Iterable[str]) -> str:
    """What makes two files alike: the headings in order."""
    text = "\n".join(plain(heading) for heading in headings)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def remembered(memory: Path, headings: Iterable[str]) -> dict[str, str]:
    """What was said before about this header; {} if nothing, or if the memory cannot be read."""
    try:
        told = json.loads(memory.read_text(encoding="utf-8"))[fingerprint(headings)]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {str(heading): str(key) for heading, key in told.items()} if isinstance(told, dict) else {}


def remember(memory: Path, headings: Iterable[str], given: Mapping[str, str]) -> None:
    """Keep it for the next file with this header. Raises OSError."""
    try:
        told = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = {}
    told = told if isinstance(told, dict) else {}
    told[fingerprint(headings)] = dict(given)
    memory.parent.mkdir(parents=True, exist_ok=True)
    part = memory.with_suffix(".part")
    part.write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
    part.replace(memory)
