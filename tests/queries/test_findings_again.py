"""After a few entries findings are judged again only where these can matter; the answer is that of a new question."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from ledger.bootstrap import create_ledger, open_ledger
from ledger.domain.time import Perspective
from ledger.queries import findings_again
from tests.oracle_entries import random_history
from tests.queries.makers import at, county, hire, loan, on, record
from tests.twins import the_day_of_recording


@pytest.mark.parametrize("seed", range(3))
def test_entry_by_entry_it_is_the_answer_of_a_ledger_just_opened(seed: int, sqlite_url: str) -> None:
    lines, _, _ = random_history(seed, 90)
    day = date(2024, 6, 30)
    with create_ledger(sqlite_url, officer="tester", clock=the_day_of_recording) as ledger:
        for line in lines[:70]:
            ledger.record(json.loads(json.dumps(line, default=str)))
        ledger.findings(ledger.perspective(day))
        for line in lines[70:]:
            ledger.record(json.loads(json.dumps(line, default=str)))
            kept = ledger.findings(ledger.perspective(day))
            with open_ledger(sqlite_url, officer="tester") as other:
                assert kept == other.findings(other.perspective(day))


def test_one_entry_about_a_person_does_not_ask_for_everything(sqlite_url: str, monkeypatch) -> None:
    people = [hire(f"P{number}", "T1-A", "2019-02-01") for number in range(5)]
    with county(
        sqlite_url, *people, *(loan(one["person"], "C1", "2020-01-01", "2020-06-30") for one in people)
    ) as ledger:
        whole = ledger.findings(at("2021-06-30", ledger.perspective().known_at))
        judged: list[int] = []
        plain: Any = vars(findings_again)["judged"]

        def counted(*given: Any) -> Any:
            judged.append(len(given[3]))
            return plain(*given)

        monkeypatch.setattr(findings_again, "judged", counted)
        record(ledger, on("2021-01-01", "secondment_ended", person="P3"), hire("P9", "T2", "2019-03-01"))
        after = ledger.findings(at("2021-06-30", ledger.perspective().known_at))
        assert judged
        assert len(after.rows) < len(whole.rows)
        assert not any("P3/" in row.subject for row in after.rows)
        earlier = ledger.findings(Perspective(date(2021, 6, 30), whole.perspective.known_at))
        assert earlier == whole
