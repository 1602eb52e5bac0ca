"""The inbox: alerts as they stand, with the names people know, and how many there are (spec 1.7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from ledger.domain.alerts import LIVE, Alert, AlertState
from ledger.domain.terms import Severity
from ledger.domain.time import Perspective, shown_instant
from ledger.projections import tables as t
from ledger.projections.alerts import load_alerts
from ledger.queries.findings import wanted_rules
from ledger.queries.scope import Scope
from ledger.queries.view import View


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert, how it stands on D, and the name of the person or unit it is about."""

    alert: Alert
    state: AlertState
    name: str

    def to_json(self) -> dict[str, Any]:
        """Every key; dates and instants as text."""
        one = self.alert
        return {
            "alert": one.id,
            "rule": one.rule,
            "subject": one.subject,
            "name": self.name,
            "person": one.person,
            "units": list(one.units),
            "severity": one.severity.value,
            "first_true_on": one.first_true_on.isoformat(),
            "state": self.state.value,
            "raised_at": shown_instant(one.raised_at),
            "acknowledged_by": one.acknowledged_by,
            "acknowledged_at": None if one.acknowledged_at is None else shown_instant(one.acknowledged_at),
            "snoozed_until": _iso(one.snoozed_until),
            "waived_until": _iso(one.waived_until),
            "waived_by": one.waived_by,
            "cleared_by": one.cleared_by,
            "lapsed_on": _iso(one.lapsed_on),
            "supersedes": one.supersedes,
            "superseded_by": one.superseded_by,
        }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


@dataclass(frozen=True, slots=True)
class AlertsAnswer:
    """Alerts on D as they stand now, the gravest and oldest first.

    `by_severity`, `by_unit`: how many of the rows; a row counts in every unit it concerns.
    """

    perspective: Perspective
    rows: tuple[AlertLine, ...]
    by_severity: Mapping[str, int] = field(default_factory=dict)
    by_unit: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """`rows` and `counts`."""
        return {
            "as_of": self.perspective.as_of.isoformat(),
            "known_at": self.perspective.known_at,
            "rows": [row.to_json() for row in self.rows],
            "counts": {
                "by_severity": dict(self.by_severity),
                "by_unit": {unit: dict(counts) for unit, counts in self.by_unit.items()},
            },
        }


def alerts(
    view: View,
    *,
    unit: str | None = None,
    rule: str | None = None,
    least: Severity = Severity.LOW,
    states: Collection[AlertState] = LIVE,
) -> AlertsAnswer:
    """The inbox on D; `unit`: what concerns its subtree; `least`: the lowest severity.

    Raises UnknownUnit, UnknownRule.
    """
    if rule is not None:
        wanted_rules(rule)
    codes = None if unit is None else Scope.of(view, view.unit(unit)).codes
    found = [
        (one, state)
        for one in load_alerts(view.conn, *([] if rule is None else [t.alert.c.rule == rule])).values()
        if one.severity.rank >= least.rank
        and (codes is None or not codes.isdisjoint(one.units))
        and (state := one.state_on(view.perspective.as_of)) in states
    ]
    found.sort(key=lambda pair: (-pair[0].severity.rank, pair[0].first_true_on, pair[0].id))
    names = names_of(view, [one for one, _ in found])
    rows = tuple(AlertLine(one, state, names[one.id]) for one, state in found)
    return AlertsAnswer(view.perspective, rows, *_counts(rows))


def _counts(rows: Sequence[AlertLine]) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    severities = Counter(row.alert.severity for row in rows)
    units: dict[str, Counter[Severity]] = {}
    for row in rows:
        for code in row.alert.units:
            units.setdefault(code, Counter())[row.alert.severity] += 1
    return _in_order(severities), {code: _in_order(units[code]) for code in sorted(units)}


def _in_order(counted: Counter[Severity]) -> dict[str, int]:
    return {severity.value: counted[severity] for severity in Severity}


def names_of(view: View, told: Iterable[Alert]) -> dict[int, str]:
    """Alert -> the name on D of the person it is about, else of its first unit; empty where nobody has one."""
    wanted = list(told)
    people = sorted({one.person for one in wanted if one.person is not None})
    names: dict[str, str] = {}
    n = t.person_description.c
    for start in range(0, len(people), 500):
        query = (
            select(t.person.c.code, n.name)
            .join_from(t.person, t.person_description, n.person == t.person.c.id)
            .where(t.person.c.code.in_(people[start : start + 500]), view.known(t.person_description))
            .order_by(n.d_from)
        )
        query = query.where(n.d_from <= view.day)
        names.update((code, name) for code, name in view.conn.execute(query))
    return {
        one.id: names.get(one.person, "") if one.person is not None else _unit_name(view, one.units) for one in wanted
    }


def _unit_name(view: View, units: Sequence[str]) -> str:
    versions = view.structure.versions(units[0]) if units else []
    before = [row.name for row in versions if row.d_from <= view.day]
    return before[-1] if before else ""
