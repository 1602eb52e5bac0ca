"""Where the read tables are not what the log says (spec 2.3 verify)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, Table, select

from ledger.persistence.history import History
from ledger.persistence.store import Store
from ledger.projections import tables as t
from ledger.projections.checkpoints import counts_at, no_counts
from ledger.projections.replay import Progress, Replay
from ledger.projections.search import search_rows


@dataclass(frozen=True, slots=True)
class Difference:
    """A read table that is not what the log says: rows stored, rows due."""

    table: str
    stored: int
    due: int


def differences(store: Store, conn: Connection, progress: Progress | None = None) -> list[Difference]:
    """Every read table whose rows differ from a fresh replay; rows are compared without regard to order."""
    due: dict[Table, tuple[int, int]] = {}
    for table, rows in Replay(History(lambda: nullcontext(conn), store.head(conn).position), progress).batches():
        due[table] = _summed(due.get(table, (0, 0)), rows)
    found = []
    for table, expected in due.items():
        stored = (0, 0)
        for piece in conn.execute(select(table).execution_options(yield_per=10_000)).partitions():
            stored = _summed(stored, [tuple(row) for row in piece])
        if stored != expected:
            found.append(Difference(table.name, stored[0], expected[0]))
    names = _summed((0, 0), list(_search_rows(conn)))
    kept = _summed((0, 0), [tuple(row) for row in conn.execute(select(t.person_search)).all()])
    if names != kept:
        found.append(Difference(t.person_search.name, kept[0], names[0]))
    wrong = _wrong_checkpoints(conn, store.head(conn).position)
    if wrong:
        found.append(Difference(t.headcount_checkpoint.name, wrong, 0))
    return found


def _summed(before: tuple[int, int], rows: Sequence[tuple[object, ...]]) -> tuple[int, int]:
    """(rows, sum of their hashes): equal for equal rows in any order, within one process."""
    return before[0] + len(rows), (before[1] + sum(map(hash, rows))) & 0xFFFF_FFFF_FFFF_FFFF


def _wrong_checkpoints(conn: Connection, newest: int) -> int:
    """How many checkpoints, with all later changes, do not give the sums of the changes themselves."""
    numbers = conn.execute(select(t.unit.c.id).order_by(t.unit.c.id)).scalars().all()
    slots = {number: slot for slot, number in enumerate(numbers)}
    d, c = t.headcount_delta.c, t.headcount_checkpoint.c
    days = conn.execute(select(c.day).order_by(c.day)).scalars().all()
    sums = no_counts(len(slots))
    changes = iter(conn.execute(select(d.day, d.unit, d.measure, d.amount).order_by(d.day)).all())
    change = next(changes, None)
    wrong = 0
    for day in days:
        while change is not None and change.day <= day:
            sums[change.measure, slots[change.unit]] += change.amount
            change = next(changes, None)
        wrong += not np.array_equal(counts_at(conn, numbers, day, newest), sums)
    return wrong


def _search_rows(conn: Connection) -> Iterator[tuple[int, str, str]]:
    d = t.person_description.c
    return search_rows((number, name) for number, name in conn.execute(select(d.person, d.name).distinct()).all())
