"""The charge tree of one (D, K) as arrays, depth first, so that whole columns can be rolled up it.

Depth first, everything below a unit stands in one run behind it: whether a unit lies inside another is two
comparisons, and a subtree's sum is one running total less another.

Between two days on which a period of some unit begins or ends, and between two such positions, nothing about the
units changes. Such a cell of the two axes is what a tree is kept by; so days without an event between them share it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ledger.domain.time import Perspective
from ledger.domain.units import Structure
from ledger.queries.planting import NOWHERE, Places, Planted, Rows, plant
from ledger.queries.view import View

__all__ = ["NOWHERE", "Kept", "Tree", "tree_of"]


@dataclass(frozen=True)
class Tree(Planted):
    """What was planted, with the units it was planted from.

    `structure`, `slots`, `codes_of_all`: the units at every position, the slot of each number, the code of each slot.
    """

    structure: Structure
    slots: Mapping[int, int]
    codes_of_all: Sequence[str]
    perspective: Perspective
    posts: dict[tuple[int, int, bool], object] = field(default_factory=dict)
    """Columns of posts, by the cell of the quotas' own axes (see `posts`)."""

    @cached_property
    def codes(self) -> Sequence[str]:
        """Code of each unit."""
        return [*map(self.codes_of_all.__getitem__, self.order.tolist())]

    @cached_property
    def names(self) -> Sequence[str]:
        """Name of each unit."""
        structure, day = self.structure.at(self.perspective.known_at), self.perspective.day
        return [row.name for code in self.codes if (row := structure.version(code, day)) is not None]

    @cached_property
    def places(self) -> dict[str, int]:
        """Code -> place of a unit."""
        return {code: place for place, code in enumerate(self.codes)}

    @cached_property
    def place_of_number(self) -> dict[int, int]:
        """As `place_of_slot`, by the number of a unit."""
        return dict(zip(self.slots, self.place_of_slot.tolist(), strict=False))

    @cached_property
    def inner(self) -> Places:
        """The places of units that have others below them."""
        return np.concatenate([brood.parents for brood in self.broods]) if self.broods else self.ends[:0]

    @cached_property
    def up(self) -> list[int]:
        """As `parents`, for walking from one unit to the next."""
        places: list[int] = self.parents.tolist()
        return places

    def meetings(self, some: Places, others: Places) -> Places:
        """Of each pair, the lowest unit that has both below it or is one of them; NOWHERE if none."""
        found = some.copy()
        apart = np.arange(len(found))
        while len(apart):
            at, other = found[apart], others[apart]
            apart = apart[(at > other) | (other >= self.ends[at])]
            found[apart] = self.parents[found[apart]]
        return found

    def meeting(self, one: int, other: int) -> int:
        """As `meetings`, of one pair."""
        while one > other or other >= self.ends[one]:
            one = self.up[one]
        return one

    def path(self, place: int) -> list[int]:
        """The place and all places above it."""
        found = []
        while place != NOWHERE:
            found.append(place)
            place = self.up[place]
        return found


@dataclass(frozen=True, slots=True)
class Kept:
    """The units' rows, cut into cells, and the trees planted from them."""

    rows: Rows
    days: Sequence[int]
    positions: Sequence[int]

    @classmethod
    def of(cls, structure: Structure, slots: dict[str, int]) -> Kept:
        """From all units at every position."""
        versions = [row for unit in structure.units() for row in structure.ever(unit)]
        days = sorted({day for row in versions for day in (row.d_from, row.d_to)})
        positions = sorted({position for row in versions for position in (row.k_from, row.k_to)})
        return cls(Rows.of(structure, slots), days, positions)

    def cell(self, perspective: Perspective) -> tuple[int, int]:
        """Names the days and positions around (D, K) between which no unit changes."""
        return bisect_right(self.days, perspective.day), bisect_right(self.positions, perspective.known_at)


KEPT = 200_000
"""Units in all trees kept for a shape: a few dozen megabytes at most."""


def tree_of(view: View) -> Tree:
    """The tree at the view's perspective."""
    shape = view.shape
    kept = shape.keep("units", lambda: Kept.of(shape.structure, shape.slot_of_code))
    key = kept.cell(view.perspective)
    trees = shape.trees
    found = trees.get(key)
    if found is None:
        if len(trees) * len(shape.slots) >= KEPT:
            trees.clear()
        planted = plant(kept.rows, view.day, view.perspective.known_at)
        found = trees[key] = Tree(
            **vars(planted),
            structure=shape.structure,
            slots=shape.slots,
            codes_of_all=shape.code_of_slot,
            perspective=view.perspective,
        )
    return found
