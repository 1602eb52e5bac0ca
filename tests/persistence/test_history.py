"""The log subject by subject, in pieces: each with its events in order, nothing after the position asked for."""

from __future__ import annotations

import pytest

from ledger.persistence import history
from ledger.persistence.history import History
from ledger.persistence.store import Store
from tests.persistence.makers import departed, hire, hired, put, renamed

PEOPLE = ["张", "P2", "P10", "p1", "P1"]


@pytest.fixture
def told(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Five people hired, a unit renamed, and the people gone in another order; pieces of two subjects."""
    monkeypatch.setattr(history, "_AT_ONCE", 2)
    with store.write() as unit:
        for person in PEOPLE:
            put(unit, f"person:{person}", hired(person))
        put(unit, "unit:P1", renamed("P1", "别的"))
        for person in reversed(PEOPLE):
            put(unit, f"person:{person}", departed(person))
    return store


def positions(log: History) -> dict[str, list[int]]:
    return {subject: [one.position for one in events] for subject, events in log.of(log.subjects("person:"))}


def test_subjects_come_in_the_order_in_which_they_were_met(told: Store) -> None:
    found = positions(History(told.read, 11))
    assert list(found.items()) == [(f"person:{person}", [n + 1, 11 - n]) for n, person in enumerate(PEOPLE)]


def test_nothing_after_the_position_is_read(told: Store) -> None:
    assert positions(History(told.read, 7)) == {
        **{f"person:{person}": [n + 1] for n, person in enumerate(PEOPLE)},
        "person:P1": [5, 7],
    }
    assert positions(History(told.read, 2)) == {"person:张": [1], "person:P2": [2]}
    assert positions(History(told.read, 0)) == {}


def test_what_was_touched_since_a_position(told: Store) -> None:
    log = History(told.read, 8)
    assert log.touched(5) == {"unit:P1", "person:P1", "person:p1"}
    assert log.touched(8) == set()
    assert [one.position for one in log.events(5, 7)] == [5, 6, 7]


def test_who_is_touched_together(told: Store) -> None:
    log = History(told.read, 11)
    assert log.together_with(["unit:P1"]) == {"unit:P1"}
    assert log.together_with([]) == set()


def test_a_long_log_is_read_over_many_pieces(store: Store) -> None:
    hire(store, *(f"P{n:04}" for n in range(1200)))
    with store.write() as unit:
        for n in range(1200):
            put(unit, f"person:P{n:04}", departed(f"P{n:04}"))
    assert positions(History(store.read, 2400)) == {f"person:P{n:04}": [n + 1, n + 1201] for n in range(1200)}
