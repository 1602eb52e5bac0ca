"""The one list of all screens, with more rows than any office has people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.pilot import Pilot

from tests.tui.screens import press, run, settled, shown
from tui.app import LedgerApp
from tui.widgets.table import BLOCK, KEPT_BLOCKS, LedgerTable, Row

MILLION = 1_000_000


def test_of_a_million_rows_only_the_blocks_in_sight_are_asked_for(town: Path) -> None:
    asked: list[int] = []

    def fetch(ids: Sequence[int]) -> list[Row]:
        asked.extend(ids)
        return [Row(one, {"name": f"第{one}人"}) for one in ids]

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        table = app.screen.query_one("#units", LedgerTable)
        table.show(range(MILLION), fetch, local=False)
        await settled(pilot)
        assert "第0人" in shown(app)
        await press(pilot, "end")
        assert table.pointed == MILLION - 1
        assert "第999999人" in shown(app)
        await press(pilot, "pageup", "up", "space")
        assert isinstance(table.pointed, int)
        assert table.chosen() == [table.pointed - 1]
        table.point(500_000)
        await settled(pilot)
        assert "第500000人" in shown(app)
        await press(pilot, "down", "down")
        assert table.pointed == 500_002
        assert len(asked) <= 6 * BLOCK

        for page in range(KEPT_BLOCKS + 10):  # far more than is kept: the first blocks are asked for again
            table.point(page * BLOCK)
            await settled(pilot)
        assert len(table._blocks) <= KEPT_BLOCKS
        await press(pilot, "home")
        assert "第0人" in shown(app)

    run(flow, town)
