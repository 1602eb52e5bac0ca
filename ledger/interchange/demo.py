"""Makes the demo's ledger: complete, or completed the next time; never over something else (spec 2.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from ledger.application import Recording
from ledger.bootstrap import Ledger, create_ledger, open_ledger
from ledger.domain.entries import Entry
from ledger.domain.events import Source
from ledger.domain.faults import LedgerExists, LedgerMissing, NotALedger
from ledger.domain.reading import read_entry
from ledger.domain.refusals import Refused
from ledger.interchange.demo_county import TOWN, TOWN_DAY, demo_entries
from ledger.interchange.demo_structure import Json
from ledger.persistence.batches import batches

__all__ = ["TOWN", "TOWN_DAY", "make_demo"]

CHUNK = 1_000
"""Entries of one transaction."""
BATCH = "demo"
OFFICER = "演示"

Progress = Callable[[int, int], None]
"""Called with (entries recorded, entries in all)."""
Step = tuple[datetime, tuple[Entry, Source | None]]


class _Clock:
    """The instant at which the entry being recorded was recorded in the county's story."""

    def __init__(self) -> None:
        self.now = datetime(2013, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def make_demo(url: str, progress: Progress | None = None) -> Ledger:
    """The demo's ledger at an address: made if nothing is there, completed if an earlier run was interrupted.

    Raises LedgerExists where another ledger lies, and whatever else keeps a ledger from opening.
    """
    clock = _Clock()
    ledger = _open_or_create(url, clock)
    try:
        if not _is_complete(ledger):
            _complete(ledger, clock, progress)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _open_or_create(url: str, clock: _Clock) -> Ledger:
    try:
        return open_ledger(url, officer=OFFICER, clock=clock)
    except LedgerMissing:
        return create_ledger(url, officer=OFFICER, clock=clock)
    except NotALedger as other:
        try:
            return create_ledger(url, officer=OFFICER, clock=clock)  # takes an empty file, left by an interruption
        except LedgerExists:
            raise other from None


def _is_complete(ledger: Ledger) -> bool:
    """Whether the demo's last entry is there; LedgerExists for a ledger that is not the demo's."""
    with ledger.store.read() as conn:
        head = ledger.store.head(conn)
        ours = [batch for batch in batches(conn) if batch.id == BATCH]
    if head.clock != "simulated" or (head.position > 0 and not ours):
        raise LedgerExists(ledger=ledger.store.shown)
    return bool(ours) and ours[0].closed_at is not None


def _complete(ledger: Ledger, clock: _Clock, progress: Progress | None) -> None:
    """Record the whole county; an entry that is there already is left as it is."""
    steps = [(instant, _read(entry)) for instant, entry in demo_entries()]
    with ledger.recording() as recording:
        recording.open_batch(BATCH, BATCH)
    for at, chunk in _chunks(steps):
        with ledger.recording() as recording:
            positions = _record(recording, chunk, clock)
            if positions:
                recording.extend_batch(BATCH, positions[0], positions[-1])
        if progress is not None:
            progress(at, len(steps))
    with ledger.recording() as recording:
        recording.close_batch(BATCH, len(steps))


def _chunks(steps: Sequence[Step]) -> Iterator[tuple[int, Sequence[Step]]]:
    for start in range(0, len(steps), CHUNK):
        yield min(start + CHUNK, len(steps)), steps[start : start + CHUNK]


def _record(recording: Recording, chunk: Sequence[Step], clock: _Clock) -> list[int]:
    """The new positions."""
    entries = [entry for _instant, (entry, _source) in chunk]
    recording.prepare(entries, [entry.id or "" for entry in entries])
    positions: list[int] = []
    for instant, parsed in chunk:
        clock.now = instant
        result = recording.record(None, batch=BATCH, parsed=parsed)
        if isinstance(result, Refused):
            raise AssertionError(f"the demo's own entry {parsed[0].id} was refused: {result.code}")
        if not result.already_recorded:
            positions.append(result.position)
    return positions


def _read(entry: Json) -> tuple[Entry, Source | None]:
    read = read_entry(entry)
    assert not isinstance(read, Refused), (entry, read)
    return read
