"""Imports as batches: which there were, what each recorded, and taking one back."""

from __future__ import annotations

import click

from ledger.cli import out
from ledger.cli.answers import answer_options, delivered
from ledger.cli.base import command, option, usage_error
from ledger.cli.session import Session
from ledger.cli.tables import Table
from ledger.cli.text import shown
from ledger.cli.troubles import REFUSED, refusal_json
from ledger.locale import N_, _, term
from ledger.locale.sentences import remedy, sentence


@command(
    "batch",
    N_(
        "Imports: list them, show one, or take one back.\n\n"
        "BATCH is the beginning of an id, or the name of the file. Taking back reverses every entry of the import that "
        "is in effect, all or none; everything stays visible."
    ),
)
@click.argument("what", metavar="list|show|reverse", type=click.Choice(["list", "show", "reverse"]))
@click.argument("batch", metavar="[BATCH]", required=False)
@option("--reason", metavar="TEXT", help=N_("Why the import is taken back."))
@answer_options()
@click.pass_obj
def batch(session: Session, what: str, batch: str | None, reason: str | None) -> int:
    """See the help."""
    if what == "list":
        _list(session)
        return 0
    if batch is None:
        raise click.UsageError(_("Which import? Give its id or the name of its file; see sledger batch list."))
    if what == "show":
        _show(session, batch)
        return 0
    if session.into is not None:
        raise usage_error(N_("--file goes with list and show."))
    if not reason:
        raise click.UsageError(_("Taking an import back needs a reason: --reason TEXT."))
    return _reverse(session, batch, reason)


def _list(session: Session) -> None:
    from ledger.domain.time import shown_instant
    from ledger.interchange.undoing import all_batches

    with session.open() as ledger:
        found = all_batches(ledger)
    rows = [
        {
            "id": one.id,
            "name": one.name,
            "recorded_by": one.recorded_by,
            "opened_at": shown_instant(one.opened_at),
            "complete": one.closed_at is not None,
            "first_position": one.first_position,
            "last_position": one.last_position,
            "lines": one.lines,
        }
        for one in found
    ]
    if delivered(session, "batches", {"rows": rows}):
        return
    keys = ("id", "name", "recorded_by", "recorded_on", "first_position", "last_position", "lines", "complete")
    table = Table([term("column", key) for key in keys], frozenset({4, 5, 6}))
    for row in rows:
        told = {**row, "id": str(row["id"])[:12], "recorded_on": str(row["opened_at"])[:10]}
        told["complete"] = _("complete") if row["complete"] else _("not complete: run the same import again")
        table.add(*(told[key] for key in keys))
    out.table(table)


def _show(session: Session, name: str) -> None:
    from ledger.interchange.undoing import show_batch

    with session.open() as ledger:
        told = show_batch(ledger, name).to_json()
    if delivered(session, "batch", told):
        return
    for key, value in told.items():
        out.line(f"{term('column', key)}: {'-' if value is None else shown(value)}")


def _reverse(session: Session, name: str, reason: str) -> int:
    from ledger.interchange.undoing import undo

    with session.open_to_record("record") as ledger, out.progress(N_("Taking back")) as progress:
        undone = undo(ledger, name, reason, progress)
    if undone.refused is not None:
        if session.json:
            out.document({"refused": {**refusal_json(undone.refused), "entry": undone.entry}})
        else:
            told = {"entry": shown(undone.entry), "sentence": shown(sentence(undone.refused))}
            out.say(_("Nothing was taken back, because of {entry}: {sentence}").format(**told))
            out.say(_("What to do: {remedy}").format(remedy=remedy(undone.refused)))
        return REFUSED
    if session.json:
        out.document(undone.to_json())
    else:
        counts = {"now": undone.reversed, "before": undone.before}
        out.line(_("{now} entries taken back; {before} were out of effect before.").format(**counts))
    return 0


COMMANDS = {"batch": batch}
