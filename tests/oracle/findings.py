"""The findings of spec 1.6 on one day, by judging every rule of the table on that day alone.

A finding's `first_true_on` is not computed but put to the test: true on that day, not true the day before, true on
the days between (see `run_problem`).
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

from tests.oracle.findings_people import PersonCase, judge_person
from tests.oracle.findings_units import BY_NUMBERS, judge_papers, judge_unit
from tests.oracle.findings_world import Found, World
from tests.oracle.judge import Ledger

Key = tuple[str, str]


@dataclass
class Court:
    """All findings of one state of knowledge, remembered by day."""

    ledger: Ledger

    def __post_init__(self) -> None:
        self.world = World(self.ledger)
        self.cases = {number: PersonCase(self.world, number) for number in self.ledger.people}
        self.judged: dict[tuple[str, date], dict[Key, Found]] = {}
        self.numbers: dict[tuple[str, date], dict[Key, Found]] = {}
        self.papers: dict[date, dict[Key, Found]] = {}

    def on(self, day: date) -> dict[Key, Found]:
        """Every finding, true or insufficient, of everybody."""
        found: dict[Key, Found] = {}
        for number in self.cases:
            found.update(self.of_person(number, day))
        for unit in self.world.units.codes():
            found.update(self.of_unit(unit, day))
        return found | self.of_papers(day)

    def of_unit(self, unit: str, day: date) -> dict[Key, Found]:
        if (unit, day) not in self.numbers:
            self.numbers[unit, day] = judge_unit(self.world, unit, day)
        return self.numbers[unit, day]

    def of_papers(self, day: date) -> dict[Key, Found]:
        if day not in self.papers:
            self.papers[day] = judge_papers(self.world, day)
        return self.papers[day]

    def of_person(self, number: str, day: date) -> dict[Key, Found]:
        if (number, day) not in self.judged:
            self.judged[number, day] = judge_person(self.cases[number], day)
        return self.judged[number, day]

    def is_true(self, key: Key, day: date) -> bool:
        sort, _, name = key[1].partition(":")
        if sort == "person":
            known = self.of_person(name.split("/")[0], day)
        else:
            known = self.of_unit(name.split("/")[0], day) if key[0] in BY_NUMBERS else self.of_papers(day)
        found = known.get(key)
        return found is not None and found.state == "true"

    def run_problem(self, key: Key, first: date, day: date) -> str | None:
        """What speaks against `first` as the first day of the run of true days that contains `day`."""
        if first > day:
            return f"begins on {first}, after the day asked about"
        if self.is_true(key, first - timedelta(days=1)):
            return f"begins on {first}, but was true the day before"
        for between in self.days_between(first, day):
            if not self.is_true(key, between):
                return f"begins on {first}, but is not true on {between}"
        return None

    def days_between(self, first: date, day: date) -> list[date]:
        """Every day of short runs; of long ones those beside an entry, and every ninth."""
        length = (day - first).days
        every = [first + timedelta(days=number) for number in range(length + 1)]
        if length <= 40:
            return every
        used = self.world.days
        return [each for index, each in enumerate(every) if index % 9 == 0 or near(used, each)]


def near(used: list[date], day: date) -> bool:
    """Whether some entry lies on the day or the day before or after."""
    place = bisect_right(used, day + timedelta(days=1))
    return place > 0 and used[place - 1] >= day - timedelta(days=1)
