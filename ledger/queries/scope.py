"""Counting one scope from the people's own periods (spec 1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from ledger.domain.terms import Establishment
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.measures import Counts, HeadcountRow, row_of
from ledger.queries.view import View

OFF = t.KINDS.index(Establishment.OFF_ESTABLISHMENT)


FEW = 300
"""Up to so many units their people are looked up unit by unit; for more, everybody is looked at once, in order."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A unit alone, or with everything below it, at (D, K); merged codes belong to it (spec 1.4)."""

    unit: str
    codes: frozenset[str]
    numbers: frozenset[int]
    stationed: frozenset[int]
    """Numbers of the units outside whose people are dispatched into the scope."""
    own: bool

    @classmethod
    def of(cls, view: View, unit: str, *, own: bool = False) -> Scope:
        """The scope of a unit; a unit that does not exist on D has nobody."""
        structure, day = view.structure, view.day
        if not structure.exists(unit, day):
            return cls(unit, frozenset(), frozenset(), frozenset(), own)
        codes = structure.merged_into(unit, day) if own else structure.members(unit, day)
        outside: set[str] = set()
        for office in structure.stationed(codes, day):
            outside |= structure.members(office, day)
        return cls(
            unit, frozenset(codes), frozenset(view.numbers(codes)), frozenset(view.numbers(outside - codes)), own
        )

    @property
    def is_wide(self) -> bool:
        """Whether its people are found quicker by going through everybody than unit by unit."""
        return len(self.numbers) + len(self.stationed) > FEW

    def shows(self, unit: int, host: int | None, leave: int | None) -> bool:
        """Whether somebody charged there, seconded there and on leave stands in the roster."""
        if unit in self.numbers:
            return True
        return leave is None and (unit in self.stationed if host is None else host in self.numbers)


def count(view: View, scope: Scope) -> Counts:
    """Everybody counted in a scope, each measure by its formula."""
    p = t.person_period.c
    on_roll: dict[str, int] = {}
    seconded_out: dict[str, int] = {}
    on_leave: dict[str, int] = {}
    off = 0
    valid = view.valid(t.person_period)
    away = p.leave.is_not(None)
    charged = select(p.kind, p.host, away, func.count()).where(among(p.unit, scope.numbers), valid)
    for kind, host, leave, people in view.conn.execute(charged.group_by(p.kind, p.host, away)):
        out = host is not None and host not in scope.numbers
        if kind == OFF:
            off += 0 if out or leave else people
            continue
        name = t.KINDS[kind]
        on_roll[name] = on_roll.get(name, 0) + people
        if out:
            seconded_out[name] = seconded_out.get(name, 0) + people
        elif leave:
            on_leave[name] = on_leave.get(name, 0) + people
    hosted = select(p.unit, func.count()).where(
        among(p.host, scope.numbers), p.host.is_not(None), p.leave.is_(None), valid
    )
    seconded_in = sum(
        people for unit, people in view.conn.execute(hosted.group_by(p.unit)) if unit not in scope.numbers
    )
    dispatched = 0
    if scope.stationed:
        query = select(func.count()).where(among(p.unit, scope.stationed), p.host.is_(None), p.leave.is_(None), valid)
        dispatched = view.conn.execute(query.select_from(t.person_period)).scalar_one()
    return Counts(on_roll, seconded_out, on_leave, off, seconded_in, dispatched, _leaders(view, scope))


def _leaders(view: View, scope: Scope) -> Mapping[str, int]:
    c = t.post_period.c
    query = select(c.rank, func.count()).where(
        among(c.unit, scope.numbers), c.rank.is_not(None), c.counts, view.valid(t.post_period)
    )
    return {row.rank: row[1] for row in view.conn.execute(query.group_by(c.rank))}


def own_records(view: View, numbers: frozenset[int] | None = None) -> dict[str, dict[str, int]]:
    """Unit code -> scale -> its own number at (D, K); for all units, or those with these numbers."""
    c = t.quota_period.c
    query = select(c.unit, c.scale, c.posts).where(view.valid(t.quota_period))
    if numbers is not None:
        query = query.where(among(c.unit, numbers))
    records: dict[str, dict[str, int]] = {}
    for unit, scale, posts in view.conn.execute(query):
        records.setdefault(view.code(unit), {})[scale] = posts
    return records


def quotas(view: View, unit: str, records: Mapping[str, Mapping[str, int]], *, own: bool = False) -> dict[str, int]:
    """Scale -> number: the unit's own record where it has one, else the sum of its children's (spec 1.4)."""
    found = dict(records.get(unit, {}))
    if own:
        return found
    below: dict[str, int] = {}
    for child in view.structure.children(unit, view.day):
        for scale, posts in quotas(view, child, records).items():
            below[scale] = below.get(scale, 0) + posts
    return {**below, **found}


def scope_row(view: View, unit: str, *, own: bool = False) -> HeadcountRow:
    """The row of one unit."""
    scope = Scope.of(view, unit, own=own)
    row = view.structure.version(unit, view.day)
    counts = count(view, scope)
    records = own_records(view, scope.numbers)
    numbers = quotas(view, unit, records, own=own) if scope.codes else {}
    told = not own or not view.structure.children(unit, view.day)
    return row_of(
        unit,
        row.name if row else name_of(view, unit),
        view.structure.parent(unit, view.day),
        counts,
        numbers,
        told=told,
    )


def name_of(view: View, unit: str) -> str:
    """The unit's name on D; before its beginning its first name, after its end its last."""
    rows = view.structure.versions(unit)
    if not rows:
        return unit
    before = [row for row in rows if row.d_from <= view.day]
    return (before[-1] if before else rows[0]).name
