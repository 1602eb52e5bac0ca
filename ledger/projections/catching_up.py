"""What the read tables need now and then: their first row, and newer checkpoints (spec 3.2.5)."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from ledger.persistence.store import Store
from ledger.projections import tables as t

EVERY = 5_000
"""Entries after which newer checkpoints are written (spec 3.2.5)."""


def prepare_tables(store: Store) -> None:
    """Give new read tables the row that says how far they are."""
    with store.write() as unit:
        unit.conn.execute(
            t.projection_state.insert(), {"id": 1, "version": t.VERSION, "position": 0, "newest_entry": 0}
        )


def tables_state(conn: Connection) -> tuple[int, int]:
    """(version of their making, last position they take in); (0, 0) where they were never finished."""
    c = t.projection_state.c
    row = conn.execute(select(c.version, c.position).where(c.id == 1)).first()
    return (0, 0) if row is None else (row.version, row.position)


_NEWEST = select(t.projection_state.c.newest_entry)


def newest_entry(conn: Connection) -> int:
    """The position of the newest entry of spec 2.2; acts are not looked at."""
    return conn.execute(_NEWEST).scalar() or 0


def keep_up(conn: Connection, position: int, newest: int = 0) -> int:
    """Write newer checkpoints when enough entries are newer than the last; returns what the newest is good up to.

    `newest`: what it was good up to at least.
    """
    if position - newest >= EVERY:
        newest = conn.execute(select(func.max(t.headcount_checkpoint.c.upto))).scalar() or 0
    if position - newest >= EVERY:
        checkpoint_now(conn, position)
        newest = position
    return newest


def checkpoint_now(conn: Connection, position: int) -> None:
    """Write the checkpoints of all months that are not settled, good up to `position`."""
    from ledger.projections.checkpoints import frontier_at, write_newer  # arrays, which few transactions need

    numbers = conn.execute(select(t.unit.c.id).order_by(t.unit.c.id)).scalars().all()
    write_newer(conn, numbers, position, frontier_at(conn, position))
