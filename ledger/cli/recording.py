"""Commands that record one entry: record, reverse, correct."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from ledger.cli import out
from ledger.cli.base import Callback, Command, command, json_option, option, options, usage_error
from ledger.cli.parsing import reference
from ledger.cli.session import Session
from ledger.cli.tables import Table
from ledger.cli.text import shown
from ledger.cli.troubles import REFUSED, Declined, refusal_json
from ledger.cli.words import measure, signed
from ledger.locale import N_, _, term

if TYPE_CHECKING:
    from ledger.application import Receipt
    from ledger.bootstrap import Effect, Ledger
    from ledger.queries.measures import HeadcountRow

KEY_VALUES = {"ignore_unknown_options": True}
SHOWN = (
    "quota",
    "on_roll",
    "seconded_out",
    "on_leave",
    "present",
    "vacancies",
    "seconded_in",
    "off_establishment",
    "dispatched_in",
    "at_work",
)


class RecordCommand(Command):
    """`record TYPE --help` also lists the keys of that type."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remembers the type for the help, which is shown before anything is parsed."""
        if args and not args[0].startswith("-"):
            ctx.meta["entry_type"] = args[0]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The entry types or, with a type, its keys; then the options."""
        from ledger.cli.keys import keys_of
        from ledger.domain.entries import ENTRY_TYPES

        asked = ctx.meta.get("entry_type")
        if asked in ENTRY_TYPES:
            with formatter.section(_("Keys of {type}").format(type=asked)):
                formatter.write_dl(
                    [(f"--{name}", _takes(name, required, takes)) for name, required, takes in keys_of(asked)]
                )
        else:
            with formatter.section(_("Types")):
                formatter.write_dl([(name, term("entry", name)) for name in ENTRY_TYPES])
        super().format_options(ctx, formatter)


_TAKES = {
    "text": N_("text"),
    "number": N_("number"),
    "flag": N_("true or false"),
    "reference": N_("position or id of an entry"),
    "list": N_("text; may be given several times"),
    "map": N_("JSON object, or dotted keys"),
    "object": N_("dotted keys, such as --authority.document_no"),
    "entry": N_("JSON object, or dotted keys"),
    "any": N_("text"),
}


def _takes(name: str, required: bool, takes: str) -> str:
    words = [term("key", name), _(_TAKES[takes])]
    return _(", ").join([*words, _("required")] if required else words)


def _recording_options() -> Callable[[Callback], Callback]:
    return options(
        option("--dry-run", is_flag=True, help=N_("Only show what would change; record nothing.")), json_option()
    )


@click.command(
    "record",
    cls=RecordCommand,
    context_settings=KEY_VALUES,
    help=N_(
        "Record one entry: its type, then its keys.\n\n"
        "Keys are those of the entry types; nested ones are dotted (--authority.document_no), maps are JSON, "
        "--until open leaves the end open, and an empty value (--note=) means none. "
        "sledger record TYPE --help lists the keys of a type."
    ),
)
@click.argument("entry_type", metavar="TYPE")
@click.argument("words", metavar="[--key value]...", nargs=-1, type=click.UNPROCESSED)
@_recording_options()
@click.pass_obj
def record(session: Session, entry_type: str, words: tuple[str, ...], dry_run: bool) -> int | None:
    """See the help."""
    from ledger.cli.keys import entry_object, pairs

    if entry_type.startswith("-"):
        raise usage_error(N_("The type of the entry comes first: sledger record TYPE --key value"))
    entry = {"type": entry_type, **entry_object(entry_type, pairs(words))}
    return record_entry(session, lambda ledger: entry, dry_run=dry_run)


@command("reverse", N_("Take an entry out of effect; both stay visible.\n\nENTRY is a position (digits) or an id."))
@click.argument("entry", metavar="ENTRY")
@option("--reason", metavar="TEXT", required=True, help=N_("Why."))
@option("--id", "entry_id", metavar="ID", help=N_("An id of your own for this entry."))
@option("--note", metavar="TEXT", help=N_("A remark."))
@_recording_options()
@click.pass_obj
def reverse(
    session: Session, entry: str, reason: str, entry_id: str | None, note: str | None, dry_run: bool
) -> int | None:
    """See the help."""
    told = {"type": "reversed", "id": entry_id, "entry": reference(entry), "reason": reason, "note": note}
    return record_entry(session, lambda ledger: told, dry_run=dry_run)


@click.command(
    "correct",
    cls=Command,
    context_settings=KEY_VALUES,
    help=N_(
        "Put a changed entry in the place of another; both stay visible.\n\n"
        "ENTRY is a position (digits) or an id. Everything stays as it was except the keys given; an empty value "
        "(--note=) takes a key away, and so does a --type that has no such key. --reason says why it is corrected; to "
        "change a reason inside the entry write --replacement.reason."
    ),
)
@click.argument("entry", metavar="ENTRY")
@click.argument("words", metavar="[--key value]...", nargs=-1, type=click.UNPROCESSED)
@option("--reason", metavar="TEXT", required=True, help=N_("Why."))
@option("--id", "entry_id", metavar="ID", help=N_("An id of your own for this entry."))
@_recording_options()
@click.pass_obj
def correct(
    session: Session, entry: str, words: tuple[str, ...], reason: str, entry_id: str | None, dry_run: bool
) -> int | None:
    """See the help."""
    from ledger.cli.keys import entry_object, pairs
    from ledger.domain.faults import UnknownEntry
    from ledger.domain.refusals import Refused

    ref = reference(entry)
    given = [(key.removeprefix("replacement."), value) for key, value in pairs(words)]
    if not given:
        raise usage_error(N_("Say what changes: --key value"))

    def corrected(ledger: Ledger) -> dict[str, Any]:
        try:
            original = ledger.entry(ref)
        except UnknownEntry:
            raise Declined(Refused("unknown_entry", {"entry": ref})) from None
        new_type = dict(given).get("type", original.type)
        changes = entry_object(new_type, given, original.content())
        more = {} if entry_id is None else {"id": entry_id}
        return ledger.correction(ref, changes, reason, **more)

    return record_entry(session, corrected, dry_run=dry_run)


def record_entry(session: Session, entry_of: Callable[[Ledger], Mapping[str, Any]], *, dry_run: bool) -> int | None:
    """Record what `entry_of` gives, or only show what it would change. Raises Declined."""
    from ledger.domain.refusals import Refused

    with session.open_to_record() as ledger:
        entry = entry_of(ledger)
        if dry_run:
            return show_effect(session, ledger.try_out(entry))
        result = ledger.record(entry)
    if isinstance(result, Refused):
        raise Declined(result)
    if session.json:
        out.document(receipt_json(result))
    else:
        show_receipt(result)
    return None


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """A receipt with its instant as text."""
    from ledger.domain.time import from_microseconds

    instant = from_microseconds(receipt.recorded_at).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {
        "position": receipt.position,
        "id": receipt.id,
        "recorded_at": instant,
        "already_recorded": receipt.already_recorded,
        "warnings": [
            {
                "unit": w.unit,
                "establishment": str(w.establishment),
                "quota": w.quota,
                "on_roll": w.on_roll,
                "on": w.on.isoformat(),
            }
            for w in receipt.warnings
        ],
    }


def show_receipt(receipt: Receipt) -> None:
    """Where the entry stands, and which quotas it goes over."""
    message = (
        _("Already recorded as no. {position} ({id}); nothing was added.")
        if receipt.already_recorded
        else _("Recorded as no. {position} ({id}).")
    )
    out.line(message.format(position=receipt.position, id=shown(receipt.id)))
    show_warnings(receipt)


def show_warnings(receipt: Receipt) -> None:
    """The quotas that an entry goes over: recorded all the same (spec 1.3)."""
    for warned in receipt.warnings:
        text = _("Over quota: {unit} has {on_roll} {establishment} people for {quota} posts on {date}.")
        told = {
            "unit": shown(warned.unit),
            "on_roll": warned.on_roll,
            "establishment": term("establishment", str(warned.establishment)),
            "quota": warned.quota,
            "date": warned.on.isoformat(),
        }
        out.line(out.alarming(text.format(**told)))


def show_effect(session: Session, effect: Effect) -> int | None:
    """What a dry run found; exit status 3 when the entry would be refused."""
    from ledger.domain.refusals import Refused

    result = effect.result
    if session.json:
        refused = isinstance(result, Refused)
        answer = {"refused": refusal_json(result)} if isinstance(result, Refused) else {"receipt": receipt_json(result)}
        before, after = ([row.to_json() for row in rows] for rows in (effect.before, effect.after))
        out.document({"dry_run": True, **answer, "before": before, "after": after, **_findings_json(effect)})
        return REFUSED if refused else None
    if isinstance(result, Refused):
        raise Declined(result)
    if result.already_recorded:
        show_receipt(result)
        return None
    out.line(_("Nothing was recorded. On its effective date the entry would change:"))
    changes = _changes(effect)
    if changes.rows:
        out.table(changes)
    else:
        out.line(_("No number of the units it names."))
    _show_findings(effect)
    show_warnings(result)
    return None


def _findings_json(effect: Effect) -> dict[str, Any]:
    appeared, vanished = ([one.to_json() for one in rows] for rows in (effect.appeared, effect.vanished))
    judged_on = None if effect.judged_on is None else effect.judged_on.isoformat()
    return {"findings": {"on": judged_on, "appeared": appeared, "vanished": vanished}}


def _show_findings(effect: Effect) -> None:
    """What would be wrong that is not now, and the other way round."""
    from ledger.cli.findings_table import findings_table

    for title, rows in (
        (N_("It would bring these findings on {date}:"), effect.appeared),
        (N_("It would take these findings away on {date}:"), effect.vanished),
    ):
        if rows:
            out.line("")
            out.line(_(title).format(date=effect.judged_on))
            out.table(findings_table([one.to_json() for one in rows]))


def _changes(effect: Effect) -> Table:
    changes = Table([_("Unit"), _("Name"), _("Number"), _("Before"), _("After")], frozenset({3, 4}))
    before = {row.unit: row for row in effect.before}
    for row in effect.after:
        for name in SHOWN:
            old, new = _number(before.get(row.unit), name), _number(row, name)
            if old != new:
                changes.add(row.unit, row.name, measure(name), old, new)
    return changes


def _number(row: HeadcountRow | None, name: str) -> str | None:
    number = None if row is None else row.measure(name)
    return signed(number) if name == "vacancies" else None if number is None else str(number)


COMMANDS = {"record": record, "reverse": reverse, "correct": correct}
