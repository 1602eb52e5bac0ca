"""One ledger on disk: consistent reading, one writer at a time (spec 3.2.1)."""

from __future__ import annotations

import getpass
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, Engine, MetaData, Transaction
from sqlalchemy.exc import IntegrityError

from ledger.domain.faults import LedgerBusy, LedgerExists, LedgerHeld, LedgerReadOnly, NoRoles, NotTheOwner
from ledger.domain.time import to_microseconds
from ledger.persistence import postgresql, sqlite
from ledger.persistence.address import Address, parse
from ledger.persistence.appending import create_function
from ledger.persistence.chain import (
    ChainFault,
    ChainReport,
    Indexed,
    Reached,
    before_newest,
    beginning,
    check_links,
    genesis,
    verify,
)
from ledger.persistence.head import Head, lock_head, move_head, raise_format, read_head
from ledger.persistence.reading import LogReader
from ledger.persistence.roles import init_roles
from ledger.persistence.schema import FORMAT, Dialect, create_tables, ledger_head
from ledger.persistence.troubles import conflict_of, translate
from ledger.persistence.writing import WriteUnit

if TYPE_CHECKING:
    from ledger.persistence.recorder import LedgerEventStore

__all__ = ["Head", "Storage", "Store", "WriteUnit"]

Clock = Callable[[], datetime]

PATIENCE = 30.0
"""Seconds to wait for another writer before LedgerBusy."""
STEP = 5.0
"""Seconds after which somebody who waits is told so; also how long anything waits for a lock on a server."""


@dataclass(frozen=True, slots=True)
class Storage:
    """How a ledger is stored, for `status`.

    `size_bytes`: of the file; None on a server.
    `version`: of the database library or server. `journal`: `wal`, `truncate`, or `server`. `note`: None, or
    `old_sqlite` when the library made the slower rollback journal necessary (docs/decisions/0003).
    """

    dialect: Dialect
    shown: str
    version: str
    journal: str
    read_only: bool
    note: str | None
    size_bytes: int | None = None


class Store(LogReader):
    """A ledger. Opened with `open`, made with `create`; threads may share it.

    `url`: see `address.parse`. `clock`: only tests and the demo give one; once such a store has written, the ledger
    says `clock = simulated` for ever. `patience`: seconds to wait for another writer.
    """

    engine: Engine
    dialect: Dialect

    def __init__(self, url: str, *, clock: Clock | None = None, patience: float | None = None) -> None:
        self.url = url
        self._address: Address = parse(url)
        self.dialect = self._address.dialect
        self.shown = self._address.shown
        self._clock = clock
        self.patience = PATIENCE if patience is None else patience
        """Seconds a writer waits for others before it gives up; whoever opened the store may change it."""
        self.step = min(STEP, self.patience)
        """Seconds after which a waiting writer is told so, again and again; this may be changed too."""
        self.waiting: Callable[[float], None] | None = None
        """Called with the seconds waited so far, every few seconds while another writer has the ledger."""
        self._access: sqlite.Access = "rw"
        self._old = False  # a ledger on a server that has no function to append yet: the next writer makes it
        self._local = threading.local()

    @classmethod
    def create(
        cls,
        url: str,
        *,
        metadata: MetaData | None = None,
        clock: Clock | None = None,
        ledger_id: str | None = None,
        patience: float | None = None,
    ) -> Self:
        """Makes an empty ledger, with the tables of `metadata` too, in one transaction.

        Raises LedgerExists and leaves what is there unchanged.
        """
        store = cls(url, clock=clock, patience=patience)
        path = store._address.path
        made_id = ledger_id or secrets.token_hex(16)
        if path is None:
            store._make(None, metadata, made_id)
        else:
            try:
                with sqlite.new_file(path, store.shown) as place:
                    store._make(place, metadata, made_id)
                    sqlite.choose_journal(place, store.shown, store.patience)
            except FileExistsError:
                raise LedgerExists(ledger=store.shown) from None
        store._connect(path)
        return store

    @classmethod
    @contextmanager
    def placing(cls, url: str) -> Iterator[str]:
        """The address at which to make a ledger that gets its name at the end, when it is whole; a server's as it is.

        Raises LedgerExists.
        """
        store = cls(url)
        path = store._address.path
        if path is None:
            yield url
            return
        try:
            with sqlite.new_file(path, store.shown) as place:
                yield str(place)
        except FileExistsError:
            raise LedgerExists(ledger=store.shown) from None

    def _make(self, place: Path | None, metadata: MetaData | None, ledger_id: str) -> None:
        """Make the tables, all or none."""
        self._connect(place)
        try:
            with self.engine.connect().execution_options(**{sqlite.WRITING: True}) as conn, conn.begin():
                self._fill(conn, metadata, ledger_id)
        finally:
            self.close()

    @classmethod
    def open(cls, url: str, *, clock: Clock | None = None, patience: float | None = None) -> Self:
        """Opens an existing ledger; reads only.

        Raises LedgerMissing, NotALedger, LedgerNewer, LedgerDamaged, LedgerUnreadable, StorageNotDurable,
        UnsafeSharing. A ledger that can only be read opens; `write` then raises LedgerReadOnly.
        """
        store = cls(url, clock=clock, patience=patience)
        path = store._address.path
        if path is not None:
            store._access = sqlite.inspect(path, store.shown, store.patience)
        store._connect(path)
        try:
            with store.engine.connect() as conn, conn.begin():
                if path is None:
                    postgresql.inspect(conn, store.shown)
                    store._old = not postgresql.has_function(conn)
                read_head(conn)
        except BaseException:
            store.close()
            raise
        return store

    def _connect(self, path: Path | None) -> None:
        url = self._address.url
        if path is not None:
            self.engine = sqlite.engine_of(path, self._access, self.shown, self.patience)
        else:
            assert url is not None
            self.engine = postgresql.engine_of(url, self.shown, self.step)
        translate(self.engine, self.shown, self.patience if path is not None else self.step)

    def _fill(self, conn: Connection, metadata: MetaData | None, ledger_id: str) -> None:
        if self.dialect == "postgresql":
            postgresql.lock_creation(conn)
            exists = postgresql.has_ledger(conn)
        else:
            exists = bool(conn.exec_driver_sql("PRAGMA application_id").scalar())
        if exists:
            raise LedgerExists(ledger=self.shown)
        if self.dialect == "sqlite":
            sqlite.stamp(conn)
        create_tables(conn)
        if self.dialect == "postgresql":
            create_function(conn)
        if metadata is not None:
            metadata.create_all(conn)
        row = {
            "id": 1,
            "format": FORMAT,
            "ledger_id": ledger_id,
            "position": 0,
            "tip": genesis(ledger_id),
            "recorded_at": 0,
            "clock": "system" if self._clock is None else "simulated",
            "created_at": self._now(),
            "structure_position": 0,
        }
        conn.execute(ledger_head.insert(), row)

    def _now(self) -> int:
        return time.time_ns() // 1000 if self._clock is None else to_microseconds(self._clock())

    def officer(self, claimed: str | None) -> str:
        """Who records: whoever is named; where nobody is, the user of the system.

        On a server the login; only one that owns the ledger, and could write anything, may name somebody else.
        """
        if self.dialect == "sqlite":
            return claimed or getpass.getuser()
        login, owns = self._login
        return claimed if claimed and owns else login

    @cached_property
    def _login(self) -> tuple[str, bool]:
        with self.engine.connect() as conn:
            return postgresql.login(conn)

    def init_roles(self, prefix: str, read_tables: MetaData) -> dict[str, str]:
        """Make the roles of the server, see `roles`. Raises NoRoles for a file, NotTheOwner."""
        if self.dialect == "sqlite":
            raise NoRoles(ledger=self.shown)
        try:
            with self.engine.connect() as conn, conn.begin():
                return init_roles(conn, prefix, read_tables)
        except LedgerReadOnly as fault:
            raise NotTheOwner(ledger=self.shown) from fault

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent snapshot: later commits are not seen in it, nor in a read of this thread within it.

        Keep it short: with a rollback journal (`storage().journal`), writers wait for readers. A second snapshot inside
        the first would wait for a writer that waits for the first.
        """
        if self._reading is not None:
            yield self._reading[0]
            return
        conn = self.engine.connect()
        if self.dialect == "postgresql":
            conn = conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with conn, conn.begin():
            if self.dialect == "postgresql":
                postgresql.hold_tables(conn)
            self._local.reading = conn, read_head(conn)
            try:
                yield conn
            finally:
                self._local.reading = None

    @property
    def _reading(self) -> tuple[Connection, Head] | None:
        """The snapshot that this thread has open, and the head in it."""
        found: tuple[Connection, Head] | None = getattr(self._local, "reading", None)
        return found

    def head(self, conn: Connection) -> Head:
        """The end of the log as this snapshot sees it, read once in a snapshot."""
        reading = self._reading
        return reading[1] if reading is not None and reading[0] is conn else super().head(conn)

    @contextmanager
    def write(self, *, alone: float | None = None) -> Iterator[WriteUnit]:
        """The writer's transaction: flushes and commits at the end, rolls everything back on any exception.

        While another writer has the ledger, `waiting` is told, and nothing of the block has run yet.
        With `alone`, seconds to wait for them, no reader is in the ledger meanwhile; SQLite sees to that by itself.
        Raises LedgerReadOnly, LedgerBusy, LedgerConflict, DiskFull; RuntimeError inside this thread's own `read()`,
        which would wait for itself.
        """
        self._may_write()
        try:
            with self._locked(alone) as unit:
                try:
                    yield unit
                    unit.flush()
                finally:
                    unit.kill()
        except IntegrityError as error:
            raise conflict_of(error, self.shown) from error
        self._old = False

    @contextmanager
    def _locked(self, alone: float | None) -> Iterator[WriteUnit]:
        locked, waited = None, 0.0
        while locked is None:
            try:
                locked = self._lock(alone)
            except LedgerBusy as fault:
                waited += self.step
                if alone is not None:
                    raise
                if waited >= self.patience:
                    raise self._busy(waited) from fault
                if self.waiting is not None:
                    self.waiting(waited)
        conn, transaction, unit = locked
        with conn, transaction:
            yield unit

    def _busy(self, seconds: float) -> LedgerBusy:
        if self.dialect == "postgresql":
            with self.engine.connect() as conn:
                found = postgresql.holder(conn)
            if found is not None:
                return LedgerHeld(ledger=self.shown, seconds=seconds, login=found[0], process=found[1])
        return LedgerBusy(ledger=self.shown, seconds=seconds)

    def _lock(self, alone: float | None) -> tuple[Connection, Transaction, WriteUnit]:
        conn = self.engine.connect().execution_options(**{sqlite.WRITING: True, sqlite.STEP: self.step})
        try:
            transaction = conn.begin()
            if alone is not None and self.dialect == "postgresql":
                postgresql.hold_off(conn, alone)
            return conn, transaction, self._begin(conn)
        except BaseException:
            conn.close()
            raise

    def _may_write(self) -> None:
        if self._access != "rw":
            raise LedgerReadOnly(ledger=self.shown)
        if self._reading is not None:
            raise RuntimeError("finish reading before writing: the writer would wait for this thread's own snapshot")

    @contextmanager
    def building(self) -> Iterator[Callable[[], AbstractContextManager[Connection]]]:
        """For filling tables that nobody asks yet: gives transactions, one after another on one connection.

        They may be larger than others: on SQLite readers go on until a commit. Raises LedgerReadOnly, LedgerBusy.
        """
        self._may_write()
        with self.engine.connect().execution_options(**{sqlite.WRITING: True}) as conn:

            @contextmanager
            def transaction() -> Iterator[Connection]:
                with conn.begin():
                    yield conn

            with sqlite.much_at_once(conn) if self.dialect == "sqlite" else nullcontext():
                yield transaction

    def _begin(self, conn: Connection) -> WriteUnit:
        if self.dialect == "postgresql":
            postgresql.limit_writing(conn)
        head, server_now = lock_head(conn, by_hand=self._old)
        risen = head.format < FORMAT
        if risen:  # from now on older programs would misread what is written
            head = raise_format(conn, head)
        if self.dialect == "postgresql" and (risen or self._old):
            create_function(conn)
            head, server_now = lock_head(conn)
        if self._clock is not None and head.clock == "system":
            head = replace(head, clock="simulated")
            move_head(conn, head)
        now = self._now
        if self._clock is None and server_now is not None:
            now = lambda: server_now  # noqa: E731
        return WriteUnit(conn, head, now, lambda: self._events)

    @cached_property
    def _events(self) -> LedgerEventStore:
        from ledger.persistence.recorder import LedgerEventStore  # the library loads only where something is written

        return LedgerEventStore(self)

    def verify(
        self,
        progress: Callable[[int, int], None] | None = None,
        *,
        expected: Callable[..., Indexed] | None = None,
    ) -> ChainReport:
        """Checks the whole log in one snapshot; see `chain.verify`."""
        with self.read() as conn:
            return verify(conn, progress, expected=expected)

    def check_links(self, since: Reached | None, count: int) -> tuple[Reached, ChainFault | None]:
        """Checks the links of so many entries after a place, None for the beginning; see `chain.check_links`."""
        with self.read() as conn:
            return check_links(conn, since or beginning(conn), count)

    def check_newest(self, count: int) -> ChainFault | None:
        """Checks the links of so many entries at the end."""
        with self.read() as conn:
            return check_links(conn, before_newest(conn, count), count + 1)[1]

    @property
    def path(self) -> Path | None:
        """Where the file is; None on a server."""
        return self._address.path

    def storage(self) -> Storage:
        """How this ledger is stored."""
        read_only = self._access != "rw"
        if self.dialect == "postgresql":
            with self.engine.connect() as conn:
                version = str(conn.exec_driver_sql("SHOW server_version").scalar())
            return Storage(self.dialect, self.shown, version, "server", read_only, None)
        with self.engine.connect() as conn:
            journal = sqlite.journal_of(conn)
        note = None if sqlite.prefers_wal() else "old_sqlite"
        size = None if self._address.path is None else self._address.path.stat().st_size
        return Storage(self.dialect, self.shown, sqlite.library().sqlite_version, journal, read_only, note, size)

    def close(self) -> None:
        """Closes all connections; the store cannot be used any more."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
