"""From rows of units to a tree of one (D, K): what `tree` keeps, made with as few steps a unit as can be.

All rows lie ready in families, by the parent they name, siblings in the order of their codes. A family all of whose
rows are in force, which is nearly every one, is taken over as it is; only the others are looked through row by row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import NamedTuple

from ledger.domain.time import Day
from ledger.domain.units import Structure

NOWHERE = -1

Bounds = tuple[Day, Day, int, int]
Slots = Sequence[int]


class Family(NamedTuple):
    """The rows of the units that name one parent; NOWHERE for those that name none.

    `begin`, `end`, `known`, `gone`: the days and positions between which all of them are in force. `members`: their
    slots. `rows`: (d_from, d_to, k_from, k_to, slot) of each.
    """

    parent: int
    begin: Day
    end: Day
    known: int
    gone: int
    members: Slots
    rows: Sequence[tuple[Day, Day, int, int, int]]


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

    `ranks`: slot -> how far down the list of all codes the unit's code stands.
    """

    families: Sequence[Family]
    mergers: Sequence[Link]
    stations: Sequence[Link]
    ranks: Sequence[int]

    @classmethod
    def of(cls, structure: Structure, slots: Mapping[str, int]) -> Rows:
        """From the units at every position."""
        gathered: dict[int, list[tuple[Day, Day, int, int, int]]] = {}
        mergers: list[Link] = []
        stations: list[Link] = []
        ranks = [0] * len(slots)
        for rank, code in enumerate(sorted(slots)):
            slot = slots[code]
            ranks[slot] = rank
            for row in structure.ever(code):
                bounds = row[:4]
                if row.into is not None:
                    mergers.append(Link(*bounds, slot, slots.get(row.into, NOWHERE)))
                    continue
                parent = NOWHERE if row.parent is None else slots.get(row.parent, NOWHERE)
                gathered.setdefault(parent, []).append((*bounds, slot))
                if row.stationed_at is not None:
                    stations.append(Link(*bounds, slot, slots.get(row.stationed_at, NOWHERE)))
        families = [_family(parent, rows) for parent, rows in gathered.items()]
        return cls(families, mergers, stations, ranks)


def _family(parent: int, rows: Sequence[tuple[Day, Day, int, int, int]]) -> Family:
    begins, ends, knowns, gones, members = zip(*rows, strict=True)
    return Family(parent, max(begins), min(ends), max(knowns), min(gones), members, rows)


class Planted(NamedTuple):
    """A tree's arrays (see `tree.Tree`)."""

    order: list[int]
    parents: list[int]
    ends: list[int]
    inner: list[int]
    place_of_slot: list[int]
    ghosts: list[int]
    stations: list[tuple[int, int]]


def plant(rows: Rows, day: Day, known_at: int) -> Planted:
    """The tree at (D, K)."""
    below: dict[int, Slots] = {}
    for parent, begin, end, known, gone, all_of_them, several in rows.families:
        if begin <= day < end and known <= known_at < gone:
            below[parent] = all_of_them
            continue
        members = [
            slot for first, last, since, till, slot in several if first <= day < last and since <= known_at < till
        ]
        if members:
            below[parent] = members
    into = {link.slot: link.other for link in rows.mergers if link.at(day, known_at)}
    _follow_mergers(below, into, rows.ranks)
    order, parents, ends, inner = _walk(below)
    if len(order) != sum(map(len, below.values())):
        _lift_strays(below, rows.ranks)
        order, parents, ends, inner = _walk(below)
    places = [NOWHERE] * len(rows.ranks)
    for place, slot in enumerate(order):
        places[slot] = place
    for slot in into:
        places[slot] = places[_canonical(slot, into)]
    stations: list[tuple[int, int]] = []
    for link in rows.stations:
        if link.at(day, known_at):
            station = _canonical(link.other, into)
            if station != link.slot and places[station] != NOWHERE:
                stations.append((places[link.slot], places[station]))
    return Planted(order, parents, ends, inner, places, list(into), stations)


def _canonical(slot: int, into: Mapping[int, int]) -> int:
    while slot in into:
        slot = into[slot]
    return slot


def _follow_mergers(below: dict[int, Slots], into: Mapping[int, int], ranks: Slots) -> None:
    """Give what hangs below a merged unit to the one it went into."""
    for ghost in into:
        members = below.pop(ghost, None)
        if members is not None:
            heir = _canonical(ghost, into)
            below[heir] = sorted([*below.get(heir, ()), *members], key=ranks.__getitem__)


def _lift_strays(below: dict[int, Slots], ranks: Slots) -> None:
    """Make roots of units whose parent is not there."""
    there = {NOWHERE, *chain.from_iterable(below.values())}
    strays = [parent for parent in below if parent not in there]
    lifted = [slot for parent in strays for slot in below.pop(parent)]
    below[NOWHERE] = sorted([*below.get(NOWHERE, ()), *lifted], key=ranks.__getitem__)


def _walk(below: Mapping[int, Slots]) -> tuple[list[int], list[int], list[int], list[int]]:
    """Depth first from the roots: order, parents, ends, inner places."""
    order: list[int] = []
    parents: list[int] = []
    inner: list[int] = []
    behind: list[int] = []
    barren = below.keys().isdisjoint
    above = NOWHERE
    waiting = [iter(below.get(NOWHERE, ()))]
    while waiting:
        for slot in waiting[-1]:
            place = len(order)
            order.append(slot)
            parents.append(above)
            members = below.get(slot)
            if members is None:
                continue
            if barren(members):
                order.extend(members)
                parents.extend(repeat(place, len(members)))
                inner.append(place)
                behind.append(len(order))
            else:
                waiting.append(iter(members))
                above = place
                break
        else:
            waiting.pop()
            if above != NOWHERE:
                inner.append(above)
                behind.append(len(order))
                above = parents[above]
    ends = list(range(1, len(order) + 1))
    for place, end in zip(inner, behind, strict=True):
        ends[place] = end
    ends.append(len(order) + 1)
    return order, parents, ends, inner
