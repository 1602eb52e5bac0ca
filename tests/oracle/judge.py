"""Fold one timeline and say which of its entries are illegal (spec 1.3)."""

from datetime import date
from typing import Any

from tests.oracle.people import PERSONAL, Person
from tests.oracle.quotas import Quotas
from tests.oracle.timeline import Stored, facts_in_effect, place_of
from tests.oracle.units import Problem, Units, structural_problems


class Ledger:
    """Everything true after the given lines, folded from nothing. `problems`: illegal facts."""

    def __init__(self, stored: list[Stored]) -> None:
        self.stored = stored
        self.facts = facts_in_effect(stored)
        self.problems: list[Problem] = []
        self.units = self.fold_units()
        self.quotas = Quotas(self.facts, self.units, self.place_named)
        self.people = {number: Person(number, self.facts, self.units) for number in self.person_numbers()}
        self.problems += self.quotas.problems
        for person in self.people.values():
            self.problems += person.problems
        self.problems += self.abolition_problems()
        self.problems.sort(key=lambda problem: problem[0].order)

    def fold_units(self) -> Units:
        """Judge the unit entries; go on with those that are legal."""
        while True:
            units = Units(self.facts)
            problems = structural_problems(units)
            if not problems:
                return units
            self.problems += problems
            illegal = [fact for fact, _ in problems]
            self.facts = [fact for fact in self.facts if fact not in illegal]

    def person_numbers(self) -> list[str]:
        return sorted({fact.get("person") for fact in self.facts if fact.type in PERSONAL})

    def place_named(self, reference: str | int) -> int | None:
        """The place of the entry that a grant's `entry` names (by id or position), or None."""
        for line in self.stored:
            if reference in (line.id, line.position):
                return place_of(line.position, self.stored)
        return None

    def days_from(self, day: date) -> list[date]:
        """That day and every later day on which anything changes."""
        return sorted({day} | {fact.on for fact in self.facts if fact.on > day})

    def abolition_problems(self) -> list[Problem]:
        problems = []
        for fact in self.facts:
            if fact.type == "unit_abolished":
                occupants = self.occupants(fact.get("unit"), fact.on)
                if occupants:
                    problems.append((fact, f"still used by {', '.join(sorted(occupants))}"))
        return problems

    def occupants(self, unit: str, from_day: date) -> set[str]:
        """Who is charged or seconded to a unit, or has it as parent or station, from a day on."""
        found: set[str] = set()
        for day in self.days_from(from_day):
            for person in self.people.values():
                if unit in (self.home(person, day), self.host(person, day)):
                    found.add(person.number)
            for other in self.units.existing(day):
                if unit in (self.units.parent(other, day), self.units.station(other, day)):
                    found.add(other)
        return found

    def home(self, person: Person, day: date) -> Any:
        return self.units.canonical(person.on(day).unit, day)

    def host(self, person: Person, day: date) -> Any:
        running = person.on(day).secondment
        return None if running is None else self.units.canonical(running.host, day)

    def policy(self, name: str, default: Any, day: date) -> Any:
        """A policy parameter in force on a day: profiles reset, parameters are laid over."""
        value = default
        for fact in self.facts:
            if fact.type == "policy_adopted" and fact.on <= day:
                if fact.get("profile") is not None:
                    value = default
                value = (fact.get("parameters") or {}).get(name, value)
        return value

    def gap_days(self, day: date) -> int:
        return int(self.policy("gap_days", 90, day))

    def is_quota_hard(self, day: date) -> bool:
        return bool(self.policy("quota_enforcement", "soft", day) == "hard")

    def excess(self, unit: str, kind: str, day: date) -> int:
        """How far on_roll is above the unit's own number for a kind; 0 when it is not."""
        own = self.quotas.own("quota", unit, kind, day)
        if own is None or not self.units.exists(unit, day):
            return 0
        scope = self.units.subtree(unit, day)
        on_roll = [
            person
            for person in self.people.values()
            if self.home(person, day) in scope and person.on(day).establishment == kind
        ]
        return max(0, len(on_roll) - own)


def over_quota(before: Ledger, after: Ledger, from_day: date) -> tuple[str, str, date] | None:
    """The first (unit, kind, day) that the new entry pushes further above a hard quota."""
    days = set(before.days_from(from_day)) | set(after.days_from(from_day))
    for day in sorted(days):
        if not after.is_quota_hard(day):
            continue
        for unit, kind in after.quotas.records_ever():
            if after.excess(unit, kind, day) > before.excess(unit, kind, day):
                return unit, kind, day
    return None
