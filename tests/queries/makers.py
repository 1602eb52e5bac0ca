"""A small county to ask about, and random ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ledger.application import Receipt
from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.terms import KIND_MEASURES, MEASURES, Establishment
from ledger.domain.time import Perspective
from tests.oracle_entries import random_days, random_history
from tests.oracle_makers import RANKS
from tests.twins import the_day_of_recording

Entry = dict[str, Any]
EVERY_MEASURE = (
    *MEASURES,
    *(f"{base}.{kind}" for base in KIND_MEASURES for kind in Establishment),
    *(f"{base}.{rank}" for base in ("leaders", "leader_quota") for rank in (*RANKS, "unheard_of")),
)


def on(day: str, type_: str, /, **keys: Any) -> Entry:
    """An entry effective on a day."""
    return {"type": type_, "effective_on": day, **keys}


def unit(code: str, kind: str, parent: str | None = None, day: str = "2019-01-01", **keys: Any) -> Entry:
    """A unit, named after its code."""
    above = {} if parent is None else {"parent": parent}
    return on(day, "unit_established", unit=code, name=f"unit {code}", kind=kind, **above, **keys)


def hire(person: str, at: str, day: str = "2019-02-01", kind: str = "administrative", **keys: Any) -> Entry:
    """Somebody, named after their number."""
    return on(day, "hired", person=person, name=f"name of {person}", unit=at, establishment=kind, **keys)


def loan(person: str, host: str, day: str, until: str | None = "2029-12-31", **keys: Any) -> Entry:
    """A secondment."""
    return on(day, "secondment_started", person=person, host=host, until=until, **keys)


COUNTY = (
    unit("X", "jurisdiction", level="county"),
    unit("T1", "organ", "X", level="township"),
    unit("T1-A", "internal_office", "T1"),
    unit("T1-B", "internal_office", "T1"),
    unit("T2", "organ", "X", level="township"),
    unit("C1", "organ", "X", level="county"),
)
"""A county with two towns and an organ of its own; the first town has two offices."""


def county(url: str, *entries: Entry) -> Ledger:
    """A new ledger of the county with these entries recorded after it, from position 7 on."""
    ledger = create_ledger(url, officer="tester", clock=the_day_of_recording)
    record(ledger, *COUNTY, *entries)
    return ledger


def record(ledger: Ledger, *entries: Entry) -> list[int]:
    """Record entries that nobody may refuse; their positions."""
    receipts = [ledger.record(entry) for entry in entries]
    assert [receipt for receipt in receipts if not isinstance(receipt, Receipt)] == []
    return [receipt.position for receipt in receipts if isinstance(receipt, Receipt)]


def at(day: str, known_at: int = 10_000) -> Perspective:
    """A date, as now known or as known at a position."""
    return Perspective(date.fromisoformat(day), known_at)


def random_ledger(url: str, seed: int, entries: int) -> tuple[Ledger, list[date]]:
    """A ledger of a random history, refused lines left out, and days worth asking about."""
    lines, _verdicts, oracle = random_history(seed, entries)
    ledger = create_ledger(url, officer="tester", clock=the_day_of_recording)
    with ledger.recording() as recording:
        for line in lines:
            recording.record(json.loads(json.dumps(line, default=str)))
    return ledger, random_days(seed, 40, oracle)


def all_units(ledger: Ledger, *perspectives: Perspective) -> list[str]:
    """Every unit known at one of the perspectives."""
    with ledger.view(perspectives[0]) as view:
        structures = [view.at(one).structure for one in perspectives]
        return sorted(code for code in view.structure.units() if any(one.known(code) for one in structures))


def persons(changes: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Changes by person."""
    return {change["person"]: change for change in changes}


def quota(code: str, posts: int, day: str = "2020-01-01", kind: str = "administrative", **keys: Any) -> Entry:
    """A number of posts."""
    return on(day, "quota_set", unit=code, establishment=kind, posts=posts, **keys)


def found(ledger: Ledger, day: str, rule: str, known_at: int = 10_000) -> dict[str, str]:
    """Subject -> “severity since first day” of each finding by a rule; “?” where nobody can say."""
    rows = ledger.findings(at(day, known_at), rule=rule, insufficient=True).rows
    return {row.subject: f"{row.severity} since {row.first_true_on}" if row.severity else "?" for row in rows}


def evidence(ledger: Ledger, day: str, rule: str, subject: str, known_at: int = 10_000) -> Mapping[str, Any]:
    """The evidence of one finding."""
    rows = ledger.findings(at(day, known_at), rule=rule, insufficient=True).rows
    return next(row.evidence for row in rows if row.subject == subject)
