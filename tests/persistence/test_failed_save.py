"""A save that fails leaves nothing behind, and nothing of it is used again (research/reliability: finding 1)."""

# ruff: noqa: PT012  what fails is a whole unit of work

from __future__ import annotations

import random

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from ledger.domain.faults import DiskFull
from ledger.persistence import appending, recorder, writing
from ledger.persistence.history import History
from ledger.persistence.store import Store
from tests.persistence.makers import departed, event, hire, hired, put

PLACES = {
    "sqlite": [
        (writing, "link"),  # while the chain is computed, before anything is written
        (writing, "insert_rows"),  # when the events are written
        (writing, "move_head"),  # events and indexes are in, the head is not
    ],
    "postgresql": [
        (recorder, "append"),  # before the server is asked
        (appending, "_columns"),
        (appending, "replace"),  # everything is in, and nobody knows yet
    ],
}


class Boom(Exception):
    """The injected failure."""


def break_once(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    real = getattr(module, name)

    def broken(*args: object, **kwargs: object) -> object:
        monkeypatch.setattr(module, name, real)
        raise Boom

    monkeypatch.setattr(module, name, broken)


def assert_whole(store: Store, people: list[str]) -> None:
    """Exactly these people are recorded, in a log without gaps."""
    report = store.verify()
    assert (report.positions, report.fault) == (len(people), None)
    subjects = History(store.read, len(people)).subjects("person:")
    assert sorted(subjects) == [f"person:{person}" for person in sorted(people)]


@pytest.mark.parametrize("place", range(3))
def test_after_a_failure_the_unit_is_dead_and_the_next_one_works(
    store: Store, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    hire(store, "P1")
    break_once(monkeypatch, *PLACES[store.dialect][place])
    with pytest.raises(Boom), store.write() as unit:
        put(unit, "person:P2", hired("P2"))
        unit.flush()
    for call in (unit.flush, lambda: unit.version("person:P2"), lambda: put(unit, "person:P2", hired("P2"))):
        with pytest.raises(RuntimeError, match="begin a new one"):
            call()
    assert_whole(store, ["P1"])
    hire(store, "P2", "P3")
    assert_whole(store, ["P1", "P2", "P3"])


def test_a_failure_somebody_swallows_still_takes_everything_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    break_once(monkeypatch, *PLACES[store.dialect][2])
    with pytest.raises(RuntimeError, match="begin a new one"), store.write() as unit:
        put(unit, "person:P1", hired("P1"))
        with pytest.raises(Boom):
            unit.flush()
    assert_whole(store, [])
    hire(store, "P1")
    assert_whole(store, ["P1"])


def test_a_unit_is_over_when_it_has_committed(store: Store) -> None:
    with store.write() as unit:
        put(unit, "person:P1", hired("P1"))
    with pytest.raises(RuntimeError, match="over"):
        put(unit, "person:P2", hired("P2"))
    assert_whole(store, ["P1"])


def test_a_wrong_version_kills_the_unit(store: Store) -> None:
    hire(store, "P1")
    with pytest.raises(ValueError, match="version 4 where 2 is due"), store.write() as unit:
        unit.append(event("person:P1", 4, departed("P1")), subjects=(), target=None, keys=())
    assert_whole(store, ["P1"])


def test_an_entry_under_a_foreign_topic_is_never_written(store: Store) -> None:
    wrong = event("person:P1", 1, hired("P1")).model_copy(update={"topic": "person.departed"})
    with pytest.raises(ValueError, match="does not belong"), store.write() as unit:
        unit.append(wrong, subjects=(), target=None, keys=())
    assert_whole(store, [])


def test_many_random_failures_leave_no_hole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    chance, recorded = random.Random(7), []
    for number in range(60):
        person = f"P{number:02}"
        if chance.random() < 0.5:
            break_once(monkeypatch, *chance.choice(PLACES[store.dialect]))
        try:
            hire(store, person)
            recorded.append(person)
        except Boom:
            pass
        monkeypatch.undo()
    assert 10 < len(recorded) < 50
    assert_whole(store, recorded)


def test_a_full_disk_is_one_sentence_and_reading_goes_on(sqlite_store: Store) -> None:
    hire(sqlite_store, "P1")
    with pytest.raises(DiskFull, match="nothing was recorded"), sqlite_store.write() as unit:
        (pages,) = unit.conn.exec_driver_sql("PRAGMA page_count").one()
        unit.conn.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        for number in range(2000):
            put(unit, f"person:Q{number}", hired(f"Q{number}"))
    assert_whole(sqlite_store, ["P1"])
    with sqlite_store.engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count=1000000")
    hire(sqlite_store, "P2")
    assert_whole(sqlite_store, ["P1", "P2"])


def test_the_recorder_alone_reports_conflicts_as_the_library_does(store: Store) -> None:
    log = recorder.CoreRecorder(store)
    stored = StoredEvent("person:P1", 1, "person.hired", b"{}")
    assert log.insert_events([stored]) == [1]
    with pytest.raises(IntegrityError):
        log.insert_events([stored])
    assert log.max_notification_id() == 1
