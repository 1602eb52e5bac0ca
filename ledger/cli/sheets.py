"""Spreadsheets on the command line: what an import of one says, and the questions about an office's own headings."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.cli import out
from ledger.cli.base import usage_error
from ledger.cli.session import Session
from ledger.cli.text import shown
from ledger.cli.troubles import NO
from ledger.cli.wizard import with_headings_told
from ledger.cli.words import positions_told
from ledger.locale import N_, _, language, term
from ledger.locale.sentences import remedy, sentence

if TYPE_CHECKING:
    from ledger.application.limits import Warned
    from ledger.domain.refusals import Refused
    from ledger.interchange.filled_in import Asked
    from ledger.interchange.remarks import Remark
    from ledger.interchange.sheets import Mode, SheetReport, Told

SUFFIXES = (".csv", ".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".tsv")
"""Files that are tables by their name; `--format` says so for others."""
SHOWN = 20


def import_files(session: Session, files: tuple[Path, ...], asked: Asked, mode: Mode, *, wizard: bool) -> int:
    """Check the files, and record them if asked to; the exit status."""
    from ledger.interchange.workbook import Reader

    reports: list[tuple[Path, SheetReport]] = []
    with Reader(files[0]) as first, session.open_to_record("record") as ledger:  # it reads while the ledger is opened
        from ledger.cli.id_numbers import id_key
        from ledger.interchange.sheets import import_sheets

        asked = replace(asked, id_key=id_key(session, ledger))
        for number, file in enumerate(files):
            said = with_headings_told(file, asked, wizard=wizard)
            with out.progress(N_("Importing")) as progress:
                report = import_sheets(ledger, file, said, mode, progress, None if number else first)
            copy = _copy(file, report)
            reports.append((file, report))
            if not session.json:
                _show(file, report, copy)
    if session.json:
        out.document(_together(reports))
    return NO if any(report.refused for _file, report in reports) else 0


def given_headings(pairs: tuple[str, ...]) -> dict[str, str]:
    """What `--map HEADING=KEY` said. Raises UsageError."""
    from ledger.interchange.headers import IGNORED
    from ledger.interchange.layouts import LAYOUTS

    known = {column.key for layout in LAYOUTS.values() for column in layout.columns} | {IGNORED}
    titles = {column.title: column.key for layout in LAYOUTS.values() for column in layout.columns}
    found = {}
    for pair in pairs:
        heading, equals, key = pair.rpartition("=")
        key = titles.get(key, key)
        if not equals or not heading or key not in known:
            raise usage_error(
                N_("--map takes HEADING=KEY, and KEY is a column of a template, or - to leave it out: {text}"),
                text=pair,
            )
        found[heading] = key
    return found


# ---- what an import says


def result_copy(file: Path, report: SheetReport) -> Path | None:
    """The copy with the check result; after a partial import the refused rows alone. None where nothing is to show.

    Raises OSError.
    """
    from ledger.interchange.marking import write_marked

    if report.wrote and not report.refused:
        return None
    ending = "refused" if report.wrote else "checked"
    copy = file.with_name(f"{file.name}.{ending}.xlsx")
    write_marked(report, copy, _with_remedy, _, refused_only=report.wrote)
    return copy


def copy_failed(file: Path, error: OSError) -> str:
    """That the copy could not be written, and why."""
    detail = error.strerror or str(error)
    return _("The copy {file} could not be written: {detail}.").format(file=error.filename or file, detail=detail)


def _copy(file: Path, report: SheetReport) -> Path | None:
    try:
        return result_copy(file, report)
    except OSError as error:
        out.say(copy_failed(file, error))
        return None


def tables_told(file: str, report: SheetReport) -> list[str]:
    """Which tables were found where."""
    from ledger.interchange.cells import cell_name

    found = []
    for table in report.file.tables:
        name = table.header.layout.title if language() == "zh" else table.header.layout.name
        where = " ".join(shown(part) for part in (file, table.sheet.name) if part)
        found.append(
            _("{file}: {table}, header in row {row}.").format(file=where, table=name, row=table.header.row + 1)
        )
        for one in table.dated_by:
            told = {"date": one.on.isoformat(), "cell": cell_name(one.row, one.column)}
            found[-1] += " " + _("Closing date {date}, from {cell}.").format(**told)
    return found


def counts_told(report: SheetReport) -> str:
    """What became of how many rows, or would become."""
    counts = {
        "new": report.recorded,
        "old": report.already_recorded,
        "refused": report.refused,
        "left": report.left_out,
    }
    text = (
        _("Rows recorded: {new}; recorded before: {old}; refused: {refused}; left out: {left}.")
        if report.wrote
        else _("Rows to be recorded: {new}; recorded before: {old}; to be refused: {refused}; left out: {left}.")
    )
    return text.format(**counts)


def place_of(told: Told) -> str:
    """`Sheet1!B3`, or the row where it is about all of it."""
    place = told.cell or _("row {row}").format(row=told.row + 1)
    return f"{shown(told.sheet)}!{place}" if told.sheet else place


def over_told(one: Warned) -> str:
    """By how much a unit exceeds its posts in the end."""
    words = {"unit": shown(one.unit), "establishment": term("establishment", one.establishment)}
    numbers = {"on_roll": one.on_roll, "quota": one.quota, "date": one.on.isoformat()}
    text = _("Over the quota: {unit} ({establishment}) has {on_roll} people for {quota} posts on {date}.")
    return text.format(**words, **numbers)


def over_not_told() -> str:
    """Of a large file quotas are looked at as its rows are recorded."""
    return _("Who goes over a quota was not looked at; the import itself says so unit by unit.")


def _show(file: Path, report: SheetReport, copy: Path | None) -> None:
    for table, told in zip(report.file.tables, tables_told(str(file), report), strict=True):
        out.line(told)
        if table.header.unknown:
            columns = _(", ").join(shown(heading) for heading in table.header.unknown.values())
            out.line(_("Kept as they are, without effect on any answer: {columns}.").format(columns=columns))
    if report.file.without:
        sheets = _(", ").join(map(shown, report.file.without))
        out.line(_("Sheets without a known table were passed over: {sheets}.").format(sheets=sheets))
    out.line(counts_told(report))
    if report.first_position is not None:
        out.line(positions_told(report.first_position, report.last_position))
    _remarks(report)
    if copy is not None:
        out.line(_("Every row with its result: {file}").format(file=shown(copy)))
    _next_step(report)


def _with_remedy(what: Remark | Refused) -> str:
    """What is wrong with a row and how to mend it; of a mere note the sentence alone."""
    if not getattr(what, "refuses", True):
        return sentence(what)
    return _("{sentence} {remedy}").format(sentence=sentence(what), remedy=remedy(what))


def _remarks(report: SheetReport) -> None:
    wrong = [told for told in report.told if told.refuses]
    for told in wrong[:SHOWN]:
        out.line(f"{place_of(told)} {told.what.code}: {shown(_with_remedy(told.what))}")
    if len(wrong) > SHOWN:
        out.line(_("… and {count} more.").format(count=len(wrong) - SHOWN))
    doubtful = [told for told in report.told if not told.refuses]
    for code, count in Counter(told.what.code for told in doubtful if told.what.code != "over_quota_told").items():
        first = next(told for told in doubtful if told.what.code == code)
        place = first.cell or _("row {row}").format(row=first.row + 1)
        example = _("for example {place}: {sentence}").format(place=place, sentence=shown(sentence(first.what)))
        out.line(_("Note {code}, {count} times, {example}").format(code=code, count=count, example=example))
    for over in sorted(report.over)[:SHOWN]:
        out.line(over_told(report.over[over]))
    if len(report.over) > SHOWN:
        out.line(_("… and {count} more.").format(count=len(report.over) - SHOWN))
    if report.on_paper and not report.wrote:
        out.line(over_not_told())


def _next_step(report: SheetReport) -> None:
    if report.wrote:
        return
    if report.mode == "commit":
        out.line(_("Nothing was recorded. Mend the rows, or record the others with --partial."))
    elif report.refused:
        out.line(_("Nothing was recorded. Mend the rows; or --partial records the others."))
    elif report.recorded:
        out.line(_("Nothing was recorded yet. To record: the same command with --commit."))


def _together(reports: list[tuple[Path, SheetReport]]) -> dict[str, Any]:
    """The keys of spec 2.3 for all files together."""
    documents = [(file, report.to_json(sentence)) for file, report in reports]
    whole = dict(documents[0][1])
    for key in ("recorded", "already_recorded", "warnings", "rows", "rows_refused", "left_out"):
        whole[key] = sum(one[key] for _file, one in documents)
    for key in ("refused", "remarks", "over_quota"):
        whole[key] = [{**told, "file": str(file)} for file, one in documents for told in one[key]]
    whole["layouts"] = [name for _file, one in documents for name in one["layouts"]]
    whole["first_position"] = min(
        (one["first_position"] for _f, one in documents if one["first_position"]), default=None
    )
    whole["last_position"] = max((one["last_position"] for _f, one in documents if one["last_position"]), default=None)
    return whole
