"""Imports an acceptance scenario into a ledger and asks it every pair (the format is in scenarios/README.md)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ledger.application import Receipt
from ledger.bootstrap import Ledger
from ledger.domain.refusals import Refused
from ledger.domain.time import Perspective

Pair = dict[str, Any]
Json = dict[str, Any]
SCENARIOS = Path(__file__).parent / "scenarios"
EXPECTED = sorted(SCENARIOS.rglob("*.expected.json"))


def pairs_of(path: Path) -> list[Pair]:
    """The pairs of one file; those that wait for a decision of the specification are left out."""
    pairs: list[Pair] = json.loads(path.read_text("utf-8"))["pairs"]
    return [pair for pair in pairs if "pending" not in pair]


def entries_of(path: Path) -> Iterator[Json]:
    """The lines to import before the pairs are asked."""
    own = path.name.replace(".expected.json", ".jsonl")
    for name in json.loads(path.read_text("utf-8")).get("files", [own]):
        for line in (path.parent / name).read_text("utf-8").splitlines():
            yield json.loads(line)


class ScenarioRun:
    """One scenario in one ledger."""

    def __init__(self, path: Path, ledger: Ledger) -> None:
        self.ledger = ledger
        self.pairs = pairs_of(path)
        self.positions: dict[str, int] = {}
        self.already_recorded = 0
        self.refused: dict[str, Refused] = {}
        with ledger.recording() as recording:
            for entry in entries_of(path):
                self._told(entry, recording.record(entry))

    def _told(self, entry: Json, answer: Receipt | Refused) -> None:
        if isinstance(answer, Refused):
            self.refused[entry["id"]] = answer
        elif answer.already_recorded:
            self.already_recorded += 1
        else:
            self.positions[entry["id"]] = answer.position

    def differences(self) -> list[str]:
        """What the ledger answers otherwise than expected, over all pairs."""
        return [
            f"{json.dumps(pair['ask'], ensure_ascii=False)}: {difference}"
            for pair in self.pairs
            for difference in self._ask(pair["ask"], pair["expect"])
        ]

    def _ask(self, ask: Json, expect: Json) -> Iterator[str]:
        questions: dict[str, Callable[[Json, Json], Iterator[str]]] = {
            "import": self._import,
            "headcount": self._headcount,
            "roster": self._roster,
            "person": self._person,
            "tree": self._tree,
            "secondments": self._secondments,
            "findings": self._findings,
        }
        return questions[ask["question"]](ask, expect)

    def _perspective(self, ask: Json) -> Perspective:
        known_at = ask["known_at"]
        position = None if known_at is None else self.positions[known_at["entry"]]
        return self.ledger.perspective(date.fromisoformat(ask["on"]), position)

    def _import(self, ask: Json, expect: Json) -> Iterator[str]:
        told: Json = {
            "recorded": len(self.positions),
            "already_recorded": self.already_recorded,
            "refused": list(self.refused),
            "codes": {entry: refused.code for entry, refused in self.refused.items()},
        }
        yield from outside({key: expect[key] for key in expect if key != "conflicts"}, told)
        for entry, conflicts in expect.get("conflicts", {}).items():
            named = self.refused[entry].conflicts_with
            if not set(conflicts) & set(named):
                yield f"{entry} should be refused for one of {conflicts}, was for {named}"

    def _headcount(self, ask: Json, expect: Json) -> Iterator[str]:
        """Asked of the unit alone, and read out of the whole jurisdiction: the two go different ways."""
        p, own = self._perspective(ask), ask.get("scope") == "own"
        [alone] = self.ledger.headcount(p, unit=ask["unit"], own=own).to_json()["rows"]
        yield from outside(expect, alone, "alone")
        whole = self.ledger.headcount(p, own=own).to_json()["rows"]
        found = [row for row in whole if row["unit"] == ask["unit"]]
        if found != [alone]:
            yield f"alone {alone}, in the whole {found}"

    def _roster(self, ask: Json, expect: Json) -> Iterator[str]:
        people = self.ledger.roster(self._perspective(ask), ask["unit"], ask["status"]).to_json()["people"]
        yield from outside({"people": sorted(expect["people"])}, {"people": [row["person"] for row in people]})

    def _person(self, ask: Json, expect: Json) -> Iterator[str]:
        answer = self.ledger.person(self._perspective(ask), ask["person"]).to_json()
        answer["reversed_entries"] = sorted(row["id"] for row in answer["entries"] if row["reversed_by"] is not None)
        wanted = {key: sorted(expect[key]) if key == "reversed_entries" else expect[key] for key in expect}
        yield from outside(wanted, answer)

    def _tree(self, ask: Json, expect: Json) -> Iterator[str]:
        rows = {row["unit"]: row for row in self.ledger.headcount(self._perspective(ask)).to_json()["rows"]}
        answer = {
            "parents": {unit: row["parent"] for unit, row in rows.items()},
            "names": {unit: row["name"] for unit, row in rows.items()},
        }
        yield from outside({key: expect[key] for key in expect if key != "absent"}, answer)
        for unit in set(expect.get("absent", [])) & set(rows):
            yield f"{unit} should be absent"

    def _secondments(self, ask: Json, expect: Json) -> Iterator[str]:
        p, overdue = self._perspective(ask), ask.get("overdue", False)
        answer = self.ledger.secondments(p, unit=ask.get("unit"), role=ask.get("role"), overdue=overdue)
        rows = {row["person"]: row for row in answer.to_json()["rows"]}
        wanted = {row["person"]: row for row in expect["rows"]}
        if sorted(rows) != sorted(wanted):
            yield f"wanted {sorted(wanted)}, got {sorted(rows)}"
        else:
            yield from outside(wanted, rows)

    def _findings(self, ask: Json, expect: Json) -> Iterator[str]:
        """Asked of all rules, and of the one rule alone: what is left out must not change what is found."""
        p, unit = self._perspective(ask), ask.get("unit")
        rows = self.ledger.findings(p, unit=unit).to_json()["rows"]
        if rows != sorted(rows, key=lambda row: (row["rule"], row["subject"])):
            yield "not in the order of rule and subject"
        for pattern in expect.get("include", ()):
            alone = self.ledger.findings(p, unit=unit, rule=pattern["rule"]).to_json()["rows"]
            if not any(matches(pattern, row) for row in rows) or not any(matches(pattern, row) for row in alone):
                yield f"nothing like {pattern} among {[row for row in rows if row['rule'] == pattern['rule']]}"
        for pattern in expect.get("exclude", ()):
            yield from (f"{row} should not be there" for row in rows if matches(pattern, row))


def matches(pattern: Json, row: Json) -> bool:
    """Whether a finding is one that a pattern means: its subject is the bare code, or begins with it."""
    subject = row["subject"].partition(":")[2]
    given = {key: value for key, value in pattern.items() if key != "subject"}
    same = "subject" not in pattern or subject == pattern["subject"] or subject.startswith(f"{pattern['subject']}/")
    return same and not list(outside(given, row))


def outside(expect: Mapping[str, Any], answer: Mapping[str, Any], where: str = "") -> Iterator[str]:
    """The keys given that the answer has otherwise; keys not given may have any value."""
    for key, wanted in expect.items():
        name = f"{where}.{key}".removeprefix(".")
        if key not in answer:
            yield f"{name}: nothing, wanted {wanted!r}"
        elif isinstance(wanted, dict) and isinstance(answer[key], dict):
            yield from outside(wanted, answer[key], name)
        elif answer[key] != wanted:
            yield f"{name}: {answer[key]!r}, wanted {wanted!r}"
