"""Walking through the read screens as an officer does."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.screens import press, run, settled, shown
from tui.app import LedgerApp
from tui.forms.screen import FormScreen
from tui.reports.screen import Reports
from tui.where import Where


def made_on(screen: object) -> str:
    assert isinstance(screen, Reports)
    assert screen.made is not None
    return screen.made.wanted.report.id


async def find(pilot: Pilot[int], text: str) -> None:
    await press(pilot, "f3")
    await press(pilot, *text)
    await press(pilot, "enter")


def test_a_unit_is_found_by_its_initials_and_opened_by_enter(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await find(pilot, "yxz")
        assert "花名册" in shown(app)
        assert "核定 55 实有 46" in shown(app)

    run(flow, town)


def test_digits_turn_the_pages_of_a_unit_also_in_full_width(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await find(pilot, "yxz")
        for key, word in {"2": "[2 编制沿革]", "3": "[3 借出借入]", "４": "[4 登记]", "5": "[5 曲线]"}.items():
            await press(pilot, key)
            assert word in shown(app)
        assert "# 实有 46" in shown(app)

    run(flow, town)


def test_a_person_is_opened_from_the_roster_and_escape_leads_back(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await find(pilot, "yxz")
        name = shown(app).splitlines()[3].split()[0].removeprefix(">")
        await press(pilot, "enter")
        assert name in shown(app).splitlines()[1]
        assert "状态" in shown(app)
        await press(pilot, "escape")
        assert "[1 花名册]" in shown(app)
        await press(pilot, "escape")
        assert "空/超" in shown(app)

    run(flow, town)


def test_go_to_date_takes_what_people_type_and_says_what_it_means(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f4")
        await press(pilot, *"20211231")
        assert "2021-12-31 周五" in shown(app)
        await press(pilot, "enter")
        assert "生效日 2021-12-31" in shown(app)

    run(flow, town)


def test_go_to_date_refuses_a_day_that_does_not_exist_and_stays(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f4")
        await press(pilot, *"20210230")
        await press(pilot, "enter")
        assert "没有这一天" in shown(app) or "没有这样的" in shown(app) or "日历" in shown(app)
        assert app.where.as_of.isoformat() == "2022-07-01"

    run(flow, town)


def places(app: LedgerApp) -> dict[str, str]:
    """Number -> date, of the places F4 lists."""
    lines = [line[1:].split() for line in shown(app).splitlines() if re.match(r"[ >][1-9] ", line)]
    return {words[0]: words[-2] for words in lines}


@pytest.mark.parametrize("digits", ["23", "２３"])
def test_a_digit_alone_in_the_field_is_the_number_of_a_place(town: Path, digits: str) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        for digit, number in zip(digits, "23", strict=True):
            await press(pilot, "f4", digit)
            assert f" {places(app)[number]} " in shown(app).splitlines()[1]
            there = places(app)[number]
            await press(pilot, "enter")
            assert f"生效日 {there} " in shown(app)

    run(flow, town)


def test_digits_typed_into_the_empty_field_stay_a_date(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        for typed in ("20211231", "1998-03-01", "３"):
            await press(pilot, "f4", *typed)
            assert app.screen.on.value == typed  # type: ignore[attr-defined]  # the field of F4
            await press(pilot, "escape")
        await press(pilot, "f4", "9", "enter")
        assert type(app.screen).__name__ == "GoTo"  # there is no ninth place yet

    run(flow, town)


def test_in_the_list_a_digit_goes_to_its_place_at_once_with_what_was_known_there(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "ctrl+left")
        was = app.where
        await press(pilot, "f4", "1", "enter")
        assert not app.where.is_history
        await press(pilot, "f4")
        assert places(app)["6"] == was.as_of.isoformat()  # the fifth is where we are
        await press(pilot, "tab", "tab", "6")
        assert app.where == was

    run(flow, town)


def test_page_up_and_down_step_through_months_in_the_box(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f4", *"20211231", "pageup", "pageup")
        assert "2021-10-30" in shown(app)
        await press(pilot, "pagedown", "enter")
        assert "生效日 2021-11-30" in shown(app)

    run(flow, town)


def test_the_help_lists_the_keys_of_the_screen_below(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "question_mark")
        assert "F4" in shown(app)
        assert "展开" in shown(app)

    run(flow, town, size=(120, 60))


def test_the_palette_knows_every_action_by_three_names(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        for typed in ("刷新", "sx", "refresh"):
            await press(pilot, "f9")
            await press(pilot, *typed)
            assert "刷新" in shown(app).splitlines()[3], typed
            await press(pilot, "escape")

    run(flow, town)


def test_the_palette_knows_forms_and_reports_by_their_initials(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.show_subject("person", "DZ8")
        await press(pilot, "f9", *"jd")
        listed = shown(app)
        assert "借调" in listed.splitlines()[3]
        assert "F2 3" in listed
        assert "借调台账" in listed
        await press(pilot, "enter")
        assert isinstance(app.screen, FormScreen)
        assert app.screen.state.people == ["DZ8"]
        await press(pilot, "escape", "f9", *"jdtz", "enter")
        assert made_on(app.screen) == "secondments"

    run(flow, town)


def test_a_date_typed_in_the_palette_goes_there(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f9")
        await press(pilot, *"20220630", "enter")
        assert "生效日 2022-06-30" in shown(app)

    run(flow, town)


def test_enter_typed_before_the_hits_are_there_opens_the_only_one_and_never_a_hit_of_another_text(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        find = app.port.ledger.find

        def slowly(*asked: Any) -> Any:
            assert gate.wait(5)
            return find(*asked)

        monkeypatch.setattr(app.port.ledger, "find", slowly)
        for text, opened in (("yxz", "UnitPage"), ("nz", "Find")):
            gate.clear()
            await pilot.press("f3", *text, "enter")
            assert type(app.screen).__name__ == "Find"
            gate.set()
            await settled(pilot)
            assert type(app.screen).__name__ == opened
            await press(pilot, "f12")

    run(flow, town)


def test_a_screen_opened_while_an_answer_is_awaited_stays_in_front(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        def slowly(_port: object, where: Where, _typed: str) -> Where:
            assert gate.wait(5)
            return where

        monkeypatch.setattr("tui.screens.go_to.known_at", slowly)
        await pilot.press("f4", *"20211231", "enter", "f6")
        gate.set()
        await settled(pilot)
        assert type(app.screen).__name__ == "Inbox"
        assert "生效日 2021-12-31" in shown(app)

    run(flow, town)
