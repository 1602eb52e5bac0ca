"""From rows of units to a tree of one (D, K): what `tree` keeps, made level by level.

All rows lie ready by parent, siblings in the order of their codes. Those in force are the tree; how large each subtree
is, is told from the leaves up, and where it stands, depth first, from the roots down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ledger.domain.time import Day
from ledger.domain.units import Structure

NOWHERE = -1

Slots: TypeAlias = npt.NDArray[np.int64]
"""Slots of units."""
Places: TypeAlias = npt.NDArray[np.int64]
"""Places in a tree; NOWHERE for none."""


class Link(NamedTuple):
    """A run of days and positions in which one unit points at another."""

    begin: Day
    end: Day
    known: int
    gone: int
    slot: int
    other: int

    def at(self, day: Day, known_at: int) -> bool:
        """Whether it is in force."""
        return self.begin <= day < self.end and self.known <= known_at < self.gone


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of all units. `mergers`: which unit went into which; `stations`: where offices are stationed.

    `bounds`: begin, end, known, gone of each row; `slots` and `parents`: of each row, which lie in the order of the
    parents and, below one, of the codes. `ranks`: slot -> how far down the list of all codes the unit's code stands.
    """

    bounds: Sequence[npt.NDArray[np.int64]]
    slots: Slots
    parents: Slots
    ranks: npt.NDArray[np.int64]
    mergers: Sequence[Link]
    stations: Sequence[Link]

    @classmethod
    def of(cls, structure: Structure, slots: Mapping[str, int]) -> Rows:
        """From the units at every position."""
        rows: list[tuple[int, int, tuple[int, ...], int]] = []
        mergers: list[Link] = []
        stations: list[Link] = []
        codes = sorted(slots)
        for rank, code in enumerate(codes):
            slot = slots[code]
            for row in structure.ever(code):
                bounds = row[:4]
                if row.into is not None:
                    mergers.append(Link(*bounds, slot, slots.get(row.into, NOWHERE)))
                    continue
                parent = NOWHERE if row.parent is None else slots.get(row.parent, NOWHERE)
                rows.append((parent, rank, bounds, slot))
                if row.stationed_at is not None:
                    stations.append(Link(*bounds, slot, slots.get(row.stationed_at, NOWHERE)))
        rows.sort()
        told = np.array([(*bounds, slot, parent) for parent, _, bounds, slot in rows], np.int64).reshape(-1, 6)
        begin, end, known, gone, of_rows, parents = np.ascontiguousarray(told.T)
        ranks = np.empty(len(codes), np.int64)
        ranks[[slots[code] for code in codes]] = range(len(codes))
        return cls((begin, end, known, gone), of_rows, parents, ranks, mergers, stations)


class Brood(NamedTuple):
    """The units one step below others: all children, parent by parent.

    `first`: where in `children` those of each of the `parents` begin; `many`: how many they are.
    """

    parents: Places
    first: Places
    many: Places
    children: Places


@dataclass(frozen=True)
class Planted:
    """Units that exist, depth first, roots and siblings by code; a unit's place is its index.

    `order`: slot of the unit at each place. `parents`: place of the parent, NOWHERE for a root. `ends`: the first
    place behind a unit and all below it; one more at its end, which NOWHERE finds, so that everything lies inside
    NOWHERE. `broods`: from the roots down, the units of each level with those below them. `place_of_slot`: the place of
    the unit that a slot now belongs to, NOWHERE where nothing is left, and at its end, which NOWHERE finds; `ghosts`:
    the slots of merged units among these. `stations`: places of a stationed unit and of the unit it is stationed at.
    """

    order: Slots
    parents: Places
    ends: Places
    broods: Sequence[Brood]
    place_of_slot: Places
    ghosts: Slots
    stations: Sequence[tuple[int, int]]


def plant(rows: Rows, day: Day, known_at: int) -> Planted:
    """The tree at (D, K)."""
    begin, end, known, gone = rows.bounds
    there = np.flatnonzero((begin <= day) & (day < end) & (known <= known_at) & (known_at < gone))
    slots, parents = rows.slots[there], rows.parents[there]
    into = {link.slot: link.other for link in rows.mergers if link.at(day, known_at)}
    heirs = np.arange(len(rows.ranks) + 1)
    heirs[NOWHERE] = NOWHERE
    for slot in into:
        heirs[slot] = _canonical(slot, into)
    above = heirs[parents]
    exists = np.zeros(len(heirs), bool)
    exists[slots] = True
    above[~exists[above]] = NOWHERE  # a unit whose parent is not there stands by itself
    if not np.array_equal(above, parents):
        sorted_anew = np.lexsort((rows.ranks[slots], above))
        slots, above = slots[sorted_anew], above[sorted_anew]
    order, up, ends, broods = _walk(slots, above, len(rows.ranks))
    places = np.full(len(heirs), NOWHERE)
    places[order] = np.arange(len(order))
    if into:
        places[list(into)] = places[heirs[list(into)]]
    stations: list[tuple[int, int]] = []
    for link in rows.stations:
        if link.at(day, known_at):
            station = heirs[link.other]
            if station != link.slot and places[station] != NOWHERE:
                stations.append((int(places[link.slot]), int(places[station])))
    return Planted(order, up, ends, broods, places, np.array([*into], np.int64), stations)


def _canonical(slot: int, into: Mapping[int, int]) -> int:
    while slot in into:
        slot = into[slot]
    return slot


def _walk(slots: Slots, above: Slots, units: int) -> tuple[Slots, Places, Places, list[Brood]]:
    """Depth first from the roots: order, parents, ends, and the broods from the roots down.

    `slots` and `above`: the units and their parents, in the order of these and of siblings.
    """
    many = np.bincount(above + 1, minlength=units + 1)
    first = np.cumsum(many) - many
    level = np.arange(many[0])
    levels: list[Brood] = []  # by row, to begin with
    while len(level):
        inside = slots[level] + 1
        has = many[inside] > 0
        parents, children = level[has], many[inside[has]]
        offsets = np.cumsum(children) - children
        level = np.repeat(first[inside[has]] - offsets, children) + np.arange(children.sum())
        levels.append(Brood(parents, offsets, children, level))
    levels = levels[:-1]
    size = np.ones(len(slots), np.int64)
    for brood in reversed(levels):
        size[brood.parents] += np.add.reduceat(size[brood.children], brood.first)
    place = np.full(len(slots), NOWHERE)
    place[: many[0]] = np.cumsum(size[: many[0]]) - size[: many[0]]
    for brood in levels:
        before = np.cumsum(size[brood.children]) - size[brood.children]
        place[brood.children] = before + np.repeat(place[brood.parents] + 1 - before[brood.first], brood.many)
    reached = place != NOWHERE  # units above each other in a ring hang below no root
    count = int(reached.sum())
    order, parents, ends = np.empty(count, np.int64), np.full(count, NOWHERE), np.empty(count + 1, np.int64)
    order[place[reached]] = slots[reached]
    ends[place[reached]] = place[reached] + size[reached]
    ends[NOWHERE] = count + 1
    broods = [Brood(place[one.parents], one.first, one.many, place[one.children]) for one in levels]
    for brood in broods:
        parents[brood.children] = np.repeat(brood.parents, brood.many)
    return order, parents, ends, broods
