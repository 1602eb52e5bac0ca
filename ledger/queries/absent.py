"""The entries that took people away from their desks: of many units, secondments out of each and leaves in it on D."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import and_, select

from ledger.domain.entries import LeaveStarted
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.cited import Sought, find, standing_at
from ledger.queries.scope import OFF
from ledger.queries.secondments import running
from ledger.queries.tree import NOWHERE
from ledger.queries.unit_scan import UnitScan


class Absent(NamedTuple):
    """Positions of the entries as they stand at K."""

    seconded: tuple[int, ...]
    ill: tuple[int, ...]


def absent_from(scan: UnitScan, units: Collection[str], with_leaves: Collection[str]) -> dict[str, Absent]:
    """Who of each unit's roll is seconded out of its subtree, and of some of them who else is on leave, on D."""
    tree = scan.columns.tree
    wanted = {tree.places[unit] for unit in units}
    asked = {tree.places[unit] for unit in with_leaves}
    seconded: dict[int, list[int]] = {}
    for row in running(scan.view, columns=("unit", "host", "kind", "secondment")):
        if row.kind != OFF:
            home, host = tree.place_of_number[row.unit], tree.place_of_number[row.host]
            for place in _below(scan, home, tree.meeting(home, host)):
                if place in wanted:
                    seconded.setdefault(place, []).append(row.secondment)
    ill: dict[int, list[Sought]] = {}
    for home, host_number, sought in _leaves(scan, with_leaves):
        meeting = home if host_number is None else tree.meeting(home, tree.place_of_number[host_number])
        for place in tree.path(meeting) if meeting != NOWHERE else ():
            if place in asked:
                ill.setdefault(place, []).append(sought)
    known_at = scan.view.perspective.known_at
    standing = standing_at(scan.entries, known_at, {key for several in seconded.values() for key in several})
    begun = find(scan.entries, known_at, (one for several in ill.values() for one in several))
    return {
        tree.codes[place]: Absent(
            tuple(standing[key].position for key in seconded.get(place, ())),
            tuple(begun[one].position for one in ill.get(place, ()) if one in begun),
        )
        for place in wanted
    }


def _below(scan: UnitScan, home: int, meeting: int) -> Iterator[int]:
    """The scopes that hold the home and not the host."""
    parents = scan.columns.tree.up
    while home not in (NOWHERE, meeting):
        yield home
        home = parents[home]


def _leaves(scan: UnitScan, units: Collection[str]) -> Iterator[tuple[int, int | None, Sought]]:
    """Of those on leave in these units: place of the home, number of the host if there is one, start of the leave."""
    view, tree = scan.view, scan.columns.tree
    homes = {number for unit in units for number in scan.numbers.members(unit)}
    now, began = t.person_period.c, t.person_period.alias().c
    known_at = view.perspective.known_at
    query = select(now.unit, now.host, t.person.c.code, now.leave_since, began.cause).where(
        among(now.unit, homes),
        now.leave.is_not(None),
        now.kind != OFF,
        view.valid(t.person_period),
        t.person.c.id == now.person,
        and_(
            began.person == now.person,
            began.d_from == now.leave_since,
            began.k_from <= known_at,
            began.k_to > known_at,
        ),
    )
    for unit, host, code, since, cause in view.conn.execute(query):
        place = tree.place_of_number[unit]
        if place != NOWHERE:
            yield place, host, Sought(f"person:{code}", since, (_is_leave,), cause)


def _is_leave(entry: object) -> bool:
    return isinstance(entry, LeaveStarted)
