"""The invented county's units when its ledger opens, and every unit's posts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from ledger.interchange.demo_structure import Json, Units
from ledger.interchange.demo_tables import (
    DISPATCHED,
    FORESTRY,
    INSTITUTIONS,
    MUNICIPAL,
    ORGANS,
    TOWN_LEADERS,
    TOWN_OFFICES,
    TOWN_RANK,
    TOWNS,
)

OPENING = date(2013, 1, 7)
UNSTAFFED = ("DAJ-FW", "KXH-HD")
Dated = tuple[date, Json]


def paper(series: str, on: str, number: int, issuer: str = "县委机构编制委员会", title: str | None = None) -> Json:
    """A document of the county, numbered in its series and year."""
    made: Json = {"document_no": f"{series}〔{on[:4]}〕{number}号", "issued_by": issuer, "issued_on": on}
    if title is not None:
        made["title"] = title
    return made


class CountyPlan:
    """All unit entries with their days of recording, and who has how many posts at the opening."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._number = 0
        self._papers: dict[str, int] = {}
        self._decided: dict[str, tuple[date, Json]] = {}
        self.dated: list[Dated] = []
        self.posts: dict[tuple[str, str], int] = {}
        self.desks: dict[tuple[str, str], list[tuple[str, int]]] = {}
        self.units = Units()
        self._opening()

    def settle(self) -> None:
        """When nothing more will become of the units: know them at every date."""
        self.units.apply(
            {"type": "unit_established", "unit": "XIAN", "effective_on": "1978-01-01", "kind": "jurisdiction"}
        )
        for _, entry in sorted(self.dated, key=lambda row: str(row[1]["effective_on"])):
            if entry["type"].startswith("unit_"):
                self.units.apply(entry)

    def add(self, day: date, type_: str, on: str, **keys: object) -> str:
        """One entry recorded on ``day``; returns its id."""
        self._number += 1
        key = f"XU{self._number:04d}"
        self.dated.append(
            (day, {"id": key, "type": type_, "effective_on": on, **{k: v for k, v in keys.items() if v is not None}})
        )
        return key

    def decide(self, type_: str, on: str, **keys: object) -> str:
        """A reorganisation is decided, and recorded, two to three months before its day; one document for all of it."""
        if on not in self._decided:
            day = date.fromisoformat(on) - timedelta(days=self.rng.randint(62, 90))
            self._decided[on] = (day, {**self.document(on), "issued_on": day.isoformat()})
        day, authority = self._decided[on]
        return self.add(day, type_, on, authority=authority, **keys)

    def document(self, on: str, series: str = "青编") -> Json:
        """The next document of that year."""
        made = self._papers.get(on[:4], 0) + 1
        self._papers[on[:4]] = made
        return paper(series, on, made)

    def _opening(self) -> None:
        for code, name in MUNICIPAL:
            self._base(code, name, "organ", level="municipal")
        for code, name, kind, posts, offices in _rows(ORGANS, 5):
            self._body(code, name, kind, "XIAN", "county", posts, offices)
        for code, parent, name, posts, offices in _rows(INSTITUTIONS, 5):
            self._body(code, name, "public_institution", parent, "county", posts, offices)
        for town, name in TOWNS:
            self._town(town, name)

    def _base(self, code: str, name: str, kind: str, **keys: object) -> None:
        early = keys.get("parent") in {"XIAN", None}
        on = (
            "1986-01-01"
            if kind == "internal_office"
            else f"{(1978 if early else 1984) + self.rng.randrange(6 if early else 2)}-01-01"
        )
        self.add(OPENING, "unit_established", on, unit=code, name=name, kind=kind, baseline=True, **keys)

    def _body(self, code: str, name: str, kind: str, parent: str, level: str, posts: str, offices: str) -> None:
        self._base(code, name, kind, parent=parent, level=level)
        desks = [code]
        for number, office in enumerate(filter(None, offices.split(",")), 1):
            self._base(f"{code}-{number}", office, "internal_office", parent=code)
            desks.append(f"{code}-{number}")
        for kind_of, number_of in _posts(posts):
            self._quota(code, kind_of, number_of)
            if code not in UNSTAFFED:
                self.desks[code, kind_of] = [(desk, 1 if desk == code and len(desks) > 1 else 3) for desk in desks]

    def _quota(self, unit: str, kind: str, posts: int) -> None:
        on = f"{self.rng.randint(2004, 2012)}-0{self.rng.randint(1, 9)}-01"
        self.add(
            OPENING,
            "quota_set",
            on,
            unit=unit,
            establishment=kind,
            posts=posts,
            baseline=True,
            authority=self.document(on),
        )
        self.posts[unit, kind] = posts

    def _town(self, town: str, name: str) -> None:
        small = 0.6 if town == "Z13" else self.rng.uniform(0.85, 1.15)
        self._base(
            town, name, "organ", parent="XIAN", level="township", plates=["退役军人服务站"] if town == "Z08" else None
        )
        desks: dict[str, list[tuple[str, int]]] = {"administrative": [(town, 8)], "public_institution": []}
        for code, office, kind, weight in TOWN_OFFICES:
            self._base(f"{town}-{code}", office, "internal_office", parent=town)
            if weight:
                desks[kind].append((f"{town}-{code}", weight))
        for kind, posts in (("administrative", 34), ("public_institution", 27), ("support", 2)):
            self._quota(town, kind, max(2, round(posts * small)))
            self.desks[town, kind] = desks.get(kind, [(f"{town}-DZ", 1)])
        self.add(
            OPENING,
            "leader_quota_set",
            "2011-05-01",
            unit=town,
            rank=TOWN_RANK,
            posts=sum(counts for _, counts in TOWN_LEADERS),
            baseline=True,
        )
        for parent, label, kind, posts in DISPATCHED:
            self._base(f"{parent}-{town}", f"{name}{label}", "dispatched_office", parent=parent, stationed_at=town)
            self.desks[parent, kind].append((f"{parent}-{town}", posts))
        if town in FORESTRY:
            self._base(f"LYJ-{town}", f"{name}林业工作站", "dispatched_office", parent="LYJ", stationed_at=town)
            self.desks["LYJ", "public_institution"].append((f"LYJ-{town}", 6))


def _rows(table: str, width: int) -> Iterator[tuple[str, ...]]:
    for line in table.splitlines():
        cells = tuple(line.split("|"))
        if len(cells) != width:
            raise ValueError(line)
        yield cells


def _posts(text: str) -> Iterator[tuple[str, int]]:
    for part in text.split(","):
        kind, number = part.split(":")
        yield kind, int(number)
