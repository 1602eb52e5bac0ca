"""Entries as lines of a list, and one entry in full."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from textual.app import ComposeResult

from ledger.cli.words import content_of
from ledger.domain.time import SHANGHAI
from ledger.locale import N_, _, term
from ledger.queries.log import LogLine
from tui.host import Host
from tui.naming import Names, names_in
from tui.port import Port
from tui.screens.base import LedgerScreen
from tui.widgets.table import Column, LedgerTable, Row

ENTRY_COLUMNS = (
    Column("position", N_("No."), 7, right=True),
    Column("effective_on", N_("Effective"), 10),
    Column("type", N_("Entry"), 10, below=100),
    Column("type_wide", N_("Entry"), 20, from_width=100),
    Column("content", N_("Content"), 20, grow=True),
    Column("recorded_on", N_("Recorded"), 10, below=100),
    Column("recorded", N_("Recorded"), 16, from_width=100),
    Column("mark", N_("Remark"), 12),
    Column("by", N_("By"), 10, from_width=110),
)


def moment(recorded_at: str) -> str:
    """The instant on the clock of the office, to the minute."""
    return datetime.fromisoformat(recorded_at).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def mark_of(line: LogLine) -> tuple[str, str]:
    """What is remarkable about an entry, and its tone: out of effect, a reversal, recorded late or ahead."""
    if line.reversed_by is not None:
        return _("void by #{position}").format(position=line.reversed_by), "faint"
    if line.target is not None:
        return _("for #{position}").format(position=line.target), "strong"
    if line.effective_on is None or line.content.get("baseline"):
        return "", ""
    late = _days_late(line)
    if late > 0:
        return _("late {days} d").format(days=late), "vacant"
    return (_("ahead {days} d").format(days=-late), "away") if late < 0 else ("", "")


def _days_late(line: LogLine) -> int:
    recorded = datetime.fromisoformat(line.recorded_at).astimezone(SHANGHAI).date()
    return (recorded - date.fromisoformat(str(line.effective_on))).days


def entry_row(line: LogLine, names: Names, without: Collection[str] = ()) -> Row:
    """An entry as a line, `without` what the page says anyway; one out of effect is bracketed, without colour too."""
    content = {key: value for key, value in names.of(line.content).items() if key not in without}
    mark, tone = mark_of(line)
    position = f"({line.position})" if line.reversed_by is not None else str(line.position)
    cells = {
        "position": position,
        "effective_on": line.effective_on or "",
        "type": term("entry", line.type),
        "type_wide": term("entry", line.type),
        "content": content_of(content),
        "recorded": moment(line.recorded_at),
        "recorded_on": moment(line.recorded_at)[:10],
        "mark": mark,
        "by": line.recorded_by,
    }
    return Row(line.position, cells, tones={"*": tone} if tone == "faint" else {"mark": tone} if tone else {})


class EntryPage(LedgerScreen):
    """One entry with everything it says, key by key."""

    def __init__(self, line: LogLine) -> None:
        super().__init__()
        self.line = line
        columns = (Column("key", N_("Key"), 24), Column("value", N_("Content"), 40, grow=True))
        self.table = LedgerTable(columns, id="keys")

    def body(self) -> ComposeResult:
        """The list of its keys."""
        yield self.table

    def concerned(self) -> Mapping[str, object]:
        """The entry, and whom it names."""
        named = {key: self.line.content[key] for key in ("person", "unit") if key in self.line.content}
        return {**named, "entry": self.line.position}

    def on_mount(self) -> None:
        """Show them."""
        self.status.subject = f"#{self.line.position} {term('entry', self.line.type)}"

    def ask_all(self) -> None:
        """The names of whom and what it tells."""
        line, where = self.line, self.ours.where

        def question(port: Port) -> Names:
            return names_in(port, port.perspective(where), [line.content])

        self.ask(question, self._paint)

    def _paint(self, names: Names) -> None:
        told = replace(self.line, content=names.of(self.line.content, coded=True))
        rows = [Row(index, {"key": key, "value": value}) for index, (key, value) in enumerate(_pairs(told))]
        self.table.show(range(len(rows)), lambda ids: [rows[index] for index in ids])


def _pairs(line: LogLine) -> Iterator[tuple[str, str]]:
    yield term("column", "position"), str(line.position)
    yield term("column", "id"), line.id
    yield term("column", "type"), term("entry", line.type)
    if line.effective_on:
        yield term("column", "effective_on"), line.effective_on
    yield _("Recorded"), moment(line.recorded_at)
    yield term("column", "recorded_by"), line.recorded_by
    if line.target is not None:
        yield _("Takes out of effect"), f"#{line.target}"
    if line.reversed_by is not None:
        yield _("Out of effect by"), f"#{line.reversed_by}"
    for key, value in line.content.items():
        if key not in ("type", "id", "effective_on") and value not in (None, {}):
            yield from _inner(line.type, key, value)


def _inner(entry_type: str, key: str, value: Any) -> Iterator[tuple[str, str]]:
    """A key in the words of the command line; parts of an object each on a line of their own."""
    if isinstance(value, Mapping) and key != "replacement":
        for name, part in value.items():
            if part is not None:
                group = "authority" if key == "authority" else "key"
                yield f"{term('key', key)}: {term(group, name)}", str(part)
        return
    told = content_of({"type": entry_type, key: value})
    if told:
        yield term("key", key), told.partition(" ")[2] if key != "replacement" else told


def show_entry(host: Host, line: LogLine) -> None:
    """Open an entry."""
    host.show(EntryPage(line))
