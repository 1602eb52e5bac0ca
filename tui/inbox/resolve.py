"""How an alert is resolved: never by hand, but by an entry. The forms that come into question, filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult

from ledger.cli.words import content_of
from ledger.locale import N_, _, term
from ledger.queries.alerts import AlertLine
from tui.forms.resolving import ways
from tui.messages import RowOpened
from tui.naming import Names, names_in
from tui.screens.base import LedgerScreen
from tui.widgets.detail import Words
from tui.widgets.table import Column, LedgerTable, Row

COLUMNS = (Column("form", N_("Record"), 24), Column("about", N_("Filled in with"), 30, grow=True))


class ResolvePage(LedgerScreen):
    """Enter opens the form; its preview says whether the finding vanishes."""

    def __init__(self, line: AlertLine, evidence: Mapping[str, Any]) -> None:
        super().__init__()
        self.line = line
        self.ways = ways(line.alert.rule, line.alert.subject, evidence)
        self.table = LedgerTable(COLUMNS, id="ways", empty=N_("No form resolves this."))

    def body(self) -> ComposeResult:
        """What is to be known, and the forms."""
        told = _("It ends when a scan no longer finds it: record one of these, then scan.")
        yield Words(told, classes="said")
        yield self.table

    def on_mount(self) -> None:
        """Say what is to be resolved."""
        self.status.subject = f"{_('Resolve')} {term('rule', self.line.alert.rule)} {self.line.name}"

    def ask_all(self) -> None:
        """The names of what the forms are filled in with."""
        where, contents = self.ours.where, [way.values for way in self.ways]
        self.ask(lambda port: names_in(port, port.perspective(where), contents), self._paint)

    def _paint(self, names: Names) -> None:
        rows = [
            Row(place, {"form": _(way.label), "about": content_of(names.of(way.values))})
            for place, way in enumerate(self.ways)
        ]
        self.table.show(range(len(rows)), lambda ids: [rows[place] for place in ids])

    def on_row_opened(self, message: RowOpened) -> None:
        """Open the form in place of this list."""
        message.stop()
        assert isinstance(message.row, int)
        way, ours = self.ways[message.row], self.ours
        self.leave()
        ours.open_form(way.form, way.values)
