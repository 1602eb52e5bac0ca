"""Settings of every connection, limits of waiting, and what a role without rights can do."""

# ruff: noqa: PT012  what fails is a whole unit of work

from __future__ import annotations

import secrets
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, event, make_url

from ledger.domain.faults import LedgerConflict, LedgerExists, LedgerReadOnly, StorageNotDurable
from ledger.persistence import postgresql
from ledger.persistence.store import Store
from tests.persistence.makers import hire


def setting(store: Store, name: str) -> str:
    with store.engine.connect() as conn:
        return str(conn.exec_driver_sql(f"SHOW {name}").scalar())


def with_options(url: str, options: str) -> str:
    parsed = make_url(url)
    both = f"{parsed.query['options']} {options}"
    return parsed.update_query_dict({"options": both}).render_as_string(hide_password=False)


def test_waiting_is_bounded_and_commits_are_on_disk(postgres_store: Store) -> None:
    assert setting(postgres_store, "lock_timeout") == "5s"
    assert setting(postgres_store, "synchronous_commit") == "on"
    with postgres_store.write() as unit:
        limits = ("statement_timeout", "idle_in_transaction_session_timeout", "transaction_isolation")
        shown = [unit.conn.exec_driver_sql(f"SHOW {name}").scalar() for name in limits]
    assert shown == ["2min", "10min", "read committed"]
    assert setting(postgres_store, "statement_timeout") == "0"


def test_synchronous_commit_is_turned_on_where_a_default_has_it_off(postgres_url: str) -> None:
    Store.create(postgres_url).close()
    with Store.open(with_options(postgres_url, "-csynchronous_commit=off")) as store:
        assert setting(store, "synchronous_commit") == "on"


def test_a_server_that_does_not_write_to_disk_is_refused(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting cannot be changed for one session, so another that can stands in for it."""
    Store.create(postgres_url).close()
    monkeypatch.setattr(postgresql, "DURABLE", ("synchronous_commit", "enable_seqscan"))
    with pytest.raises(StorageNotDurable, match="enable_seqscan = off"):
        Store.open(with_options(postgres_url, "-cenable_seqscan=off"))


def test_reading_is_repeatable_and_read_only(postgres_store: Store) -> None:
    settings = ("transaction_isolation", "transaction_read_only")
    with postgres_store.read() as conn:
        shown = [conn.exec_driver_sql(f"SHOW {name}").scalar() for name in settings]
        assert shown == ["repeatable read", "on"]
        with pytest.raises(LedgerReadOnly):
            conn.exec_driver_sql("UPDATE ledger_head SET clock = 'system'")


def test_a_role_that_may_only_read(postgres_store: Store, postgres_url: str) -> None:
    role = f"auditor_{secrets.token_hex(4)}"
    schema = str(make_url(postgres_url).query["options"]).partition("=")[2]
    recorded = hire(postgres_store, "P1")
    with postgres_store.engine.begin() as conn:
        conn.exec_driver_sql(f"CREATE ROLE {role}")
        conn.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
        conn.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}")
    try:
        with Store.open(with_options(postgres_url, f"-crole={role}")) as store:
            with store.read() as conn:
                assert store.at(conn, [1]) == {1: recorded[0]}
            with pytest.raises(LedgerReadOnly):
                hire(store, "P2")
    finally:
        with postgres_store.engine.begin() as conn:
            conn.exec_driver_sql(f"DROP OWNED BY {role}")
            conn.exec_driver_sql(f"DROP ROLE {role}")


def test_only_one_of_many_creations_at_once_succeeds(postgres_url: str) -> None:
    def create(_: int) -> bool:
        try:
            Store.create(postgres_url).close()
        except LedgerExists:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(create, range(6))) == [False] * 5 + [True]


def test_a_transaction_the_server_ends_is_a_conflict_and_nothing_is_recorded(postgres_store: Store) -> None:
    with pytest.raises(LedgerConflict), postgres_store.write() as unit:
        unit.conn.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
        process = unit.conn.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with postgres_store.engine.connect() as watching:
            while watching.exec_driver_sql(f"SELECT 1 FROM pg_stat_activity WHERE pid = {process}").scalar():  # noqa: S608
                watching.rollback()
                time.sleep(0.05)
        unit.version("person:P1")
    hire(postgres_store, "P1")
    assert postgres_store.verify().positions == 1


def test_the_server_gives_the_time(postgres_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Officers' machines may have any clock: positions are stamped by the server's."""
    monkeypatch.setattr(postgres_store, "_now", lambda: 0)
    assert hire(postgres_store, "P1")[0].recorded_at > 1_700_000_000_000_000


def test_locking_the_head_is_one_statement(postgres_store: Store) -> None:
    seen: list[str] = []
    engine: Engine = postgres_store.engine
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    with postgres_store.write():
        pass
    assert len(seen) == 2
    assert "FROM ledger_append()" in seen[1]
