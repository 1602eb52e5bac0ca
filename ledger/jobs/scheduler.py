"""The service: keeps the lease, looks for what is due, and stops cleanly (spec 3.2.6).

Jobs are defined here and kept in memory. APScheduler's own stores would pickle them into the database, and two
processes sharing one ran jobs twice; what was run for which date is known to the ledger instead.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from ledger.bootstrap import Ledger
from ledger.domain.faults import LedgerFault
from ledger.domain.time import SHANGHAI
from ledger.jobs.lease import LeaseKeeper
from ledger.jobs.scan import Now, ScanWork
from ledger.settings import JobSettings

log = logging.getLogger("ledger.jobs")
LOOK_EVERY = 30
"""Seconds between two looks for what is due, failed or interrupted; the due time itself has a trigger of its own."""


def utc_now() -> datetime:
    """The clock of the machine."""
    return datetime.now(UTC)


class Service:
    """One process that runs the jobs of one ledger while it holds the lease.

    `after`: what follows every look, such as telling people.
    """

    def __init__(
        self,
        ledger: Ledger,
        settings: JobSettings,
        *,
        after: Callable[[], None] = lambda: None,
        now: Now = utc_now,
    ) -> None:
        self._settings = settings
        self.after = after
        self._working = threading.Lock()
        self.lease = LeaseKeeper(ledger, settings.lease_seconds)
        self._work = ScanWork(ledger, settings, self.lease.holder, now)

    def once(self) -> bool:
        """Do what is due now, and end; False where a service is running that will do it."""
        if not self.lease.take():
            return False
        try:
            self._work.run()
            self.after()
        finally:
            self.lease.release()
        return True

    def run(self, stop: threading.Event) -> None:
        """Run until told to stop; what is being done then is finished first."""
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        scheduler = BackgroundScheduler(timezone=SHANGHAI, job_defaults=defaults)
        begin, at = datetime.now(SHANGHAI), self._settings.scan_at
        beat = IntervalTrigger(seconds=self._settings.lease_seconds / 3, timezone=SHANGHAI)
        look = IntervalTrigger(seconds=min(LOOK_EVERY, self._settings.lease_seconds), timezone=SHANGHAI)
        due = CronTrigger(
            day_of_week=self._settings.days, hour=at.hour, minute=at.minute, second=at.second, timezone=SHANGHAI
        )
        scheduler.add_job(self.beat, beat, id="beat", next_run_time=begin)
        scheduler.add_job(self.look, look, id="look")
        scheduler.add_job(self.look, due, id="due")
        scheduler.start()
        log.info("service started: %s", self.lease.holder)
        try:
            stop.wait()
        finally:
            scheduler.shutdown(wait=True)
            if self.lease.held:
                with suppress(LedgerFault):
                    self.lease.release()
            log.info("service stopped")

    def beat(self) -> None:
        """Keep the lease; whoever gets it looks at once what is due."""
        had = self.lease.held
        try:
            held = self.lease.take()
        except LedgerFault as fault:
            log.warning("the lease could not be renewed: %s", fault.code)
            return
        if held and not had:
            log.info("lease taken")
            threading.Thread(target=self.look, name="look", daemon=False).start()
        elif had and not held:
            log.warning("the lease went to another service")

    def look(self) -> None:
        """Do what is due, unless another service has the lease or this one is still at it."""
        if not self.lease.held or not self._working.acquire(blocking=False):
            return
        try:
            self._work.run()
            self.after()
        except LedgerFault as fault:
            log.warning("not done, tried again later: %s", fault.code)
        except Exception:
            log.exception("not done, tried again later")
        finally:
            self._working.release()


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
