"""The number of posts of a unit of the invented county on a day, folded from its plan."""

from __future__ import annotations

from datetime import date, timedelta

from ledger.interchange.demo_structure import Json
from ledger.interchange.demo_units import CountyPlan


def number(plan: CountyPlan, unit: str, kind: str, on: str) -> int | None:
    """The unit's own number on a day, folded from the plan (mergers of towns and organs included)."""
    total: int | None = None
    grants: dict[str, int] = {}
    for entry in facts(plan):
        if entry["effective_on"] > on:
            break
        match entry["type"]:
            case "unit_merged" if entry["into"] == unit:
                extra = number(plan, entry["unit"], kind, _before(entry["effective_on"]))
                total = total if extra is None else (total or 0) + extra
            case "quota_set" if (entry["unit"], entry["establishment"]) == (unit, kind):
                grants[entry["id"]] = entry["posts"] - (total or 0)
                total = entry["posts"]
            case "quota_changed" if (entry["unit"], entry["establishment"]) == (unit, kind):
                total = (total or 0) + entry["change"]
            case "quota_moved" if entry["establishment"] == kind and unit in {entry["unit"], entry["to"]}:
                total = (total or 0) + entry["posts"] * (1 if entry["to"] == unit else -1)
            case "quota_cancelled" if (entry["unit"], entry["establishment"]) == (unit, kind):
                total = (total or 0) - grants[entry["entry"]] if "entry" in entry else None
            case _:
                pass
    return total


def facts(plan: CountyPlan) -> list[Json]:
    """The plan's entries in effect once everything is recorded, in effective order."""
    gone = {entry["entry"] for _, entry in plan.dated if entry["type"] in {"reversed", "corrected"}}
    kept = [
        entry.get("replacement", entry)
        for _, entry in plan.dated
        if entry["type"] != "reversed" and entry["id"] not in gone
    ]
    return sorted(kept, key=lambda entry: str(entry["effective_on"]))


def _before(on: str) -> str:
    return (date.fromisoformat(on) - timedelta(days=1)).isoformat()
