"""All measures of every unit at once (spec 1.4), from a checkpoint, the running secondments and the tree.

Every count of a unit is one 32-bit field of one whole number, so that rolling a unit up into its parent is a
single addition. `seconded_out` and `on_leave` of a subtree are not sums of the units' own numbers: a secondment
inside the subtree vanishes where both its ends have come together, so it is counted down there.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from ledger.projections import tables as t
from ledger.projections.checkpoints import LEADERS, RANKS, WIDTH, counts_at
from ledger.queries.measures import Counts, HeadcountRow, row_of
from ledger.queries.scope import OFF
from ledger.queries.secondments import running
from ledger.queries.tree import NOWHERE, Tree, tree_of
from ledger.queries.view import View

KINDS = len(t.KINDS)
BITS = 32
CHARGED, LEAVE, HELD = 0, KINDS, LEADERS
"""First field of: charged by kind; on leave inside the scope by kind; leader positions by rank."""
OUT, IN = WIDTH, WIDTH + KINDS
"""First field of: seconded out by kind; seconded in."""
FIELDS = WIDTH + KINDS + 1
_ONE = [1 << (BITS * field) for field in range(FIELDS)]
_OUT, _LEAVE, _IN = _ONE[OUT : OUT + KINDS], _ONE[LEAVE : LEAVE + KINDS], _ONE[IN]


@dataclass(frozen=True, slots=True)
class Columns:
    """Column answers, each as long as the tree: fields of people, then quotas and leaders by scale and rank."""

    tree: Tree
    people: Sequence[Sequence[int]]
    dispatched_in: Sequence[int]
    quotas: dict[str, Sequence[int | None]]
    leaders: dict[str, Sequence[int]]


def columns(view: View, *, own: bool = False) -> Columns:
    """All measures of every unit that exists at (D, K); `own`: of each unit alone."""
    tree = tree_of(view)
    size = len(tree.codes)
    totals, free = _own_people(view, tree)
    _net_secondments(view, tree, totals, free, own=own)
    if not own:
        parents = tree.parents
        for place in range(size - 1, 0, -1):
            above = parents[place]
            if above != NOWHERE:
                totals[above] += totals[place]
    width = FIELDS * BITS // 8
    flat = array("i")
    flat.frombytes(b"".join([total.to_bytes(width, "little") for total in totals]))
    people = [flat[field::FIELDS] for field in range(FIELDS)]
    return Columns(
        tree,
        people,
        _dispatched(tree, free, own=own),
        _quotas(view, tree, own=own),
        _leaders(view, tree, people, own=own),
    )


def _own_people(view: View, tree: Tree) -> tuple[list[int], list[int]]:
    """Each unit's own fields, and how many of its people are neither on leave nor (yet) seconded."""
    slots = view.shape.slots
    cells = counts_at(view.conn, slots, view.day, view.perspective.known_at)
    raw = cells.tobytes()
    width = WIDTH * BITS // 8
    totals = [0] * len(tree.codes)
    for slot, place in enumerate(tree.place_of_slot):
        if place != NOWHERE:
            totals[place] += int.from_bytes(raw[slot * width : slot * width + width], "little")
    free = [0] * len(tree.codes)
    stationed = _stationed_places(tree)
    for slot, place in enumerate(tree.place_of_slot) if stationed else ():
        if place in stationed:
            begin = slot * WIDTH
            free[place] += sum(cells[begin : begin + KINDS]) - sum(cells[begin + KINDS : begin + LEADERS])
    return totals, free


def _net_secondments(view: View, tree: Tree, totals: list[int], free: list[int], *, own: bool) -> None:
    place_of, meeting = tree.place_of_number, tree.meeting
    for home, host, kind, on_leave, people in _running(view):
        here, there = place_of[home], place_of[host]
        free[here] -= people
        meet = meeting(here, there) if not own or here == there else NOWHERE
        out = _OUT[kind] * people
        totals[here] += out
        if on_leave:
            if meet != NOWHERE:
                totals[meet] += _LEAVE[kind] * people - out
            continue
        come = _IN * people
        totals[there] += come
        if meet != NOWHERE:
            totals[meet] -= out + come


def _running(view: View) -> list[tuple[int, int, int, bool, int]]:
    """(home, host, kind, on leave, people) of the secondments running on D."""
    found: dict[tuple[int, int, int, bool], int] = {}
    for unit, host, kind, leave in running(view, columns=("unit", "host", "kind", "leave")):
        key = (unit, host, kind, leave is not None)
        found[key] = found.get(key, 0) + 1
    return [(*key, people) for key, people in found.items()]


def _stationed_places(tree: Tree) -> set[int]:
    """Places of units that are, or lie inside, a stationed unit."""
    roots = {office for office, _ in tree.stations}
    found: set[int] = set()
    for place, parent in enumerate(tree.parents) if roots else ():
        if place in roots or parent in found:
            found.add(place)
    return found


def _dispatched(tree: Tree, free: Sequence[int], *, own: bool) -> list[int]:
    """People of stationed units, counted in every scope that holds a station but not their own unit."""
    counts = [0] * len(tree.codes)
    stations: dict[int, set[int]] = {}
    for office, station in tree.stations:
        stations.setdefault(office, set()).add(station)
    for place in _stationed_places(tree):
        if not free[place]:
            continue
        above = tree.path(place)
        at = set().union(*(stations.get(one, set()) for one in above))
        scopes = set(at) - {place} if own else {scope for station in at for scope in tree.path(station)} - set(above)
        for scope in scopes:
            counts[scope] += free[place]
    return counts


def _quotas(view: View, tree: Tree, *, own: bool) -> dict[str, Sequence[int | None]]:
    """Scale -> each unit's number: its own record, else the sum of its children's (spec 1.4)."""
    c = t.quota_period.c
    size = len(tree.codes)
    found: dict[str, list[int | None]] = {}
    for unit, scale, posts in view.conn.execute(
        select(c.unit, c.scale, c.posts).where(view.valid(t.quota_period))
    ).all():
        place = tree.place_of_number[unit]
        if place == NOWHERE:
            continue
        if scale not in found:
            found[scale] = [None] * size
        found[scale][place] = posts
    if own:
        return dict(found)
    for numbers in found.values():
        given = [place for place, number in enumerate(numbers) if number is not None]
        recorded = set(given)
        for place in given:
            number = numbers[place]
            assert number is not None
            above = tree.parents[place]
            while above != NOWHERE and above not in recorded:
                numbers[above] = (numbers[above] or 0) + number
                above = tree.parents[above]
    return dict(found)


def _leaders(view: View, tree: Tree, people: Sequence[Sequence[int]], *, own: bool) -> dict[str, Sequence[int]]:
    """Rank -> counting positions held; ranks beyond those in the checkpoints are counted from the positions."""
    c = t.leader_rank.c
    ranks = view.conn.execute(select(c.id, c.rank)).all()
    found: dict[str, Sequence[int]] = {rank: people[HELD + number] for number, rank in ranks if number < RANKS}
    if len(ranks) > RANKS:
        found |= _more_leaders(view, tree, [rank for number, rank in ranks if number >= RANKS], own=own)
    return found


def _more_leaders(view: View, tree: Tree, ranks: Sequence[str], *, own: bool) -> dict[str, list[int]]:
    c = t.post_period.c
    query = select(c.unit, c.rank, func.count()).where(c.rank.in_(ranks), c.counts, view.valid(t.post_period))
    found: dict[str, list[int]] = {}
    for unit, rank, held in view.conn.execute(query.group_by(c.unit, c.rank)).all():
        place = tree.place_of_slot[view.shape.slots[unit]]
        if place == NOWHERE:
            continue
        counts = found.setdefault(rank, [0] * len(tree.codes))
        for scope in (place,) if own else tree.path(place):
            counts[scope] += held
    return found


def whole_rows(view: View, *, own: bool = False) -> list[HeadcountRow]:
    """The rows of every unit that exists at (D, K), depth first."""
    found = columns(view, own=own)
    tree = found.tree
    above = set(tree.parents)
    return [_row(found, place, told=not own or place not in above) for place in range(len(tree.codes))]


def _row(found: Columns, place: int, *, told: bool) -> HeadcountRow:
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
        tree.names[place],
        None if parent == NOWHERE else tree.codes[parent],
        counts,
        quotas,
        told=told,
    )
