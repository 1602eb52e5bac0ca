"""Who was told of alerts and what came of it, and how the daily scan is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from ledger.domain.time import SHANGHAI, from_microseconds
from ledger.locale import N_, _, term
from tui.port import Jobs, Port
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


def job_words(jobs: Jobs) -> str:
    """`daily scan running; last for 2022-07-22 at 06:00`; what is wrong with it, and messages that did not arrive."""
    told, state = jobs.told, jobs.told["state"]
    pieces = [_(STATES[state])]
    if told["finished_at"]:
        finished = _moment(told["finished_at"]).strftime(MINUTE)
        pieces.append(_("last for {date} at {time}").format(date=told["scanned_on"], time=finished))
    if told["problem"]:
        pieces.append(_("failed: {problem}").format(problem=told["problem"]))
    if told["undelivered"]:
        pieces.append(_("{count} messages not delivered").format(count=told["undelivered"]))
    return _("; ").join(pieces)


def run_words(jobs: Jobs) -> str:
    """How long the last scan took, how often it was tried, and when the next one is due."""
    told = jobs.told
    if jobs.next_at is None:
        return _("Start the daily scan with: sledger jobs run") if told["state"] == "never" else ""
    pieces = [_("next due {time}").format(time=jobs.next_at.strftime(MINUTE))]
    if told["started_at"] and told["finished_at"]:
        seconds = (_moment(told["finished_at"]) - _moment(told["started_at"])).total_seconds()
        pieces.append(_("the last one took {seconds} s").format(seconds=f"{seconds:.1f}"))
    if told["attempts"] > 1:
        pieces.append(_("tried {count} times").format(count=told["attempts"]))
    return _("; ").join(pieces)


def _moment(instant: str) -> datetime:
    return datetime.fromisoformat(instant).astimezone(SHANGHAI)


EMPTY = N_("Nobody was told of anything yet: the daily scan tells the recipients of the settings.")


class DeliveriesPage(LedgerScreen):
    """See the module; the newest message first."""

    def __init__(self) -> None:
        super().__init__()
        self.head = Words(id="jobs")
        self.table = LedgerTable(
            COLUMNS,
            id="deliveries",
            empty=EMPTY,
        )

    def body(self) -> ComposeResult:
        """The job above, the messages below."""
        yield self.head
        yield self.table

    def ask_all(self) -> None:
        """All messages."""
        self.ask(_ask, self._paint)

    def _paint(self, answer: tuple[Jobs, Sequence[Delivery]]) -> None:
        jobs, found = answer
        self.status.subject = _("Deliveries")
        self.head.say(f"{job_words(jobs)}\n{run_words(jobs)}")
        by_id = {one.id: one for one in reversed(found)}
        self.table.show(list(by_id), lambda ids: [_row(by_id[one]) for one in ids])


def _ask(port: Port) -> tuple[Jobs, Sequence[Delivery]]:
    return port.jobs(), port.ledger.deliveries()


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
