"""The hash chain: every event carries the SHA-256 of itself and of the link before it.

Whoever changes, removes, adds or reorders events is found at their position. Whoever recomputes the whole chain is
not: that needs a tip kept outside the ledger (a seal).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Select, select

from ledger.domain.events import Recorded
from ledger.domain.faults import N_, LedgerFault
from ledger.persistence.codec import decode
from ledger.persistence.head import Head, read_head
from ledger.persistence.schema import entry_key, event, event_subject, event_target

_FIXED = struct.Struct(">4sQQqQQQ")
_PAGE = 5000

FaultKind = Literal["altered", "removed", "inserted", "reordered", "head_mismatch", "version_gap", "index_mismatch"]

CHAIN_SENTENCES: dict[FaultKind, str] = {
    "altered": N_("The entry at position {position} was changed after it was recorded."),
    "removed": N_("The entry at position {position} was removed."),
    "inserted": N_("The entry at position {position} was put in later."),
    "reordered": N_("The entry at position {position} is not the one that was recorded there."),
    "head_mismatch": N_("The end of the ledger does not fit its last entry at position {position}."),
    "version_gap": N_("At position {position} the history of {stream} has version {found} instead of {expected}."),
    "index_mismatch": N_("The {table} of the entry at position {position} does not fit its content."),
}
"""What a fault means, as English message ids; parameters in `ChainFault.params`."""


class ChainFault(NamedTuple):
    """The first place where the log is not what was recorded."""

    position: int
    kind: FaultKind
    params: dict[str, object]

    @property
    def sentence(self) -> str:
        """English message id with `{parameters}`."""
        return CHAIN_SENTENCES[self.kind]


class ChainReport(NamedTuple):
    """`positions` checked (count), the `tip` reached (32 bytes), the first `fault` or None."""

    positions: int
    tip: bytes
    fault: ChainFault | None


class Indexed(NamedTuple):
    """What the indexes must say about one event: the arguments it was appended with."""

    subjects: Iterable[str]
    target: int | None
    keys: Iterable[tuple[str, bytes]]


class _Row(NamedTuple):
    position: int
    originator_id: str
    originator_version: int
    topic: str
    state: bytes
    recorded_at: int
    hash: bytes


def genesis(ledger_id: str) -> bytes:
    """The link before the first event; binds the chain to its ledger."""
    return hashlib.sha256(b"sledger/genesis/1\0" + ledger_id.encode()).digest()


def link(
    prev: bytes, position: int, originator_id: str, version: int, topic: str, recorded_at: int, state: bytes
) -> bytes:
    """The 32-byte link of one event. Every text is preceded by its length, so no two events share one input."""
    stream, kind = originator_id.encode(), topic.encode()
    fixed = _FIXED.pack(b"SL1\0", position, version, recorded_at, len(stream), len(kind), len(state))
    return hashlib.sha256(b"".join((prev, fixed, stream, kind, state))).digest()


def _link_of(row: _Row, prev: bytes, position: int) -> bytes:
    """The link the row should have; none fits a row whose columns hold what the ledger never writes there."""
    try:
        return link(prev, position, row.originator_id, row.originator_version, row.topic, row.recorded_at, row.state)
    except (TypeError, AttributeError, struct.error):
        return b""


def _rows(conn: Connection, after: int = 0, page_of: int = _PAGE) -> Iterator[_Row]:
    query = select(event).order_by(event.c.position).limit(page_of)
    while True:
        page = conn.execute(query.where(event.c.position > after)).all()
        yield from (_Row(*row) for row in page)
        if len(page) < page_of:
            return
        after = page[-1].position


def verify(
    conn: Connection,
    progress: Callable[[int, int], None] | None = None,
    *,
    expected: Callable[[Recorded], Indexed] | None = None,
) -> ChainReport:
    """Checks the whole log, in position order, up to the first fault.

    `progress(done, total)` is called every 5,000 events. With `expected`, subjects, targets and keys are compared with
    what it says of each event. Raises nothing about contents: what cannot be read is an `altered` event.
    """
    head = read_head(conn)
    before, count = (b"", genesis(head.ledger_id)), 0
    versions: dict[str, int] = {}
    with closing(_Indexes(conn, expected)) as indexes:
        for row in _rows(conn):
            fault = _fault_of(conn, row, before, count + 1, head.position) or _version_fault(row, versions)
            fault = fault or indexes.fault_of(row)
            if fault is not None:
                return ChainReport(count, before[1], fault)
            before, count = (before[1], row.hash), count + 1
            if progress is not None and count % _PAGE == 0:
                progress(count, head.position)
        if progress is not None:
            progress(count, head.position)
        return ChainReport(count, before[1], _end_fault(head, count, before[1]) or indexes.left_over(count))


class Reached(NamedTuple):
    """How far the links were looked at: `position`, the two `links` up to there, the nearest last; `ends`: no more."""

    position: int
    links: tuple[bytes, bytes]
    ends: bool = False


def beginning(conn: Connection) -> Reached:
    """Before the first entry."""
    return Reached(0, (b"", genesis(read_head(conn).ledger_id)))


def before_newest(conn: Connection, count: int) -> Reached:
    """Before the last `count` entries; the links up to there are taken as they stand."""
    position = max(read_head(conn).position - count, 0)
    near = select(event.c.hash).where(event.c.position.between(position - 1, position)).order_by(event.c.position)
    links = [*beginning(conn).links, *conn.execute(near).scalars()][-2:]
    return Reached(position, (links[0], links[1]))


def check_links(conn: Connection, since: Reached, count: int) -> tuple[Reached, ChainFault | None]:
    """Checks the links of the next entries: `verify` without what needs the whole log (versions, indexes)."""
    head = read_head(conn)
    position, before = since.position, since.links
    for row in islice(_rows(conn, position, count), count):
        fault = _fault_of(conn, row, before, position + 1, head.position)
        if fault is not None:
            return since, fault
        position, before = position + 1, (before[1], row.hash)
    if position > head.position:
        return since, ChainFault(head.position + 1, "removed", {"position": head.position + 1})
    ends = position - since.position < count
    return Reached(position, before, ends), _end_fault(head, position, before[1]) if ends else None


def _end_fault(head: Head, count: int, tip: bytes) -> ChainFault | None:
    if count < head.position:
        return ChainFault(count + 1, "removed", {"position": count + 1})
    if tip != head.tip:
        return ChainFault(count, "head_mismatch", {"position": count})
    return None


def _fault_of(conn: Connection, row: _Row, before: tuple[bytes, bytes], position: int, last: int) -> ChainFault | None:
    """What is wrong with the row found where `position` is due. `before`: the two links before it, the nearest last."""
    if row.position != position:
        return ChainFault(position, "removed", {"position": position})
    if position > last:
        return ChainFault(position, "inserted", {"position": position})
    if _link_of(row, before[1], position) == row.hash:
        return None
    if _link_of(row, before[0], position - 1) == row.hash:
        return ChainFault(position - 1, "inserted", {"position": position - 1})
    return ChainFault(position, _kind_of_break(conn, row, before[1], last), {"position": position})


def _kind_of_break(conn: Connection, row: _Row, prev: bytes, last: int) -> FaultKind:
    """The later rows tell what happened at a row that does not fit its place."""
    rest = _rows(conn, row.position)
    following = next(rest, None)
    if following is None:
        return "removed" if last > row.position else "altered"
    if _link_of(following, row.hash, following.position) == following.hash:
        return "altered"
    if _link_of(following, row.hash, following.position + 1) == following.hash:
        return "removed"
    if _link_of(following, prev, row.position) == following.hash:
        swapped = _link_of(row, following.hash, following.position) == row.hash
        return "reordered" if swapped else "inserted"
    for other in (following, *rest):
        if _link_of(other, prev, row.position) in (other.hash, row.hash):
            return "reordered"
    return "altered"


def _version_fault(row: _Row, versions: dict[str, int]) -> ChainFault | None:
    due = versions.get(row.originator_id, 0) + 1
    if row.originator_version != due:
        params = {"stream": row.originator_id, "found": row.originator_version, "expected": due}
        return ChainFault(row.position, "version_gap", {"position": row.position, **params})
    versions[row.originator_id] = due
    return None


class _Indexes:
    """The three indexes read along with the log, in position order, and compared with what the caller expects."""

    def __init__(self, conn: Connection, expected: Callable[[Recorded], Indexed] | None) -> None:
        self._expected = expected
        self._tables: dict[str, _Side] = {}
        if expected is not None:
            keyed = (entry_key.c.position, entry_key.c.key, entry_key.c.digest)
            self._tables = {
                "event_subject": _Side(conn, select(event_subject.c.position, event_subject.c.subject)),
                "event_target": _Side(conn, select(event_target.c.position, event_target.c.target)),
                "entry_key": _Side(conn, select(*keyed)),
            }

    def close(self) -> None:
        for side in self._tables.values():
            side.close()

    def fault_of(self, row: _Row) -> ChainFault | None:
        """What the indexes say wrongly about one event; an unreadable event is an altered one."""
        if self._expected is None:
            return None
        try:
            found = decode(row.originator_id, row.originator_version, row.topic, row.state)
        except LedgerFault:
            return ChainFault(row.position, "altered", {"position": row.position})
        due = self._expected(Recorded(row.position, row.recorded_at, found))
        wanted: dict[str, set[tuple[object, ...]]] = {
            "event_subject": {(subject,) for subject in due.subjects},
            "event_target": set() if due.target is None else {(due.target,)},
            "entry_key": set(due.keys),
        }
        for table, side in self._tables.items():
            if side.take(row.position) != wanted[table]:
                return ChainFault(row.position, "index_mismatch", {"position": row.position, "table": table})
        return None

    def left_over(self, last: int) -> ChainFault | None:
        """An index with rows about positions after the last event."""
        for table, side in self._tables.items():
            if side.more():
                return ChainFault(last, "index_mismatch", {"position": last, "table": table})
        return None


class _Side:
    """One index in position order, streamed."""

    def __init__(self, conn: Connection, query: Select[*tuple[Any, ...]]) -> None:
        streamed = {"stream_results": True, "yield_per": _PAGE}
        self._rows = conn.execute(query.order_by(query.selected_columns[0]), execution_options=streamed)
        self._next = self._rows.fetchone()

    def close(self) -> None:
        self._rows.close()

    def take(self, position: int) -> set[tuple[object, ...]] | None:
        """The rows about this position; None when there are rows about an earlier one."""
        found: set[tuple[object, ...]] = set()
        while self._next is not None and self._next[0] <= position:
            if self._next[0] < position:
                return None
            found.add(tuple(self._next[1:]))
            self._next = self._rows.fetchone()
        return found

    def more(self) -> bool:
        """Whether rows are left."""
        return self._next is not None
