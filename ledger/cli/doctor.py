"""`sledger doctor`: everything that can be looked at without changing anything, and numbers for monitoring."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.cli import out
from ledger.cli.base import command, json_option, option
from ledger.cli.session import Session
from ledger.cli.text import shown
from ledger.cli.troubles import NO
from ledger.locale import N_, term
from ledger.locale.sentences import fill

if TYPE_CHECKING:
    from ledger.application.health import Health


@command(
    "doctor",
    N_(
        "Examine the ledger and what is around it.\n\n"
        "The database file, the chain, the tables of some people against their entries, interrupted imports, seals, "
        "the disk, the calendar of holidays, the clock, the versions. Exit status 1 when something is broken."
    ),
)
@option(
    "--metrics-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_("Also write the numbers for the textfile collector of a Prometheus node exporter."),
)
@json_option()
@click.pass_obj
def doctor(session: Session, metrics_file: Path | None) -> int:
    """See the help."""
    with session.open_to_check() as ledger, out.progress(N_("Examining")) as progress:
        health = ledger.examine(progress)
    if metrics_file is not None:
        write_whole(metrics_file, metrics(health))
    if session.json:
        out.document(health.to_json())
    else:
        for check in health.checks:
            line = f"{term('health', check.state)}  {shown(fill(check.sentence, check.params))}"
            out.line(line if check.state == "ok" else out.alarming(line))
    return 0 if health.ok else NO


def metrics(health: Health) -> str:
    """The text exposition format; no name, number or address of anybody is in it."""
    lines = [
        "# HELP sledger_check Result of the last sledger doctor: 0 ok, 1 needs attention, 2 fault.",
        "# TYPE sledger_check gauge",
    ]
    states = ("ok", "attention", "fault")
    lines += [f'sledger_check{{check="{one.name}"}} {states.index(one.state)}' for one in health.checks]
    for name, value in sorted(health.numbers.items()):
        lines += [f"# TYPE sledger_{name} gauge", f"sledger_{name} {value:.17g}"]
    assert all(re.fullmatch(r"#.*|[a-z_]+(\{check=\"[a-z]+\"\})? \S+", line) for line in lines)
    return "\n".join(lines) + "\n"


def write_whole(path: Path, text: str) -> None:
    """The collector never sees half a file."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


COMMANDS = {"doctor": doctor}
