"""Columns of posts: each unit's own number at (D, K), else the sum of its children's (spec 1.4).

Only entries about units change numbers of posts, so all of them may be read once and stay with the units (`Shape`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select

from ledger.domain.time import FOREVER, Perspective
from ledger.projections import tables as t
from ledger.projections.statements import tuples
from ledger.queries.tree import Tree
from ledger.queries.view import View

NO_NUMBER = -1
"""Stands for the number of posts where there is none."""
Posts: TypeAlias = Mapping[str, npt.NDArray[np.int64]]
"""Scale -> the number of the unit at each place, NO_NUMBER where there is none."""
_KEPT = 4
"""Columns kept with one tree."""


@dataclass(frozen=True, slots=True)
class Books:
    """All own numbers, and on which days and positions one begins or ends.

    From `day` on the unit at `slot` has so many `posts` on a scale, or NO_NUMBER, as known at `[known, gone)`; in the
    order of days. `scales`: by their place in the other columns.
    """

    scales: Sequence[str]
    day: npt.NDArray[np.int64]
    known: npt.NDArray[np.int64]
    gone: npt.NDArray[np.int64]
    scale: npt.NDArray[np.int64]
    slot: npt.NDArray[np.int64]
    posts: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]

    @classmethod
    def load(cls, conn: Connection, slots: Mapping[int, int]) -> Books:
        """Read them."""
        c = t.quota_period.c
        query = select(c.d_from, c.d_to, c.k_from, c.k_to, c.unit, c.scale, c.posts)
        numbers: dict[str, int] = {}
        events: list[tuple[int, int, int, int, int, int]] = []
        for begin, end, known, gone, unit, scale, posts in tuples(conn, query):
            of = (known, gone, numbers.setdefault(scale, len(numbers)), slots[unit])
            events += ((end, *of, NO_NUMBER), (begin, *of, posts))
        events.sort(key=lambda one: (one[0], one[-1] != NO_NUMBER))  # where one ends, the next may begin
        day, known, gone, of_scale, slot, number = np.array(events, np.int64).reshape(-1, 6).T.copy()
        positions = np.array(sorted({*known.tolist(), *gone.tolist()}), np.int64)
        return cls([*numbers], day, known, gone, of_scale, slot, number, positions[positions < FOREVER])

    def cell(self, perspective: Perspective) -> tuple[int, int]:
        """Names the days and positions around (D, K) between which no number changes."""
        days = np.searchsorted(self.day, perspective.day, "right")
        return int(days), int(np.searchsorted(self.positions, perspective.known_at, "right"))

    def on(self, perspective: Perspective, units: int) -> npt.NDArray[np.int64]:
        """The numbers at (D, K): a row for each scale, a column for each slot."""
        upto, known_at = int(np.searchsorted(self.day, perspective.day, "right")), perspective.known_at
        told = np.flatnonzero((self.known[:upto] <= known_at) & (known_at < self.gone[:upto]))
        found = np.full((len(self.scales), units), NO_NUMBER)
        found[self.scale[told], self.slot[told]] = self.posts[told]  # of several the last stays
        return found


def posts_of(view: View, tree: Tree, *, own: bool) -> Posts:
    """The columns; `own`: of each unit's own record alone."""
    books: Books = view.shape.keep("posts", lambda: Books.load(view.conn, view.shape.slots))
    key = (*books.cell(view.perspective), own)
    kept = tree.posts
    found = kept.get(key)
    if found is None:
        if len(kept) >= _KEPT:
            kept.clear()
        numbers = books.on(view.perspective, len(view.shape.slots))[:, tree.order]
        if not own:
            _add_up(tree, numbers)
        numbers.flags.writeable = False
        found = kept[key] = dict(zip(books.scales, numbers, strict=True))
    return cast("Posts", found)


def _add_up(tree: Tree, numbers: npt.NDArray[np.int64]) -> None:
    """Give units without a number the sum of those right below them that have one, from the leaves up."""
    for brood in reversed(tree.broods):
        below = numbers[:, brood.children]
        sums = np.add.reduceat(np.maximum(below, 0), brood.first, axis=1)
        sums[np.maximum.reduceat(below, brood.first, axis=1) == NO_NUMBER] = NO_NUMBER
        own = numbers[:, brood.parents]
        numbers[:, brood.parents] = np.where(own == NO_NUMBER, sums, own)
