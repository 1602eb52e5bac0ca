"""Who was told of alerts and what came of it, and how the daily scan is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult

from ledger.domain.time import SHANGHAI, from_microseconds
from ledger.locale import N_, _, term
from tui.port import Port
from tui.screens.base import LedgerScreen
from tui.widgets.detail import Words
from tui.widgets.table import Column, LedgerTable, Row

if TYPE_CHECKING:
    from ledger.application.scanning import Delivery

COLUMNS = (
    Column("sent_at", N_("Sent"), 16),
    Column("recipient", N_("Recipient"), 12, grow=True),
    Column("unit", N_("Unit"), 10, grow=True),
    Column("channel", N_("Channel"), 8),
    Column("alerts", N_("Alerts"), 6, right=True),
    Column("attempts", N_("Attempts"), 8, right=True),
    Column("state", N_("State"), 10),
    Column("problem", N_("Problem"), 20, from_width=110, grow=True),
)
STATES: Mapping[str, str] = {
    "never": N_("no daily scan has run"),
    "stopped": N_("daily scan stopped"),
    "running": N_("daily scan running"),
    "dead": N_("daily scan dead"),
}
MINUTE = "%Y-%m-%d %H:%M"


def job_words(jobs: Mapping[str, Any]) -> str:
    """`daily scan running, 2022-07-22 06:00`; what is wrong with it, and messages that did not arrive."""
    if not jobs:
        return ""
    state = jobs["state"]
    pieces = [_(STATES[state])]
    if jobs["finished_at"]:
        finished = datetime.fromisoformat(jobs["finished_at"]).astimezone(SHANGHAI).strftime(MINUTE)
        pieces.append(_("last for {date} at {time}").format(date=jobs["scanned_on"], time=finished))
    if jobs["problem"]:
        pieces.append(_("failed: {problem}").format(problem=jobs["problem"]))
    if jobs["undelivered"]:
        pieces.append(_("{count} messages not delivered").format(count=jobs["undelivered"]))
    return _("; ").join(pieces)


class DeliveriesPage(LedgerScreen):
    """See the module; the newest message first."""

    def __init__(self) -> None:
        super().__init__()
        self.head = Words(id="jobs")
        self.table = LedgerTable(COLUMNS, id="deliveries", empty=N_("Nobody was told of anything yet."))

    def body(self) -> ComposeResult:
        """The job above, the messages below."""
        yield self.head
        yield self.table

    def ask_all(self) -> None:
        """All messages."""
        self.ask(_ask, self._paint)

    def _paint(self, answer: tuple[Mapping[str, Any], Sequence[Delivery]]) -> None:
        jobs, found = answer
        self.status.subject = _("Deliveries")
        self.head.say(job_words(jobs))
        by_id = {one.id: one for one in reversed(found)}
        self.table.show(list(by_id), lambda ids: [_row(by_id[one]) for one in ids])


def _ask(port: Port) -> tuple[Mapping[str, Any], Sequence[Delivery]]:
    return port.ledger.status()["jobs"], port.ledger.deliveries()


def _row(one: Delivery) -> Row:
    sent = "" if one.sent_at is None else from_microseconds(one.sent_at).astimezone(SHANGHAI).strftime(MINUTE)
    cells = {
        "sent_at": sent,
        "recipient": one.recipient,
        "unit": one.unit or _("all units"),
        "channel": term("channel", one.channel),
        "alerts": str(len(one.alerts)),
        "attempts": str(one.attempts),
        "state": term("delivery_state", one.state),
        "problem": one.problem or "",
    }
    return Row(one.id, cells, tones={} if one.state == "sent" else {"state": "overdue"})
