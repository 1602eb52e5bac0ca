"""Which entries are in effect at a position, and in which order (spec 1.1, 1.3)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.oracle.shape import Entry


@dataclass(frozen=True)
class Stored:
    """One line of the ledger, for ever."""

    position: int
    id: str
    entry: Entry
    target: int | None = None  # reversed, corrected: the position it takes out of effect


@dataclass(frozen=True)
class Fact:
    """What one entry in effect states. `place` orders the entries of one day."""

    on: date
    place: int
    id: str
    position: int
    entry: Entry

    @property
    def type(self) -> str:
        return str(self.entry["type"])

    @property
    def order(self) -> tuple[date, int]:
        return (self.on, self.place)

    def get(self, key: str) -> Any:
        return self.entry.get(key)


def facts_in_effect(stored: list[Stored]) -> list[Fact]:
    """Every fact in effect after these lines, in (effective_on, place) order."""
    facts = facts_by_place(stored)
    return sorted(facts.values(), key=lambda fact: fact.order)


def facts_by_place(stored: list[Stored]) -> dict[int, Fact]:
    facts: dict[int, Fact] = {}
    for line in stored:
        if line.target is None:
            facts[line.position] = fact_of(line, line.entry, line.position)
        elif line.entry["type"] == "reversed":
            del facts[place_of(line.target, stored)]
        else:
            place = place_of(line.target, stored)
            facts[place] = fact_of(line, line.entry["replacement"], place)
    return facts


def fact_of(line: Stored, entry: Entry, place: int) -> Fact:
    return Fact(entry["effective_on"], place, line.id, line.position, entry)


def place_of(position: int, stored: list[Stored]) -> int:
    """The position of the first entry behind a chain of corrections."""
    line = stored[position - 1]
    if line.target is not None and line.entry["type"] == "corrected":
        return place_of(line.target, stored)
    return position


def is_in_effect(position: int, stored: list[Stored]) -> bool:
    """Whether the entry at that position is a fact that nothing took out of effect."""
    if stored[position - 1].entry["type"] == "reversed":
        return False
    return all(line.target != position for line in stored)
