"""Every pair of every acceptance scenario, on both databases, as recorded and after a rebuild of the read tables."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ledger.bootstrap import create_ledger
from tests.scenario_runs import EXPECTED, SCENARIOS, ScenarioRun, pairs_of

SHARED = Path(__file__).parents[2] / "shared" / "scenarios"


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


def test_every_pair_is_asked() -> None:
    counted = Counter(pair["ask"]["question"] for path in EXPECTED for pair in pairs_of(path))
    assert counted.total() == 355
    assert counted["findings"] == 96


@pytest.mark.skipif(not SHARED.exists(), reason="the shared scenarios are not beside the project")
def test_scenarios_are_the_shared_ones() -> None:
    ours = {path.relative_to(SCENARIOS): path.read_bytes() for path in SCENARIOS.rglob("*") if path.is_file()}
    shared = {path.relative_to(SHARED): path.read_bytes() for path in SHARED.rglob("*") if path.is_file()}
    assert ours == shared
