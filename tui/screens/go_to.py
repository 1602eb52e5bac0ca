"""F4: to another date, or to what was known at another time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from ledger.locale import N_, _
from tui import keys
from tui.dates import NotADate, read_typed, told
from tui.messages import RowOpened
from tui.port import Port
from tui.screens.base import LedgerScreen
from tui.where import Where, today
from tui.widgets.detail import Words
from tui.widgets.field import DateInput, LedgerInput
from tui.widgets.table import Column, LedgerTable, Row

SCAN, RECENT = 4, 5
"""The numbers of the last scan and of the place one was at last; the others are always there."""
HINT = N_("a date, or a number of the list")
COLUMNS = (Column("what", N_("Date"), 20), Column("on", N_("As of"), 14), Column("known", N_("Known"), 12, grow=True))


class GoTo(LedgerScreen):
    """Two fields and the places people go to most, with numbers. Enter goes there.

    No date is one digit long: alone in the field, a digit is the number of a place, and nobody's typing is cut short.
    """

    AUTO_FOCUS = "#on"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings((*keys.GO_TO, *keys.PLACES))]

    def __init__(self, recent: Sequence[Where]) -> None:
        super().__init__()
        self.on = DateInput(id="on")
        self.known = LedgerInput(id="known")
        self.meant = Words(_(HINT), id="meant")
        self.table = LedgerTable(COLUMNS, id="places")
        self._places = _places(recent)

    def body(self) -> ComposeResult:
        """The fields above, the places below."""
        with Horizontal(classes="field"):
            yield Words(_("As of"), classes="label")
            yield self.on
            yield self.meant
        with Horizontal(classes="field"):
            yield Words(_("Known"), classes="label")
            yield self.known
            yield Words(_("empty: latest; 2022-06-30: that day's end; #9907: that entry"))
        yield self.table

    def on_mount(self) -> None:
        """Show the places."""
        super().on_mount()
        self.status.subject = _("Go to date")
        where = self.ours.where
        self.known.value = "" if where.known_at is None else f"#{where.known_at}"
        self._show_places()

    def _show_places(self) -> None:
        self.table.show(sorted(self._places), lambda ids: [_row(number, *self._places[number]) for number in ids])

    def action_step(self, months: int) -> None:
        """The date in the box, a month on or back."""
        day, problem = self.on.read()
        if not problem:
            where = self.ours.where if day is None else self.ours.where.at(day)
            self.on.value = where.months(months).as_of.isoformat()
            self.on.action_end()

    def ask_all(self) -> None:
        """When it was scanned last: a place one goes to often."""
        self.ask(lambda port: port.scanned_on(), self._add_scan)

    def _add_scan(self, day: date | None) -> None:
        if day is not None:
            self._places[SCAN] = (_("last scan"), Where(day))
            self._show_places()

    def _numbered(self) -> tuple[str, Where] | None:
        """The place whose number stands alone in the field."""
        typed = self.on.value.strip()
        return self._places.get(int(typed)) if len(typed) == 1 and typed.isdecimal() else None

    def on_date_input_read(self, message: DateInput.Read) -> None:
        """Say what the typed date means."""
        message.stop()
        numbered = self._numbered()
        if numbered is not None:
            name, where = numbered
            self.meant.say(f"{name} {told(where.as_of)}")
        elif message.day is not None:
            self.meant.say(told(message.day))
        else:
            self.meant.say(message.problem or _(HINT))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go there."""
        event.stop()
        numbered = self._numbered() if event.input is self.on else None
        if numbered is not None:
            self._go(numbered[1])
            return
        day, problem = self.on.read()
        if problem:
            self.notice.say(problem)
            return
        where = self.ours.where if day is None else self.ours.where.at(day)
        typed = self.known.value
        self.ask(lambda port: known_at(port, where, typed), self._go)

    def on_row_opened(self, message: RowOpened) -> None:
        """Go to a place of the list."""
        message.stop()
        assert isinstance(message.row, int)
        self.action_place(message.row)

    def action_place(self, number: int) -> None:
        """Go to the place of a number, if there is one."""
        if number in self._places:
            self._go(self._places[number][1])

    def _go(self, where: Where | None) -> None:
        if where is None:
            self.notice.say(_("Write a date, #position, or a moment such as 2022-06-30T17:00."))
            return
        ours = self.ours
        self.leave()
        ours.go_to(where)


def known_at(port: Port, where: Where, typed: str) -> Where | None:
    """The knowledge that was typed; None for what is no date, position or moment."""
    text = typed.strip()
    newest = port.newest()
    if not text:
        return where.knowing(None, newest)
    if text.startswith("#") and text[1:].isdigit():
        return where.knowing(int(text[1:]), newest)
    try:
        asked = read_typed(text, today=today()).isoformat()
    except NotADate:
        asked = text
    try:
        return where.knowing(port.ledger.perspective(None, asked).known_at, newest)
    except ValueError:
        return None


def _places(recent: Sequence[Where]) -> dict[int, tuple[str, Where]]:
    first = today().replace(day=1)
    return {
        1: (_("today"), Where()),
        2: (_("last month's end"), Where(first - timedelta(days=1))),
        3: (_("last year's end"), Where(date(first.year - 1, 12, 31))),
        **{number: (_("lately"), where) for number, where in enumerate(recent, RECENT)},
    }


def _row(number: int, name: str, where: Where) -> Row:
    known = _("latest") if where.known_at is None else f"#{where.known_at}"
    return Row(number, {"what": f"{number} {name}", "on": where.as_of.isoformat(), "known": known})
