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

from sqlalchemy import Connection, Select, bindparam, func, select, text

from ledger.domain.time import Day
from ledger.projections import tables as t
from ledger.projections.frontier import block_of
from ledger.projections.statements import insert_rows, streamed, tuples

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
KEPT = 200_000
"""Units in all checkpoints kept unpacked: about fifteen megabytes."""

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


_FRONTIER = (
    select(t.frontier.c.block, t.frontier.c.day)
    .where(t.frontier.c.block <= bindparam("block"))
    .order_by(t.frontier.c.block.desc())
    .limit(1)
)
# Statements are made once: putting one together costs more than asking it.


def frontier_at(conn: Connection, position: int, kept: dict[int, Day] | None = None) -> Day:
    """The frontier in force at a position. `kept`: by block, those that have begun; they stay as they are."""
    wanted = block_of(max(position, 1))
    if kept is not None and wanted in kept:
        return kept[wanted]
    block, day = conn.execute(_FRONTIER, {"block": wanted}).first() or (0, 0)
    if kept is not None and block == wanted:
        kept[block] = day
    return int(day)


def _usable(base: Base, known_at: int, frontier: Day) -> bool:
    if abs(known_at - base.upto) <= NEAR:
        return True
    return base.day < (base.frontier if known_at > base.upto else frontier) - t.LAG


_c = t.headcount_checkpoint.c
_ALL = select(_c.day, _c.upto, _c.frontier).where(_c.day <= bindparam("day")).order_by(_c.day.desc())
_SEARCHED = (_ALL.limit(6), _ALL.where(_c.day < bindparam("settled")).limit(6), _ALL)
"""Nearly always one of the nearest will do."""
_CELLS = select(_c.cells).where(_c.day == bindparam("day"))


def choose(conn: Connection, day: Day, known_at: int, frontier: Day) -> Base | None:
    """The latest checkpoint from which (day, known_at) can be reached through an index."""
    for query in _SEARCHED:
        for row in tuples(conn, query, {"day": day, "settled": frontier - t.LAG}):
            base = Base(*row)
            if _usable(base, known_at, frontier):
                return base
    return None


_d = t.headcount_delta.c
_CHANGES = select(_d.unit, _d.measure, _d.amount)
_FORTH = _CHANGES.where(_d.day > bindparam("begin"), _d.day <= bindparam("end"), _d.position <= bindparam("known"))
_FORTH_EARLY = _FORTH.where(text(t.EARLY))
_NEARBY = _CHANGES.where(_d.day <= bindparam("end"), _d.position > bindparam("low"), _d.position <= bindparam("high"))
_BACK = _CHANGES.where(  # + 0: not by the index of positions; the predicates written out, as in the indexes
    _d.day <= bindparam("end"), _d.position + 0 > bindparam("low"), _d.position + 0 <= bindparam("high")
)
_BACK_LATE = _BACK.where(text(t.LATE), _d.day >= bindparam("first"))
_BACK_VERY_LATE = _BACK.where(text(t.VERY_LATE))
Changes: TypeAlias = "Select[int, int, int]"


def _between(
    base: Base | None, day: Day, known_at: int, frontier: Day
) -> Iterator[tuple[Changes, dict[str, int], int]]:
    """The queries for the changes between a checkpoint and (day, known_at), each with its values and its sign."""
    begin = base.day if base else -1
    split = max(min(day, frontier + t.LAG), begin)
    if split > begin:
        yield _FORTH, {"begin": begin, "end": split, "known": known_at}, 1
    if day > split:
        yield _FORTH_EARLY, {"begin": split, "end": day, "known": known_at}, 1
    if base is None or known_at == base.upto:
        return
    low, high = sorted((known_at, base.upto))
    sign = 1 if known_at > base.upto else -1
    values = {"end": base.day, "low": low, "high": high}
    if high - low <= NEAR:
        yield _NEARBY, values, sign
        return
    # What is recorded after `low` and late by no more than LONG_LAG has its day no farther behind the frontier there.
    first = (base.frontier if known_at > base.upto else frontier) - t.LONG_LAG
    yield _BACK_LATE, {**values, "first": first}, sign
    yield _BACK_VERY_LATE, values, sign


class Balances:
    """Counts of every unit, from checkpoints that stay unpacked between questions.

    What is kept is never wrong: the counts at the end of a day from the entries up to a position do not change.
    `slots`: unit number -> its place in the arrays.
    """

    def __init__(self, slots: Mapping[int, int]) -> None:
        self.slots = slots
        self._kept: dict[tuple[Day, int], Cells] = {}
        self._frontiers: dict[int, Day] = {}

    def at(self, conn: Connection, day: Day, known_at: int) -> Cells:
        """The counts at (day, known_at), the caller's own."""
        slots = self.slots
        frontier = frontier_at(conn, known_at, self._frontiers)
        base = choose(conn, day, known_at, frontier)
        cells = array("i", bytes(4 * WIDTH * len(slots))) if base is None else self._unpacked(conn, base)[:]
        for query, values, sign in _between(base, day, known_at, frontier):
            for unit, measure, amount in streamed(conn, query, values):
                cells[slots[unit] * WIDTH + measure] += sign * amount
        return cells

    def _unpacked(self, conn: Connection, base: Base) -> Cells:
        found = self._kept.get((base.day, base.upto))
        if found is None:
            found = unpack(conn.execute(_CELLS, {"day": base.day}).scalar_one(), len(self.slots))
            if (len(self._kept) + 1) * len(self.slots) > KEPT:
                self._kept.clear()
            self._kept[base.day, base.upto] = found
        return found


def counts_at(conn: Connection, slots: Mapping[int, int], day: Day, known_at: int) -> Cells:
    """The counts of every unit at (day, known_at). `slots`: unit number -> its place in the array."""
    return Balances(slots).at(conn, day, known_at)


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
    begin = first if settled is None else settled + 1
    if begin > last:
        return  # nobody came or went since: what is settled says it all
    slots = {number: slot for slot, number in enumerate(numbers)}
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
