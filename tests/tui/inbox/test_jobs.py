"""The daily scan in the inbox: last and next run, how long it took, what failed, who was not reached."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from ledger import locale
from ledger.bootstrap import open_ledger
from ledger.domain.time import SHANGHAI
from ledger.jobs.scheduler import Service
from ledger.settings import JobSettings
from tests.tui.screens import press, run, shown
from tui.app import LedgerApp
from tui.inbox.deliveries import job_words, run_words
from tui.port import Jobs

NEXT = datetime(2022, 7, 23, 8, 30, tzinfo=SHANGHAI)
DONE: dict[str, Any] = {
    "state": "running",
    "scanned_on": "2022-07-22",
    "attempts": 1,
    "started_at": "2022-07-22T00:30:00Z",
    "finished_at": "2022-07-22T00:30:04.500Z",
    "problem": None,
    "undelivered": 0,
}


@pytest.mark.parametrize(
    ("jobs", "words", "more"),
    [
        (
            Jobs(DONE, NEXT),
            "每日扫描运行中；上次扫描 2022-07-22（2022-07-22 08:30 完成）",
            "下次 2022-07-23 08:30；上次用时 4.5 秒",
        ),
        (
            Jobs({**DONE, "state": "dead", "finished_at": None, "problem": "disk_full", "attempts": 3}, NEXT),
            "disk_full",
            "下次 2022-07-23 08:30；已试 3 次",
        ),
        (Jobs({**DONE, "undelivered": 2}, NEXT), "2 封未送达", "下次 2022-07-23 08:30"),
    ],
)
def test_how_the_daily_scan_is_is_said_in_words(jobs: Jobs, words: str, more: str) -> None:
    locale.use("zh")
    assert words in job_words(jobs)
    assert more in run_words(jobs)


def test_after_a_run_the_inbox_and_the_deliveries_tell_of_the_next(town: Path) -> None:
    with open_ledger(str(town), officer="service") as ledger:
        Service(ledger, JobSettings()).once()

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6")
        assert "每日扫描" in shown(app).splitlines()[3]
        assert "下次 " in shown(app).splitlines()[3]
        await press(pilot, "7")
        assert "下次 " in shown(app).splitlines()[2]

    run(flow, town)
