"""The numbers of many units over all days as known at K, for the rules that look back through time (spec 1.6).

The curve of one unit asks the database for that unit; here whatever `prepare` was told of is read together, each
kind of row once, and every series is worked out when a rule first asks for it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from ledger.domain.findings.series import Series
from ledger.domain.spans import Spans, clipped, common, without
from ledger.domain.terms import ON_ROLL_KINDS
from ledger.domain.time import FOREVER, Day
from ledger.projections import tables as t
from ledger.projections.statements import among, tuples
from ledger.queries.quotas import Number, descent, records, upward
from ledger.queries.spans import Axis, Lives
from ledger.queries.view import View

KINDS = len(t.KINDS)
CHARGED, LEAVE, HELD = 0, KINDS, 2 * KINDS
"""First measure of `headcount_delta`: charged by kind; on leave and not seconded by kind; leader positions by rank."""
_CHARGED, _LEAVE, _HELD = (CHARGED, LEAVE), (LEAVE, HELD), (HELD, 2**15 - 1)
Changes = Sequence[tuple[Day, int]]
"""Signed changes of one unit's own count, by day."""
_ON_ROLL = tuple(t.KINDS.index(kind) for kind in ON_ROLL_KINDS)


class Away(NamedTuple):
    """A running secondment over a run of days; units by number, `leave` None where there is none."""

    unit: int
    host: int
    kind: int
    leave: int | None
    begin: Day
    end: Day


class UnitNumbers:
    """Series of single units with everything below them in the tree of each day, mergers followed (spec 1.2, 1.4).

    A series is None on days on which the unit does not exist. `kind` None: all kinds that hold a post.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.lives = Lives(view.shape.structure, Axis.of_days(view.perspective.known_at, 0, FOREVER))
        self._members: dict[str, dict[int, Spans]] = {}
        self._wanted: set[int] = set()
        self._read: dict[tuple[int, int], set[int]] = {}
        self._changes: dict[tuple[int, int], list[tuple[Day, int]]] = {}
        self._away: dict[int, list[Away]] = {}
        self._away_read: set[int] = set()
        self._series: dict[tuple[str, str, str | None], Series] = {}
        self._own: dict[str, dict[str, list[Number]]] | None = None
        self._leading: dict[str, Collection[str]] = {}
        self._ranks: dict[str, int] | None = None

    # ---- the units

    def prepare(self, units: Iterable[str]) -> None:
        """Tell which units will be asked about, so that their rows are read together."""
        for unit in units:
            self._wanted.update(self.members(unit))

    def exists(self, unit: str) -> Spans:
        """The days on which the unit exists; its afterlife in another does not count."""
        return self.lives.exists(unit)

    def members(self, unit: str) -> Mapping[int, Spans]:
        """Numbers of the codes whose people belong to the unit's subtree, and on which days."""
        found = self._members.get(unit)
        if found is None:
            exists = self.exists(unit)
            below = self.lives.below([(unit, exists)] if exists else [])
            numbers = self.view.shape.numbers
            found = self._members[unit] = {numbers[code]: spans for code, spans in below.items() if spans}
        return found

    # ---- posts

    def own_quota(self, unit: str, scale: str) -> Series:
        """The unit's own record, also after its end; None where it has none. `scale`: a kind or `leader:<rank>`."""
        return self._kept("own_quota", unit, scale, lambda: _stacked(self.records(scale).get(unit, ())))

    def own_record(self, unit: str, scale: str, day: Day) -> Number | None:
        """The unit's own number in force on a day, with the entry that made it so."""
        return next((one for one in self.records(scale).get(unit, ()) if one.begin <= day < one.end), None)

    def quota(self, unit: str, scale: str) -> Series:
        """The own record where there is one, else the children's sum; None where there is no number (spec 1.4)."""
        return self._kept("quota", unit, scale, lambda: _stacked(self._down(unit, scale, children=False)))

    def children_quota(self, unit: str, scale: str) -> Series:
        """The sum of the quotas of those children that exist and have a number; None where none has."""
        return self._kept("children_quota", unit, scale, lambda: _stacked(self._down(unit, scale, children=True)))

    def vacancy(self, unit: str, kind: str) -> Series:
        """Quota less on roll; None where the quota is None."""
        return self._kept("vacancy", unit, kind, lambda: self.quota(unit, kind) - self.on_roll(unit, kind))

    def scales(self) -> Collection[str]:
        """The scales on which any unit ever had a number."""
        return self._all_records().keys()

    def _all_records(self) -> dict[str, dict[str, list[Number]]]:
        """Scale -> unit -> its own numbers; all of them, since they are few."""
        if self._own is None:
            self._own = {}
            for one in records(self.view, self.lives.axis, None):
                self._own.setdefault(one.scale, {}).setdefault(one.unit, []).append(one)
        return self._own

    def records(self, scale: str) -> Mapping[str, Sequence[Number]]:
        """Unit -> its own numbers on a scale over all days."""
        return self._all_records().get(scale, {})

    def _down(self, unit: str, scale: str, *, children: bool) -> Iterable[Number]:
        own = self.records(scale)
        leading = self._leading.get(scale)
        if leading is None:
            leading = self._leading[scale] = upward(self.lives, own)
        return descent(self.lives, unit, self.exists(unit), own, leading, children=children)

    # ---- people

    def on_roll(self, unit: str, kind: str | None = None) -> Series:
        """Charged to the subtree with the kind, wherever they work."""
        return self._kept("on_roll", unit, kind, lambda: self._counted(unit, _CHARGED, _kinds(kind)))

    def leaders(self, unit: str, rank: str) -> Series:
        """Leader positions of the rank that count, in the subtree."""
        return self._kept("leaders", unit, rank, lambda: self._counted(unit, _HELD, self._rank(rank)))

    def seconded_out(self, unit: str, kind: str | None = None) -> Series:
        """On roll with a running secondment to a host outside the subtree."""
        return self._kept("seconded_out", unit, kind, lambda: self._seconded_out(unit, _kinds(kind)))

    def on_leave(self, unit: str, kind: str | None = None) -> Series:
        """On roll, not seconded out of the subtree, on leave."""
        return self._kept("on_leave", unit, kind, lambda: self._on_leave(unit, _kinds(kind)))

    def _seconded_out(self, unit: str, kinds: Collection[int]) -> Series:
        member = self.members(unit)
        changes: dict[Day, int] = {}
        for one in self._absent(member):
            if one.kind in kinds:
                home = clipped(member[one.unit], one.begin, one.end)
                _add(changes, without(home, member[one.host]) if one.host in member else home)
        return Series.of(changes, self.exists(unit))

    def _on_leave(self, unit: str, kinds: Collection[int]) -> Series:
        """The units' own counts leave out who is on leave during a loan, which may have both ends in the subtree."""
        member = self.members(unit)
        changes = self._sum(member, _LEAVE, [LEAVE + kind for kind in kinds])
        for one in self._absent(member):
            if one.leave is not None and one.kind in kinds and one.host in member:
                _add(changes, common(clipped(member[one.unit], one.begin, one.end), member[one.host]))
        return Series.of(changes, self.exists(unit))

    def _rank(self, rank: str) -> Collection[int]:
        if self._ranks is None:
            c = t.leader_rank.c
            rows = self.view.conn.execute(select(c.rank, c.id)).all()
            self._ranks = {row[0]: row[1] for row in rows}
        return [HELD + self._ranks[rank]] if rank in self._ranks else []

    def _counted(self, unit: str, family: tuple[int, int], measures: Collection[int]) -> Series:
        return Series.of(self._sum(self.members(unit), family, measures), self.exists(unit))

    def _sum(self, member: Mapping[int, Spans], family: tuple[int, int], measures: Collection[int]) -> dict[Day, int]:
        """What the units' own counts add to the subtree while they belong to it."""
        self._read_changes(member, family)
        found: dict[Day, int] = {}
        for number, spans in member.items():
            for measure in measures:
                changes = self._changes.get((number, measure))
                if changes is not None:
                    _gather(found, changes, spans)
        return found

    # ---- rows

    def _read_changes(self, member: Mapping[int, Spans], family: tuple[int, int]) -> None:
        """Read the signed changes of a family of measures for all units that were told of and not yet read."""
        read = self._read.setdefault(family, set())
        if member.keys() <= read:
            return
        new = (self._wanted | member.keys()) - read
        c = t.headcount_delta.c
        query = select(c.unit, c.measure, c.day, func.sum(c.amount)).where(
            among(c.unit, new), c.measure >= family[0], c.measure < family[1]
        )
        if not self.view.as_now_known:
            query = query.where(c.position <= self.view.perspective.known_at)
        query = query.group_by(c.unit, c.measure, c.day).order_by(c.unit, c.measure, c.day)
        for unit, measure, day, amount in tuples(self.view.conn, query):
            if amount:
                self._changes.setdefault((unit, measure), []).append((day, amount))
        read |= new

    def _absent(self, member: Mapping[int, Spans]) -> Iterable[Away]:
        """The secondments of people charged to these units."""
        if not member.keys() <= self._away_read:
            new = (self._wanted | member.keys()) - self._away_read
            p = t.person_period.c
            query = select(p.unit, p.host, p.kind, p.leave, p.d_from, p.d_to).where(
                among(p.unit, new), p.host.is_not(None), self.view.known(t.person_period)
            )
            for row in tuples(self.view.conn, query):
                self._away.setdefault(row[0], []).append(Away(*row))
            self._away_read |= new
        return (one for number in member for one in self._away.get(number, ()))

    def _kept(self, measure: str, unit: str, part: str | None, make: Callable[[], Series]) -> Series:
        key = (measure, unit, part)
        found = self._series.get(key)
        if found is None:
            found = self._series[key] = make()
        return found


def _kinds(kind: str | None) -> Collection[int]:
    """The numbers of the kinds meant; nobody off the establishment is on roll."""
    if kind is None:
        return _ON_ROLL
    number = t.KINDS.index(kind)
    return [number] if number in _ON_ROLL else []


def _add(changes: dict[Day, int], spans: Spans, amount: int = 1) -> None:
    """Let something count over runs of days."""
    for begin, end in spans:
        changes[begin] = changes.get(begin, 0) + amount
        if end < FOREVER:
            changes[end] = changes.get(end, 0) - amount


def _gather(found: dict[Day, int], changes: Changes, spans: Spans) -> None:
    """Add one unit's own count, as far as its days go."""
    for begin, end in spans:
        first = bisect_right(changes, begin, key=_day)
        last = len(changes) if end >= FOREVER else bisect_left(changes, end, first, key=_day)
        at_begin = sum(amount for _, amount in changes[:first])
        total = at_begin
        if at_begin:
            found[begin] = found.get(begin, 0) + at_begin
        for day, amount in changes[first:last]:
            found[day] = found.get(day, 0) + amount
            total += amount
        if total and end < FOREVER:
            found[end] = found.get(end, 0) - total


def _day(change: tuple[Day, int]) -> Day:
    return change[0]


def _stacked(numbers: Iterable[Number]) -> Series:
    """The sum of runs of numbers, None where there is none."""
    changes: dict[Day, int] = {}
    told: Spans = []
    for one in numbers:
        span = (one.begin, one.end)
        _add(changes, [span], one.posts)
        told.append(span)
    return Series.of(changes, told)
