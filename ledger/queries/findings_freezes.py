"""Every freeze in effect at K, and the entries inside it that it forbids (spec 1.6 freeze_violated)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import and_, or_, select

from ledger.domain import entries as e
from ledger.domain.events import Recorded, subjects_of
from ledger.domain.facts import Fact, fact_of, in_effect
from ledger.domain.findings.finding import Finding
from ledger.domain.findings.freezes import (
    FREEZE_VIOLATED,
    Change,
    Freeze,
    Posts,
    Violation,
    intrusions,
    that_ran,
)
from ledger.domain.quotas import QuotaFold, touches_quotas
from ledger.domain.spans import Spans, covers
from ledger.domain.terms import FreezeMode
from ledger.domain.time import Day
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.scope import OFF
from ledger.queries.unit_scan import UnitScan

PIECE = 2_000
"""Lives in memory at once."""


def freeze_findings(scan: UnitScan) -> Iterator[Finding]:
    """What freeze_violated says on D: of the freezes that last on D, the entries up to D."""
    running = [one for one in _freezes(scan) if one.day <= scan.view.day < one.end]
    for freeze in running:
        judged = _increases if freeze.mode is FreezeMode.NO_INCREASE else _intrusions
        for violation, other in judged(scan, freeze):
            yield from scan.row(FREEZE_VIOLATED, violation, freeze.unit, other)


def _freezes(scan: UnitScan) -> list[Freeze]:
    facts = scan.declared("freeze_declared")
    keys = scan.ids(fact.place for fact in facts)
    freezes: list[Freeze] = []
    for fact in facts:
        entry = fact.entry
        assert isinstance(entry, e.FreezeDeclared)
        until = entry.until.toordinal()
        gone = next((end for begin, end in scan.numbers.exists(entry.unit) if begin <= fact.day < end), fact.day)
        target = {kind.value: posts for kind, posts in (entry.target or {}).items()}
        freezes.append(
            Freeze(
                entry.unit, keys[fact.place], fact.position, entry.mode, fact.day, min(until + 1, gone), until, target
            )
        )
    return freezes


Judged = tuple[Violation, str | None]
"""What a freeze forbids, and the unit that the entry names."""


def _increases(scan: UnitScan, freeze: Freeze) -> list[Judged]:
    view, numbers = scan.view, scan.numbers
    known_at = view.perspective.known_at
    end = min(freeze.end, view.day + 1)
    codes = [
        view.code(number)
        for number, spans in numbers.members(freeze.unit).items()
        if any(begin < end and stop > freeze.day for begin, stop in spans)
    ]
    recorded = scan.entries.about([f"unit:{code}" for code in codes], known_at)

    @cache
    def facts_of(code: str) -> Sequence[Fact]:
        about = recorded.get(f"unit:{code}")
        if about is None:
            about = scan.entries.about([f"unit:{code}"], known_at).get(f"unit:{code}", [])
        return in_effect(about, touches_quotas(code), known_at)

    named = {one.event.id: one for several in recorded.values() for one in several}
    places = {key: one.position if one.event.place is None else one.event.place for key, one in named.items()}
    posts = Posts(
        view.structure, QuotaFold(facts_of, places), facts_of, lambda unit, kind, day: numbers.quota(unit, kind).at(day)
    )
    forbidden = [one for one in posts.increases(freeze, codes) if one.fact.day < end]
    keys = scan.ids(one.fact.place for one in forbidden)
    judged: list[Judged] = []
    for one in forbidden:
        told = {
            "establishment": one.establishment,
            "quota_before": one.before,
            "quota_after": one.after,
            "quota": scan.quota(freeze.unit, one.establishment),
            "on_roll": scan.on_roll(freeze.unit, one.establishment),
        }
        entry = one.fact.entry
        assert isinstance(entry, e.QuotaEntry)
        other = entry.to if isinstance(entry, e.QuotaMoved) else entry.unit
        judged.append((Violation(freeze, keys[one.fact.place], one.fact.position, one.fact.day, told), other))
    return judged


# ---- exit_only


class _Row(NamedTuple):
    """A run of days on which somebody is charged to a unit of the frozen subtree, with a post."""

    person: int
    unit: int
    kind: int
    begin: Day
    end: Day
    charged_since: Day
    cause: int


Key = tuple[int, Day]
"""A person's number and a day."""


class _Arrivals:
    """Who came onto the roll of the frozen subtree, and who else changed there on such a day.

    The read tables tell who is charged where at the end of a day. Whole lives are read only where they cannot tell
    which entry did it, or where the order of several people's entries counts.
    """

    def __init__(self, scan: UnitScan, freeze: Freeze) -> None:
        self.scan = scan
        self.freeze = freeze
        self.end = min(freeze.end, scan.view.day + 1)
        self.member: Mapping[int, Spans] = scan.numbers.members(freeze.unit)
        rows = self._rows()
        begun = {(row.person, row.begin): row for row in rows}
        self.began = {key: row for key, row in begun.items() if key[1] == row.charged_since and self._inside(row, key)}
        self.ended: set[Key] = set()
        for row in rows:
            key = (row.person, row.end)
            after = begun.get(key)
            if self._inside(row, key) and (after is None or after.charged_since == row.end):
                self.ended.add(key)

    def _inside(self, row: _Row, key: Key) -> bool:
        return self.freeze.day <= key[1] < self.end and covers(self.member[row.unit], key[1])

    def _rows(self) -> list[_Row]:
        p = t.person_period.c
        first, last = self.freeze.day, self.end
        query = select(p.person, p.unit, p.kind, p.d_from, p.d_to, p.charged_since, p.cause).where(
            among(p.unit, self.member),
            p.kind != OFF,
            self.scan.view.known(t.person_period),
            or_(and_(p.d_from >= first, p.d_from < last), and_(p.d_to >= first, p.d_to < last)),
        )
        return [_Row(*row) for row in self.scan.view.conn.execute(query)]

    def changes(self) -> list[Change]:
        """Every change that the rule must see, entry by entry."""
        recorded = self.scan.recorded(row.cause for row in self.began.values())
        facts = {key: fact_of(recorded[row.cause]) for key, row in self.began.items()}
        types = {key: type(fact.entry) if fact and fact.day == key[1] else None for key, fact in facts.items()}
        plain = {key for key in self.began if key not in self.ended and types[key] is e.Hired}
        unclear = {key for key in self.began.keys() - plain if key not in self.ended or types[key] is not e.Transferred}
        came = {key[1] for key in plain | unclear if t.KINDS[self.began[key].kind] in self.freeze.target}
        unclear |= {key for key in self.began.keys() | self.ended if key[1] in came} - plain
        changes = list(self._lives(unclear))
        for key in plain:
            fact = facts[key]
            assert fact is not None
            assert isinstance(fact.entry, e.Hired)
            changes.append(Change(fact, fact.entry.person, None, t.KINDS[self.began[key].kind]))
        return changes

    def _lives(self, keys: set[Key]) -> Iterator[Change]:
        """The changes of these people on these days, from the entries about them."""
        view = self.scan.view
        people = sorted({person for person, _ in keys})
        for start in range(0, len(people), PIECE):
            piece = people[start : start + PIECE]
            c = t.person.c
            codes = {code: number for number, code in view.conn.execute(select(c.id, c.code).where(among(c.id, piece)))}
            lives = self.scan.entries.about([f"person:{code}" for code in codes], view.perspective.known_at)
            for code, number in codes.items():
                subject = f"person:{code}"
                changes = self._life(code, _facts(subject, lives[subject], view.perspective.known_at))
                for day, today in groupby(changes, key=lambda one: one.fact.day):
                    if (number, day) in keys:
                        yield from that_ran(list(today))

    def _life(self, person: str, facts: Iterable[Fact]) -> Iterator[Change]:
        unit: str | None = None
        kind: str | None = None
        for fact in facts:
            entry = fact.entry
            before = self._on_roll(unit, kind, fact.day)
            if isinstance(entry, e.Hired):
                unit, kind = entry.unit, entry.establishment
            elif isinstance(entry, e.Transferred):
                unit, kind = entry.unit, entry.establishment or kind
            elif isinstance(entry, e.Departed):
                unit = kind = None
            else:
                continue
            yield Change(fact, person, before, self._on_roll(unit, kind, fact.day))

    def _on_roll(self, unit: str | None, kind: str | None, day: Day) -> str | None:
        """The kind with which somebody charged there is on the roll of the frozen subtree; None: not on it."""
        if unit is None or kind is None or kind == t.KINDS[OFF]:
            return None
        return str(kind) if covers(self.member.get(self.scan.view.shape.numbers[unit], ()), day) else None


def _facts(subject: str, recorded: Iterable[Recorded], known_at: int) -> list[Fact]:
    return in_effect(recorded, lambda entry: subject in subjects_of(entry), known_at)


def _intrusions(scan: UnitScan, freeze: Freeze) -> list[Judged]:
    def on_roll_at(kind: str, day: Day) -> int | None:
        return scan.numbers.on_roll(freeze.unit, kind).at(day)

    forbidden = list(intrusions(freeze, _Arrivals(scan, freeze).changes(), on_roll_at))
    keys = scan.ids(one.change.fact.place for one in forbidden)
    judged: list[Judged] = []
    for one in forbidden:
        fact = one.change.fact
        told = {
            "establishment": one.establishment,
            "person": one.change.person,
            "target": one.target,
            "on_roll_before": one.on_roll,
            "quota": scan.quota(freeze.unit, one.establishment),
            "on_roll": scan.on_roll(freeze.unit, one.establishment),
        }
        assert isinstance(fact.entry, e.Hired | e.Transferred)
        judged.append((Violation(freeze, keys[fact.place], fact.position, fact.day, told), fact.entry.unit))
    return judged
