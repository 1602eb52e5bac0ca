"""Looking ahead and clearing up: the recall campaign, and who retires."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import click

from ledger.cli import out
from ledger.cli.answers import answer_options, delivered
from ledger.cli.base import command, group, option
from ledger.cli.parsing import DATE, KNOWN_AT, in_order, perspective_options
from ledger.cli.session import Session
from ledger.cli.tables import Table
from ledger.cli.words import perspective_line
from ledger.locale import N_, _, term

BANDS = ("1-29", "30-179", "180+")


@command(
    "list",
    N_(
        "The overdue secondments, by home, by host and by days overdue.\n\n"
        "The date and the position in the first line freeze the list: asked with both it is the same for ever."
    ),
)
@option("--unit", metavar="CODE", help=N_("Only what concerns this unit and everything below it."))
@perspective_options()
@answer_options()
@click.pass_obj
def listed(session: Session, unit: str | None, on: date | None, known_at: int | str | None) -> None:
    """See the help."""
    with session.open() as ledger:
        told = ledger.campaign(ledger.perspective(on, known_at), unit).to_json()
        if delivered(session, "campaign", told):
            return
        out.line(perspective_line(told["as_of"], told["known_at"], *session.notes(ledger)))
        keys = ("person", "name", "home", "host", "started_on", "until", "days_overdue", "chain_days", "extensions")
        table = Table([term("column", key) for key in keys], frozenset({6, 7, 8}))
        for row in told["rows"]:
            table.add(*(row[key] for key in keys))
        out.table(table)
        for key, title in (("by_home", N_("By home unit")), ("by_host", N_("By host unit"))):
            out.line("")
            out.table(_bands(_(title), told[key]))


def _bands(title: str, counted: Mapping[str, Mapping[str, int]]) -> Table:
    days = [_("{days} days").format(days=band) for band in BANDS]
    table = Table([title, *days, _("Total")], frozenset({1, 2, 3, 4}))
    for unit, bands in [*counted.items(), (_("Total"), _summed(counted))]:
        table.add(unit, *(bands[band] for band in BANDS), sum(bands.values()))
    return table


def _summed(counted: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    return {band: sum(bands[band] for bands in counted.values()) for band in BANDS}


@command(
    "compare",
    N_(
        "What became of a list: who went back, was transferred, or was borrowed again.\n\n"
        "--on and --known-at name the list, --to and --to-known-at the later look at it."
    ),
)
@option("--unit", metavar="CODE", help=N_("Only what concerns this unit and everything below it."))
@option("--to", "to", type=DATE, required=True, help=N_("The date of the later look."))
@option("--to-known-at", type=KNOWN_AT, help=N_("What the later look knows (otherwise: everything)."))
@perspective_options()
@answer_options()
@click.pass_obj
def compare(
    session: Session,
    unit: str | None,
    to: date,
    to_known_at: int | str | None,
    on: date | None,
    known_at: int | str | None,
) -> None:
    """See the help."""
    with session.open() as ledger:
        frozen, later = in_order(ledger.perspective(on, known_at), ledger.perspective(to, to_known_at))
        told = ledger.campaign_fates(frozen, later, unit).to_json()
        if delivered(session, "compare", told):
            return
        for key in ("from", "to"):
            out.line(perspective_line(told[key]["as_of"], told[key]["known_at"], *session.notes(ledger)))
        keys = ("person", "name", "home", "host", "days_overdue", "fate", "ended_on", "again_on", "again_host")
        table = Table([term("column", key) for key in keys], frozenset({4}))
        for row in told["rows"]:
            worded = {**row, "fate": term("fate", row["fate"])}
            table.add(*(worded[key] for key in keys))
        out.table(table)
        out.line(_("; ").join(f"{term('fate', fate)} {count}" for fate, count in told["fates"].items()))


@command("retirements", N_("Who reaches the statutory retirement age in the months to come, and the vacancies then."))
@option("--months", type=click.IntRange(1, 600), default=12, help=N_("How many months ahead (otherwise: 12)."))
@option("--unit", metavar="CODE", help=N_("Only the people of this unit and everything below it."))
@perspective_options()
@answer_options()
@click.pass_obj
def retirements(session: Session, months: int, unit: str | None, on: date | None, known_at: int | str | None) -> None:
    """See the help."""
    with session.open() as ledger:
        told = ledger.retirements(ledger.perspective(on, known_at), months, unit).to_json()
        if delivered(session, "retirements", told):
            return
        out.line(perspective_line(told["as_of"], told["known_at"], *session.notes(ledger)))
        out.table(_people([row for row in told["people"] if row["retires_on"] is not None]))
        out.line("")
        keys = ("employer", "establishment", "retiring", "insufficient_data", "vacancies", "vacancies_then")
        table = Table([term("column", key) for key in keys], frozenset({2, 3, 4, 5}))
        for row in told["outlook"]:
            worded = {**row, "establishment": term("establishment", row["establishment"])}
            table.add(*(worded[key] for key in keys))
        out.table(table)
        unknown = sum(row["insufficient_data"] for row in told["outlook"])
        if unknown:
            out.line(_("Of {count} people nobody can say: birth date, gender or original age is missing.").format(
                count=unknown
            ))  # fmt: skip


def _people(rows: list[dict[str, Any]]) -> Table:
    keys = ("retires_on", "person", "name", "unit", "establishment")
    table = Table([term("column", key) for key in keys])
    for row in rows:
        worded = {**row, "establishment": term("establishment", row["establishment"])}
        table.add(*(worded[key] for key in keys))
    return table


campaign = group(
    "campaign",
    N_("The recall campaign: the overdue secondments, and what became of them."),
    listed,
    compare,
    default="list",
)

COMMANDS = {"campaign": campaign, "retirements": retirements}
