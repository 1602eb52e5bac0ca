"""`sledger scan`, and `sledger alerts list|ack|snooze|waive|history|deliveries`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from ledger.cli import out
from ledger.cli.answers import answer_options, delivered
from ledger.cli.base import command, group, json_option, option, usage_error
from ledger.cli.deliveries import deliveries
from ledger.cli.findings_table import evidence_words
from ledger.cli.letters import LETTER_COMMANDS
from ledger.cli.parsing import DATE, KNOWN_AT
from ledger.cli.people import show_entries
from ledger.cli.recording import receipt_json
from ledger.cli.session import Session
from ledger.cli.severities import SEVERITIES, found
from ledger.cli.tables import Table
from ledger.cli.troubles import Declined
from ledger.cli.words import perspective_line
from ledger.domain.alerts import LIVE, AlertState
from ledger.domain.refusals import Refused
from ledger.domain.terms import Severity
from ledger.locale import N_, _, term
from ledger.locale.sentences import fill

if TYPE_CHECKING:
    from ledger.application.alerting import Done


@command(
    "scan",
    N_(
        "Compare the findings of a day with the alerts: raise, clear, reopen.\n\n"
        "Made twice, or by two at once, it gives the same alerts. Without --known-at it rests on the newest entry. "
        "What it added is told beside the answer."
    ),
)
@option("--on", type=DATE, help=N_("The date asked about (otherwise: today in Asia/Shanghai)."))
@option(
    "--known-at",
    type=KNOWN_AT,
    help=N_("As known then: a position, the end of a day, or an instant (otherwise: now)."),
)
@option("--fail-on", type=SEVERITIES, help=N_("Exit status 10 when an alert at least as grave is open."))
@json_option()
@click.pass_obj
def scan(session: Session, on: date | None, known_at: int | str | None, fail_on: str | None) -> int | None:
    """See the help."""
    with session.open_to_record() as ledger:
        p = ledger.perspective(on, known_at)
        answer = ledger.scan(p.as_of, p.known_at)
        notes = session.notes(ledger)
    if isinstance(answer, Refused):
        raise Declined(answer)
    told = answer.to_json()
    out.say(_told(answer.done))
    if session.json:
        out.document(told)
    else:
        out.line(perspective_line(told["as_of"], told["known_at"], *notes))
        out.table(_found(told["rows"]))
        out.line(_("{count} findings").format(count=len(told["rows"])))
    return found(fail_on, [answer.worst_open])


def _told(done: Mapping[str, int]) -> str:
    """What a scan added."""
    pieces = [f"{term('entry', name)} {count}" for name, count in done.items() if name.startswith("alert_")]
    return _("; ").join(pieces) if pieces else _("Nothing new.")


def _found(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Findings with their alerts, the gravest first."""
    keys = ("alert", "state", "severity", "rule", "name", "units", "since", "told")
    table = Table([term("column", key) for key in keys], frozenset({0}))
    for row in sorted(rows, key=lambda row: (-Severity(row["severity"]).rank, row["rule"], row["subject"])):
        table.add(
            row["alert"],
            row["alert_state"] and term("alert_state", row["alert_state"]),
            term("severity", row["severity"]),
            term("rule", row["rule"]),
            row["name"],
            _(", ").join(row["units"]),
            row["first_true_on"],
            _("; ").join(evidence_words(row["evidence"])),
        )
    return table


# ---- what is done about alerts


@command("list", N_("The alerts: what is open, the gravest and oldest first; and how many there are."))
@option("--unit", metavar="CODE", help=N_("Only what concerns this unit and everything below it."))
@option("--rule", metavar="RULE", help=N_("Only this rule, such as overdue_secondment."))
@option("--severity", type=SEVERITIES, default="low", help=N_("Only alerts at least as grave."))
@option(
    "--state",
    "states",
    type=click.Choice([str(state) for state in AlertState]),
    multiple=True,
    help=N_("Only alerts that stand so; several times for several."),
)
@option("--all", "everything", is_flag=True, help=N_("Also what is closed."))
@option("--on", type=DATE, help=N_("How they stand on this date (otherwise: today in Asia/Shanghai)."))
@answer_options()
@click.pass_obj
def list_alerts(
    session: Session,
    unit: str | None,
    rule: str | None,
    severity: str,
    states: tuple[str, ...],
    everything: bool,
    on: date | None,
) -> None:
    """See the help."""
    if states and everything:
        raise usage_error(N_("Give --state or --all, not both."))
    wanted = {AlertState(state) for state in states} or (set(AlertState) if everything else LIVE)
    with session.open() as ledger:
        p = ledger.perspective(on)
        told = ledger.alerts(p, unit=unit, rule=rule, least=Severity(severity), states=wanted).to_json()
        if delivered(session, "alerts", told):
            return
        out.line(perspective_line(told["as_of"], told["known_at"], *session.notes(ledger)))
        keys = ("alert", "state", "severity", "rule", "name", "units", "since", "until", "content")
        table = Table([term("column", key) for key in keys], frozenset({0}))
        for row in told["rows"]:
            table.add(
                row["alert"],
                term("alert_state", row["state"]),
                term("severity", row["severity"]),
                term("rule", row["rule"]),
                row["name"],
                _(", ").join(row["units"]),
                row["first_true_on"],
                {"snoozed": row["snoozed_until"], "waived": row["waived_until"]}.get(row["state"]),
                _became(row),
            )
        out.table(table)
        counts = told["counts"]["by_severity"]
        pieces = [f"{term('severity', name)} {counts[name]}" for name in reversed(counts)]
        out.line(_("; ").join([_("{count} alerts").format(count=len(told["rows"])), *pieces]))


def _became(row: Mapping[str, Any]) -> str:
    """Who took note, and what closed it."""
    pieces = [
        fill(N_("acknowledged by {officer}"), {"officer": row["acknowledged_by"]}) if row["acknowledged_by"] else "",
        fill(N_("waived by {document}"), {"document": row["waived_by"]}) if row["waived_by"] else "",
        fill(N_("cleared by {entry}"), {"entry": row["cleared_by"]}) if row["cleared_by"] else "",
        fill(N_("lapsed on {date}"), {"date": row["lapsed_on"]}) if row["lapsed_on"] else "",
        fill(N_("goes on as no. {alert}"), {"alert": row["superseded_by"]}) if row["superseded_by"] else "",
    ]
    return _("; ").join(piece for piece in pieces if piece)


_IDS = click.argument("alerts", metavar="ID…", type=click.IntRange(1), nargs=-1, required=True)
_NOTE = option("--note", metavar="TEXT", help=N_("A remark, kept with the act."))


@command("ack", N_("Take note of alerts: 签收. Of several, all or none."))
@_IDS
@_NOTE
@json_option()
@click.pass_obj
def acknowledge(session: Session, alerts: tuple[int, ...], note: str | None) -> None:
    """See the help."""
    with session.open_to_record() as ledger:
        _answer(session, ledger.acknowledge(alerts, note=note))


@command("snooze", N_("Leave alerts alone up to and including a day: 暂缓."))
@_IDS
@option("--until", type=DATE, required=True, help=N_("The last day."))
@_NOTE
@json_option()
@click.pass_obj
def snooze(session: Session, alerts: tuple[int, ...], until: date, note: str | None) -> None:
    """See the help."""
    with session.open_to_record() as ledger:
        _answer(session, ledger.snooze(alerts, until, note=note))


@command("waive", N_("Tolerate findings, by a document, up to and including a day: 豁免."))
@_IDS
@option("--until", type=DATE, help=N_("The last day on which the document holds."))
@option("--document-no", metavar="TEXT", help=N_("The number of the document."))
@option("--issued-by", metavar="TEXT", help=N_("Who issued it."))
@option("--issued-on", type=DATE, help=N_("When it was issued."))
@_NOTE
@json_option()
@click.pass_obj
def waive(
    session: Session,
    alerts: tuple[int, ...],
    until: date | None,
    document_no: str | None,
    issued_by: str | None,
    issued_on: date | None,
    note: str | None,
) -> None:
    """See the help."""
    document = {"document_no": document_no, "issued_by": issued_by, "issued_on": issued_on}
    given = {key: value for key, value in document.items() if value is not None}
    with session.open_to_record() as ledger:
        _answer(session, ledger.waive(alerts, until, given, note=note))


def _answer(session: Session, done: Done) -> None:
    if isinstance(done, Refused):
        raise Declined(done)
    if session.json:
        receipts = [receipt_json(receipt) for receipt in done]
        keys = ("position", "id", "recorded_at")
        out.document({"acts": [{key: receipt[key] for key in keys} for receipt in receipts]})
    else:
        for receipt in done:
            out.line(_("Recorded as no. {position} ({id}).").format(position=receipt.position, id=receipt.id))


@command("history", N_("Everything that became of one alert, from its raising on."))
@click.argument("alert", metavar="ID", type=click.IntRange(1))
@answer_options()
@click.pass_obj
def history(session: Session, alert: int) -> None:
    """See the help."""
    with session.open() as ledger:
        told = ledger.alert_history(alert).to_json()
    if not delivered(session, "alert", told):
        show_entries([told["entries"]])


alerts = group(
    "alerts",
    N_("Findings that were told: what is open, and what was done about it."),
    list_alerts,
    acknowledge,
    snooze,
    waive,
    history,
    deliveries,
    *LETTER_COMMANDS,
)

COMMANDS = {"scan": scan, "alerts": alerts}
