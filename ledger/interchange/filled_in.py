"""A file of filled-in tables: which sheets hold one, what each of their rows comes to, and what was passed over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ledger.domain.faults import N_, WrongUsage
from ledger.domain.units import Structure
from ledger.interchange import headers
from ledger.interchange.cells import Cells, Reading, by_key, cell_name, tidy, tidy_name
from ledger.interchange.census_rows import draft_census
from ledger.interchange.drafts import Draft, Drafting, Setting, names_of
from ledger.interchange.headers import Closing, ColumnsMissing, Header, HeaderMissing
from ledger.interchange.movement_rows import draft_movements
from ledger.interchange.people import People
from ledger.interchange.quota_rows import draft_units
from ledger.interchange.roster_rows import draft_roster
from ledger.interchange.workbook import Clock, Reader, Sheet, read_workbook
from ledger.persistence.vault import IdKey

DRAFTING: Mapping[str, Drafting] = {
    "roster": draft_roster,
    "unit-quota": draft_units,
    "movement": draft_movements,
    "census": draft_census,
}
_FOOT = (
    "合计",
    "总计",
    "小计",
    "制表人",
    "审核人",
    "填表人",
    "填报人",
    "负责人",
    "注：",
    "注:",
    "说明：",
    "说明:",
    "备注：",
    "total",
)
"""How a line that is no row of the table begins."""


class ClosingDateMissing(WrongUsage):
    """A roster that does not say for which day it is true. `file`."""

    code = "closing_date_missing"
    sentence = N_("{file} does not say for which day it is true.")
    remedy = N_("Write 截止日期：2022-06-30 above the table, or give the day with --on.")


class ClosingDatesDiffer(WrongUsage):
    """The titles of a roster tell more than one day. `file`, `first`, `second` (cells), `day`, `other`."""

    code = "closing_dates_differ"
    sentence = N_("{file} tells two closing dates: {first} says {day}, {second} says {other}.")
    remedy = N_("Leave the right one above the table, or give the day with --on.")


class SheetMissing(WrongUsage):
    """No visible sheet of that name. `file`, `sheet`, `sheets`."""

    code = "sheet_missing"
    sentence = N_("{file} has no sheet “{sheet}”.")
    remedy = N_("Its sheets are: {sheets}.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever imports says about a file. `given`: heading -> key; `memory`: where such sayings are kept.

    `id_key`: what identity numbers are kept with; without it they are left out.
    """

    layout: str | None = None
    sheet: str | None = None
    closing: date | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    memory: Path | None = None
    authority: Mapping[str, str] = field(default_factory=dict)
    baseline: bool = False
    id_key: IdKey | None = None


@dataclass(slots=True)
class FilledIn:
    """One table of a file with its rows."""

    sheet: Sheet
    header: Header
    drafts: list[Draft] = field(default_factory=list)
    passed_over: list[int] = field(default_factory=list)
    """Rows of totals and signatures."""
    dated_by: list[Closing] = field(default_factory=list)
    """The cell above a roster whose date was taken for its closing date; none if the date was given."""
    places: Mapping[str, int] = field(init=False)
    """Key -> column number."""

    def __post_init__(self) -> None:
        self.places = {key: column for column, key in self.header.columns.items()}


@dataclass(slots=True)
class File:
    """A file, read: its tables, and the names of sheets that hold none."""

    path: Path
    tables: list[FilledIn]
    without: list[str]

    @property
    def drafts(self) -> list[Draft]:
        """All rows, table by table, in the order in which they are recorded."""
        return [draft for table in self.tables for draft in table.drafts]


def open_file(path: Path, asked: Asked, reader: Reader | None = None) -> File:
    """The tables of a file; rows are not read yet. `reader`: the child that reads this file, where it has begun.

    Raises UnreadableSheet, HeaderMissing, ColumnsMissing, OSError.
    """
    sheets = [sheet for sheet in (reader.sheets() if reader else read_workbook(path)) if not sheet.hidden]
    if asked.sheet is not None:
        named = [sheet for sheet in sheets if sheet.name == asked.sheet]
        if not named:
            names = ", ".join(sheet.name for sheet in sheets)
            raise SheetMissing(file=path.name, sheet=asked.sheet, sheets=names)
        sheets = named
    tables, without, lacking = [], [], []
    for sheet in sheets:
        header = _header(sheet, asked)
        if header is None:
            if sheet.rows:
                without.append(sheet.name)
        elif header.missing:
            lacking.append((sheet, header))
        else:
            tables.append(FilledIn(sheet, header))
    if not tables:
        if lacking:
            sheet, header = max(lacking, key=lambda one: len(one[1].columns))
            told = {"table": f"{header.layout.title} {header.layout.name}", "columns": "、".join(header.missing)}
            raise ColumnsMissing(file=path.name, sheet=sheet.name, **told)
        raise HeaderMissing(file=path.name)
    return File(path, tables, without + [sheet.name for sheet, _header in lacking])


def headers_of(
    path: Path, asked: Asked, otherwise: Callable[[Sheet], Header | None] | None = None
) -> list[tuple[Sheet, Header]]:
    """The headers of all visible sheets, complete or not; `otherwise` is asked where no sheet has a known one.

    Raises UnreadableSheet, OSError.
    """
    sheets = [sheet for sheet in read_workbook(path) if not sheet.hidden and asked.sheet in (None, sheet.name)]
    found = [(sheet, header) for sheet in sheets if (header := _header(sheet, asked)) is not None]
    if found or otherwise is None:
        return found
    return [(sheet, header) for sheet in sheets if (header := otherwise(sheet)) is not None]


def _header(sheet: Sheet, asked: Asked) -> Header | None:
    header = headers.find(sheet, asked.layout, asked.given)
    if asked.memory is None:
        return header
    lines = headers.beginning(sheet) if header is None else [header.headings(sheet)]
    before = next((told for line in lines if (told := headers.remembered(asked.memory, line))), {})
    return headers.find(sheet, asked.layout, {**before, **asked.given}) if before else header


def draft_rows(
    file: File,
    structure: Structure,
    asked: Asked,
    people: Callable[[], People] = People,
    own: Collection[str] = (),
) -> None:
    """Read all rows; `people` is asked only if a table tells people by name.

    `own`: units that these very bytes have established before. Raises ClosingDateMissing, ClosingDatesDiffer.
    """
    names = names_of(structure)
    for table in file.tables:
        closing = asked.closing or table.header.closing
        if table.header.layout.name == "roster" and asked.closing is None:
            table.dated_by = [_told_by(file.path.name, table)]
        known = people() if table.header.layout.name == "movement" else People()
        setting = Setting(structure, closing, asked.authority, names, asked.baseline, known, own)
        table.drafts = DRAFTING[table.header.layout.name](_rows(table, setting), setting)


def _told_by(file: str, table: FilledIn) -> Closing:
    """Where a roster tells its closing date. Raises ClosingDateMissing, ClosingDatesDiffer."""
    told = table.header.closings
    if not told:
        raise ClosingDateMissing(file=file)
    other = next((one for one in told if one.on != told[0].on), None)
    if other is not None:
        first, second = (
            "!".join(part for part in (table.sheet.name, cell_name(one.row, one.column)) if part)
            for one in (told[0], other)
        )
        raise ClosingDatesDiffer(
            file=file, first=first, second=second, day=told[0].on.isoformat(), other=other.on.isoformat()
        )
    return told[0]


def _rows(table: FilledIn, setting: Setting) -> Iterator[Cells]:
    sheet, header = table.sheet, table.header
    places = sorted(header.columns.items())
    flagged: dict[int, dict[str, Any]] = {}
    for (row, column), flag in sheet.flags.items():
        if column in header.columns:
            flagged.setdefault(row, {})[header.columns[column]] = flag
    headings = {key: tidy_name(str(sheet.cell(header.row, column))) for column, key in places}
    reading = Reading(by_key(header.layout, headings), setting.place)
    for number in sorted(row for row in sheet.rows if row >= header.first):
        cells = sheet.rows[number]
        width = len(cells)
        raw = {key: cell for column, key in places if column < width and (cell := cells[column]) != ""}
        if not raw and number not in flagged:
            continue
        if _is_foot(cells):
            table.passed_over.append(number)
            continue
        yield Cells(number, raw, reading, flagged.get(number, {}), dict(_unknown(cells, header.unknown)))


def _is_foot(cells: Sequence[Any]) -> bool:
    first = next((cell for cell in cells if cell != ""), "")
    return isinstance(first, str) and first.replace(" ", "").replace("\u3000", "").startswith(_FOOT)


def _unknown(cells: Sequence[Any], unknown: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    for column, heading in unknown.items():
        if column < len(cells):
            value = cells[column]
            text = value.text if isinstance(value, Clock) else str(value)
            if text.strip():
                yield tidy(heading)[:120] or "?", tidy(text)[:4000]
