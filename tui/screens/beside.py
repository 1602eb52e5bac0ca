"""Beside the overview, where a window has room: the people of the unit under the cursor."""

from __future__ import annotations

import time
from collections.abc import Sequence

from textual.widget import Widget

from ledger.locale import N_
from tui.port import Port
from tui.screens.unit import Roster, roster
from tui.where import Where
from tui.widgets.table import Column, LedgerTable

ROOM = 120
"""Cells of a window that has room."""
REST = 0.15
"""Seconds that the cursor has to stay on a unit: a key held down asks once, not for every row it passes."""
COLUMNS = (
    Column("name", N_("Full name"), 8, grow=True, middle=True),
    Column("status", N_("Status"), 6),
    Column("place", N_("Works at"), 14, middle=True),
)


class PeopleBeside(LedgerTable):
    """A list of its own: Tab goes there, Enter opens a person."""

    quiet = True

    def __init__(self) -> None:
        super().__init__(COLUMNS, id="people", empty=N_("Nobody on the roster."))

    def is_there(self, window: Widget) -> bool:
        """Show or hide it, as there is room; whether it is shown."""
        self.display = window.app.size.width >= ROOM
        return self.display

    def show_roster(self, found: Roster) -> None:
        """Show these people, from the first."""
        self.show(found.ids, found.fetch, local=False)

    def codes(self) -> Sequence[str]:
        """Of the people marked, else of the one under the cursor."""
        chosen = set(self.chosen())
        rows = [self.row(index) for index, one in enumerate(self.ids) if one in chosen]
        return [row.cells["person"] for row in rows if row is not None]


def people_of(port: Port, where: Where, unit: str) -> Roster:
    """The roster of a unit, for whoever stays on it."""
    time.sleep(REST)
    return roster(port, port.perspective(where), unit, "person")
