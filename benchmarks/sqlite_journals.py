"""What one recorded entry costs with each library and journal of SQLite (docs/decisions/0003).

`python -m benchmarks.sqlite_journals FOLDER [ROUNDS]`: FOLDER on the disk that matters. The ways take turns, 25 single
entries and one batch of 1,000 each, so that other work on the machine falls on all of them alike.
"""

from __future__ import annotations

import importlib
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from types import ModuleType

from ledger.domain.entries import Hired
from ledger.domain.events import Event
from ledger.persistence import sqlite
from ledger.persistence.store import Store

SINGLE, BATCH = 25, 1000
JOURNALS = (("WAL", "FULL"), ("TRUNCATE", "FULL"), ("PERSIST", "FULL"), ("DELETE", "EXTRA"), ("DELETE", "FULL"))
settle: Callable[..., None] = sqlite._settle  # noqa: SLF001  the settings are what is measured


@dataclass
class Way:
    """One library with one journal, its ledger, and the seconds measured."""

    library: ModuleType
    journal: str
    synchronous: str
    store: Store | None = None
    people: int = 0
    single: list[float] = field(default_factory=list)
    batch: list[float] = field(default_factory=list)

    def choose(self) -> None:
        """Make the store use this way for every connection it opens from now on."""
        sqlite.library = lambda: self.library  # type: ignore[assignment]
        sqlite.prefers_wal = lambda: self.journal == "WAL"
        sqlite._settle = self._settle  # noqa: SLF001

    def _settle(self, conn: sqlite3.Connection, access: sqlite.Access, shown: str) -> None:
        settle(conn, access, shown)
        conn.execute(f"PRAGMA journal_mode={self.journal}")
        conn.execute(f"PRAGMA synchronous={self.synchronous}")

    def record(self, count: int) -> float:
        """Seconds of one transaction with `count` events."""
        events = [hiring(f"P{self.people + n:07}") for n in range(count)]
        self.people += count
        assert self.store is not None
        started = time.perf_counter()
        with self.store.write() as unit:
            for one in events:
                unit.append(one, subjects=("names:T01",), target=None, keys=[(one.id, bytes(32))])
        return time.perf_counter() - started


def hiring(person: str) -> Event:
    """An ordinary entry of about 330 bytes."""
    keys = {"type": "hired", "person": person, "name": "张三", "unit": "T01", "establishment": "administrative"}
    authority = {"document_no": "县组〔2020〕1号", "issued_by": "县委组织部", "issued_on": "2020-01-01"}
    entry = Hired.model_validate({**keys, "effective_on": "2020-01-01", "authority": authority})
    return Event(
        originator_id=f"person:{person}",
        originator_version=1,
        topic="person.hired",
        id=person,
        recorded_by="benchmark",
        entry=entry,
    )


def main(folder: Path, rounds: int) -> None:
    """Measure and print one line for each way."""
    libraries = [sqlite3]
    try:
        libraries.append(importlib.import_module("pysqlite3.dbapi2"))
    except ImportError:
        print("pysqlite3 is not installed: only the standard library is measured", file=sys.stderr)
    ways = [Way(library, *journal) for library in libraries for journal in JOURNALS]
    for number, way in enumerate(ways):
        way.choose()
        way.store = Store.create(str(folder / f"{number}.db"))
    for _ in range(rounds):
        for way in ways:
            way.choose()
            way.single += [way.record(1) for _ in range(SINGLE)]
            way.batch.append(way.record(BATCH))
    for way in ways:
        version = f"{way.library.__name__.partition('.')[0]} {way.library.sqlite_version}"
        p10, *_, p90 = quantiles(way.single, n=10)
        print(
            f"{version:18} {way.journal:8} {way.synchronous:5} one entry p10 {p10 * 1e3:6.2f}, "
            f"p50 {median(way.single) * 1e3:6.2f}, p90 {p90 * 1e3:6.2f} ms; "
            f"1,000 at once {BATCH / median(way.batch):7,.0f}/s, best {BATCH / min(way.batch):7,.0f}/s"
        )
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    with TemporaryDirectory(dir=sys.argv[1]) as made:
        main(Path(made), int((sys.argv[2:] or ["12"])[0]))
