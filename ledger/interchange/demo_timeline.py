"""A small tracker of people: it keeps invented entries legal in the order in which they are recorded.

It knows only what the demo county and the benchmark generator produce; the rules of the ledger itself live in the
domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ledger.interchange.demo_structure import Json, Units


@dataclass(slots=True)
class Standing:
    """Where one person stands after the entries folded so far."""

    known: bool = False
    unit: str | None = None
    kind: str = ""
    host: str | None = None
    until: str | None = None
    leave: bool = False
    titles: set[str] = field(default_factory=set)


def step(now: Standing, entry: Json, units: Units) -> bool:
    """Fold one entry into the standing; False when the ledger would refuse it there."""
    on: str = entry["effective_on"]
    named = [entry[key] for key in ("unit", "host") if entry.get(key) is not None]
    if not all(units.exists(unit, on) for unit in named):
        return False
    kind: str = entry["type"]
    if kind == "hired":
        return _hire(now, entry)
    if kind == "person_described":
        return now.known
    if now.unit is None:
        return False
    if kind == "transferred":
        return _transfer(now, entry, units)
    if kind == "departed":
        now.unit = now.host = now.until = None
        now.leave = False
        now.titles.clear()
        return True
    if kind.startswith("secondment_"):
        return _second(now, entry, units)
    if kind.startswith("leave_"):
        legal = now.leave == (kind == "leave_ended")
        now.leave = kind == "leave_started"
        return legal
    legal = (entry["title"] in now.titles) == (kind == "relieved")
    (now.titles.discard if kind == "relieved" else now.titles.add)(entry["title"])
    return legal


def _hire(now: Standing, entry: Json) -> bool:
    legal = now.unit is None
    now.known, now.unit, now.kind = True, entry["unit"], entry["establishment"]
    return legal


def _transfer(now: Standing, entry: Json, units: Units) -> bool:
    on, target = entry["effective_on"], entry["unit"]
    home = units.canonical(now.unit or "", on)
    kind = entry.get("establishment", now.kind)
    if (target, kind) == (home, now.kind):
        return False
    if now.host is not None:
        goal = units.statutory(target, on)
        if goal == units.statutory(now.host, on):
            now.host = now.until = None
        elif goal != units.statutory(home, on):
            return False
    now.unit, now.kind = target, kind
    return True


def _second(now: Standing, entry: Json, units: Units) -> bool:
    on, until = entry["effective_on"], entry.get("until")
    if entry["type"] == "secondment_started":
        apart = units.statutory(entry["host"], on) != units.statutory(now.unit or "", on)
        legal = now.host is None and apart and (until is None or until >= on)
        now.host, now.until = entry["host"], until
        return legal
    if now.host is None:
        return False
    if entry["type"] == "secondment_extended":
        legal = until is not None and until >= on and (now.until is None or until > now.until)
        now.until = until
        return legal
    now.host = now.until = None
    return True


def legal(entries: Iterable[Json], units: Units) -> bool:
    """Whether one person's entries, given in timeline order, are all legal."""
    now = Standing()
    return all(step(now, entry, units) for entry in entries)


def legal_throughout(steps: Sequence[Json], units: Units) -> bool:
    """Whether one person's entries, given in recording order, leave a legal timeline after each of them."""
    active: dict[str, tuple[str, int, Json]] = {}
    now, last = Standing(), ""
    for place, entry in enumerate(steps):
        kind = entry["type"]
        if kind not in {"reversed", "corrected"}:
            active[entry["id"]] = (entry["effective_on"], place, entry)
            if entry["effective_on"] >= last:
                last = entry["effective_on"]
                if not step(now, entry, units):
                    return False
                continue
        else:
            old = active.pop(entry["entry"])
            if kind == "corrected":
                new = entry["replacement"]
                active[entry["id"]] = (new["effective_on"], old[1], new)
        now, last = Standing(), ""
        for on, _, item in sorted(active.values(), key=lambda row: row[:2]):
            last = on
            if not step(now, item, units):
                return False
    return True
