"""A long roster by pages: first who, then in which order, then what is shown of the few on the screen (issue 4)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from sqlalchemy import and_, select

from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.roster import RosterLine, roster_lines, roster_states
from ledger.queries.scope import Scope
from ledger.queries.view import View

Order = Literal["person", "name", "unit", "until"]


def roster_numbers(view: View, unit: str) -> set[int]:
    """Numbers of everybody in the roster of a unit with everything below it. Raises UnknownUnit."""
    return set(roster_states(view, Scope.of(view, view.unit(unit))))


def in_order(view: View, order: Order) -> list[int]:
    """Numbers of people in an order: by person number everybody ever known, else those charged on D."""
    p = t.person_period.c
    by_code = t.person.c.code
    if order == "person":
        return list(view.conn.execute(select(t.person.c.id).order_by(by_code)).scalars())
    query = select(p.person).join(t.person, t.person.c.id == p.person).where(view.valid(t.person_period))
    if order == "name":
        n = t.person_description
        query = query.join(n, and_(n.c.person == p.person, view.valid(n))).order_by(n.c.name)
    elif order == "unit":
        query = query.join(t.unit, t.unit.c.id == p.unit).order_by(t.unit.c.code)
    else:
        query = query.order_by(p.host.is_(None), p.until.is_(None), p.until)
    return list(view.conn.execute(query.order_by(by_code)).scalars())


def roster_page(view: View, unit: str, numbers: Collection[int]) -> dict[int, RosterLine]:
    """Number -> the roster's line, for some of its people. Raises UnknownUnit."""
    lines = roster_lines(view, Scope.of(view, view.unit(unit)), numbers)
    query = select(t.person.c.code, t.person.c.id).where(among(t.person.c.id, numbers))
    by_code = {row.code: row.id for row in view.conn.execute(query)}
    return {by_code[line.person]: line for line in lines}
