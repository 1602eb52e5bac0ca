"""Files in and out: import and export of JSON Lines."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any

import click

from ledger.cli import out
from ledger.cli.base import command, json_option, option, usage_error
from ledger.cli.new_files import new_file
from ledger.cli.parsing import DATE
from ledger.cli.session import Session
from ledger.cli.text import safe_json, shown
from ledger.cli.troubles import NO, refusal_json
from ledger.cli.words import positions_told
from ledger.locale import N_, _
from ledger.locale.sentences import remedy, sentence

if TYPE_CHECKING:
    from ledger.interchange.jsonl import ImportReport
    from ledger.interchange.sheets import Mode

STDIN = Path("-")
SHOWN_REFUSALS = 20
"""So many refused lines are shown; all of them are in the file of refused lines."""


@command(
    "import",
    N_(
        "Record the entries of files, one JSON object a line, in order; or the rows of spreadsheets.\n\n"
        "Refused lines are told and copied to FILE.refused.jsonl; the others are recorded; - is stdin. After an "
        "interruption run the same command again: nothing is recorded twice and nothing is left out.\n\n"
        "Spreadsheets (xlsx, xls, ods, et, csv) are only checked, unless --commit or --partial is given; the result "
        "stands beside every row of the copy FILE.checked.xlsx."
    ),
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--format",
    "kind",
    type=click.Choice(["jsonl", "csv", "xlsx"]),
    help=N_("The form of the files, where their names do not tell; xlsx stands for all spreadsheets."),
)
@option("--dry-run", is_flag=True, help=N_("Only check; record nothing."))
@option("--stop-on-error", is_flag=True, help=N_("Stop at the first line that is refused."))
@option("--commit", is_flag=True, help=N_("Spreadsheets: record the rows, if none would be refused."))
@option("--partial", is_flag=True, help=N_("Spreadsheets: record the rows that are not refused."))
@option(
    "--layout",
    type=click.Choice(["roster", "unit-quota", "movement", "census"]),
    help=N_("Spreadsheets: which table it is, where the header does not tell."),
)
@option("--sheet", metavar="NAME", help=N_("Spreadsheets: only this sheet."))
@option("--on", type=DATE, help=N_("Spreadsheets: the closing date of a roster that does not tell its own."))
@option(
    "--map",
    "headings",
    multiple=True,
    metavar="HEADING=KEY",
    help=N_("Spreadsheets: which key an office's own heading is; remembered for files with this header."),
)
@option("--wizard", is_flag=True, help=N_("Spreadsheets: ask about every heading that is not known."))
@option("--document-no", metavar="NO", help=N_("Spreadsheets: the document that rows without one rest on."))
@option("--baseline", is_flag=True, help=N_("Spreadsheets: the movements are opening data, not late entries."))
@json_option()
@click.pass_obj
def import_(
    session: Session, /, files: tuple[Path, ...], kind: str | None, dry_run: bool, stop_on_error: bool, **said: Any
) -> int:
    """See the help."""
    for file in files:  # what cannot be read is told before anything is recorded
        if file == STDIN:
            continue
        if not (file.is_file() or file.is_dir()) and file.exists():  # opened, it might never end
            raise OSError(errno.ESPIPE, os.strerror(errno.ESPIPE), str(file))
        with file.open("rb"):
            pass
    tables = [file for file in files if kind in ("csv", "xlsx") or (kind is None and _is_table(file))]
    if not tables:
        if said["commit"] or said["partial"]:
            raise usage_error(N_("--commit and --partial are for spreadsheets; JSON Lines are recorded without."))
        return _import_lines(session, files, dry_run=dry_run, stop_on_error=stop_on_error)
    if len(tables) < len(files):
        raise usage_error(N_("Import spreadsheets and JSON Lines one after the other."))
    if dry_run + said["commit"] + said["partial"] > 1:
        raise usage_error(N_("Choose one of --dry-run, --commit and --partial."))
    return _import_tables(session, files, said)


def _import_tables(session: Session, files: tuple[Path, ...], said: dict[str, Any]) -> int:
    from ledger.cli.sheets import given_headings, import_files
    from ledger.interchange.filled_in import Asked
    from ledger.settings import data_folder

    asked = Asked(
        layout=said["layout"],
        sheet=said["sheet"],
        closing=said["on"],
        given=given_headings(said["headings"]),
        memory=data_folder() / "layouts.json",
        authority={} if said["document_no"] is None else {"document_no": said["document_no"]},
        baseline=said["baseline"],
    )
    mode: Mode = "commit" if said["commit"] else "partial" if said["partial"] else "check"
    return import_files(session, files, asked, mode, wizard=said["wizard"])


def _is_table(file: Path) -> bool:
    """By its name, else by its first bytes: a spreadsheet that is called otherwise."""
    from ledger.cli.sheets import SUFFIXES

    if file == STDIN:
        return False
    if file.suffix.lower() in SUFFIXES:
        return True
    with file.open("rb") as opened:
        return opened.read(8).startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


@contextmanager
def _whole(file: Path) -> Iterator[tuple[Path, Path]]:
    """A file that can be read from its beginning again, and what it is called: stdin is kept in one first."""
    if file != STDIN:
        yield file, file
        return
    with TemporaryDirectory(prefix="sledger-") as folder:
        kept = Path(folder, "stdin")
        source = nullcontext(sys.stdin.buffer) if sys.stdin else file.open("rb")  # closed: no such file
        with source as given, kept.open("wb") as copy:
            shutil.copyfileobj(given, copy)
        yield kept, Path("stdin")


def _import_lines(session: Session, files: tuple[Path, ...], *, dry_run: bool, stop_on_error: bool) -> int:
    from ledger.interchange.jsonl import import_lines

    reports: list[tuple[Path, ImportReport]] = []
    with session.open_to_record("record") as ledger:
        for given in files:
            with _whole(given) as (path, name), out.progress(N_("Importing")) as progress:
                report = import_lines(
                    ledger, path, name=name, dry_run=dry_run, stop_on_error=stop_on_error, progress=progress
                )
            reports.append((name, report))
            if not session.json:
                _show(name, report, dry_run=dry_run)
            if report.stopped:
                break
    if session.json:
        out.document(_together(reports))
    return NO if any(report.refused for _file, report in reports) else 0


def _show(file: Path, report: ImportReport, *, dry_run: bool) -> None:
    counts = {
        "file": shown(file),
        "new": report.recorded,
        "old": report.already_recorded,
        "refused": len(report.refused),
    }
    text = (
        _("{file}: {new} lines could be recorded, {old} were recorded before, {refused} would be refused.")
        if dry_run
        else _("{file}: {new} lines recorded, {old} recorded before, {refused} refused.")
    )
    out.line(text.format(**counts))
    if report.first_position is not None and not dry_run:
        out.line(positions_told(report.first_position, report.last_position))
    if report.warnings:
        out.line(_("{count} of them go over a quota.").format(count=report.warnings))
    for number, entry_id, refused in report.refused[:SHOWN_REFUSALS]:
        told = {
            "line": number,
            "id": shown(entry_id or "-"),
            "code": refused.code,
            "sentence": shown(sentence(refused)),
            "remedy": shown(remedy(refused)),
        }
        out.line(_("Line {line} ({id}) {code}: {sentence} {remedy}").format(**told))
    if len(report.refused) > SHOWN_REFUSALS:
        out.line(_("… and {count} more.").format(count=len(report.refused) - SHOWN_REFUSALS))
    if report.refused and not dry_run:
        out.line(_("The refused lines are in {file}.").format(file=shown(report.kept_in)))
    if report.stopped:
        out.line(_("Stopped at the first refused line."))


def _together(reports: list[tuple[Path, ImportReport]]) -> dict[str, Any]:
    """The keys of spec 2.3 for all files together."""
    documents = [(file, report.to_json(refusal_json)) for file, report in reports]
    firsts = [one["first_position"] for _file, one in documents if one["first_position"] is not None]
    lasts = [one["last_position"] for _file, one in documents if one["last_position"] is not None]
    return {
        "recorded": sum(one["recorded"] for _file, one in documents),
        "already_recorded": sum(one["already_recorded"] for _file, one in documents),
        "refused": [{**line, "file": str(file)} for file, one in documents for line in one["refused"]],
        "first_position": min(firsts, default=None),
        "last_position": max(lasts, default=None),
        "positions": {key: position for _file, one in documents for key, position in one["positions"].items()},
        "warnings": sum(one["warnings"] for _file, one in documents),
        "stopped": any(one["stopped"] for _file, one in documents),
    }


@command(
    "export",
    N_(
        "Write all entries to a file as JSON Lines, or as a table where its name ends with .xlsx or .csv; - is stdout."
        "\n\nImported into an empty ledger they give the same answers to every question as now known."
    ),
)
@click.argument("file", metavar="FILE|-", type=click.Path(path_type=Path))
@option("--from-position", type=click.IntRange(1), default=1, metavar="N", help=N_("Begin with this position."))
@option("--force", is_flag=True, help=N_("Replace the file if it is there."))
@json_option()
@click.pass_obj
def export(session: Session, file: Path, from_position: int, force: bool) -> None:
    """See the help."""
    from ledger.interchange.jsonl import export_lines

    if file.suffix.lower() in (".xlsx", ".csv"):
        _export_table(session, file, from_position, force=force)
        return
    with session.open() as ledger:
        if str(file) == "-":
            if session.json:
                raise usage_error(N_("With - the entries themselves go to stdout: leave --json out."))
            with out.stdout_bytes() as stream:
                export_lines(ledger, _Harmless(stream), from_position)  # type: ignore[arg-type]
            return
        with new_file(file, session.address, force=force) as written:
            count = export_lines(ledger, written, from_position)
    if session.json:
        out.document({"entries": count, "file": str(file)})
    else:
        out.line(_("{count} entries written to {file}.").format(count=count, file=shown(file)))


def _export_table(session: Session, file: Path, from_position: int, *, force: bool) -> None:
    from ledger.interchange.entries_out import entries_table
    from ledger.interchange.tables_out import write_out
    from ledger.locale import language

    with session.open() as ledger, new_file(file, session.address, force=force) as written:
        table = entries_table(ledger, from_position=from_position, chinese=language() == "zh")
        write_out(written, file.suffix.lower(), table)
        count = ledger.perspective().known_at - from_position + 1
    if session.json:
        out.document({"entries": max(0, count), "file": str(file)})
    else:
        out.line(_("{count} entries written to {file}.").format(count=max(0, count), file=shown(file)))


class _Harmless:
    """Lines of JSON on their way to a terminal or pipe, without a character that could steer it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, line: bytes) -> int:
        self._stream.write(safe_json(line.decode("utf-8")).encode("utf-8"))
        return len(line)


COMMANDS = {"import": import_, "export": export}
