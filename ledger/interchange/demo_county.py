"""The demo's county: everything recorded from 2013 to 2023 in an invented county around the town of the seed report.

The town's 210 entries come unchanged and in the order of their file. The file begins with its units and quotas, some
of them years ahead of their day, so these are recorded when the ledger opens; everybody and everything else in it is
recorded a few days after its day or, where the file says so by its order, late. The county's other entries never name
the town's people or units, except the county itself as parent: the town's figures stay those of the report.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from random import Random

from ledger.interchange.demo_claims import claims
from ledger.interchange.demo_loans import Loans
from ledger.interchange.demo_movements import opening_days, simulate
from ledger.interchange.demo_people import Person
from ledger.interchange.demo_quotas import add_quotas
from ledger.interchange.demo_recording import Rates, Recording
from ledger.interchange.demo_reorganisations import county_plan
from ledger.interchange.demo_structure import Json
from ledger.interchange.demo_tables import TASK_FORCES
from ledger.interchange.demo_units import OPENING, CountyPlan
from ledger.interchange.demo_world import World

TOWN = "T1"
TOWN_DAY = date(2022, 6, 30)
"""The unit and the day whose headcount the demo prints."""
CLOSING = date(2023, 12, 22)
SEED = 20220630
STRUCTURE = 48
"""So many lines at the head of the seed file are units and quotas."""
MORNING = timedelta(minutes=30)
"""08:30 in Asia/Shanghai is 00:30 UTC."""

Row = tuple[date, int, int, date, float, Json]


def seed_entries() -> list[Json]:
    """The seed town's entries, in file order."""
    text = resources.files("ledger.interchange").joinpath("data/town-2022.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def demo_entries() -> Iterator[tuple[datetime, Json]]:
    """Every entry of the demo ledger with the instant (UTC) at which it was recorded, in recording order."""
    rng = Random(SEED)
    plan = county_plan(rng)
    add_quotas(plan, rng)
    people = simulate(plan, rng)
    rows = _seed_rows(rng) + _plan_rows(plan) + _people_rows(plan, people, rng)
    rows += [(_workday(day), 3, at, day, 0.0, entry) for at, (day, entry) in enumerate(claims(plan, people, rng))]
    yield from _clocked(sorted(rows, key=lambda row: row[:5]), rng)


def _workday(day: date) -> date:
    """Offices record on working days."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def _seed_rows(rng: Random) -> list[Row]:
    """The town's rows; a day never goes back, because the order of the file is the order of the ledger."""
    rows: list[Row] = []
    day = OPENING
    for line, entry in enumerate(seed_entries()):
        if line >= STRUCTURE and "effective_on" in entry:
            day = max(day, date.fromisoformat(entry["effective_on"]) + timedelta(days=rng.randrange(4)))
        elif line >= STRUCTURE:
            day += timedelta(days=3)
        rows.append((_workday(day), 0, line, day, 0.0, entry))
    return rows


def _plan_rows(plan: CountyPlan) -> list[Row]:
    rows: list[Row] = []
    for at, (day, entry) in enumerate(plan.dated):
        rows.append((_workday(max(OPENING, day)), 1, at, day, 0.0, entry))
    return sorted(rows, key=lambda row: (row[0], row[3], row[2]))


def _people_rows(plan: CountyPlan, people: list[Person], rng: Random) -> list[Row]:
    rates = Rates(late=0.06, ahead=0.06, wrong=0.06, opening=OPENING + timedelta(days=2), closing=CLOSING)
    loans = Loans(World(plan, rng))
    recording = Recording(plan.units, rates, rng, loans.steady_host)
    days = opening_days(people)
    closing = {code for code, *_, until in TASK_FORCES if until}
    rows: list[Row] = []
    for at, person in enumerate(people):
        typed = [days[person.code] if entry.get("baseline") else None for entry in person.entries]
        plain = any(entry.get("host") in closing for entry in person.entries)
        for day, order, entry in recording.steps(person.entries, typed, plain=plain):
            rows.append((_workday(day), 2, at, day, order, entry))
    return rows


def _clocked(rows: list[Row], rng: Random) -> Iterator[tuple[datetime, Json]]:
    """Spread each day's rows over its office hours."""
    at = 0
    while at < len(rows):
        day = rows[at][0]
        count = next((n for n in range(at, len(rows)) if rows[n][0] != day), len(rows)) - at
        room = timedelta(hours=9) / count
        start = datetime(day.year, day.month, day.day, tzinfo=UTC) + MORNING
        for number in range(count):
            yield start + room * (number + rng.random() * 0.9), rows[at + number][5]
        at += count
