"""The findings of random histories, judged by the application and by the oracle (spec 1.5-1.7).

The oracle (tests/oracle/findings*.py) judges every rule on single days in the words of the table.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.refusals import Refused
from ledger.domain.time import Perspective
from tests.findings_entries import days_to_ask, findings_history
from tests.oracle.findings import Court
from tests.oracle.findings_people import PERSON_RULES
from tests.oracle.findings_units import UNIT_RULES
from tests.oracle.oracle import Oracle
from tests.twins import plain, record, the_day_of_recording

JUDGED = {*PERSON_RULES, *UNIT_RULES}


def differences(ledger: Ledger, oracle: Oracle, dice: random.Random, days: int) -> Iterator[str]:
    """What the ledger says otherwise about some perspectives."""
    newest = len(oracle.stored)
    for day in days_to_ask(oracle, dice, days):
        known_at = dice.choice([newest, newest, dice.randrange(newest + 1)])
        court = Court(oracle.ledger(known_at))
        rows = ledger.findings(Perspective(day, known_at), insufficient=True).to_json()["rows"]
        for told in compare(court, day, rows):
            yield f"({day}, {known_at}): {told}"


def compare(court: Court, day: date, rows: list[dict[str, Any]]) -> Iterator[str]:
    wanted = court.on(day)
    given = {(row["rule"], row["subject"]): row for row in rows if row["rule"] in JUDGED}
    for key in sorted(wanted.keys() | given.keys()):
        if key not in given:
            yield f"{key} is missing, wanted {wanted[key]}"
        elif key not in wanted:
            yield f"{key} is not to be told: {given[key]}"
        else:
            yield from compare_row(court, day, key, given[key])


def compare_row(court: Court, day: date, key: tuple[str, str], row: dict[str, Any]) -> Iterator[str]:
    wanted = court.on(day)[key]
    if (row["state"], row["severity"]) != (wanted.state, wanted.severity):
        yield f"{key} is {row['state']} {row['severity']}, wanted {wanted}"
    elif wanted.state == "true":
        problem = court.run_problem(key, date.fromisoformat(row["first_true_on"]), day)
        if problem is not None:
            yield f"{key} {problem}"
        evidence = row["evidence"]
        unlike = {
            name: evidence.get(name) for name, value in wanted.evidence.items() if evidence.get(name) != plain(value)
        }
        if unlike:
            yield f"{key} shows {unlike}, wanted {wanted.evidence}"


def history_differences(url: str, seed: int, entries: int, days: int) -> list[str]:
    """The differences of one random history."""
    told, oracle = findings_history(seed, entries)
    with create_ledger(url, officer="one", clock=the_day_of_recording) as ledger:
        answers = record(ledger, told)
        refused = [(entry, answer) for entry, answer in zip(told, answers, strict=True) if isinstance(answer, Refused)]
        assert refused == []
        return list(differences(ledger, oracle, random.Random(seed), days))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(16))
def test_the_findings_of_random_histories(tmp_path: Path, seed: int) -> None:
    assert history_differences(str(tmp_path / "ledger.db"), seed, entries=50, days=14) == []
