"""A spreadsheet on the screens: checked first, each wrong cell listed, recorded once its number of rows was typed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from ledger.domain.refusals import Refused
from ledger.interchange.workbook import read_workbook
from tests.cli.conftest import Sledger
from tests.interchange.offices import office_roster, office_units, table
from tests.tui.screens import press, run, settled, shown
from tui.app import LedgerApp
from tui.importing.screen import ImportPage

ROWS = [
    ["姓名", "单位", "编制类型", "出生日期"],
    ["合成甲", "T1-RD", "行政编制", "2023年13月"],
    ["合成乙", "T1-RD", "行政编制", "1980-01"],
]


def position(path: Path) -> int:
    with open_ledger(str(path)) as ledger:
        return ledger.perspective().known_at


async def opened(pilot: Pilot[int], app: LedgerApp) -> ImportPage:
    await pilot.press("f2")
    await settled(pilot)
    app.screen.table.point("import")  # type: ignore[attr-defined]
    await press(pilot, "enter")
    screen = app.screen
    assert isinstance(screen, ImportPage)
    return screen


async def checked(pilot: Pilot[int], app: LedgerApp, file: Path, closing: str = "20220630") -> ImportPage:
    screen = await opened(pilot, app)
    screen.inputs["closing"].value = closing
    screen.inputs["file"].value = str(file)
    await press(pilot, "1", "enter")
    return screen


def a_table(folder: Path, rows: Sequence[Sequence[str]] = ROWS) -> Path:
    return table(folder / "people.xlsx", rows)


def test_a_wrong_cell_is_listed_and_the_other_rows_are_recorded_after_their_number_was_typed(
    town: Path, tmp_path: Path
) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = await checked(pilot, app, a_table(tmp_path))
        assert screen.looked is not None
        assert (screen.looked.new, screen.looked.refused) == (1, 1)
        assert "D2" in shown(app)
        assert "不是日期" in shown(app)
        await press(pilot, "ctrl+s")
        assert position(town) == 210  # the number of rows was not typed
        await press(pilot, "2", "enter", "ctrl+s")
        assert position(town) == 210
        screen.inputs["count"].value = "１"  # full width, as Chinese input gives it
        await press(pilot, "ctrl+s")
        assert screen.looked.wrote

    run(flow, town)
    assert position(town) == 211
    (sheet,) = read_workbook(tmp_path / "people.xlsx.refused.xlsx")
    assert [cells[0] for cells in sheet.rows.values()] == ["姓名", "合成甲"]


def test_an_office_brings_its_units_and_its_roster_from_the_folder(empty: Path, tmp_path: Path) -> None:
    office = tmp_path / "office"
    office.mkdir()
    office_units(office / "units.xlsx")

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "escape")
        screen = await opened(pilot, app)
        screen.inputs["file"].value = str(office)
        await press(pilot, "1", "enter")
        screen.table.action_first()
        await press(pilot, "down", "enter")  # the first line is the way up
        assert screen.looked is not None
        assert screen.looked.refused == 0
        await press(pilot, "5", *str(screen.looked.new), "enter", "ctrl+s")
        assert screen.looked.wrote
        screen.inputs["file"].value = str(office_roster(office / "people.xlsx"))
        await press(pilot, "1", "enter")
        await press(pilot, "5", *str(screen.looked.new), "enter", "ctrl+s")
        assert (screen.looked.wrote, screen.looked.new) == (True, 6)
        await press(pilot, "f5")
        assert (screen.looked.wrote, screen.looked.new) == (False, 0)

    run(flow, empty)
    assert Sledger(empty).json("import", office / "people.xlsx", "--commit")["already_recorded"] == 6


def test_an_offices_own_heading_is_said_to_be_a_column(town: Path, tmp_path: Path) -> None:
    rows = [["姓名", "单位", "编制类型", "来到人世"], ["合成甲", "T1-RD", "行政编制", "1980-01"]]

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = await checked(pilot, app, a_table(tmp_path, rows))
        assert "来到人世" in shown(app)
        index = next(
            one for one in range(len(screen.looked or ())) if screen.looked and screen.looked.line(one).heading
        )
        screen.table.cursor = index
        await press(pilot, "enter")
        screen.table.point("born_on")
        await press(pilot, "enter")
        assert "原样保留" not in shown(app)
        await press(pilot, "5", "1", "enter", "ctrl+s")

    run(flow, town)
    with open_ledger(str(town)) as ledger:
        assert [line.content["born_on"] for line in ledger.log(from_position=211).entries] == ["1980-01-01"]


def test_a_file_that_was_changed_after_the_check_is_checked_again(town: Path, tmp_path: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = await checked(pilot, app, a_table(tmp_path, [ROWS[0], ROWS[2]]))
        a_table(tmp_path, [ROWS[0], [*ROWS[2][:3], "1981-01"]])
        await press(pilot, "5", "1", "enter", "ctrl+s")
        assert "重新校核" in shown(app)
        assert screen.looked is not None
        assert not screen.looked.wrote

    run(flow, town)
    assert position(town) == 210


TWO_DAYS = [["截止2022年6月30日"], ["统计时间：2022-07-31"], *ROWS]


@pytest.mark.parametrize(("rows", "titles"), [(ROWS, 0), (TWO_DAYS, 2)], ids=["no day", "two days"])
def test_a_roster_of_no_or_two_days_leads_to_the_field_of_the_day(
    town: Path, tmp_path: Path, rows: Sequence[Sequence[str]], titles: int
) -> None:
    file = table(tmp_path / "people.xlsx", rows, titles=titles)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = await checked(pilot, app, file, closing="")
        assert screen.focused is screen.inputs["closing"]
        assert "第 2 项" in screen.notice.remedy

    run(flow, town)


def test_an_auditor_is_told_why_and_the_ledger_refuses_too(town: Path, tmp_path: Path) -> None:
    with open_ledger(str(town), officer="管理员") as ledger:
        for officer, role in (("管理员", "admin"), ("审计员", "auditor")):
            assert not isinstance(ledger.grant_role(officer, role), Refused)
    before = position(town)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.action_import_table()
        await settled(pilot)
        assert not isinstance(app.screen, ImportPage)
        assert any("审计" in one.message for one in app._notifications)
        app.show(ImportPage())
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, ImportPage)
        screen.inputs["file"].value = str(a_table(tmp_path))
        await press(pilot, "1", "enter")
        assert "审计" in screen.notice.sentence
        assert screen.looked is None

    run(flow, town, officer="审计员")
    assert position(town) == before


@pytest.mark.parametrize("name", ["张三[/].xlsx", "[@click=app.leave]x[/].xlsx"])
def test_names_of_files_are_shown_literally(town: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    table(tmp_path / "plain.xlsx", ROWS).rename(folder / name.replace("/", "~"))

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = await opened(pilot, app)
        screen.inputs["file"].value = str(folder)
        await press(pilot, "1", "enter")
        assert name.replace("/", "~") in shown(app)

    run(flow, town)
