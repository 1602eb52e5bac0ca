"""The charge tree of one (D, K) as arrays, depth first, so that whole columns can be rolled up it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.domain.units import Structure, UnitVersion
from ledger.queries.view import View

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Tree:
    """Units that exist, depth first, roots and siblings by code; a unit's place is its index.

    `parents`: place of the parent, NOWHERE for a root. `depths`: 0 for a root. `place_of_slot`, `place_of_number`:
    slot of a unit number, or the number -> the place of the unit it now belongs to, NOWHERE where nothing is left.
    """

    codes: Sequence[str]
    names: Sequence[str]
    parents: Sequence[int]
    depths: Sequence[int]
    places: dict[str, int]
    place_of_slot: Sequence[int]
    place_of_number: dict[int, int]
    stations: Sequence[tuple[int, int]]
    """(place of a stationed unit, place of the unit it is stationed at)."""

    def meeting(self, one: int, other: int) -> int:
        """The lowest unit that has both below it or is one of them; NOWHERE if none."""
        parents, depths = self.parents, self.depths
        while one != other:
            if NOWHERE in (one, other):
                return NOWHERE
            if depths[one] >= depths[other]:
                one = parents[one]
            else:
                other = parents[other]
        return one

    def path(self, place: int) -> list[int]:
        """The place and all places above it."""
        found = []
        while place != NOWHERE:
            found.append(place)
            place = self.parents[place]
        return found


KEPT = 64
"""Trees kept for a shape."""


def tree_of(view: View) -> Tree:
    """The tree at the view's perspective; kept, since many dates and positions share the shape's memory."""
    trees = view.shape.trees
    key = (view.day, view.perspective.known_at)
    found = trees.get(key)
    if found is None:
        if len(trees) >= KEPT:
            trees.clear()
        found = trees[key] = _plant(view)
    return found


def _rows(structure: Structure, view: View) -> dict[str, UnitVersion]:
    day = view.day
    return {code: row for code in structure.units() if (row := structure.version(code, day)) is not None}


def _plant(view: View) -> Tree:
    rows = _rows(view.structure, view)
    ghosts = {code: row for code, row in rows.items() if row.into is not None}

    def canonical(code: str | None) -> str | None:
        while code in ghosts:
            code = ghosts[code].into
        return code if code in rows else None

    children: dict[str | None, list[str]] = {}
    for code, row in rows.items():
        if row.into is None:
            children.setdefault(canonical(row.parent) if row.parent else None, []).append(code)
    codes: list[str] = []
    parents: list[int] = []
    depths: list[int] = []
    places: dict[str, int] = {}
    waiting = [(code, NOWHERE, 0) for code in sorted(children.get(None, ()), reverse=True)]
    while waiting:
        code, parent, depth = waiting.pop()
        place = places[code] = len(codes)
        codes.append(code)
        parents.append(parent)
        depths.append(depth)
        below = children.get(code)
        if below:
            waiting.extend((child, place, depth + 1) for child in sorted(below, reverse=True))
    slots = [NOWHERE] * len(view.shape.slots)
    for number, slot in view.shape.slots.items():
        code = view.shape.codes[number]
        slots[slot] = places.get(code, NOWHERE) if code not in ghosts else places.get(canonical(code) or "", NOWHERE)
    numbers = {number: slots[slot] for number, slot in view.shape.slots.items()}
    stations = [
        (places[code], places[station])
        for code, row in rows.items()
        if row.stationed_at is not None and row.into is None
        if (station := canonical(row.stationed_at)) is not None and station != code
    ]
    return Tree(codes, [rows[code].name for code in codes], parents, depths, places, slots, numbers, stations)
