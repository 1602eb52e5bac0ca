"""The ledgers that are measured: made once, kept from run to run, rebuilt when their read tables are old.

The entries are appended as they are, without being judged, since the generator makes only legal ones; then the read
tables are made by a rebuild. That is minutes where an import of a million entries takes many. The last entries stay
outside, in a file beside the ledger, for the import that is measured.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs

from benchmarks import generator, province
from benchmarks.measuring import Figures, clock
from ledger import settings
from ledger.application.recording import indexed
from ledger.bootstrap import open_ledger
from ledger.domain.entries import Corrected, Reversed
from ledger.domain.events import Event, Recorded, edition_of, stream_of, topic_of
from ledger.domain.reading import read_entry
from ledger.domain.refusals import Refused
from ledger.interchange import demo_mistakes, demo_names, demo_recording
from ledger.persistence.store import Store
from ledger.persistence.writing import WriteUnit
from ledger.projections.catching_up import prepare_tables, tables_state
from ledger.projections.tables import VERSION, read_tables

OFFICER = "benchmark"
TAIL = 10_000
"""Entries that stay outside a large ledger."""
LARGE = 500_000
"""Entries from which on a ledger is large."""
PIECE = 20_000
"""Entries of one transaction."""


class Kept(NamedTuple):
    """A ledger that is there to be measured; `tail`: the entries that come after it, a file of JSON Lines."""

    people: int
    path: Path
    tail: Path


def folder() -> Path:
    """Where they are kept unless the user names another place."""
    return Path(platformdirs.user_cache_dir(settings.APPLICATION, appauthor=False)) / "benchmarks"


def kept(place: Path, people: int, figures: Figures) -> Kept:
    """The ledger with so many people; made if it is not there, rebuilt if this program reads other tables."""
    found = Kept(people, place / f"{people}.db", place / f"{people}.tail.jsonl")
    stamp = place / f"{people}.made"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != _generators():
        stamp.unlink(missing_ok=True)
        for left in (*place.glob(f"{found.path.name}*"), found.tail):
            left.unlink(missing_ok=True)
        _make(found)
        stamp.write_text(_generators(), encoding="utf-8")
    with Store.open(str(found.path)) as store, store.read() as conn:
        newest, state = store.head(conn).position, tables_state(conn)
    if state != (VERSION, newest):
        with clock() as spent:
            open_ledger(str(found.path)).close()  # rebuilds
        figures.add(people, "sqlite", "rebuild", newest / spent[0], "entries/s", cpu=newest / spent[1])
    with found.tail.open(encoding="utf-8") as tail:
        figures.add(people, "sqlite", "entries", newest + sum(1 for _ in tail), "entries")
    return found


def _generators() -> str:
    """Another one when the programs that make the entries have changed."""
    sources = (generator, province, demo_mistakes, demo_names, demo_recording)
    return sha256("".join(map(inspect.getsource, sources)).encode()).hexdigest()


def _make(kept: Kept) -> None:
    print(f"making a ledger of {kept.people:,} people in {kept.path.parent} ...", flush=True)
    count = sum(1 for _ in generator.generate(kept.people))
    waiting = generator.generate(kept.people)
    with clock() as spent, Store.create(str(kept.path), metadata=read_tables) as store:
        prepare_tables(store)
        within = count - TAIL if count >= LARGE else count
        append(store, islice(waiting, within))
    with kept.tail.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in waiting)
    print(f"{count:,} entries, appended in {spent[0]:.0f} s", flush=True)


def append(store: Store, entries: Iterable[dict[str, Any]]) -> None:
    """Add legal entries to the log alone: the read tables are behind until they are rebuilt."""
    log = _Log(store)
    waiting = iter(entries)
    while piece := list(islice(waiting, PIECE)):
        with store.write() as unit:
            for raw in piece:
                log.append(unit, raw)
        log.written()


@dataclass(slots=True)
class _Log:
    """What appending has to remember: where every id is, how long every stream is."""

    store: Store
    positions: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    buffered: dict[int, Recorded] = field(default_factory=dict)

    def append(self, unit: WriteUnit, raw: dict[str, Any]) -> None:
        """Add one entry."""
        read = read_entry(raw)
        if isinstance(read, Refused) or read[0].id is None:
            raise SystemExit(f"the generator made {raw}: {read}")
        entry, source = read
        target = self._at(unit, entry.entry) if isinstance(entry, Reversed | Corrected) else None
        inner = entry.replacement if isinstance(entry, Corrected) else entry
        stream = stream_of(inner) if target is None else target.event.originator_id
        before = self.versions.get(stream, 0)
        unit.know_version(stream, before)
        event = Event(
            originator_id=stream,
            originator_version=before + 1,
            topic=topic_of(stream, entry),
            id=entry.id,
            recorded_by=OFFICER,
            target=None if target is None else target.position,
            place=(target.event.place or target.position) if target and isinstance(entry, Corrected) else None,
            edition=edition_of(entry),
            source=source,
            entry=entry,
        )
        due = indexed(Recorded(unit.next_position, 0, event), target)
        recorded = unit.append(event, subjects=due.subjects, target=event.target, keys=due.keys)
        self.versions[stream] = event.originator_version
        self.positions[entry.id] = recorded.position
        self.buffered[recorded.position] = recorded

    def _at(self, unit: WriteUnit, name: str | int) -> Recorded:
        position = name if isinstance(name, int) else self.positions[name]
        return self.buffered.get(position) or self.store.at(unit.conn, [position])[position]

    def written(self) -> None:
        """A transaction is over."""
        self.buffered.clear()
