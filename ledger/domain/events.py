"""What the store keeps: an entry with who recorded it, under a topic that is decided for ever (spec 3.2.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, SerializeAsAny

from ledger.domain.acts import ACT_TYPES
from ledger.domain.entries import (
    DATED_TYPES,
    ENTRY_TYPES,
    Corrected,
    DatedEntry,
    Entry,
    PersonEntry,
    PolicyAdopted,
    QuotaMoved,
    Reversed,
    UnitEntry,
    UnitMerged,
)
from ledger.domain.profiles import EDITION

POLICY_STREAM = "policy"

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the stored state of one class version into that of the next."""


class Source(BaseModel):
    """Recording data an imported line carried: kept as provenance, never trusted (spec 2.2)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    position: int | None = None
    recorded_at: str | None = None
    recorded_by: str | None = None


class Event(BaseModel):
    """One stored entry or act. `id` is the caller's, or `#<position>`.

    `target`: position of the entry a reversal or correction takes out of effect.
    `place`: position whose place among the entries of one day the replacement keeps.
    `batch`: the import it came with. `key`: what an imported line without id is known by.
    `edition`: of the shipped profiles, where a policy names one; what a profile meant then, it means for ever.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    originator_id: str
    originator_version: int
    topic: str
    id: str
    recorded_by: str
    target: int | None = None
    place: int | None = None
    edition: int | None = None
    batch: str | None = None
    key: str | None = None
    source: Source | None = None
    entry: SerializeAsAny[Entry]


class Recorded(NamedTuple):
    """An event with what the store gave it: position and instant (microseconds since the epoch, UTC)."""

    position: int
    recorded_at: int
    event: Event


@dataclass(frozen=True, slots=True)
class TopicVersion:
    """How the state under one topic is read: the entry's class, today's version, older versions' upcasters."""

    entry: type[Entry]
    class_version: int = 1
    upcasters: Mapping[int, Upcaster] = field(default_factory=dict)


_STREAMS: dict[type[DatedEntry], tuple[str, str] | None] = {
    entry: ("person", "person")
    if issubclass(entry, PersonEntry)
    else ("unit", "unit")
    if issubclass(entry, UnitEntry)
    else None
    for entry in DATED_TYPES.values()
}


def stream_of(entry: DatedEntry) -> str:
    """The stream an entry lives in: that of the subject it names first (spec 1.3)."""
    kind = _STREAMS[type(entry)]  # a look-up: isinstance asks the classes of pydantic one by one
    return POLICY_STREAM if kind is None else f"{kind[0]}:{getattr(entry, kind[1])}"


def subjects_of(entry: DatedEntry) -> tuple[str, ...]:
    """Every subject whose own rules the entry changes, the stream's first: their folds load through these."""
    if type(entry) is UnitMerged:
        return (f"unit:{entry.unit}", f"unit:{entry.into}")
    if type(entry) is QuotaMoved:
        return (f"unit:{entry.unit}", f"unit:{entry.to}")
    return (stream_of(entry),)


def mentions_of(entry: DatedEntry) -> tuple[str, ...]:
    """`names:<unit>` for every unit the entry names: when that unit's life changes, these are judged again."""
    names = dict.fromkeys(getattr(entry, key) for key in (*entry.unit_keys, "unit") if hasattr(entry, key))
    return tuple(f"names:{unit}" for unit in names if unit is not None)


def _kind_of(entry: type[Entry]) -> str:
    if issubclass(entry, PersonEntry):
        return "person"
    return "unit" if issubclass(entry, UnitEntry) else "policy"


def edition_of(entry: Entry) -> int | None:
    """The edition to keep with an entry recorded today: only with a policy that names a profile."""
    inner = entry.replacement if isinstance(entry, Corrected) else entry
    return EDITION if isinstance(inner, PolicyAdopted) and inner.profile is not None else None


def _first_edition(state: dict[str, Any]) -> dict[str, Any]:
    """Version 1 did not say which edition of the shipped profiles it meant: there was one."""
    inner = state["entry"].get("replacement", state["entry"])
    return {**state, "edition": 1} if inner.get("profile") is not None else state


_SECOND = {"policy.policy_adopted", "person.corrected", "unit.corrected", "policy.corrected"}
"""Topics whose second version keeps the edition of the profile."""


def _topics() -> Iterable[tuple[str, TopicVersion]]:
    for name, entry in DATED_TYPES.items():
        yield f"{_kind_of(entry)}.{name}", TopicVersion(entry)
    for kind in ("person", "unit", "policy"):
        yield f"{kind}.reversed", TopicVersion(Reversed)
        yield f"{kind}.corrected", TopicVersion(Corrected)
    for name, act in ACT_TYPES.items():
        yield f"{act.stream_kind}.{name}", TopicVersion(act)


TOPICS: dict[str, TopicVersion] = {
    topic: replace(known, class_version=2, upcasters={1: _first_edition}) if topic in _SECOND else known
    for topic, known in _topics()
}
"""The closed list of topics the ledger reads and writes; anything else is damage or a newer ledger."""

ACT_TOPICS = frozenset(f"{act.stream_kind}.{name}" for name, act in ACT_TYPES.items())
"""Topics of what is no entry of spec 2.2."""


def topic_of(stream: str, entry: Entry) -> str:
    """The topic of an entry or act in a stream: stream kind + `.` + its type (spec 3.2.2)."""
    return f"{stream.partition(':')[0]}.{entry.type}"


assert {version.entry for version in TOPICS.values()} == {*ENTRY_TYPES.values(), *ACT_TYPES.values()}
