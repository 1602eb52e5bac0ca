"""Opens a ledger: the only module that knows every concrete class (spec 3.3)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ledger.application import Receipt, Recording, Warned
from ledger.application.attaching import Attaching
from ledger.application.identifying import Identifying
from ledger.application.recording import entry_of, indexed
from ledger.application.scanning import Scanning
from ledger.application.sealing import Sealing
from ledger.application.verification import Verification
from ledger.application.world import Memory
from ledger.domain.access import Deed
from ledger.domain.entries import Corrected, SecondmentStarted
from ledger.domain.events import Recorded
from ledger.domain.faults import LedgerConflict, LedgerDamaged, NothingThere
from ledger.domain.findings.finding import Finding
from ledger.domain.refusals import Refused
from ledger.domain.time import EARLIEST, SHANGHAI, Perspective, shanghai_date, shown_instant, to_microseconds
from ledger.persistence.archive import ALL, Extent, write_archive
from ledger.persistence.batches import batches
from ledger.persistence.chain import Indexed
from ledger.persistence.collecting import seldom_collecting
from ledger.persistence.jobs import health
from ledger.persistence.notes import SealsFile
from ledger.persistence.store import Store
from ledger.projections.catching_up import keep_up, newest_entry, prepare_tables, tables_state
from ledger.projections.replay import Progress
from ledger.projections.tables import VERSION, read_tables
from ledger.queries import headcount as headcounts
from ledger.queries import person as people
from ledger.queries import roster as rosters
from ledger.queries import search as searching
from ledger.queries import secondments as away
from ledger.queries.asking import Asking
from ledger.queries.cited import Entries
from ledger.queries.findings import touched_findings
from ledger.queries.logbook import Logbook
from ledger.queries.measures import HeadcountRow
from ledger.queries.view import Shape, View, load_shape

if TYPE_CHECKING:
    from ledger.application.health import Health

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a dry run found: what recording would answer, the touched units' rows before and after on its day.

    `appeared`, `vanished`: findings about the touched units and people, on `judged_on`: today, or the entry's day if
    that is later. `index`: which of several entries was refused, else the last; `result` is about that one, with the
    warnings of all.
    """

    result: Receipt | Refused
    before: tuple[HeadcountRow, ...] = ()
    after: tuple[HeadcountRow, ...] = ()
    judged_on: date | None = None
    appeared: tuple[Finding, ...] = ()
    vanished: tuple[Finding, ...] = ()
    index: int = 0


class _DryRun(Exception):
    """Nothing of this transaction is to be kept."""


class Ledger(Asking, Logbook, Sealing, Scanning, Identifying, Attaching):
    """One open ledger: records entries and answers questions. Threads may share it; processes each open their own."""

    def __init__(self, store: Store, officer: str | None = None) -> None:
        self.store = store
        self.officer = store.officer(officer)
        self._turn = threading.RLock()
        self._memory = Memory()
        self._checkpointed = 0
        self._shape: Shape | None = None

    # ---- recording

    @contextmanager
    def recording(self) -> Iterator[Recording]:
        """One write transaction; it commits when the block ends, and leaves nothing when it fails."""
        with self._turn:  # what is remembered is from the last commit, also where threads share this object
            with self.store.write() as unit:
                recording = Recording(self.store, unit, self._memory, self.officer)
                yield recording
                recording.finish()
                checkpointed = keep_up(unit.conn, unit.end.position, self._checkpointed)
            recording.world.remember()
            self._checkpointed = checkpointed

    def record(self, entry: Mapping[str, Any]) -> Receipt | Refused:
        """Record one entry (spec 2.2). Raises LedgerFault when the ledger cannot take anything now."""
        with self.recording() as recording:
            return recording.record(entry)

    def record_all(self, entries: Sequence[Mapping[str, Any]], *, seen: int | None = None) -> list[Receipt | Refused]:
        """Record several entries, all or none: where one is refused the answer ends with it, and nothing is kept.

        `seen`: the ledger's end when the officer looked. Raises LedgerConflict where others have recorded since.
        """
        results: list[Receipt | Refused] = []
        with suppress(_DryRun), self.recording() as recording:
            end = recording.world.unit.head.position
            if seen is not None and seen != end:
                raise LedgerConflict(ledger=self.store.storage().shown, detail=f"{seen} -> {end}")
            for entry in entries:
                results.append(recording.record(entry))
                if isinstance(results[-1], Refused):
                    raise _DryRun
        return results

    def reverse(self, ref: str | int, reason: str, **more: Any) -> Receipt | Refused:
        """Take an entry out of effect 冲正."""
        return self.record({**more, "type": "reversed", "entry": ref, "reason": reason})

    def correction(self, ref: str | int, changes: Mapping[str, Any], reason: str, **more: Any) -> dict[str, Any]:
        """The entry that corrects another: its content with the keys given changed 更正 (spec 2.1).

        Raises UnknownEntry.
        """
        original = self.entry(ref)
        replacement = entry_of(changes, original)
        return {**more, "type": "corrected", "entry": ref, "reason": reason, "replacement": replacement}

    def correct(self, ref: str | int, changes: Mapping[str, Any], reason: str, **more: Any) -> Receipt | Refused:
        """Put a changed copy in the place of an entry 更正."""
        return self.record(self.correction(ref, changes, reason, **more))

    @contextmanager
    def trying(self) -> Iterator[Recording]:
        """As `recording`, but nothing is kept."""
        with suppress(_DryRun), self.recording() as recording:
            yield recording
            raise _DryRun

    def try_out(self, entry: Mapping[str, Any]) -> Effect:
        """What recording would do; nothing is kept."""
        return self.try_all([entry])

    def try_all(self, entries: Sequence[Mapping[str, Any]], *, findings: bool = True) -> Effect:
        """What recording several entries together would do; nothing is kept. Findings take longer than numbers."""
        with self.trying() as recording:
            return self._tried(recording, entries, findings=findings)

    def _tried(self, recording: Recording, entries: Sequence[Mapping[str, Any]], *, findings: bool) -> Effect:
        conn = recording.world.unit.conn
        known_before = recording.world.unit.head.position
        touched: dict[str, None] = {}
        persons: dict[str, None] = {}
        warned: dict[tuple[str, str], Warned] = {}
        result: Receipt | None = None
        day = EARLIEST
        for index, entry in enumerate(entries):
            answer = recording.record(entry)
            if isinstance(answer, Refused):
                return Effect(answer, index=index)
            day, codes = recording.touched()
            touched.update(dict.fromkeys(codes))
            persons.update(dict.fromkeys(recording.touched_people()))
            warned.update({(one.unit, one.establishment): one for one in answer.warnings})
            result = replace(answer, warnings=tuple(warned.values()))
        assert result is not None
        if result.already_recorded:
            return Effect(result)
        recording.finish()
        units = sorted(touched)
        shape = load_shape(conn, result.position)
        judged_on = max(day, shanghai_date(result.recorded_at))

        def rows(known_at: int) -> tuple[HeadcountRow, ...]:
            view = View.of(conn, Perspective(day, known_at), shape, result.position)
            shown = [unit for unit in units if view.structure.exists(unit, view.day)]
            return tuple(headcounts.rows_of(view, shown).values())

        def wrong(known_at: int) -> dict[tuple[str, str], Finding]:
            if not findings:
                return {}
            view = View.of(conn, Perspective(judged_on, known_at), shape, result.position)
            found = touched_findings(view, self.entries_of(view), units, tuple(persons))
            return {one.order: one for one in found}

        before, after = wrong(known_before), wrong(result.position)
        return Effect(
            result,
            rows(known_before),
            rows(result.position),
            judged_on if findings else None,
            tuple(one for key, one in after.items() if key not in before),
            tuple(one for key, one in before.items() if key not in after),
            len(entries) - 1,
        )

    # ---- asking

    @contextmanager
    def view(self, perspective: Perspective) -> Iterator[View]:
        """One snapshot at a perspective."""
        with self.store.read() as conn:
            yield View.of(conn, perspective, self._shape_for(conn), newest_entry(conn))

    def _shape_for(self, conn: Any) -> Shape:
        position = self.store.head(conn).structure_position
        shape = self._shape
        if shape is None or shape.structure_position != position:
            shape = self._shape = load_shape(conn, position)
        return shape

    def perspective(self, on: date | None = None, known_at: str | int | None = None) -> Perspective:
        """Date and position from what people type (spec 2.1): today and the newest by default.

        `known_at`: digits are a position; a date means the end of that day in Asia/Shanghai; else an instant, without
        offset in Asia/Shanghai. Raises ValueError for anything else, NothingThere for a position still to come.
        """
        with self.store.read() as conn:
            newest = self.store.head(conn).position
            position = newest if known_at is None else self._position(conn, known_at)
        if position > newest:
            raise NothingThere(position=position, newest=newest)
        return Perspective(on or datetime.now(SHANGHAI).date(), position)

    def newest_entry(self, known_at: int | None = None) -> int:
        """The position of the newest entry of spec 2.2, or of the newest one known at a position; acts are none."""
        with self.store.read() as conn:
            return newest_entry(conn) if known_at is None else self.store.newest_entry(conn, known_at)

    def _position(self, conn: Any, known_at: str | int) -> int:
        if isinstance(known_at, int) or (known_at.isascii() and known_at.isdigit()):
            return int(known_at)
        if len(known_at) == len("2022-06-30"):
            end = datetime.combine(date.fromisoformat(known_at), datetime.max.time().replace(fold=1), SHANGHAI)
            return self.store.position_at(conn, to_microseconds(end))
        return self.store.position_at(conn, to_microseconds(datetime.fromisoformat(known_at)))

    def headcount(
        self, p: Perspective, *, unit: str | None = None, own: bool = False, depth: int | None = None
    ) -> headcounts.HeadcountAnswer:
        """How many, by the measures of spec 1.4. Raises UnknownUnit."""
        with self.view(p) as view:
            return headcounts.headcount(view, unit, own=own, depth=depth)

    def roster(self, p: Perspective, unit: str, status: str | None = None) -> rosters.RosterAnswer:
        """Who, each with one status. Raises UnknownUnit."""
        with self.view(p) as view:
            return rosters.roster(view, unit, status)

    def person(self, p: Perspective, person: str) -> people.PersonAnswer:
        """One person's life, on both axes; asked with the number or the name. Raises UnknownPerson, PersonNotUnique."""
        with self.view(p) as view:
            code = searching.code_of(view, person)
            return people.person(view, code, self._log_of(view, f"person:{code}"))

    def secondments(
        self, p: Perspective, *, unit: str | None = None, role: away.Role | None = None, overdue: bool = False
    ) -> away.SecondmentsAnswer:
        """Who is away on D, in which chain. Raises UnknownUnit."""
        with self.view(p) as view:
            return away.secondments(view, lambda at: self._starts(view, at), unit, role, overdue=overdue)

    def _starts(self, view: View, positions: Iterable[int]) -> dict[int, SecondmentStarted]:
        found: dict[int, SecondmentStarted] = {}
        for position, one in self.store.at(view.conn, list(positions)).items():
            entry = one.event.entry
            inner = entry.replacement if isinstance(entry, Corrected) else entry
            assert isinstance(inner, SecondmentStarted)
            found[position] = inner
        return found

    def entries_of(self, view: View) -> Entries:
        """The log in the same snapshot."""
        store, conn = self.store, view.conn
        at, targets = partial(store.at, conn), partial(store.targets, conn)
        return Entries(at, targets, partial(store.recorded, conn), partial(store.subjects_with, conn))

    def judged(
        self, p: Perspective, rule: str | None = None, people: Collection[str] | None = None
    ) -> Sequence[Finding]:
        """The findings that a scan compares with the alerts; of one rule, also those nobody can tell."""
        if rule is None:
            return self.findings(p).rows
        if people is None:
            return self.findings(p, rule=rule, insufficient=True).rows
        return self.findings_about(p, rule, people)

    # ---- keeping

    def rebuild(self, progress: Progress | None = None) -> int:
        """Make all read tables anew from the log; returns the position they are good up to. Raises NotPermitted."""
        from ledger.projections.rebuild import rebuild

        self.require(Deed.KEEP)
        self._memory, self._shape = Memory(), None
        return rebuild(self.store, progress)

    def verify(self, progress: Progress | None = None, *, seals: SealsFile | None = None) -> Verification:
        """Check the chain and its indexes, the read tables against a fresh replay, and whether seals are fulfilled.

        Entries cut off at the end, and a chain computed anew, are found only against `seals` that were kept elsewhere.
        """
        from ledger.projections.differences import differences

        with seldom_collecting(), self.store.read() as conn:

            def due(recorded: Recorded) -> Indexed:
                target = recorded.event.target
                return indexed(recorded, None if target is None else self.store.at(conn, [target]).get(target))

            chain = self.store.verify(progress, expected=due)
            tables = differences(self.store, conn, progress) if chain.fault is None else []
        return Verification(chain, tuple(tables), None if seals is None else self.compare(seals))

    def examine(self, progress: Progress | None = None) -> Health:
        """Look at everything that can go wrong with the ledger and around it; changes nothing."""
        from ledger.application.health import Doctor

        return Doctor(self.store, lambda conn: self._shape_for(conn).structure).examine(progress)

    def backup(self, path: Path, progress: Progress | None = None, extent: Extent = ALL) -> int:
        """Write the log to a file and read it back; others may record meanwhile. Returns the number of entries.

        Raises FileExistsError, LedgerDamaged, NotABackup, OSError.
        """
        return write_archive(self.store.read, path, progress, extent)

    def status(self) -> dict[str, Any]:
        """How the ledger is: positions, sizes, versions, what needs attention."""
        storage = self.store.storage()
        with self.store.read() as conn:
            head = self.store.head(conn)
            tables = tables_state(conn)
            unfinished = [one.name for one in batches(conn) if one.closed_at is None]
            jobs, about_jobs = health(conn, time.time_ns() // 1000)
        access = self.access()
        notes = [storage.note] if storage.note else []
        if tables != (VERSION, head.position):
            notes.append("read_tables_behind")
        notes += ["unfinished_import"] if unfinished else []
        notes += about_jobs
        return {
            "ledger": storage.shown,
            "ledger_id": head.ledger_id,
            "format": head.format,
            "position": head.position,
            "tip": head.tip.hex(),
            "recorded_at": shown_instant(head.recorded_at) if head.position else None,
            "created_at": shown_instant(head.created_at),
            "clock": head.clock,
            "dialect": storage.dialect,
            "database_version": storage.version,
            "journal": storage.journal,
            "read_only": storage.read_only,
            "size_bytes": storage.size_bytes,
            "read_tables": {"version": tables[0], "position": tables[1]},
            "unfinished_imports": unfinished,
            "jobs": jobs,
            "roles": "open_to_all" if access.open else "granted",
            "officer": self.officer,
            "role": access.role_of(self.officer),
            "units": list(access.units_of(self.officer)),
            "notes": notes,
            "healthy": not {"read_tables_behind", *about_jobs} & set(notes),
        }

    def init_roles(self, prefix: str) -> dict[str, str]:
        """On a server: make the roles that hold logins to what they may do. Raises NoRoles, NotTheOwner."""
        return self.store.init_roles(prefix, read_tables)

    # ---- life

    def close(self) -> None:
        """Close all connections."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def create_ledger(url: str, *, officer: str | None = None, clock: Clock | None = None) -> Ledger:
    """Make an empty ledger. Raises LedgerExists and changes nothing where there is something."""
    store = Store.create(url, metadata=read_tables, clock=clock)
    prepare_tables(store)
    return Ledger(store, officer)


def open_ledger(
    url: str, *, officer: str | None = None, clock: Clock | None = None, damaged_too: bool = False
) -> Ledger:
    """Open an existing ledger; read tables of another making are made anew first.

    `damaged_too`: also where entries cannot be read, to find out which.
    Raises the faults of `ledger.domain.faults.CannotOpen`.
    """
    store = Store.open(url, clock=clock)
    try:
        with store.read() as conn:
            state = tables_state(conn)
            newest = store.head(conn).position
            with suppress(*([LedgerDamaged] if damaged_too else [])):
                store.at(conn, [newest])  # a newer program's last event is refused before anything is written
        if state != (VERSION, newest) and not (damaged_too and store.verify().fault):
            with suppress(*([LedgerDamaged] if damaged_too else [])):
                from ledger.projections.rebuild import rebuild

                rebuild(store)
    except BaseException:
        store.close()
        raise
    return Ledger(store, officer)


def restore_ledger(
    backup: Path, url: str, *, to_position: int | None = None, progress: Progress | None = None
) -> Ledger:
    """Make a new ledger from a backup. Raises LedgerExists, NotABackup, OSError."""
    from ledger.application.restoring import restore

    return Ledger(restore(backup, url, to_position, progress))
