"""The library's ProjectionRunner on the same work as our rebuild: its view keeps our read tables, both axes and all.

The runner is at its defaults, one transaction an event with the tracking in it. What an event changes is worked out by
the code that keeps the tables in step while officers record, so nothing is slower than we can make it; the log is our
own, which has a subscription that polls. In the end the tables must be those of a rebuild, row for row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from eventsourcing.persistence import Tracking
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.sqlite import SQLiteCursor, SQLiteTrackingRecorder
from sqlalchemy import Connection, create_engine, select

from benchmarks.measuring import clock
from ledger.application.world import Memory, RecordedWorld
from ledger.domain.acts import Act
from ledger.domain.entries import DatedEntry
from ledger.domain.events import Event, Recorded, subjects_of
from ledger.domain.facts import fact_of
from ledger.domain.judgement import judge
from ledger.domain.refusals import Refused
from ledger.persistence.recorder import LedgerEventStore
from ledger.persistence.store import Store
from ledger.projections import tables as t
from ledger.projections.catching_up import keep_up, prepare_tables
from ledger.projections.checkpoints import counts_at

LOG = "LEDGER_LOG"
"""The variable that names the log, for the application and the view."""


class Entries(LedgerEventStore):
    """The application whose events are projected."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._store = Store.open(env[LOG])
        super().__init__(self._store)

    def close(self) -> None:
        """End reading."""
        super().close()
        self._store.close()


@dataclass(frozen=True, slots=True)
class Before:
    """The log before a position, to whoever asks for `Store`."""

    store: Store
    position: int

    def recorded(self, _conn: Connection, subjects: Collection[str]) -> dict[str, list[Recorded]]:
        """The events that touch each subject."""
        with self.store.read() as conn:
            return self.store.recorded(conn, subjects, self.position - 1)

    def at(self, _conn: Connection, positions: Collection[int]) -> dict[int, Recorded]:
        """The events at these positions, the one being projected included."""
        with self.store.read() as conn:
            return self.store.at(conn, positions)


@dataclass(slots=True)
class Unit:
    """A transaction of the view, to whoever asks for `WriteUnit`; the log is written already."""

    conn: Connection
    head: Any
    end: Any
    versions: dict[str, int] = field(default_factory=dict)

    def flush(self) -> None:
        """Nothing waits for the log."""

    def know_version(self, stream: str, version: int) -> None:
        """Tells the version of a stream."""
        self.versions.setdefault(stream, version)

    def version(self, stream: str) -> int:
        """The version of a stream."""
        return self.versions[stream]


class ReadTables(SQLiteTrackingRecorder):
    """Our read tables, with the library's table of how far they are."""

    log: Store

    def __init__(self, datastore: Any, **more: Any) -> None:
        super().__init__(datastore, **more)
        self.engine = create_engine(f"sqlite:///{datastore.pool.db_name}")
        t.read_tables.create_all(self.engine)
        with self._transaction() as conn:
            prepare_tables(SimpleNamespace(write=lambda: _nothing_but(conn)))
        self._memory = Memory()
        self._structure = self._checkpointed = 0

    def _transaction(self) -> Any:
        return self.engine.begin()

    def take(self, event: Event, tracking: Tracking) -> None:
        """Bring the tables up to one event, in the transaction that notes how far they are."""
        at = tracking.notification_id
        with self._transaction() as conn:
            head = SimpleNamespace(position=at - 1, structure_position=self._structure)
            world = RecordedWorld(Before(self.log, at), Unit(conn, head, SimpleNamespace(position=at)), self._memory)
            self._apply(world, Recorded(at, 0, event))
            world.flush()
            checkpointed = keep_up(conn, at, self._checkpointed)
            self._insert_tracking(SQLiteCursor(conn.connection.driver_connection.cursor()), tracking)
        world.remember()
        self._structure, self._checkpointed = self._memory.structure_position, checkpointed

    def _apply(self, world: RecordedWorld, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event.entry, Act):
            world.tables.pass_over(recorded.position)
            return
        target = None if event.target is None else Before(self.log, 0).at(world.unit.conn, [event.target])[event.target]
        new, removed = fact_of(recorded), None if target is None else fact_of(target)
        told = [(new.entry, new.day)] if new is not None and isinstance(new.entry, DatedEntry) else []
        undone = [] if removed is None else [(removed.entry, 0)]
        world.prefetch((subject, day) for entry, day in (*told, *undone) for subject in subjects_of(entry))
        verdict = judge(world, new, removed)
        if isinstance(verdict, Refused):
            raise SystemExit(f"the log holds what cannot stand: {verdict}")
        world.unit.versions[event.originator_id] = event.originator_version
        world.take(verdict, recorded, new)


@contextmanager
def _nothing_but(conn: Connection) -> Any:
    yield SimpleNamespace(conn=conn)


class Tables(Projection[ReadTables]):
    """Every event changes the read tables."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Take in one event."""
        self.view.take(domain_event, tracking)


def measure(folder: Path, ledger: Path) -> dict[str, float]:
    """Entries a second, and a second of processor time, over the log of a ledger that has just been rebuilt."""
    view = folder / "view.db"
    with Store.open(str(ledger)) as store:
        ReadTables.log = store
        with store.read() as conn:
            newest = store.head(conn).position
        env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "TABLES_SQLITE_DBNAME": str(view), LOG: str(ledger)}
        parts = {"application_class": Entries, "projection_class": Tables, "view_class": ReadTables}
        with clock() as spent, ProjectionRunner(**parts, env=env) as runner:
            while (runner.view.max_tracking_id(Entries.name) or 0) < newest:
                runner.run_forever(timeout=0.1)
        with store.read() as due, create_engine(f"sqlite:///{view}").connect() as found:
            _compare(found, due, newest)
    return {"rate": newest / spent[0], "cpu rate": newest / spent[1]}


def _compare(found: Connection, due: Connection, newest: int) -> None:
    """Ends the run where a table is another one; checkpoints may lie on other days, what they give may not differ."""
    days = [day for (day,) in due.execute(select(t.headcount_checkpoint.c.day))]
    numbers = due.execute(select(t.unit.c.id).order_by(t.unit.c.id)).scalars().all()
    answers: list[Callable[[Connection], object]] = [
        *(lambda conn, day=day: counts_at(conn, numbers, day, newest).tolist() for day in days),
        *(
            lambda conn, table=table: sorted(map(repr, conn.execute(select(table))))
            for table in t.read_tables.sorted_tables
            if table is not t.headcount_checkpoint
        ),
    ]
    if any(answer(found) != answer(due) for answer in answers):
        raise SystemExit("the runner's read tables are not those of a rebuild")
