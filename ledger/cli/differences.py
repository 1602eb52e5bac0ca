"""Questions about reasons: what stands behind a number, and what led from one number to another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import click

from ledger.cli import out
from ledger.cli.answers import answer_options, delivered
from ledger.cli.base import command, option
from ledger.cli.parsing import DATE, KNOWN_AT, in_order, perspective_options
from ledger.cli.session import Session
from ledger.cli.tables import Table
from ledger.cli.text import shown
from ledger.cli.words import imprecise_notes, measure, perspective_line, signed
from ledger.locale import N_, _, term

MEASURES = (
    "quota", "on_roll", "seconded_out", "on_leave", "present", "vacancies", "seconded_in", "off_establishment",
    "dispatched_in", "at_work",
)  # fmt: skip
BRIDGE = ("opening", "restated", "added", "removed", "closing")


@command(
    "explain",
    N_(
        "The people and entries behind one number.\n\n"
        "MEASURE is one of headcount's, also by establishment (on_roll.administrative), or leaders.RANK or "
        "leader_quota.RANK."
    ),
)
@option("--unit", metavar="CODE", required=True, help=N_("The unit, with everything below it."))
@option("--measure", "measure_name", metavar="MEASURE", required=True, help=N_("The number to explain."))
@option("--own", is_flag=True, help=N_("Count the unit alone, without what is below it."))
@perspective_options()
@answer_options()
@click.pass_obj
def explain(
    session: Session, unit: str, measure_name: str, own: bool, on: date | None, known_at: int | str | None
) -> None:
    """See the help."""
    with session.open() as ledger:
        told = ledger.explain(ledger.perspective(on, known_at), unit, measure_name, own=own).to_json()
        if delivered(session, "explain", told):
            return
        scope = _("the unit alone") if told["scope"] == "own" else _("with everything below")
        notes = (*session.notes(ledger), *imprecise_notes(told["imprecise"]))
        out.line(perspective_line(told["as_of"], told["known_at"], scope, *notes))
        value = "-" if told["value"] is None else told["value"]
        out.line(f"{shown(told['unit'])} {measure(measure_name)}: {value}")
        for key, table in (("people", _people), ("quotas", _quotas), ("positions", _positions)):
            if told[key]:
                out.line("")
                out.table(table(told[key]))


def entry_line(entry: Mapping[str, Any]) -> str:
    """An entry as an answer cites it: type, id, effective date, position."""
    words = term("entry", shown(entry["type"]))
    if entry["replacement_type"]:
        words = f"{words} ({term('entry', shown(entry['replacement_type']))})"
    return " ".join(filter(None, (f"#{entry['position']}", words, entry["effective_on"], shown(entry["id"]))))


def _people(people: list[dict[str, Any]]) -> Table:
    keys = ("person", "name", "unit", "establishment", "status", "host", "since")
    table = Table([*(term("column", key) for key in keys), term("column", "entry")])
    for one in people:
        kind, status = term("establishment", one["establishment"]), term("status", one["status"])
        cells = {**one, "establishment": kind, "status": status}
        table.add(*(cells[key] for key in keys), entry_line(one["entry"]))
    return table


def _quotas(quotas: list[dict[str, Any]]) -> Table:
    table = Table([term("column", key) for key in ("unit", "establishment", "posts", "entry")], frozenset({2}))
    for one in quotas:
        entries = [entry_line(entry) for entry in one["entries"]] or ["-"]
        table.add(one["unit"], _scale(one), one["posts"], entries[0])
        for more in entries[1:]:
            table.add("", "", "", more)
    return table


def _positions(positions: list[dict[str, Any]]) -> Table:
    keys = ("person", "name", "title", "rank", "unit")
    table = Table([*(term("column", key) for key in keys), term("column", "entry")])
    for one in positions:
        table.add(*(one[key] for key in keys), entry_line(one["entry"]))
    return table


@command(
    "diff",
    N_(
        "From one number to another: opening + late entries and corrections + in - out = closing.\n\n"
        "--on and --known-at say where it begins, --to and --to-known-at where it ends. Below the numbers: who came, "
        "left or changed, with the entry that did it, and what was recorded late or taken back."
    ),
)
@option("--unit", metavar="CODE", required=True, help=N_("The unit, with everything below it."))
@option("--to", "to", type=DATE, required=True, help=N_("The date of the closing numbers."))
@option("--to-known-at", type=KNOWN_AT, help=N_("What the closing numbers know (otherwise: everything)."))
@perspective_options()
@answer_options()
@click.pass_obj
def diff(
    session: Session,
    unit: str,
    to: date,
    to_known_at: int | str | None,
    on: date | None,
    known_at: int | str | None,
) -> None:
    """See the help."""
    with session.open() as ledger:
        opening, closing = in_order(ledger.perspective(on, known_at), ledger.perspective(to, to_known_at))
        told = ledger.diff(opening, closing, unit).to_json()
        if delivered(session, "diff", told):
            return
        notes = (*session.notes(ledger), *imprecise_notes(told["imprecise"]))
        for key, more in (("from", ()), ("to", notes)):
            out.line(perspective_line(told[key]["as_of"], told[key]["known_at"], *more))
        out.table(_bridges(told))
        for title, people, quotas, positions in (
            (N_("Recorded late or taken back since:"), "restated", "restated_quotas", "restated_positions"),
            (N_("Changed between the dates:"), "changes", "quota_changes", "position_changes"),
        ):
            table = _changes([*told[people], *told[positions]], told[quotas])
            if table.rows:
                out.line("")
                out.line(_(title))
                out.table(table)
        if told["entries"]:
            out.line("")
            out.line(_("Entries recorded or taken back in between that bear on the opening date:"))
            out.lines(map(entry_line, told["entries"]))


def _bridges(told: Mapping[str, Any]) -> Table:
    """One line for each measure; those by establishment only where something is told."""
    table = Table([_("Number"), *(term("column", key) for key in BRIDGE)], frozenset(range(1, 6)))
    rows = list(told["measures"].items())
    for kind, bridges in told["by_establishment"].items():
        rows.extend((f"{name}.{kind}", bridge) for name, bridge in bridges.items())
    for rank, bridges in told["leaders"].items():
        rows += [(f"leader_quota.{rank}", bridges["quota"]), (f"leaders.{rank}", bridges["held"])]
    for name, bridge in rows:
        if "." not in name or any(bridge.values()):
            end = signed if name.startswith("vacancies") else _plain
            cells = (end(bridge["opening"]), signed(bridge["restated"]), bridge["added"], bridge["removed"])
            table.add(measure(name), *cells, end(bridge["closing"]))
    return table


def _plain(number: int | None) -> str | None:
    return None if number is None else str(number)


def _changes(people: list[dict[str, Any]], quotas: list[dict[str, Any]]) -> Table:
    """One item a line, with every entry that changed it, in the order they did."""
    table = Table([term("column", key) for key in ("subject", "name", "before", "after", "measures", "entry")])
    for one in [*people, *quotas]:
        before, after = (_standing(one, key) for key in ("before", "after"))
        numbers = [(name, number) for name, number in one["measures"].items() if name in MEASURES]
        effect = _(", ").join(f"{measure(name)} {signed(number)}" for name, number in sorted(numbers, key=_as_read))
        first, *more = [entry_line(entry) for entry in one["entries"]] or ["-"]
        table.add(one.get("person") or one["unit"], one["name"], before, after, effect or None, first)
        for entry in more:
            table.add("", "", "", "", "", entry)
    return table


def _as_read(item: tuple[str, int]) -> int:
    return MEASURES.index(item[0])


def _standing(one: Mapping[str, Any], key: str) -> str | None:
    """What a person, a number of posts or a leader position was at one end."""
    value = one[key]
    if value is None:
        return None
    if isinstance(value, int):
        return f"{_scale(one)} {value}"
    if "title" in one:
        return " ".join((value["unit"], one["title"]))
    words = [value["unit"], term("establishment", value["establishment"]), term("status", value["status"])]
    return " ".join([*words, *([value["host"]] if value["host"] else [])])


def _scale(one: Mapping[str, Any]) -> str:
    return shown(one["rank"]) if one["establishment"] is None else term("establishment", one["establishment"])


COMMANDS = {"diff": diff, "explain": explain}
