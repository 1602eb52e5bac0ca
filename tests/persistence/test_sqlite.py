"""Settings every connection must have, and the choice of library and journal (docs/decisions/0003)."""

from __future__ import annotations

import importlib
import importlib.util
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from ledger.domain.faults import StorageNotDurable, UnsafeSharing
from ledger.persistence import sqlite
from ledger.persistence.schema import APPLICATION_ID, FORMAT
from ledger.persistence.store import Store
from tests.persistence.makers import hire

SETTINGS = {
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "busy_timeout": 30_000,
    "application_id": APPLICATION_ID,
    "user_version": FORMAT,
}


@pytest.mark.parametrize("wal", [False, True])
def test_every_connection_has_the_settings(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, wal: bool) -> None:
    monkeypatch.setattr(sqlite, "prefers_wal", lambda: wal)
    with Store.create(sqlite_url) as store, store.engine.connect() as first, store.engine.connect() as second:
        for conn in (first, second):
            found = {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in SETTINGS}
            assert found == SETTINGS
            assert sqlite.journal_of(conn) == ("wal" if wal else "truncate")


def test_a_setting_that_does_not_take_is_refused(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Store.create(sqlite_url).close()

    class Stubborn(sqlite3.Connection):
        def execute(self, sql: str, *args: object) -> sqlite3.Cursor:
            return super().execute(sql.replace("synchronous=FULL", "synchronous=NORMAL"), *args)  # type: ignore[arg-type]

    monkeypatch.setattr(
        sqlite, "_connect", lambda path, access, seconds: sqlite3.connect(path, isolation_level=None, factory=Stubborn)
    )
    with pytest.raises(StorageNotDurable, match="synchronous = 1"):
        Store.open(sqlite_url)


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ("3.40.1", False),
        ("3.44.5", False),
        ("3.44.6", True),
        ("3.45.0", False),
        ("3.50.6", False),
        ("3.50.7", True),
        ("3.51.2", False),
        ("3.51.3", True),
        ("3.53.4", True),
        ("4.0.0", True),
    ],
)
def test_which_libraries_share_a_write_ahead_log_safely(version: str, safe: bool) -> None:
    major, minor, patch = (int(part) for part in version.split("."))
    assert sqlite.shares_wal_safely((major, minor, patch)) is safe


def test_a_safe_standard_library_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    standard = SimpleNamespace(sqlite_version_info=(3, 51, 3))
    monkeypatch.setattr(sqlite, "sqlite3", standard)
    assert sqlite.library.__wrapped__() == standard


def test_a_newer_library_is_used_when_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = SimpleNamespace(sqlite_version_info=(3, 40, 1)), SimpleNamespace(sqlite_version_info=(3, 53, 4))
    monkeypatch.setattr(sqlite, "sqlite3", old)
    monkeypatch.setattr(importlib, "import_module", lambda name: {"pysqlite3.dbapi2": new}[name])
    assert sqlite.library.__wrapped__() == new
    new.sqlite_version_info = (3, 51, 1)  # a wheel with the same fault is no help
    assert sqlite.library.__wrapped__() == old


def test_without_a_newer_library_the_standard_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    old = SimpleNamespace(sqlite_version_info=(3, 40, 1))
    monkeypatch.setattr(sqlite, "sqlite3", old)
    monkeypatch.setattr(importlib, "import_module", missing)
    assert sqlite.library.__wrapped__() == old


def test_status_says_when_an_old_library_made_the_slower_journal_necessary(sqlite_store: Store) -> None:
    storage = sqlite_store.storage()
    safe = sqlite.shares_wal_safely(sqlite.library().sqlite_version_info)
    assert storage.note == (None if safe else "old_sqlite")
    assert storage.journal == ("wal" if safe else "truncate")
    assert storage.version == sqlite.library().sqlite_version


def test_an_old_library_leaves_the_write_ahead_log_when_alone(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(sqlite, "prefers_wal", lambda: True)
        with Store.create(sqlite_url) as store:
            hire(store, "P1")
            assert store.storage().journal == "wal"
    monkeypatch.setattr(sqlite, "prefers_wal", lambda: False)
    with Store.open(sqlite_url) as store:
        assert store.storage().journal == "truncate"
        hire(store, "P2")
        assert store.verify().positions == 2


def test_an_old_library_refuses_to_share_a_write_ahead_log(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(sqlite, "prefers_wal", lambda: True)
        other = Store.create(sqlite_url)
        hire(other, "P1")
    monkeypatch.setattr(sqlite, "prefers_wal", lambda: False)
    with other, pytest.raises(UnsafeSharing, match="cannot safely share") as caught:
        Store.open(sqlite_url, patience=0.1)
    assert caught.value.exit_status == 5
    Store.open(sqlite_url).close()


def test_a_new_library_keeps_the_journal_it_finds(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else two programs with different libraries would turn it back and forth under each other."""
    monkeypatch.setattr(sqlite, "prefers_wal", lambda: False)
    Store.create(sqlite_url).close()
    monkeypatch.setattr(sqlite, "prefers_wal", lambda: True)
    with Store.open(sqlite_url) as store:
        hire(store, "P1")
        assert store.storage().journal == "truncate"


@pytest.mark.skipif(importlib.util.find_spec("pysqlite3") is None, reason="only where the optional newer library is")
def test_both_libraries_work_on_one_ledger(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dbapi2 = importlib.import_module("pysqlite3.dbapi2")
    monkeypatch.setattr(sqlite, "library", lambda: sqlite3)
    with Store.create(sqlite_url) as old:
        hire(old, "P1")
        monkeypatch.setattr(sqlite, "library", lambda: dbapi2)
        with Store.open(sqlite_url) as new:
            hire(new, "P2")
            hire(old, "P3")
            assert new.verify().positions == 3


def test_a_deleted_file_is_not_made_again(sqlite_url: str) -> None:
    with Store.create(sqlite_url) as store:
        store.engine.dispose()
        Path(sqlite_url).unlink()
        with pytest.raises(Exception, match="cannot be opened"), store.read():
            pass
        assert not Path(sqlite_url).exists()


def test_the_file_is_complete_by_itself_when_closed(sqlite_url: str, tmp_path: Path) -> None:
    with Store.create(sqlite_url) as store:
        hire(store, "P1")
    copy = tmp_path / "copy.db"
    copy.write_bytes(Path(sqlite_url).read_bytes())
    with Store.open(str(copy)) as store:
        assert store.verify().positions == 1
    with closing(sqlite3.connect(copy)) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
