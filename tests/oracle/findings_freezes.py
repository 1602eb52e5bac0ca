"""freeze_violated (spec 1.6): which entries a freeze forbids, each judged just before and just after itself."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.oracle.findings_world import Found, World
from tests.oracle.people import PERSONAL, Person, State
from tests.oracle.quotas import QUOTA_TYPES, Quotas
from tests.oracle.timeline import Fact

EVERY_DAY = date.min


def freeze_rows(world: World, day: date) -> Iterator[tuple[str, str, Found]]:
    for freeze in world.ledger.facts:
        if freeze.type != "freeze_declared" or not freeze.on <= day <= freeze.get("until"):
            continue
        unit = freeze.get("unit")
        if not world.units.exists(unit, day):
            continue
        for entry in violations(world, freeze):
            if entry.on <= day:
                subject = f"unit:{unit}/freeze:{world.key(freeze.place)}/entry:{world.key(entry.place)}"
                yield "freeze_violated", subject, Found("true", "critical")


def violations(world: World, freeze: Fact) -> list[Fact]:
    def ask() -> list[Fact]:
        is_breach = {"no_increase": increases, "exit_only": brings_in}[freeze.get("mode")]
        inside = [fact for fact in world.ledger.facts if freeze.on <= fact.on <= freeze.get("until")]
        return [
            fact
            for fact in inside
            if world.units.exists(freeze.get("unit"), fact.on) and is_breach(world, freeze, fact)
        ]

    found: list[Fact] = world.remembered(EVERY_DAY, "violations", freeze.place, ask=ask)
    return found


def increases(world: World, freeze: Fact, fact: Fact) -> bool:
    """A quota entry after which the frozen unit's number for that kind is higher than just before it."""
    if fact.type not in QUOTA_TYPES:
        return False
    numbers = []
    for facts in (before(world, fact), [*before(world, fact), fact]):
        quotas = Quotas(facts, world.units, world.ledger.place_named)
        numbers.append(quotas.total("quota", freeze.get("unit"), fact.get("establishment"), fact.on))
    earlier, later = numbers
    return earlier is not None and later is not None and later > earlier


def before(world: World, fact: Fact) -> list[Fact]:
    return [each for each in world.ledger.facts if each.order < fact.order]


def brings_in(world: World, freeze: Fact, fact: Fact) -> bool:
    """A hire or transfer of somebody who was not on roll there just before, where that kind may take in nobody."""
    if fact.type not in ("hired", "transferred"):
        return False
    day, people = fact.on, world.ledger.people
    scope = world.units.subtree(freeze.get("unit"), day)
    person = people[fact.get("person")]
    states = list(states_of(world, person, fact))
    earlier, later = states[-2:]
    kind = later.establishment
    if kind_in(world, earlier, scope, day) is not None or kind_in(world, later, scope, day) is None:
        return False
    if kind_in(world, person.on(day), scope, day) is None:
        return False  # gone by the evening
    was_in = kind_in(world, person.on(day - timedelta(days=1)), scope, day) is not None
    if was_in and fact.type == "transferred":
        return False  # out and back on one day
    target = (freeze.get("target") or {}).get(kind)
    if target is None:
        return True
    just_before = [list(states_of(world, each, fact, with_it=False))[-1] for each in people.values()]
    return bool([kind_in(world, state, scope, day) for state in just_before].count(kind) >= target)


def states_of(world: World, person: Person, fact: Fact, *, with_it: bool = True) -> Iterator[State]:
    """The person's states before the entry, one after the other, and after it."""
    yield State()
    facts = [each for each in world.ledger.facts if each.type in PERSONAL and each.get("person") == person.number]
    for each, (_, state) in zip(facts, person.states, strict=True):
        if each.order < fact.order or (with_it and each == fact):
            yield state


def kind_in(world: World, state: State, scope: set[str], day: date) -> Any:
    """The kind in which somebody is on roll in a scope, or None."""
    if state.unit is None or state.establishment == "off_establishment":
        return None
    return state.establishment if world.units.canonical(state.unit, day) in scope else None
