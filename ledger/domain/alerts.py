"""What becomes of a finding once it is told: one pure fold of the acts, and what officers may do (spec 1.7).

The same `evolve` keeps the table `alert` inside the write transaction and makes it anew in a rebuild.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from ledger.domain import acts as a
from ledger.domain.events import Recorded
from ledger.domain.refusals import Refused
from ledger.domain.terms import Severity


class Standing(StrEnum):
    """Whether anything is still to be done about an alert, as the acts left it."""

    OPEN = "open"
    CLEARED = "cleared"
    SUPERSEDED = "superseded"


class AlertState(StrEnum):
    """How an alert stands on a date: snoozing and waiving end by their own dates."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    WAIVED = "waived"
    CLEARED = "cleared"
    SUPERSEDED = "superseded"


LIVE = frozenset({AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.SNOOZED, AlertState.WAIVED})
"""States of an alert whose finding is still there."""

Identity = tuple[str, str, date]
"""Rule, subject and first day: raised once (spec 1.7)."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as its acts left it. `id`: position of its raising. Instants in microseconds UTC.

    `waived_by`: number of the document it is tolerated by. `cleared_by`: id of the entry that cleared it.
    `position`: of the last act about it.
    """

    id: int
    rule: str
    subject: str
    first_true_on: date
    severity: Severity
    units: tuple[str, ...]
    person: str | None
    raised_at: int
    standing: Standing = Standing.OPEN
    acknowledged_by: str | None = None
    acknowledged_at: int | None = None
    snoozed_until: date | None = None
    waived_until: date | None = None
    waived_by: str | None = None
    cleared_by: str | None = None
    lapsed_on: date | None = None
    supersedes: int | None = None
    superseded_by: int | None = None
    position: int = 0

    @property
    def identity(self) -> Identity:
        """What is raised once."""
        return (self.rule, self.subject, self.first_true_on)

    @property
    def stream(self) -> str:
        """Where its acts are."""
        return a.alert_stream(*self.identity)

    @property
    def live(self) -> bool:
        """Whether its finding is still there, as far as any scan has told."""
        return self.standing is Standing.OPEN

    def state_on(self, day: date) -> AlertState:
        """How it stands on a date. A waiver weighs more than a snooze, a snooze more than an acknowledgement."""
        if not self.live:
            return AlertState(self.standing.value)
        if self.waived_until is not None and day <= self.waived_until:
            return AlertState.WAIVED
        if self.snoozed_until is not None and day <= self.snoozed_until:
            return AlertState.SNOOZED
        return AlertState.OPEN if self.acknowledged_by is None else AlertState.ACKNOWLEDGED


def evolve(alerts: Mapping[int, Alert], recorded: Recorded) -> dict[int, Alert]:
    """The alerts an act changes, as they are after it; an act that is not about alerts changes none."""
    act = recorded.event.entry
    if isinstance(act, a.AlertRaised):
        return {recorded.position: _raised(act, recorded)}
    if not isinstance(act, _FOLLOWING):
        return {}
    before = replace(alerts[act.alert], position=recorded.position)
    match act:
        case a.AlertAcknowledged():
            after = replace(before, acknowledged_by=recorded.event.recorded_by, acknowledged_at=recorded.recorded_at)
        case a.AlertSnoozed():
            after = replace(before, snoozed_until=act.until)
        case a.AlertWaived():
            after = replace(before, waived_until=act.until, waived_by=_document(act))
        case a.AlertRegraded():
            after = replace(before, severity=act.severity)
        case a.AlertCleared():
            after = replace(before, standing=Standing.CLEARED, cleared_by=act.entry, lapsed_on=act.lapsed_on)
        case a.AlertReopened():
            after = _reopened(before)
        case a.AlertSuperseded():
            return _superseded(alerts, before, act)
        case _:
            after = before
    return {after.id: after}


_FOLLOWING = (
    a.AlertRegraded
    | a.AlertAcknowledged
    | a.AlertSnoozed
    | a.AlertWaived
    | a.AlertCleared
    | a.AlertSuperseded
    | a.AlertReopened
    | a.AlertLetterMade
)


def _raised(act: a.AlertRaised, recorded: Recorded) -> Alert:
    return Alert(
        recorded.position,
        act.rule,
        act.subject,
        act.first_true_on,
        act.severity,
        act.units,
        act.person,
        recorded.recorded_at,
        supersedes=act.supersedes,
        position=recorded.position,
    )


def _document(act: a.Act) -> str | None:
    return None if act.authority is None else act.authority.document_no


def _reopened(before: Alert) -> Alert:
    """Open as on its first day: what was said about it was said about something that has ended."""
    return replace(
        before,
        standing=Standing.OPEN,
        acknowledged_by=None,
        acknowledged_at=None,
        snoozed_until=None,
        waived_until=None,
        waived_by=None,
        cleared_by=None,
        lapsed_on=None,
        superseded_by=None,
    )


def _superseded(alerts: Mapping[int, Alert], before: Alert, act: a.AlertSuperseded) -> dict[int, Alert]:
    heir = replace(
        alerts[act.by],
        acknowledged_by=before.acknowledged_by,
        acknowledged_at=before.acknowledged_at,
        snoozed_until=before.snoozed_until,
        waived_until=before.waived_until,
        waived_by=before.waived_by,
    )
    return {before.id: replace(before, standing=Standing.SUPERSEDED, superseded_by=act.by), heir.id: heir}


def decide(alert: Alert | None, act: a.AlertAct, today: date) -> Refused | None:
    """Why an officer may not do this to an alert today; None when it is fine. What scans do is never illegal."""
    number = getattr(act, "alert", None)
    if alert is None:
        return Refused("alert_unknown", {"alert": number})
    if isinstance(act, a.AlertLetterMade):
        return None
    if not alert.live:
        return Refused("alert_closed", {"alert": number, "state": alert.standing.value})
    if isinstance(act, a.AlertAcknowledged) and alert.acknowledged_by is not None:
        return Refused("already_acknowledged", {"alert": number, "officer": alert.acknowledged_by})
    if isinstance(act, a.AlertWaived) and _document(act) is None:
        return Refused("waiver_without_document", {"alert": number})
    if isinstance(act, a.AlertSnoozed | a.AlertWaived) and act.until < today:
        return Refused("until_in_past", {"until": act.until, "today": today})
    return None
