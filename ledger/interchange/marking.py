"""The copy of an office's file that says beside every row what became of it: 校验结果, and coloured cells.

The copy is written part by part by hand: the library that writes all other spreadsheets takes 22 seconds of processor
time for a roster of 100,000 people, this takes three (decision 0011). Every text is stored as text, never as a formula.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.sax.saxutils import escape

from ledger.domain.faults import N_
from ledger.interchange.cells import cell_name
from ledger.interchange.drafts import Draft
from ledger.interchange.filled_in import FilledIn
from ledger.interchange.sheets import SheetReport, Told, said_of
from ledger.interchange.workbook import Clock

Say = Callable[[Any], str]
"""Tells a remark or refusal in the user's language."""

HEADING = N_("Check result")
RIGHT, LEFT_OUT, BEFORE = N_("can be recorded"), N_("left out"), N_("recorded before")
RECORDED = N_("recorded")

_PLAIN, _HEAD, _WRONG, _DOUBTFUL, _GOOD = range(5)
_FILLS = ("D9E1F2", "FFC7CE", "FFEB9C", "E2EFDA")
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PIECE = 1_000
_REMEMBERED = 50_000
"""Texts whose markup is kept: offices write the same words in thousands of rows."""
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
        for number, table in enumerate(tables, 1):
            rows = _rows(table, report, say, words, refused_only=refused_only)
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as sheet:
                _sheet(sheet, rows, table.header.row if not refused_only else None)


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


def _sheet(out: IO[bytes], rows: Iterator[Row], header: int | None) -> None:
    pane = ""
    if header is not None:
        top = f"A{header + 2}"
        pane = f'<pane ySplit="{header + 1}" topLeftCell="{top}" activePane="bottomLeft" state="frozen"/>'
    head = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews>'
        f'<sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        '<sheetFormatPr defaultRowHeight="15" defaultColWidth="13"/><sheetData>'
    )
    out.write(head.encode())
    waiting: list[str] = []
    memo: dict[str, str] = {}
    for row in rows:
        waiting.append(_row(row, memo))
        if len(waiting) == _PIECE:
            out.write("".join(waiting).encode("utf-8", "replace"))
            waiting.clear()
    out.write("".join(waiting).encode("utf-8", "replace"))
    out.write(b"</sheetData></worksheet>")


_NAMES = [cell_name(0, column)[:-1] for column in range(400)]


def _row(row: Row, memo: dict[str, str]) -> str:
    number, cells, styles = row
    line = number + 1
    told = [f'<row r="{line}">']
    for column, cell in enumerate(cells):
        style = styles.get(column)
        if cell == "" and style is None:
            continue
        content = memo.get(cell) if type(cell) is str else _content(cell)
        if content is None:
            content = _content(cell)
            if len(memo) < _REMEMBERED:
                memo[cell] = content
        if style is None:
            told.append(f'<c r="{_NAMES[column]}{line}"{content}')
        else:
            told.append(f'<c r="{_NAMES[column]}{line}" s="{style}"{content}')
    told.append("</row>")
    return "".join(told)


def _content(cell: Any) -> str:
    if type(cell) is str:
        if cell == "":
            return "/>"
        text = cell if cell.isalnum() else escape(_UNSAFE.sub("�", cell[:_MOST]))
        if text.strip() == text and "\n" not in text:
            return f' t="str"><v>{text}</v></c>'
        return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    if isinstance(cell, bool):
        return f' t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, int | float):
        return f"><v>{cell!r}</v></c>"
    text = cell.isoformat() if isinstance(cell, date) else cell.text if isinstance(cell, Clock) else str(cell)
    return f' t="str"><v>{escape(text)}</v></c>'


def _parts(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in numbers
    )
    types = (
        f'{head}<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        f"{sheets}</Types>"
    )
    yield "[Content_Types].xml", types
    root = (
        f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    )
    yield "_rels/.rels", root
    listed = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    yield "xl/workbook.xml", f'{head}<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>'
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    styles = f'<Relationship Id="rId{len(names) + 1}" Type="{office}/styles" Target="styles.xml"/>'
    relations = f'{head}<Relationships xmlns="{package}/relationships">{related}{styles}</Relationships>'
    yield "xl/_rels/workbook.xml.rels", relations
    yield "xl/styles.xml", _style_sheet(head, main)


def _style_sheet(head: str, main: str) -> str:
    fills = "".join(
        f'<fill><patternFill patternType="solid"><fgColor rgb="FF{colour}"/></patternFill></fill>' for colour in _FILLS
    )
    base = '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    formats = "".join(
        f'<xf numFmtId="0" fontId="{1 if n == _HEAD else 0}" fillId="{n + 1}" borderId="0" applyFill="1"/>'
        for n in range(1, len(_FILLS) + 1)
    )
    return (
        f'{head}<styleSheet xmlns="{main}"><fonts count="2"><font><sz val="11"/><name val="宋体"/></font>'
        '<font><b/><sz val="11"/><name val="宋体"/></font></fonts>'
        f'<fills count="{len(_FILLS) + 2}">{base}{fills}</fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="{len(_FILLS) + 1}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>{formats}</cellXfs>'
        "</styleSheet>"
    )
