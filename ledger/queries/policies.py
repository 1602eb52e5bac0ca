"""The policy in force on D as known at K, where each number comes from, and how it came to be (spec 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.domain.entries import PolicyAdopted
from ledger.domain.events import subjects_of
from ledger.domain.facts import Fact, in_effect
from ledger.domain.policy import PROFILES
from ledger.domain.profiles import EDITION, EDITIONS
from ledger.domain.time import Perspective, day_or_none
from ledger.queries.cited import Entries
from ledger.queries.findings import policies_of
from ledger.queries.view import View


@dataclass(frozen=True, slots=True)
class PolicyAnswer:
    """Parameters with their sources, and the adoptions that led to them. `since`: None for the shipped profile."""

    perspective: Perspective
    since: date | None
    parameters: Mapping[str, Any]
    sources: Mapping[str, str]
    adoptions: tuple[Mapping[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/policy.schema.json."""
        return {
            "as_of": self.perspective.as_of.isoformat(),
            "known_at": self.perspective.known_at,
            "since": None if self.since is None else self.since.isoformat(),
            "parameters": dict(self.parameters),
            "sources": dict(self.sources),
            "adoptions": [dict(one) for one in self.adoptions],
        }


def policy(view: View, entries: Entries) -> PolicyAnswer:
    """What is in force on D; `adoptions`: every adoption known at K, also those still to come."""
    known = view.perspective.known_at
    recorded = entries.about(["policy"], known).get("policy", [])
    facts = in_effect(recorded, lambda entry: "policy" in subjects_of(entry), known)
    reign = policies_of(view, entries).reign(view.day)
    sources = {name: given.source for name, given in EDITIONS[1]["national"].items()}
    for fact in facts:
        if fact.day <= view.day:
            sources.update(_sources(fact))
    return PolicyAnswer(
        view.perspective,
        day_or_none(reign.begin) if reign.entry is not None else None,
        reign.parameters,
        sources,
        tuple(_adoption(fact) for fact in facts),
    )


def _entry(fact: Fact) -> PolicyAdopted:
    assert isinstance(fact.entry, PolicyAdopted)
    return fact.entry


def _sources(fact: Fact) -> dict[str, str]:
    """Where the numbers that an adoption sets come from: a profile's as shipped, its own as the entry says."""
    entry = _entry(fact)
    found: dict[str, str] = {}
    if entry.profile is not None:
        edition = EDITIONS[fact.edition or EDITION]
        for profile in ("national", entry.profile):
            found.update({name: given.source for name, given in edition[profile].items()})
    return {**found, **dict.fromkeys(entry.parameters or {}, entry.source)}


def _adoption(fact: Fact) -> dict[str, Any]:
    entry = _entry(fact)
    return {
        "position": fact.position,
        "id": fact.id,
        "effective_on": entry.effective_on.isoformat(),
        "profile": entry.profile,
        "parameters": entry.parameters,
        "source": entry.source,
    }


def compare(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The parameters that differ: name -> (one, other)."""
    return {name: (one[name], other[name]) for name in one if one[name] != other[name]}


def shipped(profile: str) -> Mapping[str, Any]:
    """A shipped profile's parameters. Raises KeyError."""
    return PROFILES[profile]
