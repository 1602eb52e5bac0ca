"""Several programs write one ledger: every event once, no gap, no waiting for ever."""

from __future__ import annotations

import multiprocessing
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from ledger.domain.faults import LedgerBusy
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
        with pytest.raises(LedgerBusy, match=r"0\.2 seconds; nothing was recorded") as caught:
            hire(other, "P2")
        assert 0.1 < time.monotonic() - started < 5
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
