"""The one row of `ledger_head`: whoever locks it is the only writer, on either database (spec 3.2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import BigInteger, Connection, extract, func, select, update
from sqlalchemy import cast as sql_cast

from ledger.domain.faults import LedgerDamaged
from ledger.persistence.schema import FORMAT, add_tables, ledger_head

Clock = Literal["system", "simulated"]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log.

    `position`: of the last event, 0 when there is none. `tip`: its hash (32 bytes). `recorded_at`: its instant
    (microseconds UTC). `structure_position`: of the last event that touched a unit. `clock`: `simulated` once an
    injected clock has written.
    """

    position: int
    tip: bytes
    recorded_at: int
    structure_position: int
    clock: Clock
    ledger_id: str
    format: int
    created_at: int


_COLUMNS = (
    ledger_head.c.position,
    ledger_head.c.tip,
    ledger_head.c.recorded_at,
    ledger_head.c.structure_position,
    ledger_head.c.clock,
    ledger_head.c.ledger_id,
    ledger_head.c.format,
    ledger_head.c.created_at,
)
_READ = select(*_COLUMNS).where(ledger_head.c.id == 1)
_NOW = sql_cast(extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)
_LOCK_BY_HAND = select(*_COLUMNS, _NOW).where(ledger_head.c.id == 1).with_for_update()
_LOCK = (
    "SELECT position, tip, recorded_at, structure_position, clock, ledger_id, format, created_at, now"
    " FROM ledger_append()"
)
"""The function that appends, called with nothing (see `appending`)."""
_MOVE = update(ledger_head).where(ledger_head.c.id == 1)


def _head(row: Sequence[Any] | None) -> Head:
    if row is None:
        raise LedgerDamaged(detail="ledger_head is empty")
    position, tip, recorded_at, structure, clock, ledger_id, number, created_at = row[:8]
    return Head(position, bytes(tip), recorded_at, structure, clock, ledger_id, number, created_at)


def read_head(conn: Connection) -> Head:
    """The head in the connection's snapshot. Raises LedgerDamaged when the row is gone."""
    return _head(conn.execute(_READ).first())


def lock_head(conn: Connection, *, by_hand: bool = False) -> tuple[Head, int | None]:
    """The head, held against other writers to the end of the transaction, and the instant that the server fixed for it.

    Microseconds UTC. SQLite has no server and locks with `BEGIN IMMEDIATE`: its instant is None.
    `by_hand`: on a server, in a ledger of a version that has no function for it.
    """
    if conn.dialect.name == "sqlite":
        return read_head(conn), None
    row = (conn.execute(_LOCK_BY_HAND) if by_hand else conn.exec_driver_sql(_LOCK)).first()
    return _head(row), None if row is None else row[8]


def raise_format(conn: Connection, head: Head) -> Head:
    """Marks the ledger as written by this program: those that know only earlier formats refuse it from now on."""
    add_tables(conn)
    conn.execute(_MOVE, {"format": FORMAT})
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql(f"PRAGMA user_version={FORMAT}")
    return replace(head, format=FORMAT)


def move_head(conn: Connection, head: Head) -> None:
    """Writes a head that has moved forward."""
    conn.execute(
        _MOVE,
        {
            "position": head.position,
            "tip": head.tip,
            "recorded_at": head.recorded_at,
            "structure_position": head.structure_position,
            "clock": head.clock,
            "created_at": head.created_at,
        },
    )
