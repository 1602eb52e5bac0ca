"""A backup: the whole log in one gzip file, the same for both databases, with all that proves it (spec 2.3 backup).

First line: what the ledger is. Then one line an event, exactly as stored. Last line: how many there were, so that
a file cut short is seen. The indexes and the read tables follow from the events and are made anew.
"""

from __future__ import annotations

import gzip
import json
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ledger.domain.faults import N_, CannotOpen, LedgerDamaged
from ledger.persistence.batches import Batch, batches
from ledger.persistence.chain import genesis, link
from ledger.persistence.disk import keep_names
from ledger.persistence.head import read_head
from ledger.persistence.schema import FORMAT, event
from ledger.persistence.seals import footing, kept
from ledger.persistence.vault import Vault, thawed

ARCHIVE = 1
"""Version of this format."""
_EVERY = 5_000
_UNREADABLE = (
    EOFError, gzip.BadGzipFile, zlib.error, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError,
    RecursionError, struct.error,
)  # fmt: skip
"""What reading a file raises that is no backup, or holds values of other kinds than a backup's."""


class NotABackup(CannotOpen):
    """Not a backup, cut short, or changed. `file`, `problem`."""

    code = "not_a_backup"
    sentence = N_("{file} is not a complete backup of a ledger: {problem}.")
    remedy = N_("Take another backup file; nothing was restored.")


class ArchivedEvent(NamedTuple):
    """One event as it was stored."""

    position: int
    originator_id: str
    originator_version: int
    topic: str
    recorded_at: int
    state: bytes
    hash: bytes


Reading = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Extent:
    """What a backup takes along. `upto`: the last position, all by default; `id_numbers`: encrypted, as they are."""

    upto: int | None = None
    id_numbers: bool = False


ALL = Extent()
"""The whole log, without identity numbers."""


def write_archive(
    read: Reading, path: Path, progress: Callable[[int, int], None] | None = None, extent: Extent = ALL
) -> int:
    """Write a backup of what is recorded now, read it back and check it; returns the number of events.

    `read` gives a snapshot. Each is short, so that with a rollback journal nobody waits for a backup: the log only
    grows, and the chain proves that the pieces belong together. The file appears under its name only when it is whole.
    Raises FileExistsError, LedgerDamaged, NotABackup, OSError.
    """
    if path.exists():
        raise FileExistsError(path)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, mtime=0) as out:
                count = _write(read, out, progress, extent)
            raw.flush()
            os.fsync(raw.fileno())
        _read_back(part, count)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    keep_names(path.parent)
    return count


def _read_back(part: Path, count: int) -> None:
    """Every line of the file as it now stands on the disk, against the chain."""
    if sum(1 for line in read_archive(part) if isinstance(line, ArchivedEvent)) != count:
        raise NotABackup(file=part.name, problem="read back")


def _write(read: Reading, out: gzip.GzipFile, progress: Callable[[int, int], None] | None, extent: Extent) -> int:
    def line(value: object) -> None:
        out.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")

    with read() as conn:
        about = _about(conn, extent)
    last = about["position"]
    line(about)
    tip, count = genesis(about["ledger_id"]), 0
    for one in _events(read, last):
        tip = link(tip, one.position, one.originator_id, one.originator_version, one.topic, one.recorded_at, one.state)
        if tip != one.hash or one.position != count + 1:
            raise LedgerDamaged(detail=f"entry at position {one.position}", position=one.position)
        line([*one[:5], one.state.decode(), one.hash.hex()])
        count += 1
        if progress is not None and count % _EVERY == 0:
            progress(count, last)
    if tip.hex() != about["tip"]:
        raise LedgerDamaged(detail="the end of the ledger does not fit its last entry", position=count)
    line({"events": count})
    return count


def _about(conn: Connection, extent: Extent) -> dict[str, Any]:
    head = read_head(conn)
    whole = extent.upto is None or extent.upto >= head.position
    last = head.position if extent.upto is None or whole else extent.upto
    about = {
        "sledger_backup": ARCHIVE,
        "format": head.format,
        "ledger_id": head.ledger_id,
        "clock": head.clock,
        "created_at": head.created_at,
        "position": last,
        "tip": head.tip.hex() if whole else footing(conn, last).tip or genesis(head.ledger_id).hex(),
        "batches": [_batch(one) for one in batches(conn) if whole or _ended(one, last)],
        "seals": [one.note() for one in kept(conn) if one.seal.position <= last],
    }
    if extent.id_numbers:
        about["id_numbers"] = Vault(conn, head.ledger_id).rows()
    return about


def _ended(one: Batch, last: int) -> bool:
    return one.closed_at is not None and (one.last_position or 0) <= last


def _batch(one: Batch) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def _events(read: Reading, upto: int) -> Iterator[ArchivedEvent]:
    columns = [event.c[name] for name in ArchivedEvent._fields]
    query = select(*columns).where(event.c.position <= upto).order_by(event.c.position).limit(_EVERY)
    after = 0
    while after < upto:
        with read() as conn:
            page = conn.execute(query.where(event.c.position > after)).all()
        if not page:
            return
        for row in page:
            yield ArchivedEvent._make([*row[:5], bytes(row.state), bytes(row.hash)])
        after = page[-1].position


def read_archive(path: Path) -> Iterator[dict[str, Any] | ArchivedEvent]:
    """What a backup holds: first what the ledger is, then its events, each checked against the chain.

    Raises NotABackup, and OSError when the file cannot be read.
    """
    try:
        with gzip.open(path, "rb") as file:
            yield from _read(path, file)
    except _UNREADABLE as error:
        raise NotABackup(file=path.name, problem=type(error).__name__) from error


def _read(path: Path, file: gzip.GzipFile) -> Iterator[dict[str, Any] | ArchivedEvent]:
    about = json.loads(file.readline())
    if not isinstance(about, dict) or about.get("sledger_backup") != ARCHIVE or about["format"] > FORMAT:
        raise NotABackup(file=path.name, problem="first line")
    yield {**about, "id_numbers": [thawed(row) for row in about.get("id_numbers", ())]}
    tip = genesis(about["ledger_id"])
    for count, raw in enumerate(file):
        value = json.loads(raw)
        if isinstance(value, dict):
            if value["events"] != count or count != about["position"] or tip.hex() != about["tip"]:
                raise NotABackup(file=path.name, problem="last line")
            return
        one = ArchivedEvent._make([*value[:5], value[5].encode(), bytes.fromhex(value[6])])
        tip = link(tip, one.position, one.originator_id, one.originator_version, one.topic, one.recorded_at, one.state)
        if tip != one.hash or one.position != count + 1:
            raise NotABackup(file=path.name, problem=f"{one.position}")
        yield one
    raise NotABackup(file=path.name, problem="…")
