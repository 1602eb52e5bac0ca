"""JSON Lines in and out: the ledger's own exchange format (spec 2.2, 2.3).

An import records line by line in transactions of at most CHUNK lines and can be interrupted at any point: run
again, it finds what it recorded by each line's id or, without one, by its content and its ordinal among equal
lines of the file.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

from ledger.application import Receipt, Recording
from ledger.bootstrap import Ledger
from ledger.domain.acts import Act
from ledger.domain.entries import Entry
from ledger.domain.events import Recorded, Source
from ledger.domain.faults import N_, WrongUsage
from ledger.domain.reading import digest, read_entry
from ledger.domain.refusals import Refused
from ledger.domain.text import speakable
from ledger.domain.time import shown_instant
from ledger.interchange.resuming import refusals_kept, refusals_read
from ledger.persistence.collecting import seldom_collecting

CHUNK = 1_000
"""Lines of one transaction (spec 2.3)."""
PAUSE = 0.01
"""Seconds between two transactions, so that an officer's entry gets its turn."""

Progress = Callable[[int, int], None]
"""Called with (bytes read, bytes in the file)."""


class NotLines(WrongUsage):
    """The file cannot be JSON Lines at all. `file`, `problem`."""

    code = "not_lines"
    sentence = N_("{file} cannot be read as JSON Lines: {problem}.")
    remedy = N_("Save it as UTF-8 text with one entry object a line, then import it again.")


class Line(NamedTuple):
    """One line of the file, as far as it could be read."""

    number: int
    raw: bytes
    read: tuple[Entry, Source | None] | Refused
    key: str | None
    id: str | None


@dataclass(slots=True)
class ImportReport:
    """What an import did; counts are lines. `refused`: (line number, id, refusal); `kept_in`: where they are copied."""

    kept_in: Path
    recorded: int = 0
    already_recorded: int = 0
    refused: list[tuple[int, str | None, Refused]] = field(default_factory=list)
    first_position: int | None = None
    last_position: int | None = None
    positions: dict[str, int] = field(default_factory=dict)
    warnings: int = 0
    stopped: bool = False

    def note(self, line: Line, result: Receipt | Refused) -> None:
        """Count one line."""
        if isinstance(result, Refused):
            self.refused.append((line.number, line.id, result))
            return
        self.positions[result.id] = result.position
        if result.already_recorded:
            self.already_recorded += 1
            return
        self.recorded += 1
        self.warnings += len(result.warnings)
        self.first_position = self.first_position or result.position
        self.last_position = result.position

    def to_json(self, tell: Callable[[Refused], Mapping[str, Any]]) -> dict[str, Any]:
        """The keys of spec 2.3; `tell` gives the keys of a refusal, in the user's language."""
        return {
            "recorded": self.recorded,
            "already_recorded": self.already_recorded,
            "refused": [
                {"line": number, "id": entry_id, **tell(refused)} for number, entry_id, refused in self.refused
            ],
            "first_position": self.first_position,
            "last_position": self.last_position,
            "positions": self.positions,
            "warnings": self.warnings,
            "stopped": self.stopped,
        }


def import_lines(
    ledger: Ledger,
    path: Path,
    *,
    name: Path | None = None,
    dry_run: bool = False,
    stop_on_error: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Record the entries of a file; refused lines are copied to `FILE.refused.jsonl`.

    In the working folder where nobody may write beside the file. `name`: what the file is called, if it is a copy of
    what came from elsewhere.
    Raises NotLines, OSError, and LedgerFault when the ledger cannot go on; what was recorded by then stays.
    """
    name = name or path
    report = ImportReport(kept_in=_beside(name))
    batch = None if dry_run else _sha256(path)
    with seldom_collecting(), path.open("rb") as file, _kept(report.kept_in, dry_run=dry_run) as keep:
        _check_encoding(name, file)
        chunks = _chunks(file, path.stat().st_size, progress)
        if dry_run:
            _try_all(ledger, chunks, report, stop_on_error=stop_on_error)
        else:
            assert batch is not None
            _record_all(ledger, chunks, report, (batch, name.name), keep, stop_on_error=stop_on_error)
    return report


Keep = Callable[[Line], None]


def _record_all(
    ledger: Ledger,
    chunks: Iterator[list[Line]],
    report: ImportReport,
    batch: tuple[str, str],
    keep: Keep,
    *,
    stop_on_error: bool,
) -> None:
    lines = 0
    with ledger.recording() as recording:
        before = refusals_read(recording.open_batch(*batch))
    for chunk in chunks:
        done = ImportReport(report.kept_in)
        with ledger.recording() as recording:
            _record(recording, _as_before(chunk, before), done, batch[0], stop_on_error=stop_on_error)
            if not done.stopped and any(number not in before for number, _, _ in done.refused):
                before.update((number, refused) for number, _, refused in done.refused)
                recording.keep_refused(batch[0], refusals_kept(before.items()))
            if done.first_position is not None and done.last_position is not None:
                recording.extend_batch(batch[0], done.first_position, done.last_position)
        _add(report, done)
        refused = {number for number, _, _ in done.refused}
        for line in chunk:
            if line.number in refused:
                keep(line)
        lines += len(chunk)
        if report.stopped:
            return
        time.sleep(PAUSE)
    with ledger.recording() as recording:
        recording.close_batch(batch[0], lines)


def _as_before(chunk: Sequence[Line], before: Mapping[int, Refused]) -> list[Line]:
    """The lines, those refused before the import was interrupted with their refusal."""
    return [line._replace(read=before[line.number]) if line.number in before else line for line in chunk]


def _try_all(ledger: Ledger, chunks: Iterator[list[Line]], report: ImportReport, *, stop_on_error: bool) -> None:
    with ledger.trying() as recording:
        for chunk in chunks:
            _record(recording, chunk, report, None, stop_on_error=stop_on_error)
            if report.stopped:
                return


def _record(
    recording: Recording, chunk: Sequence[Line], report: ImportReport, batch: str | None, *, stop_on_error: bool
) -> None:
    good = [(line.read[0], line.key or line.id or "") for line in chunk if not isinstance(line.read, Refused)]
    recording.prepare((entry for entry, _ in good), (key for _, key in good))
    for line in chunk:
        if isinstance(line.read, Refused):
            result: Receipt | Refused = line.read
        else:
            result = recording.record(None, key=line.key, batch=batch, parsed=line.read)
        report.note(line, result)
        if stop_on_error and isinstance(result, Refused):
            report.stopped = True
            return


def _add(report: ImportReport, done: ImportReport) -> None:
    """Count a committed chunk."""
    report.recorded += done.recorded
    report.already_recorded += done.already_recorded
    report.refused.extend(done.refused)
    report.first_position = report.first_position or done.first_position
    report.last_position = done.last_position or report.last_position
    report.positions.update(done.positions)
    report.warnings += done.warnings
    report.stopped = done.stopped


# ---- reading a file


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_encoding(path: Path, file: IO[bytes]) -> None:
    head = file.read(4096)
    file.seek(0)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head.partition(b"\n")[0]:
        raise NotLines(file=path.name, problem="UTF-16 / binary")


def _beside(path: Path) -> Path:
    target = path.with_name(path.name + ".refused.jsonl")
    return target if os.access(target.parent, os.W_OK) else Path(target.name)


@contextmanager
def _kept(target: Path, *, dry_run: bool) -> Iterator[Keep]:
    """Puts refused lines into the file; it is there only when a line was refused."""
    if not dry_run:
        target.unlink(missing_ok=True)
    opened: list[IO[bytes]] = []

    def keep(line: Line) -> None:
        if not opened:
            opened.append(target.open("wb"))
        opened[0].write(line.raw.rstrip(b"\r\n") + b"\n")
        opened[0].flush()

    try:
        yield keep
    finally:
        for file in opened:
            file.close()


def _chunks(file: IO[bytes], size: int, progress: Progress | None) -> Iterator[list[Line]]:
    equal: Counter[bytes] = Counter()
    chunk: list[Line] = []
    done = 0
    for number, raw in enumerate(file, 1):
        done += len(raw)
        if not raw.strip() or (number == 1 and raw.strip() == b"\xef\xbb\xbf"):
            continue
        chunk.append(_line(number, raw, equal))
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
            if progress is not None:
                progress(done, size)
    if chunk:
        yield chunk
    if progress is not None:
        progress(size, size)


def _line(number: int, raw: bytes, equal: Counter[bytes]) -> Line:
    found = read_line(raw)
    if isinstance(found, Refused):
        return Line(number, raw, found, None, None)
    entry_id = found.get("id") if isinstance(found, Mapping) else None
    read = read_entry(found)
    if isinstance(read, Refused):
        return Line(number, raw, read, None, speakable(entry_id) if isinstance(entry_id, str) else None)
    entry = read[0]
    if entry.id is not None:
        return Line(number, raw, read, None, entry.id)
    content = digest(entry)
    equal[content] += 1
    return Line(number, raw, read, f"line:{content.hex()}:{equal[content]}", None)


class _Twice(ValueError):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise _Twice(twice)
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)


def read_line(raw: bytes) -> Any:
    """The JSON value of a line, or why it has none."""
    try:
        return _DECODER.decode(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8").strip())
    except UnicodeDecodeError:
        return Refused("not_utf8")
    except _Twice as twice:
        return Refused("duplicate_key", {"key": str(twice)})
    except (ValueError, RecursionError) as error:
        return Refused("not_json", {"problem": str(error).splitlines()[0][:80]})


# ---- writing a file


def export_lines(ledger: Ledger, out: IO[bytes], from_position: int = 1) -> int:
    """Write every entry from a position on, acts left out; imported into an empty ledger they give the same answers.

    Returns the number of entries. Ids, and references, are those of this ledger.
    """
    count = 0
    for page in ledger.pages(from_position):
        for recorded in page:
            if isinstance(recorded.event.entry, Act):
                continue
            line = json.dumps(exported(recorded), ensure_ascii=False, separators=(", ", ": "))
            out.write(line.encode("utf-8") + b"\n")
            count += 1
    return count


def exported(recorded: Recorded) -> dict[str, Any]:
    """One entry as a line of an export: its content, its id, and the ledger's recording data."""
    event = recorded.event
    content = event.entry.content()
    line: dict[str, Any] = {"id": event.id, "type": content.pop("type"), **content}
    if event.source is not None:
        line |= {f"source_{key}": value for key, value in event.source.model_dump(exclude_none=True).items()}
    line["position"] = recorded.position
    line["recorded_at"] = shown_instant(recorded.recorded_at)
    line["recorded_by"] = event.recorded_by
    return line
