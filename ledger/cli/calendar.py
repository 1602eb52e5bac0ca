"""`sledger calendar`: due dates for calendar programs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from ledger.cli import out
from ledger.cli.base import command, json_option, option, usage_error
from ledger.cli.new_files import new_file
from ledger.cli.parsing import perspective_options
from ledger.cli.session import Session
from ledger.cli.text import shown
from ledger.locale import N_
from ledger.locale.sentences import fill


@command(
    "calendar",
    N_(
        "Write the due dates to a calendar file (.ics).\n\n"
        "When people are due back, when temporary posts end, when sick leave becomes long, and retirements that have "
        "come or come within a year. Read again, the events move with their dates. - is stdout."
    ),
)
@click.argument("file", metavar="FILE.ics", type=click.Path(path_type=Path, allow_dash=True))
@option("--unit", metavar="CODE", help=N_("Only what concerns this unit and everything below it."))
@option("--no-names", is_flag=True, help=N_("Numbers of people instead of names."))
@option("--force", is_flag=True, help=N_("Replace the file if it is there."))
@perspective_options()
@json_option()
@click.pass_obj
def calendar(
    session: Session,
    file: Path,
    unit: str | None,
    no_names: bool,
    force: bool,
    on: date | None,
    known_at: int | str | None,
) -> None:
    """See the help."""
    from ledger.interchange.calendar import calendar_bytes

    if session.json and str(file) == "-":
        raise usage_error(N_("With - the entries themselves go to stdout: leave --json out."))
    with session.open() as ledger:
        content, count = calendar_bytes(ledger, ledger.perspective(on, known_at), unit, names=not no_names)
    if str(file) == "-":
        with out.stdout_bytes() as stream:
            stream.write(content)
        return
    with new_file(file, session.address, force=force) as written:
        written.write(content)
    if session.json:
        out.document({"events": count, "file": str(file)})
    else:
        out.line(fill(N_("{count} due dates written to {file}."), {"count": count, "file": shown(file)}))


COMMANDS = {"calendar": calendar}
