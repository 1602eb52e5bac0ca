"""Several programs write one ledger: every event once, no gap, no waiting for ever."""

from __future__ import annotations

import multiprocessing
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from ledger.domain.faults import LedgerBusy
from ledger.persistence import store as store_module
from ledger.persistence.store import Store
from tests.persistence.makers import departed, hire, hired, put, renamed

WRITERS, ROUNDS = 3, 12


def record(url: str, writer: int) -> list[int]:
    """One program: hires its own people and renames a unit all programs rename."""
    positions = []
    with Store.open(url) as store:
        for number in range(ROUNDS):
            with store.write() as unit:
                positions.append(put(unit, f"person:P{writer}-{number}", hired(f"P{writer}-{number}")).position)
                positions.append(put(unit, "unit:T01", renamed("T01", f"{writer} {number}")).position)
    return positions


def assert_all_recorded(store: Store, positions: list[list[int]]) -> None:
    total = 2 * WRITERS * ROUNDS
    assert sorted(one for some in positions for one in some) == list(range(1, total + 1))
    assert (store.verify().positions, store.verify().fault) == (total, None)
    with store.read() as conn:
        names = store.recorded(conn, ["unit:T01"])["unit:T01"]
        assert [one.event.originator_version for one in names] == list(range(1, WRITERS * ROUNDS + 1))
        instants = [one.recorded_at for page in store.pages(conn) for one in page]
    assert instants == sorted(set(instants))


def test_programs_write_at_the_same_time(store: Store, ledger_url: str) -> None:
    with ProcessPoolExecutor(WRITERS, mp_context=multiprocessing.get_context("spawn")) as programs:
        positions = list(programs.map(record, [ledger_url] * WRITERS, range(WRITERS)))
    assert_all_recorded(store, positions)


def test_threads_share_one_store(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "open", lambda _: store)
    monkeypatch.setattr(Store, "close", lambda _: None)
    with ThreadPoolExecutor(WRITERS) as threads:
        positions = list(threads.map(record, [""] * WRITERS, range(WRITERS)))
    assert_all_recorded(store, positions)


def test_a_writer_that_waits_too_long_is_told(store: Store, ledger_url: str) -> None:
    with Store.open(ledger_url, patience=0.2) as other, store.write() as unit:
        put(unit, "person:P1", hired("P1"))
        unit.flush()
        started = time.monotonic()
        with pytest.raises(LedgerBusy, match=r"0\.2 seconds.*; nothing was recorded") as caught:
            hire(other, "P2")
        assert time.monotonic() - started > 0.1
        assert caught.value.exit_status == 5
    with Store.open(ledger_url, patience=0.2) as other:
        assert hire(other, "P2")[0].position == 2


def test_a_writer_decides_on_what_the_writer_before_it_recorded(store: Store) -> None:
    """Who waits for the lock sees the state behind it: nobody departs twice."""

    def leave() -> None:
        with store.write() as unit:
            if unit.version("person:P1") == 1:
                put(unit, "person:P1", departed("P1"))

    hire(store, "P1")
    officers = [threading.Thread(target=leave) for _ in range(5)]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join()
    assert store.verify().positions == 2


def test_who_waits_is_told_and_then_records(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the entry has run while it waits, so nothing is judged on a state that has passed."""
    monkeypatch.setattr(store_module, "STEP", 0.2)
    Store.create(ledger_url).close()
    with Store.open(ledger_url) as first, Store.open(ledger_url) as second:
        told: list[float] = []
        leaving = threading.Event()

        def hear(seconds: float) -> None:
            told.append(seconds)
            if len(told) == 2:
                leaving.set()

        def hold() -> None:
            with first.write() as unit:
                holding.set()
                put(unit, "person:P1", hired("P1"))
                leaving.wait(20)

        holding = threading.Event()
        second.waiting = hear
        other = threading.Thread(target=hold)
        other.start()
        holding.wait(20)
        with second.write() as unit:
            assert unit.head.position == 1
            put(unit, "person:P2", hired("P2"))
        other.join()
        assert [round(seconds, 1) for seconds in told[:2]] == [0.2, 0.4]
        assert second.verify().positions == 2


def test_a_read_within_a_read_sees_the_same_and_waits_for_no_writer(store: Store) -> None:
    def one_more(person: str) -> None:
        with store.write() as unit:
            put(unit, f"person:{person}", hired(person))

    one_more("P1")
    with store.read() as conn:
        seen = store.head(conn).position
        writer = threading.Thread(target=one_more, args=("P2",))
        writer.start()
        writer.join(1)  # with a rollback journal it now waits for this reader to end
        with store.read() as inner:
            assert store.head(inner).position == seen
    writer.join()
    with store.read() as conn:
        assert store.head(conn).position == seen + 1
