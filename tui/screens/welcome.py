"""The first run: there is no ledger at the address, or nothing in it yet. Every way on is one key away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from ledger import locale
from ledger.cli.session import quick_imports
from ledger.locale import N_, _
from ledger.settings import default_demo
from tui import keys
from tui.messages import RowOpened
from tui.port import Port
from tui.screens.base import LedgerScreen
from tui.widgets.detail import Words
from tui.widgets.field import LedgerInput
from tui.widgets.table import Column, LedgerTable, Row

COLUMNS = (Column("key", "", 4), Column("what", N_("Welcome to the ledger of secondments"), 60, grow=True))


class Welcome(LedgerScreen):
    """Load the demo, make a ledger, open another one, or change the language."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.WELCOME)]

    def __init__(self, *, missing: bool) -> None:
        super().__init__()
        self.missing = missing
        self.table = LedgerTable(COLUMNS, id="ways")
        self.field = LedgerInput(id="text")
        self.address = Horizontal(classes="field")
        self.words = Words(id="entry")

    def body(self) -> ComposeResult:
        """The ways on, a field for an address, and how far things have come."""
        yield self.table
        with self.address:
            yield Words(_("Ledger"), classes="label")
            yield self.field
        yield self.words

    def on_mount(self) -> None:
        """Show the ways on."""
        self.address.display = False
        self.status.subject = _("First run")
        address = self.ours.port.address
        ways = [
            ("1", _("Load the demo: an invented county around a town of 46 people, 14 of them lent")),
            ("2", _("Make an empty ledger at {address}").format(address=address)),
            ("3", _("Open another ledger: a file, or postgresql://server/database")),
            ("4", "English" if locale.language() == "zh" else "中文"),
        ]
        if not self.missing:
            ways[1] = (
                "2",
                _("Begin here: units, then quotas, then people (F2, Import a spreadsheet, reads your lists)"),
            )
        rows = [Row(number, {"key": number, "what": text}) for number, text in ways]
        self.table.show([row.id for row in rows], lambda ids: [row for row in rows if row.id in ids])
        self.words.say(_("Nothing leaves this machine. F1 help, Ctrl+Q quit."))

    def on_row_opened(self, message: RowOpened) -> None:
        """As its digit."""
        message.stop()
        self.action_way(str(message.row))

    def action_way(self, number: str) -> None:
        """Take one of the ways."""
        match number:
            case "1":
                self._make(_demo)
            case "2" if self.missing:
                self._make(_empty)
            case "2":
                self.leave()
            case "3":
                self.address.display = True
                self.set_focus(self.field)
            case _:
                self.ours.speak("en" if locale.language() == "zh" else "zh")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open what was named."""
        event.stop()
        address = event.value.strip()
        if address:
            self._make(lambda port, _told: _opened(Port(address, port.officer)))

    def _make(self, make: Callable[[Port, Callable[[int, int], None]], Port]) -> None:
        def progress(done: int, total: int) -> None:
            self.app.call_from_thread(self.words.say, _("{done} of {total} ..").format(done=done, total=total))

        self.words.say(_("One moment .."))
        self.ask(lambda port: make(port, progress), self.ours.use_ledger)

    def tell(self, error: Exception, more: str = "") -> None:
        """It did not work; the ways stay open."""
        self.words.say("")
        super().tell(error, more)


def _demo(port: Port, progress: Callable[[int, int], None]) -> Port:
    with quick_imports():
        from ledger.interchange.demo import make_demo
    path = default_demo()
    path.parent.mkdir(parents=True, exist_ok=True)
    make_demo(str(path), progress).close()
    return _opened(Port(str(path), port.officer))


def _empty(port: Port, _progress: Callable[[int, int], None]) -> Port:
    with quick_imports():
        from ledger.bootstrap import create_ledger
    if "://" not in port.address:
        Path(port.address).parent.mkdir(parents=True, exist_ok=True)
    create_ledger(port.address, officer=port.officer).close()
    return _opened(Port(port.address, port.officer))


def _opened(port: Port) -> Port:
    port.newest()
    return port
