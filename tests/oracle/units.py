"""Units: existence, names, charge tree, stations, mergers (spec 1.2), by scanning the facts."""

from datetime import date
from typing import Any

from tests.oracle.timeline import Fact

Problem = tuple[Fact, str]
STRUCTURAL = (
    "unit_established",
    "unit_renamed",
    "unit_moved",
    "unit_stationed",
    "unit_merged",
    "unit_abolished",
)
ENDINGS = ("unit_merged", "unit_abolished")
NOT_STATUTORY = ("internal_office", "task_force")


class Units:
    """The units of one timeline. `facts` are the structural facts in order."""

    def __init__(self, facts: list[Fact]) -> None:
        self.facts = [fact for fact in facts if fact.type in STRUCTURAL]
        self.by_unit: dict[str, list[Fact]] = {}
        for fact in self.facts:
            self.by_unit.setdefault(fact.get("unit"), []).append(fact)

    def of(self, unit: str, *types: str) -> list[Fact]:
        return [fact for fact in self.by_unit.get(unit, []) if fact.type in types]

    def codes(self) -> list[str]:
        return sorted({fact.get("unit") for fact in self.facts if fact.type == "unit_established"})

    def establishment(self, unit: str) -> Fact | None:
        found = self.of(unit, "unit_established")
        return found[0] if found else None

    def ending(self, unit: str) -> Fact | None:
        found = self.of(unit, *ENDINGS)
        return found[0] if found else None

    def was_established(self, unit: str, day: date) -> bool:
        first = self.establishment(unit)
        return first is not None and first.on <= day

    def was_merged(self, unit: str, day: date) -> bool:
        ending = self.ending(unit)
        return ending is not None and ending.type == "unit_merged" and ending.on <= day

    def exists(self, unit: str, day: date) -> bool:
        ending = self.ending(unit)
        return self.was_established(unit, day) and (ending is None or day < ending.on)

    def existing(self, day: date) -> list[str]:
        return [unit for unit in self.codes() if self.exists(unit, day)]

    def kind(self, unit: str) -> Any:
        first = self.establishment(unit)
        return None if first is None else first.get("kind")

    def canonical(self, unit: str | None, day: date) -> Any:
        """The unit in which `unit` lives on that day, following mergers; None for None."""
        seen: set[str] = set()
        while unit is not None and unit not in seen:
            seen.add(unit)
            ending = self.ending(unit)
            if ending is not None and ending.on <= day:
                unit = ending.get("into") or unit
        return unit

    def last(self, unit: str, day: date, type_: str, key: str) -> Any:
        """The newest value of a key from the establishment and the later entries of a type."""
        value = None
        for fact in self.of(unit, "unit_established", type_):
            if fact.on <= day:
                value = fact.get(key)
        return value

    def name(self, unit: str, day: date) -> Any:
        return self.last(unit, day, "unit_renamed", "name")

    def parent(self, unit: str, day: date) -> Any:
        return self.canonical(self.last(unit, day, "unit_moved", "parent"), day)

    def station(self, unit: str, day: date) -> Any:
        station = self.canonical(self.last(unit, day, "unit_stationed", "stationed_at"), day)
        return None if station == unit else station

    def line(self, unit: str, day: date) -> list[str]:
        """The unit and everything above it, nearest first; a circle is cut where it closes."""
        found = [unit]
        while (above := self.parent(found[-1], day)) is not None and above not in found:
            found.append(above)
        return found

    def is_in_circle(self, unit: str, day: date) -> bool:
        above = self.parent(unit, day)
        seen: set[str] = set()
        while above is not None and above not in seen:
            if above == unit:
                return True
            seen.add(above)
            above = self.parent(above, day)
        return False

    def children(self, unit: str, day: date) -> list[str]:
        return [child for child in self.existing(day) if self.parent(child, day) == unit]

    def subtree(self, unit: str, day: date) -> set[str]:
        return {below for below in self.existing(day) if unit in self.line(below, day)}

    def statutory(self, unit: str, day: date) -> str:
        """T(u) of spec 1.2."""
        line = self.line(unit, day)
        for index, above in enumerate(line):
            if self.kind(above) in NOT_STATUTORY:
                continue
            if self.kind(above) == "jurisdiction" and above != unit:
                return line[index - 1]
            return above
        return line[-1]


def structural_problems(units: Units) -> list[Problem]:
    """[(fact, reason)] of the unit entries that are illegal in this timeline."""
    problems = []
    for fact in units.facts:
        reason = structural_reason(units, fact)
        if reason:
            problems.append((fact, reason))
    return problems or circle_problems(units)


def structural_reason(units: Units, fact: Fact) -> str | None:
    for key in ("parent", "stationed_at", "into"):
        if fact.get(key) is not None and not units.exists(fact.get(key), fact.on):
            return f"{key} {fact.get(key)} does not exist on {fact.on}"
    if fact.get("stationed_at") == fact.get("unit"):
        return "a unit cannot be stationed at itself"
    if fact.type == "unit_established":
        return reason_against_establishing(units, fact)
    unit = fact.get("unit")
    if fact.type in ENDINGS:
        if not units.was_established(unit, fact.on):
            return f"{unit} does not exist on {fact.on}"
        return None if fact == units.ending(unit) else f"{unit} has ended already"
    if not units.exists(unit, fact.on):
        return f"{unit} does not exist on {fact.on}"
    if fact.type == "unit_stationed" and units.kind(unit) != "dispatched_office":
        return "only a dispatched office may be stationed elsewhere"
    return None


def reason_against_establishing(units: Units, fact: Fact) -> str | None:
    if fact != units.establishment(fact.get("unit")):
        return "the code is used already"
    if fact.get("kind") in NOT_STATUTORY and fact.get("parent") is None:
        return "such a unit needs a parent"
    if fact.get("stationed_at") and fact.get("kind") != "dispatched_office":
        return "only a dispatched office may be stationed elsewhere"
    return None


def circle_problems(units: Units) -> list[Problem]:
    """The entries of the first day on which some unit would be above itself."""
    for day in sorted({fact.on for fact in units.facts}):
        circle = {unit for unit in units.existing(day) if units.is_in_circle(unit, day)}
        if not circle:
            continue
        suspects = [
            fact
            for fact in units.facts
            if fact.on == day
            and fact.type in ("unit_established", "unit_moved", "unit_merged")
            and circle & {fact.get("unit"), fact.get("into"), fact.get("parent")}
        ]
        return [(fact, "a unit would be above itself") for fact in suspects]
    return []
