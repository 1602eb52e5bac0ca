"""Every key of every screen leads to an action that exists."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from tests.tui.screens import run
from tui.app import LedgerApp


def test_every_active_key_leads_to_an_action(town: Path) -> None:
    missing: list[str] = []

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        for key, active in app.screen.active_bindings.items():
            owner, _dot, name = active.binding.action.partition("(")[0].rpartition(".")
            node = app if owner == "app" else active.node
            if not hasattr(node, f"action_{name}"):
                missing.append(f"{key}: {active.binding.action}")

    run(flow, town)
    assert missing == []
