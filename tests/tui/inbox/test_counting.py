"""The count of alerts in the first line of every screen is that of `sledger alerts list`, also after others act."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from tests.cli.conftest import Sledger
from tests.tui.inbox.looking import alerts_of
from tests.tui.screens import look, press, run, settled, shown
from tui.app import LedgerApp


def listed(path: Path) -> int:
    """How many alerts the command line lists."""
    return len(Sledger(path).json("alerts", "list")["rows"])


def first_line(app: LedgerApp) -> str:
    return shown(app).splitlines()[0]


def test_every_screen_counts_the_alerts_as_the_command_line_does(told: Path) -> None:
    count = listed(told)
    assert count > 0

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        for keys in ((), ("f6",), ("f12", "f7"), ("f3",), ("f12", "f2"), ("3",), ("escape", "f12", "f8")):
            await press(pilot, *keys)
            assert f"预警 !{count} " in first_line(app), keys

    run(flow, told)


def test_where_another_day_is_looked_at_the_alerts_are_said_to_be_those_of_now(told: Path) -> None:
    count = listed(told)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        for keys in (("left_square_bracket",), ("equals_sign", "ctrl+left")):
            await press(pilot, *keys)
            assert f"当前预警 !{count} " in first_line(app), keys
            app.screen.table.point("T1")  # type: ignore[attr-defined]  # the first screen has a table
            await press(pilot)
            assert "当前预警 !" in shown(app).splitlines()[-2]

    run(flow, told)


def test_what_others_do_about_alerts_changes_the_count(told: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        before = listed(told)
        with open_ledger(str(told), officer="李建") as ledger:
            overdue = next(line.alert for line in alerts_of(told) if line.alert.rule == "overdue_secondment")
            ledger.record({"type": "secondment_ended", "person": overdue.person, "effective_on": "2022-07-01"})
            ledger.scan(ledger.perspective().as_of)
        await look(pilot, app)
        after = listed(told)
        assert after != before
        assert f"预警 !{after} " in first_line(app)

    run(flow, told)


def test_where_nothing_is_told_the_count_is_nought(town: Path) -> None:
    async def flow(_pilot: Pilot[int], app: LedgerApp) -> None:
        assert "预警 0 " in first_line(app)

    run(flow, town)


def test_a_unit_is_marked_where_the_command_line_lists_alerts_about_it_or_below(told: Path) -> None:
    marked: dict[str, int] = {}

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        table = app.screen.table  # type: ignore[attr-defined]  # the overview has a table
        for _depth in range(3):
            for unit in table.ids:
                table.point(unit)
                await pilot.press("right")
        for unit in table.ids:
            table.point(unit)
            await pilot.pause()
            detail = shown(app).splitlines()[-2]
            line = next(line for line in shown(app).splitlines() if line.startswith(">"))
            count = re.search(r"预警 !(\d+)", detail)
            assert line.endswith("!") == (count is not None)
            marked[unit] = 0 if count is None else int(count[1])

    run(flow, told)
    listed_below = {unit: len(Sledger(told).json("alerts", "list", "--unit", unit)["rows"]) for unit in marked}
    assert marked == listed_below
    assert {0, listed(told)} <= set(marked.values())


def test_the_mark_of_a_unit_goes_with_its_last_alert_also_while_the_past_is_looked_at(told: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.screen.table.point("XIAN")  # type: ignore[attr-defined]  # the overview has a table
        await press(pilot, "ctrl+left")
        assert f"预警 !{listed(told)}  " in shown(app).splitlines()[-2]
        with open_ledger(str(told), officer="李建") as ledger:
            overdue = next(line.alert for line in alerts_of(told) if line.alert.rule == "overdue_secondment")
            ledger.record({"type": "secondment_ended", "person": overdue.person, "effective_on": "2022-07-01"})
            ledger.scan(ledger.perspective().as_of)
        await look(pilot, app)
        assert f"预警 !{listed(told)}  " in shown(app).splitlines()[-2]

    run(flow, told)


def test_a_person_s_page_counts_the_alerts_about_the_person(told: Path) -> None:
    people = Counter(line.alert.person for line in alerts_of(told) if line.alert.live and line.alert.person)
    assert people
    assert "DZ8" not in people

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        for person in (*people, "DZ8"):
            app.show_subject("person", person)
            await settled(pilot)
            head = shown(app).splitlines()[1]
            assert (f"本人预警 !{people[person]}  " in head) == (person in people)

    run(flow, told)


def test_a_click_on_the_count_opens_the_inbox_and_one_on_the_dates_asks_for_others(told: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await pilot.click("StatusLine", offset=(20, 0))
        await settled(pilot)
        assert type(app.screen).__name__ == "GoTo"
        await press(pilot, "escape")
        await pilot.click("StatusLine", offset=(first_cell(app, "预警"), 0))
        await settled(pilot)
        assert type(app.screen).__name__ == "Inbox"

    run(flow, told)


def first_cell(app: LedgerApp, word: str) -> int:
    from rich.cells import cell_len

    return cell_len(first_line(app).partition(word)[0]) + 1


def test_the_dates_stay_whole_where_everything_stands_in_the_first_line(told: Path) -> None:
    with open_ledger(str(told), officer="管理员") as ledger:
        for officer, role in (("管理员", "admin"), ("欧阳娜娜的预警员", "alert_admin")):
            ledger.grant_role(officer, role)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f12", "ctrl+left")
        line = first_line(app)
        assert f" As of {app.where.as_of} | Known: #280" in line
        assert "[history: read only]" in line

    run(flow, told, lang="en", officer="欧阳娜娜的预警员")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_dates_stand_whole_in_the_first_line(told: Path, size: tuple[int, int]) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.show_subject("unit", "T1")
        await press(pilot, "ctrl+left")
        line = first_line(app)
        assert "生效日 2022-07-01 | 所知 #278" in line
        assert "[历史-只读]" in line
        assert "tester" in line

    run(flow, told, size=size)
