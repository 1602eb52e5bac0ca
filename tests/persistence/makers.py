"""Events for the tests of the store: short to write, legal in shape."""

from __future__ import annotations

from ledger.domain.entries import Departed, Entry, Hired, UnitRenamed
from ledger.domain.events import Event, Recorded, topic_of
from ledger.domain.terms import Establishment
from ledger.persistence.store import Store, WriteUnit


def hired(person: str, day: str = "2020-01-01") -> Hired:
    """Somebody enters the register."""
    return Hired.model_validate(
        {
            "type": "hired",
            "person": person,
            "name": "张三",
            "unit": "T01",
            "establishment": Establishment.ADMINISTRATIVE,
            "effective_on": day,
            "authority": {"document_no": "县组〔2020〕1号", "issued_on": day},
        }
    )


def departed(person: str, day: str = "2021-01-01") -> Departed:
    """And leaves it."""
    return Departed.model_validate({"type": "departed", "person": person, "reason": "retired", "effective_on": day})


def renamed(unit: str, name: str) -> UnitRenamed:
    """A unit gets a name."""
    return UnitRenamed.model_validate(
        {"type": "unit_renamed", "unit": unit, "name": name, "effective_on": "2020-01-01"},
    )


def event(stream: str, version: int, entry: Entry, **more: object) -> Event:
    """An event as the application makes it."""
    return Event.model_validate(
        {
            "originator_id": stream,
            "originator_version": version,
            "topic": topic_of(stream, entry),
            "id": f"{stream}/{version}",
            "recorded_by": "tester",
            "entry": entry,
            **more,
        }
    )


def put(unit: WriteUnit, stream: str, entry: Entry, **more: object) -> Recorded:
    """Appends an entry as the next event of a stream, under its id as key."""
    made = event(stream, unit.version(stream) + 1, entry, **more)
    return unit.append(made, subjects=(stream,), target=made.target, keys=[(made.id, b"digest of " + made.id.encode())])


def hire(store: Store, *people: str) -> list[Recorded]:
    """Hires people, in one write transaction."""
    with store.write() as unit:
        return [put(unit, f"person:{person}", hired(person)) for person in people]
