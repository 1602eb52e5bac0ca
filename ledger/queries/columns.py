"""All measures of every unit at once (spec 1.4), from a checkpoint, the running secondments and the tree.

Every measure is a row, every unit that exists a column, depth first: so a subtree is one run of columns, and its sum is
one running total less another. `seconded_out` and `on_leave` of a subtree are not sums of the units' own numbers: a
secondment inside the subtree vanishes where both its ends have come together. So each running secondment counts from
one of its ends up to there, where it is taken away again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy import case, func, select

from ledger.projections import tables as t
from ledger.projections.gathering import Numbers, add_at, gather, gathered, halves, pair
from ledger.projections.statements import tuples
from ledger.queries import secondments
from ledger.queries.measures import Counts, HeadcountRow, row_of
from ledger.queries.posts import NO_NUMBER, Posts, posts_of
from ledger.queries.scope import OFF
from ledger.queries.tree import NOWHERE, Tree, tree_of
from ledger.queries.view import View

KINDS = len(t.KINDS)
CHARGED, LEAVE, HELD = 0, KINDS, t.LEADERS
"""First row of: charged by kind; on leave inside the scope by kind; leader positions by rank."""
OUT, IN = t.WIDTH, t.WIDTH + KINDS
"""First row of: seconded out by kind; seconded in."""
Column: TypeAlias = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Columns:
    """Column answers, each as long as the tree: rows of people, then quotas and leaders by scale and rank."""

    tree: Tree
    people: npt.NDArray[np.int32]
    dispatched_in: Column
    quotas: Posts
    leaders: Mapping[str, Column]


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
    people = _charged(view, tree, HELD + min(len(ranks), t.RANKS))
    pairs = Pairs.of(view, tree, own=own)
    dispatched = _dispatched(tree, people, pairs, own=own)
    pairs.count(people)
    if not own:
        before = np.zeros((len(people), len(tree.order) + 1), np.int32)
        np.cumsum(people, axis=1, out=before[:, 1:])
        people[:, tree.inner] = before[:, tree.ends[tree.inner]] - before[:, tree.inner]
    people.flags.writeable = dispatched.flags.writeable = False  # the answer is kept
    return Columns(
        tree, people, dispatched, posts_of(view, tree, own=own), _leaders(view, tree, ranks, people, own=own)
    )


def _charged(view: View, tree: Tree, width: int) -> npt.NDArray[np.int32]:
    """What a checkpoint counts, of each unit alone with those merged into it, then empty rows.

    `width`: the rows in use; those of ranks that do not exist are empty too.
    """
    cells = view.counts()[:width]
    people = np.zeros((IN + 1, len(tree.order)), np.int32)
    people[:width] = cells[:, tree.order]
    for slot in tree.ghosts:
        place = tree.place_of_slot[slot]
        if place != NOWHERE:
            people[:width, place] += cells[:, slot]
    return people


_p = t.person_period.c
_AWAY = secondments.by_index(gather(pair(_p.unit, _p.host), 2 * _p.kind + case((_p.leave.is_(None), 0), else_=1)))


@dataclass(frozen=True, slots=True)
class Pairs:
    """The two ends of every secondment running on D: places of home and host, and where they have come together.

    `kind`: of the post; `ill`: whether on leave.
    """

    home: Numbers
    host: Numbers
    meeting: Numbers
    kind: Numbers
    ill: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, view: View, tree: Tree, *, own: bool) -> Pairs:
        """All of them; `own`: a unit's scope is the unit alone."""
        asked = secondments.values(view)
        told = [gathered(view.conn, one, asked) for one in _AWAY[: secondments.indexes(view)]]
        ends, kind = map(np.concatenate, zip(*told, strict=True))
        numbers = view.shape.keep("numbers", lambda: np.fromiter(view.shape.slots, np.int64))
        home, host = (tree.place_of_slot[np.searchsorted(numbers, end)] for end in halves(ends))
        meeting = np.where(home == host, home, NOWHERE) if own else tree.meetings(home, host)
        return cls(home, host, meeting, kind // 2, kind % 2 > 0)

    def count(self, people: npt.NDArray[np.int32]) -> None:
        """Add them to the rows, each from where it counts, and less from where the ends have met."""
        ill, well = self.ill, ~self.ill
        _add(people, OUT + self.kind, self.home, 1)
        _add(people, OUT + self.kind, self.meeting, -1)
        _add(people, IN, self.host[well], 1)
        _add(people, IN, self.meeting[well], -1)
        _add(people, LEAVE + self.kind[ill], self.meeting[ill], 1)


def _add(people: npt.NDArray[np.int32], rows: Numbers | int, places: Numbers, amount: int) -> None:
    there = places != NOWHERE
    add_at(people, rows if isinstance(rows, int) else rows[there], places[there], amount)


def _dispatched(tree: Tree, people: npt.NDArray[np.int32], pairs: Pairs, *, own: bool) -> Column:
    """People of stationed units, counted in every scope that holds a station but not their own unit.

    `people`: the rows of each unit alone.
    """
    counts = np.zeros(len(tree.order), np.int32)
    stations: dict[int, set[int]] = {}
    for office, station in tree.stations:
        stations.setdefault(office, set()).add(station)
    if not stations:
        return counts
    free = people[CHARGED : CHARGED + KINDS].sum(0) - people[LEAVE : LEAVE + KINDS].sum(0)
    np.subtract.at(free, pairs.home[pairs.home != NOWHERE], 1)
    offices = set(chain.from_iterable(range(office, int(tree.ends[office])) for office in stations))
    for place in offices:
        above = tree.path(place)
        at = set().union(*(stations.get(one, set()) for one in above))
        scopes = at - {place} if own else {scope for station in at for scope in tree.path(station)} - set(above)
        counts[[*scopes]] += free[place]
    return counts


def _leaders(
    view: View, tree: Tree, ranks: Mapping[int, str], people: npt.NDArray[np.int32], *, own: bool
) -> dict[str, Column]:
    """Rank -> counting positions held; ranks beyond those in the checkpoints are counted from the positions."""
    found: dict[str, Column] = {rank: people[HELD + number] for number, rank in ranks.items() if number < t.RANKS}
    if len(ranks) > t.RANKS:
        found |= _more_leaders(view, tree, [rank for number, rank in ranks.items() if number >= t.RANKS], own=own)
    return found


def _more_leaders(view: View, tree: Tree, ranks: Sequence[str], *, own: bool) -> dict[str, Column]:
    c = t.post_period.c
    query = select(c.unit, c.rank, func.count()).where(c.rank.in_(ranks), c.counts, view.valid(t.post_period))
    found: dict[str, Column] = {}
    for unit, rank, held in view.conn.execute(query.group_by(c.unit, c.rank)).all():
        place = tree.place_of_number[unit]
        if place == NOWHERE:
            continue
        counts = found.setdefault(rank, np.zeros(len(tree.order), np.int32))
        counts[[place] if own else tree.path(place)] += held
    return found


def whole_rows(view: View, *, own: bool = False) -> list[HeadcountRow]:
    """The rows of every unit that exists at (D, K), depth first."""
    found = columns(view, own=own)
    return [*_rows(found, range(len(found.tree.order)), own=own)]


def some_rows(view: View, units: Iterable[str], *, own: bool = False) -> dict[str, HeadcountRow]:
    """The rows of those of these units that exist at (D, K)."""
    found = columns(view, own=own)
    places = [place for unit in units if (place := found.tree.places.get(unit)) is not None]
    return {row.unit: row for row in _rows(found, places, own=own)}


def _rows(found: Columns, places: Sequence[int], *, own: bool) -> Iterator[HeadcountRow]:
    tree = found.tree
    above = set(tree.up) if own else ()
    names = tree.names
    scales, ranks = [*found.quotas], [*found.leaders]
    told = zip(
        places,
        found.people[:, places].T.tolist(),
        found.dispatched_in[places].tolist(),
        _across(found.quotas, places),
        _across(found.leaders, places),
        strict=True,
    )
    for place, people, dispatched_in, quotas, leaders in told:
        counts = Counts(
            on_roll=_by_kind(people, CHARGED),
            seconded_out=_by_kind(people, OUT),
            on_leave=_by_kind(people, LEAVE),
            off_establishment=people[CHARGED + OFF] - people[OUT + OFF] - people[LEAVE + OFF],
            seconded_in=people[IN],
            dispatched_in=dispatched_in,
            leaders={rank: held for rank, held in zip(ranks, leaders, strict=True) if held},
        )
        numbers = {scale: posts for scale, posts in zip(scales, quotas, strict=True) if posts != NO_NUMBER}
        parent = tree.up[place]
        yield row_of(
            tree.codes[place],
            names[place],
            None if parent == NOWHERE else tree.codes[parent],
            counts,
            numbers,
            told=place not in above,
        )


def _across(columns: Mapping[str, npt.NDArray[Any]], places: Sequence[int]) -> Iterable[tuple[int, ...]]:
    """Of each place its numbers in all columns."""
    return (
        zip(*(column[places].tolist() for column in columns.values()), strict=True)
        if columns
        else repeat((), len(places))
    )


def _by_kind(people: Sequence[int], first: int) -> dict[str, int]:
    return {kind: people[first + number] for number, kind in enumerate(t.KINDS) if number != OFF}
