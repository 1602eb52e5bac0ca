"""A few people's rows against a fresh fold of their entries: a quick look where a whole replay takes minutes."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Connection, Table, func, select

from ledger.domain.facts import Illegal, in_effect
from ledger.domain.periods import told
from ledger.domain.person import describes, fold
from ledger.domain.time import FOREVER
from ledger.domain.units import Structure
from ledger.persistence.reading import LogReader
from ledger.projections import rows as r
from ledger.projections import tables as t


def sampled(conn: Connection, count: int) -> list[tuple[int, str]]:
    """At most `count` people, spread evenly over the register: (number, code)."""
    total = conn.execute(select(func.count()).select_from(t.person)).scalar_one()
    step = max(1, -(-total // count))
    numbered = select(t.person.c.id, t.person.c.code, func.row_number().over(order_by=t.person.c.id).label("n"))
    each = numbered.subquery()
    rows = conn.execute(select(each.c.id, each.c.code).where(each.c.n % step == 0).order_by(each.c.id)).all()
    return [(row.id, row.code) for row in rows] or [(row.id, row.code) for row in conn.execute(select(each)).all()]


def wrong_people(store: LogReader, conn: Connection, structure: Structure, count: int) -> tuple[int, int]:
    """(people looked at, people whose periods as now known are not what their entries say)."""
    numbers = {code: number for number, code in conn.execute(select(t.unit.c.id, t.unit.c.code))}
    people = sampled(conn, count)
    recorded = store.recorded(conn, [f"person:{code}" for _number, code in people])
    wrong = 0
    for number, code in people:
        timeline = fold(in_effect(recorded.get(f"person:{code}", []), describes(code)), structure)
        if isinstance(timeline, Illegal):
            wrong += 1
            continue
        lives = zip(r.PERSON_TABLES, cast("tuple[tuple[Any, ...], ...]", told(timeline)), strict=True)
        wrong += any(
            {r.person_row(table, number, numbers.__getitem__, one) for one in periods} != stored(conn, table, number)
            for table, periods in lives
        )
    return len(people), wrong


def stored(conn: Connection, table: Table, number: int) -> set[r.Row]:
    """A person's rows as now known, without their knowledge period."""
    columns = [column for column in table.c if column.name not in ("k_from", "k_to")]
    query = select(*columns).where(table.c.person == number, table.c.k_to == FOREVER)
    return {tuple(row) for row in conn.execute(query)}
