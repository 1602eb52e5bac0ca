"""A register as a spreadsheet or CSV: as printed, with totals, signatures, a chart, and how to trace its numbers."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import IO, Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]

from ledger.domain.text import no_formula
from ledger.locale import _
from ledger.reports.fitting import cells as half_characters
from ledger.reports.fitting import widths
from ledger.reports.model import SIGNATURES, Block, Cell, Chart, Register
from ledger.reports.tracing import printed, traced

_SAME_FOR_ALL = datetime(2000, 1, 1)  # noqa: DTZ001  equal registers are equal bytes
_ROOM = 132
"""Half characters across A4 in landscape; a table that needs more is printed smaller."""
_HEAD = 2
"""The row of the headings."""
_NAMES = ("name", "employer", "establishment")
"""The columns that say what a line is about."""
_LINE = 17
"""Points, for the letters of 11 points of any typeface: the tallest takes 16."""
_NO_FORMULAS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def write_csv(file: IO[bytes], register: Register) -> None:
    """The tables below each other, each under its title; UTF-8 with a byte-order mark. Raises OSError."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="backslashreplace", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    for number, block in enumerate(register.blocks):
        if len(register.blocks) > 1:
            writer.writerows([[]] if number else [])
            writer.writerow([_safe(_(block.title))])
        writer.writerow([_(one.title) for one in block.fields])
        writer.writerows([_safe(cell) for cell in row] for row in block.rows)
        if block.total is not None:
            writer.writerow([_safe(cell) for cell in block.total])
    text.flush()
    text.detach()


def _safe(cell: Cell) -> Cell:
    """No program may take a text for a formula."""
    if isinstance(cell, str):
        return no_formula(cell)
    return "" if cell is None else cell


def write_xlsx(file: IO[bytes], register: Register) -> None:
    """A sheet for each table, ready to print on A4. Raises OSError."""
    book = xlsxwriter.Workbook(file, _NO_FORMULAS)
    book.set_properties({"created": _SAME_FOR_ALL, "title": register.title})
    looks = _looks(book)
    places = [_sheet(book, register, block, looks) for block in register.blocks]
    if register.chart is not None and register.blocks[register.chart.block].rows:
        _chart(book, register, register.chart, places[register.chart.block])
    _traces(book, register, [name for name, _first, _last in places], looks)
    book.close()


def _looks(book: Any) -> dict[str, Any]:
    base = {"font_name": "仿宋", "font_size": 11}
    cell = {**base, "border": 1, "valign": "vcenter", "text_wrap": True}
    return {
        "title": book.add_format(
            {"font_name": "方正小标宋简体", "font_size": 18, "align": "center", "valign": "vcenter"}
        ),
        "line": book.add_format(base),
        "right": book.add_format({**base, "align": "right"}),
        "small": book.add_format({**base, "font_size": 8, "font_color": "#595959"}),
        "head": book.add_format({**cell, "bold": True, "align": "center", "bg_color": "#D9E1F2", "font_name": "黑体"}),
        "text": book.add_format(cell),
        "number": book.add_format({**cell, "align": "right"}),
        "under": book.add_format({**cell, "align": "right", "font_color": "#C00000"}),
        "total": book.add_format({**cell, "bold": True, "top": 2}),
        "total_number": book.add_format({**cell, "bold": True, "top": 2, "align": "right"}),
    }


def _sheet(book: Any, register: Register, block: Block, looks: dict[str, Any]) -> tuple[str, int, int]:
    """The name of the sheet, and its first and last row of data."""
    name = _(block.title)[:31]
    page = book.add_worksheet(name)
    page.set_default_row(_LINE)
    last = len(block.fields) - 1
    page.set_row(0, 32)
    heading = register.title if len(register.blocks) == 1 else f"{register.title} · {_(block.title)}"
    page.merge_range(0, 0, 0, max(1, last), heading, looks["title"])
    left, right = register.head
    page.write_string(1, 0, left, looks["line"])
    page.write_string(1, last, right, looks["right"])
    page.set_row(_HEAD, 34)
    asked = widths(block, _ROOM)
    for column, one in enumerate(block.fields):
        page.write_string(_HEAD, column, _(one.title), looks["head"])
        page.set_column(column, column, asked[column])
    row = _HEAD
    for row, cells in enumerate(block.rows, _HEAD + 1):
        lines = max(map(_lines, cells, asked), default=1)
        if lines > 1:  # not every program makes room by itself
            page.set_row(row, _LINE * lines)
        for column, cell in enumerate(cells):
            _write(page, row, column, cell, looks, "text", "number")
    end = row
    if block.total is not None:
        row += 1
        for column, cell in enumerate(block.total):
            _write(page, row, column, cell, looks, "total", "total_number")
    _foot(page, row + 1, register, block, looks)
    page.freeze_panes(_HEAD + 1, 0)
    page.repeat_rows(_HEAD)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(0.5, 0.5, 0.6, 0.6)
    page.set_footer("&C&P / &N")
    return name, _HEAD + 1, end


def _lines(cell: Cell, width: float) -> int:
    """How many lines a text takes in a column."""
    return -(-half_characters(cell) // max(1, int(width) - 1)) if isinstance(cell, str) else 1


def _write(page: Any, row: int, column: int, cell: Cell, looks: dict[str, Any], text: str, number: str) -> None:
    if cell is None:
        page.write_blank(row, column, None, looks[text])
    elif isinstance(cell, int):
        page.write_number(row, column, cell, looks["under" if cell < 0 and number == "number" else number])
    else:
        page.write_string(row, column, cell, looks[text])


def _foot(page: Any, row: int, register: Register, block: Block, looks: dict[str, Any]) -> None:
    if block.note:
        page.write_string(row, 0, block.note, looks["line"])
        row += 1
    signatures = "　　　　　　".join(f"{_(one)}：" for one in SIGNATURES)
    page.write_string(row, 0, signatures, looks["line"])
    page.write_string(row + 1, 0, "；".join(register.small_print), looks["small"])


def _traces(book: Any, register: Register, sheets: list[str], looks: dict[str, Any]) -> None:
    """A sheet with the command for every number, by its cell."""
    page = book.add_worksheet(_("How to trace"))
    for column, width in enumerate((26, 30, 24, 110)):
        page.set_column(column, column, width)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    lines = [*printed(register), *register.small_print]
    for row, line in enumerate(lines):
        page.write_string(row, 0, line)
    commands = list(traced(register))
    if not commands:
        return
    start = len(lines) + 1
    for column, title in enumerate((_("Cell"), _("Unit name"), _("Number"), _("Command"))):
        page.write_string(start, column, title, looks["head"])
    for row, one in enumerate(commands, start + 1):
        block = register.blocks[one.block]
        cells = (*block.rows, block.total or [])[one.row]
        told = "　".join(str(cell) for cell, of in zip(cells, block.fields, strict=True) if of.key in _NAMES and cell)
        place = f"{sheets[one.block]}!{xl_rowcol_to_cell(_HEAD + 1 + one.row, one.column)}"
        for column, text in enumerate((place, told or _("Total"), _(block.fields[one.column].title), one.command)):
            page.write_string(row, column, text)


def _chart(book: Any, register: Register, told: Chart, place: tuple[str, int, int]) -> None:
    name, first, last = place
    keys = [one.key for one in register.blocks[told.block].fields]
    labels = [name, first, keys.index(told.labels[0]), last, keys.index(told.labels[-1])]
    chart = book.add_chart({"type": "column"})
    for column in map(keys.index, told.columns):
        chart.add_series(
            {
                "name": [name, _HEAD, column],
                "categories": labels,
                "values": [name, first, column, last, column],
                "data_labels": {"value": True, "num_format": "0;-0;"},  # a zero would stand on its neighbour
            }
        )
    chart.set_title({"name": told.title, "name_font": {"name": "黑体", "size": 14}})
    chart.set_y_axis({"num_format": "0", "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
    chart.set_legend({"position": "bottom"})
    page = book.add_chartsheet(_("Chart"))
    page.set_chart(chart)
    page.set_landscape()
    page.set_paper(9)
