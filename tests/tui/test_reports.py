"""F8: what is looked at is what is written, in the bytes of the command line; nothing that is there is replaced."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from tests.cli.conftest import Sledger
from tests.tui.screens import look, press, run, settled, shown
from tui.app import LedgerApp
from tui.reports.catalogue import REPORTS
from tui.reports.screen import Reports


def stat_of(path: str) -> os.stat_result:
    return Path(path).stat()


def said(app: LedgerApp) -> str:
    screen = app.screen
    assert isinstance(screen, Reports)
    return f"{screen.notice.sentence} {screen.notice.remedy}"


async def opened(pilot: Pilot[int], app: LedgerApp, report: str, unit: str = "T1") -> Reports:
    app.show_subject("unit", unit)
    await press(pilot, "f8")
    screen = app.screen
    assert isinstance(screen, Reports)
    screen.table.point(report)
    await settled(pilot)
    return screen


def of_the_command_line(path: Path, report: str, file: Path) -> bytes:
    """The same question asked with `sledger`."""
    words: dict[str, tuple[str, ...]] = {
        "roster": ("roster", "--unit", "T1", "--on", "2022-07-01", "--file", str(file)),
        "headcount": ("headcount", "--unit", "T1", "--depth", "100", "--on", "2022-07-01", "--file", str(file)),
        "lent": ("secondments", "--unit", "T1", "--on", "2022-07-01", "--file", str(file)),
        "findings": ("findings", "--unit", "T1", "--on", "2022-07-01", "--file", str(file)),
        "entries": ("export", str(file)),
    }
    asked = words.get(report, ("report", report, str(file), "--unit", "T1", "--on", "2022-07-01"))
    assert Sledger(path)(*asked).exit_code == 0
    return file.read_bytes()


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_is_written_in_the_bytes_of_the_command_line(report: str, town: Path, tmp_path: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = await opened(pilot, app, report)
        for form in REPORTS[report].forms:
            screen.file.value = str(tmp_path / f"mine{form}")
            await press(pilot, "ctrl+s")
            assert "已导出到" in said(app), form

    run(flow, town)
    for form in REPORTS[report].forms:
        theirs = of_the_command_line(town, report, tmp_path / f"theirs{form}")
        assert (tmp_path / f"mine{form}").read_bytes() == theirs, form


def test_the_same_question_written_twice_is_the_same_file(town: Path, tmp_path: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = await opened(pilot, app, "secondments")
        offered = screen.file.value
        assert offered.endswith("借调台账_云溪镇(虚构名)_2022-07-01_210.xlsx")
        await press(pilot, "ctrl+s")
        before = stat_of(offered)
        await press(pilot, "f12", "ctrl+s")
        screen = await opened(pilot, app, "secondments")
        assert screen.file.value == offered
        await press(pilot, "ctrl+s")
        assert "已存在，内容完全相同" in said(app)
        assert stat_of(offered).st_mtime_ns == before.st_mtime_ns
        assert before.st_mode & 0o077 == 0

    run(flow, town)


def test_a_name_that_was_typed_stays_and_another_report_goes_to_the_same_folder(town: Path, tmp_path: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = await opened(pilot, app, "secondments")
        screen.file.value = str(tmp_path / "mine.xlsx")
        with open_ledger(str(town), officer="李建") as ledger:
            ledger.record({"type": "unit_renamed", "effective_on": "2022-06-01", "unit": "CZJ", "name": "财政局"})
        await look(pilot, app)
        assert screen.file.value == str(tmp_path / "mine.xlsx")
        await press(pilot, "2")
        assert screen.file.value == str(tmp_path / "mine.csv")
        await press(pilot, "down")
        assert screen.file.value.startswith(str(tmp_path / "超期借调清理表_"))

    run(flow, town)


def test_another_file_that_is_there_is_never_replaced(town: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "mine.csv"
    theirs.write_text("mine", encoding="utf-8")

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = await opened(pilot, app, "roster")
        screen.file.value = str(theirs)
        await press(pilot, "ctrl+s")
        assert "mine.csv" in said(app)
        assert "没有改动" in said(app)
        screen.file.value = str(tmp_path / "mine.txt")
        await press(pilot, "ctrl+s")
        assert "文件名须以 .xlsx、.csv、.json 之一结尾" in said(app)

    run(flow, town)
    assert theirs.read_text(encoding="utf-8") == "mine"


def test_the_rows_are_those_of_the_report_and_a_copy_holds_them_all(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = await opened(pilot, app, "secondments")
        assert screen.made is not None
        assert f"[借出 {screen.made.tables[0].count}]" in shown(app)
        await press(pilot, "ctrl+c")
        lines = app.clipboard.splitlines()
        assert len(lines) == 1 + len(screen.made.tables[0].rows)
        assert {len(line.split("\t")) for line in lines} == {len(screen.made.tables[0].titles)}
        assert "卫冬藏" in app.clipboard
        await press(pilot, "5")
        assert "[借入 0]" in shown(app)

    run(flow, town)


def test_scope_period_and_form_are_chosen_by_digits(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = await opened(pilot, app, "secondments")
        await press(pilot, "2")
        assert screen.file.value.endswith(".csv")
        await press(pilot, "1", *"DZB", "enter")
        assert screen.unit == "T1-DZ"
        assert "党政办公室 (T1-DZ)" in shown(app)
        assert "党政办公室" in screen.file.value
        assert screen.file.value.endswith(".csv")
        await press(pilot, "3", *"20200101", "enter")
        assert screen.made is not None
        assert "2020-01-01" in screen.made.stamp
        await press(pilot, "3", *"2020-13-01", "enter")
        assert "2020-01-01" in screen.made.stamp  # what cannot be a date asks nothing

    run(flow, town)


def test_the_past_can_be_written_too_and_says_as_known_when(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "ctrl+left")
        screen = await opened(pilot, app, "vacancies")
        assert screen.file.value.endswith("_209.xlsx")
        assert screen.made is not None
        assert "209" in screen.made.stamp
        await press(pilot, "ctrl+s")
        assert "已导出到" in said(app)

    run(flow, town)


def test_hostile_names_stand_literally_in_the_rows_the_copy_and_the_file_name(town: Path) -> None:
    with open_ledger(str(town), officer="tester") as ledger:
        hired = {"type": "hired", "effective_on": "2020-01-01", "person": "M1", "unit": "T1-DZ"}
        ledger.record({**hired, "name": "=HYPERLINK(1)", "establishment": "off_establishment"})
        ledger.record({**hired, "person": "M2", "name": "[@click=app.leave]张[/]", "establishment": "administrative"})
        renamed = {"type": "unit_renamed", "effective_on": "2022-06-01", "unit": "T1-DZ", "name": "../[/]办公室"}
        ledger.record(renamed)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = await opened(pilot, app, "roster", "T1-DZ")
        assert "[@click=app.leave]张[/]" in shown(app)
        assert "/../" not in screen.file.value
        assert Path(screen.file.value).name.startswith("花名册_-[-]办公室_")
        await press(pilot, "ctrl+c")
        assert "\t'=HYPERLINK(1)\t" in app.clipboard

    run(flow, town, size=(120, 40))


def test_without_a_unit_it_begins_with_the_one_that_has_others_below_it(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.action_settings()
        await press(pilot, "f8")
        assert isinstance(app.screen, Reports)
        assert app.screen.unit == "XIAN"

    run(flow, town)
