"""What a clerk might type by mistake: a wrong first version of an entry, or one that is not true at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from ledger.interchange.demo_structure import Json, Units

Host = Callable[[str, str], str | None]


def shifted(on: str, days: int) -> str:
    """A date so many days later."""
    return (date.fromisoformat(on) + timedelta(days=days)).isoformat()


class Mistakes:
    """Makes wrong entries out of true ones."""

    def __init__(self, units: Units, rng: Random, host: Host) -> None:
        self._units = units
        self._host = host
        self._rng = rng

    def untrue(self, entry: Json, on: str, key: str) -> Json | None:
        """Something that never happened to the person of that entry."""
        base = {"id": key, "effective_on": on, "person": entry["person"]}
        draw = self._rng.random()
        if draw < 0.5:
            host = self._host(entry.get("unit", ""), on)
            if host is None:
                return None
            return {**base, "type": "secondment_started", "host": host, "until": shifted(on, 183)}
        if draw < 0.7:
            return {**base, "type": "leave_started", "kind": "sick"}
        if draw < 0.85:
            return {**base, "type": "departed", "reason": self._rng.choice(("resigned", "moved_out", "retired"))}
        return {**base, "type": "appointed", "title": "副主任科员", "counts": False}

    def mistaken(self, entry: Json) -> Json | None:
        """A wrong first version of an entry, as a clerk might have typed it."""
        rng = self._rng
        wrong = dict(entry)
        match entry["type"]:
            case "hired" | "transferred":
                near = self._units.siblings(entry["unit"], entry["effective_on"])
                if near and rng.random() < 0.6:
                    wrong["unit"] = rng.choice(near)
                elif "born_on" in entry:
                    wrong["born_on"] = shifted(entry["born_on"], rng.choice((-10, 10, 30, 365)))
                else:
                    wrong["effective_on"] = shifted(entry["effective_on"], rng.randint(1, 9))
            case "secondment_started" if entry.get("until") is not None and rng.random() < 0.6:
                wrong["until"] = shifted(entry["until"], rng.choice((30, 31, 365)))
            case "secondment_extended":
                wrong["until"] = shifted(entry["until"], rng.choice((30, 31, 365)))
            case "departed" if rng.random() < 0.5:
                wrong["reason"] = "resigned" if entry["reason"] != "resigned" else "moved_out"
            case "appointed" if rng.random() < 0.5:
                wrong["counts"] = not entry.get("counts", True)
            case "leave_started" if rng.random() < 0.5:
                wrong["kind"] = "sick" if entry["kind"] != "sick" else "study"
            case "person_described":
                return None
            case _:
                wrong["effective_on"] = shifted(entry["effective_on"], rng.choice((-7, -3, -2, -1, 1, 2, 3, 5)))
        return wrong if wrong != entry else None
