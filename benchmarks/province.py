"""The units of the benchmark's province: five levels, their quotas, and what becomes of them in 30 years."""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil
from random import Random

from ledger.interchange.demo_structure import Json, Units

START = date(1994, 1, 3)
FIRST = "1960-01-01"
PEOPLE_PER_UNIT = 9
PEOPLE_PER_BODY = 84
PEOPLE_PER_COUNTY = 1100
COUNTIES_PER_CITY = 9
FAR = 0.06
"""The share of moves and loans that lead out of the county."""
NEW = 20
"""Of so many offices one is established in the course of the 30 years."""
MERGED = 3
"""Of each hundred bodies the one that is merged into another."""


class Province:
    """Entries about units with their days of recording, and where people can be put on a day."""

    def __init__(self, people: int, rng: Random) -> None:
        self.units = Units()
        self.dated: list[tuple[date, Json]] = []
        self._rng = rng
        self._number = 0
        self._bodies: list[str] = []
        self._offices: list[str] = []
        self._county: dict[str, int] = {}
        self._in_county: dict[int, list[str]] = {}
        self._build(people)
        self._reorganise()
        for _, entry in sorted(self.dated, key=lambda row: str(row[1]["effective_on"])):
            if entry["type"].startswith("unit_"):
                self.units.apply(entry)
        self._quotas(people)

    def _add(self, day: date, type_: str, on: str, **keys: object) -> None:
        self._number += 1
        self.dated.append((day, {"id": f"U{self._number:06d}", "type": type_, "effective_on": on, **keys}))

    def _unit(self, code: str, name: str, kind: str, parent: str | None, level: str | None, on: str = FIRST) -> None:
        keys: Json = {"unit": code, "name": name, "kind": kind, "parent": parent, "level": level}
        day = START if on == FIRST else self._decided(on)
        self._add(day, "unit_established", on, **{key: value for key, value in keys.items() if value is not None})

    def _decided(self, on: str) -> date:
        """Reorganisations are recorded so early that nobody's entry about a later day comes before them."""
        return date.fromisoformat(on) - timedelta(days=self._rng.randint(62, 90))

    def _some_day(self) -> str:
        return (START + timedelta(days=self._rng.randrange(200, 29 * 365))).isoformat()

    def _build(self, people: int) -> None:
        counties = max(1, round(people / PEOPLE_PER_COUNTY))
        cities = ceil(counties / COUNTIES_PER_CITY)
        bodies = max(2 * counties, round(people / PEOPLE_PER_BODY))
        offices = max(bodies, people // PEOPLE_PER_UNIT - 1 - cities - counties - bodies)
        self._unit("S", "某省", "jurisdiction", None, "provincial")
        for city in range(cities):
            self._unit(f"C{city:02d}", f"第{city + 1}市", "jurisdiction", "S", "municipal")
        for county in range(counties):
            city = county // COUNTIES_PER_CITY
            self._unit(f"X{county:03d}", f"第{county + 1}县", "jurisdiction", f"C{city:02d}", "county")
        for body in range(bodies):
            county = body * counties // bodies
            town = body % 5 > 1
            code = f"B{body:05d}"
            level, name = ("township", f"第{body + 1}镇") if town else ("county", f"第{body + 1}局")
            self._unit(code, name, "organ", f"X{county:03d}", level)
            self._place(code, county, self._bodies)
        for office in range(offices):
            body = office * bodies // offices
            code = f"B{body:05d}-{office:05d}"
            new = office % NEW == 1 and offices > 2 * NEW and body % 100 != MERGED
            day = self._some_day() if new else FIRST
            self._unit(code, f"第{office + 1}办公室", "internal_office", f"B{body:05d}", None, day)
            self._place(code, self._county[f"B{body:05d}"], self._offices)

    def _place(self, code: str, county: int, where: list[str]) -> None:
        where.append(code)
        self._county[code] = county
        self._in_county.setdefault(county, []).append(code)

    def _reorganise(self) -> None:
        """1 % of the bodies are merged; 2 % of the offices move, 2 % are merged into a neighbour."""
        rng = self._rng
        old = {entry["unit"] for _, entry in self.dated if entry["effective_on"] == FIRST}
        gone = set(self._bodies[MERGED::100])
        for body in sorted(gone):
            into = self._neighbour(body, [b for b in self._bodies if b not in gone])
            if into is not None:
                self._change("unit_merged", unit=body, into=into)
        steady = [office for office in self._offices if office in old and office[:6] not in gone]
        for at in range(2, len(steady), 50):
            above = self._neighbour(steady[at][:6], [b for b in self._bodies if b not in gone])
            if above is not None:
                self._change("unit_moved", unit=steady[at], parent=above)
        for at in range(25, len(steady) - 1, 50):
            if steady[at + 1][:6] == steady[at][:6]:
                self._change("unit_merged", unit=steady[at], into=steady[at + 1])
        for body in rng.sample(self._bodies, len(self._bodies) // 10):
            if body not in gone:
                on = self._some_day()
                self._add(self._decided(on), "unit_renamed", on, unit=body, name=f"{body}(新)")

    def _neighbour(self, body: str, able: list[str]) -> str | None:
        near = [b for b in able if b != body and self._county[b] == self._county[body]]
        return self._rng.choice(near) if near else None

    def _change(self, type_: str, **keys: object) -> None:
        on = self._some_day()
        self._add(self._decided(on), type_, on, **keys)

    def _quotas(self, people: int) -> None:
        """Each body has its own numbers, changed about every six years."""
        rng = self._rng
        each = max(4, people // len(self._bodies))
        for body in self._bodies:
            for kind, share in (("administrative", 0.42), ("public_institution", 0.38)):
                posts = max(2, round(each * share * rng.uniform(0.8, 1.1)))
                self._add(START, "quota_set", "1990-01-01", unit=body, establishment=kind, posts=posts)
                for _ in range(5):
                    on = self._some_day()
                    if self.units.exists(body, on):
                        day = date.fromisoformat(on) + timedelta(days=rng.randint(0, 20))
                        change = rng.choice((1, 1, 2, 3))
                        self._add(day, "quota_changed", on, unit=body, establishment=kind, change=change)

    # Where people can be put

    def desk(self, number: int, on: str) -> str:
        """The office of the n-th person, or what it has become."""
        return self._standing(self._offices[number * 7919 % len(self._offices)], on)

    def _standing(self, unit: str, on: str) -> str:
        unit = self.units.canonical(unit, on)
        return unit if self.units.exists(unit, on) else self.units.canonical(unit[:6], on)

    def elsewhere(self, unit: str, on: str, rng: Random) -> str:
        """Another desk: mostly in the same county."""
        if rng.random() < FAR:
            return self._standing(rng.choice(self._offices), on)
        near = self._in_county[self._county[unit]]
        return self._standing(rng.choice(near), on)

    def host(self, unit: str, on: str, rng: Random) -> str | None:
        """A host outside the statutory unit."""
        home = self.units.statutory(unit, on)
        for _ in range(6):
            there = self.elsewhere(unit, on, rng)
            if self.units.statutory(there, on) != home:
                return there
        return None

    def anywhere(self, on: str, rng: Random) -> str | None:
        """Some body, whoever asks."""
        body = self.units.canonical(rng.choice(self._bodies), on)
        return body if self.units.exists(body, on) else None
