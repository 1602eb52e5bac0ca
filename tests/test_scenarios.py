"""Every pair of every acceptance scenario, on both databases, as recorded and after a rebuild of the read tables."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from ledger.bootstrap import create_ledger
from tests.scenario_runs import EXPECTED, NOT_YET, SCENARIOS, ScenarioRun, pairs_of

SHARED = Path(__file__).parents[2] / "shared" / "scenarios"
PAIRS_NOT_YET = 96
"""Pairs that ask for findings; the part that answers them takes them from here."""


def name_of(path: Path) -> str:
    return path.name.removesuffix(".expected.json")


@pytest.mark.parametrize("path", EXPECTED, ids=name_of)
def test_scenario(path: Path, ledger_url: str) -> None:
    with create_ledger(ledger_url, officer="tester") as ledger:
        run = ScenarioRun(path, ledger)
        assert run.differences() == []
        assert ledger.verify().ok
        ledger.rebuild()
        assert run.differences() == []


def test_what_is_not_asked_yet_is_counted(record_property) -> None:
    counted = Counter(pair["ask"]["question"] for path in EXPECTED for pair in pairs_of(path))
    waiting = [
        f"{name_of(path)}: {json.dumps(pair['ask'], ensure_ascii=False)}"
        for path in EXPECTED
        for pair in pairs_of(path)
        if pair["ask"]["question"] in NOT_YET
    ]
    record_property("pairs not yet asked", len(waiting))
    print(f"{len(waiting)} of {counted.total()} pairs are not yet asked:", *waiting, sep="\n")  # noqa: T201  the list itself
    assert len(waiting) == PAIRS_NOT_YET
    assert counted.total() - len(waiting) == 259


@pytest.mark.skipif(not SHARED.exists(), reason="the shared scenarios are not beside the project")
def test_scenarios_are_the_shared_ones() -> None:
    ours = {path.relative_to(SCENARIOS): path.read_bytes() for path in SCENARIOS.rglob("*") if path.is_file()}
    shared = {path.relative_to(SHARED): path.read_bytes() for path in SHARED.rglob("*") if path.is_file()}
    assert ours == shared
