"""Import of a spreadsheet: checked as a whole first, recorded as one batch, resumed after an interruption (spec 2.3).

A row is recorded whole or not at all. Nothing is written unless asked: without `commit` or `partial` only checked.
"""

from __future__ import annotations

import gc
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import select

from ledger.application import Receipt
from ledger.application.limits import Warned
from ledger.bootstrap import Ledger
from ledger.domain.refusals import Refused
from ledger.interchange.cells import cell_name
from ledger.interchange.checking import CHUNK, Checked, check, complete_keys, prepare, record_draft
from ledger.interchange.drafts import Draft
from ledger.interchange.filled_in import Asked, File, FilledIn, draft_rows, open_file
from ledger.interchange.id_numbers import judge_id_numbers, keep_of_row
from ledger.interchange.jsonl import PAUSE, Progress
from ledger.interchange.people import read_people
from ledger.interchange.remarks import Remark
from ledger.interchange.resuming import refusals_kept, refusals_read
from ledger.interchange.workbook import Reader
from ledger.persistence.batches import batches
from ledger.persistence.vault import IdKey
from ledger.projections import tables as t
from ledger.queries.view import View

Mode = Literal["check", "commit", "partial"]


@dataclass(frozen=True, slots=True)
class Told:
    """One thing said about a row: `cell` as the office program names it, empty where it is about the whole row."""

    sheet: str
    row: int
    cell: str
    what: Remark | Refused

    @property
    def refuses(self) -> bool:
        """Whether the row is not recorded because of it."""
        return isinstance(self.what, Refused) or self.what.refuses


@dataclass(slots=True)
class SheetReport:
    """What an import of a spreadsheet did, or would do; counts are rows."""

    file: File
    mode: Mode
    rows: int = 0
    recorded: int = 0
    already_recorded: int = 0
    left_out: int = 0
    """Rows for which nothing is recorded although nothing is wrong: people who have retired."""
    refused: int = 0
    first_position: int | None = None
    last_position: int | None = None
    told: list[Told] = field(default_factory=list)
    on_paper: bool = False
    over: Mapping[tuple[str, str], Warned] = field(default_factory=dict)
    """Unit and kind -> by how much the rows exceed the posts in the end."""

    @property
    def wrote(self) -> bool:
        """Whether anything was, or was meant to be, recorded."""
        return self.mode == "partial" or (self.mode == "commit" and not self.refused)

    def to_json(self, say: Callable[[Any], str]) -> dict[str, Any]:
        """The keys of spec 2.3, and what was said about cells; `say` tells a remark in the user's language."""

        def one(told: Told) -> dict[str, Any]:
            place = {"sheet": told.sheet, "line": told.row + 1, "cell": told.cell or None}
            return {**place, "id": None, "code": told.what.code, "message": say(told.what)}

        return {
            "recorded": self.recorded,
            "already_recorded": self.already_recorded,
            "refused": [one(told) for told in self.told if told.refuses],
            "first_position": self.first_position,
            "last_position": self.last_position,
            "positions": {},
            "warnings": sum(not told.refuses for told in self.told),
            "stopped": False,
            "rows": self.rows,
            "rows_refused": self.refused,
            "left_out": self.left_out,
            "remarks": [one(told) for told in self.told if not told.refuses],
            "over_quota": [
                asdict(self.over[place]) | {"on": self.over[place].on.isoformat()} for place in sorted(self.over)
            ],
            "dry_run": not self.wrote,
            "layouts": [table.header.layout.name for table in self.file.tables],
            "closing_dates": [
                {"sheet": table.sheet.name, "on": one.on.isoformat(), "cell": cell_name(one.row, one.column)}
                for table in self.file.tables
                for one in table.dated_by
            ],
        }


def import_sheets(
    ledger: Ledger,
    path: Path,
    asked: Asked,
    mode: Mode = "check",
    progress: Progress | None = None,
    reader: Reader | None = None,
) -> SheetReport:
    """Check a file, and record it if asked to. `reader`: the child that reads this file, where it has begun.

    Raises UnreadableSheet and its like, OSError, LedgerFault.
    """
    with _no_collection():
        file = open_file(path, asked, reader)
        sha256 = _sha256(path)
        with ledger.view(ledger.perspective()) as view:
            own = _established_by(ledger, view, sha256)
            draft_rows(file, view.structure, asked, lambda: read_people(view.conn), own)
        return _checked_and_recorded(ledger, (sha256, path.name), file, asked, mode, progress)


@contextmanager
def _no_collection() -> Iterator[None]:
    """A table makes millions of objects and no cycles: looking for garbage among them would double the time.

    Freezing and thawing takes them for old ones, which are looked at last; no look is needed for that.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()
        gc.enable()


def _checked_and_recorded(
    ledger: Ledger, batch: tuple[str, str], file: File, asked: Asked, mode: Mode, progress: Progress | None
) -> SheetReport:
    sha256 = batch[0]
    drafts = file.drafts
    _as_before(drafts, _refused_before(ledger, sha256))
    checked = check(ledger, drafts, asked.authority)
    judge_id_numbers(ledger, drafts, asked.id_key)
    _with_their_entry(drafts)
    report = _report(file, mode, checked)
    if report.wrote:
        _record(ledger, drafts, checked, batch, report, progress, asked.id_key)
    return report


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _established_by(ledger: Ledger, view: View, sha256: str) -> frozenset[str]:
    """The units that an import of these bytes has established."""
    batch = next((one for one in batches(view.conn) if one.id == sha256), None)
    if batch is None or batch.first_position is None:
        return frozenset()
    of_that_time = t.unit.c.id.between(batch.first_position, batch.last_position)
    rows = view.conn.execute(select(t.unit.c.id, t.unit.c.code).where(of_that_time))
    codes = {row.id: row.code for row in rows}
    found = ledger.entries_of(view).at(list(codes))
    return frozenset(codes[number] for number, recorded in found.items() if recorded.event.batch == sha256)


def _refused_before(ledger: Ledger, sha256: str) -> dict[int, Refused]:
    """What an interrupted import of these bytes refused: it is not judged again (see `resuming`)."""
    with ledger.store.read() as conn:
        return next(
            (refusals_read(one.refused) for one in batches(conn) if one.id == sha256 and one.closed_at is None), {}
        )


def _as_before(drafts: Sequence[Draft], before: Mapping[int, Refused]) -> None:
    for ordinal, refused in before.items():
        if ordinal < len(drafts):
            drafts[ordinal].refused = refused


def _with_their_entry(drafts: Sequence[Draft]) -> None:
    """A row that is part of another row's entry falls with it."""
    for draft in drafts:
        if draft.of is not None and not draft.of.stands:
            draft.remarks.append(Remark("row_before_refused", {"row": draft.of.row + 1}))


def _report(file: File, mode: Mode, checked: Checked) -> SheetReport:
    report = SheetReport(file, mode, on_paper=checked.on_paper, over=checked.over)
    for table in file.tables:
        for draft in table.drafts:
            report.rows += 1
            if not draft.stands:
                report.refused += 1
            elif draft.of is None and not draft.entries:
                report.left_out += 1
            elif checked.recorded_before(draft.of or draft):
                report.already_recorded += 1
            else:
                report.recorded += 1
            report.told.extend(said_of(table, draft))
    if mode == "commit" and report.refused:
        report.recorded = 0
    return report


def said_of(table: FilledIn, draft: Draft) -> Iterator[Told]:
    """All that is said about a row, each with its cell."""
    name = table.sheet.name
    for remark in draft.remarks:
        column = table.places.get(remark.key) if remark.key is not None else None
        yield Told(name, draft.row, "" if column is None else cell_name(draft.row, column), remark)
    if draft.refused is not None:
        yield Told(name, draft.row, "", draft.refused)


def _record(
    ledger: Ledger,
    drafts: Sequence[Draft],
    checked: Checked,
    batch: tuple[str, str],
    report: SheetReport,
    progress: Progress | None,
    key: IdKey | None,
) -> None:
    with ledger.recording() as recording:
        recording.open_batch(*batch)
        refused = {number: draft.refused for number, draft in enumerate(drafts) if draft.refused is not None}
        if refused:
            recording.keep_refused(batch[0], refusals_kept(refused.items()))
    complete_keys(ledger, drafts, checked)
    checked.over.clear()  # it is told anew, as it is recorded
    waiting = [draft for draft in drafts if draft.stands and draft.entries and not checked.recorded_before(draft)]
    done = 0
    for chunk in _chunks(waiting):
        positions: list[int] = []
        with ledger.recording() as recording:
            prepare(recording, chunk, checked)
            for draft in chunk:
                results = list(record_draft(recording, draft, checked, batch[0]))
                if not any(isinstance(result, Refused) for result in results):
                    results.append(keep_of_row(recording, draft, key))
                for result in results:
                    if isinstance(result, Refused):
                        _lost(report, draft, result)
                    elif isinstance(result, Receipt) and not result.already_recorded:
                        positions.append(result.position)
            if positions:
                recording.extend_batch(batch[0], positions[0], positions[-1])
        if positions:
            report.first_position = report.first_position or positions[0]
            report.last_position = positions[-1]
        done += len(chunk)
        if progress is not None:
            progress(done, len(waiting))
        time.sleep(PAUSE)
    with ledger.recording() as recording:
        recording.close_batch(batch[0], report.rows)


def _lost(report: SheetReport, draft: Draft, refused: Refused) -> None:
    """Somebody recorded something else between the check and now."""
    draft.refused = refused
    report.recorded -= 1
    report.refused += 1
    table = next(table for table in report.file.tables if draft in table.drafts)
    report.told.append(Told(table.sheet.name, draft.row, "", refused))


def _chunks(drafts: Sequence[Draft]) -> Iterator[list[Draft]]:
    """At most CHUNK entries in one transaction (spec 2.3), never a part of a row."""
    chunk: list[Draft] = []
    entries = 0
    for draft in drafts:
        if chunk and entries + len(draft.entries) > CHUNK:
            yield chunk
            chunk, entries = [], 0
        chunk.append(draft)
        entries += len(draft.entries)
    if chunk:
        yield chunk
