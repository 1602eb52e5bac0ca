"""Columns of posts: each unit's own number at (D, K), else the sum of its children's (spec 1.4).

Only entries about units change numbers of posts, so all of them may be read once and stay with the units (`Shape`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from sqlalchemy import Connection, select

from ledger.domain.time import Day, Perspective
from ledger.projections import tables as t
from ledger.projections.statements import tuples
from ledger.queries.tree import NOWHERE, Tree
from ledger.queries.view import View

Posts = dict[str, Sequence[int | None]]
"""Scale -> the number of the unit at each place, None where there is none."""
_KEPT = 4
"""Columns kept with one tree."""


class Records(NamedTuple):
    """The own numbers of one scale in the order of the days from which they hold.

    `rows`: (d_to, k_from, k_to, slot of the unit, posts).
    """

    begins: list[Day]
    rows: list[tuple[Day, int, int, int, int]]


@dataclass(frozen=True, slots=True)
class Books:
    """All own numbers by scale; and on which days and positions one begins or ends."""

    scales: dict[str, Records]
    days: Sequence[Day]
    positions: Sequence[int]

    @classmethod
    def load(cls, conn: Connection, slots: Mapping[int, int]) -> Books:
        """Read them."""
        c = t.quota_period.c
        query = select(c.d_from, c.d_to, c.k_from, c.k_to, c.unit, c.scale, c.posts).order_by(c.d_from)
        scales: dict[str, Records] = {}
        days: set[Day] = set()
        positions: set[int] = set()
        for begin, end, known, gone, unit, scale, posts in tuples(conn, query):
            records = scales.setdefault(scale, Records([], []))
            records.begins.append(begin)
            records.rows.append((end, known, gone, slots[unit], posts))
            days.update((begin, end))
            positions.update((known, gone))
        return cls(scales, sorted(days), sorted(positions))

    def cell(self, perspective: Perspective) -> tuple[int, int]:
        """Names the days and positions around (D, K) between which no number changes."""
        return bisect_right(self.days, perspective.day), bisect_right(self.positions, perspective.known_at)


def posts_of(view: View, tree: Tree, *, own: bool) -> Posts:
    """The columns; `own`: of each unit's own record alone."""
    books: Books = view.shape.keep("posts", lambda: Books.load(view.conn, view.shape.slots))
    key = (*books.cell(view.perspective), own)
    kept = tree.posts
    found = kept.get(key)
    if found is None:
        if len(kept) >= _KEPT:
            kept.clear()
        day, known_at = view.day, view.perspective.known_at
        columns = {scale: _column(one, tree, day, known_at, own=own) for scale, one in books.scales.items()}
        found = kept[key] = {scale: column for scale, column in columns.items() if column}
    return cast("Posts", found)


def _column(records: Records, tree: Tree, day: Day, known_at: int, *, own: bool) -> list[int | None]:
    """One scale's numbers; nothing where no unit has one."""
    place_of = tree.place_of_slot
    begun = records.rows[: bisect_right(records.begins, day)]
    given = {
        place_of[slot]: posts
        for end, known, gone, slot, posts in begun
        if day < end and known <= known_at < gone
    }  # fmt: skip
    given.pop(NOWHERE, None)
    if not given:
        return []
    column: list[int | None] = [None] * len(tree.order)
    for place, posts in given.items():
        column[place] = posts
    if own:
        return column
    parents = tree.parents
    for place, posts in given.items():  # a unit without a number has the sum of the nearest below it
        above = parents[place]
        while above not in given and above != NOWHERE:
            column[above] = (column[above] or 0) + posts
            above = parents[above]
    return column
