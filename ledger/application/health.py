"""What a doctor looks at: the database, the chain, the tables, the disk, the calendar, the clock, the versions."""

from __future__ import annotations

import platform
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ledger.domain.faults import N_, LedgerFault
from ledger.domain.time import from_microseconds, shanghai_date, shown_instant
from ledger.domain.units import Structure
from ledger.persistence import seals
from ledger.persistence.batches import batches
from ledger.persistence.jobs import lease_of
from ledger.persistence.schema import FORMAT
from ledger.persistence.store import Store
from ledger.projections.catching_up import tables_state
from ledger.projections.sampling import wrong_people
from ledger.projections.tables import VERSION

State = Literal["ok", "attention", "fault"]
PEOPLE = 200
"""How many people's tables are compared with their entries."""
SPACE = 500_000_000
"""Free bytes below which a disk needs attention; at least three times the ledger."""
LATE = 300_000_000
"""Microseconds by which the clock may lie behind the last entry."""
SEAL_DAYS = 31
LEASE_MINUTES = 2


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `sentence`: message id with the parameters in `params`."""

    name: str
    state: State
    sentence: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """All checks, in order, and the numbers for a monitoring system."""

    checks: tuple[Check, ...]
    numbers: Mapping[str, float]

    @property
    def ok(self) -> bool:
        """Nothing is broken; something may need attention."""
        return all(check.state != "fault" for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """`ok`, `checks`, `numbers`."""
        told = [{"check": one.name, "state": one.state, "details": dict(one.params)} for one in self.checks]
        return {"ok": self.ok, "checks": told, "numbers": dict(self.numbers)}


Progress = Callable[[int, int], None]


class Doctor:
    """Examines one open ledger. `structure`: the units as now known."""

    def __init__(self, store: Store, structure: Callable[[Connection], Structure]) -> None:
        self._store, self._structure = store, structure
        self._numbers: dict[str, float] = {}

    def examine(self, progress: Progress | None = None) -> Health:
        """Every check; none of them changes anything."""
        checks = [*self._database(), self._chain(progress), *self._tables(), *self._surroundings()]
        self._numbers["examined_at"] = time.time()
        return Health(tuple(checks), dict(self._numbers))

    # ---- what is stored

    def _database(self) -> Iterator[Check]:
        if self._store.dialect == "sqlite":
            try:
                with self._store.read() as conn:
                    found = conn.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
            except (LedgerFault, DBAPIError) as error:
                found = type(error).__name__
            if found == "ok":
                yield Check("integrity", "ok", N_("The database file is sound."))
            else:
                text = N_("The database file is damaged: {detail}. Restore the newest good backup.")
                yield Check("integrity", "fault", text, {"detail": str(found)})
        storage = self._store.storage()
        told = {
            "python": platform.python_version(),
            "database": f"{storage.dialect} {storage.version}",
            "format": FORMAT,
        }
        if storage.note == "old_sqlite":
            text = N_("{database} is too old for a fast journal; a newer one comes with: pip install pysqlite3")
            yield Check("versions", "attention", text, told)
        else:
            yield Check("versions", "ok", N_("Python {python}, {database}, format {format}."), told)
        if storage.size_bytes is not None:
            self._numbers["size_bytes"] = storage.size_bytes

    def _chain(self, progress: Progress | None) -> Check:
        report = self._store.verify(progress)
        self._numbers["position"] = report.positions
        if report.fault is not None:
            return Check("chain", "fault", report.fault.sentence, report.fault.params)
        return Check("chain", "ok", N_("The chain over {count} entries is whole."), {"count": report.positions})

    def _tables(self) -> Iterator[Check]:
        with self._store.read() as conn:
            head = self._store.head(conn)
            if tables_state(conn) != (VERSION, head.position):
                yield Check("tables", "fault", N_("The tables that answers are read from are behind: sledger rebuild"))
            else:
                yield self._sample(conn)
            unfinished = [one.name for one in batches(conn) if one.closed_at is None]
            self._numbers["unfinished_imports"] = len(unfinished)
            if unfinished:
                text = N_("{count} imports were interrupted: run the same import again.")
                yield Check("imports", "attention", text, {"count": len(unfinished)})
            else:
                yield Check("imports", "ok", N_("No import is unfinished."))
            yield self._seals(conn, head.position)
            yield self._lease(conn)

    def _sample(self, conn: Connection) -> Check:
        try:
            looked_at, wrong = wrong_people(self._store, conn, self._structure(conn), PEOPLE)
        except LedgerFault as fault:
            return Check("tables", "fault", fault.sentence, fault.params)
        told = {"count": looked_at, "wrong": wrong}
        if wrong:
            text = N_(
                "The tables of {wrong} of {count} people differ from their entries: sledger verify, then rebuild."
            )
            return Check("tables", "fault", text, told)
        return Check("tables", "ok", N_("The tables of {count} people are what their entries say."), told)

    def _seals(self, conn: Connection, position: int) -> Check:
        kept = seals.kept(conn)
        if not kept:
            return Check("seals", "attention", N_("The ledger was never sealed: sledger seal make"))
        last = kept[-1].seal
        days = (shanghai_date(_now()) - shanghai_date(last.sealed_at)).days
        told = {"position": last.position, "newer": position - last.position, "days": days}
        self._numbers["sealed_position"] = last.position
        if days > SEAL_DAYS and position > last.position:
            return Check("seals", "attention", N_("The last seal is {days} days old: sledger seal make"), told)
        return Check("seals", "ok", N_("Sealed up to position {position}; {newer} entries are newer."), told)

    def _lease(self, conn: Connection) -> Check:
        lease = lease_of(conn)
        if lease is None or lease.released:
            return Check("lease", "ok", N_("No service runs the daily jobs."))
        late = (_now() - lease.expires_at) // 60_000_000
        if late > LEASE_MINUTES:
            text = N_("The service of the daily jobs stopped {minutes} minutes ago without a word: start it again.")
            return Check("lease", "attention", text, {"minutes": late})
        return Check("lease", "ok", N_("The service of the daily jobs is alive."))

    # ---- what is around it

    def _surroundings(self) -> Iterator[Check]:
        path = self._store.path
        if path is not None:
            free = shutil.disk_usage(path.parent).free
            self._numbers["disk_free_bytes"] = free
            told = {"megabytes": free // 1_000_000}
            if free < max(SPACE, 3 * path.stat().st_size):
                yield Check("disk", "attention", N_("The disk has only {megabytes} MB left."), told)
            else:
                yield Check("disk", "ok", N_("The disk has {megabytes} MB left."), told)
        yield self._calendar()
        yield self._clock()

    def _calendar(self) -> Check:
        from chinese_calendar.constants import holidays

        last, year = max(holidays).year, shanghai_date(_now()).year
        told = {"year": last}
        self._numbers["calendar_year"] = last
        if last < year:
            text = N_("The calendar of holidays ends with {year}: install a newer chinesecalendar.")
            return Check("calendar", "attention", text, told)
        return Check("calendar", "ok", N_("The calendar of holidays goes up to {year}."), told)

    def _clock(self) -> Check:
        with self._store.read() as conn:
            head = self._store.head(conn)
        behind = head.recorded_at - _now()
        if head.position:
            self._numbers["recorded_at"] = from_microseconds(head.recorded_at).timestamp()
        if head.clock == "simulated":
            return Check("clock", "attention", N_("The ledger was written with a simulated clock: a demo or a test."))
        if behind > LATE:
            text = N_("The clock lies {minutes} minutes behind the last entry, recorded {instant}: set it right.")
            told = {"minutes": behind // 60_000_000, "instant": shown_instant(head.recorded_at)}
            return Check("clock", "attention", text, told)
        return Check("clock", "ok", N_("The clock agrees with the last entry."))


def minutes_behind(store: Store) -> int:
    """How far the clock that gives the instants lies behind the last entry; 0 where it does not, or is a server's."""
    with store.read() as conn:
        head = store.head(conn)
    behind = head.recorded_at - _now()
    own = head.clock == "system" and store.path is not None
    return behind // 60_000_000 if own and behind > LATE else 0


def _now() -> int:
    return time.time_ns() // 1000
