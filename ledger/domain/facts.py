"""From what was recorded to what is in effect: reversals and corrections taken into account (spec 1.1, 1.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, cast

from ledger.domain.entries import DATED_TYPES, Corrected, DatedEntry
from ledger.domain.events import Recorded
from ledger.domain.terms import Precision
from ledger.domain.time import FOREVER, Day


class Fact(NamedTuple):
    """An entry in effect. Facts of one subject are ordered by (`day`, `place`).

    `position`: where it was recorded (of a replacement, the correction's position).
    `place`: the position whose place it takes among the entries of one day (spec 1.3 corrected).
    `edition`: of the shipped profiles that a policy was adopted from.
    """

    day: Day
    place: int
    position: int
    id: str
    entry: DatedEntry
    edition: int | None = None

    @property
    def imprecise(self) -> bool:
        """Whether its date is known to the month or year only (spec 2.2 effective_precision)."""
        return self.entry.effective_precision is not Precision.DAY

    @property
    def order(self) -> tuple[Day, int]:
        """The order in which facts are folded."""
        return (self.day, self.place)


_DATED = frozenset(DATED_TYPES.values())


def fact_of(recorded: Recorded) -> Fact | None:
    """The fact an event brings into effect; None for a reversal, and for what is no entry at all."""
    event = recorded.event
    entry = event.entry
    if type(entry) is Corrected:
        entry = entry.replacement
    elif type(entry) not in _DATED:
        return None
    dated = cast(DatedEntry, entry)
    place = event.place if event.place is not None else recorded.position
    return Fact(dated.effective_on.toordinal(), place, recorded.position, event.id, dated, event.edition)


def in_effect(
    recorded: Iterable[Recorded], concerns: Callable[[DatedEntry], bool], known_at: int = FOREVER
) -> list[Fact]:
    """The facts known at a position that concern one subject, in the order of folding.

    `recorded`: every event that touches the subject, reversals and corrections included.
    """
    facts: dict[int, Fact] = {}
    for one in recorded:
        if one.position > known_at:
            continue
        if one.event.target is not None:
            facts.pop(one.event.target, None)
        fact = fact_of(one)
        if fact is not None and concerns(fact.entry):
            facts[one.position] = fact
    return sorted(facts.values(), key=lambda fact: fact.order)


@dataclass(frozen=True, slots=True)
class Illegal:
    """A fact that cannot stand where it is; `code` and `params` as in `refusals`, `against`: ids in its way."""

    fact: Fact
    code: str
    params: dict[str, object]
    against: tuple[str, ...] = ()
