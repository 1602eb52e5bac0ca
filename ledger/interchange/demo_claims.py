"""Year-end census claims of the invented county's towns: most agree with the ledger, some do not."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

from ledger.interchange.demo_numbers import number
from ledger.interchange.demo_people import Person
from ledger.interchange.demo_structure import Json, Units
from ledger.interchange.demo_tables import TOWNS
from ledger.interchange.demo_units import CountyPlan, Dated

KINDS = ("administrative", "public_institution", "support")


def claims(plan: CountyPlan, people: list[Person], rng: Random) -> list[Dated]:
    """One claim a year and town, recorded in the following January."""
    made: list[Dated] = []
    for year in range(2014, 2023):
        on = f"{year}-12-31"
        on_roll = _on_roll(plan.units, people, on)
        for town, _ in TOWNS:
            if plan.units.exists(town, on):
                measures = _measures(plan, town, on, on_roll)
                _err(measures, rng)
                entry: Json = {
                    "id": f"XC-{town}-{year}",
                    "type": "census_claimed",
                    "effective_on": on,
                    "unit": town,
                    "source": f"{year}年度机构编制统计年报",
                    "measures": measures,
                }
                made.append((date(year + 1, 1, 8) + timedelta(days=rng.randrange(14)), entry))
    return made


def _on_roll(units: Units, people: list[Person], on: str) -> Counter[tuple[str, str]]:
    held: Counter[tuple[str, str]] = Counter()
    for person in people:
        charge = next((row for row in reversed(person.charges) if row[0] <= on), None)
        if charge is not None and charge[1] is not None:
            held[units.statutory(charge[1], on), charge[2]] += 1
    return held


def _measures(plan: CountyPlan, town: str, on: str, on_roll: Counter[tuple[str, str]]) -> dict[str, int]:
    quotas = {kind: number(plan, town, kind, on) for kind in KINDS}
    measures = {"quota": sum(q for q in quotas.values() if q is not None)}
    measures.update({f"quota.{kind}": quota for kind, quota in quotas.items() if quota is not None})
    measures["on_roll"] = sum(on_roll[town, kind] for kind in KINDS)
    measures.update({f"on_roll.{kind}": on_roll[town, kind] for kind in KINDS})
    return measures


def _err(measures: dict[str, int], rng: Random) -> None:
    """Figures given from memory: one in twelve claims is off, and one in thirty does not even add up."""
    draw = rng.random()
    if draw < 0.08:
        wrong = rng.choice((-2, -1, 1, 1, 2))
        for key in ("on_roll", "on_roll.administrative"):
            measures[key] += wrong
    elif draw < 0.115:
        measures["quota"] += rng.choice((-1, 1))
