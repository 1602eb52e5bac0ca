"""`sledger attach` and `sledger attachments`: scans of documents, kept by their content."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.cli import out
from ledger.cli.answers import answer_options, delivered
from ledger.cli.base import command, group, json_option, option, usage_error
from ledger.cli.session import Session
from ledger.cli.tables import Table
from ledger.cli.text import shown
from ledger.cli.troubles import NO, Declined
from ledger.locale import N_, _, term
from ledger.locale.sentences import fill

if TYPE_CHECKING:
    from ledger.bootstrap import Ledger
    from ledger.persistence.attachments import Attachments

_FILE = click.Path(path_type=Path)


def folder_of(session: Session, ledger: Ledger) -> Attachments:
    """The folder the settings name, else the one beside the ledger. Raises UsageError on a server without one."""
    from ledger.persistence.attachments import Attachments

    named, path = session.file(None, "attachments_folder"), ledger.store.path
    if named is not None:
        return Attachments(named)
    if path is None:
        raise usage_error(N_("Scans need a folder: name it in the settings as attachments_folder."))
    return Attachments(path.with_name(f"{path.name}.attachments"))


@command(
    "attach",
    N_(
        "Keep the scan of a document, and note it at the entries that rest on it.\n\n"
        "The file is copied to the folder of scans under the hash of its content; the log holds the hash. Without "
        "--entry it is only kept: record the entry with --authority.sha256 then."
    ),
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@option("--entry", "entries", multiple=True, metavar="ENTRY", help=N_("An entry, by position or id; several times."))
@json_option()
@click.pass_obj
def attach(session: Session, file: Path, entries: tuple[str, ...]) -> None:
    """See the help."""
    from ledger.cli.parsing import reference
    from ledger.domain.refusals import Refused

    with session.open_to_record("record") as ledger:
        answer = ledger.attach(file, [reference(one) for one in entries], folder_of(session, ledger))
    if isinstance(answer, Refused):
        raise Declined(answer)
    sha256, receipts = answer
    if session.json:
        out.document({"sha256": sha256, "positions": [one.position for one in receipts]})
        return
    out.line(fill(N_("Kept as {sha256}."), {"sha256": sha256}))
    for one in receipts:
        out.line(_("Recorded as no. {position} ({id}).").format(position=one.position, id=one.id))


@command("list", N_("Scans and the entries they belong to."))
@option("--entry", metavar="ENTRY", help=N_("Only those of this entry."))
@answer_options()
@click.pass_obj
def list_(session: Session, entry: str | None) -> None:
    """See the help."""
    from ledger.cli.parsing import reference

    with session.open() as ledger:
        found = [one.to_json() for one in ledger.attached(None if entry is None else reference(entry))]
    if delivered(session, "attachments", {"rows": found}):
        return
    table = Table([term("column", key) for key in ("entry", "sha256", "file", "recorded_on", "recorded_by")])
    for one in found:
        on = None if one["recorded_at"] is None else str(one["recorded_at"])[:10]
        table.add(one["entry"], one["sha256"], one["file"], on, one["recorded_by"])
    out.table(table)


@command("get", N_("Copy a scan out of the folder; its content is checked on the way.\n\nSHA256 is its hash."))
@click.argument("sha256", metavar="SHA256")
@click.argument("file", metavar="FILE", type=_FILE)
@json_option()
@click.pass_obj
def get(session: Session, sha256: str, file: Path) -> None:
    """See the help."""
    from ledger.cli.new_files import new_file

    with session.open() as ledger, new_file(file, session.address) as written:
        folder_of(session, ledger).write(sha256, written)
    if session.json:
        out.document({"sha256": sha256, "file": str(file)})
    else:
        out.line(fill(N_("Written to {file}; it is what was attached."), {"file": shown(file)}))


@command(
    "check",
    N_(
        "Check every scan: that it is there, and that it is what was attached.\n\n"
        "Exit status 1 when one is missing or was changed."
    ),
)
@answer_options()
@click.pass_obj
def check(session: Session) -> int:
    """See the help."""
    with session.open() as ledger:
        folder = folder_of(session, ledger)
        wanted = {one.sha256 for one in ledger.attached()}
    states = {sha256: folder.state(sha256) for sha256 in sorted(wanted.union(folder.names()))}
    wrong = {sha256: state for sha256, state in states.items() if state != "ok"}
    rows = [{"sha256": sha256, "state": state, "noted": sha256 in wanted} for sha256, state in states.items()]
    if not delivered(session, "attachments_checked", {"ok": not wrong, "rows": rows}):
        for sha256, state in wrong.items():
            out.line(out.alarming(f"{sha256}  {term('attachment', state)}"))
        out.line(fill(N_("{count} scans checked, {wrong} wrong."), {"count": len(states), "wrong": len(wrong)}))
    return NO if wrong else 0


COMMANDS = {
    "attach": attach,
    "attachments": group(
        "attachments", N_("Scans that were kept: list them, copy one out, check all."), list_, get, check
    ),
}
