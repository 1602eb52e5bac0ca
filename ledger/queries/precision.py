"""Which entries known only to the month or year an answer rests on (spec 2.2 effective_precision)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import ColumnElement, Select, Table, or_, select

from ledger.domain.spans import Spans, clipped
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.spans import Axis
from ledger.queries.view import View

_RESTING = (t.person_period, t.post_period, t.quota_period, t.unit_period)
_id, _position = t.imprecise_entry.c.id, t.imprecise_entry.c.position


def imprecise_in(view: View, numbers: Collection[int] | None) -> tuple[str, ...]:
    """Ids of the imprecise entries behind what is in force at (D, K) in some units; None: in all."""
    if not _any(view):
        return ()
    found: set[str] = set()
    for table in _RESTING:
        inside = [] if numbers is None else [or_(*(among(side, numbers) for side in _sides(table)))]
        found.update(view.conn.execute(_behind(table).where(view.valid(table), *inside)).scalars())
    return tuple(sorted(found))


def imprecise_along(view: View, axis: Axis, belonging: Mapping[int, Spans]) -> tuple[str, ...]:
    """Ids of the imprecise entries behind what is in force somewhere on an axis in units while they belong."""
    if not _any(view):
        return ()
    found: set[str] = set()
    for table in _RESTING:
        begin, end = (table.c.d_from, table.c.d_to) if axis.by_day else (table.c.k_from, table.c.k_to)
        for side in _sides(table):
            query = _behind(table).add_columns(side, begin, end).where(among(side, belonging), axis.rows(table))
            rows = view.conn.execute(query).all()
            found.update(name for name, unit, first, last in rows if clipped(belonging[unit], first, last))
    return tuple(sorted(found))


def imprecise_among(view: View, positions: Iterable[int]) -> tuple[str, ...]:
    """Ids of the entries that are imprecise, of those at these positions."""
    if not _any(view):
        return ()
    return tuple(sorted(view.conn.execute(select(_id).where(among(_position, positions))).scalars()))


def imprecise_cited(view: View, ids: Collection[str]) -> tuple[str, ...]:
    """Those of the entries with these ids that are imprecise."""
    if not ids:
        return ()
    imprecise = view.conn.execute(select(_id).where(_position <= view.perspective.known_at)).scalars()
    return tuple(sorted(set(ids).intersection(imprecise)))


def _sides(table: Table) -> list[ColumnElement[int]]:
    """The columns that say which units a row counts in."""
    return [table.c.unit, table.c.host] if table is t.person_period else [table.c.unit]


def _behind(table: Table) -> Select[str]:
    """The imprecise entries that rows of a table rest on."""
    rests = table.c.cause == _position
    if table is t.person_period:
        rests = or_(rests, table.c.secondment == _position)
    return select(_id).join_from(t.imprecise_entry, table, rests)


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
