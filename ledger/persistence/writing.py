"""One write transaction: events, subjects, targets, keys and head commit together or not at all (spec 3.2.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection

from ledger.domain.events import Event, Recorded
from ledger.persistence.appending import Row
from ledger.persistence.chain import link
from ledger.persistence.head import Clock, Head, move_head
from ledger.persistence.schema import import_batch

_MARK = {"sqlite": "?", "postgresql": "%s"}
_VERSION = "SELECT MAX(originator_version) FROM event WHERE originator_id = {}"


class Into(NamedTuple):
    """A table and its columns with their PostgreSQL types, in the order of the rows."""

    table: str
    columns: dict[str, str]


EVENT = Into(
    "event",
    {
        "position": "bigint",
        "originator_id": "text",
        "originator_version": "int",
        "topic": "text",
        "recorded_at": "bigint",
        "state": "bytea",
        "hash": "bytea",
    },
)
SUBJECT = Into("event_subject", {"subject": "text", "position": "bigint"})
TARGET = Into("event_target", {"target": "bigint", "position": "bigint"})
KEY = Into("entry_key", {"key": "text", "position": "bigint", "digest": "bytea"})


INDEXES = (SUBJECT, TARGET, KEY)


def insert_rows(conn: Connection, into: Into | str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts plain tuples in their order, the fastest way each driver has that reports errors as usual.

    SQLite: one prepared statement for all. PostgreSQL: one statement with an array for each column. A text is a whole
    statement with `{}` for its parameters.
    """
    if not rows:
        return
    if isinstance(into, str):
        marks = ", ".join([_MARK[conn.dialect.name]] * len(rows[0]))
        conn.exec_driver_sql(into.format(marks), list(rows))
        return
    names = ", ".join(into.columns)
    if conn.dialect.name == "sqlite":
        marks = ", ".join("?" * len(into.columns))
        conn.exec_driver_sql(f"INSERT INTO {into.table} ({names}) VALUES ({marks})", list(rows))  # noqa: S608
    else:
        arrays = ", ".join(f"%s::{kind}[]" for kind in into.columns.values())
        values = tuple(list(column) for column in zip(*rows, strict=True))
        conn.exec_driver_sql(f"INSERT INTO {into.table} ({names}) SELECT * FROM unnest({arrays})", values)  # noqa: S608


def write_log(conn: Connection, end: Head, rows: Sequence[Row], indexes: Sequence[Sequence[tuple[Any, ...]]]) -> Head:
    """On SQLite: write events with the rows of their indexes; the head as it has moved. On a server see `appending`."""
    position, tip, recorded_at = end.position, end.tip, end.recorded_at
    written = []
    for stream, version, topic, recorded_at, state in rows:
        position += 1
        tip = link(tip, position, stream, version, topic, recorded_at, state)
        written.append((position, stream, version, topic, recorded_at, state, tip))
    insert_rows(conn, EVENT, written)
    for into, found in zip(INDEXES, indexes, strict=True):
        insert_rows(conn, into, found)
    moved = replace(end, position=position, tip=tip, recorded_at=recorded_at)
    move_head(conn, moved)
    return moved


class Saves(Protocol):
    """The library's application, as far as a unit of work uses it."""

    def save_all(self, events: Sequence[Event], unit: WriteUnit) -> None:
        """Writes events through the recorder, which takes part in the unit's transaction."""


class WriteUnit:
    """What `Store.write()` gives: the only writer, until it commits.

    `conn`: for reading and for the read tables; buffered events are not visible there before `flush`.
    `head`: the head as it was locked. `end`: the head after the last flush.
    A unit in which anything failed is dead: it refuses every call with RuntimeError, and nothing of it is ever
    written. Start again from a fresh unit and freshly read state; objects of a failed save are never used twice.
    """

    def __init__(self, conn: Connection, head: Head, now: Callable[[], int], events: Callable[[], Saves]) -> None:
        self.conn = conn
        self.head = head
        self.end = head
        self._now, self._events = now, events
        self._last = head.recorded_at
        self._pinned: int | None = None
        self._versions: dict[str, int] = {}
        self._flushing: list[Recorded] = []
        self._structure = 0
        self._dead = False
        self._empty()

    def _empty(self) -> None:
        self._buffer: list[Recorded] = []
        self._subjects: list[tuple[str, int]] = []
        self._targets: list[tuple[int, int]] = []
        self._keys: list[tuple[str, int, bytes]] = []

    @property
    def indexes(self) -> Sequence[Sequence[tuple[Any, ...]]]:
        """For the recorder: the rows of the indexes about the events being flushed."""
        return (self._subjects, self._targets, self._keys)

    def _alive(self) -> None:
        if self._dead:
            raise RuntimeError("this unit of work is over or has failed; begin a new one")

    def kill(self) -> None:
        """Makes every further call fail; called at the end of `Store.write()` and at any failure."""
        self._dead = True

    @property
    def next_position(self) -> int:
        """The position the next appended event gets; buffered events are counted."""
        return self.end.position + len(self._buffer) + 1

    @property
    def recorded_at(self) -> int:
        """The instant the next appended event gets: microseconds UTC, later than every instant before (spec 1.1)."""
        if self._pinned is None:
            self._pinned = max(self._now(), self._last + 1)
        return self._pinned

    def version(self, stream: str) -> int:
        """The current version of a stream, buffered events included; 0 when it has none."""
        self._alive()
        known = self._versions.get(stream)
        if known is None:
            query = _VERSION.format(_MARK[self.conn.dialect.name])
            known = self._versions[stream] = self.conn.exec_driver_sql(query, (stream,)).scalar() or 0
        return known

    def know_version(self, stream: str, version: int) -> None:
        """Tells the current version of a stream whose events the caller has just read in this transaction."""
        self._versions.setdefault(stream, version)

    def append(
        self,
        event: Event,
        *,
        subjects: Iterable[str],
        target: int | None,
        keys: Iterable[tuple[str, bytes]],
        structure: bool | None = None,
    ) -> Recorded:
        """Buffers one event and gives it its position and instant.

        `subjects`: every subject it touches; its own stream is added if missing. `target`: the position it takes out
        of effect. `keys`: (key, digest of the content). `structure`: whether it changes the units; by default, whether
        a subject is a unit. A version that is not the next of its stream raises ValueError and kills the unit.
        """
        due = self.version(event.originator_id) + 1
        if event.originator_version != due:
            self.kill()
            raise ValueError(f"{event.originator_id}: version {event.originator_version} where {due} is due")
        position = self.next_position
        recorded = Recorded(position, self.recorded_at, event)
        self._last, self._pinned = recorded.recorded_at, None
        self._versions[event.originator_id] = due
        self._buffer.append(recorded)
        touched = dict.fromkeys((event.originator_id, *subjects))
        self._subjects.extend((subject, position) for subject in touched)
        if target is not None:
            self._targets.append((target, position))
        self._keys.extend((key, position, digest) for key, digest in keys)
        if structure or (structure is None and any(subject.startswith("unit:") for subject in touched)):
            self._structure = position
        return recorded

    def instants(self, count: int) -> list[int]:
        """For the recorder: the instants of the events being flushed, or new ones when it writes on its own."""
        self._alive()
        if self._flushing:
            return [recorded.recorded_at for recorded in self._flushing]
        given = []
        for _ in range(count):
            given.append(self.recorded_at)
            self._last, self._pinned = given[-1], None
        return given

    def flush(self) -> None:
        """Writes what is buffered, in one call of the library's `save`. `Store.write()` calls it before the commit.

        Any failure kills the unit; the transaction is then rolled back whatever the caller does.
        """
        self._alive()
        if not self._buffer:
            return
        self._flushing = self._buffer
        self.end = replace(self.end, structure_position=max(self._structure, self.end.structure_position))
        try:
            self._events().save_all([recorded.event for recorded in self._flushing], self)
        except BaseException:
            self.kill()
            raise
        self._flushing = []
        self._empty()

    # ---- restoring a backup

    def restore(self, clock: Clock, created_at: int) -> None:
        """Takes over what a backup says of its ledger; only into an empty one."""
        self._alive()
        self.end = replace(self.end, clock=clock, created_at=created_at)

    def restore_events(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Writes events of a backup as they were: (position, stream, version, topic, recorded_at, state, hash)."""
        self._alive()
        if not rows:
            return
        insert_rows(self.conn, EVENT, rows)
        position, recorded_at, tip = rows[-1][0], rows[-1][4], rows[-1][6]
        self.end = replace(self.end, position=position, recorded_at=recorded_at, tip=tip, structure_position=position)
        move_head(self.conn, self.end)

    def restore_batches(self, rows: Sequence[dict[str, Any]]) -> None:
        """Writes the imports of a backup."""
        if rows:
            self.conn.execute(import_batch.insert(), list(rows))
