"""Our recorder for the eventsourcing library, and its application; the library stops at these and `mapper`.

Positions, instants, hash chain and head row are written together with the events, in one transaction that the caller's
unit of work owns (spec 3.2.1). The library's own recorder tests run against `CoreRecorder` on both databases.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from threading import Event as Flag
from typing import Any, Literal, Protocol, cast
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    IntegrityError,
    Mapper,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    TrackingRecorder,
    Transcoder,
)
from eventsourcing.utils import Environment, EnvType
from sqlalchemy import Connection, func, select

from ledger.domain.events import Event
from ledger.domain.faults import LedgerConflict
from ledger.persistence.appending import append
from ledger.persistence.head import Head
from ledger.persistence.mapper import LedgerMapper
from ledger.persistence.schema import event
from ledger.persistence.writing import write_log


class Appending(Protocol):
    """What the recorder needs of a unit of work."""

    end: Head

    @property
    def conn(self) -> Connection:
        """The connection of the unit's transaction."""

    @property
    def indexes(self) -> Sequence[Sequence[tuple[Any, ...]]]:
        """The rows of the indexes about the events being appended (see `writing.INDEXES`)."""

    def instants(self, count: int) -> Sequence[int]:
        """The instants of the events being appended, in order."""


class Transactions(Protocol):
    """Where the recorder gets a transaction when the caller has none."""

    def read(self) -> AbstractContextManager[Connection]:
        """A snapshot."""

    def write(self) -> AbstractContextManager[Appending]:
        """The writer's transaction."""


class CoreRecorder(ApplicationRecorder):
    """Events in the table `event`. Stream ids are text; `ids="uuid"` gives them back as UUID (library tests only)."""

    def __init__(self, transactions: Transactions, *, ids: Literal["text", "uuid"] = "text") -> None:
        self._transactions = transactions
        self._id: Any = UUID if ids == "uuid" else str

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, unit: Appending | None = None, **kwargs: Any
    ) -> Sequence[int]:
        """Appends events and moves the head; returns their positions.

        With `unit`, in its transaction: errors are those of the unit. Else in one of its own: raises the library's
        IntegrityError when a version is not the next of its stream, and the faults of `ledger.domain.faults`.
        """
        if not stored_events:
            return []
        if unit is not None:
            return _append(unit, stored_events)
        try:
            with self._transactions.write() as own:
                return _append(own, stored_events)
        except LedgerConflict as error:
            raise IntegrityError(str(error)) from error

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        """The events of one stream in the order of their versions, `gt` < version <= `lte`."""
        version = event.c.originator_version
        query = select(version, event.c.topic, event.c.state).where(event.c.originator_id == str(originator_id))
        if gt is not None:
            query = query.where(version > gt)
        if lte is not None:
            query = query.where(version <= lte)
        query = query.order_by(version.desc() if desc else version).limit(limit)
        with self._transactions.read() as conn:
            return [StoredEvent(originator_id, *row) for row in conn.execute(query)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
        """At most `limit` events of the log, `start` <= (or <) position <= `stop`, of the given topics if any."""
        query = select(
            event.c.position, event.c.originator_id, event.c.originator_version, event.c.topic, event.c.state
        ).order_by(event.c.position)
        if start is not None:
            query = query.where(event.c.position >= start if inclusive_of_start else event.c.position > start)
        if stop is not None:
            query = query.where(event.c.position <= stop)
        if topics:
            query = query.where(event.c.topic.in_(topics))
        with self._transactions.read() as conn:
            return [
                Notification(self._id(stream), version, topic, state, position)
                for position, stream, version, topic, state in conn.execute(query.limit(limit))
            ]

    def max_notification_id(self) -> int | None:
        """The last position; None when nothing is recorded."""
        with self._transactions.read() as conn:
            return conn.execute(select(func.max(event.c.position))).scalar()

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> PollingSubscription:
        """Events after position `gt`, those to come included, on either database."""
        return PollingSubscription(self, gt, topics)


def _append(unit: Appending, stored_events: Sequence[StoredEvent]) -> list[int]:
    rows = [
        (str(stored.originator_id), stored.originator_version, stored.topic, instant, stored.state)
        for stored, instant in zip(stored_events, unit.instants(len(stored_events)), strict=True)
    ]
    before = unit.end.position
    write = write_log if unit.conn.dialect.name == "sqlite" else append
    unit.end = write(unit.conn, unit.end, rows, unit.indexes)
    return list(range(before + 1, unit.end.position + 1))


class PollingSubscription(Subscription[CoreRecorder]):
    """Asks for new events every `interval` seconds; the library's projection runners work with it on SQLite too."""

    interval = 0.2
    page = 500

    def __init__(self, recorder: CoreRecorder, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        super().__init__(recorder, gt, topics)
        self._waiting: list[Notification] = []
        self._stopped = Flag()

    def stop(self) -> None:
        """Ends the iteration, also that of another thread which is waiting."""
        super().stop()
        self._stopped.set()

    def __next__(self) -> Notification:
        while not self._stopped.is_set():
            if not self._waiting:
                self._waiting = self._recorder.select_notifications(
                    self._last_notification_id, self.page, None, self._topics, inclusive_of_start=False
                )[::-1]
            if self._waiting:
                found = self._waiting.pop()
                self._last_notification_id = found.id
                return found
            self._stopped.wait(self.interval)
        raise StopIteration


class _Factory(InfrastructureFactory[TrackingRecorder]):
    """Gives the application our recorder and mapper; the log has no other recorders."""

    def __init__(self, env: Environment, recorder: CoreRecorder) -> None:
        super().__init__(env)
        self._recorder = recorder

    def mapper(
        self, transcoder: Transcoder | None = None, mapper_class: type[Mapper[Any]] | None = None
    ) -> Mapper[Any]:
        return LedgerMapper()

    def application_recorder(self) -> ApplicationRecorder:
        return self._recorder

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        raise NotImplementedError("the ledger keeps no snapshots")

    def tracking_recorder(self, tracking_recorder_class: type[TrackingRecorder] | None = None) -> TrackingRecorder:
        raise NotImplementedError("read tables move in the transaction of the events")

    def process_recorder(self) -> ProcessRecorder:
        raise NotImplementedError("read tables move in the transaction of the events")


class _Pending:
    """Events as the library collects them from an aggregate: it then looks at one object, not at every event."""

    id = "pending"

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events

    def collect_events(self) -> Sequence[Event]:
        return self._events


class LedgerEventStore(Application[str]):
    """The library's application over one ledger: `save(*events, unit=unit)` writes within a unit of work.

    Environment variables of the library are not read: nothing but our own code decides where events go.
    """

    name = "sledger"

    def __init__(self, transactions: Transactions) -> None:
        self._core = CoreRecorder(transactions)
        super().__init__()

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Only what is given; the library would add the process's environment."""
        return Environment(name, dict(env or {}))

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        """Our own; the library would resolve one by name."""
        return _Factory(env, self._core)

    def save_all(self, events: Sequence[Event], unit: Appending) -> None:
        """Saves many events in one call, a fifth faster than `save(*events, unit=unit)`."""
        self.save(cast(Any, _Pending(events)), unit=unit)
