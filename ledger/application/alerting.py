"""What officers do about alerts: each an act, decided and written in one transaction (spec 1.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ledger.application.part import Part
from ledger.application.recording import Receipt, Recording
from ledger.domain import acts as a
from ledger.domain.access import Deed
from ledger.domain.alerts import Alert, decide, evolve
from ledger.domain.events import Recorded
from ledger.domain.reading import read_act
from ledger.domain.refusals import Refused
from ledger.domain.time import shanghai_date
from ledger.projections.alerts import find_alert, write_alerts

Alerts = int | Sequence[int]
"""One alert or several, by the positions of their raising."""
Done = tuple[Receipt, ...] | Refused
"""A receipt for each act, or why none was recorded."""
NOT_LOOKED_AT: Mapping[int, int] = {}


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


class Alerting(Part):
    """Part of an open ledger; the method it rests on is the ledger's.

    Every act takes one alert or several; of several, all or none are recorded.
    """

    def acknowledge(self, alerts: Alerts, *, note: str | None = None) -> Done:
        """Say that somebody has taken note."""
        return self._record(a.AlertAcknowledged, alerts, {"note": note})

    def snooze(self, alerts: Alerts, until: date | str, *, note: str | None = None) -> Done:
        """Leave alone up to and including a day."""
        return self._record(a.AlertSnoozed, alerts, {"until": until, "note": note})

    def waive(
        self, alerts: Alerts, until: date | str | None, authority: Mapping[str, Any], *, note: str | None = None
    ) -> Done:
        """Tolerate, by a document with a number, up to and including a day."""
        if until is None:
            return Refused("waiver_without_end", {"alert": _several(alerts)[0]})
        return self._record(a.AlertWaived, alerts, {"until": until, "authority": dict(authority) or None, "note": note})

    def letter_made(self, alerts: Mapping[int, int], letter: str, file: str, sha256: str) -> Done:
        """Note that a letter was made. `alerts`: each with the position of its last act when it was looked at.

        Refused where something has become of one since: two who write at once write one letter, not two.
        """
        given = {"letter": letter, "file": file, "sha256": sha256}
        return self._record(a.AlertLetterMade, list(alerts), given, alerts)

    def _record(
        self, model: type[a.AlertAct], alerts: Alerts, given: Mapping[str, Any], seen: Mapping[int, int] = NOT_LOOKED_AT
    ) -> Done:
        acts: list[tuple[int, a.AlertAct]] = []
        for number in _several(alerts):
            act = read_act(model, {"alert": number, **given})
            if isinstance(act, Refused):
                return act
            acts.append((number, act))
        with self.recording() as recording:
            unit = recording.world.unit
            today = shanghai_date(unit.recorded_at)
            if (forbidden := recording.forbids(Deed.ALERT)) is not None:
                return forbidden
            standing: dict[int, Alert] = {}
            for number, act in acts:
                alert = find_alert(unit.conn, number)
                refused = decide(alert, act, today)
                if alert is None or refused is not None:
                    return refused or Refused("alert_unknown", {"alert": number})
                if (outside := recording.outside(alert.units, today)) is not None:
                    return outside
                if alert.position != seen.get(number, alert.position):
                    return Refused("alert_changed", {"alert": number})
                standing[number] = alert
            desk = AlertDesk(recording, standing)
            recorded = [desk.take(act) for _, act in acts]
            desk.write()
        return tuple(Receipt(one.position, one.event.id, one.recorded_at) for one in recorded)


def _several(alerts: Alerts) -> list[int]:
    return [alerts] if isinstance(alerts, int) else list(dict.fromkeys(alerts))
