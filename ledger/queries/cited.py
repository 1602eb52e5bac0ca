"""Entries as an answer cites them, and how the entry behind a change is found in the log."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from ledger.domain.entries import Corrected, DatedEntry
from ledger.domain.events import Recorded, subjects_of
from ledger.domain.facts import Fact, fact_of, in_effect
from ledger.domain.time import Day, shown_instant

Fits = Callable[[DatedEntry], bool]


@dataclass(frozen=True, slots=True)
class Entries:
    """The log, in the snapshot that a question is answered from.

    `at`: positions -> entries. `targets`: positions -> what took these entries out of effect, whenever.
    `about`: subjects (`person:<number>`, `unit:<code>`) -> everything that touches them up to a position.
    `with_part`: topics, bytes and a position -> the subjects touched, up to it, by an entry under one of the topics
    whose stored state holds the bytes.
    """

    at: Callable[[Collection[int]], Mapping[int, Recorded]]
    targets: Callable[[Collection[int]], Mapping[int, int]]
    about: Callable[[Collection[str], int], Mapping[str, list[Recorded]]]
    with_part: Callable[[Collection[str], bytes, int], Collection[str]]


@dataclass(frozen=True, slots=True)
class Cited:
    """One entry. `subject`: the person or unit whose life it is part of, that of its target for a reversal.

    `replacement_type`: what a correction says instead; None for other entries. `effective_on`: None for a reversal.
    """

    position: int
    id: str
    type: str
    replacement_type: str | None
    subject: str
    effective_on: date | None
    recorded_at: str
    recorded_by: str

    @classmethod
    def of(cls, one: Recorded) -> Cited:
        """An entry as recorded."""
        entry = one.event.entry
        inner = entry.replacement if isinstance(entry, Corrected) else entry
        return cls(
            one.position,
            one.event.id,
            entry.type,
            inner.type if isinstance(entry, Corrected) else None,
            one.event.originator_id,
            inner.effective_on if isinstance(inner, DatedEntry) else None,
            shown_instant(one.recorded_at),
            one.event.recorded_by,
        )

    def to_json(self) -> dict[str, Any]:
        """The keys of `entry` in docs/reference/json."""
        return {
            "position": self.position,
            "id": self.id,
            "type": self.type,
            "replacement_type": self.replacement_type,
            "subject": self.subject,
            "effective_on": None if self.effective_on is None else self.effective_on.isoformat(),
            "recorded_at": self.recorded_at,
            "recorded_by": self.recorded_by,
        }


class Sought(NamedTuple):
    """An entry about a subject, in effect from a day on, that fits: by the first test that any entry passes.

    `position`: where the read tables say it is. They name the last entry of a day, which may be another one.
    """

    subject: str
    day: Day
    fits: tuple[Fits, ...]
    position: int | None = None


def find(entries: Entries, known_at: int, sought: Iterable[Sought]) -> dict[Sought, Recorded]:
    """What each one sought is; whole lives are read only where the read tables do not name the entry."""
    wanted = list(dict.fromkeys(sought))
    at = entries.at([one.position for one in wanted if one.position is not None])
    found: dict[Sought, Recorded] = {}
    for one in wanted:
        named = at.get(one.position or 0)
        fact = None if named is None else fact_of(named)
        if named is not None and fact is not None and fact.day == one.day and one.fits[0](fact.entry):
            found[one] = named
    rest = [one for one in wanted if one not in found]
    lives = entries.about(list(dict.fromkeys(one.subject for one in rest)), known_at) if rest else {}
    for one in rest:
        recorded = lives.get(one.subject, [])
        fact = _last_fitting(one, _facts(one.subject, recorded, known_at))
        if fact is not None:
            found[one] = next(each for each in recorded if each.position == fact.position)
    return found


def _facts(subject: str, recorded: Iterable[Recorded], known_at: int) -> list[Fact]:
    return in_effect(recorded, lambda entry: subject in subjects_of(entry), known_at)


def _last_fitting(one: Sought, facts: Sequence[Fact]) -> Fact | None:
    today = [fact for fact in facts if fact.day == one.day]
    for fits in one.fits:
        passing = [fact for fact in today if fits(fact.entry)]
        if passing:
            return passing[-1]
    return None


def standing_at(entries: Entries, known_at: int, places: Iterable[int]) -> dict[int, Recorded]:
    """Position where an entry was first recorded -> what stands in its place at K, corrections followed."""
    now = {place: place for place in places}
    moved = set(now)
    while moved:
        by = entries.targets([now[place] for place in moved])
        moved = {place for place in moved if by.get(now[place], known_at + 1) <= known_at}
        now.update({place: by[now[place]] for place in moved})
    at = entries.at(list(now.values()))
    return {place: at[position] for place, position in now.items()}
