"""Units through time: the charge tree, mergers, statutory units (spec 1.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ledger.domain.entries import (
    UnitAbolished,
    UnitEstablished,
    UnitMerged,
    UnitMoved,
    UnitRenamed,
    UnitStationed,
)
from ledger.domain.facts import Fact, Illegal
from ledger.domain.terms import INNER_KINDS, UnitKind
from ledger.domain.time import FOREVER, Day


class UnitVersion(NamedTuple):
    """A unit over a run of days `[d_from, d_to)`, as known over the positions `[k_from, k_to)`.

    `into`: the unit it was merged into; such a version stands for the merged unit's afterlife.
    """

    d_from: Day
    d_to: Day
    k_from: int
    k_to: int
    name: str
    kind: str
    level: str | None
    parent: str | None
    stationed_at: str | None
    plates: tuple[str, ...]
    into: str | None
    cause: int


ENDING = (UnitMerged, UnitAbolished)
SHAPING = (UnitEstablished, UnitRenamed, UnitMoved, UnitStationed, UnitMerged, UnitAbolished)
"""Entry types that make up a unit's life; the others only concern its numbers."""


def shapes(unit: str, fact: Fact) -> bool:
    """Whether the fact is part of this unit's own life."""
    return isinstance(fact.entry, SHAPING) and fact.entry.unit == unit


def fold_unit(unit: str, facts: Sequence[Fact]) -> list[UnitVersion] | Illegal:
    """The versions of one unit from the facts of its stream; knowledge is left open `[0, FOREVER)`.

    Existence is a matter of days, not of order (spec 1.2). Other units are not looked at.
    """
    own = [fact for fact in facts if shapes(unit, fact)]
    births = [fact for fact in own if isinstance(fact.entry, UnitEstablished)]
    named = [fact for fact in facts if getattr(fact.entry, "unit", None) == unit]
    if not births:
        return Illegal(named[0], "unit_unknown", {"unit": unit}) if named else []
    if len(births) > 1:
        later = max(births, key=lambda fact: fact.position)
        others = tuple(fact.id for fact in births if fact is not later)
        return Illegal(later, "unit_code_used", {"unit": unit}, others)
    birth = births[0]
    ends = [fact for fact in own if isinstance(fact.entry, ENDING)]
    end = ends[0] if ends else None
    for fact in own:
        if fact.day < birth.day or (end is not None and fact is not end and fact is not birth and fact.day >= end.day):
            return Illegal(fact, "unit_not_existing", {"unit": unit, "date": fact.entry.effective_on})
    problem = _form_of(birth)
    if problem is not None:
        return problem
    return _versions(unit, birth, own, end)


def _form_of(birth: Fact) -> Illegal | None:
    entry = birth.entry
    assert isinstance(entry, UnitEstablished)
    if entry.kind in INNER_KINDS and entry.parent is None:
        return Illegal(birth, "parent_required", {"kind": entry.kind})
    if entry.stationed_at is not None and entry.kind is not UnitKind.DISPATCHED_OFFICE:
        return Illegal(birth, "not_dispatched", {"unit": entry.unit})
    return None


def _versions(unit: str, birth: Fact, own: Sequence[Fact], end: Fact | None) -> list[UnitVersion] | Illegal:
    entry = birth.entry
    assert isinstance(entry, UnitEstablished)
    now = UnitVersion(
        birth.day, FOREVER, 0, FOREVER, entry.name, entry.kind, entry.level, entry.parent, entry.stationed_at,
        entry.plates or (), None, birth.position,
    )  # fmt: skip
    versions: list[UnitVersion] = []
    for fact in own:
        change = fact.entry
        if isinstance(change, UnitRenamed):
            after = now._replace(name=change.name)
        elif isinstance(change, UnitMoved):
            after = now._replace(parent=change.parent)
        elif isinstance(change, UnitStationed):
            if now.kind != UnitKind.DISPATCHED_OFFICE:
                return Illegal(fact, "not_dispatched", {"unit": unit})
            after = now._replace(stationed_at=change.stationed_at)
        else:
            continue
        if fact.day > now.d_from:
            versions.append(now._replace(d_to=fact.day))
        now = after._replace(d_from=fact.day, cause=fact.position)
    if end is None:
        return [*versions, now]
    if end.day > now.d_from:
        versions.append(now._replace(d_to=end.day))
    if isinstance(end.entry, UnitMerged):
        versions.append(now._replace(d_from=end.day, d_to=FOREVER, into=end.entry.into, cause=end.position))
    return versions


def life_of(rows: Sequence[UnitVersion]) -> tuple[object, ...]:
    """What others depend on in a unit: when it begins, when it ends, and what it went into."""
    if not rows:
        return ()
    return (rows[0].d_from, rows[-1].d_to, next(((row.into, row.d_from) for row in rows if row.into), None))


def moves_people(before: Sequence[UnitVersion], after: Sequence[UnitVersion]) -> bool:
    """Whether the statutory unit of somebody in the unit, or in an office below it, may be another afterwards."""
    if not before:
        return False
    kinds = {row.kind for row in (*before, *after)}
    return life_of(before) != life_of(after) or len(kinds) > 1 or not kinds.isdisjoint(INNER_KINDS)


def placement_of(rows: Sequence[UnitVersion]) -> list[tuple[object, ...]]:
    """What the tree depends on in a unit: its days, what it is below of, what it went into."""
    return [(row.d_from, row.d_to, row.parent, row.into) for row in rows]


class Structure:
    """All units at one knowledge position; every question about the tree is asked with a day.

    Codes in versions are as written; `canonical` follows mergers. A merged unit stays in the tree as
    the afterlife below the unit it went into, so that what is charged to it is found there.
    """

    __slots__ = ("_below", "_stationed", "_versions", "any_abolished", "known_at")

    def __init__(self, versions: Mapping[str, Sequence[UnitVersion]], known_at: int = FOREVER - 1) -> None:
        self._versions: dict[str, Sequence[UnitVersion]] = dict(versions)
        self._below: dict[str, set[str]] = {}
        self._stationed: dict[str, set[str]] = {}
        self.known_at = known_at
        self.any_abolished = False
        for unit, rows in self._versions.items():
            self._link(unit, rows)

    def _link(self, unit: str, rows: Sequence[UnitVersion]) -> None:
        self.any_abolished = self.any_abolished or (bool(rows) and max(row.d_to for row in rows) < FOREVER)
        for row in rows:
            above = row.into or row.parent
            if above is not None:
                self._below.setdefault(above, set()).add(unit)
            if row.stationed_at is not None:
                self._stationed.setdefault(row.stationed_at, set()).add(unit)

    def at(self, known_at: int) -> Structure:
        """The same units as known at another position; shares everything."""
        other = Structure.__new__(Structure)
        other._versions, other._below, other._stationed = self._versions, self._below, self._stationed
        other.known_at = known_at
        other.any_abolished = self.any_abolished
        return other

    def with_unit(self, unit: str, rows: Sequence[UnitVersion]) -> Structure:
        """A structure in which one unit has these versions instead.

        The indexes below and stationed are shared: they only say where to look, every hit is verified.
        """
        other = self.at(self.known_at)
        other._versions = {**self._versions, unit: rows}
        other._link(unit, rows)
        return other

    def put(self, unit: str, rows: Sequence[UnitVersion]) -> None:
        """As `with_unit`, in place: for whoever owns the structure alone."""
        self._versions[unit] = rows
        self._link(unit, rows)

    def units(self) -> Iterable[str]:
        """Every code ever established, whatever is known of it at this position."""
        return self._versions.keys()

    def versions(self, unit: str) -> list[UnitVersion]:
        """The unit's versions known at this position, in order of days."""
        known = self.known_at
        rows = [row for row in self._versions.get(unit, ()) if row.k_from <= known < row.k_to]
        return sorted(rows)

    def ever(self, unit: str) -> Sequence[UnitVersion]:
        """The unit's versions known at any position."""
        return self._versions.get(unit, ())

    def known(self, unit: str) -> bool:
        """Whether the code stands for a unit at all, on whatever day."""
        known = self.known_at
        return any(row.k_from <= known < row.k_to for row in self._versions.get(unit, ()))

    def version(self, unit: str, day: Day) -> UnitVersion | None:
        """The unit on a day, its afterlife included."""
        known = self.known_at
        for row in self._versions.get(unit, ()):
            if row.d_from <= day < row.d_to and row.k_from <= known < row.k_to:
                return row
        return None

    def exists(self, unit: str, day: Day) -> bool:
        """Established on or before the day and not ended on or before it (spec 1.2)."""
        row = self.version(unit, day)
        return row is not None and row.into is None

    def canonical(self, unit: str, day: Day) -> str | None:
        """The unit that exists on the day, mergers followed; None where nothing is left (spec 1.2)."""
        row = self.version(unit, day)
        while row is not None and row.into is not None:
            unit = row.into
            row = self.version(unit, day)
        return None if row is None else unit

    def parent(self, unit: str, day: Day) -> str | None:
        """The unit above, mergers followed."""
        row = self.version(unit, day)
        return None if row is None or row.parent is None else self.canonical(row.parent, day)

    def path(self, unit: str, day: Day) -> list[str]:
        """The unit itself (canonical) and every unit above it, lowest first; empty where it does not exist."""
        found: list[str] = []
        above = self.canonical(unit, day)
        while above is not None and above not in found:
            found.append(above)
            above = self.parent(above, day)
        return found

    def statutory(self, unit: str, day: Day) -> str | None:
        """T(u): the unit that counts as the employer of an office (spec 1.2)."""
        path = self.path(unit, day)
        for index, above in enumerate(path):
            row = self.version(above, day)
            assert row is not None
            if row.kind in INNER_KINDS and index + 1 < len(path):
                continue
            return path[index - 1] if row.kind == UnitKind.JURISDICTION and index else above
        return None

    def level(self, unit: str, day: Day) -> str | None:
        """Its own level, else that of the nearest unit above that has one (spec 1.2)."""
        for above in self.path(unit, day):
            row = self.version(above, day)
            if row is not None and row.level is not None:
                return row.level
        return None

    def children(self, unit: str, day: Day) -> list[str]:
        """The units directly below that exist on the day, by code."""
        found = [below for below in self._inside(unit, day) if self.exists(below, day)]
        return sorted(found)

    def _inside(self, unit: str, day: Day) -> Iterator[str]:
        """Units and afterlives below `unit`, afterlives looked through one merger after another."""
        for below in self._below.get(unit, ()):
            row = self.version(below, day)
            if row is None:
                continue
            if row.into == unit:
                yield below
                yield from self._inside(below, day)
            elif row.into is None and row.parent == unit:
                yield below

    def members(self, unit: str, day: Day) -> set[str]:
        """Every code, merged ones included, whose people belong to the unit's subtree on the day."""
        found: set[str] = set()
        waiting = [unit]
        while waiting:
            one = waiting.pop()
            if one in found:
                continue
            found.add(one)
            for below in self._below.get(one, ()):
                row = self.version(below, day)
                if row is not None and (row.into or row.parent) == one:
                    waiting.append(below)
        return found

    def below(self, unit: str) -> set[str]:
        """Every unit that, on some day and as known at some position, had `unit` as its parent or successor."""
        return self._below.get(unit, set())

    def ever_inside(self, unit: str) -> set[str]:
        """The unit and every code that may, on some day, have been below it or merged into it."""
        found = {unit}
        waiting = [unit]
        while waiting:
            new = self._below.get(waiting.pop(), set()) - found
            found |= new
            waiting.extend(new)
        return found

    def ever_stationed(self, unit: str) -> set[str]:
        """Every unit that was ever stationed at `unit`."""
        return self._stationed.get(unit, set())

    def resting_on(self, unit: str) -> set[str]:
        """Every unit that may, on some day, have this one, or one merged into it, as parent or station."""
        found: set[str] = set()
        merged = {unit}
        waiting = [unit]
        while waiting:
            one = waiting.pop()
            found |= self.below(one) | self.ever_stationed(one)
            new = {below for below in self.below(one) if any(row.into == one for row in self.ever(below))} - merged
            merged |= new
            waiting.extend(new)
        return found

    def inner_below(self, unit: str) -> set[str]:
        """The offices, and merged units, whose statutory unit may hang on this one, on whatever day."""
        found: set[str] = set()
        waiting = [unit]
        while waiting:
            for below in self._below.get(waiting.pop(), ()):
                rows = self._versions.get(below, ())
                if below not in found and any(row.into is not None or row.kind in INNER_KINDS for row in rows):
                    found.add(below)
                    waiting.append(below)
        return found

    def merged_into(self, unit: str, day: Day) -> set[str]:
        """The unit itself with every code merged into it by that day: what own scope covers."""
        found = {unit}
        waiting = [unit]
        while waiting:
            one = waiting.pop()
            for below in self._below.get(one, ()):
                row = self.version(below, day)
                if row is not None and row.into == one and below not in found:
                    found.add(below)
                    waiting.append(below)
        return found

    def stationed(self, codes: Iterable[str], day: Day) -> set[str]:
        """The units stationed on the day at one of these codes."""
        found: set[str] = set()
        for code in codes:
            for unit in self._stationed.get(code, ()):
                row = self.version(unit, day)
                if row is None or row.into is not None or row.stationed_at != code:
                    continue
                if self.canonical(code, day) != unit:  # its station was merged into it: it works at home again
                    found.add(unit)
        return found

    def ends_on(self, unit: str, day: Day) -> tuple[Day, str]:
        """The day the unit, or the unit it went into, is abolished (FOREVER if never), and which one it is."""
        rows = self.versions(unit)
        last = rows[-1] if rows else None
        if last is None:
            return day, unit
        if last.into is not None:
            return self.ends_on(last.into, max(day, last.d_from))
        return last.d_to, unit

    def above_over_time(self, unit: str) -> list[tuple[str, Day, Day]]:
        """The units a code's people are counted in, itself included: (unit, first day, first day after)."""
        found: list[tuple[str, Day, Day]] = []
        rows = self.versions(unit)
        day = rows[0].d_from if rows else FOREVER
        while day < FOREVER:
            until = FOREVER
            code: str | None = unit
            path: list[str] = []
            while code is not None and code not in path:
                row = self.version(code, day)
                if row is None:
                    until = min([until, *(later.d_from for later in self.versions(code) if later.d_from > day)])
                    break
                until = min(until, row.d_to)
                if row.into is None:
                    path.append(code)
                code = row.into or row.parent
            found.extend((above, day, until) for above in path)
            day = until
        return found

    def steady_until(self, unit: str, day: Day) -> Day:
        """The first day after `day` on which the unit, or something above it, may be another (FOREVER if none)."""
        until = FOREVER
        code: str | None = unit
        while code is not None:
            row = self.version(code, day)
            if row is None:
                return min(until, self._next_day(code, day))
            until = min(until, row.d_to)
            code = row.into or row.parent
        return until

    def cycle_from(self, unit: str, day: Day) -> tuple[Day, set[str]] | None:
        """The first day, from `day` on, on which the unit would stand above itself, and the units in its way up."""
        while day < FOREVER:
            row = self.version(unit, day)
            until = FOREVER
            seen: set[str] = set()
            code: str | None = unit
            while code is not None and row is not None:
                until = min(until, row.d_to)
                if code in seen:
                    return day, seen
                seen.add(code)
                code = row.into or row.parent
                row = self.version(code, day) if code is not None else None
            day = until if seen else self._next_day(unit, day)
        return None

    def _next_day(self, unit: str, day: Day) -> Day:
        return min((row.d_from for row in self.versions(unit) if row.d_from > day), default=FOREVER)
