"""Reading the log: by subject, by position, by key, and all of it in pages."""

from __future__ import annotations

import gc
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Executable, bindparam, func, select

from ledger.domain.events import ACT_TOPICS, Recorded
from ledger.domain.text import speakable
from ledger.persistence.codec import recall
from ledger.persistence.head import Head, read_head
from ledger.persistence.schema import entry_key, event, event_subject, event_target

_IN = 500
"""Values in one `IN` list: within the limit of every SQLite."""

EVENT = (
    event.c.position,
    event.c.recorded_at,
    event.c.originator_id,
    event.c.originator_version,
    event.c.topic,
    event.c.state,
)
_BY_SUBJECT = select(event_subject.c.subject, *EVENT).join_from(
    event_subject, event, event.c.position == event_subject.c.position
)
RECORDED = (
    _BY_SUBJECT.where(event_subject.c.subject.in_(bindparam("subjects", expanding=True)))
    .where(event_subject.c.position <= bindparam("upto"))
    .order_by(event_subject.c.subject, event_subject.c.position)
)
_PAGE = select(*EVENT).where(event.c.position >= bindparam("start")).order_by(event.c.position)
_AT = select(*EVENT).where(event.c.position.in_(bindparam("positions", expanding=True)))
_TARGETS = select(event_target.c.target, event_target.c.position).where(
    event_target.c.target.in_(bindparam("positions", expanding=True))
)
_KEYS = select(entry_key.c.key, entry_key.c.position, entry_key.c.digest).where(
    entry_key.c.key.in_(bindparam("keys", expanding=True))
)
_KNOWN_BY = (
    select(event.c.position)
    .where(event.c.recorded_at <= bindparam("instant"))
    .order_by(event.c.recorded_at.desc())
    .limit(1)
)
_NEWEST_ENTRY = (
    select(event.c.position)
    .where(event.c.position <= bindparam("upto"), event.c.topic.not_in(sorted(ACT_TOPICS)))
    .order_by(event.c.position.desc())
    .limit(1)
)
_STATES = select(event.c.position, event.c.state).where(
    event.c.topic.in_(bindparam("topics", expanding=True)), event.c.position <= bindparam("upto")
)
_SUBJECTS = select(event_subject.c.subject).where(event_subject.c.position.in_(bindparam("positions", expanding=True)))
_OF_TOPICS = (
    select(*EVENT)
    .where(event.c.position > bindparam("after"), event.c.topic.in_(bindparam("topics", expanding=True)))
    .order_by(event.c.position)
)
_LAST_POSITION = 2**63 - 1
T = TypeVar("T")


def _chunks(values: Collection[T]) -> Iterator[list[T]]:
    rest = list(dict.fromkeys(values))
    for start in range(0, len(rest), _IN):
        yield rest[start : start + _IN]


@contextmanager
def _no_collection() -> Iterator[None]:
    """Holds the cycle collector back while a page is decoded: no cycles arise, and the scans would double the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _recorded(row: Sequence[Any]) -> Recorded:
    position, recorded_at, stream, version, topic, state = row
    return Recorded(position, recorded_at, recall(stream, version, topic, state, position))


def fetched(conn: Connection, query: Executable, values: dict[str, Any]) -> Sequence[Sequence[Any]]:
    """All rows of a query as the driver's plain tuples, at a third of the usual cost."""
    cursor = conn.execute(query, values).cursor
    assert cursor is not None
    return cast("Sequence[Sequence[Any]]", cursor.fetchall())


class LogReader:
    """Questions to the log. Every method reads within the caller's connection, so within its snapshot.

    Raises the faults of `ledger.domain.faults`: LedgerDamaged and EntryNewer when an event cannot be read.
    """

    def head(self, conn: Connection) -> Head:
        """The end of the log as this snapshot sees it."""
        return read_head(conn)

    def position_at(self, conn: Connection, instant_us: int) -> int:
        """The last position recorded at or before an instant (microseconds UTC); 0 if there is none (spec 1.1)."""
        return conn.execute(_KNOWN_BY, {"instant": instant_us}).scalar() or 0

    def newest_entry(self, conn: Connection, upto: int | None = None) -> int:
        """The last position, up to one, that holds an entry of spec 2.2; 0 if there is none."""
        last = _LAST_POSITION if upto is None else upto
        return conn.execute(_NEWEST_ENTRY, {"upto": last}).scalar() or 0

    def of_topics(self, conn: Connection, topics: Collection[str], after: int) -> list[Recorded]:
        """The events of some topics recorded after a position, in order."""
        rows = conn.execute(_OF_TOPICS, {"after": after, "topics": sorted(topics)})
        return [_recorded(row) for row in rows]

    def recorded(
        self, conn: Connection, subjects: Collection[str], upto: int | None = None
    ) -> dict[str, list[Recorded]]:
        """The events that touch each subject, in position order, up to a position; subjects without any are absent."""
        last = _LAST_POSITION if upto is None else upto
        found: dict[str, list[Recorded]] = {}
        seen: dict[int, Recorded] = {}
        for chunk in _chunks(subjects):
            for subject, *row in fetched(conn, RECORDED, {"subjects": chunk, "upto": last}):
                one = seen.get(row[0])
                if one is None:
                    one = seen[row[0]] = _recorded(row)
                found.setdefault(subject, []).append(one)
        return found

    def subjects_with(self, conn: Connection, topics: Collection[str], part: bytes, upto: int) -> set[str]:
        """The subjects that an event touches, up to a position, under one of these topics and with `part` in its state.

        The bytes are looked at as stored, since most of the events are none of those sought.
        """
        states = fetched(conn, _STATES, {"topics": list(topics), "upto": upto})
        positions = [position for position, state in states if part in bytes(state)]
        found: set[str] = set()
        for chunk in _chunks(positions):
            found.update(conn.execute(_SUBJECTS, {"positions": chunk}).scalars())
        return found

    def at(self, conn: Connection, positions: Collection[int]) -> dict[int, Recorded]:
        """The events at these positions; positions without an event are absent."""
        return {
            row[0]: _recorded(row) for chunk in _chunks(positions) for row in fetched(conn, _AT, {"positions": chunk})
        }

    def find(self, conn: Connection, key: str) -> tuple[int, bytes] | None:
        """Position and content digest recorded under a key (an entry's id or an imported line's); None if unused."""
        return self.find_many(conn, (key,)).get(key)

    def find_many(self, conn: Connection, keys: Collection[str]) -> dict[str, tuple[int, bytes]]:
        """As `find`, for many keys; unused ones are absent."""
        return {
            key: (position, bytes(digest))
            for chunk in _chunks(keys)
            for key, position, digest in fetched(conn, _KEYS, {"keys": chunk})
        }

    def holding(self, conn: Connection, key: str, text: str | None = None) -> list[Recorded]:
        """The events whose stored form gives a key this text (None: any), at whatever depth, in position order."""
        wanted = f'"{key}":"' if text is None else f'"{key}":{json.dumps(text, ensure_ascii=False)}'
        if conn.dialect.name == "sqlite":
            found = func.instr(event.c.state, wanted.encode("utf-8", "surrogatepass"))
        else:
            found = func.strpos(func.convert_from(event.c.state, "UTF8"), speakable(wanted))
        return [_recorded(row) for row in conn.execute(select(*EVENT).where(found > 0).order_by(event.c.position))]

    def targets(self, conn: Connection, positions: Collection[int]) -> dict[int, int]:
        """Of these positions, the ones taken out of effect -> the position of the reversal or correction."""
        return {
            target: position
            for chunk in _chunks(positions)
            for target, position in conn.execute(_TARGETS, {"positions": chunk})
        }

    def pages(self, conn: Connection, start: int = 1, size: int = 5000) -> Iterator[list[Recorded]]:
        """The whole log from a position on, in position order, in lists of at most `size`; none is empty."""
        query = _PAGE.limit(size)
        while page := conn.execute(query, {"start": start}).all():
            with _no_collection():
                events = [_recorded(row) for row in page]
            yield events
            if len(page) < size:
                return
            start = page[-1][0] + 1
