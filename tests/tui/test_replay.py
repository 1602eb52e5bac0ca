"""The auditor: A and B, and the entries that explain each difference; the chain."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from tests.tui.screens import press, run, shown
from tui.app import LedgerApp
from tui.screens.replay import Replay
from tui.where import Where


def recorded_late(town: Path) -> int:
    """Somebody left a month before it was recorded; the position of that entry."""
    with open_ledger(str(town), officer="late") as ledger:
        person = ledger.roster(ledger.perspective(date(2022, 6, 1)), "T1", "present").people[0].person
        entry = {"type": "departed", "person": person, "effective_on": "2022-06-01", "reason": "resigned"}
        result = ledger.record(entry)
        return result.position  # type: ignore[union-attr]  # it is no refusal


def test_a_late_entry_explains_what_was_seen_before_it(town: Path) -> None:
    late = recorded_late(town)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.go_to(Where(date(2022, 6, 30), late - 1))
        app.show(Replay("T1"))
        await press(pilot)
        text = shown(app)
        on_roll = next(line for line in text.splitlines() if line[1:].startswith("实有 "))
        assert on_roll.split()[1:] == ["46", "45", f"#{late}"]
        assert "无解释 0" in text
        assert "历史-只读" in text

    run(flow, town)


def test_stepping_one_entry_forward_makes_a_and_b_the_same(town: Path) -> None:
    late = recorded_late(town)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.go_to(Where(date(2022, 6, 30), late - 1))
        app.show(Replay("T1"))
        await press(pilot, "ctrl+right")
        assert "A 与 B 相同" in shown(app)
        assert f"#{late}/{late}" in shown(app)

    run(flow, town)


def test_the_chain_is_checked_on_demand(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.show(Replay("T1"))
        await press(pilot, "ctrl+k")
        assert "链校验通过" in shown(app)
        assert app.broken == ""

    run(flow, town)
