"""Services as processes of their own: two at once, one killed, one stopped by a signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ledger.bootstrap import Ledger, create_ledger, open_ledger
from ledger.domain.time import SHANGHAI, to_microseconds
from ledger.persistence.jobs import lease_of
from ledger.persistence.schema import job_run
from tests.jobs.makers import PAPER, alerts, job_runs, scans, told
from tests.queries.makers import COUNTY, hire, loan, record

ROOT = Path(__file__).resolve().parents[2]
DAYS = 12
LEASE = 3
SETTINGS = f'[jobs]\nscan_at = "00:00"\nlease_seconds = {LEASE}\n'


def a_day_with_time_left() -> date:
    """Today; shortly before midnight tomorrow, waited for: no day begins while a test runs."""
    now = datetime.now(SHANGHAI)
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), SHANGHAI)
    if midnight - now > timedelta(minutes=4):
        return now.date()
    time.sleep((midnight - now).total_seconds() + 1)
    return midnight.date()


@pytest.fixture
def behind(ledger_url: str) -> Iterator[Ledger]:
    """A ledger whose scans were last made some days ago, and where each day since has something new to tell."""
    today = a_day_with_time_left()
    before = datetime.combine(today - timedelta(days=DAYS + 1), datetime.min.time(), SHANGHAI)
    with create_ledger(ledger_url, officer="tester", clock=lambda: before) as ledger:
        record(ledger, *COUNTY, *(hire(f"P{number}", "T2") for number in range(DAYS)))
        for number in range(DAYS):
            until = today - timedelta(days=number)
            record(ledger, {**loan(f"P{number}", "C1", "2023-03-01", until.isoformat()), **PAPER})
        last = today - timedelta(days=DAYS)
        at = to_microseconds(datetime.combine(last, datetime.min.time(), SHANGHAI))
        row = {"job": "scan", "due_on": last.toordinal(), "due_at": at, "holder": "x", "attempts": 1}
        with ledger.store.write() as unit:
            unit.conn.execute(job_run.insert(), {**row, "started_at": at, "finished_at": at})
    with open_ledger(ledger_url, officer="tester") as ledger:
        yield ledger


@contextmanager
def service(url: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`sledger jobs run`, killed at the end of the test if it still runs."""
    settings = folder / "jobs.toml"
    settings.write_text(SETTINGS, encoding="utf-8")
    environment = {**os.environ, "SLEDGER_CONFIG": str(settings), "PYTHONPATH": str(ROOT), "SLEDGER_LANG": "en"}
    command = [sys.executable, "-m", "ledger", "--ledger", url, "--officer", "service", "jobs", "run"]
    with (folder / f"{time.monotonic_ns()}.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def until(condition: Callable[[], bool]) -> None:
    """Wait; the bound only ends a test that has failed."""
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def finished(ledger: Ledger) -> int:
    return sum(run.finished_at is not None for run in job_runs(ledger))


def holder(ledger: Ledger) -> str | None:
    with ledger.store.read() as conn:
        lease = lease_of(conn)
    return None if lease is None else lease.holder


def nothing_twice(ledger: Ledger) -> None:
    """Every alert once, every date once, and the same as one catch-up without interruption."""
    identities = [alert.identity for alert in alerts(ledger)]
    assert len(identities) == len(set(identities))
    assert [run.due_on for run in job_runs(ledger)] == sorted({run.due_on for run in job_runs(ledger)})
    assert len(scans(ledger)) == len(set(scans(ledger)))
    assert ledger.verify().ok


def test_two_services_at_once_and_one_killed_in_the_middle(behind: Ledger, ledger_url: str, tmp_path: Path) -> None:
    with service(ledger_url, tmp_path) as first:
        until(lambda: finished(behind) >= 3)
        was = holder(behind)
        with service(ledger_url, tmp_path) as second:
            until(lambda: finished(behind) >= 5)
            assert holder(behind) == was
            first.send_signal(signal.SIGKILL)
            first.wait()
            until(lambda: finished(behind) == DAYS + 1)
            assert holder(behind) != was
            second.send_signal(signal.SIGTERM)
            assert second.wait(60) == 0
    nothing_twice(behind)
    overdue = [first for rule, first, _ in told(behind) if rule == "overdue_secondment"]
    assert len(overdue) == DAYS - 1  # all but the one whose last day is today
    with behind.store.read() as conn:
        lease = lease_of(conn)
        assert lease is not None
        assert lease.released


def test_a_service_told_to_stop_gives_its_lease_back(behind: Ledger, ledger_url: str, tmp_path: Path) -> None:
    with service(ledger_url, tmp_path) as one:
        until(lambda: finished(behind) >= 2)
        one.send_signal(signal.SIGTERM)
        assert one.wait(60) == 0
    assert behind.status()["jobs"]["state"] == "stopped"
    with service(ledger_url, tmp_path) as another:  # the first may have left it nothing to do
        until(lambda: finished(behind) == DAYS + 1 and behind.status()["jobs"]["state"] == "running")
        another.send_signal(signal.SIGINT)
        assert another.wait(60) == 0
    nothing_twice(behind)


def test_once_leaves_it_to_a_service_that_runs(behind: Ledger, ledger_url: str, tmp_path: Path) -> None:
    from ledger.jobs.lease import LeaseKeeper
    from ledger.jobs.scheduler import Service
    from ledger.settings import job_settings

    with open_ledger(ledger_url, officer="other") as other:
        keeper = LeaseKeeper(behind, 60)
        assert keeper.take()
        assert not Service(other, job_settings({"scan_at": "00:00"})).once()
        keeper.release()
        assert Service(other, job_settings({"scan_at": "00:00"})).once()
    assert finished(behind) == DAYS + 1
    nothing_twice(behind)
