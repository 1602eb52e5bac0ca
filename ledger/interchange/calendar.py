"""An iCalendar file of the days on which something is due, for any calendar program (spec 2.3 calendar)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ledger.bootstrap import Ledger
from ledger.domain.time import Perspective, day_after, from_microseconds
from ledger.locale import N_, _, term
from ledger.locale.sentences import fill
from ledger.queries.deadlines import sick_leaves, temporary_quotas
from ledger.queries.scope import Scope

WITHIN = ("retirement_due", "retirement_soon")
"""Findings that tell a date of retirement: it has come, or comes within a year (spec 1.7)."""


@dataclass(frozen=True, slots=True)
class DueDay:
    """One whole-day event. `key` stays the same while the day moves, so that a calendar moves its event."""

    on: date
    kind: str
    key: str
    summary: str
    details: tuple[str, ...] = ()


def due_days(ledger: Ledger, p: Perspective, unit: str | None = None, *, names: bool = True) -> list[DueDay]:
    """Everything that is due, by day. `names`: whether people are named. Raises UnknownUnit."""
    found = [*_returns(ledger, p, unit, names=names), *_retirements(ledger, p, unit, names=names)]
    with ledger.view(p) as view:
        codes = None if unit is None else Scope.of(view, view.unit(unit)).codes
        quotas, leaves = temporary_quotas(view, codes), sick_leaves(view, codes)
    for one in quotas:
        told = {"unit": one.unit, "posts": f"{one.posts:+d}", "kind": term("establishment", one.about)}
        found.append(
            DueDay(one.on, "temporary_quota", one.key, fill(N_("Temporary posts end: {unit} {kind} {posts}"), told))
        )
    for one in leaves:
        told = {"who": _who(one.name, one.about, names=names), "unit": one.unit}
        found.append(DueDay(one.on, "sick_leave", one.key, fill(N_("Sick leave becomes long: {who}, {unit}"), told)))
    return sorted((one for one in found if one.on < date.max), key=lambda one: (one.on, one.kind, one.key))


def _who(name: str, number: str, *, names: bool) -> str:
    return f"{name} ({number})" if names and name else number


def _returns(ledger: Ledger, p: Perspective, unit: str | None, *, names: bool) -> Iterator[DueDay]:
    """Running secondments with a term: the first day on which the person should be back."""
    for row in ledger.secondments(p, unit=unit).rows:
        back = None if row.until is None else day_after(row.until)
        if back is None:
            continue
        told = {"who": _who(row.name, row.person, names=names), "host": row.host, "home": row.home}
        yield DueDay(
            back,
            "secondment",
            f"person:{row.person}/secondment:{row.started_on.isoformat()}",
            fill(N_("Due back: {who}, {host} to {home}"), told),
            (fill(N_("Last day of the term: {date}"), {"date": row.until}),),
        )


def _retirements(ledger: Ledger, p: Perspective, unit: str | None, *, names: bool) -> Iterator[DueDay]:
    for rule in WITHIN:
        for row in ledger.findings(p, rule=rule, unit=unit).rows:
            day = date.fromisoformat(str(row.evidence["retires_on"]))
            told = {"who": _who(row.name, row.person or "", names=names), "unit": _(", ").join(row.units)}
            yield DueDay(day, "retirement", row.subject, fill(N_("Retirement: {who}, {unit}"), told))


def calendar_bytes(ledger: Ledger, p: Perspective, unit: str | None = None, *, names: bool = True) -> tuple[bytes, int]:
    """The file, and how many events it holds; the same for the same perspective."""
    from icalendar import Calendar, Event

    with ledger.store.read() as conn:
        head = ledger.store.head(conn)
    stamp: datetime = from_microseconds(head.recorded_at).replace(microsecond=0)
    days = due_days(ledger, p, unit, names=names)
    calendar = Calendar()
    calendar.add("prodid", "-//Secondment Ledger//sledger//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Secondment Ledger: due dates"))
    for one in days:
        event = Event()
        event.add("uid", f"{one.kind}/{one.key}@{head.ledger_id}")
        event.add("dtstamp", stamp)
        event.add("dtstart", one.on)
        event.add("dtend", one.on + timedelta(days=1))
        event.add("summary", one.summary)
        if one.details:
            event.add("description", "\n".join(one.details))
        event.add("categories", [term("due", one.kind)])
        event.add("class", "CONFIDENTIAL")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical(), len(days)
