"""F7, for auditors: what was seen at A and what is seen at B, each difference with the entries that explain it.

A moves with the keys of the two dates, entry by entry if need be; B stands until it is set anew with F5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from ledger.cli.words import content_of
from ledger.cli.words import measure as measure_word
from ledger.domain.faults import UnknownUnit
from ledger.locale import N_, _, term
from ledger.queries.cited import Cited
from ledger.queries.diff import DiffAnswer, Leg
from ledger.queries.log import LogLine
from ledger.queries.sides import Held, Standing
from tui import keys
from tui.messages import RowOpened, RowPointed
from tui.naming import NAMELESS, Names, names_in
from tui.port import Port
from tui.screens.base import LedgerScreen
from tui.screens.entries import moment, show_entry
from tui.where import Where
from tui.widgets.detail import Words
from tui.widgets.table import Column, LedgerTable, Row

COLUMNS = (
    Column("what", N_("Number or person"), 22, grow=True, middle=True),
    Column("before", N_("Seen at A"), 18, grow=True, middle=True),
    Column("after", N_("Seen at B"), 18, grow=True, middle=True),
    Column("entries", N_("Explained by"), 16),
)


EMPTY = N_("A and B show the same: step with Ctrl+Left, or F4 for another date.")


@dataclass(frozen=True, slots=True)
class Difference:
    """One number or person that is not the same at both places, and the entries that say why."""

    what: str
    before: str
    after: str
    entries: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, those that nothing explains first, and the last entry known at A."""

    differences: Sequence[Difference]
    last: LogLine | None
    newest: int
    unit_name: str
    names: Names = NAMELESS
    """In that entry."""


class Replay(LedgerScreen):
    """See the module. Enter shows the first entry behind a difference."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.REPLAY)]

    def __init__(self, unit: str, pinned: Where | None = None) -> None:
        super().__init__()
        self.unit = unit
        self.pinned = pinned
        """B; None: the same date, everything known."""
        self.places = Words(id="compared")
        self.table = LedgerTable(COLUMNS, id="differences", empty=EMPTY)
        self.entry = Words(id="entry")
        self._found: Sequence[Difference] = ()
        self._compared: Comparison | None = None

    def body(self) -> ComposeResult:
        """The two places, the differences, the entry one stands at."""
        yield self.places
        yield self.table
        yield self.entry

    # ---- asking

    def other(self) -> Where:
        """B."""
        return self.pinned or replace(self.ours.where, known_at=None)

    def ask_all(self) -> None:
        """Compare A with B."""
        unit, here, there = self.unit, self.ours.where, self.other()
        self.ask(lambda port: compare(port, unit, here, there), self._paint)

    def _paint(self, found: Comparison) -> None:
        here, there = self.ours.where, self.other()
        self.status.subject = found.unit_name
        self._found = found.differences
        unexplained = sum(not one.entries for one in found.differences)
        words = _("{count} differences, {unexplained} unexplained").format(
            count=len(found.differences), unexplained=unexplained
        )
        self.places.say(f"A {_place(here)}   B {_place(there)}   {words}")
        self.table.show(range(len(found.differences)), lambda ids: [_row(index, self._found[index]) for index in ids])
        self._compared = found
        self._say_entry()

    def stand(self) -> None:
        """As everywhere; and how the chain is."""
        super().stand()
        self._say_entry()

    def _say_entry(self) -> None:
        if self._compared is not None:
            self.entry.say("\n".join(self._entry_lines(self._compared)))

    def _entry_lines(self, found: Comparison) -> Iterator[str]:
        line = found.last
        chain = self.ours.chain or _("chain not checked yet: Ctrl+K")
        if line is None:
            yield _("no entry is known there")
        else:
            head = f"#{line.position}/{found.newest}  {moment(line.recorded_at)} {line.recorded_by}"
            day = _("effective {on}").format(on=line.effective_on) if line.effective_on else ""
            yield f"{head}  {term('entry', line.type)}  {day}"
            yield content_of(found.names.of(line.content))
        yield chain

    # ---- what the auditor does

    def action_pin(self) -> None:
        """B is where we stand now."""
        self.pinned = self.ours.where
        self.ask_all()

    def action_verify(self) -> None:
        """Check the chain of all entries, and the read tables against them."""
        self.ours.verify_chain(self.ask_all)

    def on_row_pointed(self, message: RowPointed) -> None:
        """Nothing more to say: the line says it."""

    def on_row_opened(self, message: RowOpened) -> None:
        """The entry behind a difference."""
        if isinstance(message.row, int) and self._found[message.row].entries:
            position = self._found[message.row].entries[-1].position
            self.ask(lambda port: line_at(port, position), self._show_entry, "entry")

    def _show_entry(self, line: LogLine | None) -> None:
        if line is not None:
            show_entry(self.ours, line)


# ---- questions, asked in workers


def compare(port: Port, unit: str, here: Where, there: Where) -> Comparison:
    """Everything that differs between two places, and the entry one stands at."""
    p1, p2 = port.perspective(here), port.perspective(there)
    newest = port.newest()
    last = line_at(port, p1.known_at)
    name = port.ledger.unit_names(p2, [unit])[unit]
    told = names_in(port, p2, () if last is None else [last.content])
    if p1 == p2:
        return Comparison((), last, newest, name, told)
    try:
        answer = port.ledger.diff(p1, p2, unit)
    except UnknownUnit:
        return Comparison((), last, newest, name, told)
    names = port.ledger.unit_names(p2, {code for leg in (answer.restated, answer.changed) for code in _codes(leg)})
    found = [*_numbers(answer), *_items(answer.restated, names), *_items(answer.changed, names)]
    return Comparison(sorted(found, key=lambda one: bool(one.entries)), last, newest, name, told)


def line_at(port: Port, position: int) -> LogLine | None:
    """The entry at a position, as everybody knows it."""
    return port.line_at(position) if position else None


def _numbers(answer: DiffAnswer) -> Iterator[Difference]:
    changes = [
        one
        for leg in (answer.restated, answer.changed)
        for part in (leg.people, leg.quotas, leg.positions)
        for one in part
    ]
    for measure, bridge in answer.measures.items():
        if bridge.opening == bridge.closing:
            continue
        behind = {entry for one in changes if one.measures.get(measure) for entry in one.entries}
        entries = tuple(sorted(behind, key=lambda entry: entry.position))
        yield Difference(measure_word(measure), _number(bridge.opening), _number(bridge.closing), entries)


def _items(leg: Leg, names: dict[str, str]) -> Iterator[Difference]:
    for one in leg.people:
        yield Difference(one.name, _told(one.before, names), _told(one.after, names), one.entries)
    for grant in leg.quotas:
        what = f"{grant.name} {_scale(grant.key[1])}"
        yield Difference(what, _told(grant.before, names), _told(grant.after, names), grant.entries)
    for post in leg.positions:
        what = f"{post.name} {post.key[1]}"
        yield Difference(what, _told(post.before, names), _told(post.after, names), post.entries)


def _codes(leg: Leg) -> Iterator[str]:
    for one in leg.people:
        yield from (code for end in (one.before, one.after) if end for code in (end.unit, end.host) if code)
    for post in leg.positions:
        yield from (held.unit for held in (post.before, post.after) if held)


# ---- words


def _scale(scale: str) -> str:
    return scale.removeprefix("leader:") if scale.startswith("leader:") else term("establishment", scale)


def _told(end: object, names: dict[str, str]) -> str:
    if end is None:
        return "-"
    if isinstance(end, Standing):
        place = names.get(end.host or end.unit, end.host or end.unit)
        return f"{term('short_status', end.status)} {place}"
    if isinstance(end, Held):
        return f"{end.rank} {names.get(end.unit, end.unit)}"
    return str(end)


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)


def _place(where: Where) -> str:
    known = _("latest") if where.known_at is None else f"#{where.known_at}"
    return f"{where.as_of.isoformat()}/{known}"


def _row(index: int, one: Difference) -> Row:
    explained = " ".join(f"#{entry.position}" for entry in one.entries[:3]) or _("unexplained")
    more = ".." if len(one.entries) > 3 else ""
    cells = {"what": one.what, "before": one.before, "after": one.after, "entries": explained + more}
    return Row(index, cells, tones={} if one.entries else {"*": "over"})
