"""Letters about alerts: made on demand, or as they fall due; each made letter is kept with the alert."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ledger.cli import out
from ledger.cli.base import Callback, command, fonts_option, json_option, option, options, usage_error
from ledger.cli.parsing import DATE
from ledger.cli.session import Session
from ledger.cli.tables import Table
from ledger.cli.text import shown
from ledger.cli.troubles import Declined
from ledger.locale import N_, _, term

if TYPE_CHECKING:
    from ledger.application.workdays import WorkingDays
    from ledger.bootstrap import Ledger
    from ledger.queries.alerts import AlertLine

KINDS = ("recall", "reminder", "extension_end", "return")
FOLDER = click.Path(file_okay=False, path_type=Path)


@dataclass(frozen=True)
class Desk:
    """What the options of every letter said. `table`: the office's own working days."""

    folder: Path
    on: date | None
    issuer: str | None
    templates: Path | None
    table: Path | None
    pdf: bool
    fonts: Path | None

    @cached_property
    def calendar(self) -> WorkingDays:
        """The working days. Raises UsageError for a table that cannot be read."""
        return calendar_of(self.table)


def calendar_of(table: Path | None) -> WorkingDays:
    """The working days, with the office's own table. Raises UsageError for a line of it that cannot be read."""
    from ledger.application.workdays import BadTable, WorkingDays, read_table

    if table is None:
        return WorkingDays()
    try:
        return WorkingDays(read_table(table))
    except BadTable as bad:
        message = N_("{path}, line {line}: “{text}” is not a date with 班 or 休 (work, off).")
        raise usage_error(message, path=bad.path, line=bad.line, text=bad.text) from None


def _writing_options() -> Callable[[Callback], Callback]:
    return options(
        option("--out", "folder", type=FOLDER, required=True, help=N_("The folder the letters go to.")),
        option("--on", type=DATE, help=N_("The date of the letters (otherwise: today in Asia/Shanghai).")),
        option("--from", "issuer", metavar="NAME", help=N_("Who signs; otherwise the employer of the first person.")),
        option("--templates", type=FOLDER, help=N_("Your own templates (otherwise: templates beside the ledger).")),
        option(
            "--working-days",
            "table",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help=N_("A table of working days: a date and 班 or 休 (work, off) on each line."),
        ),
        option("--pdf", is_flag=True, help=N_("Write each letter as PDF too.")),
        fonts_option(),
        json_option(),
    )


@command(
    "letter",
    N_(
        "Write letters about alerts, one for each host and kind.\n\n"
        "ID is the number of an alert. The letters are docx in the official letter format; number, contact and seal "
        "are left blank. Every letter is kept with its alerts."
    ),
)
@click.argument("alerts", metavar="ID...", nargs=-1, type=click.IntRange(1), required=True)
@option("--kind", type=click.Choice(KINDS), help=N_("The kind of letter (otherwise: what suits the finding)."))
@_writing_options()
@click.pass_obj
def letter(session: Session, /, alerts: tuple[int, ...], kind: str | None, **said: Any) -> None:
    """See the help."""
    desk = Desk(**said)
    with session.open_to_record("alert") as ledger:
        known = {line.alert.id: line for line in ledger.alerts(ledger.perspective(desk.on)).rows}
        for one in alerts:
            if one not in known:
                raise usage_error(N_("There is no open alert {alert}."), alert=one)
        _write(session, ledger, [known[one] for one in dict.fromkeys(alerts)], desk, kind)


@command(
    "due-letters",
    N_(
        "Write the reminders that are due: on the first day of secondment_expiring, and ten working days before the "
        "end.\n\nEach is written once; run it every day."
    ),
)
@_writing_options()
@click.pass_obj
def due_letters(session: Session, /, **said: Any) -> None:
    """See the help."""
    from ledger.reports.letters import due

    desk = Desk(**said)
    with session.open_to_record("alert") as ledger:
        _write(session, ledger, due(ledger, ledger.perspective(desk.on), desk.calendar), desk)


@command(
    "templates",
    N_("Copy the letter templates to a folder, to be edited with a word processor; nothing is overwritten."),
)
@click.argument("folder", metavar="FOLDER", type=FOLDER)
@json_option()
@click.pass_obj
def templates(session: Session, folder: Path) -> None:
    """See the help."""
    from ledger.reports.letters import SHIPPED

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for path in sorted(SHIPPED.glob("*.docx")):
        target = folder / path.name
        if not target.exists():
            target.write_bytes(path.read_bytes())
            written.append(str(target))
    if session.json:
        out.document({"written": written})
        return
    out.lines(map(shown, written or [_("Every template is already there.")]))


def _write(session: Session, ledger: Ledger, alerts: Sequence[AlertLine], desk: Desk, kind: str | None = None) -> None:
    from ledger.domain.refusals import Refused
    from ledger.reports import letters as writing
    from ledger.reports import posting

    wanted = None if kind is None else writing.LetterKind(kind)
    at = ledger.perspective(desk.on)
    more = posting.Wishes(wanted, desk.issuer, desk.templates, desk.pdf, desk.fonts)
    try:
        made = posting.post(ledger, at, alerts, desk.folder, desk.calendar, more)
    except writing.CannotWrite as problem:
        raise usage_error(posting.PROBLEMS[problem.reason], alert=problem.alert) from None
    if isinstance(made, Refused):
        raise Declined(made)
    told = [{"file": str(path), "kind": one.kind.value, "host": one.host, "alerts": one.alerts} for path, one in made]
    guessed = sorted(desk.calendar.guessed)
    if session.json:
        out.document({"letters": told, "guessed_years": guessed})
        return
    table = Table([term("column", key) for key in ("kind", "host", "alerts", "file")])
    for row in told:
        numbers = _(", ").join(map(str, row["alerts"]))
        table.add(term("letter", row["kind"]), row["host"], numbers, row["file"])
    out.table(table)
    for year in guessed:
        message = _("No calendar of working days for {year} is known: Monday to Friday were counted.")
        out.say(message.format(year=year))


LETTER_COMMANDS = (letter, due_letters, templates)
