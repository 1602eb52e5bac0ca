"""Empty spreadsheets to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from ledger.cli import out
from ledger.cli.base import command, json_option, option, usage_error
from ledger.cli.session import Session
from ledger.cli.text import shown
from ledger.locale import N_, _

TABLES = ("roster", "unit-quota", "movement", "census")


@command(
    "template",
    N_(
        "Write an empty spreadsheet to fill in: a roster, units and quotas, movements, or a census.\n\n"
        "It has drop-downs, notes and checks; sledger import reads it again."
    ),
)
@click.argument("table", metavar="|".join(TABLES), type=click.Choice(TABLES))
@click.argument("file", metavar="FILE.xlsx", type=click.Path(path_type=Path))
@option("--force", is_flag=True, help=N_("Replace the file if it is there."))
@json_option()
@click.pass_obj
def template(session: Session, table: str, file: Path, force: bool) -> None:
    """See the help."""
    from ledger.cli.new_files import new_file
    from ledger.interchange.layouts import LAYOUTS
    from ledger.interchange.templates import write_template

    if file.suffix.lower() != ".xlsx":
        raise usage_error(N_("{file}: the name of a template must end with .xlsx."), file=file)
    with new_file(file, session.address, force=force) as written:
        write_template(LAYOUTS[table], written)
    if session.json:
        out.document({"file": str(file), "layout": table})
    else:
        out.line(
            _("An empty table was written to {file}. Filled in, read it with: sledger import").format(file=shown(file))
        )


COMMANDS = {"template": template}
