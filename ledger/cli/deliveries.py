"""`sledger alerts deliveries`: what was sent to whom, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ledger.cli import out
from ledger.cli.answers import answer_options, delivered
from ledger.cli.base import command, option
from ledger.cli.session import Session
from ledger.cli.tables import Table
from ledger.locale import N_, _, term

if TYPE_CHECKING:
    from ledger.persistence.deliveries import Delivery


@command(
    "deliveries",
    N_(
        "The messages that told people of alerts, and what came of each.\n\n"
        "A message whose outcome nobody knows was being sent when the program ended; it is sent once more."
    ),
)
@option("--recipient", metavar="NAME", help=N_("Only messages to this recipient."))
@answer_options()
@click.pass_obj
def deliveries(session: Session, recipient: str | None) -> None:
    """See the help."""
    with session.open() as ledger:
        found = ledger.deliveries(recipient)
    if delivered(session, "deliveries", {"rows": [_told(one) for one in found]}):
        return
    keys = ("position", "recipient", "unit", "channel", "alerts", "state", "attempts", "sent_at", "problem")
    table = Table([term("column", key) for key in keys], frozenset({0, 4, 6}))
    for one in found:
        table.add(
            one.id,
            one.recipient,
            one.unit or _("all units"),
            term("channel", one.channel),
            len(one.alerts),
            term("delivery_state", one.state),
            one.attempts,
            None if one.sent_at is None else _local(one.sent_at),
            one.problem,
        )
    out.table(table)


def _local(instant: int) -> str:
    """The minute in Asia/Shanghai."""
    from ledger.domain.time import SHANGHAI, from_microseconds

    return f"{from_microseconds(instant).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _told(one: Delivery) -> dict[str, Any]:
    """Everything but the text: a list is no place for names."""
    from ledger.domain.time import shown_instant

    return {
        "delivery": one.id,
        "recipient": one.recipient,
        "unit": one.unit or None,
        "channel": one.channel,
        "alerts": list(one.alerts),
        "state": one.state,
        "attempts": one.attempts,
        "repeated": one.repeated,
        "created_at": shown_instant(one.created_at),
        "tried_at": shown_instant(one.tried_at),
        "sent_at": None if one.sent_at is None else shown_instant(one.sent_at),
        "problem": one.problem,
    }
