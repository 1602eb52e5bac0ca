"""Everything that a list does with keys it also does with the mouse."""

from __future__ import annotations

from pathlib import Path

from textual.events import MouseScrollDown
from textual.pilot import Pilot

from tests.tui.screens import LARGE, press, run, settled, shown
from tui.app import LedgerApp
from tui.screens.unit import UnitPage


def test_a_click_points_at_a_row_and_a_second_one_opens_it(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.show_subject("unit", "T1")
        await press(pilot)
        name = shown(app).splitlines()[5].split()[0]
        await pilot.click("#page", offset=(3, 3))
        assert shown(app).splitlines()[5].startswith(">" + name)
        await pilot.click("#page", offset=(3, 3), times=2)
        await settled(pilot)
        assert name in shown(app).splitlines()[1]

    run(flow, town)


def test_a_click_on_a_title_sorts_and_one_on_a_tab_turns_the_page(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.show_subject("unit", "T1")
        await press(pilot)
        page = app.screen
        assert isinstance(page, UnitPage)
        first = page.table.row(0)
        await pilot.click("#page", offset=(68, 0))
        await settled(pilot)
        assert page.table.row(0) != first
        await pilot.click("TabLine", offset=(14, 0))
        await settled(pilot)
        assert page.tabs.active == "quota"

    run(flow, town)


def test_the_wheel_scrolls_and_the_words_at_the_foot_act(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.show_subject("unit", "T1")
        await press(pilot)
        page = app.screen
        assert isinstance(page, UnitPage)
        table = page.table
        event = MouseScrollDown(table, 5, 5, 0, 1, 0, shift=False, meta=False, ctrl=False)
        table.post_message(event)
        await settled(pilot)
        assert table.scroll_offset.y > 0
        line = shown(app).splitlines()[-1]
        await pilot.click("KeyLine", offset=(len(line[: line.index("F3")].encode("gbk")) + 1, 0))
        await settled(pilot)
        assert "编制单位 / 上级" in shown(app)

    run(flow, town, size=(LARGE[0], 24))
