"""The oracle answers every question of the acceptance scenarios, findings excepted."""

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import Oracle
from tests.oracle.shape import Entry

Pair = dict[str, Any]
SCENARIOS = Path(__file__).parent / "scenarios"
SHARED = Path(__file__).parents[2] / "shared" / "scenarios"
EXPECTED = sorted(SCENARIOS.rglob("*.expected.json"))


def pairs() -> Iterator[Any]:
    for path in EXPECTED:
        name = path.name.removesuffix(".expected.json")
        for number, pair in enumerate(json.loads(path.read_text("utf-8"))["pairs"]):
            question = pair["ask"]["question"]
            if question != "findings" and "pending" not in pair:
                yield pytest.param(path, pair, id=f"{name}-{number}-{question}")


class Import:
    """An empty oracle after the import of a scenario's files."""

    def __init__(self, path: Path) -> None:
        self.oracle = Oracle()
        self.positions: dict[str, int] = {}
        self.recorded = self.already_recorded = 0
        self.refused: list[tuple[str, str, set[str]]] = []  # (id, reason, conflicts)
        for entry in entries(path):
            self.record(entry)

    def record(self, entry: Entry) -> None:
        verdict = self.oracle.record(entry)
        if len(verdict) == 3:
            self.refused.append((entry["id"], verdict[1], verdict[2]))
            return
        self.positions[entry["id"]] = verdict[1]
        self.recorded += verdict[0] == "recorded"
        self.already_recorded += verdict[0] == "already_recorded"

    def known_at(self, ask: Pair) -> int | None:
        known_at = ask["known_at"]
        return known_at if known_at is None else self.positions[known_at["entry"]]


def entries(path: Path) -> Iterator[Entry]:
    scenario = json.loads(path.read_text("utf-8"))
    own = path.name.replace(".expected.json", ".jsonl")
    for name in scenario.get("files", [own]):
        for line in (path.parent / name).read_text("utf-8").splitlines():
            yield json.loads(line)


imported = cache(Import)


@pytest.mark.parametrize(("path", "pair"), list(pairs()))
def test_pair(path: Path, pair: Pair) -> None:
    ask, expect, scenario = pair["ask"], pair["expect"], imported(path)
    answers = {
        "import": check_import,
        "headcount": check_headcount,
        "roster": check_roster,
        "person": check_person,
        "tree": check_tree,
        "secondments": check_secondments,
    }
    answers[ask["question"]](scenario, ask, expect)


def check_import(scenario: Import, _ask: Pair, expect: Pair) -> None:
    assert scenario.recorded == expect["recorded"]
    assert scenario.already_recorded == expect["already_recorded"]
    assert [identity for identity, *_ in scenario.refused] == expect["refused"]
    verdicts = {identity: rest for identity, *rest in scenario.refused}
    for identity, code in expect.get("codes", {}).items():
        assert verdicts[identity][0] == code
    for identity, conflicts in expect.get("conflicts", {}).items():
        assert verdicts[identity][1] == set(conflicts)


def check_headcount(scenario: Import, ask: Pair, expect: Pair) -> None:
    [row] = scenario.oracle.headcount(day(ask), scenario.known_at(ask), ask["unit"], own=ask.get("scope") == "own")
    assert_subset(expect, row)


def check_roster(scenario: Import, ask: Pair, expect: Pair) -> None:
    rows = scenario.oracle.roster(ask["unit"], day(ask), scenario.known_at(ask), ask["status"])
    assert [row["person"] for row in rows] == sorted(expect["people"])


def check_person(scenario: Import, ask: Pair, expect: Pair) -> None:
    answer = scenario.oracle.person(ask["person"], day(ask), scenario.known_at(ask))
    assert answer is not None
    assert_subset(expect, answer)


def check_tree(scenario: Import, ask: Pair, expect: Pair) -> None:
    answer = scenario.oracle.tree(day(ask), scenario.known_at(ask))
    assert not set(expect.get("absent", [])) & set(answer["parents"])
    assert_subset({key: expect[key] for key in expect if key != "absent"}, answer)


def check_secondments(scenario: Import, ask: Pair, expect: Pair) -> None:
    rows = scenario.oracle.secondments(
        day(ask),
        scenario.known_at(ask),
        ask.get("unit"),
        ask.get("role"),
        overdue=ask.get("overdue", False),
    )
    wanted = sorted(expect["rows"], key=lambda row: row["person"])
    assert [row["person"] for row in rows] == [row["person"] for row in wanted]
    for row, answer in zip(wanted, rows, strict=True):
        assert_subset(row, answer)


def day(ask: Pair) -> date:
    return date.fromisoformat(ask["on"])


def assert_subset(expect: Pair, answer: Pair) -> None:
    for key in expect:
        if isinstance(expect[key], dict):
            assert_subset(expect[key], answer[key])
        else:
            given = answer[key]
            assert expect[key] == (given.isoformat() if isinstance(given, date) else given), key


@pytest.mark.skipif(not SHARED.exists(), reason="the shared scenarios are not beside the project")
def test_scenarios_are_the_shared_ones() -> None:
    for path in SHARED.rglob("*"):
        if path.is_file():
            assert (SCENARIOS / path.relative_to(SHARED)).read_bytes() == path.read_bytes()
