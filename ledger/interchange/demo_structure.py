"""The units of all times, as the demo county and the benchmark generator need to know them.

Dates are ISO texts throughout, because they compare like dates and are written as they are.
"""

from __future__ import annotations

from bisect import bisect_right
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
