"""One person's life through every position that touched it: rows of the read tables, and changes of counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Table

from ledger.domain.events import Recorded, subjects_of
from ledger.domain.facts import Fact, Illegal
from ledger.domain.faults import LedgerDamaged
from ledger.domain.periods import Told, changed, told
from ledger.domain.person import Timeline, extended, fold
from ledger.domain.time import FOREVER, Day
from ledger.domain.units import Structure
from ledger.projections import rows as r

NOTHING = Told((), (), (), ())
Lives = tuple[tuple[Any, ...], ...]
Moment = tuple[int, Recorded | None, Fact | None]
"""A position, the person's event there if any, and the fact that it brought."""


def damaged(illegal: Illegal) -> LedgerDamaged:
    """An entry in the log that the ledger would never have taken."""
    return LedgerDamaged(detail=f"entry {illegal.fact.id} cannot stand: {illegal.code}", position=illegal.fact.position)


class Facts:
    """The facts of one subject as events come in."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._facts: dict[int, Fact] = {}
        self._last: tuple[Day, int] = (0, 0)

    def take(self, one: Recorded, fact: Fact | None) -> Fact | None:
        """Take in an event and its fact; the fact is returned when it comes after all the others."""
        target = one.event.target
        if target is not None:
            self._facts.pop(target, None)
        concerned = fact is not None and self._subject in subjects_of(fact.entry)
        if concerned:
            assert fact is not None
            self._facts[one.position] = fact
        if target is not None:
            self._last = max((each.order for each in self._facts.values()), default=(0, 0))
            return None
        if fact is None or not concerned or fact.order < self._last:
            return None
        self._last = fact.order
        return fact

    def now(self) -> list[Fact]:
        """The facts in effect, in order."""
        return sorted(self._facts.values(), key=_order)


def _order(fact: Fact) -> tuple[Day, int]:
    return fact[0], fact[1]


class Life:
    """One person. `number`: of the person; `unit`: unit code -> its number; `structure`: a copy of one's own."""

    def __init__(self, subject: str, number: int, unit: r.UnitNumber, structure: Structure) -> None:
        self._subject = subject
        self._number = number
        self._unit = unit
        self._structure = structure
        self._told = NOTHING
        self.timeline = Timeline()
        self._open: dict[Table, dict[object, int]] = {table: {} for table in r.PERSON_TABLES}
        self.rows: dict[Table, list[r.Row]] = {table: [] for table in r.PERSON_TABLES}

    def replay(self, moments: Iterable[Moment], count: Callable[[r.Counts, int, bool], None]) -> None:
        """Go through the moments of the life, see `moments_of`.

        `count(changes, position, shared)` takes the changes of counts; `shared`: others may change there too.
        """
        facts = Facts(self._subject)
        timeline = self.timeline
        for position, one, fact in moments:
            self._structure.known_at = position
            last = None if one is None else facts.take(one, fact)
            folded = extended(timeline, (last,), self._structure) if last else fold(facts.now(), self._structure)
            if isinstance(folded, Illegal):
                raise damaged(folded)
            timeline = folded
            counts = self._become(timeline, position)
            if counts:
                count(counts, position, one is None or one.event.target is not None)
        self.timeline = timeline
        for table, periods in zip(r.PERSON_TABLES, self._told, strict=True):
            row_of, key_of, opened, rows = r.PERSON_ROWS[table], r.KEYS[table], self._open[table], self.rows[table]
            for period in periods:
                rows.append(row_of(self._number, period, self._unit, opened[key_of(period)], FOREVER))

    def _become(self, timeline: Timeline, position: int) -> r.Counts:
        """From a position on this is the life; gives back what it changes in the counts."""
        counts: r.Counts = {}
        before, self._told = self._told, told(timeline)
        for table, was, now in zip(r.PERSON_TABLES, cast(Lives, before), cast(Lives, self._told), strict=True):
            if now is was:
                continue
            gone, come = changed(was, now)
            opened, key_of = self._open[table], r.KEYS[table]
            if gone:
                row_of, rows = r.PERSON_ROWS[table], self.rows[table]
                for period in gone:
                    rows.append(row_of(self._number, period, self._unit, opened.pop(key_of(period)), position))
            for period in come:
                opened[key_of(period)] = position
            if table in r.COUNTING:
                r.count_changes(counts, gone, -1)
                r.count_changes(counts, come, 1)
        return counts


def moments_of(
    recorded: Sequence[Recorded], facts: Sequence[Fact | None], judged_again: dict[str, list[int]]
) -> Sequence[Moment]:
    """The positions that may have changed a person: their own, and those that changed the tree around them.

    `judged_again`: unit -> positions at which those who name it are judged again.
    """
    own: list[Moment] = [(one.position, one, fact) for one, fact in zip(recorded, facts, strict=True)]
    again: set[int] = set()
    if judged_again:
        for fact in facts:
            if fact is not None:
                entry = fact.entry
                for key in entry.unit_keys:
                    unit = getattr(entry, key)
                    if unit in judged_again:
                        again.update(judged_again[unit])
    if not again:
        return own
    first = recorded[0].position
    known = {position for position, _, _ in own}
    own.extend((at, None, None) for at in again if at > first and at not in known)
    return sorted(own, key=itemgetter(0))
