"""`sledger admin`: who may do what, and what only few may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ledger.cli import out
from ledger.cli.answers import answer_options, delivered
from ledger.cli.base import command, group, json_option, option
from ledger.cli.id_numbers import id_number
from ledger.cli.recording import receipt_json
from ledger.cli.session import Session
from ledger.cli.tables import Table
from ledger.cli.troubles import Declined
from ledger.domain.refusals import Refused
from ledger.domain.terms import Role
from ledger.locale import N_, _, term
from ledger.locale.sentences import fill

if TYPE_CHECKING:
    from ledger.application import Receipt

_NAME = click.argument("name", metavar="NAME")


@command(
    "add",
    N_(
        "Give somebody a role.\n\n"
        "NAME is the name entries are recorded under: that of --officer or the system's user, on a server the login. "
        "The first role makes an admin of whoever gives it; from then on nobody without a role records anything. A "
        "role given later takes the place of the one before; an officer of one unit who gets another has both."
    ),
)
@_NAME
@option(
    "--role",
    type=click.Choice([str(role) for role in Role]),
    required=True,
    help=N_("auditor reads; alert_admin also scans and deals with alerts; officer also records; admin does all."),
)
@option("--unit", metavar="CODE", help=N_("An officer for this unit and everything below it only."))
@json_option()
@click.pass_obj
def add(session: Session, name: str, role: str, unit: str | None) -> None:
    """See the help."""
    with session.open_to_record() as ledger:
        _answer(session, ledger.grant_role(name, role, unit))


@command("remove", N_("Take somebody's role away; what was recorded under it stays."))
@_NAME
@json_option()
@click.pass_obj
def remove(session: Session, name: str) -> None:
    """See the help."""
    with session.open_to_record() as ledger:
        _answer(session, ledger.remove_role(name))


def _answer(session: Session, result: Receipt | Refused) -> None:
    if isinstance(result, Refused):
        raise Declined(result)
    if session.json:
        told = receipt_json(result)
        out.document({key: told[key] for key in ("position", "id", "recorded_at")})
    else:
        out.line(_("Recorded as no. {position} ({id}).").format(position=result.position, id=result.id))


@command("list", N_("Who has which role, by whom and since when."))
@answer_options()
@click.pass_obj
def list_(session: Session) -> None:
    """See the help."""
    from ledger.domain.time import shown_instant

    with session.open() as ledger:
        access = ledger.access()
    grants = sorted(access.grants.values(), key=lambda one: one.officer)
    rows = [
        {
            "officer": one.officer,
            "role": one.role.value,
            "units": list(one.units),
            "position": one.position,
            "granted_by": one.granted_by,
            "granted_at": shown_instant(one.granted_at),
        }
        for one in grants
    ]
    if delivered(session, "officers", {"open_to_all": access.open, "rows": rows}):
        return
    if access.open:
        out.line(_("Nobody has a role: this ledger is open to all."))
        return
    keys = ("officer", "role", "units", "position", "granted_by", "granted_at")
    table = Table([term("column", key) for key in keys], frozenset({3}))
    for row, one in zip(rows, grants, strict=True):
        table.add(*({**row, "role": term("role", one.role), "units": _(", ").join(one.units)}[key] for key in keys))
    out.table(table)


officer = group("officer", N_("Who may do what: give and take roles, list them."), add, remove, list_)


@command(
    "init-roles",
    N_(
        "On PostgreSQL: make the roles of the database that hold whoever logs in to their role in the ledger.\n\n"
        "For the owner of the ledger. Makes PREFIX_auditor, PREFIX_alert_admin, PREFIX_officer and PREFIX_admin and "
        "gives them their rights; run it again after an update. Logins get one with: GRANT PREFIX_officer TO name"
    ),
)
@option("--prefix", metavar="PREFIX", default="sledger", help=N_("What the roles' names begin with: sledger."))
@json_option()
@click.pass_obj
def init_roles(session: Session, prefix: str) -> None:
    """See the help."""
    with session.open() as ledger:
        names = ledger.init_roles(prefix)
    if session.json:
        out.document({"roles": names})
    else:
        for role, name in names.items():
            out.line(fill(N_("{role}: {name}"), {"role": role, "name": name}))


COMMANDS = {
    "admin": group("admin", N_("Who may do what, and the rights behind it."), officer, init_roles, id_number),
}
