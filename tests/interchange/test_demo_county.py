"""The demo county: always the same, complete in its entry types, legal throughout, the seed town untouched."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.entries import ENTRY_TYPES
from ledger.interchange.demo_county import demo_entries, seed_entries
from ledger.interchange.demo_structure import Units
from ledger.interchange.demo_timeline import legal_throughout

Json = dict[str, Any]
Recorded = list[tuple[datetime, Json]]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    return list(demo_entries())


@pytest.fixture(scope="module")
def county(recorded: Recorded) -> list[Json]:
    """All entries that are not the seed town's."""
    seeds = {entry["id"] for entry in seed_entries()}
    return [entry for _, entry in recorded if entry["id"] not in seeds]


def digest(rows: Recorded) -> str:
    text = "\n".join(f"{at.isoformat()} {json.dumps(entry, ensure_ascii=False)}" for at, entry in rows)
    return hashlib.sha256(text.encode()).hexdigest()


def named(entry: Json) -> Json:
    """What a correction puts in place, else the entry itself."""
    replacement: Json = entry.get("replacement", entry)
    return replacement


def test_it_is_the_same_in_another_process_with_another_hash_seed(recorded: Recorded) -> None:
    code = "from tests.interchange.test_demo_county import demo_entries, digest; print(digest(list(demo_entries())))"
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        answer = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        assert answer.stdout.strip() == digest(recorded)


def test_the_seed_town_comes_unchanged_and_in_the_order_of_its_file(recorded: Recorded) -> None:
    seeds = seed_entries()
    ids = {entry["id"] for entry in seeds}
    assert len(seeds) == 210
    assert [entry for _, entry in recorded if entry["id"] in ids] == seeds


def test_the_county_has_its_promised_size(recorded: Recorded, county: list[Json]) -> None:
    people = {entry["person"] for _, entry in recorded if "person" in entry}
    established = [entry for entry in county if entry["type"] == "unit_established"]
    towns = [entry for entry in established if entry.get("level") == "township"]
    organs = [entry for entry in established if entry["kind"] == "organ" and entry.get("level") == "county"]
    assert len(people) == 3000
    assert len(towns) == 12
    assert len(organs) >= 30
    assert 11_000 <= len(recorded) <= 15_000


def test_every_type_of_entry_occurs_outside_the_seed_town(county: list[Json]) -> None:
    assert {entry["type"] for entry in county} == set(ENTRY_TYPES)


def test_every_kind_of_secondment_leave_and_departure_occurs(county: list[Json]) -> None:
    kinds = Counter(
        (entry["type"], entry.get("kind", "loan"))
        for entry in county
        if entry["type"] in {"secondment_started", "leave_started"}
    )
    reasons = {entry["reason"] for entry in county if entry["type"] == "departed"}
    assert len([kind for kind in kinds if kind[0] == "secondment_started"]) == 7
    assert len([kind for kind in kinds if kind[0] == "leave_started"]) == 5
    assert len(reasons) == 14
    assert {"off_establishment"} <= {entry["establishment"] for entry in county if entry["type"] == "hired"}


def test_every_entry_is_well_formed(county: list[Json]) -> None:
    for entry in county:
        ENTRY_TYPES[entry["type"]].model_validate(entry)


def test_ids_are_unique_and_references_point_back(recorded: Recorded) -> None:
    seen: set[str] = set()
    for _, entry in recorded:
        assert entry["id"] not in seen
        if "entry" in entry:
            assert entry["entry"] in seen
        seen.add(entry["id"])


def test_the_county_never_names_the_towns_people_or_units(county: list[Json]) -> None:
    seeds = [named(entry) for entry in seed_entries()]
    people = {entry["person"] for entry in seeds if "person" in entry}
    units = {
        entry[key] for entry in seeds for key in ("unit", "host", "into", "parent", "stationed_at") if entry.get(key)
    }
    for entry in map(named, county):
        assert entry.get("person") not in people
        for key in ("unit", "host", "into", "stationed_at", "to"):
            assert entry.get(key) not in units
        assert entry.get("parent") not in units - {"XIAN"}


def test_recorded_instants_rise_and_lie_between_2013_and_2023(recorded: Recorded) -> None:
    instants = [at for at, _ in recorded]
    assert all(before < after for before, after in pairwise(instants))
    assert instants[0] >= datetime(2013, 1, 7, tzinfo=UTC)
    assert instants[-1] < datetime(2024, 1, 1, tzinfo=UTC)


def test_no_date_lies_more_than_ten_years_ahead_of_its_recording(recorded: Recorded) -> None:
    for at, entry in recorded:
        if "effective_on" in named(entry):
            assert date.fromisoformat(named(entry)["effective_on"]) <= at.date() + timedelta(days=3650)


def test_some_entries_are_late_and_some_ahead(recorded: Recorded) -> None:
    lags = [
        (at.date() - date.fromisoformat(entry["effective_on"])).days
        for at, entry in recorded
        if "effective_on" in entry and not entry.get("baseline")
    ]
    assert sum(lag > 30 for lag in lags) > 0.04 * len(lags)
    assert sum(lag < 0 for lag in lags) > 0.04 * len(lags)


def test_nobodys_timeline_is_ever_illegal(recorded: Recorded) -> None:
    units = Units()
    structure = [entry for _, entry in recorded if entry["type"].startswith("unit_")]
    for entry in sorted(structure, key=lambda entry: str(entry["effective_on"])):
        units.apply(entry)
    owner: dict[str, str] = {}
    steps: dict[str, list[Json]] = {}
    for _, entry in recorded:
        person = entry.get("person") or owner.get(entry.get("entry", ""))
        if person is not None:
            owner[entry["id"]] = person
            steps.setdefault(person, []).append(entry)
    illegal = [person for person, entries in steps.items() if not legal_throughout(entries, units)]
    assert illegal == []
