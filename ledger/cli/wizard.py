"""Questions about an office's own headings: the columns are listed once, each heading is one short question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.cli import out
from ledger.cli.text import pad, shown, width
from ledger.locale import N_, _, language
from ledger.locale.sentences import fill

if TYPE_CHECKING:
    from ledger.interchange.filled_in import Asked
    from ledger.interchange.headers import Header
    from ledger.interchange.layouts import Column
    from ledger.interchange.workbook import Sheet

_ACROSS = 78
_EXAMPLE = 12
"""Characters of the example beside a heading."""


def with_headings_told(file: Path, asked: Asked, *, wizard: bool) -> Asked:
    """With what is said now about this file's headings; it is kept for the next file with the same header.

    The wizard asks anew about what was told before, so that a slip can be mended.
    """
    if not wizard and not asked.given:
        return asked
    from ledger.interchange.filled_in import headers_of
    from ledger.interchange.headers import remember

    given = dict(asked.given)
    which = partial(_which_table, file, asked.layout) if wizard else None
    for sheet, header in headers_of(file, replace(asked, memory=None) if wizard else asked, which):
        if wizard:
            given |= _questions(sheet, header)
        if asked.memory is not None and (given or wizard):
            remember(asked.memory, header.headings(sheet), given)
    return replace(asked, given=given)


def _which_table(file: Path, layout: str | None, sheet: Sheet) -> Header | None:
    """Of a sheet in which no heading is known: what it is, as somebody says who can read it."""
    from ledger.interchange.headers import likeliest
    from ledger.interchange.layouts import LAYOUTS

    tables = dict(enumerate(LAYOUTS.values(), 1))
    if layout is not None or likeliest(sheet, tables[1]) is None:
        return None if layout is None else likeliest(sheet, LAYOUTS[layout])
    name = shown(sheet.name or file.name)
    out.say(fill(N_("No heading of “{sheet}” is known. Which table is it?"), {"sheet": name}))
    names = {number: one.title if language() == "zh" else one.name for number, one in tables.items()}
    out.say("  " + "  ".join(f"{number} {name}" for number, name in names.items()))
    number = _answer(_("Number, or Enter to pass it over"), names)
    return likeliest(sheet, tables[int(number)]) if number.isdigit() else None


def _questions(sheet: Sheet, header: Header) -> Mapping[str, str]:
    """Ask about every column that no name is known for."""
    columns = [one for one in header.layout.columns if one.key not in header.columns.values()]
    numbered = dict(enumerate(columns, 1))
    if not numbered or not header.unknown:
        return {}
    for line in _laid_out(numbered):
        out.say(line)
    out.say(_("Which of these is each column? Its number; - leaves it out; Enter keeps its text without effect."))
    found: dict[str, str] = {}
    for place, heading in header.unknown.items():
        example = next((str(cell) for row in sorted(sheet.rows) if row >= header.first
                        and (cell := sheet.cell(row, place)) != ""), "")  # fmt: skip
        told = _answer(shown(f"{heading} ({example[:_EXAMPLE]})" if example else heading), numbered)
        if told == "-":
            found[heading] = "-"
        elif told:
            found[heading] = numbered.pop(int(told)).key
    return found


def _answer(question: str, numbers: Mapping[int, object]) -> str:
    """One of the numbers, `-` or nothing; whoever mistypes is asked again."""
    while True:
        answer = str(click.prompt(question, default="", show_default=False, err=True)).strip()
        if answer in ("", "-") or (answer.isdecimal() and int(answer) in numbers):
            return answer
        out.say(_("Not a number of the list, or taken already."))


def _laid_out(numbered: Mapping[int, Column]) -> Iterator[str]:
    """The columns side by side, as many as a line takes."""
    cells = [f"{number:>2} {column.heading}" for number, column in numbered.items()]
    wide = max(map(width, cells)) + 2
    across = max(1, _ACROSS // wide)
    for first in range(0, len(cells), across):
        yield "".join(pad(cell, wide) for cell in cells[first : first + across]).rstrip()
