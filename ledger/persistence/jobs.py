"""The lease of the service that runs the jobs, and which job was run for which date (spec 3.2.6).

All of it is written under the writer's lock, with the instants of the store: on a server those of the server, so that
two machines whose clocks differ agree on when a lease ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from ledger.domain.time import shown_instant
from ledger.persistence.deliveries import troubled
from ledger.persistence.schema import job_lease, job_run
from ledger.persistence.writing import WriteUnit

MICROSECONDS = 1_000_000
ATTEMPT_AFTER = 60 * MICROSECONDS
"""A job that failed is tried again after this, twice this, … at most QUARTER."""
QUARTER = 900 * MICROSECONDS


@dataclass(frozen=True, slots=True)
class Lease:
    """Who runs the jobs. `released`: given back by a service that was stopped."""

    holder: str
    taken_at: int
    expires_at: int
    released: bool


@dataclass(frozen=True, slots=True)
class JobRun:
    """A job for a date; `finished_at` None while it runs, or where it was cut off or failed (`problem`)."""

    job: str
    due_on: date
    due_at: int
    holder: str
    attempts: int
    started_at: int
    finished_at: int | None
    known_at: int | None
    problem: str | None


def lease_of(conn: Connection) -> Lease | None:
    """The lease as it stands; None where no service ever ran."""
    c = job_lease.c
    row = conn.execute(select(c.holder, c.taken_at, c.expires_at, c.released)).first()
    return None if row is None else Lease(row.holder, row.taken_at, row.expires_at, bool(row.released))


def take_lease(unit: WriteUnit, holder: str, seconds: float) -> bool:
    """Take the lease, or renew it; False where another service holds it."""
    now = unit.recorded_at
    lease = lease_of(unit.conn)
    if lease is not None and lease.holder != holder and not lease.released and lease.expires_at > now:
        return False
    taken = now if lease is None or lease.holder != holder or lease.released else lease.taken_at
    unit.conn.execute(delete(job_lease))
    row = {"id": 1, "holder": holder, "taken_at": taken, "released": 0}
    unit.conn.execute(job_lease.insert(), {**row, "expires_at": now + int(seconds * MICROSECONDS)})
    return True


def release_lease(unit: WriteUnit, holder: str) -> None:
    """Give the lease back, so that another service need not wait."""
    now = unit.recorded_at
    unit.conn.execute(update(job_lease).where(job_lease.c.holder == holder).values(released=1, expires_at=now))


def _holds(unit: WriteUnit, holder: str) -> bool:
    lease = lease_of(unit.conn)
    return lease is not None and lease.holder == holder and not lease.released


def begin_run(unit: WriteUnit, job: str, due_on: date, due_at: int, holder: str) -> bool:
    """Begin a job for a date; False where it is done, was tried just now, or the lease has gone to another."""
    now = unit.recorded_at
    before = run_of(unit.conn, job, due_on)
    if not _holds(unit, holder) or (before is not None and not _may_begin(before, now, holder)):
        return False
    attempts = 1 if before is None else before.attempts + 1
    unit.conn.execute(delete(job_run).where(job_run.c.job == job, job_run.c.due_on == due_on.toordinal()))
    row = {"job": job, "due_on": due_on.toordinal(), "due_at": due_at, "holder": holder}
    unit.conn.execute(job_run.insert(), {**row, "attempts": attempts, "started_at": now})
    return True


def _may_begin(before: JobRun, now: int, holder: str) -> bool:
    """A run cut off with its service is taken over at once; one that failed is tried again after a while."""
    if before.finished_at is not None:
        return False
    return before.problem is None or now >= before.started_at + min(ATTEMPT_AFTER * before.attempts, QUARTER)


def finish_run(unit: WriteUnit, job: str, due_on: date, known_at: int | None) -> None:
    """Note that a job is done for a date."""
    mine = (job_run.c.job == job, job_run.c.due_on == due_on.toordinal(), job_run.c.finished_at.is_(None))
    values = {"finished_at": unit.recorded_at, "known_at": known_at, "problem": None}
    unit.conn.execute(update(job_run).where(*mine).values(values))


def fail_run(unit: WriteUnit, job: str, due_on: date, problem: str) -> None:
    """Note why a job could not be done."""
    mine = (job_run.c.job == job, job_run.c.due_on == due_on.toordinal(), job_run.c.finished_at.is_(None))
    unit.conn.execute(update(job_run).where(*mine).values(problem=problem))


def run_of(conn: Connection, job: str, due_on: date) -> JobRun | None:
    """What is known of a job on a date."""
    row = conn.execute(select(job_run).where(job_run.c.job == job, job_run.c.due_on == due_on.toordinal())).first()
    return None if row is None else _run(row)


def done_through(conn: Connection, job: str) -> date | None:
    """The last date up to which nothing is left to do; None where the job was never begun."""
    mine = job_run.c.job == job
    open_ = conn.execute(select(func.min(job_run.c.due_on)).where(mine, job_run.c.finished_at.is_(None))).scalar()
    if open_ is not None:
        return date.fromordinal(open_ - 1)
    day = conn.execute(select(func.max(job_run.c.due_on)).where(mine)).scalar()
    return None if day is None else date.fromordinal(day)


def last_run(conn: Connection, job: str) -> JobRun | None:
    """The run for the latest date."""
    row = conn.execute(select(job_run).where(job_run.c.job == job).order_by(job_run.c.due_on.desc()).limit(1)).first()
    return None if row is None else _run(row)


def runs(conn: Connection, job: str) -> list[JobRun]:
    """All runs of a job, by date."""
    rows = conn.execute(select(job_run).where(job_run.c.job == job).order_by(job_run.c.due_on))
    return [_run(row) for row in rows]


def _run(row: Any) -> JobRun:
    job, due_on, *rest = row
    return JobRun(job, date.fromordinal(due_on), *rest)


def health(conn: Connection, now: int) -> tuple[dict[str, Any], list[str]]:
    """How the service is, for `status`, and the notes about what needs attention.

    A service that was stopped gave its lease back; one whose lease has run out was killed or hangs.
    """
    lease, run = lease_of(conn), last_run(conn, "scan")
    state = "never" if lease is None else "stopped" if lease.released else "running"
    if lease is not None and not lease.released and lease.expires_at <= now:
        state = "dead"
    problem = None if run is None else run.problem
    told = {
        "state": state,
        "holder": None if lease is None else lease.holder,
        "scanned_on": None if run is None else run.due_on.isoformat(),
        "attempts": 0 if run is None else run.attempts,
        "started_at": None if run is None else shown_instant(run.started_at),
        "finished_at": None if run is None or run.finished_at is None else shown_instant(run.finished_at),
        "problem": problem,
        "undelivered": troubled(conn),
    }
    notes = (("jobs_dead", state == "dead"), ("jobs_failing", problem), ("deliveries_failing", told["undelivered"]))
    return told, [note for note, holds in notes if holds]
