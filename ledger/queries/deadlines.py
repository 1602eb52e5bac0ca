"""Days on which temporary posts and sick leave run out, for the calendar (secondments have a list of their own)."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select

from ledger.domain.findings.life import months_after
from ledger.domain.terms import LeaveKind
from ledger.domain.time import day_after, day_or_none
from ledger.projections import tables as t
from ledger.queries.view import View


@dataclass(frozen=True, slots=True)
class Deadline:
    """`on`: the first day after. `key`: what stays the same while the day moves. `about`: the kind, or the person."""

    on: date
    key: str
    unit: str
    about: str
    name: str = ""
    posts: int = 0


def temporary_quotas(view: View, codes: Collection[str] | None) -> list[Deadline]:
    """Temporary numbers in force on D, by the first day on which they must be gone."""
    c = t.quota_period.c
    query = select(c.unit, c.scale, c.grants).where(view.valid(t.quota_period), c.grants != "[]")
    found = []
    for number, scale, grants in view.conn.execute(query):
        unit = view.code(number)
        for key, amount, until in json.loads(grants):
            gone = None if until is None else day_after(date.fromordinal(until))
            if gone is not None and (codes is None or unit in codes):
                found.append(Deadline(gone, f"unit:{unit}/{scale}/grant:{key}", unit, scale, posts=amount))
    return found


def sick_leaves(view: View, codes: Collection[str] | None) -> list[Deadline]:
    """Sick leave on D, by the day from which it is a long one (spec 1.6 long_leave)."""
    c, n = t.person_period.c, t.person_description
    query = (
        select(t.person.c.code, n.c.name, c.unit, c.leave_since)
        .join_from(t.person_period, t.person, c.person == t.person.c.id)
        .join(n, and_(n.c.person == c.person, view.valid(n)))
        .where(view.valid(t.person_period), c.leave == t.LEAVES.index(LeaveKind.SICK.value))
    )
    months = view.policy()["long_leave_months"]
    found = []
    for person, name, number, since in view.conn.execute(query):
        unit = view.canonical(number)
        if codes is None or unit in codes:
            key, long = f"person:{person}/leave:{date.fromordinal(since)}", day_or_none(months_after(since, months))
            if long is not None:
                found.append(Deadline(long, key, unit, person, name))
    return found
