"""Alerts as lines of a list, and the evidence in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from ledger.cli.findings_table import evidence_words
from ledger.domain.alerts import AlertState
from ledger.locale import N_, _, term
from ledger.queries.alerts import AlertLine
from ledger.queries.log import LogLine
from tui.marks import plain
from tui.widgets.table import Column, Row
from tui.words import severity_tone

ALERT_COLUMNS = (
    Column("severity", N_("Severity"), 8),
    Column("rule", N_("Rule"), 12, grow=True),
    Column("name", N_("Name"), 8, grow=True, middle=True),
    Column("unit", N_("Unit"), 10, grow=True, middle=True),
    Column("host", N_("Works at"), 10, grow=True, middle=True),
    Column("since", N_("Since"), 10),
    Column("state", N_("State"), 12, below=100),
    Column("state_wide", N_("State"), 24, from_width=100),
)


def units_of(line: AlertLine, names: Mapping[str, str]) -> str:
    """`home -> host`, or the unit it is about."""
    return " -> ".join(names.get(code, code) for code in line.alert.units)


def state_of(line: AlertLine) -> str:
    """How it stands, and until when where that ends by itself."""
    one = line.alert
    until = {AlertState.SNOOZED: one.snoozed_until, AlertState.WAIVED: one.waived_until}.get(line.state)
    state = term("alert_state", line.state.value)
    return state if until is None else f"{state} {until.isoformat()}"


def alert_row(line: AlertLine, names: Mapping[str, str]) -> Row:
    """An alert as a line; what is dealt with is faint."""
    one = line.alert
    places = [*(names.get(code, code) for code in one.units), "", ""]
    by = f" {one.acknowledged_by}" if line.state is AlertState.ACKNOWLEDGED else ""
    cells = {
        "severity": term("severity", one.severity.value),
        "rule": term("rule", one.rule),
        "name": line.name,
        "unit": places[0],
        "host": places[1],
        "since": one.first_true_on.isoformat(),
        "state": term("alert_state", line.state.value),
        "state_wide": state_of(line) + by,
    }
    if line.state is not AlertState.OPEN:
        return Row(one.id, cells, tones={"*": "faint"})
    tone = severity_tone(one.severity)
    return Row(one.id, cells, tones={} if not tone else {"severity": tone})


def evidence_of(history: Sequence[LogLine]) -> Mapping[str, Any]:
    """What the finding rested on when it was told last."""
    return next((line.content["evidence"] for line in reversed(history) if line.content.get("evidence")), {})


def evidence_lines(evidence: Mapping[str, Any], width: int, most: int) -> list[str]:
    """The numbers and dates that say most, and the entries they come from, in lines that fit."""
    pieces = evidence_words(evidence)
    entries = evidence.get("entries")
    if isinstance(entries, list) and entries:
        pieces.append(_("entries {entries}").format(entries=_(", ").join(map(str, entries))))
    lines: list[str] = []
    for piece in map(plain, pieces):
        longer = f"{lines[-1]}{_('; ')}{piece}" if lines else piece
        if lines and cell_len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(piece)
    return [*lines[: most - 1], _("; ").join(lines[most - 1 :])] if len(lines) > most else lines
