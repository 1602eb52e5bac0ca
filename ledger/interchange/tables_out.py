"""Answers and entries as files that an office opens: CSV with a byte-order mark, xlsx, JSON.

Texts stay texts: what begins like a formula is never one. The same answer gives the same bytes, so that two files can
be compared; no file says when it was written, only which question it answers.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import xlsxwriter  # type: ignore[import-untyped]

from ledger.domain.text import no_formula
from ledger.interchange.templates import template_options

KINDS = (".json", ".csv", ".xlsx")
_SAME_FOR_ALL = datetime(2000, 1, 1)  # noqa: DTZ001  stands in every file, so that equal answers are equal bytes
_MOST = 32_767
"""Characters that a cell of a spreadsheet can hold."""


@dataclass(frozen=True, slots=True)
class Out:
    """A table to be written. `lines`: what stands above it; `keys`: for programs, where they differ from the titles."""

    name: str
    titles: Sequence[str]
    rows: Iterable[Sequence[Any]]
    lines: Sequence[str] = ()
    keys: Sequence[str] = ()


def write_out(file: IO[bytes], kind: str, tables: Out | Sequence[Out], document: dict[str, Any] | None = None) -> None:
    """Write tables as `.csv`, one below another, or `.xlsx`, or the answer itself as `.json`. Raises OSError."""
    tables = [tables] if isinstance(tables, Out) else tables
    if kind == ".json":
        told = document if document is not None else {"rows": [list(row) for table in tables for row in table.rows]}
        file.write(json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8") + b"\n")
    elif kind == ".csv":
        _write_csv(file, tables)
    else:
        _write_xlsx(file, tables)


def kind_of(path: Path) -> str:
    """Which kind a file is by its name; "" for one that is none of KINDS."""
    suffix = path.suffix.lower()
    return suffix if suffix in KINDS else ""


def safe(cell: Any) -> Any:
    """A cell of a CSV that no program takes for a formula."""
    if isinstance(cell, str):
        return no_formula(cell)
    return "" if cell is None else cell


def _write_csv(file: IO[bytes], tables: Sequence[Out]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="backslashreplace", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        writer.writerows([safe(line)] for line in table.lines)
        writer.writerow([safe(title) for title in table.titles])
        writer.writerows([safe(cell) for cell in row] for row in table.rows)
    text.flush()
    text.detach()


def _write_xlsx(file: IO[bytes], tables: Sequence[Out]) -> None:
    book = xlsxwriter.Workbook(file, template_options())
    book.set_properties({"created": _SAME_FOR_ALL})
    for table in tables:
        _sheet(book, table)
    book.close()


def _sheet(book: Any, table: Out) -> None:
    page = book.add_worksheet(table.name[:31])
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#D9E1F2", "text_wrap": True, "valign": "vcenter"})
    for number, line in enumerate(table.lines):
        page.write_string(number, 0, line)
    top = len(table.lines)
    widths = [_width(title) for title in table.titles]
    for column, title in enumerate(table.titles):
        page.write_string(top, column, title, head)
    if table.keys:
        page.set_row(top + 1, None, None, {"hidden": True})
        page.write_row(top + 1, 0, table.keys)
    first = top + (2 if table.keys else 1)
    last = first - 1
    for last, row in enumerate(table.rows, first):
        for column, cell in enumerate(row):
            _cell(page, last, column, cell)
            if last < first + 200 and cell is not None:
                widths[column] = max(widths[column], _width(str(cell)))
    for column, width in enumerate(widths):
        page.set_column(column, column, min(40, width + 2))
    page.freeze_panes(first, 0)
    if last >= first:
        page.autofilter(first - 1, 0, last, len(table.titles) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    page.set_footer("&C&P / &N")


def _cell(page: Any, row: int, column: int, cell: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        page.write_number(row, column, cell)
    else:
        page.write_string(row, column, str(cell)[:_MOST])


def _width(text: str) -> int:
    return sum(2 if sign > "\u1100" else 1 for sign in text.partition("\n")[0])
