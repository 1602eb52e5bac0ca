"""One person as the rules look at a life: the timeline as known at K, with the entries that made it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from ledger.domain.entries import Authority, SecondmentStarted
from ledger.domain.facts import Fact
from ledger.domain.periods import ChargePeriod, charge_periods
from ledger.domain.person import NOBODY, PersonState, Spell, Step, Timeline
from ledger.domain.secondments import Stay
from ledger.domain.spans import Span
from ledger.domain.time import FOREVER, Day, add_months
from ledger.domain.units import Structure


def months_after(day: Day, months: int) -> Day:
    """`add_months` for day numbers; beyond the last date there is, FOREVER."""
    try:
        return add_months(date.fromordinal(day), months).toordinal()
    except OverflowError:
        return FOREVER


def shown(day: Day | None) -> str | None:
    """A day as evidence tells it."""
    return None if day is None or day >= FOREVER else date.fromordinal(day).isoformat()


class Term(NamedTuple):
    """A run of days `[begin, end)` of one secondment on which its last day is the same; None is an open term."""

    begin: Day
    end: Day
    until: Day | None


@dataclass(frozen=True)
class Life:
    """One person at K. `ids`: position of an entry -> its id."""

    person: str
    facts: Sequence[Fact]
    timeline: Timeline
    structure: Structure
    ids: Callable[[int], str]

    def step(self, day: Day) -> Step | None:
        """What is stated last on or before a day."""
        return next((step for step in reversed(self.timeline.steps) if step.day <= day), None)

    def state(self, day: Day) -> PersonState:
        """The person on a day."""
        step = self.step(day)
        return NOBODY if step is None else step.state

    def name(self, day: Day) -> str:
        """The name on a day; before the first hire the first known one."""
        states = [step.state for step in self.timeline.steps if step.day <= day] or [
            step.state for step in self.timeline.steps[:1]
        ]
        return states[-1].description.name if states and states[-1].description is not None else self.person

    @cached_property
    def spells(self) -> list[Spell]:
        """The secondments that ran at least a day, in order (spec 1.1: others show in no rule)."""
        return [spell for spell in self.timeline.spells if spell.ended > spell.secondment.started]

    @cached_property
    def stays(self) -> list[Stay]:
        """The same as chains need them."""
        return [
            Stay(spell.secondment.key, spell.secondment.entry.host, spell.secondment.started, spell.ended)
            for spell in self.spells
        ]

    @property
    def charges(self) -> tuple[ChargePeriod, ...]:
        """The runs of days with one charge."""
        return charge_periods(self.timeline)

    def stating(self, day: Day, *keys: str) -> list[str]:
        """Ids of the entries by a day that state each of these facts last."""
        found: dict[str, str] = {}
        for fact in self.facts:
            if fact.day <= day:
                found.update((key, fact.id) for key in keys if getattr(fact.entry, key, None) is not None)
        return list(dict.fromkeys(found.values()))

    def runs(self) -> Iterable[tuple[Day, Day, PersonState]]:
        """The runs of days `[begin, end)` between two statements, on the register or not."""
        steps = self.timeline.steps
        for index, step in enumerate(steps):
            yield step.day, steps[index + 1].day if index + 1 < len(steps) else FOREVER, step.state


@dataclass(frozen=True)
class Away:
    """One secondment that runs on the day asked about."""

    life: Life
    spell: Spell
    day: Day

    @classmethod
    def on(cls, life: Life, day: Day) -> Away | None:
        """The secondment running on a day; None where there is none."""
        spell = next((one for one in life.spells if one.secondment.started <= day < one.ended), None)
        return None if spell is None else cls(life, spell, day)

    @property
    def entry(self) -> SecondmentStarted:
        """What its start says."""
        return self.spell.secondment.entry

    @property
    def key(self) -> int:
        """Position of the entry that first started it."""
        return self.spell.secondment.key

    @property
    def started(self) -> Day:
        """Its first day."""
        return self.spell.secondment.started

    @property
    def run(self) -> Span:
        """All its days."""
        return (self.started, self.spell.ended)

    @property
    def document(self) -> Authority | None:
        """The authority with a document number, if there is one."""
        authority = self.entry.authority
        return authority if authority is not None and authority.document_no else None

    @cached_property
    def terms(self) -> list[Term]:
        """Its runs of days by last day, as extended by entries effective by then (spec 1.6)."""
        until = None if self.entry.until is None else self.entry.until.toordinal()
        found: list[Term] = []
        begin = self.started
        for extension in self.spell.secondment.extensions:
            if extension.day > begin:
                found.append(Term(begin, extension.day, until))
            begin, until = extension.day, extension.until
        return [*found, Term(begin, self.spell.ended, until)]

    @property
    def until(self) -> Day | None:
        """Its last day as of the day asked about."""
        return next(term.until for term in self.terms if term.begin <= self.day < term.end)

    @property
    def before(self) -> list[Spell]:
        """The person's secondments that began earlier."""
        return [spell for spell in self.life.spells if spell.secondment.started < self.started]

    @property
    def entries(self) -> list[str]:
        """Ids of the start and of the extensions effective by the day asked about."""
        secondment = self.spell.secondment
        keys = [one.key for one in secondment.extensions if one.day <= self.day]
        standing = {fact.place: fact.id for fact in self.life.facts}
        return [self.life.ids(secondment.position), *(standing.get(key, self.life.ids(key)) for key in keys)]
