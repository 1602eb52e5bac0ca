"""A spreadsheet as the ledger sees it: sheets of plain values, read by a child process within limits."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any, NamedTuple, Self

from ledger.domain.faults import N_, WrongUsage
from ledger.interchange import parser

Value = str | int | float | bool | date | None
"""What a cell holds; a `Clock` stands for a time of day."""


class Clock(NamedTuple):
    """A cell with a time of day in it: never a date."""

    text: str


class Flag(NamedTuple):
    """What the value of a cell does not say: `error`, `formula`, `formula_without_value`; `text` is the error's."""

    kind: str
    text: str


@dataclass(slots=True)
class Sheet:
    """One sheet; rows and columns count from 0, empty cells are "". Merged cells repeat their value."""

    name: str
    hidden: bool
    rows: dict[int, list[Any]] = field(default_factory=dict)
    flags: dict[tuple[int, int], Flag] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Any:
        """The value; "" where there is none."""
        cells = self.rows.get(row, ())
        return cells[column] if column < len(cells) else ""


TROUBLES = {
    "empty": (N_("{file} is empty."), N_("Save the table again and import that file.")),
    "too_large": (N_("{file} is too large to be read safely."), N_("Split it into several files.")),
    "too_many_rows": (N_("A sheet of {file} has more than {detail} rows."), N_("Split it, or delete empty rows.")),
    "too_wide": (N_("A sheet of {file} has more than {detail} columns."), N_("Delete what is not part of the table.")),
    "too_many_sheets": (N_("{file} has more than {detail} sheets."), N_("Split it into several files.")),
    "cell_too_long": (
        N_("A cell of {file} holds more than {detail} characters."),
        N_("Delete what is not part of the table; a quotation mark that is never closed swallows all that follows."),
    ),
    "bomb": (
        N_("{file} would unpack to hundreds of times its size, as no honest table does; it was not opened."),
        N_("Ask whoever sent it; open it in the office program and save it anew."),
    ),
    "limits": (
        N_("{file} needs more memory or time than a table may; it was not read."),
        N_("Copy the table alone into a new file, without empty rows and columns, and import that one."),
    ),
    "password": (N_("{file} is protected by a password."), N_("Save it without a password, then import it.")),
    "html": (
        N_("{file} is a web page that is only named like a spreadsheet."),
        N_("Open it in the office program and save it as xlsx, then import that file."),
    ),
    "markup": (
        N_("{file} is a markup file, not a spreadsheet."),
        N_("Open it in the office program and save it as xlsx, then import that file."),
    ),
    "not_text": (
        N_("{file} is neither a spreadsheet nor text in UTF-8 or GB18030."),
        N_("Save it as xlsx, or as CSV in UTF-8, then import that file."),
    ),
    "error_cells": (
        N_("{file} holds cells that show an error, such as #DIV/0!."),
        N_("Mend or empty these cells, then import it again."),
    ),
    "damaged": (
        N_("{file} cannot be read as a spreadsheet ({detail})."),
        N_("Open it in the office program and save it as xlsx, then import that file."),
    ),
}
"""Why a file was not read -> sentence and remedy."""


class UnreadableSheet(WrongUsage):
    """The file was not read. `file`, `problem` (one of TROUBLES), `detail`."""

    code = "unreadable_sheet"

    def __init__(self, **params: Any) -> None:
        self.sentence, self.remedy = TROUBLES[params.get("problem", "damaged")]  # type: ignore[misc]  # as UnknownName chooses its remedy
        super().__init__(**params)


class Reader:
    """The child process that reads one file: at work from the moment this is made, ended when this is left.

    Raises OSError, for a missing file before a process is started.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb"):
            pass
        # -P: a file named json.py beside the spreadsheets is not run
        command = [sys.executable, "-P", "-m", "ledger.interchange.parser", str(path.absolute())]
        nothing = subprocess.DEVNULL
        self._path = path
        self._child = subprocess.Popen(command, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing)  # noqa: S603  our own

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_what: object) -> None:
        self._child.kill()
        self._child.__exit__(None, None, None)

    def sheets(self) -> list[Sheet]:
        """All sheets of the file; they can be taken once. Raises UnreadableSheet."""
        watch = threading.Timer(parser.SECONDS, self._child.kill)
        watch.start()
        try:
            assert self._child.stdout is not None
            sheets = list(_sheets(self._child.stdout, self._path))
            if self._child.wait() != 0:
                raise UnreadableSheet(file=self._path.name, problem="limits", detail="")
        finally:
            watch.cancel()
        return sheets


def read_workbook(path: Path) -> list[Sheet]:
    """All sheets of a file, read by a child process. Raises UnreadableSheet, OSError."""
    with Reader(path) as reader:
        return reader.sheets()


def _sheets(lines: IO[bytes], path: Path) -> Iterator[Sheet]:
    sheet: Sheet | None = None
    merged: list[list[int]] = []
    texts: dict[str, str] = {}
    same = texts.setdefault  # offices write the same words in thousands of rows: each is kept once
    for line in lines:
        try:
            told = json.loads(line, object_hook=_value)
        except ValueError:  # the child was ended in the middle of a line
            return
        if "trouble" in told:
            raise UnreadableSheet(file=path.name, problem=told["trouble"], detail=told["detail"])
        if "sheet" in told:
            sheet, merged = Sheet(told["sheet"], told["hidden"]), told["merged"]
        elif sheet is not None and "rows" in told:
            for row, cells in enumerate(told["rows"], told["first"]):
                if cells:
                    sheet.rows[row] = [same(cell, cell) if type(cell) is str else cell for cell in cells]
        elif sheet is not None:
            sheet.flags = {(row, column): Flag(kind, text) for row, column, kind, text in told["flags"]}
            _spread(sheet, merged)
            yield sheet


def _value(told: dict[str, Any]) -> Any:
    """A date or time of day among the cells; every other object is a line of its own."""
    if len(told) > 1:
        return told
    if "d" in told:
        return date.fromisoformat(told["d"])
    return Clock(told["t"]) if "t" in told else told


MOST_SPREAD = 100_000
"""Cells that merged areas may fill; a merged title or a merged unit name needs few."""


def _spread(sheet: Sheet, merged: list[list[int]]) -> None:
    """Give every cell of a merged area downwards the area's value: a unit's name merged over its people."""
    left = MOST_SPREAD
    for first, column, last, _right in merged:
        value = sheet.cell(first, column)
        if value == "" or last == first:
            continue
        for row in range(first + 1, min(last, first + left) + 1):
            cells = sheet.rows.get(row)
            if cells:
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = value
            left -= 1
