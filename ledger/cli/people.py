"""Questions about people: roster, person, secondments, and the log of entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from ledger.cli import out
from ledger.cli.answers import answer_options, delivered
from ledger.cli.base import command, option
from ledger.cli.parsing import known_at_option, perspective_options
from ledger.cli.session import Session
from ledger.cli.tables import Table
from ledger.cli.text import shown
from ledger.cli.words import content_of, imprecise_notes, perspective_line
from ledger.locale import N_, _, term

if TYPE_CHECKING:
    from ledger.queries.secondments import Role

STATUSES = (
    "on_roll",
    "present",
    "seconded_out",
    "seconded_in",
    "on_leave",
    "off_establishment",
    "dispatched_in",
    "at_work",
)


@command("roster", N_("Who: the people of a unit, each with one status."))
@option("--unit", metavar="CODE", required=True, help=N_("The unit, with everything below it."))
@option(
    "--status",
    type=click.Choice(STATUSES),
    metavar="NUMBER",
    help=N_(
        "Only the people whom this number counts: on_roll, present, seconded_out, seconded_in, on_leave, "
        "off_establishment, dispatched_in or at_work."
    ),
)
@perspective_options()
@answer_options()
@click.pass_obj
def roster(session: Session, unit: str, status: str | None, on: date | None, known_at: int | str | None) -> None:
    """See the help."""
    with session.open() as ledger:
        answer = ledger.roster(ledger.perspective(on, known_at), unit, status)
        told = answer.to_json()
        if delivered(session, "roster", told):
            return
        out.line(
            perspective_line(
                told["as_of"], told["known_at"], *session.notes(ledger), *imprecise_notes(told["imprecise"])
            )
        )
        keys = ("person", "name", "unit", "establishment", "status", "host", "since", "until")
        table = Table([term("column", key) for key in keys])
        for line in told["people"]:
            worded = {
                **line,
                "establishment": term("establishment", line["establishment"]),
                "status": term("status", line["status"]),
            }
            table.add(*(worded.get(key) for key in keys))
        out.table(table)
        out.line(_("{count} people").format(count=len(told["people"])))


@command("person", N_("One person: now, all periods, all entries."))
@click.argument("person", metavar="PERSON")
@perspective_options()
@answer_options()
@click.pass_obj
def person(session: Session, person: str, on: date | None, known_at: int | str | None) -> None:
    """See the help."""
    with session.open() as ledger:
        told = ledger.person(ledger.perspective(on, known_at), person).to_json()
        if delivered(session, "person", told):
            return
        out.line(
            perspective_line(
                told["as_of"], told["known_at"], *session.notes(ledger), *imprecise_notes(told["imprecise"])
            )
        )
        out.line(_("; ").join(_now(told)))
        table = Table([term("column", key) for key in ("from", "to", "unit", "establishment", "host", "leave")])
        for period in told["periods"]:
            kind, leave = (
                term("establishment", period["establishment"]),
                period["leave"] and term("leave", period["leave"]),
            )
            table.add(period["from"], period["to"], period["unit"], kind, period["host"], leave)
        out.table(table)
        out.line("")
        show_entries([told["entries"]])


def _now(told: Mapping[str, Any]) -> Iterable[str]:
    yield f"{shown(told['name'])} ({shown(told['person'])})"
    if told["charged_to"] is None:
        yield _("not on the register")
        return
    yield _("charged to {unit}").format(unit=shown(told["charged_to"]))
    yield term("establishment", told["establishment"])
    if told["host"] is not None:
        until = told.get("until") or _("open")
        yield _("seconded to {host} until {until}").format(host=shown(told["host"]), until=until)
    if told.get("leave"):
        yield term("leave", told["leave"])
    yield from map(shown, told.get("positions", ()))


@command("secondments", N_("Who is seconded where, since when, until when."))
@option("--unit", metavar="CODE", help=N_("Only from or to this unit and everything below it."))
@option("--role", type=click.Choice(["home", "host"]), help=N_("Only those the unit lends (home) or borrows (host)."))
@option("--overdue", is_flag=True, help=N_("Only those whose last day has passed."))
@perspective_options()
@answer_options()
@click.pass_obj
def secondments(
    session: Session,
    unit: str | None,
    role: Role | None,
    overdue: bool,
    on: date | None,
    known_at: int | str | None,
) -> None:
    """See the help."""
    with session.open() as ledger:
        answer = ledger.secondments(ledger.perspective(on, known_at), unit=unit, role=role, overdue=overdue)
        told = answer.to_json()
        if delivered(session, "secondments", told):
            return
        out.line(
            perspective_line(
                told["as_of"], told["known_at"], *session.notes(ledger), *imprecise_notes(told["imprecise"])
            )
        )
        keys = (
            "person",
            "name",
            "home",
            "host",
            "kind",
            "started_on",
            "until",
            "days_overdue",
            "chain_days",
            "extensions",
        )
        table = Table([*(term("column", key) for key in keys), term("column", "document_no")], frozenset({7, 8, 9}))
        for row in told["rows"]:
            worded = {**row, "kind": term("secondment_kind", row["kind"]), "until": row["until"] or _("open")}
            table.add(*(worded[key] for key in keys), (row["authority"] or {}).get("document_no"))
        out.table(table)
        out.line(_("{count} people").format(count=len(told["rows"])))


@command("log", N_("The entries in the order they were recorded."))
@option("--from-position", type=click.IntRange(1), default=1, metavar="N", help=N_("Begin with this position."))
@option("--person", metavar="PERSON", help=N_("Only entries about this person."))
@option("--unit", metavar="CODE", help=N_("Only entries that name this unit."))
@option("--document", metavar="NO", help=N_("Only entries that rest on the document with this number."))
@known_at_option()
@answer_options()
@click.pass_obj
def log(
    session: Session,
    from_position: int,
    person: str | None,
    unit: str | None,
    document: str | None,
    known_at: int | str | None,
) -> None:
    """See the help."""
    if sum(one is not None for one in (person, unit, document)) > 1:
        raise click.UsageError(_("Give only one of --person, --unit and --document."))
    with session.open() as ledger:
        known = ledger.perspective(None, known_at).known_at
        if {person, unit, document, session.into} == {None}:
            pages = ([line.to_json() for line in page] for page in ledger.log_pages(from_position, known))
            if session.json:
                out.long_document("entries", chain.from_iterable(pages), known_at=known)
            else:
                show_entries(pages)
            return
        if document is not None:
            answer = ledger.documented(document, from_position=from_position, known_at=known)
        else:
            answer = ledger.log(from_position=from_position, person=person, unit=unit, known_at=known)
        told = {"known_at": known, **answer.to_json()}
        if not delivered(session, "log", told):
            show_entries([told["entries"]])


def show_entries(pages: Iterable[Iterable[Mapping[str, Any]]]) -> None:
    """Entries one a line, page by page; those out of effect say by which entry."""
    keys = ("position", "id", "type", "effective_on", "recorded_on", "recorded_by", "reversed_by", "content")
    titles, widths = [term("column", key) for key in keys], [0] * len(keys)
    number = -1
    for number, page in enumerate(pages):
        table = Table(titles, frozenset({0, 6}), widths=widths)
        for one in page:
            table.add(
                one["position"],
                one["id"],
                term("entry", one["type"]),
                one["effective_on"],
                str(one["recorded_at"])[:10],
                one["recorded_by"],
                one["reversed_by"],
                content_of(one),
            )
        out.table(table, titled=number == 0)
        widths = table.widths
    if number < 0:
        out.table(Table(titles))


COMMANDS = {"roster": roster, "person": person, "secondments": secondments, "log": log}
