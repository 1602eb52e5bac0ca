"""Make the read tables anew from the log, beside those in force, and put them in their place (spec 3.2.5)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext

from sqlalchemy import Connection, Table

from ledger.domain.faults import LedgerBusy
from ledger.persistence.collecting import seldom_collecting
from ledger.persistence.history import History
from ledger.persistence.store import Store
from ledger.projections import rows as r
from ledger.projections.beside import MOST, WORTH_IT, NotFinished, batches_beside, processors
from ledger.projections.replay import Progress, Replay
from ledger.projections.shadows import Shadows, Transaction, drop, leftovers

AT_ONCE = 100_000
"""Rows of one transaction."""
PAUSE = 0.005
"""Seconds between two transactions, so that an officer's entry gets its turn."""
ROUNDS = 5
"""How often entries recorded meanwhile are caught up before the one time for which others have to wait."""
WAIT = 1.0
"""Seconds for which those who come wait behind the swap, while it waits for those who are reading."""
TURNS = 300
"""How often the swap is tried."""


def rebuild(store: Store, progress: Progress | None = None, *, processes: int | None = None) -> int:
    """Make all read tables anew; returns the position they are good up to.

    `processes`: how many fold the entries beside this one, none by 0; by default as many as there are processors
    where there are several and the ledger is large enough.

    Others read and record meanwhile. Raises LedgerReadOnly, LedgerBusy, LedgerConflict when another rebuild began
    later, LedgerDamaged: the tables in force then stay.
    """
    shadows = Shadows(store.shown)
    with seldom_collecting(), store.building() as transaction:
        with store.read() as conn:
            position = store.head(conn).position
        with transaction() as conn:
            shadows.begin(conn)
        if processes is None:
            processes = min(processors(), MOST) if position >= WORTH_IT and processors() > 1 else 0
        _fill(store, shadows, transaction, position, progress, processes)
        shadows.index(transaction)
        shadows.checkpoint(store.read, transaction)
        for _ in range(ROUNDS):
            with store.read() as conn:
                position = store.head(conn).position
            with transaction() as conn:
                shadows.check(conn)
                if not _caught_up(shadows, conn, position):
                    break
        position = _swapped(store, shadows)
        _clear_away(transaction)
    return position


def _fill(
    store: Store,
    shadows: Shadows,
    transaction: Transaction,
    position: int,
    progress: Progress | None,
    processes: int,
) -> None:
    """Write every row that follows from the log up to a position."""
    if processes:
        replayed = batches_beside(store, position, progress, processes)
    else:
        replayed = Replay(History(store.read, position), progress).batches()
    try:
        for batches in _gathered(replayed):
            with transaction() as conn:
                shadows.check(conn)
                shadows.write(conn, batches)
            time.sleep(PAUSE)
    except NotFinished:
        with transaction() as conn:
            shadows.check(conn)
            shadows.begin(conn)
        _fill(store, shadows, transaction, position, progress, processes=0)
        return
    with transaction() as conn:
        shadows.check(conn)
        shadows.note(conn, position)


def _gathered(batches: Iterator[tuple[Table, list[r.Row]]]) -> Iterator[list[tuple[Table, Sequence[r.Row]]]]:
    """What is written in one transaction."""
    waiting: list[tuple[Table, Sequence[r.Row]]] = []
    count = 0
    for table, rows in batches:
        if rows:
            waiting.append((table, rows))
            count += len(rows)
        if count >= AT_ONCE:
            yield waiting
            waiting, count = [], 0
    if waiting:
        yield waiting


def _caught_up(shadows: Shadows, conn: Connection, position: int) -> bool:
    """Bring the shadows up to a position; tells whether there was anything to do."""
    known = shadows.known(conn)
    if known.position >= position:
        return False
    history = History(lambda: nullcontext(conn), position)
    shadows.replace(conn, Replay(history, known=known).batches())
    shadows.note(conn, position)
    return True


def _swapped(store: Store, shadows: Shadows) -> int:
    """Put the shadows in force, in one short transaction in which nobody else reads or records."""
    for turn in range(TURNS):
        try:
            with store.write(alone=WAIT) as unit:
                shadows.check(unit.conn)
                _caught_up(shadows, unit.conn, unit.head.position)
                shadows.note(unit.conn, unit.head.position, store.newest_entry(unit.conn))
                shadows.swap(unit.conn)
                return unit.head.position
        except LedgerBusy:
            if turn == TURNS - 1:
                raise
            time.sleep(WAIT)
    raise AssertionError


def _clear_away(transaction: Transaction) -> None:
    """Drop the tables that were in force, one by one; what is left if this is interrupted, the next rebuild drops."""
    with transaction() as conn:
        names = leftovers(conn)
    for name in names:
        with transaction() as conn:
            if name in leftovers(conn):
                drop(conn, name)
