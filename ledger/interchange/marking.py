"""The copy of an office's file that says beside every row what became of it: 校验结果, and coloured cells.

The copy is written part by part by hand: the library that writes all other spreadsheets takes 22 seconds of processor
time for a roster of 100,000 people, this takes three (decision 0011). Every text is stored as text, never as a formula.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.sax.saxutils import escape

from ledger.domain.faults import N_
from ledger.interchange.cells import column_name
from ledger.interchange.drafts import Draft
from ledger.interchange.filled_in import FilledIn
from ledger.interchange.parser import MOST_COLUMNS
from ledger.interchange.sheets import SheetReport, Told, said_of
from ledger.interchange.workbook import Clock

Say = Callable[[Any], str]
"""Tells a remark or refusal in the user's language."""

HEADING = N_("Check result")
RIGHT, LEFT_OUT, BEFORE = N_("can be recorded"), N_("left out"), N_("recorded before")
RECORDED = N_("recorded")

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PLAIN, _HEAD, _WRONG, _DOUBTFUL, _GOOD = range(5)
_FILLS = ("D9E1F2", "FFC7CE", "FFEB9C", "E2EFDA")
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PIECE = 1_000
_REMEMBERED = 10_000
"""Texts of a column whose markup is kept: offices write the same words in thousands of rows."""
_MOST = 32_000
"""Characters that a cell can hold, a little less."""


class Row(NamedTuple):
    """One row to write: its number, its cells, what is said beside it, and the style of each cell that has one."""

    number: int
    cells: Sequence[Any]
    styles: Mapping[int, int]


def write_marked(
    report: SheetReport, path: Path, say: Say, words: Callable[[str], str], *, refused_only: bool = False
) -> None:
    """Write the copy; with `refused_only` the refused rows alone, to be mended and imported again. Raises OSError."""
    say = _remembering(say)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            _write(file, report, say, words, refused_only=refused_only)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _remembering(say: Say) -> Say:
    """Thousands of rows are told the same."""
    memo: dict[tuple[object, ...], str] = {}

    def told(what: Any) -> str:
        key = (what.code, *what.params.values())
        try:
            found = memo.get(key)
        except TypeError:  # a refusal that rests on another one
            return say(what)
        if found is None:
            found = memo[key] = say(what)
        return found

    return told


def _write(file: IO[bytes], report: SheetReport, say: Say, words: Callable[[str], str], *, refused_only: bool) -> None:
    tables = report.file.tables
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in _parts([table.sheet.name or f"S{n}" for n, table in enumerate(tables, 1)]):
            archive.writestr(name, text)
        texts = _Texts()
        for number, table in enumerate(tables, 1):
            rows = _rows(table, report, say, words, refused_only=refused_only)
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as sheet:
                _sheet(sheet, rows, table.header.row if not refused_only else None, texts)
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as strings:
            _strings(strings, texts)


def _rows(
    table: FilledIn, report: SheetReport, say: Say, words: Callable[[str], str], *, refused_only: bool
) -> Iterator[Row]:
    sheet, header = table.sheet, table.header
    last = max((len(cells) for cells in sheet.rows.values()), default=0)
    by_row = {draft.row: draft for draft in table.drafts}
    shown = 0
    for number in sorted(sheet.rows):
        cells = sheet.rows[number]
        draft = by_row.get(number)
        if draft is None:
            styles = {last: _HEAD} if number == header.row else {}
            more = [words(HEADING)] if number == header.row else []
            if number == header.row:
                styles |= dict.fromkeys(range(len(cells)), _HEAD)
            elif refused_only and number >= header.first:
                continue
        else:
            if refused_only and draft.stands:
                continue
            told = list(said_of(table, draft))
            more = [_result(draft, told, report, say, words)]
            styles = _styles(table, draft, told, last)
        place = number if not refused_only or number < header.first else header.first + shown
        shown += draft is not None
        padded = [*cells, *[""] * (last - len(cells)), *more] if more else cells
        yield Row(place, padded, styles)


def _result(draft: Draft, told: Sequence[Told], report: SheetReport, say: Say, words: Callable[[str], str]) -> str:
    if told:
        texts = [f"{one.cell} {say(one.what)}".strip() for one in told]
        head = [] if not draft.stands else [words(RECORDED if report.wrote else RIGHT)]
        return "；".join([*head, *texts])
    if draft.of is None and not draft.entries:
        return words(LEFT_OUT)
    return words(RECORDED if report.wrote else RIGHT)


def _styles(table: FilledIn, draft: Draft, told: Sequence[Told], last: int) -> dict[int, int]:
    styles = {last: _GOOD if draft.stands and not told else _DOUBTFUL if draft.stands else _WRONG}
    for one in told:
        column = table.places.get(getattr(one.what, "key", None) or "")
        if column is not None:
            styles[column] = _WRONG if one.refuses or styles.get(column) == _WRONG else _DOUBTFUL
    return styles


# ---- markup


def _sheet(out: IO[bytes], rows: Iterator[Row], header: int | None, texts: _Texts) -> None:
    pane = ""
    if header is not None:
        top = f"A{header + 2}"
        pane = f'<pane ySplit="{header + 1}" topLeftCell="{top}" activePane="bottomLeft" state="frozen"/>'
    head = (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews>'
        f'<sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        '<sheetFormatPr defaultRowHeight="15" defaultColWidth="13"/><sheetData>'
    )
    out.write(head.encode())
    columns = _Columns(texts)
    plain = [columns[column, _PLAIN] for column in range(MOST_COLUMNS + 1)]
    _in_pieces(out, (_row(row, plain, columns) for row in rows))
    out.write(b"</sheetData></worksheet>")


def _in_pieces(out: IO[bytes], markup: Iterable[str]) -> None:
    iterator = iter(markup)
    while piece := "".join(islice(iterator, _PIECE)):
        out.write(piece.encode())


class _Texts(dict[str, int]):
    """Every text of the workbook -> its number in the common list, as spreadsheets keep them."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


def _strings(out: IO[bytes], texts: _Texts) -> None:
    out.write(f'{_XML}<sst xmlns="{_MAIN}" uniqueCount="{len(texts)}">'.encode())
    _in_pieces(out, map(_string, texts))
    out.write(b"</sst>")


def _string(text: str) -> str:
    safe = text if text.isalnum() else escape(_UNSAFE.sub("�", text[:_MOST]))
    space = "" if safe.strip() == safe and "\n" not in safe else ' xml:space="preserve"'
    return f"<si><t{space}>{safe}</t></si>"


_LINE = "\0"
"""Stands for the number of the row in the markup of a cell."""


class _Column(dict[str, str]):
    """The texts of one column in one style -> their markup."""

    def __init__(self, column: int, style: int, texts: _Texts) -> None:
        super().__init__()
        self._head = f'<c r="{column_name(column)}{_LINE}"' + ("" if style == _PLAIN else f' s="{style}"')
        self._empty = "" if style == _PLAIN else f"{self._head}/>"
        self._texts = texts

    def __missing__(self, text: str) -> str:
        told = f'{self._head} t="s"><v>{self._texts[text]}</v></c>' if text else self._empty
        if len(self) < _REMEMBERED:
            self[text] = told
        return told

    def of(self, cell: Any) -> str:
        """The markup of any cell."""
        if isinstance(cell, bool):
            return f'{self._head} t="b"><v>{int(cell)}</v></c>'
        if isinstance(cell, int | float):
            return f"{self._head}><v>{cell!r}</v></c>"
        return self[cell.isoformat() if isinstance(cell, date) else cell.text if isinstance(cell, Clock) else str(cell)]


class _Columns(dict[tuple[int, int], _Column]):
    """Number and style of a column -> its markup."""

    def __init__(self, texts: _Texts) -> None:
        super().__init__()
        self._texts = texts

    def __missing__(self, key: tuple[int, int]) -> _Column:
        self[key] = column = _Column(*key, self._texts)
        return column


def _row(row: Row, plain: Sequence[_Column], columns: _Columns) -> str:
    number, cells, styles = row
    told = [column[cell] if type(cell) is str else column.of(cell) for column, cell in zip(plain, cells, strict=False)]
    for place, style in styles.items():
        told[place] = columns[place, style].of(cells[place])
    line = str(number + 1)
    return f'<row r="{line}">{"".join(told).replace(_LINE, line)}</row>'


def _parts(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in numbers
    )
    types = (
        f'{_XML}<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/>'
        f"{sheets}</Types>"
    )
    yield "[Content_Types].xml", types
    root = (
        f'{_XML}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    )
    yield "_rels/.rels", root
    listed = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    yield "xl/workbook.xml", f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>'
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    more = "".join(
        f'<Relationship Id="rId{len(names) + n}" Type="{office}/{part}" Target="{part}.xml"/>'
        for n, part in enumerate(("styles", "sharedStrings"), 1)
    )
    relations = f'{_XML}<Relationships xmlns="{package}/relationships">{related}{more}</Relationships>'
    yield "xl/_rels/workbook.xml.rels", relations
    yield "xl/styles.xml", _style_sheet()


def _style_sheet() -> str:
    fills = "".join(
        f'<fill><patternFill patternType="solid"><fgColor rgb="FF{colour}"/></patternFill></fill>' for colour in _FILLS
    )
    base = '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    formats = "".join(
        f'<xf numFmtId="0" fontId="{1 if n == _HEAD else 0}" fillId="{n + 1}" borderId="0" applyFill="1"/>'
        for n in range(1, len(_FILLS) + 1)
    )
    return (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="宋体"/></font>'
        '<font><b/><sz val="11"/><name val="宋体"/></font></fonts>'
        f'<fills count="{len(_FILLS) + 2}">{base}{fills}</fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="{len(_FILLS) + 1}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>{formats}</cellXfs>'
        "</styleSheet>"
    )
