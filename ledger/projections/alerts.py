"""The table of alerts: written with every act, and made anew from all of them (spec 3.2.4 alert)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select

from ledger.domain.acts import SCANS, ScanFinished
from ledger.domain.alerts import Alert, Standing, evolve
from ledger.domain.events import Recorded
from ledger.domain.scanning import Made, Moment
from ledger.domain.terms import Severity
from ledger.persistence.history import History
from ledger.projections import tables as t
from ledger.projections.statements import among, insert_rows

Row = tuple[object, ...]


def _day(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def _date(day: int | None) -> date | None:
    return None if day is None else date.fromordinal(day)


def _row(one: Alert) -> Row:
    return (
        one.id, one.rule, one.subject, one.first_true_on.toordinal(), one.severity.value,
        json.dumps(one.units, ensure_ascii=False), one.person, one.raised_at, one.standing.value,
        one.acknowledged_by, one.acknowledged_at, _day(one.snoozed_until), _day(one.waived_until), one.waived_by,
        one.cleared_by, _day(one.lapsed_on), one.supersedes, one.superseded_by, one.position,
    )  # fmt: skip


def _alert(row: Any) -> Alert:
    return Alert(
        row.id, row.rule, row.subject, date.fromordinal(row.first_true_on), Severity(row.severity),
        tuple(json.loads(row.units)), row.person, row.raised_at, Standing(row.standing),
        row.acknowledged_by, row.acknowledged_at, _date(row.snoozed_until), _date(row.waived_until), row.waived_by,
        row.cleared_by, _date(row.lapsed_on), row.supersedes, row.superseded_by, row.position,
    )  # fmt: skip


def load_alerts(conn: Connection, *where: ColumnElement[bool]) -> dict[int, Alert]:
    """Alerts as they stand, by id, in the order of their raising; all of them unless `where` says which."""
    query = select(t.alert).where(*where).order_by(t.alert.c.id)
    return {row.id: _alert(row) for row in conn.execute(query)}


def live_alerts(conn: Connection, *where: ColumnElement[bool]) -> dict[tuple[str, ...], int]:
    """How many alerts are live (open, acknowledged, snoozed or waived), by the units they concern together."""
    a = t.alert.c
    live = select(a.units, func.count()).where(a.standing == Standing.OPEN.value, *where).group_by(a.units)
    return {tuple(json.loads(units)): count for units, count in conn.execute(live)}


def find_alert(conn: Connection, number: int) -> Alert | None:
    """One alert; None where no alert was raised at that position."""
    return load_alerts(conn, t.alert.c.id == number).get(number)


def write_alerts(conn: Connection, alerts: Iterable[Alert]) -> None:
    """Put alerts in the place of what the table says about them."""
    changed = list(alerts)
    if changed:
        for start in range(0, len(changed), 5_000):
            conn.execute(delete(t.alert).where(among(t.alert.c.id, [one.id for one in changed[start : start + 5_000]])))
        insert_rows(conn, t.alert, map(_row, changed))


def alerts_of(conn: Connection, subjects: Iterable[str]) -> dict[int, Alert]:
    """All live alerts, and those of some subjects that are closed."""
    found = load_alerts(conn, t.alert.c.standing == Standing.OPEN.value)
    wanted = sorted(subjects)
    for start in range(0, len(wanted), 500):
        some = t.alert.c.subject.in_(wanted[start : start + 500])
        found.update(load_alerts(conn, some, t.alert.c.standing != Standing.OPEN.value))
    return dict(sorted(found.items()))


def last_act(conn: Connection) -> int:
    """The position of the newest act about any alert, or scan; 0 before the first."""
    newest = (conn.execute(select(func.max(column))).scalar() for column in (t.alert.c.position, t.scan.c.position))
    return max(position or 0 for position in newest)


def scans_made(conn: Connection) -> list[Made]:
    """The scans made so far, in the order of positions."""
    s = t.scan.c
    rows = conn.execute(select(s.position, s.day, s.known_at).order_by(s.position))
    return [Made(position, Moment(date.fromordinal(day), known_at)) for position, day, known_at in rows]


def write_scan(conn: Connection, recorded: Recorded) -> None:
    """Note a scan."""
    insert_rows(conn, t.scan, [scan_row(recorded)])


def scan_row(recorded: Recorded) -> Row:
    """A scan as a row of its table."""
    act = recorded.event.entry
    assert isinstance(act, ScanFinished)
    return (recorded.position, act.as_of.toordinal(), act.known_at, act.findings, recorded.recorded_at)


def alert_batches(history: History) -> Iterator[tuple[Table, list[Row]]]:
    """All rows of both tables, from the acts in the order of their positions."""
    told = [one for _, acts in history.of(history.subjects("alert:")) for one in acts]
    alerts: dict[int, Alert] = {}
    for one in sorted(told, key=lambda one: one.position):
        alerts.update(evolve(alerts, one))
    yield t.alert, [_row(one) for one in alerts.values()]
    yield t.scan, [scan_row(one) for _, scans in history.of([SCANS]) for one in scans]
