"""Bookmarks: a place in time, with the unit or person looked at there, kept by a name and gone to again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.screens import press, run, shown
from tui.app import LedgerApp
from tui.bookmarks import FILE, Bookmark, Bookmarks
from tui.crash import folder
from tui.screens.unit import UnitPage
from tui.where import Where

THEN = Where(date(2022, 6, 30), 150)


def listed(app: LedgerApp) -> list[str]:
    """The lines of the list of places."""
    lines = shown(app).splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith(" 日期"))
    return [line for line in lines[first + 1 :] if line[1:2].isdigit()]


async def kept(pilot: Pilot[int], app: LedgerApp, name: str) -> None:
    """Keep the page of the town at THEN."""
    app.go_to(THEN)
    app.show_subject("unit", "T1")
    await press(pilot, "f4")
    app.screen.query_one("#name").value = name  # type: ignore[attr-defined]  # a field
    await press(pilot, "ctrl+s")


@pytest.mark.parametrize("keys", [("5", "enter"), ("tab", "tab", "home", "enter"), ("tab", "tab", "5")])
def test_a_place_is_kept_by_its_name_listed_first_and_gone_to_again(town: Path, keys: tuple[str, ...]) -> None:
    async def keep(pilot: Pilot[int], app: LedgerApp) -> None:
        await kept(pilot, app, "换届")
        assert "换届" in listed(app)[0]

    async def go(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f4")
        assert listed(app)[0][1:].split() == ["5", "换届", "2022-06-30", "#150", "云溪镇(虚构名)"]
        await press(pilot, *keys)
        assert app.where == THEN
        assert isinstance(app.screen, UnitPage)
        assert app.screen.unit == "T1"

    run(keep, town)
    run(go, town)  # the program was left and started again
    assert (folder() / FILE).stat().st_mode & 0o077 == 0


def test_without_a_name_it_is_called_after_what_is_shown_and_the_day(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.show_subject("person", "DZ2")
        await press(pilot, "f4", *"20220101", "ctrl+s")
        assert "已存为书签" in shown(app)
        (found,) = Bookmarks(app.port.address, "tester").listed()
        assert found == Bookmark("卫冬藏 2022-01-01", Where(date(2022, 1, 1)), ("person", "DZ2"), "卫冬藏")
        await press(pilot, "escape", "escape")
        assert type(app.screen).__name__ == "Overview"
        await press(pilot, "f4", "5", "enter")
        assert type(app.screen).__name__ == "PersonPage"
        await press(pilot, "f4", "5", "enter", "escape")
        assert type(app.screen).__name__ == "Overview"  # a page that is in front already is not opened twice

    run(flow, town)


def test_the_same_name_is_kept_once_and_delete_removes_it_but_no_other_place(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await kept(pilot, app, "换届")
        await press(pilot, "escape")
        await kept(pilot, app, "换届")
        await press(pilot, "escape", "f4")
        assert shown(app).count("换届") == 1
        table = app.screen.query_one("#places")
        app.screen.set_focus(table)
        table.action_first()  # type: ignore[attr-defined]
        await press(pilot, "delete")
        assert "换届" not in shown(app)
        table.point(1)  # type: ignore[attr-defined]
        await press(pilot, "delete")
        assert "只能删除书签" in shown(app)
        assert "1 今日" in shown(app)

    run(flow, town)
    assert Bookmarks(str(town), "tester").listed() == []


def test_bookmarks_are_of_one_ledger_and_officer_and_a_spoilt_file_holds_none(tmp_path: Path) -> None:
    mine = Bookmarks("a.db", "甲")
    mine.keep(Bookmark("一", THEN))
    mine.keep(Bookmark("二", Where(), ("unit", "T1"), "云溪镇"))
    Bookmarks("a.db", "乙").keep(Bookmark("三", THEN))
    mine.drop("三")
    assert [one.name for one in mine.listed()] == ["二", "一"]
    assert [one.name for one in Bookmarks("a.db", "乙").listed()] == ["三"]
    assert Bookmarks("b.db", "甲").listed() == []
    for spoilt in ('[{"name": 1}]', "{", '[{"ledger":"a.db","officer":"甲","name":"x","on":"x","known_at":1}]'):
        (folder() / FILE).write_text(spoilt, encoding="utf-8")
        assert mine.listed() == []


def test_a_folder_that_cannot_be_written_is_told_and_nothing_breaks(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_anything: object) -> None:
        raise OSError(28, "No space left on device")

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        monkeypatch.setattr("tui.bookmarks.write_own", full)
        await kept(pilot, app, "换届")
        assert "磁盘已满" in shown(app)
        assert "已存为书签" not in shown(app)

    run(flow, town)


@pytest.mark.parametrize("name", ["张三[/]", "[@click=app.leave]李四", "a\u202eb"])
def test_a_name_is_shown_literally(town: Path, name: str) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await kept(pilot, app, name)
        assert name.replace("\u202e", "\\u202e") in shown(app)

    run(flow, town)
