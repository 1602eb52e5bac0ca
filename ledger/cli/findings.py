"""What is wrong: the findings, and the policy they are judged by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import click

from ledger.cli import out
from ledger.cli.answers import answer_options, delivered
from ledger.cli.base import command, group, json_option, option, usage_error
from ledger.cli.findings_table import findings_table
from ledger.cli.parsing import DATE, perspective_options
from ledger.cli.recording import record_entry
from ledger.cli.session import Session
from ledger.cli.severities import SEVERITIES, found
from ledger.cli.tables import Table
from ledger.cli.words import imprecise_notes, perspective_line
from ledger.locale import N_, _, term


@command("findings", N_("What is wrong on a date: overdue secondments, transfers in fact, quotas exceeded, …"))
@option("--rule", metavar="RULE", help=N_("Only this rule, such as overdue_secondment."))
@option("--unit", metavar="CODE", help=N_("Only what concerns this unit and everything below it."))
@option("--all", "insufficient", is_flag=True, help=N_("Also what nobody can say because an input is missing."))
@option("--fail-on", type=SEVERITIES, help=N_("Exit status 10 when a finding at least as grave is there."))
@perspective_options()
@answer_options()
@click.pass_obj
def findings(
    session: Session,
    rule: str | None,
    unit: str | None,
    insufficient: bool,
    fail_on: str | None,
    on: date | None,
    known_at: int | str | None,
) -> int | None:
    """See the help."""
    with session.open() as ledger:
        answer = ledger.findings(ledger.perspective(on, known_at), rule=rule, unit=unit, insufficient=insufficient)
        told = answer.to_json()
        if not delivered(session, "findings", told):
            notes = (*session.notes(ledger), *imprecise_notes(told["imprecise"]))
            out.line(perspective_line(told["as_of"], told["known_at"], *notes))
            out.table(findings_table(told["rows"]))
            out.line(_("{count} findings").format(count=len(told["rows"])))
    return found(fail_on, (one.severity for one in answer.rows))


# ---- policy


@command("show", N_("The rules in force on a date, and where each number comes from."))
@option("--profile", metavar="NAME", help=N_("A shipped profile (national, strict) instead."))
@perspective_options()
@answer_options()
@click.pass_obj
def show(session: Session, profile: str | None, on: date | None, known_at: int | str | None) -> None:
    """See the help."""
    told = _profile(profile) if profile is not None else _in_force(session, on, known_at)
    if delivered(session, "policy", told):
        return
    if told["as_of"] is not None:
        out.line(perspective_line(told["as_of"], told["known_at"]))
    table = Table([term("column", key) for key in ("parameter", "value", "source")])
    source_of = told["sources"]
    for name, value in told["parameters"].items():
        table.add(f"{term('parameter', name)} {name}", _shown(value), _(source_of[name]))
    out.table(table)
    if told["adoptions"]:
        out.line("")
        adopted = Table([term("column", key) for key in ("effective_on", "id", "profile", "parameters", "source")])
        for one in told["adoptions"]:
            parameters = _shown(one["parameters"]) if one["parameters"] else None
            adopted.add(one["effective_on"], one["id"], one["profile"], parameters, one["source"])
        out.table(adopted)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _in_force(session: Session, on: date | None, known_at: int | str | None) -> dict[str, Any]:
    with session.open() as ledger:
        return ledger.policy(ledger.perspective(on, known_at)).to_json()


def _profile(name: str) -> dict[str, Any]:
    """A shipped profile in the shape of an answer. Raises UsageError naming the nearest one."""
    from ledger.domain.policy import PROFILES
    from ledger.domain.profiles import PROFILES as SHIPPED
    from ledger.domain.reading import nearest

    if name not in PROFILES:
        message = N_("There is no profile “{name}”. Nearest known: {nearest}")
        raise usage_error(message, name=name, nearest=nearest(name, list(PROFILES)))
    given = {**SHIPPED["national"], **SHIPPED[name]}
    return {
        "as_of": None,
        "known_at": None,
        "since": None,
        "parameters": dict(PROFILES[name]),
        "sources": {key: one.source for key, one in given.items()},
        "adoptions": [],
    }


@command(
    "adopt",
    N_(
        "Adopt a policy from a date: it changes findings from that date only.\n\n"
        "PARAMETER=VALUE lays a number over the profile, or over what was in force; lists and maps are JSON."
    ),
)
@click.argument("parameters", metavar="[PARAMETER=VALUE]...", nargs=-1)
@option("--profile", metavar="NAME", help=N_("Begin with a shipped profile: national or strict."))
@option("--effective-on", type=DATE, required=True, help=N_("The first day it holds."))
@option("--source", metavar="TEXT", required=True, help=N_("The document or decision it rests on."))
@option("--id", "entry_id", metavar="ID", help=N_("An id of your own for this entry."))
@option("--note", metavar="TEXT", help=N_("A remark."))
@option("--dry-run", is_flag=True, help=N_("Only show what would change; record nothing."))
@json_option()
@click.pass_obj
def adopt(
    session: Session,
    parameters: tuple[str, ...],
    profile: str | None,
    effective_on: date,
    source: str,
    entry_id: str | None,
    note: str | None,
    dry_run: bool,
) -> int | None:
    """See the help."""
    given = dict(_parameter(one) for one in parameters)
    entry = {
        "type": "policy_adopted",
        "id": entry_id,
        "effective_on": effective_on.isoformat(),
        "profile": profile,
        "parameters": given or None,
        "source": source,
        "note": note,
    }
    return record_entry(session, lambda ledger: entry, dry_run=dry_run)


def _parameter(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign:
        raise usage_error(N_("“{text}” is not PARAMETER=VALUE."), text=text)
    try:
        return name.strip(), json.loads(value)
    except ValueError:
        return name.strip(), value.strip()


@command(
    "compare",
    N_(
        "Where two policies differ.\n\n"
        "Each is a shipped profile (national, strict) or a date, which means what is in force then."
    ),
)
@click.argument("one", metavar="PROFILE|DATE")
@click.argument("other", metavar="PROFILE|DATE")
@answer_options()
@click.pass_obj
def compare(session: Session, one: str, other: str) -> None:
    """See the help."""
    from ledger.queries.policies import compare as differing

    sides = [_side(session, name) for name in (one, other)]
    found = differing(*sides)
    told = {"differences": {name: {"one": a, "other": b} for name, (a, b) in found.items()}}
    if delivered(session, "policies", told):
        return
    table = Table([term("column", "parameter"), one, other])
    for name, (a, b) in found.items():
        table.add(f"{term('parameter', name)} {name}", _shown(a), _shown(b))
    out.table(table)


def _side(session: Session, name: str) -> Mapping[str, Any]:
    if name[:1].isdigit():
        found: Mapping[str, Any] = _in_force(session, DATE.convert(name, None, None), None)["parameters"]
        return found
    return _profile(name)["parameters"]  # type: ignore[no-any-return]


COMMANDS = {
    "findings": findings,
    "policy": group("policy", N_("The rules findings are judged by."), show, adopt, compare),
}
