"""What is no ledger, or not ours to write, is left as it is and named in one sentence."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from ledger.domain.faults import (
    AnotherLogins,
    BadAddress,
    LedgerDamaged,
    LedgerExists,
    LedgerFault,
    LedgerMissing,
    LedgerNewer,
    LedgerReadOnly,
    LedgerUnreadable,
    NotALedger,
    NotPermitted,
)
from ledger.persistence import sqlite
from ledger.persistence.address import parse
from ledger.persistence.schema import FORMAT
from ledger.persistence.store import Store
from tests.persistence.makers import hire


def run(url: str, *statements: str) -> None:
    """SQL past the store."""
    if "://" in url:
        engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
        with engine.begin() as conn:
            for statement in statements:
                conn.exec_driver_sql(statement)
        engine.dispose()
        return
    with closing(sqlite3.connect(url, isolation_level=None)) as file:
        for statement in statements:
            file.execute(statement)


def test_a_ledger_that_does_not_exist_is_not_made(ledger_url: str, tmp_path: Path) -> None:
    with pytest.raises(LedgerMissing) as caught:
        Store.open(ledger_url)
    assert (caught.value.exit_status, caught.value.code) == (4, "ledger_missing")
    assert list(tmp_path.iterdir()) == []


def test_creating_twice_changes_nothing(ledger_url: str) -> None:
    with Store.create(ledger_url) as store:
        recorded = hire(store, "P1")
    with pytest.raises(LedgerExists):
        Store.create(ledger_url)
    with Store.open(ledger_url) as store, store.read() as conn:
        assert store.at(conn, [1]) == {1: recorded[0]}


@pytest.mark.parametrize("content", [b"", b"not a database\n" * 100, b"SQLite format 3\0" + bytes(84)])
def test_another_file_is_named_and_left_alone(sqlite_url: str, content: bytes) -> None:
    path = Path(sqlite_url)
    path.write_bytes(content)
    with pytest.raises((NotALedger, LedgerDamaged)):
        Store.open(sqlite_url)
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_another_sqlite_database_is_not_a_ledger(sqlite_url: str) -> None:
    run(sqlite_url, "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)")
    before = Path(sqlite_url).read_bytes()
    for _ in range(2):
        with pytest.raises(NotALedger, match="was not changed"):
            Store.open(sqlite_url)
    with pytest.raises(LedgerExists):
        Store.create(sqlite_url)
    assert Path(sqlite_url).read_bytes() == before


def test_a_folder_is_not_a_ledger(tmp_path: Path) -> None:
    with pytest.raises(NotALedger):
        Store.open(str(tmp_path))
    with pytest.raises(LedgerExists):
        Store.create(str(tmp_path))


def test_another_schema_on_the_server_is_not_a_ledger(postgres_url: str) -> None:
    run(postgres_url, "CREATE TABLE ledger_head (a int)")
    with pytest.raises(NotALedger):
        Store.open(postgres_url)
    with pytest.raises(LedgerExists):
        Store.create(postgres_url)


def test_a_newer_ledger_is_refused_before_any_write(ledger_url: str) -> None:
    Store.create(ledger_url).close()
    newer = "UPDATE ledger_head SET format = 99" if "://" in ledger_url else "PRAGMA user_version=99"
    run(ledger_url, newer)
    before = b"" if "://" in ledger_url else Path(ledger_url).read_bytes()
    with pytest.raises(LedgerNewer, match=f"format 99; this program knows formats up to {FORMAT}"):
        Store.open(ledger_url)
    assert "://" in ledger_url or Path(ledger_url).read_bytes() == before


def test_a_damaged_file_is_named(sqlite_url: str) -> None:
    Store.create(sqlite_url).close()
    with Path(sqlite_url).open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 300)
    with pytest.raises(LedgerDamaged, match="malformed"):
        Store.open(sqlite_url)


def test_a_ledger_without_head_is_damaged(ledger_url: str) -> None:
    Store.create(ledger_url).close()
    stays = "ledger_head_append_only ON ledger_head" if "://" in ledger_url else "ledger_head_stays"
    run(ledger_url, f"DROP TRIGGER {stays}", "DELETE FROM ledger_head")
    with pytest.raises(LedgerDamaged, match="ledger_head is empty"):
        Store.open(ledger_url)


def test_an_interrupted_creation_can_be_done_again(sqlite_url: str) -> None:
    Path(sqlite_url).touch(mode=0o644)
    with Store.create(sqlite_url) as store:
        hire(store, "P1")
    assert stat.S_IMODE(Path(sqlite_url).stat().st_mode) == 0o600


@pytest.mark.parametrize("links", [True, False])
def test_a_new_ledger_never_takes_the_place_of_something(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """Not even of what came there while it was made; on disks without second names for a file neither."""

    def no_links(*_: object) -> None:
        raise PermissionError

    path = Path(sqlite_url)
    choose = sqlite.choose_journal

    def slow(*told: object) -> None:
        choose(*told)  # type: ignore[arg-type]
        path.write_bytes(b"mine")

    with monkeypatch.context() as patch:
        patch.setattr(sqlite, "choose_journal", slow)
        if not links:
            patch.setattr(Path, "hardlink_to", no_links)
        with pytest.raises(LedgerExists):
            Store.create(sqlite_url)
        assert path.read_bytes() == b"mine"
        assert list(path.parent.iterdir()) == [path]
        path.unlink()
        patch.setattr(sqlite, "choose_journal", choose)
        Store.create(sqlite_url).close()
    Store.open(sqlite_url).close()
    assert path.stat().st_nlink == 1


def test_what_an_interrupted_creation_left_long_ago_is_cleared_away(sqlite_url: str) -> None:
    path = Path(sqlite_url)
    long_ago, just_now = path.with_name(".ledger.db.0a.new"), path.with_name(".ledger.db.0b.new-journal")
    for left in (long_ago, just_now):
        left.touch()
    os.utime(long_ago, (0, 0))
    Store.create(sqlite_url).close()
    assert not long_ago.exists()
    assert just_now.exists()


def test_what_a_killed_program_left_is_cleared_away_and_what_another_makes_is_not(sqlite_url: str) -> None:
    path = Path(sqlite_url)
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    left, at_work = (path.with_name(f".ledger.db.{maker}.0a.new") for maker in (int(ended.stdout), os.getppid()))
    for file in (left, at_work):
        file.touch()
    Store.create(sqlite_url).close()
    assert not left.exists()
    assert at_work.exists()


@pytest.mark.parametrize("wal", [False, True])
def test_only_the_owner_can_read_the_file_and_its_journals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wal: bool
) -> None:
    monkeypatch.setattr(sqlite, "prefers_wal", lambda: wal)
    old = os.umask(0)
    try:
        path = tmp_path / "new folder" / "账本.db"
        with Store.create(str(path)) as store, store.write() as unit:
            unit.conn.exec_driver_sql("CREATE TABLE something (a)")
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert len(modes) == 3 if wal else 2
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


BAD = [
    "",
    ":memory:",
    "file:ledger.db",
    "file:///ledger.db?nolock=1",
    "sqlite://",
    "sqlite:///ledger.db?mode=memory",
    "sqlite:///",
    "sqlite:///:memory:",
    "mysql://root:secret@host/db",
    "postgresql+psycopg2://u:secret@host/db",
    "http://host/x",
    "postgresql://u:secret@host:port/db",
    "mysql://u:sec@ret@secret@host/db",
    "a\0b",
]


@pytest.mark.parametrize("text", BAD)
def test_other_addresses_are_refused_without_showing_a_password(text: str) -> None:
    with pytest.raises(BadAddress) as caught:
        parse(text)
    assert caught.value.exit_status == 2
    assert "secret" not in str(caught.value)


def test_addresses_of_files_and_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse("a.db").path == parse("sqlite:///a.db").path == tmp_path / "a.db"
    assert parse(f"sqlite:///{tmp_path}/a b#%41?.db".replace("?", "")).path == tmp_path / "a b#%41.db"
    assert parse("odd?name.db").path == tmp_path / "odd?name.db"
    server = parse("postgresql://officer:secret@host/db")
    assert server.url is not None
    assert (server.url.drivername, server.url.password) == ("postgresql+psycopg", "secret")
    assert server.shown == "postgresql://officer:***@host/db"
    for hidden in (
        "postgresql://u:a@secret@host/db",
        "postgresql://u:a/secret@host/db",
        "postgresql://h/d?password=secret",
    ):
        assert "secret" not in parse(hidden).shown


def test_odd_file_names_work(tmp_path: Path) -> None:
    for name in ("a b.db", "100%.db", "a#b.db", "a?b.db", "借调 台账.db"):
        with Store.create(str(tmp_path / name)) as store:
            hire(store, "P1")
        assert (tmp_path / name).exists()


def test_an_unreachable_server_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnreadable, match="cannot be opened") as caught:
        Store.open(f"postgresql://officer:secret@/db?host={tmp_path}")
    assert "secret" not in str(caught.value)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's power over file permissions."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def shelf() -> Iterator[Path]:
    """A folder everybody can enter and, by the test's choice, nobody can write."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def write_protect(path: Path) -> None:
    for file in path.parent.iterdir():
        file.chmod(0o444)
    path.parent.chmod(0o555)


@pytest.mark.parametrize("wal", [False, True])
def test_a_write_protected_ledger_can_be_read_but_not_written(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, wal: bool
) -> None:
    monkeypatch.setattr(sqlite, "prefers_wal", lambda: wal)
    path = shelf / "ledger.db"
    with Store.create(str(path)) as store:
        recorded = hire(store, "P1")
    write_protect(path)
    with as_nobody(), Store.open(str(path)) as store:
        with store.read() as conn:
            assert store.at(conn, [1]) == {1: recorded[0]}
        assert store.storage().read_only
        with pytest.raises(LedgerReadOnly, match="can only be read"), store.write():
            pass


def test_a_live_file_of_another_login_is_not_opened(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only whom it belongs to opens a file that can be written; others are pointed to a backup."""
    if os.geteuid() != 0:  # nobody else to become
        monkeypatch.setattr(os, "geteuid", lambda: 65534)
    path = shelf / "ledger.db"
    with Store.create(str(path)) as store:
        recorded = hire(store, "P1")
    before = sorted(shelf.iterdir())
    path.chmod(0o666)
    shelf.chmod(0o777)
    with as_nobody():
        with pytest.raises(AnotherLogins, match="belongs to another login") as fault:
            Store.open(str(path))
        assert "sledger backup FILE" in fault.value.remedy
    assert sorted(shelf.iterdir()) == before, "nothing was left beside it"
    write_protect(path)
    with as_nobody(), Store.open(str(path)) as store, store.read() as conn:
        assert store.at(conn, [1]) == {1: recorded[0]}, "what nobody can write any more is no live ledger"


def copy_of_a_ledger_being_written(shelf: Path) -> Path:
    """As a copying program sees it: the file and its journal, in the middle of a transaction or before a checkpoint."""
    source, copy = shelf / "source.db", shelf / "ledger.db"
    with Store.create(str(source)) as store:
        hire(store, "P1")
        with store.engine.connect() as conn, conn.begin() as transaction:
            conn.exec_driver_sql("PRAGMA cache_size=1")
            conn.exec_driver_sql("CREATE TABLE filling (content)")
            conn.exec_driver_sql("INSERT INTO filling VALUES (randomblob(1000000))")
            for end in ("", "-wal", "-journal"):
                if (shelf / f"source.db{end}").exists():
                    shutil.copy(f"{source}{end}", f"{copy}{end}")
            transaction.rollback()
    source.unlink()
    return copy


@pytest.mark.parametrize("wal", [False, True])
def test_a_write_protected_ledger_with_a_pending_journal_is_never_read_without_it(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, wal: bool
) -> None:
    monkeypatch.setattr(sqlite, "prefers_wal", lambda: wal)
    path = copy_of_a_ledger_being_written(shelf)
    assert (shelf / f"ledger.db-{'wal' if wal else 'journal'}").stat().st_size > 0
    write_protect(path)
    with as_nobody(), pytest.raises(LedgerUnreadable, match="cannot be opened"):
        Store.open(str(path))
    shelf.chmod(0o755)
    for file in shelf.iterdir():
        file.chmod(0o600)
    with Store.open(str(path)) as store:  # with the right to write, the journal is dealt with
        assert (store.verify().positions, store.verify().fault) == (1, None)


def test_a_file_one_may_not_read_is_one_sentence(shelf: Path) -> None:
    path = shelf / "ledger.db"
    Store.create(str(path)).close()
    path.chmod(0o000)
    with as_nobody(), pytest.raises(LedgerUnreadable, match="cannot be opened"):
        Store.open(str(path))


def test_every_fault_has_a_code_a_sentence_and_a_remedy() -> None:
    def family(cls: type[LedgerFault]) -> Iterator[type[LedgerFault]]:
        yield cls
        for child in cls.__subclasses__():
            yield from family(child)

    for cls in family(LedgerFault):
        fault = cls(ledger="x")
        assert fault.exit_status in ((3,) if cls is NotPermitted else (2, 4, 5))
        assert fault.code
        assert "{" not in str(fault)
        assert fault.remedy
