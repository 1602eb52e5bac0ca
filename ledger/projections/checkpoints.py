"""A balance brought forward: all counts of all units at the end of a month, as one blob (spec 3.2.4).

The counts at (D, K) are those of a checkpoint, plus the signed changes between it and (D, K) on either axis.
A blob is a byte telling how many bytes a count has, then a zlib-packed array of WIDTH rows, in each the counts of all
units in the order of unit numbers; units established later count 0.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Select, bindparam, func, select, text

from ledger.domain.time import Day
from ledger.projections import tables as t
from ledger.projections.frontier import block_of
from ledger.projections.gathering import add_at, gather, gathered, halves, pair
from ledger.projections.statements import insert_rows, tuples

NEAR = 20_000
"""Positions between a checkpoint and K that are still read one by one."""
KEPT = 200_000
"""Units in all checkpoints kept unpacked: about fifteen megabytes."""

Cells: TypeAlias = npt.NDArray[np.int32]
"""Counts: a row for each measure, a column for each unit."""
_TYPES: dict[int, np.dtype[Any]] = {1: np.dtype("<u1"), 2: np.dtype("<u2"), 4: np.dtype("<i4")}
"""By how many bytes a count takes; nearly always one will do."""


def no_counts(units: int) -> Cells:
    """Nobody anywhere."""
    return np.zeros((t.WIDTH, units), np.int32)


def pack(cells: Cells) -> bytes:
    """The blob of these counts."""
    size = next(size for size, type_ in _TYPES.items() if size == 4 or _holds(type_, cells))
    return bytes([size]) + zlib.compress(cells.astype(_TYPES[size]).tobytes(), 1)


def _holds(type_: np.dtype[Any], cells: Cells) -> bool:
    return bool(cells.min(initial=0) >= 0 and cells.max(initial=0) <= np.iinfo(type_).max)


def unpack(blob: bytes, units: int) -> Cells:
    """The counts of a blob, for as many units as there are now."""
    stored = np.frombuffer(zlib.decompress(blob[1:]), _TYPES[blob[0]]).reshape(t.WIDTH, -1)
    cells = no_counts(units)
    cells[:, : stored.shape[1]] = stored
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
_CHANGES = gather(pair(_d.unit, _d.measure), _d.amount)
_FORTH = _CHANGES.where(_d.day > bindparam("begin"), _d.day <= bindparam("end"), _d.position <= bindparam("known"))
_FORTH_EARLY = _FORTH.where(text(t.EARLY))
_NEARBY = _CHANGES.where(_d.day <= bindparam("end"), _d.position > bindparam("low"), _d.position <= bindparam("high"))
_BACK = _CHANGES.where(  # + 0: not by the index of positions; the predicates written out, as in the indexes
    _d.day <= bindparam("end"), _d.position + 0 > bindparam("low"), _d.position + 0 <= bindparam("high")
)
_BACK_LATE = _BACK.where(text(t.LATE), _d.day >= bindparam("first"))
_BACK_VERY_LATE = _BACK.where(text(t.VERY_LATE))
Changes: TypeAlias = "Select[*tuple[Any, ...]]"


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
    `numbers`: of the units, rising; a unit's place among them is its column.
    """

    def __init__(self, numbers: Iterable[int]) -> None:
        self._numbers = np.fromiter(numbers, np.int64)
        self._kept: dict[tuple[Day, int], Cells] = {}
        self._frontiers: dict[int, Day] = {}

    def at(self, conn: Connection, day: Day, known_at: int) -> Cells:
        """The counts at (day, known_at), the caller's own."""
        frontier = frontier_at(conn, known_at, self._frontiers)
        base = choose(conn, day, known_at, frontier)
        cells = no_counts(len(self._numbers)) if base is None else self._unpacked(conn, base).copy()
        for query, values, sign in _between(base, day, known_at, frontier):
            cell, amounts = gathered(conn, query, values)
            units, measures = halves(cell)
            add_at(cells, measures, np.searchsorted(self._numbers, units), sign * amounts)
        return cells

    def _unpacked(self, conn: Connection, base: Base) -> Cells:
        found = self._kept.get((base.day, base.upto))
        if found is None:
            units = len(self._numbers)
            found = unpack(conn.execute(_CELLS, {"day": base.day}).scalar_one(), units)
            if (len(self._kept) + 1) * units > KEPT:
                self._kept.clear()
            self._kept[base.day, base.upto] = found
        return found


def counts_at(conn: Connection, numbers: Iterable[int], day: Day, known_at: int) -> Cells:
    """The counts of the units with these numbers, which rise, at (day, known_at)."""
    return Balances(numbers).at(conn, day, known_at)


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
    first, last = (conn.execute(select(edge(d.day))).scalar() for edge in (func.min, func.max))  # each by the index
    if first is None or last is None:
        return
    begin = first if settled is None else settled + 1
    if begin > last:
        return  # nobody came or went since: what is settled says it all
    cells = counts_at(conn, numbers, begin - 1, position)
    changes = conn.execute(
        select(d.day, d.unit, d.measure, d.amount)
        .where(d.day >= begin)
        .order_by(d.day)
        .execution_options(yield_per=20_000)
    )
    insert_rows(conn, t.headcount_checkpoint, carried_forward(cells, numbers, changes, begin, last, position, frontier))


def carried_forward(
    cells: Cells,
    numbers: Sequence[int],
    changes: Iterable[Sequence[int]],
    first: Day,
    last: Day,
    position: int,
    frontier: Day,
) -> Iterator[tuple[int, int, int, bytes]]:
    """The rows of the checkpoints of all months in `[first, last]`, from the counts before and the changes by day."""
    slots = {number: slot for slot, number in enumerate(numbers)}
    waiting = iter(changes)
    change = next(waiting, None)
    for end in [*month_ends(first, last), *([last] if last not in set(month_ends(last, last)) else [])]:
        measures, units, amounts = [], [], []
        while change is not None and change[0] <= end:
            measures.append(change[2])
            units.append(slots[change[1]])
            amounts.append(change[3])
            change = next(waiting, None)
        if measures:
            add_at(cells, np.array(measures), np.array(units), np.array(amounts))
        yield (end, position, frontier, pack(cells))
