"""The event library's own route: an aggregate per person, saved through its SQLite recorder, replayed to ask."""

from __future__ import annotations

from bisect import bisect_right
from itertools import groupby
from pathlib import Path
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.history import Change, Counts, History, counted
from ledger.domain.time import Day

SAVED_AT_ONCE = 200


class Person(Aggregate):
    """Somebody, with everything that ever held of them."""

    @event("Entered")
    def __init__(self, code: str, state: list[object]) -> None:
        self.code = code
        self.days = [state[0]]
        self.states = [state]

    @event("Changed")
    def change(self, state: list[object]) -> None:
        """Something else holds from a day on."""
        self.days.append(state[0])
        self.states.append(state)

    def at(self, day: Day) -> tuple[str | None, int | None]:
        """Unit and kind on a day."""
        place = bisect_right(self.days, day) - 1
        return (None, None) if place < 0 else (self.states[place][1], self.states[place][2])


class People(Application[UUID]):
    """All of them."""


def environment(folder: Path) -> dict[str, str]:
    return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "library.db")}


class Peer:
    """See the module."""

    name = "eventsourcing, aggregates replayed"
    rounds = 3

    def __init__(self, folder: Path, history: History) -> None:
        self._app = People(environment(folder))
        self._ids: list[UUID] = []
        waiting: list[Person] = []
        for code, changes in groupby(history.changes, key=lambda change: change.person):
            waiting.append(person_of(code, list(changes)))
            self._ids.append(waiting[-1].id)
            if len(waiting) == SAVED_AT_ONCE:
                self._app.save(*waiting)
                waiting = []
        self._app.save(*waiting)

    def on_roll(self, day: Day) -> Counts:
        """Every person is read and replayed: the library has no question across aggregates."""
        get = self._app.repository.get
        return counted([get(one).at(day) for one in self._ids])


def person_of(code: str, changes: list[Change]) -> Person:
    """The aggregate with all its events, not saved yet."""
    person = Person(code=code, state=list(changes[0][1:]))
    for change in changes[1:]:
        person.change(state=list(change[1:]))
    return person
