"""Ten years of movements in the invented county: a simulation day by day, each entry legal on its day."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from ledger.interchange.demo_careers import Careers
from ledger.interchange.demo_loans import Loans
from ledger.interchange.demo_people import PEOPLE, Person
from ledger.interchange.demo_units import OPENING, CountyPlan
from ledger.interchange.demo_world import World

START = date(2013, 1, 14)
YEARS = range(2013, 2024)


def simulate(plan: CountyPlan, rng: Random) -> list[Person]:
    """Everybody's true timeline from the opening to the end of 2023."""
    world = World(plan, rng)
    careers, loans = Careers(world), Loans(world)
    for person in world.register.opening():
        careers.retire_later(person)
    careers.offices.opening_leaders()
    loans.opening(60)
    left = PEOPLE - len(world.people)
    for number in range(left):
        year = YEARS[number % len(YEARS)]
        careers.hire_later(year)
    for year in YEARS:
        for month in range(1, 13):
            first = max(START, date(year, month, 1))
            if first >= date(2023, 11, 1):
                break
            quiet = 0.5 if year == 2023 else 1.0
            world.at(first, world.count)
            world.spread(first, 11 * quiet, loans.start)
            careers.month(first, quiet)
    for on in (date(2016, 1, 4), date(2019, 3, 4)):
        world.at(on, careers.offices.close_offices)
    careers.diversions("2016-07-01", 9)
    loans.before_abolitions()
    world.run()
    return world.people


def opening_days(people: list[Person]) -> dict[str, date]:
    """The opening roster is typed in unit by unit over some three weeks."""
    days: dict[str, date] = {}
    for at, person in enumerate(p for p in people if p.entries and p.entries[0].get("baseline")):
        days[person.code] = OPENING + timedelta(days=2 + at // 190)
    return days
