"""A province of any size as entries in recording order: 30 years, about ten entries a person, all of them legal.

Five levels (province, city, county, town or organ, internal office), one unit for nine people; offices and bodies are
moved and merged; about 5 % of the entries are late by 31 to 730 days, 5 % recorded ahead, 4 % put right later; 6 % of
the people are seconded at any time. The same size and seed give the same entries. `python -m benchmarks.generator
10000 FILE` writes them as JSON Lines.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryFile
from typing import TextIO

from benchmarks.province import START, Province
from ledger.interchange.demo_mistakes import shifted
from ledger.interchange.demo_names import SURNAMES, given_names
from ledger.interchange.demo_recording import Rates, Recording, Step
from ledger.interchange.demo_structure import Json

END = date(2023, 12, 31)
CLOSING = END + timedelta(days=30)
RATES = Rates(late=0.052, ahead=0.054, wrong=0.052, opening=START, closing=CLOSING, batch=4)
BASKET_DAYS = 91
ESTABLISHMENTS = {
    "administrative": 45,
    "public_institution": 40,
    "support": 7,
    "political_legal": 3,
    "off_establishment": 5,
}
A_YEAR = {"loan": 0.052, "transferred": 0.1, "leave": 0.05, "office": 0.09, "described": 0.06, "departed": 0.012}
"""How often what happens to somebody in a year."""
LOAN_KINDS = {"loan": 70, "task_force": 12, "temporary_post": 8, "shadowing": 5, "village_team": 5}
OUTCOMES = {"returned": 70, "converted": 4, "recalled": 11, "overdue": 14, "never": 1.5}
"""How a secondment ends."""
DEPARTURES = ("resigned", "moved_out", "early_retired", "died", "dismissed")


@dataclass(slots=True)
class Life:
    """One person's true timeline while it is made; `last` is the day of the newest entry."""

    code: str
    entries: list[Json]
    unit: str
    kind: str
    last: str
    stop: str
    titles: int = 0
    office: str | None = None

    def add(self, type_: str, on: str, **keys: object) -> None:
        """One more entry, if it still lies before the end; otherwise nothing more happens."""
        self.last = on
        if on < self.stop:
            entry: Json = {"id": f"{self.code}-{len(self.entries) + 1}", "type": type_, "effective_on": on}
            entry["person"] = self.code
            entry.update(keys)
            self.entries.append(entry)


class Lives:
    """Makes one person after another."""

    def __init__(self, province: Province, rng: Random) -> None:
        self._province = province
        self._units = province.units
        self._rng = rng
        self._given = given_names()
        self._loans = [kind for kind, weight in LOAN_KINDS.items() for _ in range(weight)]
        self._kinds = [kind for kind, weight in ESTABLISHMENTS.items() for _ in range(weight)]
        self._happenings = list(A_YEAR)
        self._weights = list(A_YEAR.values())
        self._mean = 365.25 / sum(self._weights)

    def life(self, number: int) -> list[Json]:
        """The true timeline of one person, in effective order."""
        life = self._hired(number)
        while True:
            on = shifted(life.last, 1 + int(self._rng.expovariate(1 / self._mean)))
            if on >= life.stop:
                break
            happening = self._rng.choices(self._happenings, self._weights)[0]
            getattr(self, f"_{happening}")(life, on)
            if happening == "departed":
                return life.entries
        if life.stop < END.isoformat():
            on, life.stop = life.stop, "9999"
            life.add("departed", on, reason="retired")
        return life.entries

    def _hired(self, number: int) -> Life:
        rng = self._rng
        opening = self._chance(0.62)
        age = rng.randint(20, 30)
        if opening:
            hired = date(1993, 12, 28) - timedelta(days=int(rng.random() ** 1.3 * 25 * 365))
        else:
            hired = START + timedelta(days=60 + rng.randrange(29 * 365))
        born = date(hired.year - age, rng.randint(1, 12), rng.randint(1, 28))
        retires = date(born.year + 60, born.month, 1)
        kind = rng.choice(self._kinds)
        unit = self._province.desk(number, hired.isoformat())
        life = Life(f"P{number:06d}", [], unit, kind, "", min(retires, END).isoformat())
        facts: Json = {"name": rng.choice(SURNAMES) + rng.choice(self._given), "unit": unit, "establishment": kind}
        facts |= {"gender": rng.choice(("male", "male", "female")), "born_on": born.isoformat()}
        if facts["gender"] == "female":
            facts["retirement_age"] = 60 if self._chance(0.1) else 55
        life.add("hired", hired.isoformat(), **facts, **({"baseline": True} if opening else {}))
        if opening:
            life.last = START.isoformat()
        return life

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    # What may happen to somebody at work

    def _loan(self, life: Life, on: str) -> None:
        rng = self._rng
        host = self._province.host(life.unit, on, rng)
        if host is None:
            return
        months = rng.choice((6, 6, 6, 12, 12, 24))
        until: str | None = shifted(on, months * 30) if self._chance(0.96) else None
        paper = {"document_no": f"组借〔{on[:4]}〕{rng.randrange(1, 999)}号", "issued_by": "组织部", "issued_on": on}
        keys = {} if self._chance(0.12) else {"authority": paper}
        life.add("secondment_started", on, host=host, until=until, kind=rng.choice(self._loans), **keys)
        while until is not None and self._chance(0.32):
            when = shifted(until, rng.randint(-20, 15))
            if when <= life.last:
                break
            until = shifted(until, rng.choice((90, 180, 180, 365)))
            life.add("secondment_extended", when, until=until)
        self._loan_ends(life, host, until)

    def _loan_ends(self, life: Life, host: str, until: str | None) -> None:
        rng, units = self._rng, self._units
        outcome = rng.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
        end = shifted(life.last, rng.randint(100, 700)) if until is None else shifted(until, 1)
        if outcome == "never":
            end = life.stop
        elif outcome == "overdue":
            end = shifted(end, rng.randint(10, 300))
        elif outcome == "recalled":
            end = max(shifted(end, -rng.randint(5, 80)), shifted(life.last, 1))
        into = units.canonical(host, end)
        if outcome == "converted" and into != units.canonical(life.unit, end) and end < life.stop:
            life.add("transferred", end, unit=into)
            life.unit = into
        else:
            life.add("secondment_ended", end, **({"reason": "recalled"} if outcome == "recalled" else {}))

    def _transferred(self, life: Life, on: str) -> None:
        unit = self._province.elsewhere(life.unit, on, self._rng)
        if unit == self._units.canonical(life.unit, on):
            return
        kind = self._rng.choice(self._kinds) if self._chance(0.1) else life.kind
        keys = {} if kind == life.kind else {"establishment": kind}
        life.add("transferred", on, unit=unit, **keys)
        life.unit, life.kind = unit, kind

    def _leave(self, life: Life, on: str) -> None:
        kind, days = self._rng.choice((("sick", 200), ("sick", 90), ("maternity", 158), ("study", 300)))
        life.add("leave_started", on, kind=kind)
        life.add("leave_ended", shifted(on, days + self._rng.randint(0, 40)))

    def _office(self, life: Life, on: str) -> None:
        if life.office is not None:
            life.add("relieved", on, title=life.office)
            life.office = None
            return
        life.titles += 1
        life.office = f"第{life.titles}任科长"
        unit = self._units.canonical(life.unit, on)
        life.add("appointed", on, title=life.office, rank=self._rng.choice(("正科级", "副科级")), unit=unit)

    def _described(self, life: Life, on: str) -> None:
        life.add("person_described", on, identity="civil_servant" if life.kind == "administrative" else "worker")

    def _departed(self, life: Life, on: str) -> None:
        life.add("departed", on, reason=self._rng.choice(DEPARTURES))


class Baskets:
    """Entries put aside by the quarter in which they are recorded, in temporary files, so that memory stays small."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._files: dict[int, TextIO] = {}
        self._number = 0

    def put(self, steps: Iterable[Step]) -> None:
        """Put one subject's steps aside; their order on one day is kept."""
        for day, _, entry in steps:
            self._number += 1
            basket = max(0, (day - START).days) // BASKET_DAYS
            if basket not in self._files:
                file = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - the stack closes it
                self._files[basket] = self._stack.enter_context(file)
            text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
            self._files[basket].write(f"{day.toordinal():07d} {self._number:09d} {text}\n")

    def take(self) -> Iterator[Json]:
        """Everything, day by day."""
        for basket in sorted(self._files):
            file = self._files[basket]
            file.seek(0)
            for line in sorted(file):
                yield json.loads(line[18:])


def generate(people: int, seed: int = 1) -> Iterator[Json]:
    """All entries of a province with so many people, in the order in which they were recorded."""
    rng = Random(f"{seed}/{people}")
    province = Province(people, rng)
    lives = Lives(province, rng)

    def host(unit: str, on: str) -> str | None:
        return province.anywhere(on, rng)

    recording = Recording(province.units, RATES, rng, host)
    with ExitStack() as stack:
        baskets = Baskets(stack)
        baskets.put((max(START, day), 0.0, entry) for day, entry in province.dated)
        for number in range(people):
            entries = lives.life(number)
            opening = START + timedelta(days=10 + number * 20 // people)
            days = [opening if entry.get("baseline") else None for entry in entries]
            baskets.put(recording.steps(entries, days))
        yield from baskets.take()


def main() -> None:
    people, path = int(sys.argv[1]), Path(sys.argv[2])
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for entry in generate(people):
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            count += 1
    print(f"{count} entries")


if __name__ == "__main__":
    main()
