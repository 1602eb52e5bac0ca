"""The simulation's clock and agenda, and what every part of it needs to know."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from ledger.interchange.demo_people import Person, Register
from ledger.interchange.demo_structure import Json, Units
from ledger.interchange.demo_units import CountyPlan, paper

END = date(2023, 12, 1)


class World:
    """The clock, the agenda, and what every part of the simulation needs to know."""

    def __init__(self, plan: CountyPlan, rng: Random) -> None:
        self.plan = plan
        self.units: Units = plan.units
        self.rng = rng
        self.register = Register(plan, rng)
        self.people = self.register.people
        self.filled: Counter[tuple[str, str]] = Counter()
        self._agenda: list[tuple[date, int, Callable[[str], None]]] = []
        self._number = 0
        self._papers: Counter[str] = Counter()

    def at(self, day: date, act: Callable[[str], None]) -> None:
        """Put something on the agenda."""
        self._number += 1
        if day <= END:
            heapq.heappush(self._agenda, (day, self._number, act))

    def paper(self, series: str, on: str, issuer: str) -> Json:
        """A document; one in four carries a second case under the number before."""
        key = series + on[:4]
        self._papers[key] += self.rng.random() < 0.75 or not self._papers[key]
        return paper(series, on, 100 + self._papers[key], issuer)

    def home(self, person: Person, on: str) -> str:
        """The statutory unit that pays for the person."""
        return self.units.statutory(person.unit or "", on)

    def pick(self, on: str, fits: Callable[[Person], bool], tries: int = 60) -> Person | None:
        """Somebody on the register who fits and to whom nothing has happened that day or later."""
        for _ in range(tries):
            person = self.rng.choice(self.people)
            if person.unit is not None and person.last < on and fits(person):
                return person
        return None

    def count(self, on: str) -> None:
        """How many are charged to each statutory unit, by kind."""
        self.filled = Counter((self.home(p, on), p.kind) for p in self.people if p.unit is not None)

    def run(self) -> None:
        """Do everything on the agenda in the order of the days."""
        while self._agenda:
            day, _, act = heapq.heappop(self._agenda)
            act(day.isoformat())

    def spread(self, month: date, mean: float, act: Callable[[str], None]) -> None:
        """About ``mean`` times within the month that begins on that day."""
        for _ in range(int(mean + self.rng.random())):
            self.at(month + timedelta(days=self.rng.randrange(28)), act)
