"""Taking a whole import back: a reversal for each of its entries, newest first, as a batch of its own (spec 2.3).

All or nothing: if an entry that came later rests on one of them, nothing is reversed and the first such entry is told.
An interrupted undoing goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.bootstrap import Ledger
from ledger.domain.events import Recorded
from ledger.domain.faults import N_, UnknownName
from ledger.domain.refusals import Refused
from ledger.domain.time import shown_instant
from ledger.interchange.checking import CHUNK, UNDOING
from ledger.interchange.jsonl import Progress
from ledger.persistence.batches import Batch, batches


class UnknownBatch(UnknownName):
    """No import with this id. `name`, `nearest`."""

    code = "unknown_batch"
    sentence = N_("There is no import “{name}”; see sledger batch list.")


@dataclass(frozen=True, slots=True)
class BatchShown:
    """An import with its entries. `standing`: how many of them are in effect."""

    batch: Batch
    positions: tuple[int, ...]
    standing: int
    document_no: str | None

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/batch.schema.json."""
        one = self.batch
        return {
            "id": one.id,
            "name": one.name,
            "sha256": one.sha256,
            "opened_at": shown_instant(one.opened_at),
            "closed_at": None if one.closed_at is None else shown_instant(one.closed_at),
            "recorded_by": one.recorded_by,
            "first_position": one.first_position,
            "last_position": one.last_position,
            "lines": one.lines,
            "complete": one.closed_at is not None,
            "entries": len(self.positions),
            "in_effect": self.standing,
            "document_no": self.document_no,
        }


def all_batches(ledger: Ledger) -> list[Batch]:
    """All imports, and the undoing of imports, in the order in which they began."""
    with ledger.store.read() as conn:
        return batches(conn)


def find_batch(ledger: Ledger, name: str) -> Batch:
    """The import whose id begins with `name`, or whose file is called so. Raises UnknownBatch."""
    found = [one for one in all_batches(ledger) if one.id.startswith(name) or one.name == name]
    if len(found) != 1:
        raise UnknownBatch(name=name, nearest=", ".join(one.id[:12] for one in found))
    return found[0]


def show_batch(ledger: Ledger, name: str) -> BatchShown:
    """An import with what it recorded. Raises UnknownBatch."""
    batch = find_batch(ledger, name)
    entries = list(_entries(ledger, batch))
    positions = tuple(one.position for one in entries)
    with ledger.store.read() as conn:
        gone = ledger.store.targets(conn, list(positions))
    authorities = (getattr(one.event.entry, "authority", None) for one in entries)
    document = next((one.document_no for one in authorities if one is not None and one.document_no), None)
    return BatchShown(batch, positions, len(positions) - len(gone), document)


def _entries(ledger: Ledger, batch: Batch) -> Iterator[Recorded]:
    if batch.first_position is None or batch.last_position is None:
        return
    for page in ledger.pages(batch.first_position):
        for one in page:
            if one.position > batch.last_position:
                return
            if one.event.batch == batch.id:
                yield one


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing an import did: how many entries were reversed now, how many had been before, or why none was."""

    reversed: int
    before: int
    refused: Refused | None = None
    entry: str = ""

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/undone.schema.json."""
        return {"reversed": self.reversed, "reversed_before": self.before, "refused": self.refused is not None}


def undo(ledger: Ledger, name: str, reason: str, progress: Progress | None = None) -> Undone:
    """Reverse every entry of an import that is still in effect. Raises UnknownBatch, LedgerFault."""
    batch = find_batch(ledger, name)
    entries = list(_entries(ledger, batch))
    with ledger.store.read() as conn:
        gone = ledger.store.targets(conn, [one.position for one in entries])
    waiting = [one for one in reversed(entries) if one.position not in gone and one.event.entry.type != "reversed"]
    refused = _tried(ledger, waiting, reason)
    if refused is not None:
        return Undone(0, len(gone), *refused)
    sign = f"{UNDOING}{batch.id}"
    if waiting:
        with ledger.recording() as recording:
            recording.open_batch(sign, batch.name)
    for start in range(0, len(waiting), CHUNK):
        with ledger.recording() as recording:
            positions = []
            for one in waiting[start : start + CHUNK]:
                result = recording.record(_reversal(one, reason), batch=sign)
                if isinstance(result, Refused):  # recorded by somebody else in between
                    return Undone(start, len(gone), result, one.event.id)
                positions.append(result.position)
            recording.extend_batch(sign, positions[0], positions[-1])
        if progress is not None:
            progress(start, len(waiting))
    if waiting:
        with ledger.recording() as recording:
            recording.close_batch(sign, len(waiting))
    return Undone(len(waiting), len(gone))


def _tried(ledger: Ledger, waiting: list[Recorded], reason: str) -> tuple[Refused, str] | None:
    """The first refusal, if reversing them all is not possible."""
    found: tuple[Refused, str] | None = None
    with ledger.trying() as recording:
        for one in waiting:
            result = recording.record(_reversal(one, reason))
            if isinstance(result, Refused):
                found = (result, one.event.id)
                break
    return found


def _reversal(one: Recorded, reason: str) -> dict[str, Any]:
    return {"type": "reversed", "entry": one.event.id, "reason": reason}
