"""From a line of F8 to its tables and to the bytes of its file. These functions block: workers call them.

What is written is what was shown: the same question gives the same bytes. Writers of spreadsheets and documents are
loaded when a file is written, not before.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ledger.cli.session import Session
from ledger.domain.time import Perspective
from ledger.locale import _, language
from tui.forms import lookup
from tui.forms.state import Picked
from tui.port import Port
from tui.reports.catalogue import ANSWER, ENTRIES, Report
from tui.where import Where

if TYPE_CHECKING:
    from ledger.reports.model import Block

SHOWN_ENTRIES = 200
"""Of all entries of a ledger only the first ones are shown before they are written."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a report is asked for; `first` and `months` as its period says, None for what it takes by itself."""

    report: Report
    where: Where
    unit: str
    first: date | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One table as the screen shows it. `count`: of all its rows; `numbers`: which columns stand to the right."""

    title: str
    titles: Sequence[str]
    rows: Sequence[Sequence[Any]]
    count: int
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Made:
    """A report as it was found. `write(form, file)` gives its bytes; `stamp` tells what it rests on."""

    wanted: Wanted
    perspective: Perspective
    tables: Sequence[Shown]
    stamp: str
    write: Callable[[str, IO[bytes]], None]


@dataclass(frozen=True, slots=True)
class Written:
    """`already`: the file was there, and held these very bytes."""

    path: Path
    size: int
    already: bool


def make(port: Port, wanted: Wanted) -> Made:
    """Find everything a report tells. Raises UnknownUnit."""
    p = port.perspective(wanted.where)
    if wanted.report.kind == ENTRIES:
        return _entries(port, wanted, p)
    if wanted.report.kind == ANSWER:
        return _answer(port, wanted, p)
    return _register(port, wanted, p)


def _register(port: Port, wanted: Wanted, p: Perspective) -> Made:
    from ledger.reports.catalogue import maker, write
    from ledger.reports.model import Asked

    asked = Asked(wanted.unit, p, wanted.first)
    if wanted.months is not None:
        asked = replace(asked, months=wanted.months)
    register = maker(wanted.report.id)(port.ledger, asked)
    register.notes.extend(Session().notes(port.ledger))
    tables = [_shown(block) for block in register.blocks]
    stamp = "  ".join([*register.head, *register.small_print])
    return Made(wanted, p, tables, stamp, lambda form, file: write(register, form, file))


def _shown(block: Block) -> Shown:
    rows = [*block.rows, *([block.total] if block.total is not None else [])]
    numbers = frozenset(place for place, one in enumerate(block.fields) if one.number)
    return Shown(_(block.title), [_(one.title) for one in block.fields], rows, len(block.rows), numbers)


def _answer(port: Port, wanted: Wanted, p: Perspective) -> Made:
    from ledger.cli.answers import answer_table
    from ledger.cli.columns import LISTS, NO_LIST

    name, told, rows = _told(port, wanted, p)
    columns = LISTS.get(name, NO_LIST).columns
    table = answer_table(name, told, rows, "", columns)
    lines = list(table.rows)
    shown = Shown(_(wanted.report.title), table.titles, lines, len(lines), _numbers(lines))

    def write(form: str, file: IO[bytes]) -> None:
        from ledger.interchange.tables_out import write_out

        write_out(file, form, answer_table(name, told, rows, form, columns), dict(told))

    return Made(wanted, p, [shown], _stamp(port, p), write)


def _told(port: Port, wanted: Wanted, p: Perspective) -> tuple[str, Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    """The command an answer belongs to, the answer, and its rows."""
    ledger, unit = port.ledger, wanted.unit
    answers: Mapping[str, tuple[str, str, Callable[[], Any]]] = {
        "roster": ("roster", "people", lambda: ledger.roster(p, unit)),
        "headcount": ("headcount", "rows", lambda: ledger.headcount(p, unit=unit, depth=100)),
        "lent": ("secondments", "rows", lambda: ledger.secondments(p, unit=unit)),
        "findings": ("findings", "rows", lambda: ledger.findings(p, unit=unit)),
    }
    name, key, ask = answers[wanted.report.id]
    told = ask().to_json()
    return name, told, told[key]


def _entries(port: Port, wanted: Wanted, p: Perspective) -> Made:
    from ledger.interchange.entries_out import entries_table
    from ledger.interchange.jsonl import export_lines
    from ledger.interchange.tables_out import write_out

    chinese = language() == "zh"
    table = entries_table(port.ledger, from_position=1, chinese=chinese)
    rows = list(islice(table.rows, SHOWN_ENTRIES))
    count = len(rows) if len(rows) < SHOWN_ENTRIES else port.newest()
    shown = Shown(_(wanted.report.title), table.titles, rows, count)

    def write(form: str, file: IO[bytes]) -> None:
        if form == ".jsonl":
            export_lines(port.ledger, file)
        else:
            write_out(file, form, entries_table(port.ledger, from_position=1, chinese=chinese))

    return Made(wanted, p, [shown], _stamp(port, p), write)


def _stamp(port: Port, p: Perspective) -> str:
    from ledger.cli.words import perspective_line

    return perspective_line(p.as_of.isoformat(), p.known_at, *Session().notes(port.ledger))


def _numbers(rows: Iterable[Sequence[Any]]) -> frozenset[int]:
    first = next(iter(rows), ())
    return frozenset(place for place, cell in enumerate(first) if isinstance(cell, int))


def save(port: Port, made: Made, path: Path) -> Written:
    """Write a report where nothing is yet; a file that holds the same already is left as it is.

    Raises FileExistsError, OSError.
    """
    from ledger.cli.new_files import new_file

    buffer = io.BytesIO()
    made.write(path.suffix.lower(), buffer)
    content = buffer.getvalue()
    if path.is_file() and path.read_bytes() == content:
        return Written(path, len(content), already=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with new_file(path, port.address) as file:
        file.write(content)
    return Written(path, len(content), already=False)


def units(port: Port, where: Where, text: str) -> list[Picked]:
    """Units that a text may mean; for no text the one to begin with."""
    if text.strip():
        return lookup.units(port, where.as_of, text)
    unit = port.main_unit(where)
    return [] if unit is None else [Picked(unit, unit)]


def cells_of(rows: Sequence[Sequence[Any]]) -> Iterator[list[str]]:
    """Rows in words."""
    for row in rows:
        yield ["" if cell is None else str(cell) for cell in row]
