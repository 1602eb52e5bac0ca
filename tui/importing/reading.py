"""From a spreadsheet to what an import of it says, on the road of `sledger import`. Blocks: workers call it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from ledger.domain.access import Deed
from ledger.locale import _
from tui.port import Port

if TYPE_CHECKING:
    from ledger.interchange.filled_in import Asked
    from ledger.interchange.headers import Header
    from ledger.interchange.sheets import Mode, SheetReport, Told

Progress = Callable[[int, int], None]


class _Stopped(Exception):
    """Whoever imports wants no more rows to be recorded."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file and what is said of all its rows. `closing`: the day for which a roster is true."""

    path: Path
    closing: date | None = None
    document_no: str = ""
    baseline: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A column that no name is known for; `columns`: what it may be, key and title. `of`: all headings beside it."""

    text: str
    of: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One line of what an import says. `mark`: `x` where a row is not recorded, `!` doubtful, `?` a heading."""

    place: str
    mark: str
    sentence: str
    remedy: str = ""
    heading: Heading | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of a file, or would become. `new`: rows that can be recorded, or were, where `wrote`.

    `said`: about the whole file; `told`: about its rows, put into words when they are shown.
    """

    wanted: Wanted
    sha256: str
    words: str
    new: int = 0
    refused: int = 0
    wrote: bool = False
    said: Sequence[Said] = ()
    told: Sequence[Told] = field(default=(), repr=False)

    def __len__(self) -> int:
        return len(self.said) + len(self.told)

    def line(self, index: int) -> Said:
        """One line, in words."""
        if index < len(self.said):
            return self.said[index]
        from ledger.cli.sheets import place_of
        from ledger.locale.sentences import remedy, sentence

        told = self.told[index - len(self.said)]
        return Said(
            place_of(told), "x" if told.refuses else "!", sentence(told.what), remedy(told.what) if told.refuses else ""
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """A file or folder to choose from."""

    path: Path
    is_folder: bool
    size: int = 0
    changed: datetime | None = None


def files_in(folder: Path) -> list[Listed]:
    """Folders and spreadsheets of a folder, the way up first, then the newest. Raises OSError."""
    from ledger.cli.sheets import SUFFIXES

    folders, files = [], []
    for path in folder.iterdir():
        if path.name.startswith((".", "~$")):
            continue
        if path.is_dir():
            folders.append(Listed(path, is_folder=True))
        elif path.suffix.lower() in SUFFIXES and path.is_file():
            found = path.stat()
            changed = datetime.fromtimestamp(found.st_mtime).astimezone()
            files.append(Listed(path, is_folder=False, size=found.st_size, changed=changed))
    above = [] if folder.parent == folder else [Listed(folder.parent, is_folder=True)]
    files.sort(key=lambda one: (one.changed, one.path.name), reverse=True)
    return [*above, *files, *sorted(folders, key=lambda one: one.path.name)]


def check(port: Port, wanted: Wanted) -> Looked:
    """What an import would do; nothing is recorded. Raises UnreadableSheet and its like, NotPermitted, OSError."""
    from ledger.interchange.headers import ColumnsMissing

    sha256 = _sha256(wanted.path)
    try:
        return _looked(wanted, sha256, _import(port, wanted, "check"))
    except ColumnsMissing as problem:
        return _columns_missing(port, wanted, sha256, problem)


def record(port: Port, looked: Looked, tell: Progress, stop: Event) -> Looked:
    """Record the rows that can be. Raises as `check`.

    What is recorded when it is stopped stays; the same file goes on where it stopped (spec 2.3). A file that holds
    something else than what was checked is checked again, and nothing of it recorded.
    """
    wanted = looked.wanted
    if _sha256(wanted.path) != looked.sha256:
        return _again(port, wanted, _("The file is another one by now: it was checked again, nothing was recorded."))

    def progress(done: int, total: int) -> None:
        tell(done, total)
        if stop.is_set() and done < total:
            raise _Stopped

    try:
        report = _import(port, wanted, "partial" if looked.refused else "commit", progress)
    except _Stopped:
        return _again(port, wanted, _("Stopped: what was recorded stays, Ctrl+S records the rest."))
    return _looked(wanted, looked.sha256, report)


def _again(port: Port, wanted: Wanted, why: str) -> Looked:
    looked = check(port, wanted)
    return replace(looked, said=[Said("", "!", why), *looked.said])


def name_heading(heading: Heading, key: str) -> None:
    """From now on a heading of such a header means this column. Raises OSError."""
    from ledger.interchange.headers import remember, remembered

    memory = _memory()
    remember(memory, heading.of, {**remembered(memory, heading.of), heading.text: key})


def _import(port: Port, wanted: Wanted, mode: Mode, progress: Progress | None = None) -> SheetReport:
    from ledger.interchange.sheets import import_sheets

    port.ledger.require(Deed.RECORD)
    return import_sheets(port.ledger, wanted.path, _asked(port, wanted), mode, progress)


def _asked(port: Port, wanted: Wanted) -> Asked:
    from ledger.cli.id_numbers import id_key
    from ledger.cli.session import Session
    from ledger.interchange.filled_in import Asked
    from ledger.settings import load

    return Asked(
        closing=wanted.closing,
        memory=_memory(),
        authority={"document_no": wanted.document_no} if wanted.document_no else {},
        baseline=wanted.baseline,
        id_key=id_key(Session(settings=load()), port.ledger),
    )


def _memory() -> Path:
    from ledger.settings import data_folder

    return data_folder() / "layouts.json"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ---- what is said


def _looked(wanted: Wanted, sha256: str, report: SheetReport) -> Looked:
    from ledger.cli.sheets import counts_told, tables_told

    words = "\n".join([" ".join(tables_told(wanted.path.name, report)), counts_told(report)])
    told = [one for one in report.told if one.what.code != "over_quota_told"]  # told unit by unit
    told.sort(key=lambda one: not one.refuses)
    said = [*_of_the_file(wanted.path, report), *_headings(report)]
    return Looked(wanted, sha256, words, report.recorded, report.refused, report.wrote, said, told)


def _of_the_file(path: Path, report: SheetReport) -> Iterator[Said]:
    from ledger.cli.sheets import copy_failed, over_not_told, over_told, result_copy
    from ledger.cli.words import positions_told

    if report.first_position is not None:
        back = _("To take the whole import back: sledger batch reverse.")
        yield Said("", "", positions_told(report.first_position, report.last_position), back)
    if report.told or report.wrote:
        try:
            copy = result_copy(path, report)
        except OSError as error:
            yield Said("", "!", copy_failed(path, error))
        else:
            if copy is not None:
                yield Said("", "", _("Every row with its result: {file}").format(file=copy))
    for over in sorted(report.over):
        yield Said("", "!", over_told(report.over[over]))
    if report.on_paper and not report.wrote:
        yield Said("", "!", over_not_told())
    if report.file.without:
        sheets = _(", ").join(report.file.without)
        yield Said("", "!", _("Sheets without a known table were passed over: {sheets}.").format(sheets=sheets))


def _headings(report: SheetReport) -> Iterator[Said]:
    for table in report.file.tables:
        yield from _unknown(table.header, tuple(table.header.headings(table.sheet)), table.sheet.name)


def _unknown(header: Header, headings: tuple[str, ...], sheet: str) -> Iterator[Said]:
    taken = set(header.columns.values())
    columns = tuple((one.key, one.heading) for one in header.layout.columns if one.key not in taken)
    for text in header.unknown.values():
        sentence = _("The column “{heading}” is kept as it is, without effect on any answer.").format(heading=text)
        remedy = _("Enter says which column it is.")
        yield Said(sheet, "?", sentence, remedy, Heading(text, headings, columns))


def _columns_missing(port: Port, wanted: Wanted, sha256: str, problem: Exception) -> Looked:
    """A table whose headings are an office's own: each may be said to be a column."""
    from ledger.cli.troubles import trouble_of
    from ledger.interchange.filled_in import headers_of

    said = [
        one
        for sheet, header in headers_of(wanted.path, _asked(port, wanted))
        for one in _unknown(header, tuple(header.headings(sheet)), sheet.name)
    ]
    remedy = _("Add the column to the file and press F5, or say below which one it is.")
    first = Said("", "x", trouble_of(problem).message, remedy)
    return Looked(wanted, sha256, wanted.path.name, said=[first, *said])
