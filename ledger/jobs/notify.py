"""Telling people: one digest for each recipient and unit, of what is new since the last one (spec 1.7).

A row is committed before anything is sent. One that is still `sending` when the next look comes belongs to a program
that ended meanwhile: nobody knows whether it has arrived; it is shown as such, and sent once more, not twice.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import date

from ledger.bootstrap import Ledger
from ledger.domain.alerts import AlertState
from ledger.domain.faults import UnknownUnit
from ledger.domain.terms import Severity
from ledger.domain.time import SHANGHAI, Perspective
from ledger.jobs.channels import Channels
from ledger.jobs.scan import Now
from ledger.locale import N_, _, term
from ledger.locale.sentences import fill
from ledger.persistence.deliveries import Delivery, conclude, last_delivery, try_again, write_delivery
from ledger.persistence.jobs import take_lease
from ledger.queries.alerts import AlertLine
from ledger.settings import Recipient

log = logging.getLogger("ledger.jobs")
LINES = 50
"""Alerts told one by one in a message; the others are counted."""
_NEWS = ("alert.alert_raised", "alert.alert_reopened", "alert.alert_regraded")
"""Topics of what is worth a message, as long as the alert is open."""


class Notifier:
    """Tells the recipients of one ledger, while the service holds the lease."""

    def __init__(
        self, ledger: Ledger, to: Sequence[Recipient], channels: Channels, holder: str, seconds: float, now: Now
    ) -> None:
        self._ledger, self._recipients, self._channels = ledger, to, channels
        self._holder, self._seconds, self._now = holder, seconds, now
        self._looked: dict[tuple[str, str], int] = {}

    def run(self) -> None:
        """Send what is new, and again what failed, where its time has come."""
        for recipient in self._recipients:
            for unit in recipient.units or ("",):
                try:
                    self._tell(recipient, unit)
                except UnknownUnit:
                    log.warning("recipient %s: there is no unit %s", recipient.name, unit)

    def _tell(self, recipient: Recipient, unit: str) -> None:
        with self._ledger.store.read() as conn:
            last = last_delivery(conn, recipient.name, unit)
        if last is not None and not _settled(last):
            last = self._again(recipient, last)
        if last is None or _settled(last):
            self._news(recipient, unit, 0 if last is None else last.upto)

    def _again(self, recipient: Recipient, last: Delivery) -> Delivery:
        """Try a message again; one whose outcome nobody knows, once. What stands about it afterwards."""
        channel = self._channels.of(recipient)
        with self._ledger.store.write() as unit:
            if not take_lease(unit, self._holder, self._seconds):
                return last
            if last.state == "failed" and not last.may_try(unit.recorded_at):
                return last
            cut_off = last.state in ("sending", "unknown")
            if cut_off and last.repeated:
                conclude(unit, last.id, "unknown", "cut_off")
                return self._of(recipient, last)
            try_again(unit, last.id, channel, repeated=cut_off)
        return self._send(recipient, last)

    def _of(self, recipient: Recipient, last: Delivery) -> Delivery:
        with self._ledger.store.read() as conn:
            return last_delivery(conn, recipient.name, last.unit) or last

    def _send(self, recipient: Recipient, message: Delivery) -> Delivery:
        message = self._of(recipient, message)
        outcome = self._channels.send(recipient, message)
        with self._ledger.store.write() as unit:
            conclude(unit, message.id, outcome.state, outcome.problem)
        count = len(message.alerts)
        log.info("message %s to %s: %s alerts, %s", message.id, recipient.name, count, outcome.problem or outcome.state)
        return self._of(recipient, message)

    def _news(self, recipient: Recipient, unit: str, after: int) -> None:
        with self._ledger.store.read() as conn:
            after = max(after, self._looked.get((recipient.name, unit), 0))
            acts = self._ledger.store.of_topics(conn, _NEWS, after)
        if not acts:
            return
        self._looked[recipient.name, unit] = acts[-1].position
        touched = {getattr(one.event.entry, "alert", one.position) for one in acts}
        lines = [line for line in self._open(recipient, unit) if line.alert.id in touched]
        if not lines:
            return
        text = message_text(lines, unit, names=recipient.names)
        to = (recipient.name, unit, self._channels.of(recipient))
        with self._ledger.store.write() as write:
            if not take_lease(write, self._holder, self._seconds):
                del self._looked[recipient.name, unit]
                return
            alerts = [line.alert.id for line in lines]
            made = write_delivery(write, to, acts[-1].position, alerts, text)
        self._send(recipient, made)

    def _open(self, recipient: Recipient, unit: str) -> list[AlertLine]:
        """What is open for a recipient today."""
        today: date = self._now().astimezone(SHANGHAI).date()
        p = Perspective(today, self._ledger.perspective(today).known_at)
        least = Severity(recipient.severity)
        answer = self._ledger.alerts(p, unit=unit or None, least=least, states={AlertState.OPEN})
        return [row for row in answer.rows if recipient.rules is None or row.alert.rule in recipient.rules]


def _settled(message: Delivery) -> bool:
    """Whether nothing more is tried: it was sent, or sent twice without anybody knowing whether it arrived."""
    return message.state == "sent" or (message.state == "unknown" and message.repeated)


def message_text(lines: Sequence[AlertLine], unit: str, *, names: bool) -> tuple[str, str]:
    """Title and body. People are named only where the office wants it: a message leaves the house."""
    counts = Counter(line.alert.severity for line in lines)
    graded = _(", ").join(f"{term('severity', one)} {counts[one]}" for one in reversed(Severity) if counts[one])
    where = unit or _("all units")
    title = fill(N_("{count} alerts, {where}: {graded}"), {"count": len(lines), "where": where, "graded": graded})
    told = [_line(line, names=names) for line in lines[:LINES]]
    if len(lines) > LINES:
        told.append(fill(N_("and {count} more"), {"count": len(lines) - LINES}))
    told.append("")
    told.append(_("Look at them with: sledger alerts list"))
    return title, "\n".join(told)


def _line(line: AlertLine, *, names: bool) -> str:
    one = line.alert
    pieces = [
        fill(N_("no. {alert}"), {"alert": one.id}),
        term("severity", one.severity),
        term("rule", one.rule),
        _(", ").join(one.units),
        fill(N_("since {date}"), {"date": one.first_true_on.isoformat()}),
    ]
    if names or one.person is None:
        pieces.append(line.name)
    return _("; ").join(piece for piece in pieces if piece)
