"""What is due, what was missed, and each of it once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from ledger.bootstrap import Ledger
from ledger.domain.time import SHANGHAI
from ledger.jobs.scan import due_dates, next_due, next_scan
from ledger.jobs.scheduler import Service
from ledger.persistence.jobs import begin_run, take_lease
from ledger.settings import job_settings
from tests.jobs.makers import DAILY, Clock, again, job_runs, office, scans, told
from tests.queries.makers import on, record


@pytest.fixture
def clock() -> Clock:
    return Clock("2023-07-03T09:00:00")


@pytest.fixture
def ledger(ledger_url: str, clock: Clock) -> Iterator[Ledger]:
    with office(ledger_url, clock) as made:
        yield made


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "last", "dues"),
    [
        ("2023-07-03T08:29:59", None, []),
        ("2023-07-03T08:30:00", None, ["2023-07-03"]),
        ("2023-07-03T09:00:00", "2023-07-03", []),
        ("2023-07-04T08:00:00", "2023-07-03", []),
        ("2023-07-06T08:00:00", "2023-07-03", ["2023-07-04", "2023-07-05"]),
        ("2023-07-06T09:00:00", "2023-07-03", ["2023-07-04", "2023-07-05", "2023-07-06"]),
    ],
)
def test_a_scan_is_due_from_its_time_on(now: str, last: str | None, dues: list[str]) -> None:
    found = due_dates(DAILY, None if last is None else day(last), at(now))
    assert [one.isoformat() for one in found] == dues


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        ("2023-07-03T08:00:00", None, "2023-07-03T08:30:00"),
        ("2023-07-03T09:00:00", "2023-07-03", "2023-07-04T08:30:00"),
        ("2023-07-06T09:00:00", "2023-07-03", "2023-07-04T08:30:00"),  # late already
        ("2023-07-07T09:00:00", "2023-07-07", "2023-07-10T08:30:00"),  # over the weekend
    ],
)
def test_the_next_scan_is_the_earliest_that_is_not_done(now: str, last: str | None, due: str) -> None:
    settings = job_settings({"scan_on": "mon-fri"})
    assert next_due(settings, None if last is None else day(last), at(now)) == at(due)


def test_the_next_scan_of_a_ledger_follows_the_one_that_was_done(ledger: Ledger, clock: Clock) -> None:
    Service(ledger, DAILY, now=clock).once()
    assert next_scan(ledger, DAILY, clock()) == at("2023-07-04T08:30:00")


def test_days_that_are_not_named_are_never_due() -> None:
    settings = job_settings({"scan_on": "mon-fri"})
    found = due_dates(settings, day("2023-07-06"), at("2023-07-11T09:00:00"))
    assert [one.isoformat() for one in found] == ["2023-07-07", "2023-07-10", "2023-07-11"]


def test_the_first_scan_is_that_of_today(ledger: Ledger, clock: Clock) -> None:
    assert Service(ledger, DAILY, now=clock).once()
    assert scans(ledger) == [("2023-07-03", 8)]
    assert [(run.due_on, run.known_at, run.attempts) for run in job_runs(ledger)] == [(day("2023-07-03"), 8, 1)]
    assert ("overdue_secondment", day("2023-07-01"), "open") in told(ledger)


def test_nothing_is_scanned_twice(ledger: Ledger, clock: Clock) -> None:
    for now in ("2023-07-03T09:00:00", "2023-07-03T18:00:00", "2023-07-04T08:00:00"):
        clock.set(now)
        Service(ledger, DAILY, now=clock).once()
    assert scans(ledger) == [("2023-07-03", 8)]


def test_missed_days_are_scanned_as_they_were_known_then_and_today_as_known_now(ledger: Ledger, clock: Clock) -> None:
    """A week without service; the return on the 5th is recorded on the 6th, after that day's scan was due."""
    Service(ledger, DAILY, now=clock).once()
    clock.set("2023-07-06T10:00:00")
    back = record(ledger, on("2023-07-05", "secondment_ended", person="P1"))[0]
    clock.set("2023-07-10T07:00:00")
    Service(ledger, DAILY, now=clock).once()
    assert scans(ledger) == [
        ("2023-07-03", 8),
        ("2023-07-04", 8),
        ("2023-07-05", 8),
        ("2023-07-06", 8),
        ("2023-07-07", back),
        ("2023-07-08", back),
        ("2023-07-09", back),
        ("2023-07-10", back),
    ]
    assert [run.due_on.day for run in job_runs(ledger)] == [3, 4, 5, 6, 7, 8, 9]
    assert ("overdue_secondment", day("2023-07-01"), "cleared") in told(ledger)
    clock.set("2023-07-10T08:30:00")
    Service(ledger, DAILY, now=clock).once()
    assert scans(ledger)[8:] == []  # the same moment was scanned in the morning
    assert job_runs(ledger)[-1].due_on == day("2023-07-10")


def test_catching_up_gives_the_alerts_of_daily_scans(ledger_url: str, tmp_path: object) -> None:
    daily_clock, late_clock = Clock("2023-06-20T09:00:00"), Clock("2023-06-20T09:00:00")
    with office(ledger_url, daily_clock) as daily, office(f"{tmp_path}/late.db", late_clock) as late:
        for ledger, clock in ((daily, daily_clock), (late, late_clock)):
            Service(ledger, DAILY, now=clock).once()
        for number in range(21, 31):
            daily_clock.set(f"2023-06-{number}T08:30:00")
            Service(daily, DAILY, now=daily_clock).once()
        for number in range(1, 6):
            daily_clock.set(f"2023-07-0{number}T08:30:00")
            Service(daily, DAILY, now=daily_clock).once()
        late_clock.set("2023-07-05T08:30:00")
        Service(late, DAILY, now=late_clock).once()
        assert told(late) == told(daily)
        assert scans(late) == scans(daily)


def test_a_run_cut_off_is_done_again_by_whoever_comes_next(ledger: Ledger, ledger_url: str, clock: Clock) -> None:
    with ledger.store.write() as unit:
        assert take_lease(unit, "killed", 60)
        assert begin_run(unit, "scan", day("2023-07-03"), 0, "killed")
    with again(ledger_url, clock) as other:
        assert not Service(other, DAILY, now=clock).once()
        clock.set("2023-07-03T09:01:01")
        assert Service(other, DAILY, now=clock).once()
    assert [(run.attempts, run.finished_at is not None) for run in job_runs(ledger)] == [(2, True)]


def test_a_failed_run_says_why_and_is_tried_again_after_a_while(
    ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk")

    service = Service(ledger, DAILY, now=clock)
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "scan", fail)
        with pytest.raises(OSError, match="disk"):
            service.once()
    assert ledger.status()["jobs"]["problem"] == "OSError"
    assert "jobs_failing" in ledger.status()["notes"]
    clock.set("2023-07-03T09:00:30")
    service.once()
    assert scans(ledger) == []
    clock.set("2023-07-04T07:00:00")
    service.once()
    assert scans(ledger) == [("2023-07-03", 0), ("2023-07-04", 8)]  # nothing was recorded by 8:30 on the 3rd
    assert ledger.status()["jobs"]["problem"] is None


def test_status_tells_of_the_service(ledger: Ledger, clock: Clock) -> None:
    assert ledger.status()["jobs"]["state"] == "never"
    service = Service(ledger, DAILY, now=clock)
    service.once()
    told = ledger.status()
    assert (told["jobs"]["state"], told["jobs"]["scanned_on"], told["healthy"]) == ("stopped", "2023-07-03", True)
    service.lease.take()
    told = ledger.status()  # by the clock of the machine that lease ran out long ago
    assert (told["jobs"]["state"], told["healthy"], told["notes"][-1]) == ("dead", False, "jobs_dead")
