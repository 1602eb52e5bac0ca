"""One person's timeline: register, charge, secondments, leave, positions (spec 1.3)."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tests.oracle.timeline import Fact
from tests.oracle.units import Problem, Units

PERSONAL = (
    "hired",
    "transferred",
    "appointed",
    "relieved",
    "secondment_started",
    "secondment_extended",
    "secondment_ended",
    "leave_started",
    "leave_ended",
    "departed",
    "person_described",
)


class Refusal(Exception):
    """An entry is illegal in its place."""


@dataclass
class Secondment:
    host: str
    start: date
    kind: str
    authority: dict[str, Any] | None
    terms: list[tuple[date, date | None]]  # [(from this day on, until)]: the first term, then the extensions
    end: date | None = None

    def until_on(self, day: date) -> date | None:
        return [until for since, until in self.terms if since <= day][-1]

    def extensions_on(self, day: date) -> int:
        return len([since for since, _ in self.terms[1:] if since <= day])


@dataclass(frozen=True)
class Position:
    rank: str | None
    counts: bool
    unit: str | None


@dataclass(frozen=True)
class State:
    """What is true of a person after one entry; `unit` None = not on the register."""

    name: str | None = None
    unit: str | None = None
    establishment: str | None = None
    charged_since: date | None = None
    secondment: Secondment | None = None
    leave: str | None = None
    leave_since: date | None = None
    positions: dict[str, Position] = field(default_factory=dict)


class Person:
    """Folds the person's facts in order."""

    def __init__(self, number: str, facts: list[Fact], units: Units) -> None:
        self.number = number
        self.units = units
        self.states: list[tuple[date, State]] = []
        self.secondments: list[Secondment] = []
        self.problems: list[Problem] = []
        self.state = State()
        for fact in facts:
            if fact.type in PERSONAL and fact.get("person") == number:
                self.apply(fact)

    def apply(self, fact: Fact) -> None:
        try:
            self.check(fact)
            getattr(self, fact.type)(fact)
            self.states.append((fact.on, self.state))
        except Refusal as refusal:
            self.problems.append((fact, str(refusal)))

    def check(self, fact: Fact) -> None:
        """What every personal entry needs."""
        for key in ("unit", "host"):
            if fact.get(key) is not None and not self.units.exists(fact.get(key), fact.on):
                raise Refusal(f"{fact.get(key)} does not exist on {fact.on}")
        if fact.type not in ("hired", "person_described") and self.state.unit is None:
            raise Refusal("not on the register")

    def on(self, day: date) -> State:
        """The state at the end of that day: periods within one day never ran."""
        found = State()
        for since, state in self.states:
            if since <= day:
                found = state
        return found

    # The entries

    def hired(self, fact: Fact) -> None:
        if self.state.unit is not None:
            raise Refusal("already on the register")
        self.state = State(
            name=fact.get("name"),
            unit=fact.get("unit"),
            establishment=fact.get("establishment"),
            charged_since=fact.on,
        )

    def person_described(self, fact: Fact) -> None:
        if not self.states:
            raise Refusal("the person is not known")
        if fact.get("name") is not None:
            self.state = replace(self.state, name=fact.get("name"))

    def transferred(self, fact: Fact) -> None:
        target, day = fact.get("unit"), fact.on
        home = self.units.canonical(self.state.unit, day)
        establishment = fact.get("establishment") or self.state.establishment
        if (target, establishment) == (home, self.state.establishment):
            raise Refusal("neither unit nor kind differs")
        if self.state.secondment is not None:
            host = self.units.canonical(self.state.secondment.host, day)
            inside = self.units.statutory(target, day)
            if inside == self.units.statutory(host, day):
                self.end_secondment(day)
            elif inside != self.units.statutory(home, day):
                raise Refusal("record the return first")
        self.state = replace(self.state, unit=target, establishment=establishment, charged_since=day)

    def appointed(self, fact: Fact) -> None:
        if fact.get("title") in self.state.positions:
            raise Refusal("the title is already held")
        position = Position(fact.get("rank"), fact.get("counts"), fact.get("unit"))
        positions = {**self.state.positions, fact.get("title"): position}
        self.state = replace(self.state, positions=positions)

    def relieved(self, fact: Fact) -> None:
        positions = dict(self.state.positions)
        if positions.pop(fact.get("title"), None) is None:
            raise Refusal("that position is not held")
        self.state = replace(self.state, positions=positions)

    def secondment_started(self, fact: Fact) -> None:
        if self.state.secondment is not None:
            raise Refusal("a secondment is running")
        home = self.units.canonical(self.state.unit, fact.on)
        if self.units.statutory(fact.get("host"), fact.on) == self.units.statutory(home, fact.on):
            raise Refusal("inside one statutory unit this is an internal duty")
        secondment = Secondment(
            host=fact.get("host"),
            start=fact.on,
            kind=fact.get("kind"),
            authority=fact.get("authority"),
            terms=[(fact.on, fact.get("until"))],
        )
        self.secondments.append(secondment)
        self.state = replace(self.state, secondment=secondment)

    def secondment_extended(self, fact: Fact) -> None:
        running = self.running()
        current = running.terms[-1][1]
        if current is not None and fact.get("until") <= current:
            raise Refusal("the new until is not later than the current one")
        running.terms.append((fact.on, fact.get("until")))

    def secondment_ended(self, fact: Fact) -> None:
        self.end_secondment(fact.on)

    def leave_started(self, fact: Fact) -> None:
        if self.state.leave is not None:
            raise Refusal("already on leave")
        self.state = replace(self.state, leave=fact.get("kind"), leave_since=fact.on)

    def leave_ended(self, _fact: Fact) -> None:
        if self.state.leave is None:
            raise Refusal("not on leave")
        self.state = replace(self.state, leave=None, leave_since=None)

    def departed(self, fact: Fact) -> None:
        if self.state.secondment is not None:
            self.end_secondment(fact.on)
        self.state = State(name=self.state.name)

    def running(self) -> Secondment:
        if self.state.secondment is None:
            raise Refusal("no secondment is running")
        return self.state.secondment

    def end_secondment(self, day: date) -> None:
        self.running().end = day
        self.state = replace(self.state, secondment=None)
