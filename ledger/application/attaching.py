"""Scans of documents: kept by their content, and noted at entries by an act (docs/decisions/0024)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.application.part import Part
from ledger.application.recording import Receipt
from ledger.application.subjects import outside_subject
from ledger.domain import acts as a
from ledger.domain.access import deed_of
from ledger.domain.entries import Corrected
from ledger.domain.events import Recorded
from ledger.domain.faults import UnknownEntry
from ledger.domain.reading import read_act
from ledger.domain.refusals import Refused
from ledger.domain.time import shown_instant
from ledger.persistence.attachments import Attachments


@dataclass(frozen=True, slots=True)
class Attached:
    """A scan at an entry, or one that an entry's own `authority` names (`file` and the rest are then None)."""

    entry: int
    sha256: str
    file: str | None = None
    position: int | None = None
    recorded_at: int | None = None
    recorded_by: str | None = None

    def to_json(self) -> dict[str, Any]:
        """All keys; the instant as text."""
        at = None if self.recorded_at is None else shown_instant(self.recorded_at)
        return {
            "entry": self.entry,
            "sha256": self.sha256,
            "file": self.file,
            "position": self.position,
            "recorded_at": at,
            "recorded_by": self.recorded_by,
        }


class Attaching(Part):
    """Part of an open ledger; the method it rests on is the ledger's."""

    def attach(
        self, file: Path, refs: Sequence[str | int], attachments: Attachments
    ) -> tuple[str, tuple[Receipt, ...]] | Refused:
        """Keep a scan, and note it at entries: all or none. Gives its SHA-256, and a receipt for each entry.

        The file is there before anything is recorded. Raises UnknownEntry, OSError.
        """
        entries = {one.position: one for one in map(self._entry_named, refs)}
        sha256 = attachments.keep(file)
        acts: list[a.DocumentAttached] = []
        for position in entries:
            act = read_act(a.DocumentAttached, {"entry": position, "sha256": sha256, "file": file.name})
            if isinstance(act, Refused):
                return act
            acts.append(act)
        if not acts:
            return sha256, ()
        with self.recording() as recording:
            for act in acts:
                subject = entries[act.entry].event.originator_id
                refused = recording.forbids(deed_of(act)) or outside_subject(recording, subject)
                if refused is not None:
                    return refused
            done = [recording.act(f"{act.stream_kind}:{act.entry}", act) for act in acts]
        return sha256, tuple(Receipt(one.position, one.event.id, one.recorded_at) for one in done)

    def _entry_named(self, ref: str | int) -> Recorded:
        with self.store.read() as conn:
            position = ref if isinstance(ref, int) else (self.store.find(conn, ref) or (0, b""))[0]
            found = self.store.at(conn, [position]).get(position)
        if found is None or isinstance(found.event.entry, a.Act):
            raise UnknownEntry(name=str(ref), nearest="")
        return found

    def attached(self, ref: str | int | None = None, *, known_at: int | None = None) -> list[Attached]:
        """Every scan at an entry, or at all, in the order they were noted. Raises UnknownEntry."""
        wanted = None if ref is None else self._entry_named(ref).position
        with self.store.read() as conn:
            last = self.store.head(conn).position if known_at is None else known_at
            holding = [one for one in self.store.holding(conn, "sha256") if one.position <= last]
        return [found for one in holding for found in _scans(one) if wanted in (None, found.entry)]


def _scans(one: Recorded) -> Iterable[Attached]:
    """The scan an act notes, or those that an entry names itself."""
    entry = one.event.entry
    if isinstance(entry, a.DocumentAttached):
        yield Attached(entry.entry, entry.sha256, entry.file, one.position, one.recorded_at, one.event.recorded_by)
    elif not isinstance(entry, a.Act):
        inner = entry.replacement if isinstance(entry, Corrected) else entry
        papers = dict.fromkeys(paper.sha256 for paper in (entry.authority, inner.authority) if paper is not None)
        yield from (Attached(one.position, sha256) for sha256 in papers if sha256 is not None)
