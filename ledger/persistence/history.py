"""The log up to one position, read subject by subject in pieces: what a rebuild and a check go through.

What is up to a position never changes, so every piece may be read in a snapshot of its own. A rebuild does so, since
with a rollback journal SQLite cannot commit while a snapshot is held; a check reads everything in one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager

from sqlalchemy import Connection, bindparam, func, select

from ledger.domain.events import Recorded
from ledger.persistence.codec import recall
from ledger.persistence.reading import EVENT, RECORDED, fetched
from ledger.persistence.schema import event, event_subject

_AT_ONCE = 400
"""Subjects of one piece."""
_s = event_subject.c
_SUBJECTS = (
    select(_s.subject)
    .where(_s.subject >= bindparam("prefix"), _s.subject < bindparam("end"), _s.position <= bindparam("upto"))
    .group_by(_s.subject)
    .order_by(func.min(_s.position))
)
_TOUCHED = select(_s.subject).where(_s.position > bindparam("since"), _s.position <= bindparam("upto")).distinct()
_named = event_subject.alias()
_TOGETHER = (
    select(_s.subject)
    .join_from(event_subject, _named, _s.position == _named.c.position)
    .where(_named.c.subject.in_(bindparam("subjects", expanding=True)), _s.position <= bindparam("upto"))
    .distinct()
)

_BETWEEN = select(*EVENT).where(event.c.position.between(bindparam("first"), bindparam("last")))


class History:
    """The log up to position `upto`. `snapshot`: gives a connection for the reading of one piece."""

    def __init__(self, snapshot: Callable[[], AbstractContextManager[Connection]], upto: int) -> None:
        self._snapshot = snapshot
        self.upto = upto

    def subjects(self, prefix: str) -> list[str]:
        """The subjects that begin with a prefix (`person:`), in the order in which the ledger met them."""
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        with self._snapshot() as conn:
            found = conn.execute(_SUBJECTS, {"prefix": prefix, "end": end, "upto": self.upto})
            return list(found.scalars())

    def touched(self, since: int) -> set[str]:
        """The subjects of the events after a position."""
        with self._snapshot() as conn:
            return set(conn.execute(_TOUCHED, {"since": since, "upto": self.upto}).scalars())

    def together_with(self, subjects: Collection[str]) -> set[str]:
        """The subjects of all events that touch any of these too."""
        with self._snapshot() as conn:
            return set(conn.execute(_TOGETHER, {"subjects": list(subjects), "upto": self.upto}).scalars())

    def events(self, first: int, last: int) -> list[Recorded]:
        """The events at these positions, both ends included."""
        with self._snapshot() as conn:
            rows = conn.execute(_BETWEEN, {"first": first, "last": last}).all()
        return [Recorded(row[0], row[1], recall(row[2], row[3], row[4], row[5], row[0])) for row in rows]

    def of(self, subjects: Collection[str]) -> Iterator[tuple[str, list[Recorded]]]:
        """Each subject with its events in the order of positions; subjects without any are left out."""
        wanted = list(subjects)
        for start in range(0, len(wanted), _AT_ONCE):
            piece = wanted[start : start + _AT_ONCE]
            with self._snapshot() as conn:
                rows = fetched(conn, RECORDED, {"subjects": piece, "upto": self.upto})
            found: dict[str, list[Recorded]] = {subject: [] for subject in piece}
            for subject, position, recorded_at, stream, version, topic, state in rows:
                found[subject].append(Recorded(position, recorded_at, recall(stream, version, topic, state, position)))
            yield from ((subject, recorded) for subject, recorded in found.items() if recorded)
