"""A ledger with a clock that the test moves, and services on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from ledger.bootstrap import Ledger, create_ledger, open_ledger
from ledger.domain.alerts import Alert
from ledger.domain.time import SHANGHAI
from ledger.jobs.scan import JOB
from ledger.persistence.jobs import JobRun, runs
from ledger.projections.alerts import load_alerts, scans_made
from ledger.settings import JobSettings, job_settings
from tests.queries.makers import COUNTY, hire, loan, record

PAPER = {"authority": {"document_no": "借1号", "issued_on": "2023-02-20"}}
FACTS: dict[str, Any] = {"gender": "male", "born_on": "1985-01-01", "identity": "civil_servant"}
DAILY = job_settings({"scan_at": "08:30"})


class Clock:
    """Goes when the test says so."""

    def __init__(self, text: str) -> None:
        self.set(text)

    def set(self, text: str) -> None:
        self._now = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)

    def __call__(self) -> datetime:
        self._now += timedelta(microseconds=1)
        return self._now


def office(url: str, clock: Clock) -> Ledger:
    """The county, with somebody lent out until the end of June 2023."""
    ledger = create_ledger(url, officer="tester", clock=clock)
    record(ledger, *COUNTY, hire("P1", "T2", **FACTS), {**loan("P1", "C1", "2023-03-01", "2023-06-30"), **PAPER})
    return ledger


@contextmanager
def again(url: str, clock: Clock) -> Iterator[Ledger]:
    """The same ledger, as another process would open it."""
    with open_ledger(url, officer="service", clock=clock) as ledger:
        yield ledger


def alerts(ledger: Ledger) -> list[Alert]:
    with ledger.store.read() as conn:
        return list(load_alerts(conn).values())


def told(ledger: Ledger) -> list[tuple[str, date, str]]:
    """Alerts by rule, first day and how they stand."""
    return sorted((one.rule, one.first_true_on, one.standing.value) for one in alerts(ledger))


def scans(ledger: Ledger) -> list[tuple[str, int]]:
    """Day and knowledge of the scans made."""
    with ledger.store.read() as conn:
        return [(one.moment.as_of.isoformat(), one.moment.known_at) for one in scans_made(conn)]


def job_runs(ledger: Ledger) -> list[JobRun]:
    with ledger.store.read() as conn:
        return runs(conn, JOB)


__all__ = ["DAILY", "Clock", "JobSettings", "again", "alerts", "job_runs", "office", "scans", "told"]
