"""Imports as batches: open until their last row, so that an interrupted one is never shown as complete (spec 2.3)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from ledger.persistence.schema import import_batch


@dataclass(frozen=True, slots=True)
class Batch:
    """One import; `closed_at` None while it is not complete. Instants in microseconds since the epoch, UTC.

    `refused`: what the importer keeps of the lines refused so far, until the import is complete.
    """

    id: str
    name: str
    sha256: str
    opened_at: int
    closed_at: int | None
    recorded_by: str
    first_position: int | None
    last_position: int | None
    lines: int | None
    refused: str | None


def open_batch(conn: Connection, sha256: str, name: str, officer: str, now: int) -> str | None:
    """Begin a batch, or go on with the one of the same bytes; gives back what was refused so far.

    A complete one is opened again: its lines are dealt with anew.
    """
    found = conn.execute(select(import_batch.c.refused).where(import_batch.c.id == sha256)).first()
    if found is None:
        row = {"id": sha256, "name": name, "sha256": sha256, "opened_at": now, "recorded_by": officer}
        conn.execute(import_batch.insert(), row)
        return None
    conn.execute(update(import_batch).where(import_batch.c.id == sha256).values(closed_at=None))
    return found.refused  # type: ignore[no-any-return]


def extend_batch(conn: Connection, batch: str, first: int, last: int) -> None:
    """Note that entries of the batch were recorded at these positions."""
    begun = conn.execute(select(import_batch.c.first_position).where(import_batch.c.id == batch)).scalar()
    values = {"first_position": first if begun is None else begun, "last_position": last}
    conn.execute(update(import_batch).where(import_batch.c.id == batch).values(**values))


def keep_refused(conn: Connection, batch: str, refused: str) -> None:
    """Note what was refused so far."""
    conn.execute(update(import_batch).where(import_batch.c.id == batch).values(refused=refused))


def close_batch(conn: Connection, batch: str, lines: int, now: int) -> None:
    """Note that the last line was dealt with."""
    conn.execute(
        update(import_batch).where(import_batch.c.id == batch).values(closed_at=now, lines=lines, refused=None)
    )


def batches(conn: Connection) -> list[Batch]:
    """All imports, in the order in which they began."""
    return [Batch(*row) for row in conn.execute(select(import_batch).order_by(import_batch.c.opened_at))]
