"""For tests of the inbox: what the ledger holds of alerts, and typing into the fields of an act."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from ledger.domain.alerts import AlertState
from ledger.queries.alerts import AlertLine
from ledger.queries.log import LogLine
from tests.tui.screens import press
from tui.app import LedgerApp
from tui.inbox.acting import ActPage

DAY = date(2022, 7, 1)


def alerts_of(path: Path) -> list[AlertLine]:
    """Every alert a ledger holds, the gravest and oldest first."""
    with open_ledger(str(path)) as ledger:
        return list(ledger.alerts(ledger.perspective(DAY), states=frozenset(AlertState)).rows)


def acts_of(path: Path, alert: int) -> list[LogLine]:
    """What became of an alert."""
    with open_ledger(str(path)) as ledger:
        return list(ledger.alert_history(alert).entries)


async def fill(pilot: Pilot[int], app: LedgerApp, **texts: str) -> None:
    """Put texts into the fields of an act, as if pasted there."""
    assert isinstance(app.screen, ActPage)
    for key, text in texts.items():
        app.screen.inputs[key].value = text
    await press(pilot)
