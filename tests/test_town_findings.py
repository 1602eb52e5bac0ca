"""Every finding of the seed town on its five dates, each with its derivation; live, rebuilt, scanned twice."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.refusals import Refused
from tests.scenario_runs import SCENARIOS, ScenarioRun

GOLDEN = Path(__file__).parent / "golden" / "town_findings.txt"
TOWN = SCENARIOS / "town-2022.expected.json"
DAYS = ("2016-01-01", "2020-09-01", "2022-06-30", "2023-01-01", "2023-06-01")


def golden() -> dict[str, list[str]]:
    """Day -> rows; every row stands below the clause it follows from."""
    found: dict[str, list[str]] = {}
    rows: list[str] = []
    before = ""
    for line in GOLDEN.read_text("utf-8").splitlines():
        if line.startswith("## "):
            rows = found.setdefault(line.removeprefix("## "), [])
        elif line and not line.startswith("#"):
            assert re.match(r"# 1\.[567]\b", before), f"no clause above {line}"
            rows.append(line)
        before = line
    return found


def told(ledger: Ledger, day: str) -> list[str]:
    rows = ledger.findings(ledger.perspective(date.fromisoformat(day))).rows
    return [f"{row.rule} | {row.subject} | {row.severity} | {row.first_true_on}" for row in rows]


def test_the_golden_file_tells_the_five_dates() -> None:
    assert tuple(golden()) == DAYS


def test_every_finding_of_the_town(ledger_url: str) -> None:
    with create_ledger(ledger_url, officer="tester") as ledger:
        ScenarioRun(TOWN, ledger)
        due = golden()
        assert {day: told(ledger, day) for day in DAYS} == due
        ledger.rebuild()
        assert {day: told(ledger, day) for day in DAYS} == due


def scanned(url: str) -> list[str]:
    """What two scans of one day say, as live and after a rebuild: every byte of it."""
    with create_ledger(url, officer="tester") as ledger:
        ScenarioRun(TOWN, ledger)
        answers = []
        for _ in range(2):
            answer = ledger.scan(date(2022, 6, 30))
            assert not isinstance(answer, Refused)
            answers.append(json.dumps(answer.to_json(), ensure_ascii=False))
            ledger.rebuild()
        return answers


@pytest.mark.postgres
def test_scans_say_the_same_bytes_again_rebuilt_and_on_both_databases(sqlite_url: str, postgres_url: str) -> None:
    [sqlite, again], [postgres, postgres_again] = scanned(sqlite_url), scanned(postgres_url)
    assert sqlite == again == postgres == postgres_again
