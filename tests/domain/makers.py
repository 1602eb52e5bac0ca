"""Facts and trees for the tests of the domain, short to write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ledger.domain.entries import DATED_TYPES
from ledger.domain.events import Event, Recorded, stream_of, topic_of
from ledger.domain.facts import Fact, Illegal
from ledger.domain.person import Timeline, fold
from ledger.domain.reading import read_entry
from ledger.domain.refusals import Refused
from ledger.domain.units import Structure, fold_unit

Entry = dict[str, Any]


def on(day: str, type_: str, /, **keys: Any) -> Entry:
    """An entry effective on a day."""
    return {"type": type_, "effective_on": day, **keys}


def day(text: str) -> int:
    """The number of a day."""
    return date.fromisoformat(text).toordinal()


def fact(position: int, entry: Entry, place: int | None = None) -> Fact:
    """An entry in effect, recorded at a position."""
    made = DATED_TYPES[entry["type"]].model_validate(entry)
    return Fact(made.effective_on.toordinal(), place or position, position, f"#{position}", made)


def facts(*entries: Entry) -> list[Fact]:
    """Entries recorded one after the other, in the order in which they are folded."""
    return sorted((fact(position, entry) for position, entry in enumerate(entries, 1)), key=lambda one: one.order)


def recorded(position: int, entry: Entry, **more: Any) -> Recorded:
    """An entry as the log holds it; of a reversal or correction in the stream of P1."""
    read = read_entry(entry)
    assert not isinstance(read, Refused), read
    stream = "person:P1" if entry["type"] in ("reversed", "corrected") else stream_of(read[0])  # type: ignore[arg-type]
    fields = {
        "originator_id": stream,
        "originator_version": position,
        "topic": topic_of(stream, read[0]),
        "id": f"#{position}",
        "recorded_by": "tester",
        "entry": read[0],
        **more,
    }
    return Recorded(position, position, Event.model_validate(fields))


def structure_of(*entries: Entry) -> Structure:
    """The units of these entries; every one of them must be legal in its own unit."""
    by_unit: dict[str, list[Entry]] = {}
    for entry in entries:
        by_unit.setdefault(entry["unit"], []).append(entry)
    versions = {}
    for unit, own in by_unit.items():
        rows = fold_unit(unit, facts(*own))
        assert not isinstance(rows, Illegal), rows
        versions[unit] = rows
    return Structure(versions)


def unit(code: str, kind: str = "organ", day: str = "2019-01-01", /, **keys: Any) -> Entry:
    """A unit comes into being."""
    return on(day, "unit_established", unit=code, name=f"unit {code}", kind=kind, **keys)


COUNTY = [
    unit("C", "jurisdiction", level="county"),
    unit("T1", parent="C", level="township"),
    unit("T1-A", "internal_office", parent="T1"),
    unit("T1-B", "internal_office", parent="T1"),
    unit("T2", parent="C", level="township"),
    unit("J1", parent="C", level="county"),
    unit("J1-A", "internal_office", parent="J1"),
    unit("TF", "task_force", parent="C"),
    unit("TF-A", "internal_office", parent="TF"),
    unit("D", "dispatched_office", parent="J1", stationed_at="T1"),
]
"""A county with two towns, a bureau, its office dispatched to a town, and a task force."""


def hired(person: str = "P1", place: str = "T1", day: str = "2020-01-01", /, **keys: Any) -> Entry:
    """Somebody enters the register."""
    return on(
        day, "hired", **{"person": person, "name": "赵天", "unit": place, "establishment": "administrative", **keys}
    )


def life(*entries: Entry, structure: Structure | None = None) -> Timeline:
    """The timeline of a person of whom all these entries are legal."""
    found = fold(facts(*(about("P1", entry) for entry in entries)), structure or structure_of(*COUNTY))
    assert isinstance(found, Timeline), found
    return found


def first_illegal(*entries: Entry, structure: Structure | None = None) -> tuple[str, int] | None:
    """(code, position) of the entry that cannot stand; None when all can."""
    found = fold(facts(*(about("P1", entry) for entry in entries)), structure or structure_of(*COUNTY))
    return (found.code, found.fact.position) if isinstance(found, Illegal) else None


def about(person: str, entry: Mapping[str, Any]) -> Entry:
    """The entry, of this person where it names none."""
    return {"person": person, **entry}
