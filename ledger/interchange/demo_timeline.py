"""A small tracker of units and people: it keeps invented entries legal in the order in which they are recorded.

It knows only what the demo county and the benchmark generator produce; the rules of the ledger itself live in the
domain. Dates are ISO texts throughout, because they compare like dates and are written as they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
INSIDE = frozenset({"internal_office", "task_force"})


class Units:
    """The units of all times: who exists, under whom, and which statutory unit (T) a unit belongs to on a day."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.since: dict[str, str] = {}
        self.until: dict[str, str] = {}
        self.merged: dict[str, tuple[str, str]] = {}
        self.children: dict[str, list[str]] = {}
        self._parents: dict[str, tuple[list[str], list[str | None]]] = {}

    def apply(self, entry: Json) -> None:
        """Take a structural entry in; entries about one unit must come in effective order."""
        unit, on = entry["unit"], entry["effective_on"]
        match entry["type"]:
            case "unit_established":
                self.kinds[unit] = entry["kind"]
                self.since[unit] = on
                self._parents[unit] = ([], [])
                self._place(unit, on, entry.get("parent"))
            case "unit_moved":
                self._place(unit, on, entry["parent"])
            case "unit_merged":
                self.merged[unit] = (on, entry["into"])
                self.until[unit] = on
            case "unit_abolished":
                self.until[unit] = on
            case _:
                pass

    def _place(self, unit: str, on: str, parent: str | None) -> None:
        days, parents = self._parents[unit]
        days.append(on)
        parents.append(parent)
        if parent is not None:
            self.children.setdefault(parent, []).append(unit)

    def exists(self, unit: str, on: str) -> bool:
        """Established on or before that day, and not ended by it."""
        since = self.since.get(unit)
        return since is not None and since <= on and not self.until.get(unit, "9999") <= on

    def canonical(self, unit: str, on: str) -> str:
        """The unit that has taken over from ``unit`` by ``on``."""
        while unit in self.merged and self.merged[unit][0] <= on:
            unit = self.merged[unit][1]
        return unit

    def parent(self, unit: str, on: str) -> str | None:
        """The unit above it in the charge tree on that day."""
        days, parents = self._parents[unit]
        at = bisect_right(days, on) - 1
        above = parents[at] if at >= 0 else None
        return None if above is None else self.canonical(above, on)

    def statutory(self, unit: str, on: str) -> str:
        """T(u): the nearest unit, itself included, that is no internal office or task force, below a jurisdiction."""
        here = self.canonical(unit, on)
        while self.kinds[here] in INSIDE:
            above = self.parent(here, on)
            if above is None or self.kinds[above] == "jurisdiction":
                break
            here = above
        return here

    def within(self, unit: str, top: str, on: str) -> bool:
        """Whether the unit lies in the subtree of another on that day."""
        here: str | None = self.canonical(unit, on)
        while here is not None and here != top:
            here = self.parent(here, on)
        return here is not None

    def siblings(self, unit: str, on: str) -> list[str]:
        """Other units of the same kind under the same parent on that day, except those that will be abolished."""
        above = self.parent(unit, on)
        near = self.children.get(above, []) if above is not None else []
        kind = self.kinds[unit]
        return [
            u
            for u in near
            if u != unit and self.kinds[u] == kind and self.lasting(u, on) and self.parent(u, on) == above
        ]

    def lasting(self, unit: str, on: str) -> bool:
        """It exists on that day and is never abolished, though it may be merged."""
        return self.exists(unit, on) and (unit in self.merged or unit not in self.until)


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
