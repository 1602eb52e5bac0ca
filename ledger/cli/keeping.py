"""Commands that look after a ledger: verify, rebuild, backup, restore, status."""

from __future__ import annotations

from pathlib import Path

import click

from ledger.cli import out
from ledger.cli.base import command, json_option, option
from ledger.cli.session import Session
from ledger.cli.tables import Table
from ledger.cli.text import shown
from ledger.cli.troubles import NO
from ledger.locale import N_, _, term
from ledger.locale.sentences import fill


@command(
    "verify",
    N_(
        "Check that nobody changed the ledger behind the program's back.\n\n"
        "The hash chain of all entries, their indexes, and the tables that answers are read from against a fresh "
        "replay. Against seals that were kept elsewhere it also finds entries cut off at the end and a chain computed "
        "anew. Exit status 1 when something is wrong."
    ),
)
@option("--seals", type=click.Path(path_type=Path), metavar="FILE", help=N_("Seals kept elsewhere, to compare with."))
@option(
    "--public",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_("The public keys to believe; otherwise seal_public of the settings, otherwise those in the seals file."),
)
@json_option()
@click.pass_obj
def verify(session: Session, seals: Path | None, public: Path | None) -> int:
    """See the help."""
    from ledger.cli.sealing import kept_elsewhere, tell_seals

    with session.open_to_check() as ledger, out.progress(N_("Verifying")) as progress:
        kept, trusted = kept_elsewhere(session, seals, public)
        found = ledger.verify(progress, seals=kept)
    if session.json:
        told = found.to_json()
        out.document(told if kept is None else {**told, "keys": "trusted" if trusted else "from_seals_file"})
    else:
        out.line(fill(N_("{count} entries checked."), {"count": found.chain.positions}))
        fault = found.chain.fault
        if fault is not None:
            out.line(out.alarming(shown(fill(fault.sentence, fault.params))))
            out.line(_("Do not record anything. Restore the newest good backup, and find out who had access."))
        for table in found.tables:
            told = {"table": table.table, "stored": table.stored, "due": table.due}
            out.line(fill(N_("The table {table} differs from the entries: {stored} rows instead of {due}."), told))
        if found.tables:
            out.line(_("The entries themselves are whole: run sledger rebuild."))
        tell_seals(found.seals, trusted=trusted)
        if found.ok:
            out.line(_("The ledger is whole: no entry was changed, removed or put in later."))
    return 0 if found.ok else NO


@command("rebuild", N_("Make the tables that answers are read from again, from the entries."))
@json_option()
@click.pass_obj
def rebuild(session: Session) -> None:
    """See the help."""
    with session.open_to_record() as ledger, out.progress(N_("Rebuilding")) as progress:
        position = ledger.rebuild(progress)
    if session.json:
        out.document({"position": position})
    else:
        out.line(fill(N_("Rebuilt from {count} entries."), {"count": position}))


@command(
    "backup",
    N_(
        "Write the whole ledger to a backup file.\n\n"
        "The file is the same for SQLite and PostgreSQL, is read back and checked, and appears complete or not at all. "
        "Others may record meanwhile. It holds personal data: keep it where nobody else can read it."
    ),
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@option(
    "--id-numbers",
    is_flag=True,
    help=N_("With the identity numbers, encrypted; what is erased later stays in such a backup."),
)
@json_option()
@click.pass_obj
def backup(session: Session, /, file: Path, id_numbers: bool) -> None:
    """See the help."""
    from ledger.persistence.archive import Extent

    with session.open_to_check() as ledger, out.progress(N_("Backing up")) as progress:
        count = ledger.backup(file, progress, Extent(id_numbers=id_numbers))
    if session.json:
        out.document({"file": str(file), "entries": count})
    else:
        out.line(fill(N_("{count} entries written to {file}."), {"count": count, "file": shown(file)}))


@command("restore", N_("Make a new ledger from a backup file.\n\nNEW is a file or an address where no ledger is yet."))
@click.argument("backup_file", metavar="BACKUP", type=click.Path(path_type=Path))
@click.argument("new", metavar="NEW")
@option("--to-position", type=click.IntRange(0), metavar="N", help=N_("Restore only the entries up to this position."))
@json_option()
@click.pass_obj
def restore(session: Session, backup_file: Path, new: str, to_position: int | None) -> None:
    """See the help."""
    from ledger.bootstrap import restore_ledger

    with (
        out.progress(N_("Restoring")) as progress,
        restore_ledger(backup_file, new, to_position=to_position, progress=progress) as ledger,
    ):
        told = ledger.status()
    if session.json:
        out.document({"ledger": told["ledger"], "position": told["position"]})
    else:
        text = N_("Restored {count} entries to {ledger}.")
        out.line(fill(text, {"count": told["position"], "ledger": shown(told["ledger"])}))


@command(
    "status",
    N_("How the ledger is: positions, sizes, versions, health.\n\nExit status 1 when something needs attention."),
)
@json_option()
@click.pass_obj
def status(session: Session) -> int:
    """See the help."""
    from ledger.cli.version import program_version

    with session.open() as ledger:
        told = {**ledger.status(), "program_version": program_version()}
    if session.json:
        out.document(told)
    else:
        table = Table(["", ""])
        for key, value in told.items():
            table.add(term("status_key", key), _worded(key, value))
        out.lines(list(table.lines())[1:])
    return 0 if told["healthy"] else NO


def _worded(key: str, value: object) -> str | None:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        parts = {name: term("status_value", str(part)) for name, part in value.items() if part is not None}
        return _("; ").join(" ".join((term("status_key", name), part)) for name, part in parts.items())
    if isinstance(value, list):
        return _(", ").join(term("status_value", str(one)) for one in value) or None
    if key == "role":
        return term("role", str(value)) if value != "open_to_all" else term("status_value", str(value))
    if key in ("clock", "roles", "dialect"):
        return term("status_value", str(value))
    return None if value is None else str(value)


COMMANDS = {"verify": verify, "rebuild": rebuild, "backup": backup, "restore": restore, "status": status}
