"""Every list of every screen ends above the foot: rows that lie below it could not be seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.screens import LARGE, SMALL, run
from tests.tui.test_bindings import SCREENS, open_screen
from tui.app import LedgerApp
from tui.widgets.table import LedgerTable


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", SCREENS)
def test_a_list_fits_between_the_lines(name: str, size: tuple[int, int], town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await open_screen(name, pilot, app)
        for table in (one for one in app.screen.query(LedgerTable) if one.display):
            assert table.region.bottom <= size[1] - 1
            assert table.region.height >= 4

    run(flow, town, size=size)
