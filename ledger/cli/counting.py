"""Questions about numbers: headcount, curve."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from ledger.cli import out
from ledger.cli.answers import answer_options, delivered
from ledger.cli.base import command, option, usage_error
from ledger.cli.parsing import DATE, perspective_options
from ledger.cli.session import Session
from ledger.cli.tables import Table
from ledger.cli.text import shown
from ledger.cli.words import imprecise_notes, measure, perspective_line, signed
from ledger.locale import N_, _, term

if TYPE_CHECKING:
    from ledger.queries.curve import Step
    from ledger.queries.headcount import HeadcountAnswer
    from ledger.queries.measures import HeadcountRow

KIND_COLUMNS = ("quota", "on_roll", "seconded_out", "on_leave", "present", "vacancies")
MOST_STEPS = 20_000
_DAYS = {"day": 1, "month": 28, "year": 365}
OTHERS = ("off_establishment", "seconded_in", "dispatched_in", "at_work")


@command(
    "headcount", N_("How many: posts, on roll, seconded out, at work.\n\nWithout --unit every unit that exists then.")
)
@option("--unit", metavar="CODE", help=N_("Only this unit, with everything below it."))
@option("--own", is_flag=True, help=N_("Count the units alone, without what is below them."))
@option("--depth", type=click.IntRange(0, 100), help=N_("Show so many levels below as well."))
@perspective_options()
@answer_options()
@click.pass_obj
def headcount(
    session: Session,
    unit: str | None,
    own: bool,
    depth: int | None,
    on: date | None,
    known_at: int | str | None,
) -> None:
    """See the help."""
    with session.open() as ledger:
        answer = ledger.headcount(ledger.perspective(on, known_at), unit=unit, own=own, depth=depth)
        if not delivered(session, "headcount", answer.to_json()):
            show_headcount(answer, session.notes(ledger))


def show_headcount(answer: HeadcountAnswer, notes: tuple[str, ...] = ()) -> None:
    """One unit in detail, several as a table."""
    scope = _("the units alone") if answer.scope == "own" else _("with everything below")
    out.line(
        perspective_line(
            answer.perspective.as_of, answer.perspective.known_at, scope, *notes, *imprecise_notes(answer.imprecise)
        )
    )
    if len(answer.rows) == 1:
        _one_unit(answer.rows[0])
    elif answer.rows:
        out.table(_several(answer.rows))
    else:
        out.line(_("No unit exists then."))


def _one_unit(row: HeadcountRow) -> None:
    out.line(f"{shown(row.name)} ({shown(row.unit)})")
    table = Table([_("Establishment"), *map(measure, KIND_COLUMNS)], frozenset(range(1, len(KIND_COLUMNS) + 1)))
    for kind, count in row.by_establishment.items():
        table.add(term("establishment", kind), *_cells(count))
    table.add(_("Total"), *_cells(row))
    out.table(table)
    out.line(_("; ").join(f"{measure(name)} {getattr(row, name)}" for name in OTHERS))
    for rank, leaders in row.leaders.items():
        told = {"rank": shown(rank), "quota": "-" if leaders.quota is None else leaders.quota, "held": leaders.held}
        out.line(_("Leaders of rank {rank}: {held} of {quota}").format(**told))


def _cells(count: object) -> Iterator[str | int | None]:
    for name in KIND_COLUMNS:
        number: int | None = getattr(count, name)
        yield signed(number) if name == "vacancies" else number


def _several(rows: tuple[HeadcountRow, ...]) -> Table:
    columns = (*KIND_COLUMNS, *OTHERS)
    table = Table([_("Unit"), _("Name"), *map(measure, columns)], frozenset(range(2, len(columns) + 2)))
    depths: dict[str, int] = {}
    for row in rows:
        depth = depths[row.unit] = depths.get(row.parent or "", -1) + 1
        table.add(row.unit, "  " * depth + row.name, *_cells(row), *(getattr(row, name) for name in OTHERS))
    return table


@command(
    "curve",
    N_("One number through time.\n\nMEASURE is one of headcount's, also by establishment: on_roll.administrative."),
)
@option("--unit", metavar="CODE", required=True, help=N_("The unit, with everything below it."))
@option("--measure", "measure_name", metavar="MEASURE", required=True, help=N_("The number to follow."))
@option("--from", "start", type=DATE, required=True, help=N_("The first day."))
@option("--to", "end", type=DATE, help=N_("No day after this one (otherwise: the date of --on)."))
@option(
    "--step",
    type=click.Choice(["day", "month", "year"]),
    default="month",
    show_default=True,
    help=N_("How far from one day to the next."),
)
@perspective_options()
@answer_options()
@click.pass_obj
def curve(
    session: Session,
    unit: str,
    measure_name: str,
    start: date,
    end: date | None,
    step: Step,
    on: date | None,
    known_at: int | str | None,
) -> None:
    """See the help."""
    with session.open() as ledger:
        perspective = ledger.perspective(on, known_at)
        end = end or perspective.as_of
        if (end - start).days // _DAYS[step] > MOST_STEPS:
            raise usage_error(N_("That would be more than {count} numbers: choose a longer step."), count=MOST_STEPS)
        told = ledger.curve(perspective, unit, measure_name, start, end, step).to_json()
        if delivered(session, "curve", told):
            return
        notes = (*session.notes(ledger), *imprecise_notes(told["imprecise"]))
        out.line(perspective_line(told["to"], told["known_at"], *notes))
        table = Table([_("Date"), measure(measure_name)], frozenset({1}))
        for point in told["points"]:
            table.add(point["on"], point["value"])
        out.table(table)


COMMANDS = {"headcount": headcount, "curve": curve}
