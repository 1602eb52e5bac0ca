"""Every change of the log past its triggers is found at its position."""

# ruff: noqa: S608  the statements are the test's own

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from ledger.domain.events import Recorded
from ledger.persistence.chain import CHAIN_SENTENCES, Indexed, Reached, genesis, link
from ledger.persistence.store import Store
from tests.persistence.makers import departed, event, hire

COLUMNS = "originator_id, originator_version, topic, state, recorded_at, hash"


@pytest.fixture
def filled(store: Store) -> Store:
    """Events 1 to 6: three people hired, then three departed."""
    hire(store, "P1", "P2", "P3")
    for number in (1, 2, 3):
        with store.write() as unit:
            made = event(f"person:P{number}", 2, departed(f"P{number}"))
            unit.append(made, subjects=(), target=None, keys=[(made.id, b"digest of " + made.id.encode())])
    return store


def tamper(store: Store, *statements: str) -> None:
    """SQL by somebody who owns the tables and has taken the triggers off."""
    with store.engine.begin() as conn:
        if store.dialect == "sqlite":
            for name in conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
                conn.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            conn.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            conn.exec_driver_sql(statement)


def renumber(first: int, last: int, step: int) -> list[str]:
    """Moves positions by one; the highest or lowest first, so that none is taken twice."""
    positions = range(last, first - 1, -1) if step > 0 else range(first, last + 1)
    return [f"UPDATE event SET position = position + {step} WHERE position = {n}" for n in positions]


def swap(a: int, b: int) -> list[str]:
    moves = ((a, 99), (b, a), (99, b))
    return [f"UPDATE event SET position = {to} WHERE position = {now}" for now, to in moves]


def forged(position: int, stream: str = "person:P9") -> str:
    return (
        f"INSERT INTO event (position, {COLUMNS}) SELECT {position}, '{stream}', 1, topic, state, recorded_at, hash "
        "FROM event WHERE originator_id = 'person:P1' AND originator_version = 1"
    )


SWAPPED_CONTENTS = [
    "CREATE TEMPORARY TABLE two AS SELECT * FROM event WHERE position IN (2, 3)",
    "UPDATE event SET originator_id = 'x' WHERE position = 2",
    *(
        f"UPDATE event SET {column} = (SELECT {column} FROM two WHERE position = {other}) WHERE position = {position}"
        for position, other in ((3, 2), (2, 3))
        for column in ("originator_id", "state", "recorded_at")
    ),
]

TAMPERINGS: dict[str, tuple[list[str], int, str]] = {
    "content": (
        ["UPDATE event SET state = (SELECT state FROM event WHERE position = 1) WHERE position = 3"],
        3,
        "altered",
    ),
    "last content": (["UPDATE event SET recorded_at = 1 WHERE position = 6"], 6, "altered"),
    "hash": (["UPDATE event SET hash = (SELECT tip FROM ledger_head) WHERE position = 2"], 2, "altered"),
    "instant": (["UPDATE event SET recorded_at = recorded_at + 1 WHERE position = 4"], 4, "altered"),
    "version": (["UPDATE event SET originator_version = 7 WHERE position = 5"], 5, "altered"),
    "stream": (["UPDATE event SET originator_id = 'person:P9' WHERE position = 5"], 5, "altered"),
    "topic": (["UPDATE event SET topic = 'person.departed' WHERE position = 2"], 2, "altered"),
    "first": (["UPDATE event SET recorded_at = 0 WHERE position = 1"], 1, "altered"),
    "gap": (["DELETE FROM event WHERE position = 3"], 3, "removed"),
    "gap at the start": (["DELETE FROM event WHERE position = 1"], 1, "removed"),
    "cut tail": (["DELETE FROM event WHERE position >= 5"], 5, "removed"),
    "everything": (["DELETE FROM event"], 1, "removed"),
    "removed and closed up": (["DELETE FROM event WHERE position = 3", *renumber(4, 6, -1)], 3, "removed"),
    "last but one closed up": (["DELETE FROM event WHERE position = 5", *renumber(6, 6, -1)], 5, "removed"),
    "inserted": ([*renumber(3, 6, 1), forged(3)], 3, "inserted"),
    "inserted at the start": ([*renumber(1, 6, 1), forged(1)], 1, "inserted"),
    "added at the end": ([forged(7)], 7, "inserted"),
    "neighbours swapped": (swap(2, 3), 2, "reordered"),
    "distant rows swapped": (swap(2, 5), 2, "reordered"),
    "contents swapped": (SWAPPED_CONTENTS, 2, "reordered"),
    "tip": (["UPDATE ledger_head SET tip = (SELECT hash FROM event WHERE position = 5)"], 6, "head_mismatch"),
    "identity": (["UPDATE ledger_head SET ledger_id = 'another'"], 1, "altered"),
    "head behind": (
        ["UPDATE ledger_head SET position = 5, tip = (SELECT hash FROM event WHERE position = 5)"],
        6,
        "inserted",
    ),
}


def test_an_untouched_log_is_whole(filled: Store) -> None:
    done: list[tuple[int, int]] = []
    report = filled.verify(lambda *counts: done.append(counts))
    with filled.read() as conn:
        assert report == (6, filled.head(conn).tip, None)
    assert done == [(6, 6)]


def test_an_empty_log_is_whole(store: Store) -> None:
    with store.read() as conn:
        assert store.verify() == (0, genesis(store.head(conn).ledger_id), None)


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_where_it_happened(filled: Store, name: str) -> None:
    statements, position, kind = TAMPERINGS[name]
    tamper(filled, *statements)
    fault = filled.verify().fault
    assert fault is not None
    assert (fault.position, fault.kind) == (position, kind)
    assert str(position) in fault.sentence.format(**fault.params)


def relink(conn: Connection) -> None:
    """What somebody does who knows how the chain is made: computes all of it again."""
    tip = genesis(conn.exec_driver_sql("SELECT ledger_id FROM ledger_head").scalar_one())
    mark = "?" if conn.dialect.name == "sqlite" else "%s"
    for row in conn.exec_driver_sql(f"SELECT position, {COLUMNS} FROM event ORDER BY position").all():
        tip = link(tip, row.position, row.originator_id, row.originator_version, row.topic, row.recorded_at, row.state)
        conn.exec_driver_sql(f"UPDATE event SET hash = {mark} WHERE position = {mark}", (tip, row.position))
    conn.exec_driver_sql(f"UPDATE ledger_head SET tip = {mark}", (tip,))


def test_a_forged_chain_with_a_hole_in_a_history_is_still_found(filled: Store) -> None:
    tamper(filled, "UPDATE event SET originator_version = 3 WHERE position = 5")
    with filled.engine.begin() as conn:
        if filled.dialect == "postgresql":
            conn.exec_driver_sql("SET LOCAL session_replication_role = replica")
        relink(conn)
    fault = filled.verify().fault
    assert fault is not None
    assert (fault.position, fault.kind) == (5, "version_gap")
    assert fault.sentence.format(**fault.params).endswith("person:P2 has version 3 instead of 2.")


def indexed(recorded: Recorded) -> Indexed:
    """What the makers of these tests append with an event."""
    made = recorded.event
    return Indexed((made.originator_id,), made.target, [(made.id, b"digest of " + made.id.encode())])


INDEXES: dict[str, tuple[str, int, str]] = {
    "subject missing": ("DELETE FROM event_subject WHERE position = 2", 2, "event_subject"),
    "subject wrong": ("UPDATE event_subject SET subject = 'person:P9' WHERE position = 2", 2, "event_subject"),
    "subject too many": ("INSERT INTO event_subject VALUES ('person:P9', 4)", 4, "event_subject"),
    "subject of nothing": ("INSERT INTO event_subject VALUES ('person:P9', 7)", 6, "event_subject"),
    "subject before the start": ("INSERT INTO event_subject VALUES ('person:P9', 0)", 1, "event_subject"),
    "target invented": ("INSERT INTO event_target VALUES (1, 5)", 5, "event_target"),
    "key missing": ("DELETE FROM entry_key WHERE position = 6", 6, "entry_key"),
    "key of another": ("UPDATE entry_key SET position = 1 WHERE position = 3", 1, "entry_key"),
}


@pytest.mark.parametrize("name", INDEXES)
def test_indexes_that_do_not_fit_are_found(filled: Store, name: str) -> None:
    assert filled.verify(expected=indexed).fault is None
    statement, position, table = INDEXES[name]
    tamper(filled, statement)
    assert filled.verify().fault is None
    fault = filled.verify(expected=indexed).fault
    assert fault is not None
    assert (fault.position, fault.kind, fault.params["table"]) == (position, "index_mismatch", table)


def test_the_link_is_what_it_was_decided_to_be() -> None:
    """Golden: every ledger ever written depends on these bytes."""
    first = link(genesis("ledger"), 1, "person:P1", 1, "person.hired", 1_600_000_000_000_000, b'{"v":1}')
    assert genesis("ledger").hex() == "6f3b59f5ffc2dcffba8a4be801279125d2625d5c1db8413e4d03b16ea9d5e30c"
    assert first.hex() == "4d79f9cfa84de2610a9a215bdb56f45a2d6ec3a7a94ab933fa452001e3811816"


def test_texts_cannot_move_over_the_borders_of_their_fields() -> None:
    make: Callable[..., bytes] = lambda stream, topic, state: link(bytes(32), 1, stream, 1, topic, 1, state)  # noqa: E731
    assert len({make("ab", "c", b"d"), make("a", "bc", b"d"), make("a", "b", b"cd"), make("", "abc", b"d")}) == 4


def test_every_kind_of_fault_has_a_sentence() -> None:
    assert {kind for _, _, kind in TAMPERINGS.values()} | {"version_gap", "index_mismatch"} == set(CHAIN_SENTENCES)


def walked(store: Store, step: int) -> tuple[int, str, int]:
    """(position, kind) of the fault found link by link, and how far it went."""
    reached: Reached | None = None
    position = 0
    while True:
        reached, fault = store.check_links(reached, step)
        if fault is not None:
            return fault.position, fault.kind, position
        position = reached.position
        if reached.ends:
            return 0, "", position


@pytest.mark.parametrize("step", [1, 2, 6, 100])
def test_the_links_are_walked_in_steps_to_the_end(filled: Store, step: int) -> None:
    assert walked(filled, step) == (0, "", 6)
    assert filled.check_newest(step) is None


def test_the_newest_entries_are_looked_at_alone(filled: Store) -> None:
    tamper(filled, "UPDATE event SET recorded_at = 1 WHERE position = 3")
    assert filled.check_newest(3) is None
    fault = filled.check_newest(4)
    assert fault is not None
    assert fault.position == 3


@pytest.mark.parametrize("step", [1, 4, 100])
@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_walk_in_steps_finds_what_the_whole_check_finds(filled: Store, name: str, step: int) -> None:
    statements, position, kind = TAMPERINGS[name]
    tamper(filled, *statements)
    assert walked(filled, step)[:2] == (position, kind)


def test_a_walk_goes_on_with_what_was_recorded_since_and_notices_what_was_taken_away(filled: Store) -> None:
    reached, _fault = filled.check_links(None, 100)
    hire(filled, "P4")
    reached, fault = filled.check_links(reached, 100)
    assert (reached.position, fault) == (7, None)
    tamper(filled, "DELETE FROM event WHERE position = 7", "UPDATE ledger_head SET position = 6")
    fault = filled.check_links(reached, 100)[1]
    assert fault is not None
    assert (fault.position, fault.kind) == (7, "removed")
