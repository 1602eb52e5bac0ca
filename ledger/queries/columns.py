"""All measures of every unit at once (spec 1.4), from a checkpoint, the running secondments and the tree.

Every count that a checkpoint holds of a unit is one 32-bit field of one whole number, so that one running total over
the units in the tree's order tells all sums of all subtrees: the total behind a subtree less that before it.
`seconded_out` and `on_leave` of a subtree are not sums of the units' own numbers: a secondment inside the subtree
vanishes where both its ends have come together. So each running secondment is counted in the units above one of its
ends, up to where they hold the other as well.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from struct import Struct

from sqlalchemy import func, select

from ledger.projections import tables as t
from ledger.projections.checkpoints import LEADERS, RANKS, WIDTH
from ledger.projections.statements import tuples
from ledger.queries.measures import Counts, HeadcountRow, row_of
from ledger.queries.posts import Posts, posts_of
from ledger.queries.scope import OFF
from ledger.queries.secondments import lent
from ledger.queries.tree import NOWHERE, Tree, tree_of
from ledger.queries.view import View

KINDS = len(t.KINDS)
CHARGED, LEAVE, HELD = 0, KINDS, LEADERS
"""First field of: charged by kind; on leave inside the scope by kind; leader positions by rank."""
OUT, IN = WIDTH, WIDTH + KINDS
"""First field of: seconded out by kind; seconded in."""
Column = MutableSequence[int]


@dataclass(frozen=True, slots=True)
class Columns:
    """Column answers, each as long as the tree: fields of people, then quotas and leaders by scale and rank."""

    tree: Tree
    people: Sequence[Sequence[int]]
    dispatched_in: Sequence[int]
    quotas: Posts
    leaders: dict[str, Sequence[int]]


_KEPT = 4
"""Answers kept: what comes again soon, as a screen shows one day in several ways."""


def columns(view: View, *, own: bool = False) -> Columns:
    """All measures of every unit that exists at (D, K); `own`: of each unit alone.

    The last answers are kept with the units; entries still to come will be later than K, and change none of them.
    """
    kept: dict[tuple[int, int, bool], Columns] = view.shape.keep("columns", dict)
    key = (view.day, min(view.perspective.known_at, view.newest), own)
    found = kept.get(key)
    if found is None:
        if len(kept) >= _KEPT:
            kept.clear()
        found = kept[key] = _counted(view, own=own)
    return found


def _counted(view: View, *, own: bool) -> Columns:
    tree = tree_of(view)
    c = t.leader_rank.c
    ranks = dict(tuples(view.conn, select(c.id, c.rank)))
    people, free = _charged(view, tree, HELD + min(len(ranks), RANKS), own=own)
    _net_secondments(view, tree, people, free, own=own)
    return Columns(
        tree,
        people,
        _dispatched(tree, free, own=own),
        posts_of(view, tree, own=own),
        _leaders(view, tree, ranks, people, own=own),
    )


def _charged(view: View, tree: Tree, width: int, *, own: bool) -> tuple[list[Column], dict[int, int]]:
    """The fields a checkpoint has, then empty ones; and of stationed units, how many are not on leave.

    `width`: the fields in use; those of ranks that do not exist are empty too.
    """
    size = 4 * width
    cells = view.counts()
    free = dict.fromkeys(_stationed_places(tree), 0)
    for slot, place in enumerate(tree.place_of_slot) if free else ():
        if place in free:
            begin = slot * WIDTH
            free[place] += sum(cells[begin : begin + KINDS]) - sum(cells[begin + KINDS : begin + LEADERS])
    if sys.byteorder == "little":
        cells.byteswap()  # a number's highest digit first: what int.from_bytes and to_bytes take without being told
    stored = Struct(f"{size}s{4 * WIDTH - size}x" * (len(cells) // WIDTH)).unpack(cells)
    rows = list(map(stored.__getitem__, tree.order))
    for slot in tree.ghosts:
        place = tree.place_of_slot[slot]
        if place != NOWHERE:
            rows[place] = (int.from_bytes(rows[place]) + int.from_bytes(stored[slot])).to_bytes(size)
    if not own:
        _add_up(tree, rows, size)
    flat = array("i", b"".join(rows))
    if sys.byteorder == "little":
        flat.byteswap()
    fields: list[Column] = [flat[field::width] for field in range(width)]
    return [*fields, *([0] * len(rows) for _ in range(WIDTH + KINDS + 1 - width))], free


def _add_up(tree: Tree, rows: list[bytes], size: int) -> None:
    """Make of each unit's own fields those of its subtree."""
    before = list(accumulate(map(int.from_bytes, rows), initial=0))
    ends = tree.ends
    for place in tree.inner:
        rows[place] = (before[ends[place]] - before[place]).to_bytes(size)


def _net_secondments(view: View, tree: Tree, people: Sequence[Column], free: dict[int, int], *, own: bool) -> None:
    slots, place_of, parents, ends = view.shape.slots, tree.place_of_slot, tree.parents, tree.ends
    if own:
        parents, ends = [NOWHERE] * len(parents), [*range(1, len(ends)), len(ends)]
    come = people[IN]
    for home, host, kind, leave in lent(view):
        here, there = place_of[slots[home]], place_of[slots[host]]
        if here in free:
            free[here] -= 1
        out = people[OUT + kind]
        place = here
        while not place <= there < ends[place]:
            out[place] += 1
            place = parents[place]
        if leave is None:
            meeting, place = place, there
            while place != meeting:
                come[place] += 1
                place = parents[place]
        else:
            ill = people[LEAVE + kind]
            while place != NOWHERE:
                ill[place] += 1
                place = parents[place]


def _stationed_places(tree: Tree) -> set[int]:
    """Places of units that are, or lie inside, a stationed unit."""
    return set(chain.from_iterable(range(office, tree.ends[office]) for office, _ in tree.stations))


def _dispatched(tree: Tree, free: dict[int, int], *, own: bool) -> list[int]:
    """People of stationed units, counted in every scope that holds a station but not their own unit."""
    counts = [0] * len(tree.order)
    stations: dict[int, set[int]] = {}
    for office, station in tree.stations:
        stations.setdefault(office, set()).add(station)
    for place, people in free.items():
        if not people:
            continue
        above = tree.path(place)
        at = set().union(*(stations.get(one, set()) for one in above))
        scopes = set(at) - {place} if own else {scope for station in at for scope in tree.path(station)} - set(above)
        for scope in scopes:
            counts[scope] += people
    return counts


def _leaders(
    view: View, tree: Tree, ranks: Mapping[int, str], people: Sequence[Sequence[int]], *, own: bool
) -> dict[str, Sequence[int]]:
    """Rank -> counting positions held; ranks beyond those in the checkpoints are counted from the positions."""
    found: dict[str, Sequence[int]] = {rank: people[HELD + number] for number, rank in ranks.items() if number < RANKS}
    if len(ranks) > RANKS:
        found |= _more_leaders(view, tree, [rank for number, rank in ranks.items() if number >= RANKS], own=own)
    return found


def _more_leaders(view: View, tree: Tree, ranks: Sequence[str], *, own: bool) -> dict[str, list[int]]:
    c = t.post_period.c
    query = select(c.unit, c.rank, func.count()).where(c.rank.in_(ranks), c.counts, view.valid(t.post_period))
    found: dict[str, list[int]] = {}
    for unit, rank, held in view.conn.execute(query.group_by(c.unit, c.rank)).all():
        place = tree.place_of_slot[view.shape.slots[unit]]
        if place == NOWHERE:
            continue
        counts = found.setdefault(rank, [0] * len(tree.order))
        for scope in (place,) if own else tree.path(place):
            counts[scope] += held
    return found


def whole_rows(view: View, *, own: bool = False) -> list[HeadcountRow]:
    """The rows of every unit that exists at (D, K), depth first."""
    found = columns(view, own=own)
    tree = found.tree
    above = set(tree.parents)
    return [_row(found, place, name, told=not own or place not in above) for place, name in enumerate(tree.names)]


def some_rows(view: View, units: Iterable[str], *, own: bool = False) -> dict[str, HeadcountRow]:
    """The rows of those of these units that exist at (D, K)."""
    found = columns(view, own=own)
    tree = found.tree
    above = set(tree.parents) if own else ()
    rows: dict[str, HeadcountRow] = {}
    for unit in units:
        place, version = tree.places.get(unit), view.structure.version(unit, view.day)
        if place is not None and version is not None:
            rows[unit] = _row(found, place, version.name, told=place not in above)
    return rows


def _row(found: Columns, place: int, name: str, *, told: bool) -> HeadcountRow:
    tree, people = found.tree, found.people

    def by_kind(first: int) -> dict[str, int]:
        return {kind: people[first + number][place] for number, kind in enumerate(t.KINDS) if number != OFF}

    counts = Counts(
        on_roll=by_kind(CHARGED),
        seconded_out=by_kind(OUT),
        on_leave=by_kind(LEAVE),
        off_establishment=people[CHARGED + OFF][place] - people[OUT + OFF][place] - people[LEAVE + OFF][place],
        seconded_in=people[IN][place],
        dispatched_in=found.dispatched_in[place],
        leaders={rank: held[place] for rank, held in found.leaders.items() if held[place]},
    )
    quotas = {scale: number for scale, numbers in found.quotas.items() if (number := numbers[place]) is not None}
    parent = tree.parents[place]
    return row_of(
        tree.codes[place],
        name,
        None if parent == NOWHERE else tree.codes[parent],
        counts,
        quotas,
        told=told,
    )
