"""One person's timeline: what is legal when, and what each entry changes (spec 1.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from ledger.domain import entries as e
from ledger.domain.facts import Fact, Illegal
from ledger.domain.secondments import belongs_to
from ledger.domain.terms import Outcome
from ledger.domain.time import FOREVER, Day
from ledger.domain.units import Structure


class Extension(NamedTuple):
    """A later last day; it holds from its own day on."""

    day: Day
    until: Day
    key: int


class Secondment(NamedTuple):
    """A secondment as it stands: `until` is the last day, inclusive; None is an open term.

    `key`: position of the entry that first started it, the same after corrections; `position`: where the
    entry now in effect was recorded.
    """

    key: int
    position: int
    started: Day
    entry: e.SecondmentStarted
    until: Day | None
    extensions: tuple[Extension, ...]


class Spell(NamedTuple):
    """A secondment from start to end as the whole timeline tells it; `ended` is FOREVER while it runs."""

    secondment: Secondment
    ended: Day
    outcome: Outcome | None
    ended_by: int | None


class Leave(NamedTuple):
    """A long leave."""

    key: int
    kind: str
    since: Day


class Position(NamedTuple):
    """A position held; `unit` None belongs to the unit charged on the day asked about (spec 1.4)."""

    title: str
    rank: str | None
    counts: bool
    unit: str | None
    key: int


class Description(NamedTuple):
    """What is told about a person; dates as day numbers."""

    name: str
    gender: str | None = None
    born_on: Day | None = None
    born_precision: str | None = None
    retirement_age: int | None = None
    identity: str | None = None


class PersonState(NamedTuple):
    """A person after some of the facts. Off the register, `unit` is None and so is all but the description."""

    unit: str | None = None
    establishment: str | None = None
    charged_since: Day = 0
    hired_on: Day = 0
    secondment: Secondment | None = None
    leave: Leave | None = None
    positions: tuple[Position, ...] = ()
    description: Description | None = None


NOBODY = PersonState()


class Step(NamedTuple):
    """The state from a day on, and the position of the last entry that made it so."""

    day: Day
    cause: int
    state: PersonState


@dataclass(slots=True)
class Timeline:
    """All the steps of one person, one for each day on which something is stated, and the spells of secondment.

    Not `whole`, it begins with the last step of a longer one (`standing`): what it tells is true of the days from
    there on, and whatever is stated of a later day can be added to it.
    Never changed but for what was worked out from these once and is looked at often (`periods.told`): `told`, and of
    a timeline with one step more than another, what was `told_before` that step.
    """

    steps: tuple[Step, ...] = ()
    spells: tuple[Spell, ...] = ()
    whole: bool = True
    told: Any = field(default=None, compare=False, repr=False)
    told_before: Any = field(default=None, compare=False, repr=False)

    def takes(self, day: Day) -> bool:
        """Whether what comes last on a day can be added: all that is known of the day must be there."""
        return not self.steps or self.steps[-1].day < day or (self.whole and self.steps[-1].day == day)


def _problem(code: str, fact: Fact, **params: Any) -> Illegal:
    entry = fact.entry
    assert isinstance(entry, e.PersonEntry)
    return Illegal(fact, code, {"person": entry.person, "date": entry.effective_on, **params})


def _missing(unit: str, fact: Fact, structure: Structure) -> Illegal | None:
    """A unit must exist on the effective date of every entry that names it (spec 1.3)."""
    if structure.exists(unit, fact.day):
        return None
    return _problem("unit_not_existing" if structure.known(unit) else "unit_unknown", fact, unit=unit)


def _described(entry: e.Hired | e.PersonDescribed, before: Description | None) -> Description:
    """Facts given replace, facts not given stay; a re-hire keeps earlier ones (spec 1.3)."""
    base = before or Description(entry.name or "")
    return Description(
        entry.name or base.name,
        entry.gender or base.gender,
        base.born_on if entry.born_on is None else entry.born_on.toordinal(),
        entry.born_precision or (base.born_precision if entry.born_on is None else None),
        entry.retirement_age or base.retirement_age,
        entry.identity or base.identity,
    )


def _hired(state: PersonState, fact: Fact, structure: Structure) -> PersonState | Illegal:
    entry = fact.entry
    assert isinstance(entry, e.Hired)
    missing = _missing(entry.unit, fact, structure)
    if missing is not None:
        return missing
    if state.unit is not None:
        return _problem("already_on_register", fact)
    return PersonState(
        unit=entry.unit,
        establishment=entry.establishment,
        charged_since=fact.day,
        hired_on=fact.day,
        description=_described(entry, state.description),
    )


def _person_described(state: PersonState, fact: Fact, structure: Structure) -> PersonState | Illegal:
    entry = fact.entry
    assert isinstance(entry, e.PersonDescribed)
    if state.description is None:
        return _problem("person_unknown", fact)
    return state._replace(description=_described(entry, state.description))


def _transferred(state: PersonState, fact: Fact, structure: Structure) -> PersonState | Illegal:
    entry = fact.entry
    assert isinstance(entry, e.Transferred)
    missing = _missing(entry.unit, fact, structure)
    if missing is not None:
        return missing
    if state.unit is None:
        return _problem("not_on_register", fact)
    kind = entry.establishment or state.establishment
    if kind == state.establishment and structure.canonical(state.unit, fact.day) == entry.unit:
        return _problem("charge_unchanged", fact, unit=entry.unit, establishment=kind)
    after = state._replace(unit=entry.unit, establishment=kind, charged_since=fact.day)
    if state.secondment is None:
        return after
    host = state.secondment.entry.host
    target = structure.statutory(entry.unit, fact.day)
    if target == belongs_to(structure, host, fact.day):
        return after._replace(secondment=None)
    if target == belongs_to(structure, state.unit, fact.day):
        return after
    return _problem("return_first", fact, unit=entry.unit, host=host)


def _appointed(state: PersonState, fact: Fact, structure: Structure) -> PersonState | Illegal:
    entry = fact.entry
    assert isinstance(entry, e.Appointed)
    missing = _missing(entry.unit, fact, structure) if entry.unit is not None else None
    if missing is not None:
        return missing
    if state.unit is None:
        return _problem("not_on_register", fact)
    if any(held.title == entry.title for held in state.positions):
        return _problem("position_held", fact, title=entry.title)
    position = Position(entry.title, entry.rank, entry.counts, entry.unit, fact.place)
    return state._replace(positions=(*state.positions, position))


def _relieved(state: PersonState, fact: Fact, structure: Structure) -> PersonState | Illegal:
    entry = fact.entry
    assert isinstance(entry, e.Relieved)
    if state.unit is None:
        return _problem("not_on_register", fact)
    left = tuple(held for held in state.positions if held.title != entry.title)
    if len(left) == len(state.positions):
        return _problem("position_not_held", fact, title=entry.title)
    return state._replace(positions=left)


def _secondment_started(state: PersonState, fact: Fact, structure: Structure) -> PersonState | Illegal:
    entry = fact.entry
    assert isinstance(entry, e.SecondmentStarted)
    missing = _missing(entry.host, fact, structure)
    if missing is not None:
        return missing
    if state.unit is None:
        return _problem("not_on_register", fact)
    if state.secondment is not None:
        return _problem("secondment_running", fact, host=state.secondment.entry.host)
    if structure.statutory(entry.host, fact.day) == belongs_to(structure, state.unit, fact.day):
        return _problem("internal_duty", fact, host=entry.host, unit=state.unit)
    until = None if entry.until is None else entry.until.toordinal()
    return state._replace(secondment=Secondment(fact.place, fact.position, fact.day, entry, until, ()))


def _secondment_extended(state: PersonState, fact: Fact, structure: Structure) -> PersonState | Illegal:
    entry = fact.entry
    assert isinstance(entry, e.SecondmentExtended)
    running = state.secondment
    if running is None:
        return _problem("no_secondment", fact)
    until = entry.until.toordinal()
    if running.until is not None and until <= running.until:
        return _problem("not_later", fact, until=entry.until, current=date.fromordinal(running.until))
    extension = Extension(fact.day, until, fact.place)
    return state._replace(secondment=running._replace(until=until, extensions=(*running.extensions, extension)))


def _secondment_ended(state: PersonState, fact: Fact, structure: Structure) -> PersonState | Illegal:
    if state.secondment is None:
        return _problem("no_secondment", fact)
    return state._replace(secondment=None)


def _leave_started(state: PersonState, fact: Fact, structure: Structure) -> PersonState | Illegal:
    entry = fact.entry
    assert isinstance(entry, e.LeaveStarted)
    if state.unit is None:
        return _problem("not_on_register", fact)
    if state.leave is not None:
        return _problem("already_on_leave", fact)
    return state._replace(leave=Leave(fact.place, entry.kind, fact.day))


def _leave_ended(state: PersonState, fact: Fact, structure: Structure) -> PersonState | Illegal:
    if state.leave is None:
        return _problem("not_on_leave", fact)
    return state._replace(leave=None)


def _departed(state: PersonState, fact: Fact, structure: Structure) -> PersonState | Illegal:
    if state.unit is None:
        return _problem("not_on_register", fact)
    return PersonState(description=state.description)


_RULES: dict[type[e.Entry], Callable[[PersonState, Fact, Structure], PersonState | Illegal]] = {
    e.Hired: _hired,
    e.PersonDescribed: _person_described,
    e.Transferred: _transferred,
    e.Appointed: _appointed,
    e.Relieved: _relieved,
    e.SecondmentStarted: _secondment_started,
    e.SecondmentExtended: _secondment_extended,
    e.SecondmentEnded: _secondment_ended,
    e.LeaveStarted: _leave_started,
    e.LeaveEnded: _leave_ended,
    e.Departed: _departed,
}


def evolve(state: PersonState, fact: Fact, structure: Structure) -> PersonState | Illegal:
    """The state after one fact, or why the fact cannot stand there; the table of spec 1.3."""
    return _RULES[type(fact.entry)](state, fact, structure)


def _outcome(entry: e.Entry) -> Outcome:
    if isinstance(entry, e.SecondmentEnded):
        return Outcome(entry.reason.value)
    return Outcome.CONVERTED if isinstance(entry, e.Transferred) else Outcome.DEPARTED


def extended(timeline: Timeline, facts: Sequence[Fact], structure: Structure) -> Timeline | Illegal:
    """The timeline after some more facts, none of which is ordered before those already in it."""
    for fact in facts:
        steps, spells = timeline.steps, timeline.spells
        state = steps[-1].state if steps else NOBODY
        after = evolve(state, fact, structure)
        if isinstance(after, Illegal):
            return after
        before, running = state.secondment, after.secondment
        if before is not running:
            if running is None:
                ended = Spell(before, fact.day, _outcome(fact.entry), fact.position)  # type: ignore[arg-type]
                spells = (*spells[:-1], ended)
            else:
                spells = (*(spells if before is None else spells[:-1]), Spell(running, FOREVER, None, None))
        step = Step(fact.day, fact.position, after)
        if steps and steps[-1].day == fact.day:
            timeline = Timeline((*steps[:-1], step), spells)
        else:
            timeline = Timeline((*steps, step), spells, timeline.whole, None, timeline.told)
    return timeline


def fold(facts: Sequence[Fact], structure: Structure) -> Timeline | Illegal:
    """A person's whole timeline from the facts in order; the first that cannot stand is returned instead."""
    return extended(Timeline(), facts, structure)


def describes(person: str) -> Callable[[e.DatedEntry], bool]:
    """Tells the entries about one person."""
    return lambda entry: isinstance(entry, e.PersonEntry) and entry.person == person
