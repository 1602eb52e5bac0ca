"""A balance brought forward: all counts of all units at the end of a month, as one blob (spec 3.2.4).

The counts at (D, K) are those of a checkpoint, plus the signed changes between it and (D, K) on either axis.
A blob is a zlib-packed array of 32-bit counts, WIDTH for each unit in the order of unit numbers; units
established later lie behind its end and count 0.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from sqlalchemy import Connection, Select, func, select, text

from ledger.domain.time import Day
from ledger.projections import tables as t
from ledger.projections.frontier import block_of
from ledger.projections.statements import insert_rows, tuples

RANKS = 8
"""Ranks whose leaders stand in the checkpoints; those met later are counted from their positions."""
LEADERS = 2 * len(t.KINDS)
"""The first measure that counts leaders."""
WIDTH = LEADERS + RANKS
"""Counts kept for each unit: charged by kind; on leave and not seconded, by kind; leaders by rank."""
NEAR = 20_000
"""Positions between a checkpoint and K that are still read one by one."""
EVERY = 5_000
"""Entries after which newer checkpoints are written (spec 3.2.5)."""

Cells: TypeAlias = "array[int]"
"""32-bit counts."""


def pack(cells: Cells) -> bytes:
    """The blob of these counts, little endian on every machine."""
    if sys.byteorder == "big":  # pragma: no cover  no such machine at hand
        cells = array("i", cells)
        cells.byteswap()
    return zlib.compress(cells.tobytes(), 1)


def unpack(blob: bytes, units: int) -> Cells:
    """The counts of a blob, for as many units as there are now."""
    cells = array("i")
    cells.frombytes(zlib.decompress(blob))
    if sys.byteorder == "big":  # pragma: no cover
        cells.byteswap()
    if len(cells) < units * WIDTH:
        cells.frombytes(bytes(4 * (units * WIDTH - len(cells))))
    return cells


@dataclass(frozen=True, slots=True)
class Base:
    """A checkpoint: counts at the end of `day` from entries up to `upto`, made at `frontier`."""

    day: Day
    upto: int
    frontier: Day


def frontier_at(conn: Connection, position: int) -> Day:
    """The frontier in force at a position."""
    query = select(t.frontier.c.day).where(t.frontier.c.block <= block_of(max(position, 1)))
    return conn.execute(query.order_by(t.frontier.c.block.desc()).limit(1)).scalar() or 0


def _usable(base: Base, known_at: int, frontier: Day) -> bool:
    if abs(known_at - base.upto) <= NEAR:
        return True
    return base.day < (base.frontier if known_at > base.upto else frontier) - t.LAG


def choose(conn: Connection, day: Day, known_at: int, frontier: Day) -> Base | None:
    """The latest checkpoint from which (day, known_at) can be reached through an index."""
    c = t.headcount_checkpoint.c
    query = select(c.day, c.upto, c.frontier).where(c.day <= day).order_by(c.day.desc())
    settled = query.where(c.day < frontier - t.LAG)
    for rows in (query.limit(6), settled.limit(6), query):  # nearly always one of the nearest will do
        for row in conn.execute(rows).all():
            base = Base(row.day, row.upto, row.frontier)
            if _usable(base, known_at, frontier):
                return base
    return None


def _changes() -> Select[int, int, int]:
    c = t.headcount_delta.c
    return select(c.unit, c.measure, c.amount)


def _between(base: Base | None, day: Day, known_at: int, frontier: Day) -> Iterator[tuple[Select[int, int, int], int]]:
    """The queries for the changes between a checkpoint and (day, known_at), each with its sign."""
    c = t.headcount_delta.c
    begin = base.day if base else -1
    split = max(min(day, frontier + t.LAG), begin)
    if split > begin:
        yield _changes().where(c.day > begin, c.day <= split, c.position <= known_at), 1
    if day > split:
        yield _changes().where(c.day > split, c.day <= day, c.position <= known_at, text(t.EARLY)), 1
    if base is None or known_at == base.upto:
        return
    low, high = sorted((known_at, base.upto))
    sign = 1 if known_at > base.upto else -1
    if high - low <= NEAR:
        yield _changes().where(c.day <= base.day, c.position > low, c.position <= high), sign
        return
    # What is recorded after `low` and late by no more than LONG_LAG has its day no farther behind the frontier there.
    first = (base.frontier if known_at > base.upto else frontier) - t.LONG_LAG
    for which in (text(t.LATE), c.day >= first), (text(t.VERY_LATE),):
        # + 0: not by the index of positions; the predicate written out, as in the index
        yield _changes().where(c.day <= base.day, c.position + 0 > low, c.position + 0 <= high, *which), sign


def counts_at(conn: Connection, slots: Mapping[int, int], day: Day, known_at: int) -> Cells:
    """The counts of every unit at (day, known_at). `slots`: unit number -> its place in the array."""
    frontier = frontier_at(conn, known_at)
    base = choose(conn, day, known_at, frontier)
    if base is None:
        cells = array("i", bytes(4 * WIDTH * len(slots)))
    else:
        c = t.headcount_checkpoint.c
        blob = conn.execute(select(c.cells).where(c.day == base.day)).scalar_one()
        cells = unpack(blob, len(slots))
    for query, sign in _between(base, day, known_at, frontier):
        for unit, measure, amount in tuples(conn, query):
            cells[slots[unit] * WIDTH + measure] += sign * amount
    return cells


def month_ends(first: Day, last: Day) -> Iterator[Day]:
    """The last day of every month that ends in `[first, last]`."""
    at = date.fromordinal(first)
    year, month = at.year, at.month
    while True:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        end = date(year, month, 1).toordinal() - 1
        if end > last:
            return
        if end >= first:
            yield end


def write_newer(conn: Connection, numbers: Sequence[int], position: int, frontier: Day) -> None:
    """Write the checkpoints of all months from the first that is not settled yet.

    A checkpoint whose day lies LAG days behind the frontier it was made at is settled: it is never touched
    again, later entries about its past are late ones and are found through their index.
    """
    c = t.headcount_checkpoint.c
    settled = conn.execute(select(func.max(c.day)).where(c.day < c.frontier - t.LAG)).scalar()
    conn.execute(t.headcount_checkpoint.delete().where(c.day > (settled or 0)))
    d = t.headcount_delta.c
    first, last = conn.execute(select(func.min(d.day), func.max(d.day))).one()
    if first is None:
        return
    slots = {number: slot for slot, number in enumerate(numbers)}
    begin = first if settled is None else settled + 1
    cells = counts_at(conn, slots, begin - 1, position)
    changes = conn.execute(
        select(d.day, d.unit, d.measure, d.amount)
        .where(d.day >= begin)
        .order_by(d.day)
        .execution_options(yield_per=20_000)
    )
    insert_rows(conn, t.headcount_checkpoint, carried_forward(cells, slots, changes, begin, last, position, frontier))


def carried_forward(
    cells: Cells,
    slots: Mapping[int, int],
    changes: Iterable[Sequence[int]],
    first: Day,
    last: Day,
    position: int,
    frontier: Day,
) -> Iterator[tuple[int, int, int, bytes]]:
    """The rows of the checkpoints of all months in `[first, last]`, from the counts before and the changes by day."""
    waiting = iter(changes)
    change = next(waiting, None)
    for end in [*month_ends(first, last), *([last] if last not in set(month_ends(last, last)) else [])]:
        while change is not None and change[0] <= end:
            cells[slots[change[1]] * WIDTH + change[2]] += change[3]
            change = next(waiting, None)
        yield (end, position, frontier, pack(cells))
