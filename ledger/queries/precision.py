"""Which entries known only to the month or year an answer rests on (spec 2.2 effective_precision)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, or_, select

from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.view import View


def imprecise_in(view: View, numbers: Collection[int] | None) -> tuple[str, ...]:
    """Ids of the imprecise entries behind what is in force at (D, K) in some units; None: in all."""
    if not _any(view):
        return ()
    found: set[str] = set()
    for table in (t.person_period, t.post_period, t.quota_period, t.unit_period):
        c = table.c
        rests = c.cause == t.imprecise_entry.c.position
        inside: list[ColumnElement[bool]] = [among(c.unit, numbers)] if numbers is not None else []
        if table is t.person_period:
            rests = or_(rests, c.secondment == t.imprecise_entry.c.position)
            inside += [among(c.host, numbers)] if numbers is not None else []
        query = select(t.imprecise_entry.c.id).join_from(t.imprecise_entry, table, rests).where(view.valid(table))
        found.update(view.conn.execute(query.where(or_(*inside)) if inside else query).scalars())
    return tuple(sorted(found))


def imprecise_of(view: View, person: int) -> tuple[str, ...]:
    """Ids of the imprecise entries anywhere in one person's life as known at K."""
    if not _any(view):
        return ()
    c = t.person_period.c
    rests = or_(c.cause == t.imprecise_entry.c.position, c.secondment == t.imprecise_entry.c.position)
    query = select(t.imprecise_entry.c.id).join_from(t.imprecise_entry, t.person_period, rests)
    return tuple(sorted(set(view.conn.execute(query.where(c.person == person, view.known(t.person_period))).scalars())))


def _any(view: View) -> bool:
    return view.conn.execute(select(t.imprecise_entry.c.position).limit(1)).first() is not None
