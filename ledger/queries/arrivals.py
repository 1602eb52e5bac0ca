"""Who came, and which units, on the day a number was gone over: the entries that an officer looks at first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import select

from ledger.domain.entries import Hired, Transferred
from ledger.domain.quotas import LEADER
from ledger.domain.spans import covers
from ledger.domain.time import Day
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.cited import Sought, find, standing_at
from ledger.queries.unit_scan import UnitScan


class Arrival(NamedTuple):
    """A unit's number on a scale, and a day."""

    unit: str
    scale: str
    day: Day


def arrivals(scan: UnitScan, wanted: Collection[Arrival]) -> dict[Arrival, set[int]]:
    """Positions of the hires, transfers or appointments, and of the moves and mergers, that came in on each day."""
    found: dict[Arrival, set[int]] = {one: _units(scan, one) for one in wanted}
    people = [one for one in wanted if not one.scale.startswith(LEADER)]
    leaders = [one for one in wanted if one.scale.startswith(LEADER)]
    for one, position in (*_people(scan, people), *_leaders(scan, leaders)):
        found[one].add(position)
    return found


def _units(scan: UnitScan, one: Arrival) -> set[int]:
    """The entries that brought units into the subtree that day."""
    lives, causes = scan.numbers.lives, set[int]()
    for number, spans in scan.numbers.members(one.unit).items():
        if any(begin == one.day for begin, _ in spans):
            run = lives.at(scan.view.code(number), one.day)
            if run is not None and run[0] == one.day:
                causes.add(run[2].cause)
    return causes


def _inside(scan: UnitScan, wanted: Iterable[Arrival], number: int, scale: str, day: Day) -> Iterable[Arrival]:
    for one in wanted:
        if (one.scale, one.day) == (scale, day) and covers(scan.numbers.members(one.unit).get(number, ()), day):
            yield one


def _people(scan: UnitScan, wanted: Collection[Arrival]) -> list[tuple[Arrival, int]]:
    if not wanted:
        return []
    p = t.person_period.c
    units = {number for one in wanted for number in scan.numbers.members(one.unit)}
    days = {one.day for one in wanted}
    inside = (among(p.unit, units), scan.view.known(t.person_period), t.person.c.id == p.person)
    left = select(t.person.c.code, p.unit, p.kind, p.d_to).where(among(p.d_to, days), *inside)
    stayed = {
        (code, one)
        for code, unit, kind, day in scan.view.conn.execute(left).all()
        for one in _inside(scan, wanted, unit, t.KINDS[kind], day)
    }
    came = select(t.person.c.code, p.unit, p.kind, p.d_from, p.cause).where(
        among(p.d_from, days), p.charged_since == p.d_from, *inside
    )
    sought = [
        (one, Sought(f"person:{code}", day, (_charges,), cause))
        for code, unit, kind, day, cause in scan.view.conn.execute(came).all()
        for one in _inside(scan, wanted, unit, t.KINDS[kind], day)
        if (code, one) not in stayed
    ]
    found = find(scan.entries, scan.view.perspective.known_at, (each for _, each in sought))
    return [(one, found[each].position) for one, each in sought if each in found]


def _leaders(scan: UnitScan, wanted: Collection[Arrival]) -> list[tuple[Arrival, int]]:
    if not wanted:
        return []
    c = t.post_period.c
    units = {number for one in wanted for number in scan.numbers.members(one.unit)}
    query = select(c.unit, c.rank, c.d_from, c.cause).where(
        among(c.unit, units),
        among(c.d_from, {one.day for one in wanted}),
        c.counts,
        c.rank.is_not(None),
        scan.view.known(t.post_period),
    )
    came = [
        (one, cause)
        for unit, rank, day, cause in scan.view.conn.execute(query).all()
        for one in _inside(scan, wanted, unit, LEADER + rank, day)
    ]
    standing = standing_at(scan.entries, scan.view.perspective.known_at, {cause for _, cause in came})
    return [(one, standing[cause].position) for one, cause in came]


def _charges(entry: object) -> bool:
    return isinstance(entry, Hired | Transferred)
