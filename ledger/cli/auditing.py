"""`sledger audit-package`: everything an auditor takes away, in one folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from ledger.cli import out
from ledger.cli.base import command, json_option, option
from ledger.cli.parsing import perspective_options
from ledger.cli.session import Session
from ledger.cli.text import shown
from ledger.cli.troubles import NO
from ledger.locale import N_, _
from ledger.locale.sentences import fill


@command(
    "audit-package",
    N_(
        "Write what an auditor needs to a new folder.\n\n"
        "Every entry, the seals, what a check found, the answers, and a program that checks them without the ledger, "
        "with the hash of each file. DIR must not exist. It holds personal data. Exit status 1 when the check found "
        "something wrong."
    ),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@option(
    "--public",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_("The public keys of the seals; otherwise seal_public of the settings."),
)
@perspective_options()
@json_option()
@click.pass_obj
def audit_package(
    session: Session, /, folder: Path, public: Path | None, on: date | None, known_at: int | str | None
) -> int:
    """See the help."""
    from ledger.cli.version import program_version
    from ledger.interchange.audit import audit_package as package
    from ledger.persistence.notes import load_public_keys

    named = session.file(public, "seal_public")
    keys = ""
    if named is not None:
        load_public_keys(named)  # refuses what holds none
        keys = named.read_text(encoding="ascii")
    with session.open() as ledger, out.progress(N_("Packing")) as progress:
        p = ledger.perspective(on, known_at)
        sound = package(ledger, folder, p, keys, program_version(), progress)
    count = sum(1 for one in folder.rglob("*") if one.is_file())
    if session.json:
        told = {"folder": str(folder), "files": count, "as_of": p.as_of.isoformat(), "known_at": p.known_at}
        out.document({**told, "ok": sound})
    else:
        out.line(fill(N_("{count} files written to {folder}; keep it: it holds personal data."), {
            "count": count, "folder": shown(folder),
        }))  # fmt: skip
        if not sound:
            out.line(out.alarming(_("The check found something wrong: see verify.json.")))
    return 0 if sound else NO


COMMANDS = {"audit-package": audit_package}
