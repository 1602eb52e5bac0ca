"""What is written is read back, in order, and only once."""

# ruff: noqa: PT012  what fails is a whole unit of work

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select

from ledger.domain.events import Event, Recorded
from ledger.domain.faults import LedgerBusy
from ledger.domain.time import to_microseconds
from ledger.persistence.schema import FORMAT
from ledger.persistence.store import Store
from tests.persistence.makers import departed, event, hire, hired, put, renamed


def test_an_empty_ledger_has_position_0_and_its_own_identity(store: Store) -> None:
    with store.read() as conn:
        head = store.head(conn)
    assert (head.position, head.recorded_at, head.structure_position, head.format) == (0, 0, 0, FORMAT)
    assert len(head.tip) == 32
    assert len(head.ledger_id) == 32
    assert head.clock == "system"


def test_events_come_back_as_they_were_appended(store: Store) -> None:
    appended = hire(store, "P1", "P2")
    with store.read() as conn:
        assert store.recorded(conn, ["person:P1", "person:P2", "person:P3"]) == {
            "person:P1": [appended[0]],
            "person:P2": [appended[1]],
        }
        assert store.at(conn, [1, 2, 3]) == {1: appended[0], 2: appended[1]}
        found = store.at(conn, [1])[1].event
    assert type(found) is Event
    assert type(found.entry) is type(hired("P1"))
    with pytest.raises(Exception, match="frozen"):
        found.entry.note = "changed"  # type: ignore[misc]


def test_positions_are_gapless_and_instants_only_grow(store: Store) -> None:
    recorded = hire(store, *(f"P{n}" for n in range(5))) + hire(store, "Q1", "Q2")
    assert [one.position for one in recorded] == [1, 2, 3, 4, 5, 6, 7]
    instants = [one.recorded_at for one in recorded]
    assert instants == sorted(set(instants))
    with store.read() as conn:
        assert store.head(conn).recorded_at == instants[-1]


def test_recorded_at_never_goes_backwards_when_the_clock_does(ledger_url: str) -> None:
    times = iter([datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=n) for n in range(10)])
    with Store.create(ledger_url, clock=lambda: next(times)) as store:
        first, second = hire(store, "P1"), hire(store, "P2")
        assert second[0].recorded_at == first[0].recorded_at + 1
        with store.read() as conn:
            assert store.head(conn).clock == "simulated"


def test_an_injected_clock_marks_the_ledger_for_ever(ledger_url: str) -> None:
    Store.create(ledger_url).close()
    with Store.open(ledger_url, clock=lambda: datetime(2030, 1, 1, tzinfo=UTC)) as store:
        hire(store, "P1")
    with Store.open(ledger_url) as store, store.read() as conn:
        assert store.head(conn).clock == "simulated"


def test_the_instant_seen_before_appending_is_the_one_given(store: Store) -> None:
    with store.write() as unit:
        seen, position = unit.recorded_at, unit.next_position
        appended = put(unit, "person:P1", hired("P1"))
        assert (appended.recorded_at, appended.position) == (seen, position)
        assert unit.next_position == 2


def test_position_at_an_instant_is_the_last_one_recorded_by_then(ledger_url: str) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    with Store.create(ledger_url, clock=lambda: now[0]) as store:
        for day in range(3):
            now[0] = datetime(2026, 1, 1 + day, tzinfo=UTC)
            hire(store, f"P{day}")
        with store.read() as conn:
            for instant, position in (("2025-12-31", 0), ("2026-01-01", 1), ("2026-01-02", 2), ("2027-01-01", 3)):
                asked = to_microseconds(datetime.fromisoformat(instant).replace(tzinfo=UTC))
                assert store.position_at(conn, asked) == position


def test_versions_count_buffered_events_too(store: Store) -> None:
    with store.write() as unit:
        assert unit.version("person:P1") == 0
        put(unit, "person:P1", hired("P1"))
        assert unit.version("person:P1") == 1
        unit.flush()
        put(unit, "person:P1", departed("P1"))
        assert unit.version("person:P1") == 2
    with store.write() as unit:
        assert unit.version("person:P1") == 2


def test_what_was_flushed_is_visible_within_the_unit(store: Store) -> None:
    with store.write() as unit:
        put(unit, "person:P1", hired("P1"))
        assert store.recorded(unit.conn, ["person:P1"]) == {}
        unit.flush()
        assert [one.position for one in store.recorded(unit.conn, ["person:P1"])["person:P1"]] == [1]
        assert (unit.head.position, unit.end.position, unit.next_position) == (0, 1, 2)


def test_subjects_targets_and_keys_are_found_again(store: Store) -> None:
    with store.write() as unit:
        unit.append(
            event("person:P1", 1, hired("P1")),
            subjects=("person:P1", "names:T01"),
            target=None,
            keys=[("a", b"1" * 32), ("b", b"2" * 32)],
        )
        unit.append(event("person:P1", 2, departed("P1"), target=1), subjects=(), target=1, keys=[])
    with store.read() as conn:
        found = store.recorded(conn, ["names:T01", "person:P1"])
        assert {subject: [one.position for one in all_] for subject, all_ in found.items()} == {
            "names:T01": [1],
            "person:P1": [1, 2],
        }
        assert store.recorded(conn, ["person:P1"], upto=1)["person:P1"][-1].position == 1
        assert store.find(conn, "a") == (1, b"1" * 32)
        assert store.find(conn, "c") is None
        assert store.find_many(conn, ["b", "c"]) == {"b": (1, b"2" * 32)}
        assert store.targets(conn, [1, 2]) == {1: 2}


def test_only_events_that_touch_a_unit_move_the_structure_position(store: Store) -> None:
    with store.write() as unit:
        put(unit, "unit:T01", renamed("T01", "镇政府"))
        put(unit, "person:P1", hired("P1"))
    with store.write() as unit:
        assert unit.head.structure_position == 1
        unit.append(event("person:P1", 2, departed("P1")), subjects=["unit:T01"], target=None, keys=[], structure=False)
    with store.read() as conn:
        assert store.head(conn).structure_position == 1
    with store.write() as unit:
        unit.append(event("person:P2", 1, hired("P2")), subjects=[], target=None, keys=[], structure=True)
    with store.read() as conn:
        assert store.head(conn).structure_position == 4


def test_the_whole_log_comes_in_pages(store: Store) -> None:
    recorded = hire(store, *(f"P{n}" for n in range(25)))
    with store.read() as conn:
        pages = list(store.pages(conn, start=3, size=10))
        assert list(store.pages(conn, start=26)) == []
    assert [len(page) for page in pages] == [10, 10, 3]
    assert [one for page in pages for one in page] == recorded[2:]


def test_read_tables_are_made_and_written_in_the_same_transaction(ledger_url: str) -> None:
    metadata = MetaData()
    table = Table("answers", metadata, Column("n", Integer, primary_key=True))
    with Store.create(ledger_url, metadata=metadata) as store:
        with store.write() as unit:
            unit.conn.execute(insert(table), {"n": 1})
        with pytest.raises(ZeroDivisionError), store.write() as unit:
            unit.conn.execute(insert(table), {"n": 2})
            put(unit, "person:P1", hired("P1"))
            raise ZeroDivisionError
        with store.read() as conn:
            assert conn.execute(select(table.c.n)).scalars().all() == [1]
            assert store.head(conn).position == 0


def test_a_snapshot_does_not_see_what_is_recorded_meanwhile(ledger_url: str) -> None:
    """With a rollback journal the writer cannot even commit; it says so after its patience."""

    def write() -> None:
        try:
            hire(store, "P2")
        except LedgerBusy:
            busy.append(True)

    busy: list[bool] = []
    with Store.create(ledger_url, patience=0.3) as store:
        hire(store, "P1")
        with store.read() as conn:
            writer = threading.Thread(target=write)
            writer.start()
            writer.join()
            assert store.head(conn).position == 1
            assert list(store.recorded(conn, ["person:P2"])) == []
        assert bool(busy) == (store.storage().journal == "truncate")


def test_writing_inside_ones_own_snapshot_is_refused_at_once(store: Store) -> None:
    with store.read(), pytest.raises(RuntimeError, match="finish reading"), store.write():
        pass
    assert hire(store, "P1")[0].position == 1


def test_reading_many_subjects_at_once(store: Store) -> None:
    recorded = hire(store, *(f"P{n}" for n in range(1100)))
    with store.read() as conn:
        found = store.recorded(conn, [f"person:P{n}" for n in range(1100)])
        assert len(store.at(conn, range(1, 1101))) == 1100
    everything: list[Recorded] = [one for events in found.values() for one in events]
    assert sorted(one.position for one in everything) == [one.position for one in recorded]
