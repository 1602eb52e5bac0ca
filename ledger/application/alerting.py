"""What officers do about alerts: each an act, decided and written in one transaction (spec 1.7)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from ledger.application.recording import Receipt, Recording
from ledger.domain import acts as a
from ledger.domain.alerts import Alert, decide, evolve
from ledger.domain.events import Recorded
from ledger.domain.reading import read_act
from ledger.domain.refusals import Refused
from ledger.domain.time import shanghai_date
from ledger.projections.alerts import find_alert, write_alerts


class AlertDesk:
    """The alerts as one write transaction changes them."""

    def __init__(self, recording: Recording, alerts: dict[int, Alert]) -> None:
        self._recording = recording
        self.alerts = alerts
        self._changed: dict[int, Alert] = {}

    def take(self, act: a.AlertAct) -> Recorded:
        """Record an act that was found legal."""
        if isinstance(act, a.AlertRaised):
            stream = a.alert_stream(act.rule, act.subject, act.first_true_on)
        else:
            stream = self.alerts[act.alert].stream  # type: ignore[attr-defined]  # all but the raising name one
        recorded = self._recording.act(stream, act)
        changed = evolve(self.alerts, recorded)
        self.alerts.update(changed)
        self._changed.update(changed)
        return recorded

    def write(self) -> None:
        """Bring the table in line."""
        write_alerts(self._recording.world.unit.conn, self._changed.values())
        self._changed = {}


class Alerting:
    """Part of an open ledger; the method it rests on is the ledger's."""

    def recording(self) -> AbstractContextManager[Recording]:
        """One write transaction."""
        raise NotImplementedError

    def acknowledge(self, alert: int, *, note: str | None = None) -> Receipt | Refused:
        """Say that somebody has taken note of an alert."""
        return self._answer(a.AlertAcknowledged, {"alert": alert, "note": note})

    def snooze(self, alert: int, until: date | str, *, note: str | None = None) -> Receipt | Refused:
        """Leave an alert alone up to and including a day."""
        return self._answer(a.AlertSnoozed, {"alert": alert, "until": until, "note": note})

    def waive(
        self, alert: int, until: date | str | None, authority: Mapping[str, Any], *, note: str | None = None
    ) -> Receipt | Refused:
        """Tolerate a finding, by a document with a number, up to and including a day."""
        if until is None:
            return Refused("waiver_without_end", {"alert": alert})
        given = {"alert": alert, "until": until, "authority": dict(authority) or None, "note": note}
        return self._answer(a.AlertWaived, given)

    def letter_made(self, alert: int, letter: str, file: str, sha256: str) -> Receipt | Refused:
        """Note that a letter was made about an alert."""
        given = {"alert": alert, "letter": letter, "file": file, "sha256": sha256}
        return self._answer(a.AlertLetterMade, given)

    def _answer(self, model: type[a.AlertAct], given: Mapping[str, Any]) -> Receipt | Refused:
        act = read_act(model, given)
        if isinstance(act, Refused):
            return act
        with self.recording() as recording:
            unit = recording.world.unit
            number = int(given["alert"])
            alert = find_alert(unit.conn, number)
            refused = decide(alert, act, shanghai_date(unit.recorded_at))
            if refused is not None or alert is None:
                return refused or Refused("alert_unknown", {"alert": number})
            desk = AlertDesk(recording, {number: alert})
            recorded = desk.take(act)
            desk.write()
        return Receipt(recorded.position, recorded.event.id, recorded.recorded_at)
