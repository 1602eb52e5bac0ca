"""From a backup to a new ledger with the same log, byte for byte (spec 2.3 restore)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ledger.application.recording import indexed
from ledger.domain.events import Recorded
from ledger.domain.faults import LedgerDamaged, NothingThere
from ledger.persistence.archive import ArchivedEvent, read_archive
from ledger.persistence.codec import decode
from ledger.persistence.notes import parse_note
from ledger.persistence.seals import keep
from ledger.persistence.store import Store
from ledger.persistence.vault import Vault
from ledger.persistence.writing import insert_rows
from ledger.projections.rebuild import rebuild
from ledger.projections.tables import read_tables

PIECE = 2_000


def restore(
    backup: Path, url: str, to_position: int | None = None, progress: Callable[[int, int], None] | None = None
) -> Store:
    """Make a new ledger from a backup, up to a position if given, and its read tables.

    A file appears whole or not at all. Raises LedgerExists, NotABackup, NothingThere, OSError.
    """
    lines = read_archive(backup)
    about = next(lines)
    assert isinstance(about, dict)
    last = about["position"] if to_position is None else to_position
    if last > about["position"]:
        raise NothingThere(position=last, newest=about["position"])
    with (
        Store.placing(url) as place,
        Store.create(place, metadata=read_tables, ledger_id=about["ledger_id"]) as store,
    ):
        with store.write() as unit:
            unit.restore(about["clock"], about["created_at"])
            for piece in _pieces(lines):
                kept = [one for one in piece if one.position <= last]
                unit.restore_events([tuple(one) for one in kept])
                _index(store, unit.conn, kept)
                if progress is not None:
                    progress(min(piece[-1].position, last), last)
            if unit.end.position != last:
                raise LedgerDamaged(detail="the backup does not reach the position", position=unit.end.position)
            if last == about["position"]:
                unit.restore_batches(about["batches"])
                Vault(unit.conn, about["ledger_id"]).restore(about["id_numbers"])
            for signed in map(parse_note, about.get("seals", [])):
                if signed is not None and signed.seal.position <= last:
                    keep(unit.conn, signed)
        rebuild(store)
    return Store.open(url)


def _pieces(lines: Iterator[dict[str, Any] | ArchivedEvent]) -> Iterator[list[ArchivedEvent]]:
    piece: list[ArchivedEvent] = []
    for line in lines:
        assert isinstance(line, ArchivedEvent)
        piece.append(line)
        if len(piece) == PIECE:
            yield piece
            piece = []
    if piece:
        yield piece


def _index(store: Store, conn: Any, piece: list[ArchivedEvent]) -> None:
    """Write the indexes of the log for some events, worked out from the events themselves."""
    subjects: list[tuple[str, int]] = []
    targets: list[tuple[int, int]] = []
    keys: list[tuple[str, int, bytes]] = []
    recorded = [
        Recorded(
            one.position,
            one.recorded_at,
            decode(one.originator_id, one.originator_version, one.topic, one.state, one.position),
        )
        for one in piece
    ]
    removed = store.at(conn, [one.event.target for one in recorded if one.event.target is not None])
    for one in recorded:
        due = indexed(one, None if one.event.target is None else removed.get(one.event.target))
        subjects.extend((subject, one.position) for subject in due.subjects)
        if due.target is not None:
            targets.append((due.target, one.position))
        keys.extend((key, one.position, digest) for key, digest in due.keys)
    insert_rows(conn, "INSERT INTO event_subject (subject, position) VALUES ({})", subjects)
    insert_rows(conn, "INSERT INTO event_target (target, position) VALUES ({})", targets)
    insert_rows(conn, "INSERT INTO entry_key (key, position, digest) VALUES ({})", keys)
