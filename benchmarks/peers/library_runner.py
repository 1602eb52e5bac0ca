"""The event library's own rebuild: its ProjectionRunner at its defaults, one transaction an event.

On SQLite the library has no subscription, so one that polls is added; it waits only when nothing new is there. What is
kept is little: one row for each period on the effective axis alone (the same work: `library_runner_tables`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import Notification, Subscription, Tracking
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteTrackingRecorder
from eventsourcing.utils import get_topic

from benchmarks.history import FIELDS, History
from benchmarks.peers.library_aggregates import Person, environment, person_of
from ledger.domain.time import FOREVER, Day

SECONDS = 15.0
"""How long the runner is watched."""
MOST = 2_000
"""People whose events are there to be read."""
INSERT = f"INSERT INTO period VALUES ({', '.join('?' * (3 + len(FIELDS)))})"  # noqa: S608  nothing but marks


class Polling(Subscription["PollingRecorder"]):
    """Asks for new events when the page in hand is used up."""

    def __init__(self, recorder: PollingRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._page: list[Notification] = []
        self._stopped = Event()

    def stop(self) -> None:
        """End the iteration."""
        super().stop()
        self._stopped.set()

    def __next__(self) -> Notification:
        while not self._stopped.is_set():
            if not self._page:
                found = self._recorder.select_notifications(
                    self._last_notification_id, 500, None, self._topics, inclusive_of_start=False
                )
                self._page = list(found)[::-1]
            if self._page:
                last = self._page.pop()
                self._last_notification_id = last.id
                return last
            self._stopped.wait(0.2)
        raise StopIteration


class PollingRecorder(SQLiteApplicationRecorder):
    """The library's recorder with a subscription."""

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Polling:
        """Events after a position, those to come included."""
        return Polling(self, gt, topics)


class People(Application[UUID]):
    """The people whose events are projected."""


class Periods(SQLiteTrackingRecorder):
    """A table of what held of whom over which days."""

    def construct_create_table_statements(self) -> list[str]:
        """The library's tables and our own."""
        own = (
            f"CREATE TABLE IF NOT EXISTS period (person TEXT, d_from INTEGER, d_to INTEGER, {', '.join(FIELDS)}, "
            "PRIMARY KEY (person, d_from)) WITHOUT ROWID"
        )
        return [*super().construct_create_table_statements(), own]

    def take(self, person: str, state: Sequence[Any], tracking: Tracking) -> None:
        """Close the open period and begin the next, in the transaction that notes how far we are."""
        day: Day = state[0]
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute("UPDATE period SET d_to = ? WHERE person = ? AND d_to = ?", (day, person, FOREVER))
            if state[1] is not None:
                cursor.execute(INSERT, (person, day, FOREVER, *state[1:]))
            self._insert_tracking(cursor, tracking)


class Periodical(Projection[Periods]):
    """Every change closes a person's period and opens the next."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Take in one event."""
        if isinstance(domain_event, Person.Entered | Person.Changed):
            self.view.take(str(domain_event.originator_id), domain_event.state, tracking)


def measure(folder: Path, saved: Path) -> dict[str, float]:
    """Events a second, and a second of processor time."""
    history = History.load(saved)
    env = environment(folder) | {"APPLICATION_RECORDER_TOPIC": get_topic(PollingRecorder)}
    env |= {"PERIODICAL_SQLITE_DBNAME": str(folder / "view.db")}
    people = [person_of(code, list(changes)) for code, changes in groupby(history.changes, key=lambda one: one.person)]
    with People(env) as app:
        for start in range(0, MOST, 200):
            app.save(*people[start : min(start + 200, MOST)])
        newest = app.recorder.max_notification_id() or 0
    with ProjectionRunner(application_class=People, projection_class=Periodical, view_class=Periods, env=env) as runner:
        started, begun = time.perf_counter(), runner.view.max_tracking_id("People") or 0
        done, spent, cpu = begun, 0.0, time.process_time()
        while done < newest and spent < SECONDS:
            runner.run_forever(timeout=0.05)
            done = runner.view.max_tracking_id("People") or 0
            spent = time.perf_counter() - started
        cpu = time.process_time() - cpu
    return {"rate": (done - begun) / spent, "cpu rate": (done - begun) / cpu}
