"""One alert: what its finding rests on, and everything that became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult

from ledger.locale import N_, term
from ledger.queries.alerts import AlertLine
from ledger.queries.log import LogLine
from tui.inbox.rows import evidence_lines, evidence_of, state_of, units_of
from tui.messages import RowOpened
from tui.naming import NAMELESS
from tui.screens.base import LedgerScreen
from tui.screens.entries import entry_row, show_entry
from tui.widgets.detail import Words
from tui.widgets.table import Column, LedgerTable

COLUMNS = (
    Column("position", N_("No."), 7, right=True),
    Column("type", N_("Act"), 20),
    Column("content", N_("Content"), 20, grow=True),
    Column("recorded", N_("Recorded"), 16),
    Column("by", N_("By"), 10),
)
SAID_ABOVE = ("evidence", "rule", "subject", "units", "person", "alert", "first_true_on")
LINES = 4


class AlertPage(LedgerScreen):
    """See the module. Enter opens an act in full."""

    def __init__(self, line: AlertLine, names: Mapping[str, str]) -> None:
        super().__init__()
        self.line, self._names = line, names
        self.head = Words(id="alert-head")
        self.table = LedgerTable(COLUMNS, id="acts")
        self._acts: dict[int, LogLine] = {}

    def body(self) -> ComposeResult:
        """What it is about above, the acts below."""
        yield self.head
        yield self.table

    def ask_all(self) -> None:
        """The acts, from its raising on."""
        number = self.line.alert.id
        self.ask(lambda port: port.ledger.alert_history(number).entries, self._paint)

    def _paint(self, history: Sequence[LogLine]) -> None:
        one = self.line.alert
        self.status.subject = f"#{one.id} {term('rule', one.rule)}"
        told = [
            f"{self.line.name}  {units_of(self.line, self._names)}",
            f"{term('severity', one.severity.value)}  {one.first_true_on.isoformat()}  {state_of(self.line)}",
            *evidence_lines(evidence_of(history), self.size.width - 2, LINES),
        ]
        self.head.say("\n".join(told))
        self._acts = {act.position: act for act in history}
        self.table.show(list(self._acts), lambda ids: [entry_row(self._acts[one], NAMELESS, SAID_ABOVE) for one in ids])

    def on_row_opened(self, message: RowOpened) -> None:
        """An act in full."""
        message.stop()
        if isinstance(message.row, int):
            show_entry(self.ours, self._acts[message.row])
