"""The log only grows, whatever SQL somebody sends, on either database."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from ledger.domain.faults import LedgerConflict
from ledger.persistence.store import Store
from tests.persistence.makers import departed, event, hire, hired, put


@pytest.fixture
def filled(store: Store) -> Store:
    hire(store, "P1", "P2")
    with store.write() as unit:
        unit.append(event("person:P1", 2, departed("P1"), target=1), subjects=(), target=1, keys=[])
    return store


CHANGES = [
    "UPDATE event SET recorded_at = 0",
    "UPDATE event SET state = state WHERE position = 1",
    "UPDATE event_subject SET subject = 'person:P9'",
    "UPDATE event_target SET target = 2",
    "UPDATE entry_key SET position = 2",
    "UPDATE ledger_head SET position = position - 1",
    "UPDATE ledger_head SET recorded_at = 0",
    "UPDATE ledger_head SET ledger_id = 'another'",
    "DELETE FROM event",
    "DELETE FROM event WHERE position = 3",
    "DELETE FROM event_subject",
    "DELETE FROM event_target",
    "DELETE FROM entry_key",
    "DELETE FROM ledger_head",
]


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_changed_or_deleted(filled: Store, change: str) -> None:
    with pytest.raises(IntegrityError), filled.engine.begin() as conn:
        conn.exec_driver_sql(change)
    assert filled.verify().fault is None


def insert(conn: Connection, position: int, stream: str, version: int, verb: str = "INSERT") -> None:
    """A row by plain SQL; the values are the test's own."""
    blob = "x'00'" if conn.dialect.name == "sqlite" else "'\\x00'::bytea"
    conn.exec_driver_sql(
        f"{verb} INTO event (position, originator_id, originator_version, topic, state, recorded_at, hash) "
        f"VALUES ({position}, '{stream}', {version}, 'person.hired', {blob}, 1, {blob})"
    )


@pytest.mark.parametrize(
    ("position", "stream", "version"),
    [
        (5, "person:P3", 1),  # a gap in the positions
        (3, "person:P3", 1),  # a position twice
        (0, "person:P3", 1),
        (-1, "person:P3", 1),
        (4, "person:P3", 2),  # a stream that begins with version 2
        (4, "person:P3", 0),
        (4, "person:P1", 4),  # a gap in the versions
        (4, "person:P1", 2),  # a version twice
    ],
)
def test_only_the_next_position_and_version_is_taken(filled: Store, position: int, stream: str, version: int) -> None:
    with pytest.raises(IntegrityError), filled.engine.begin() as conn:
        insert(conn, position, stream, version)


def test_the_next_position_and_version_would_be_taken(filled: Store) -> None:
    with filled.engine.connect() as conn, conn.begin() as transaction:
        insert(conn, 4, "person:P1", 3)
        transaction.rollback()


@pytest.mark.parametrize("recursive_triggers", ["ON", "OFF"])
def test_insert_or_replace_writes_over_nothing(sqlite_store: Store, recursive_triggers: str) -> None:
    hire(sqlite_store, "P1", "P2")
    with sqlite_store.write() as unit:
        unit.append(event("person:P1", 2, departed("P1"), target=1), subjects=(), target=1, keys=[])
    statements = [
        "INSERT OR REPLACE INTO event_target (target, position) VALUES (1, 2)",
        "INSERT OR REPLACE INTO entry_key (key, position, digest) VALUES ('person:P1/1', 2, x'00')",
        "REPLACE INTO entry_key (key, position, digest) VALUES ('person:P1/1', 2, x'00')",
    ]
    with sqlite_store.engine.connect() as conn:
        conn.exec_driver_sql("ROLLBACK")
        conn.exec_driver_sql(f"PRAGMA recursive_triggers={recursive_triggers}")
        for statement in statements:
            with pytest.raises(IntegrityError):
                conn.exec_driver_sql(statement)
        for position, version in ((1, 1), (3, 3), (4, 2)):
            with pytest.raises(IntegrityError):
                insert(conn, position, "person:P1", version, "INSERT OR REPLACE")
        conn.exec_driver_sql("PRAGMA recursive_triggers=ON")
    assert sqlite_store.verify().fault is None


@pytest.mark.parametrize("table", ["event", "event_subject", "event_target", "entry_key", "ledger_head"])
def test_truncate_is_refused(postgres_store: Store, table: str) -> None:
    hire(postgres_store, "P1")
    with pytest.raises(IntegrityError), postgres_store.engine.begin() as conn:
        conn.exec_driver_sql(f"TRUNCATE {table} CASCADE")


def test_a_key_or_target_used_twice_is_a_conflict(filled: Store) -> None:
    with pytest.raises(LedgerConflict), filled.write() as unit:
        unit.append(event("person:P7", 1, hired("P7")), subjects=(), target=None, keys=[("person:P1/1", b"")])
    with pytest.raises(LedgerConflict), filled.write() as unit:
        unit.append(event("person:P2", 2, departed("P2"), target=1), subjects=(), target=1, keys=[])
    with filled.write() as unit:
        assert put(unit, "person:P2", departed("P2")).position == 4
