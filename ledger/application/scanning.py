"""A scan: the findings of one date are asked for, compared with the alerts, and what follows is recorded (spec 1.7).

Findings at a moment never change, so they are asked for before the writer's lock is taken; if alerts have moved in the
meantime, only the comparison is made again. Two processes that scan at once therefore give the same alerts.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Connection

from ledger.application.alerting import AlertDesk, Alerting
from ledger.application.endings import Endings
from ledger.application.granting import Granting
from ledger.application.recording import Recording
from ledger.domain import acts as a
from ledger.domain.access import Deed
from ledger.domain.alerts import Alert, AlertState
from ledger.domain.events import Recorded
from ledger.domain.findings.finding import Finding
from ledger.domain.refusals import Refused
from ledger.domain.scanning import Moment, Scans, scan
from ledger.domain.terms import Severity
from ledger.domain.time import Perspective, shanghai_date
from ledger.persistence.deliveries import Delivery, deliveries
from ledger.projections import tables as t
from ledger.projections.alerts import alerts_of, last_act, live_alerts, scans_made, write_scan

__all__ = ["Delivery", "ScanAnswer", "ScanRow", "Scanning"]


@dataclass(frozen=True, slots=True)
class ScanRow:
    """A finding with its alert; None where a later scan has spoken and nothing was told."""

    finding: Finding
    alert: Alert | None
    state: AlertState | None

    def to_json(self) -> dict[str, Any]:
        """The keys of the finding, and `alert` and `alert_state`."""
        number = None if self.alert is None else self.alert.id
        state = None if self.state is None else self.state.value
        return {**self.finding.to_json(), "alert": number, "alert_state": state}


@dataclass(frozen=True, slots=True)
class ScanAnswer:
    """What holds on a date, each with its alert after the scan. `done`: act type -> how many this scan recorded.

    `worst_open`: the gravest severity among alerts that are open on the date; None where none is.
    """

    perspective: Perspective
    rows: tuple[ScanRow, ...]
    worst_open: Severity | None
    done: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The same for the same perspective, however often it is made: what this scan added is not in it."""
        return {
            "as_of": self.perspective.as_of.isoformat(),
            "known_at": self.perspective.known_at,
            "rows": [row.to_json() for row in self.rows],
        }


class Scanning(Alerting, Granting):
    """Part of an open ledger; the findings are the ledger's."""

    @abstractmethod
    def newest_entry(self, known_at: int | None = None) -> int:
        """The position of the newest entry, or of the newest one known at a position."""

    @abstractmethod
    def judged(
        self, p: Perspective, rule: str | None = None, people: Collection[str] | None = None
    ) -> Sequence[Finding]:
        """The findings at a perspective; of one rule (about some people), also those for which an input is missing."""

    def scan(self, on: date, known_at: int | None = None) -> ScanAnswer | Refused:
        """Compare what holds on a date, as known at the newest entry (or one before), with the alerts.

        Refused where the date has not come yet: a scan says nothing about what was judged for a later day.
        """
        forbidden = self.forbids(Deed.ALERT, whole=True)
        if forbidden is not None:
            return forbidden
        moment = Moment(on, self.newest_entry(known_at))
        findings = self.judged(Perspective(*moment))
        while True:
            with self.store.read() as conn:
                comparison = _Comparison(conn, findings, moment)
                endings = Endings(moment, partial(self._ask, comparison.gone()), self._about, self._id_at)
                comparison.acts(endings, 1)  # asks what it needs, without the writer's lock
                seen = last_act(conn)
            with self.recording() as recording:
                unit = recording.world.unit
                today = shanghai_date(unit.recorded_at)
                forbidden = recording.forbids(Deed.ALERT, whole=True)
                if forbidden is not None:
                    return forbidden
                if on > today:
                    return Refused("scan_ahead", {"date": on, "today": today})
                if last_act(unit.conn) == seen:
                    return _record(recording, findings, moment, endings)

    def live_alerts(self, person: str | None = None) -> Mapping[tuple[str, ...], int]:
        """How many alerts are listed (about a person), by the units they concern together.

        Cheap enough to be asked after every entry.
        """
        about = [] if person is None else [t.alert.c.person == person]
        with self.store.read() as conn:
            return live_alerts(conn, *about)

    def deliveries(self, recipient: str | None = None) -> list[Delivery]:
        """The messages that told people of alerts, and what came of each."""
        with self.store.read() as conn:
            return deliveries(conn, recipient)

    # ---- what the end of a finding is told from

    def _ask(self, gone: Mapping[str, Collection[str] | None], rule: str, moment: Moment) -> Mapping[str, date | None]:
        rows = self.judged(Perspective(*moment), rule, gone.get(rule))
        return {one.subject: one.first_true_on for one in rows if one.rule == rule}

    def _about(self, alert: Alert, upto: int) -> Sequence[Recorded]:
        subjects = [f"person:{alert.person}"] if alert.person else [f"unit:{code}" for code in alert.units]
        with self.store.read() as conn:
            found = self.store.recorded(conn, subjects, upto)
        events = {one.position: one for recorded in found.values() for one in recorded}
        return [events[position] for position in sorted(events)]

    def _id_at(self, position: int) -> str:
        with self.store.read() as conn:
            return self.store.at(conn, [position])[position].event.id


class _Comparison:
    """The alerts a scan looks at, as one snapshot has them."""

    def __init__(self, conn: Connection, findings: Sequence[Finding], moment: Moment) -> None:
        self.findings, self.moment = findings, moment
        self.scans = Scans(scans_made(conn))
        self.alerts = alerts_of(conn, {one.subject for one in findings})

    def gone(self) -> dict[str, set[str] | None]:
        """Rule -> people whose alerts no longer tell a finding of this moment; None where one is about no person."""
        here = {(one.rule, one.subject, one.first_true_on) for one in self.findings}
        found: dict[str, set[str] | None] = {}
        for alert in self.alerts.values():
            if alert.live and alert.identity not in here:
                people = found.setdefault(alert.rule, set())
                if alert.person is None:
                    found[alert.rule] = None
                elif people is not None:
                    people.add(alert.person)
        return found

    def acts(self, endings: Endings, position: int) -> list[a.AlertAct]:
        return scan(self.findings, self.alerts, self.scans, self.moment, endings, position)


def _record(recording: Recording, findings: Sequence[Finding], moment: Moment, endings: Endings) -> ScanAnswer:
    unit = recording.world.unit
    comparison = _Comparison(unit.conn, findings, moment)
    acts = comparison.acts(endings, unit.next_position)
    desk = AlertDesk(recording, comparison.alerts)
    for act in acts:
        desk.take(act)
    desk.write()
    done = Counter(act.type for act in acts)
    newest = max((alert.id for alert in desk.alerts.values()), default=0)
    if acts or not comparison.scans.made_since(moment, newest):
        finished = a.ScanFinished(as_of=moment.as_of, known_at=moment.known_at, findings=len(findings))
        write_scan(unit.conn, recording.act(a.SCANS, finished))
        done[finished.type] += 1
    return _answer(findings, desk.alerts.values(), moment, done)


def _answer(
    findings: Sequence[Finding], alerts: Iterable[Alert], moment: Moment, done: Mapping[str, int]
) -> ScanAnswer:
    told = list(alerts)
    by_identity = {alert.identity: alert for alert in told}
    rows = []
    for one in sorted(findings, key=lambda one: one.order):
        assert one.first_true_on is not None
        alert = by_identity.get((one.rule, one.subject, one.first_true_on))
        rows.append(ScanRow(one, alert, None if alert is None else alert.state_on(moment.as_of)))
    still = [alert.severity for alert in told if alert.state_on(moment.as_of) is AlertState.OPEN]
    worst = max(still, key=lambda severity: severity.rank, default=None)
    return ScanAnswer(Perspective(*moment), tuple(rows), worst, dict(done))
