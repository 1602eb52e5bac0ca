"""The spreadsheets of the tutorial, as an office would keep them: titles above, merged cells, dates in every form."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial"


def rows_of(name: str) -> list[list[Any]]:
    """The rows of a table of the tutorial."""
    with (TUTORIAL / name).open(encoding="utf-8-sig", newline="") as file:
        return [list(row) for row in csv.reader(file)]


def table(path: Path, rows: Iterable[Sequence[Any]], *, titles: int = 0, sheet: str = "Sheet1") -> Path:
    """A workbook with one sheet; the first `titles` rows are merged lines above the table."""
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet(sheet)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, cells in enumerate(rows):
        if row < titles:
            page.merge_range(row, 0, row, 8, cells[0])
            continue
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                page.write_datetime(row, column, cell, day)
            elif cell != "":
                page.write(row, column, cell)
    book.close()
    return path


def office_units(path: Path) -> Path:
    rows = rows_of("units.csv")
    for row in rows[3:]:
        row[8:10] = [int(cell) if cell else "" for cell in row[8:10]]
    return table(path, rows, titles=2, sheet="机构编制")


def office_roster(path: Path) -> Path:
    """As in the tutorial, with one birth date as a date cell and one month as a number."""
    rows = rows_of("roster.csv")
    rows[5][4] = date(1979, 2, 3)
    rows[5][11] = 201006
    return table(path, rows, titles=2, sheet="在编人员")
