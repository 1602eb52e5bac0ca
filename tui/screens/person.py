"""One person's life on both axes: what took effect when, what was recorded when, what was taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from ledger.domain.time import Perspective
from ledger.locale import N_, _, term
from ledger.queries.log import LogLine
from ledger.queries.months import Months
from ledger.queries.person import PersonAnswer
from tui import keys
from tui.messages import RowOpened, SortAsked
from tui.naming import Names, names_in
from tui.port import Port
from tui.screens.base import LedgerScreen
from tui.screens.entries import ENTRY_COLUMNS, entry_row, show_entry
from tui.widgets.detail import Words
from tui.widgets.strip import MonthStrip
from tui.widgets.table import LedgerTable

Answer = tuple[PersonAnswer, Months, dict[str, str], int, Names]
"""The person, the months, names of units, how many alerts about the person are live, and names in the entries."""


EMPTY = N_("Nothing is known of this person then: = goes to the present.")


class PersonPage(LedgerScreen):
    """See the module. 1 and 2 turn the order between the two axes; Enter shows an entry in full."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.PERSON)]

    def __init__(self, person: str) -> None:
        super().__init__()
        self.person = person
        self.head = Words(id="head")
        self.strip = MonthStrip()
        self.unit: str | None = None
        """Where the person is charged."""
        self.table = LedgerTable(ENTRY_COLUMNS, id="entries", empty=EMPTY)
        self._order = "effective_on"
        self._lines: Sequence[LogLine] = ()
        self._names = Names()

    def body(self) -> ComposeResult:
        """Who it is, the years, the entries."""
        yield self.head
        yield self.strip
        yield self.table

    def ask_all(self) -> None:
        """The person at the two dates."""
        person, where = self.person, self.ours.where
        self.ask(lambda port: _person(port, port.perspective(where), person), self._paint)

    def _paint(self, answer: Answer) -> None:
        told, months, names, alerts, self._names = answer
        self.status.subject = told.name or told.person
        self.unit = told.charged_to
        self.head.say(_head(told, names, alerts))
        self.strip.show(months)
        self._lines = told.entries
        self._show()

    def _show(self) -> None:
        by_day = self._order == "effective_on"
        lines = sorted(self._lines, key=lambda line: (_day_of(line, self._lines) if by_day else "", line.position))
        rows = {line.position: entry_row(line, self._names, without=("person",)) for line in lines}
        self.table.show(list(rows), lambda ids: [rows[one] for one in ids])

    def place(self) -> tuple[str, str]:
        """This page."""
        return "person", self.person

    def concerned(self) -> Mapping[str, object]:
        """The person, and the entry under the cursor."""
        pointed = self.table.pointed
        return {"person": self.person, **({} if pointed is None else {"entry": pointed})}

    def action_order(self, column: str) -> None:
        """Order by one of the two axes."""
        self._order = column
        self._show()

    def on_sort_asked(self, message: SortAsked) -> None:
        """A click on either axis."""
        axes = {"effective_on": "effective_on"} | dict.fromkeys(("recorded", "recorded_on", "position"), "position")
        if message.column in axes:
            self.action_order(axes[message.column])

    def on_row_opened(self, message: RowOpened) -> None:
        """The entry in full."""
        found = next((line for line in self._lines if line.position == message.row), None)
        if found is not None:
            show_entry(self.ours, found)


def _person(port: Port, p: Perspective, person: str) -> Answer:
    told = port.ledger.person(p, person)
    units = {code for code in (told.charged_to, told.host) if code}
    alerts = sum(port.ledger.live_alerts(person).values())
    named = names_in(port, p, (line.content for line in told.entries))
    return told, port.ledger.months(p, person), port.ledger.unit_names(p, units), alerts, named


def _day_of(line: LogLine, lines: Sequence[LogLine]) -> str:
    """The day an entry stands under; a reversal stands with what it reverses."""
    if line.effective_on is not None:
        return line.effective_on
    target = next((one for one in lines if one.position == line.target), None)
    return line.recorded_at[:10] if target is None or target.effective_on is None else target.effective_on


def _head(told: PersonAnswer, names: dict[str, str], alerts: int) -> str:
    if told.charged_to is None:
        place = _("not on the roll on this date")
    else:
        kind = term("establishment", told.establishment or "")
        place = _("charged to {unit} ({kind})").format(unit=names[told.charged_to], kind=kind)
        if told.host is not None:
            until = _("open") if told.until is None else told.until.isoformat()
            place += "  " + _("works at {host}, until {until}").format(host=names[told.host], until=until)
        elif told.leave is not None:
            place += "  " + term("leave", told.leave)
    positions = "  " + _(", ").join(told.positions) if told.positions else ""
    marked = "  " + _("own alerts !{count}").format(count=alerts) if alerts else ""
    return f"{told.name} {told.person}{marked}  {place}{positions}"
