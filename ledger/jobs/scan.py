"""The daily scan: what is due, what was missed while no service ran, and each of it once (spec 1.7, 3.2.6)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from ledger.bootstrap import Ledger
from ledger.domain.refusals import Refused
from ledger.domain.time import SHANGHAI, to_microseconds
from ledger.persistence.jobs import begin_run, done_through, fail_run, finish_run
from ledger.settings import JobSettings

JOB = "scan"
Now = Callable[[], datetime]
log = logging.getLogger("ledger.jobs")


def due_instant(settings: JobSettings, day: date) -> datetime:
    """When the scan of a day is due."""
    return datetime.combine(day, settings.scan_at, SHANGHAI)


def due_dates(settings: JobSettings, last: date | None, now: datetime) -> list[date]:
    """The dates whose scan is due and not done; before the very first scan only the day itself."""
    today = now.astimezone(SHANGHAI).date()
    first = today if last is None else last + timedelta(days=1)
    days = (date.fromordinal(number) for number in range(first.toordinal(), today.toordinal() + 1))
    return [day for day in days if day.weekday() in settings.scan_on and due_instant(settings, day) <= now]


def next_due(settings: JobSettings, last: date | None, now: datetime) -> datetime:
    """When the next scan is due: the earliest that is not done, be it late already. `last`: done up to this date."""
    dues = due_dates(settings, last, now)
    day = dues[0] if dues else now.astimezone(SHANGHAI).date()
    while not dues and (day.weekday() not in settings.scan_on or due_instant(settings, day) <= now):
        day += timedelta(days=1)
    return due_instant(settings, day)


def next_scan(ledger: Ledger, settings: JobSettings, now: datetime) -> datetime:
    """When the next scan of a ledger is due."""
    with ledger.store.read() as conn:
        return next_due(settings, done_through(conn, JOB), now)


class ScanWork:
    """Does what is due. Cut off at any point and begun again, by this service or another, it gives the same alerts."""

    def __init__(self, ledger: Ledger, settings: JobSettings, holder: str, now: Now) -> None:
        self._ledger, self._settings, self._holder, self._now = ledger, settings, holder, now

    def run(self) -> bool:
        """Scan every missed date as it was known when its scan was due, then today as known now.

        The run of the last missed date ends with the scan of today, so that a service killed between the two does
        both again. False where nothing was due, or it was not for this service to do. Raises what the ledger raises.
        """
        now = self._now()
        today = now.astimezone(SHANGHAI).date()
        with self._ledger.store.read() as conn:
            dues = due_dates(self._settings, done_through(conn, JOB), now)
        if not dues:
            return False
        for day in dues[:-1]:
            if not self._once(day, [day]):
                return False
        last = dues[-1]
        return self._once(last, [today] if last == today else [last, today])

    def _once(self, due_on: date, days: list[date]) -> bool:
        due_at = to_microseconds(due_instant(self._settings, due_on))
        with self._ledger.store.write() as unit:
            if not begin_run(unit, JOB, due_on, due_at, self._holder):
                return False
        try:
            known_at = [self._scan(day, due_at) for day in days][-1]
        except Exception as error:
            problem = getattr(error, "code", type(error).__name__)
            with self._ledger.store.write() as unit:
                fail_run(unit, JOB, due_on, str(problem))
            raise
        with self._ledger.store.write() as unit:
            finish_run(unit, JOB, due_on, known_at)
        return True

    def _scan(self, day: date, due_at: int) -> int:
        """A missed day as it was known just before its scan was due; today as known now."""
        known_at = None
        if day < self._now().astimezone(SHANGHAI).date():
            with self._ledger.store.read() as conn:
                known_at = self._ledger.store.position_at(conn, due_at - 1)
        answer = self._ledger.scan(day, known_at)
        if isinstance(answer, Refused):
            raise ScanRefused(answer.code)
        done = ", ".join(f"{name} {count}" for name, count in answer.done.items())
        log.info("scanned %s as known at %s: %s", day, answer.perspective.known_at, done or "nothing new")
        return answer.perspective.known_at


class ScanRefused(Exception):
    """The ledger's clock does not allow the scan; `code` as in the refusals."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
