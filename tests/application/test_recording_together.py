"""Threads that share one open ledger, and numbers that look the same: what is recorded and what is remembered."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from ledger.application import Receipt
from ledger.application.world import RecordedWorld
from ledger.domain.refusals import Refused
from tests.queries.makers import county, hire


def test_what_is_remembered_is_never_older_than_the_last_commit(
    ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that has committed, and is about to note it, is not overtaken by the next one."""
    noting, on, noted = Event(), Event(), []
    remember = RecordedWorld.remember

    def slowly(world: RecordedWorld) -> None:
        if not noting.is_set():
            noting.set()
            assert on.wait(30)
        remember(world)
        noted.append(world.unit.end.position)

    with county(ledger_url) as ledger, ThreadPoolExecutor(2) as pool:
        monkeypatch.setattr(RecordedWorld, "remember", slowly)
        first = pool.submit(ledger.record, hire("A", "T1"))
        assert noting.wait(30)
        second = pool.submit(ledger.record, hire("B", "T1"))
        second_done = Event()
        second.add_done_callback(lambda _done: second_done.set())
        assert not second_done.wait(0.5)
        on.set()
        receipts = [first.result(), second.result()]
        positions = [one.position for one in receipts if isinstance(one, Receipt)]
        assert noted == positions == sorted(positions)
        assert ledger.verify().ok


def test_two_spellings_of_one_number_are_one_person(ledger_url: str) -> None:
    """An accented letter may be one sign or two (NFC, NFD); it looks the same, and is the same in every text."""
    composed, taken_apart = "Zo\u00eb-1", unicodedata.normalize("NFD", "Zo\u00eb-1")
    with county(ledger_url) as ledger:
        assert isinstance(ledger.record(hire(taken_apart, "T1")), Receipt)
        again = ledger.record(hire(composed, "T1"))
        assert isinstance(again, Refused)
        assert again.code == "already_on_register"
        p = ledger.perspective()
        assert ledger.person(p, composed).person == ledger.person(p, taken_apart).person == composed
