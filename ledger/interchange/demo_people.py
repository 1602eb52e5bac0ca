"""The invented county's people: who they are, where they stand, and how the opening roster is filled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from ledger.interchange.demo_names import Names
from ledger.interchange.demo_structure import Json
from ledger.interchange.demo_tables import HEADS, ORGAN_RANKS, TOWN_LEADERS, TOWN_RANK, TOWNS
from ledger.interchange.demo_units import OPENING, CountyPlan

PEOPLE = 2925
"""With the 75 of the seed town: 3,000."""
IDENTITY = {
    "administrative": "civil_servant",
    "political_legal": "civil_servant",
    "public_institution": "institution_staff",
    "support": "worker",
}
REVIEWERS = ("周审核", "钱复核", "孙主任")


@dataclass(slots=True)
class Person:
    """One person's true timeline and present standing."""

    code: str
    name: str
    gender: str
    born: date
    age: int
    entries: list[Json] = field(default_factory=list)
    charges: list[tuple[str, str | None, str]] = field(default_factory=list)
    unit: str | None = None
    kind: str = ""
    host: str | None = None
    started: str = ""
    until: str | None = None
    leave: bool = False
    titles: set[str] = field(default_factory=set)
    last: str = ""

    @property
    def free(self) -> bool:
        """At work in the home unit."""
        return self.unit is not None and self.host is None and not self.leave

    def add(self, type_: str, on: str, **keys: object) -> Json:
        """One more entry at the end of the person's timeline."""
        entry: Json = {
            "id": f"{self.code}-{len(self.entries) + 1:02d}",
            "type": type_,
            "effective_on": on,
            "person": self.code,
        }
        entry.update((key, value) for key, value in keys.items() if value is not None or key == "until")
        if on < OPENING.isoformat():
            entry["baseline"] = True
        self.entries.append(entry)
        self.last = on
        return entry

    def retires_on(self) -> date:
        """The first of the month after the statutory birthday (before the delays of 2025)."""
        year, month = self.born.year + self.age, self.born.month + 1
        return date(year + (month > 12), (month - 1) % 12 + 1, 1)


class Register:
    """Creates people and hires them."""

    def __init__(self, plan: CountyPlan, rng: Random) -> None:
        self.plan = plan
        self.rng = rng
        self.people: list[Person] = []
        self._names = Names(Random(rng.random()))

    def person(self, oldest: date, youngest: date, kind: str) -> Person:
        """Somebody invented, born between two days."""
        rng = self.rng
        gender = "female" if rng.random() < (0.55 if kind == "public_institution" else 0.34) else "male"
        born = oldest + timedelta(days=int((youngest - oldest).days * rng.random() ** 0.8))
        age = 60 if gender == "male" else 50 if kind == "support" else 55
        made = Person(f"P{len(self.people) + 1:04d}", self._names.next(), gender, born, age)
        self.people.append(made)
        return made

    def hire(self, person: Person, on: str, unit: str, kind: str, **keys: object) -> Json:
        """Enter somebody on the register; a few facts stay unknown, as in real files."""
        rng = self.rng
        facts: Json = {"name": person.name, "unit": unit, "establishment": kind}
        if rng.random() > 0.02:
            facts["gender"] = person.gender
        if rng.random() > 0.02:
            facts["born_on"] = person.born.isoformat()
            if rng.random() < 0.006:
                facts["born_on"], facts["born_precision"] = f"{person.born.year}-01-01", "year"
        if person.gender == "female" and rng.random() > 0.03:
            facts["retirement_age"] = person.age
        identity = IDENTITY.get(kind)
        if identity is not None and rng.random() > 0.25:
            facts["identity"] = "worker" if rng.random() < 0.012 else identity
        person.unit, person.kind = unit, kind
        person.charges.append((on, unit, kind))
        return person.add("hired", on, **facts, **keys)

    def opening(self) -> Iterator[Person]:
        """Everybody on the roster when the ledger opens, unit by unit, with leaders and running loans still to come."""
        rng = self.rng
        for (unit, kind), posts in self.plan.posts.items():
            if (unit, kind) not in self.plan.desks or unit in {"YJJ", "TYJ", "YBJ"}:
                continue
            desks = [(d, w) for d, w in self.plan.desks[unit, kind] if not d.endswith("-ZF")]
            filled = round(posts * rng.uniform(0.84, 0.96)) + (2 if unit in {"Z07", "SJU"} else 0)
            for desk in rng.choices([d for d, _ in desks], [w for _, w in desks], k=filled):
                yield self._veteran(desk, kind)

    def _veteran(self, desk: str, kind: str) -> Person:
        rng = self.rng
        person = self.person(date(1956, 3, 1), date(1991, 6, 1), kind)
        while person.retires_on() < date(2013, 2, 1):
            person.born += timedelta(days=rng.randint(700, 5000))
        start = max(person.born.year + rng.randint(19, 26), 1986)
        first = date(min(start, 2012), rng.choice((7, 8, 9)), rng.randint(1, 28))
        precision = None
        if rng.random() < 0.004:
            first, precision = date(first.year, 1, 1), "year"
        self.hire(
            person, first.isoformat(), desk, kind, effective_precision=precision, reviewed_by=rng.choice(REVIEWERS)
        )
        return person


def leader_posts(plan: CountyPlan) -> list[tuple[str, str, str, bool]]:
    """Unit, title, rank and whether it counts, for the towns and the county's organs."""
    posts = [(town, title, TOWN_RANK, counts) for town, _ in TOWNS for title, counts in TOWN_LEADERS]
    for (unit, kind), number in plan.posts.items():
        if (
            len(unit) == 3
            and not unit.startswith(("Z0", "Z10", "Z11", "Z12", "Z13"))
            and kind in {"administrative", "political_legal"}
            and number > 4
        ):
            head = HEADS.get(unit, "局长")
            posts += [
                (unit, title, rank, True)
                for title, rank in zip((head, f"常务副{head}", f"副{head}"), ORGAN_RANKS, strict=True)
            ]
    return posts
