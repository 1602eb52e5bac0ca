"""What a scan makes of the findings of one date: a pure decision from findings and alerts to acts (spec 1.7)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from ledger.domain import acts as a
from ledger.domain.alerts import Alert, Identity
from ledger.domain.findings.finding import Finding, State


class Moment(NamedTuple):
    """What a scan rests on, in the order in which scans override each other."""

    as_of: date
    known_at: int


NEVER = Moment(date.min, 0)


class Made(NamedTuple):
    """A scan that was made, and the position of its act."""

    position: int
    moment: Moment


class Ended(NamedTuple):
    """Why a finding is gone: an entry's id, or the day on which it lapsed."""

    entry: str | None
    lapsed_on: date | None


class Scans:
    """The scans made so far, in the order of positions."""

    def __init__(self, made: Sequence[Made]) -> None:
        self._positions = [one.position for one in made]
        self._latest: list[Moment] = []
        for one in reversed(made):
            self._latest.append(max(one.moment, self._latest[-1]) if self._latest else one.moment)
        self._latest.reverse()
        self._made = {one.moment: one.position for one in made}

    def judged(self, alert: Alert) -> Moment:
        """The latest moment for which a scan has judged an alert: every scan after its raising judged it."""
        place = bisect_right(self._positions, alert.id)
        return self._latest[place] if place < len(self._latest) else NEVER

    def made_since(self, moment: Moment, position: int) -> bool:
        """Whether a scan of just this moment was made after a position."""
        return self._made.get(moment, 0) > position


def scan(
    findings: Iterable[Finding],
    alerts: Mapping[int, Alert],
    scans: Scans,
    moment: Moment,
    end_of: Callable[[Alert, Moment], Ended | None],
    position: int,
) -> list[a.AlertAct]:
    """The acts that bring alerts in line with the findings that are true at a moment.

    `alerts`: all live ones, and any other whose rule and subject stand among the findings. `end_of`: why the finding
    of an alert is gone, given the moment at which it was last seen; None where nobody can say whether it is.
    `position`: that of the first act.
    A scan says nothing about an alert that was judged at a later moment.
    """
    return _Scan(findings, alerts, scans, moment, end_of, position).decided()


class _Scan:
    def __init__(
        self,
        findings: Iterable[Finding],
        alerts: Mapping[int, Alert],
        scans: Scans,
        moment: Moment,
        end_of: Callable[[Alert, Moment], Ended | None],
        position: int,
    ) -> None:
        self._true = {one.order: one for one in findings if one.state is State.TRUE}
        self._alerts = alerts
        self._scans = scans
        self._moment = moment
        self._seen = {"as_of": moment.as_of, "known_at": moment.known_at}
        self._end_of = end_of
        self._first = position
        self._acts: list[a.AlertAct] = []
        self._moved: dict[Identity, list[Alert]] = {}

    def decided(self) -> list[a.AlertAct]:
        by_identity = {alert.identity: alert for alert in self._alerts.values()}
        for alert in self._alerts.values():
            if alert.live and self._scans.judged(alert) <= self._moment:
                self._judge(alert)
        for order in sorted(self._true):
            found = self._true[order]
            identity = _identity(found)
            number = self._told(found, by_identity.get(identity), self._moved.get(identity, []))
            for old in self._moved.get(identity, []):
                if number is not None:
                    self._add(a.AlertSuperseded, alert=old.id, by=number)
        return self._acts

    def _add(self, model: type[a.AlertAct], **values: object) -> int:
        self._acts.append(model.model_validate({**self._seen, **values}))
        return self._first + len(self._acts) - 1

    def _judge(self, alert: Alert) -> None:
        """What becomes of a live alert: it goes on, is cleared, or its first day has moved."""
        found = self._true.get((alert.rule, alert.subject))
        if found is not None and found.first_true_on == alert.first_true_on:
            self._go_on(alert, found)
            return
        seen = self._scans.judged(alert)
        if found is not None and found.first_true_on is not None and found.first_true_on <= seen.as_of:
            self._moved.setdefault(_identity(found), []).append(alert)
            return
        ended = self._end_of(alert, seen)
        if ended is not None:
            self._add(a.AlertCleared, alert=alert.id, entry=ended.entry, lapsed_on=ended.lapsed_on)

    def _go_on(self, alert: Alert, found: Finding) -> None:
        if found.severity is not None and found.severity is not alert.severity:
            self._add(a.AlertRegraded, alert=alert.id, severity=found.severity, evidence=dict(found.evidence))
        if alert.waived_until is not None and alert.waived_until < self._moment.as_of:
            self._add(a.AlertReopened, alert=alert.id, reason="waiver_ended")

    def _told(self, found: Finding, alert: Alert | None, moved: Sequence[Alert]) -> int | None:
        """The alert that tells a finding, raised or reopened where need be; None where a later scan has spoken."""
        if alert is None:
            return self._add(
                a.AlertRaised,
                rule=found.rule,
                subject=found.subject,
                first_true_on=found.first_true_on,
                severity=found.severity,
                units=found.units,
                person=found.person,
                evidence=dict(found.evidence),
                supersedes=moved[-1].id if moved else None,
            )
        if alert.live:
            return alert.id
        if self._scans.judged(alert) > self._moment:
            return None
        self._add(a.AlertReopened, alert=alert.id, reason="true_again")
        return alert.id


def _identity(found: Finding) -> Identity:
    assert found.first_true_on is not None
    return (found.rule, found.subject, found.first_true_on)
