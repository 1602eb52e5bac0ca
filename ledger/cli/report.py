"""Registers to print, sign and file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from ledger.cli import out
from ledger.cli.base import command, fonts_option, json_option, option, usage_error
from ledger.cli.parsing import DATE, perspective_options
from ledger.cli.session import Session
from ledger.cli.text import shown
from ledger.locale import N_, _

NAMES = (
    "establishment", "vacancies", "secondments", "overdue", "monthly", "departures", "retirements", "whereabouts",
)  # fmt: skip


@command(
    "report",
    N_(
        "Write a register: establishment, vacancies, secondments, overdue, monthly, departures, retirements or "
        "whereabouts.\n\nThe form is that of the file's name: .xlsx, .csv, .html, .docx, .pdf or .json. Every register "
        "says for which day and as known when it is true; the same question gives the same bytes."
    ),
)
@click.argument("name", metavar="NAME", type=click.Choice(NAMES))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@option("--unit", metavar="CODE", required=True, help=N_("The unit, with everything below it."))
@option("--from", "first", type=DATE, help=N_("The first day of the period (otherwise: of the year)."))
@option("--month", metavar="YYYY-MM", help=N_("Of a monthly report: the month (otherwise: that of --on)."))
@option("--months", type=click.IntRange(1, 120), default=12, help=N_("Of a forecast: so many months ahead."))
@option("--force", is_flag=True, help=N_("Replace the file if it is there."))
@fonts_option()
@perspective_options()
@json_option()
@click.pass_obj
def report(session: Session, /, name: str, file: Path, unit: str, force: bool, fonts: Path | None, **said: Any) -> None:
    """See the help."""
    from ledger.cli.new_files import new_file
    from ledger.reports.catalogue import FORMS, maker, write
    from ledger.reports.model import Asked

    form = file.suffix.lower()
    if form not in FORMS:
        raise usage_error(N_("{file}: the name must end with .xlsx, .csv, .html, .docx, .pdf or .json."), file=file)
    first, on = _period(name, said)
    with session.open() as ledger:
        asked = Asked(unit, ledger.perspective(on, said["known_at"]), first, said["months"])
        register = maker(name)(ledger, asked)
        register.notes.extend(session.notes(ledger))
        with new_file(file, session.address, force=force) as written:
            write(register, form, written, fonts)
    rows = [len(block.rows) for block in register.blocks]
    if session.json:
        out.document({"file": str(file), "report": name, "rows": rows, "known_at": asked.perspective.known_at})
    else:
        told = {"title": register.title, "file": shown(file), "count": sum(rows)}
        out.line(_("{title}: {count} lines written to {file}.").format(**told))


def _period(name: str, said: dict[str, Any]) -> tuple[date | None, date | None]:
    """The first day of the period and its last; None is left to the register, and to today. Raises UsageError."""
    if said["month"] is None:
        return said["first"], said["on"]
    if name != "monthly" or said["on"] is not None or said["first"] is not None:
        raise usage_error(N_("--month is for the monthly report, without --on and --from."))
    from ledger.reports.moves import month_of

    try:
        return month_of(said["month"])
    except ValueError:
        raise usage_error(N_("“{text}” is not a month. Write it as YYYY-MM."), text=said["month"]) from None


COMMANDS = {"report": report}
