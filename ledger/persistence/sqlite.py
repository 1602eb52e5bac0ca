"""SQLite: which library, which journal, and the settings every connection must have (docs/decisions/0003).

Before 3.51.3 SQLite has a race in its write-ahead log that can damage a file shared by two writers. With such a
library the rollback journal is used, which never had it; `pysqlite3`, when installed, brings a newer library along.
"""

from __future__ import annotations

import importlib
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from glob import escape
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

from ledger.domain.faults import (
    AnotherLogins,
    LedgerBusy,
    LedgerMissing,
    LedgerNewer,
    LedgerReadOnly,
    LedgerUnreadable,
    NotALedger,
    OnAShare,
    StorageNotDurable,
    UnsafeSharing,
)
from ledger.persistence.disk import keep_names
from ledger.persistence.places import share_of
from ledger.persistence.schema import APPLICATION_ID, FORMAT
from ledger.persistence.troubles import of_sqlite

Access = Literal["rw", "ro", "immutable"]
"""`immutable`: the medium cannot be written at all, so SQLite reads without locks."""
WRITING = "sledger_writing"
"""Execution option of a connection whose transaction begins as the writer's."""
STEP = "sledger_step"
"""Execution option: seconds after which the beginning of such a transaction gives up, to try again."""


def shares_wal_safely(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset race: 3.51.3, and the backports 3.50.7 and 3.44.6."""
    if version >= (3, 51, 3):
        return True
    return version[:2] in ((3, 50), (3, 44)) and version >= {50: (3, 50, 7), 44: (3, 44, 6)}[version[1]]


@cache
def library() -> ModuleType:
    """The driver to use: the standard one when it is safe, else `pysqlite3` when installed and safe, else standard."""
    if not shares_wal_safely(sqlite3.sqlite_version_info):
        try:
            newer = importlib.import_module("pysqlite3.dbapi2")
        except ImportError:
            return sqlite3
        if shares_wal_safely(newer.sqlite_version_info):
            return newer
    return sqlite3


def prefers_wal() -> bool:
    """Whether new ledgers get a write-ahead log; else the rollback journal."""
    return shares_wal_safely(library().sqlite_version_info)


@contextmanager
def _faults(shown: str, seconds: float) -> Iterator[None]:
    try:
        yield
    except library().Error as error:
        fault = of_sqlite(error, shown, seconds)
        if fault is None:
            raise
        raise fault from error


def _connect(path: Path, access: Access, seconds: float) -> sqlite3.Connection:
    mode = "mode=ro&immutable=1" if access == "immutable" else f"mode={access}"
    connection: sqlite3.Connection = library().connect(
        f"{path.as_uri()}?{mode}", uri=True, isolation_level=None, timeout=seconds, check_same_thread=False
    )
    return connection


def _settle(conn: sqlite3.Connection, access: Access, shown: str) -> None:
    """Sets what durability and append-only rest on, and asserts it: defaults differ from build to build."""
    for setting in ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON", "cell_size_check=ON"):
        conn.execute(f"PRAGMA {setting}")
    conn.execute("PRAGMA trusted_schema=OFF")
    conn.execute(
        f"PRAGMA cache_size={-64_000 if access == 'rw' else -16_000}"
    )  # entries of a day lie all over the file
    if access == "rw":
        (journal,) = conn.execute("PRAGMA journal_mode").fetchone()
        if journal != "wal":
            (journal,) = conn.execute("PRAGMA journal_mode=TRUNCATE").fetchone()
        elif not prefers_wal():
            raise UnsafeSharing(ledger=shown, version=library().sqlite_version)
        if journal not in ("wal", "truncate"):
            raise StorageNotDurable(ledger=shown, setting="journal_mode", found=journal)
    else:
        conn.execute("PRAGMA query_only=ON")
    for setting, value in (("synchronous", 2), ("foreign_keys", 1), ("recursive_triggers", 1)):
        (found,) = conn.execute(f"PRAGMA {setting}").fetchone()
        if found != value:
            raise StorageNotDurable(ledger=shown, setting=setting, found=found)


_STALE = 3600.0
"""Seconds after which what an interrupted creation left is nobody's, where its program cannot be asked for."""


@contextmanager
def new_file(path: Path, shown: str) -> Iterator[Path]:
    """Where to make a new ledger: an empty file beside, which gets the name at the end, when it is whole.

    Only its owner may read it (0600; a new folder 0700); SQLite gives its journals the permissions of the file.
    Nothing that is there is ever written over: raises FileExistsError. An empty file is filled where it is.
    """
    if path.exists() and (not path.is_file() or path.stat().st_size):
        raise FileExistsError(path)
    _on_this_machine(path, shown)
    if path.exists():
        path.chmod(0o600)
        yield path
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in path.parent.glob(f".{escape(path.name)}.*.new*"):
            if _nobodys(left, path):
                left.unlink(missing_ok=True)
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise LedgerUnreadable(ledger=shown, detail=error.strerror) from error
    try:
        yield part
        _give_name(part, path)
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            part.with_name(part.name + end).unlink(missing_ok=True)


def _nobodys(left: Path, path: Path) -> bool:
    """Whether a file that is being made lost its maker: a program that was killed cannot clear up."""
    maker = left.name.removeprefix(f".{path.name}.").partition(".")[0]
    if os.name != "posix" or not maker.isdecimal():
        return left.stat().st_mtime < time.time() - _STALE
    try:
        os.kill(int(maker), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:  # somebody else's program
        return False
    # our own number may have been another's before: in a container it often is
    return int(maker) == os.getpid() and left.stat().st_mtime < time.time() - _STALE


def _give_name(part: Path, path: Path) -> None:
    """Put a file under a name that nothing has. Raises FileExistsError."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:  # no second names on this disk: take the name first, so that nobody else can
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        part.replace(path)
    keep_names(path.parent)


def choose_journal(path: Path, shown: str, seconds: float) -> None:
    """Give a new ledger the journal that new ledgers get. It comes last: only one transaction made the rest."""
    with _faults(shown, seconds), closing(_connect(path, "rw", seconds)) as conn:
        conn.execute(f"PRAGMA journal_mode={'WAL' if prefers_wal() else 'TRUNCATE'}").fetchone()


def _on_this_machine(path: Path, shown: str) -> None:
    share = share_of(path)
    if share is not None:
        raise OnAShare(ledger=shown, share=share)


def _ones_own(path: Path, shown: str) -> None:
    """Nobody opens a file that somebody else can write: the journals a reader leaves would shut its owner out.

    The system's own account may, since SQLite gives its journals to the owner. Raises AnotherLogins.
    """
    if os.name != "posix":
        return
    owner = path.stat().st_uid
    live = path.stat().st_mode & 0o222 and not os.statvfs(path).f_flag & os.ST_RDONLY
    if live and owner != os.geteuid() != 0:
        import pwd

        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = str(owner)
        raise AnotherLogins(ledger=shown, owner=name)


def inspect(path: Path, shown: str, seconds: float) -> Access:
    """Finds out that the file is a ledger this program knows, and how it can be used; changes nothing in it.

    Only a write-ahead log that this SQLite cannot share safely is turned into a rollback journal.
    Raises LedgerMissing, NotALedger, LedgerNewer, LedgerUnreadable, UnsafeSharing, AnotherLogins.
    """
    if not path.exists():
        raise LedgerMissing(ledger=shown)
    if not path.is_file():
        raise NotALedger(ledger=shown)
    _on_this_machine(path, shown)
    _ones_own(path, shown)
    writable = _may_write(path) and _may_write(path.parent)
    ways: list[Access] = ["rw"] if writable else ["ro", "immutable"]
    for access in ways:
        try:
            journal = _identify(path, access, shown, seconds)
        except LedgerUnreadable:
            if access == ways[-1] or _journal_is_pending(path):
                raise
            continue
        if access == "rw" and journal == "wal" and not prefers_wal():
            _leave_wal(path, shown, seconds)
        return access
    raise LedgerUnreadable(ledger=shown, detail="")


def _identify(path: Path, access: Access, shown: str, seconds: float) -> str:
    """The journal mode of a ledger; raises when it is none, or newer."""
    try:
        with _faults(shown, seconds), closing(_connect(path, access, seconds)) as conn:
            (application,) = conn.execute("PRAGMA application_id").fetchone()
            (number,) = conn.execute("PRAGMA user_version").fetchone()
            (journal,) = conn.execute("PRAGMA journal_mode").fetchone()
            conn.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except LedgerReadOnly as error:
        raise LedgerUnreadable(ledger=shown, detail=str(error.__cause__)) from error
    if application != APPLICATION_ID:
        raise NotALedger(ledger=shown)
    if number > FORMAT:
        raise LedgerNewer(ledger=shown, found=number, known=FORMAT)
    return str(journal)


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _journal_is_pending(path: Path) -> bool:
    """Whether a journal beside the file holds what reading without locks would not see."""
    journals = (path.with_name(path.name + end) for end in ("-wal", "-journal"))
    return any(journal.exists() and journal.stat().st_size > 0 for journal in journals)


def _leave_wal(path: Path, shown: str, seconds: float) -> None:
    """Turns a write-ahead log into a rollback journal; SQLite does that only while nobody else has the file open."""
    unsafe = UnsafeSharing(ledger=shown, version=library().sqlite_version)
    try:
        with _faults(shown, seconds), closing(_connect(path, "rw", min(seconds, 2.0))) as conn:
            (journal,) = conn.execute("PRAGMA journal_mode=TRUNCATE").fetchone()
    except LedgerBusy as error:
        raise unsafe from error
    if journal == "wal":
        raise unsafe


def engine_of(path: Path, access: Access, shown: str, seconds: float) -> Engine:
    """Connections to a ledger's file. Transactions begin deferred, or as the writer with the option `WRITING`."""

    def connect() -> sqlite3.Connection:
        with _faults(shown, seconds):
            conn = _connect(path, access, seconds)
            try:
                _settle(conn, access, shown)
            except BaseException:
                conn.close()
                raise
            return conn

    engine = create_engine("sqlite://", module=library(), creator=connect, poolclass=QueuePool, max_overflow=20)

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        options = conn.get_execution_options()
        step = options.get(STEP)
        if step is None:
            conn.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITING) else "BEGIN")
            return
        conn.exec_driver_sql(f"PRAGMA busy_timeout={int(step * 1000)}")
        try:
            conn.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            conn.exec_driver_sql(f"PRAGMA busy_timeout={int(seconds * 1000)}")

    return engine


@contextmanager
def much_at_once(conn: Connection) -> Iterator[None]:
    """Lets transactions of this connection keep in memory what they change: spilling it would shut out the readers."""
    driver: Any = conn.connection.driver_connection
    driver.execute("PRAGMA cache_spill=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA cache_spill=ON")


def stamp(conn: Connection) -> None:
    """Marks the file as a ledger of today's format, within the creating transaction."""
    conn.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
    conn.exec_driver_sql(f"PRAGMA user_version={FORMAT}")


def journal_of(conn: Connection) -> str:
    """`wal` or `truncate`."""
    return str(conn.exec_driver_sql("PRAGMA journal_mode").scalar())
