"""F9: every action by its Chinese word, its initials or its English word; a date; a person or a unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.dom import DOMNode
from textual.widgets import Input

from ledger.locale import N_, _
from ledger.queries.search import Found, FoundPerson, FoundUnit
from tui.dates import NotADate, read_typed, told
from tui.messages import RowOpened
from tui.screens.base import LedgerScreen
from tui.where import today
from tui.widgets.detail import Words
from tui.widgets.field import LedgerInput
from tui.widgets.table import Column, LedgerTable, Row

COLUMNS = (
    Column("what", N_("Command"), 24, grow=True, middle=True),
    Column("english", N_("English"), 24, from_width=70),
    Column("key", N_("Key"), 14),
)
HITS = 8
"""People and units shown below the commands."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done now, by its three names. `shown`: its key; `node`: whose action it is."""

    id: str
    name: str
    english: str
    initials: str
    shown: str
    action: str
    node: DOMNode
    dim: bool = False
    """It writes what may not be written now; chosen, it says why."""

    def fits(self, text: str) -> bool:
        """By any of its names."""
        return any(text in name.lower() for name in (self.name, self.english, self.initials))

    def begins(self, text: str) -> bool:
        """Whether one of its names begins so: such commands stand first."""
        return any(name.lower().startswith(text) for name in (self.name, self.english, self.initials))


Meaning = tuple[Row, str, date | Command | str]
"""A line, the kind of thing it is, and the thing."""


class Palette(LedgerScreen):
    """A field and what it may mean. Enter does what is under the cursor."""

    AUTO_FOCUS = "#text"
    choosing = frozenset({"down", "up", "enter"})

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self.field = LedgerInput(id="text")
        self.table = LedgerTable(COLUMNS, id="commands", empty=N_("Nothing by that name."))
        self._commands = commands
        self._found = Found((), ())
        self._items: list[Meaning] = []

    def body(self) -> ComposeResult:
        """The field above, its meanings below."""
        with Horizontal(classes="field"):
            yield Words(_("Commands"), classes="label")
            yield self.field
        yield self.table
        yield Words(_("Chinese, initials, English, or a date such as 20220630; Enter does it"), classes="detail")

    def on_mount(self) -> None:
        """Show everything."""
        self.status.subject = _("Commands")
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow it down."""
        event.stop()
        text, where = event.value.strip(), self.ours.where
        self._found = Found((), ())
        self._show()
        if len(text) > 1 or not text.isascii():
            self.ask(lambda port: port.ledger.find(port.perspective(where), text, HITS), self._paint)

    def _paint(self, found: Found) -> None:
        self._found = found
        self._show()

    def _show(self) -> None:
        self._items = list(self._meanings(self.field.value.strip().lower()))
        self.table.show(range(len(self._items)), lambda ids: [self._items[index][0] for index in ids])
        self.table.action_first()

    def _meanings(self, text: str) -> Iterator[Meaning]:
        number = 0
        try:
            day = read_typed(text, today=today()) if text else None
        except NotADate:
            day = None
        if day is not None:
            yield Row(0, {"what": _("See {date}").format(date=told(day)), "english": _("date")}), "date", day
            number = 1
        fitting = [one for one in self._commands if one.fits(text)]
        for command in sorted(fitting, key=lambda one: not one.begins(text)):
            cells = {"what": command.name, "english": command.english, "key": command.shown}
            yield Row(number, cells, tones={"*": "faint"} if command.dim else {}), "command", command
            number += 1
        hits: list[FoundPerson | FoundUnit] = [*self._found.people, *self._found.units]
        for hit in hits:
            kind, code = ("person", hit.person) if isinstance(hit, FoundPerson) else ("unit", hit.unit)
            words = _("Go to {name}").format(name=hit.name)
            yield Row(number, {"what": words, "english": code, "key": _(kind)}), kind, code
            number += 1

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do what is under the cursor."""
        event.stop()
        self._do(self.table.pointed)

    def on_row_opened(self, message: RowOpened) -> None:
        """Do it."""
        message.stop()
        self._do(message.row)

    def _do(self, index: object) -> None:
        if not isinstance(index, int) or index >= len(self._items):
            return
        _row, kind, what = self._items[index]
        ours, app = self.ours, self.app
        self.leave()
        if isinstance(what, date):
            ours.go_to(ours.where.at(what))
        elif isinstance(what, Command):
            app.call_later(app.run_action, what.action, what.node)
        else:
            ours.show_subject(kind, what)

    def on_key(self, event: events.Key) -> None:
        """Up and down walk through the list while one types."""
        if event.key in ("down", "up") and self.focused is self.field:
            event.stop()
            self.table.action_move(1 if event.key == "down" else -1)
