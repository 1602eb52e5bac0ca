"""`sledger admin id-number key|set|show|erase|list`: identity numbers, which never stand in an argument."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.cli import out
from ledger.cli.answers import answer_options, delivered
from ledger.cli.base import command, group, json_option, option, usage_error
from ledger.cli.session import Session
from ledger.cli.tables import Table
from ledger.cli.text import shown
from ledger.cli.troubles import Declined
from ledger.locale import N_, _, term
from ledger.locale.sentences import fill

if TYPE_CHECKING:
    from ledger.application import Receipt
    from ledger.bootstrap import Ledger
    from ledger.domain.refusals import Refused
    from ledger.persistence.vault import IdKey

_FILE = click.Path(path_type=Path)
_PERSON = click.argument("person", metavar="PERSON")
_key_option = option(
    "--key", type=_FILE, metavar="FILE", help=N_("The key of the numbers; otherwise id_number_key of the settings.")
)


def id_key(session: Session, ledger: Ledger, given: Path | None = None) -> IdKey | None:
    """The key named at the command, else in the settings; None where none is. Raises KeyUnsafe, NotAnIdKey, OSError."""
    from ledger.persistence.vault import load_id_key

    path = session.file(given, "id_number_key")
    return None if path is None else load_id_key(path, ledger.store.path)


def _needed(session: Session, ledger: Ledger, given: Path | None) -> IdKey:
    found = id_key(session, ledger, given)
    if found is None:
        text = N_(
            "No key is named: use --key, or id_number_key in the settings. sledger admin id-number key makes one."
        )
        raise usage_error(text)
    return found


@command(
    "key",
    N_(
        "Make the key that encrypts identity numbers.\n\n"
        "FILE is readable by its owner only and must not lie in the ledger's folder; name it in the settings as "
        "id_number_key, and keep a copy: without it nobody can read the numbers."
    ),
)
@click.argument("file", metavar="FILE", type=_FILE)
@json_option()
@click.pass_obj
def key(session: Session, file: Path) -> None:
    """See the help."""
    from ledger.persistence.address import parse
    from ledger.persistence.vault import make_id_key

    name = make_id_key(file, parse(session.address).path)
    if session.json:
        out.document({"file": str(file), "key": name})
    else:
        out.line(fill(N_("The key {key} for identity numbers was made: {file}"), {"key": name, "file": shown(file)}))


@command(
    "set",
    N_(
        "Keep the identity number of a person, encrypted.\n\n"
        "The number is asked for, or read from the standard input; it never stands in an argument. It takes the place "
        "of the one before, and is refused when another person has it."
    ),
)
@_PERSON
@_key_option
@json_option()
@click.pass_obj
def set_(session: Session, /, person: str, key: Path | None) -> None:
    """See the help."""
    with session.open_to_record() as ledger:
        held = _needed(session, ledger, key)
        _told(session, person, ledger.set_id_number(person, _asked_number(), held))


def _asked_number() -> str:
    if out.interactive(sys.stdin):
        return str(click.prompt(_("Identity number"), hide_input=True, err=True))
    return sys.stdin.readline()


@command(
    "show",
    N_(
        "Show the identity number of a person, masked.\n\n"
        "With --reveal the whole number; that it was shown, to whom, when and what for is recorded first."
    ),
)
@_PERSON
@option("--reveal", is_flag=True, help=N_("The whole number; needs --reason and the key."))
@option("--reason", metavar="TEXT", help=N_("What it is needed for."))
@_key_option
@json_option()
@click.pass_obj
def show(session: Session, /, person: str, reveal: bool, reason: str | None, key: Path | None) -> None:
    """See the help."""
    from ledger.domain.refusals import Refused

    if reveal and reason is None:
        raise usage_error(N_("--reveal needs --reason: it is recorded with your name."))
    position = None
    with session.open_to_record() if reveal else session.open() as ledger:
        number = ledger.id_numbers().get(person)
        if number is None:
            raise Declined(Refused("id_number_absent", {"person": person}))
        if reveal and reason is not None:
            answer = ledger.reveal_id_number(person, _needed(session, ledger, key), reason)
            if isinstance(answer, Refused):
                raise Declined(answer)
            number, position = answer[0], answer[1].position
    if session.json:
        out.document({"person": person, "id_number": number, "position": position})
    else:
        out.line(shown(number))


@command(
    "erase",
    N_(
        "Take the identity number of a person away for good.\n\n"
        "The chain and all answers stay as they are; backups made with --id-numbers still hold it, encrypted."
    ),
)
@_PERSON
@option("--reason", metavar="TEXT", required=True, help=N_("Why it is erased."))
@json_option()
@click.pass_obj
def erase(session: Session, person: str, reason: str) -> None:
    """See the help."""
    with session.open_to_record() as ledger:
        _told(session, person, ledger.erase_id_number(person, reason))


def _told(session: Session, person: str, result: Receipt | Refused) -> None:
    from ledger.domain.refusals import Refused

    if isinstance(result, Refused):
        raise Declined(result)
    if session.json:
        out.document({"person": person, "position": result.position})
    else:
        out.line(_("Recorded as no. {position} ({id}).").format(position=result.position, id=result.id))


@command("list", N_("Who has an identity number, masked."))
@answer_options()
@click.pass_obj
def list_(session: Session) -> None:
    """See the help."""
    with session.open() as ledger:
        kept = ledger.id_numbers()
    if delivered(
        session, "id_numbers", {"rows": [{"person": person, "id_number": number} for person, number in kept.items()]}
    ):
        return
    table = Table([term("column", key) for key in ("person", "id_number")])
    for person, number in kept.items():
        table.add(person, number)
    out.table(table)
    out.line(_("{count} people").format(count=len(kept)))


id_number = group(
    "id-number",
    N_("Identity numbers: kept encrypted beside the entries, shown masked, erased for good."),
    key,
    set_,
    show,
    erase,
    list_,
)
