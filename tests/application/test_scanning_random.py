"""Scans between the entries of random histories: alerts and findings never part, live or rebuilt, on both databases."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ledger.application.scanning import ScanAnswer
from ledger.bootstrap import Ledger, create_ledger, restore_ledger
from ledger.domain.alerts import Alert
from ledger.domain.findings.finding import State
from ledger.domain.time import SHANGHAI, Perspective
from ledger.projections.alerts import load_alerts
from tests.oracle_entries import random_history
from tests.oracle_makers import TODAY


def alerts_of(ledger: Ledger) -> dict[int, Alert]:
    with ledger.store.read() as conn:
        return load_alerts(conn)


def noon() -> datetime:
    return datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=SHANGHAI)


def lived(url: str, seed: int) -> Iterator[tuple[Ledger, date]]:
    """A ledger that grows by some entries a day, and is scanned every few days; each time after a scan."""
    lines, _verdicts, _oracle = random_history(seed, 90)
    dice = random.Random(seed)
    day = TODAY - timedelta(days=3 * len(lines))
    with create_ledger(url, officer="tester", clock=noon) as ledger:
        while lines:
            count = dice.randrange(1, 9)
            for line in lines[:count]:
                ledger.record(json.loads(json.dumps(line, default=str)))
            del lines[:count]
            day = min(TODAY, day + timedelta(days=dice.choice([1, 1, 2, 30])))
            assert isinstance(ledger.scan(day), ScanAnswer)
            yield ledger, day


def told(ledger: Ledger) -> list[tuple[object, ...]]:
    """Alerts without the instants, which are those of the recording."""
    return [(one.id, *one.identity, one.severity, one.standing, one.cleared_by, one.lapsed_on, one.supersedes)
            for one in alerts_of(ledger).values()]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_what_is_live_is_what_holds(sqlite_url: str, seed: int, tmp_path: Path) -> None:
    ledger = None
    for ledger, day in lived(sqlite_url, seed):
        p = Perspective(day, ledger.newest_entry())
        findings = ledger.findings(p, insufficient=True).rows
        true = {(one.rule, one.subject, one.first_true_on) for one in findings if one.state is State.TRUE}
        unsure = {one.order for one in findings if one.state is State.INSUFFICIENT}
        live = [one for one in alerts_of(ledger).values() if one.live]
        assert {one.identity for one in live if (one.rule, one.subject) not in unsure} == true
        identities = [one.identity for one in alerts_of(ledger).values()]
        assert len(identities) == len(set(identities))
        position = ledger.perspective().known_at
        again = ledger.scan(day)
        assert isinstance(again, ScanAnswer)
        assert (again.done, ledger.perspective().known_at) == ({}, position)
        assert ledger.verify().ok
        last = alerts_of(ledger)
        closed = [one for one in last.values() if one.standing == "cleared"]
        assert [one for one in closed if (one.cleared_by is None) == (one.lapsed_on is None)] == []
    assert ledger is not None


@pytest.mark.parametrize("seed", [1, 4])
def test_a_backup_taken_anywhere_has_the_same_alerts(sqlite_url: str, seed: int, tmp_path: Path) -> None:
    for number, (ledger, _day) in enumerate(lived(sqlite_url, seed)):
        if number % 7 == 3:
            ledger.backup(tmp_path / f"{number}.gz")
            with restore_ledger(tmp_path / f"{number}.gz", str(tmp_path / f"{number}.db")) as again:
                assert alerts_of(again) == alerts_of(ledger)


@pytest.mark.parametrize("seed", [2])
def test_both_databases_tell_the_same(sqlite_url: str, postgres_url: str, seed: int) -> None:
    for (one, day), (other, _) in zip(lived(sqlite_url, seed), lived(postgres_url, seed), strict=True):
        assert told(one) == told(other)
        answers = [ledger.scan(day) for ledger in (one, other)]
        texts = [json.dumps(answer.to_json()) for answer in answers if isinstance(answer, ScanAnswer)]
        assert len(set(texts)) == 1
