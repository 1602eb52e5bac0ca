"""Several people and programs on one ledger, roles, the past, and text that would steer a terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from ledger.bootstrap import open_ledger
from tests.tui.forms.filling import Form, fill_in, recorded
from tests.tui.screens import look
from tui.forms.catalogue import FORMS
from tui.forms.rows import FormInput, Labels

LOAN = {
    "type": "secondment_started",
    "effective_on": "2022-07-01",
    "person": "DZ8",
    "host": "DWB",
    "until": "2022-08-31",
}
FILLED = {"person": "DZ7", "host": "CZJ", "effective_on": "20220701", "until": "6m"}


def by_colleague(town: Path, **changes: str) -> None:
    with open_ledger(str(town), officer="李建") as ledger:
        ledger.record({**LOAN, **changes})


def test_a_conflicting_entry_keeps_the_form_and_says_who_recorded_what(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(**FILLED)
        by_colleague(town, person="DZ7")
        await form.press("ctrl+s")  # before the program has looked
        assert "李建" in form.notice
        assert "借调开始" in form.notice
        assert form.screen.state.people == ["DZ7"]
        await form.press("ctrl+s")
        assert len(recorded(town)) == 1
        await form.press("f5")
        assert "已经借调在" in form.preview

    fill_in(flow, town, "second")
    assert len(recorded(town)) == 1


def test_an_entry_about_others_is_no_conflict(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(**FILLED)
        by_colleague(town)
        await form.press("ctrl+s")

    fill_in(flow, town, "second")
    assert [line.recorded_by for line in recorded(town)] == ["李建", "tester"]


def test_while_the_form_is_open_an_entry_of_others_changes_the_preview(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(**FILLED)
        by_colleague(town, person="DZ7")
        await look(form.pilot, form.app)
        await form.rest()
        await form.rest()
        assert "李建" in form.preview
        assert "已经借调在" in form.preview

    fill_in(flow, town, "second")


def test_sent_twice_it_is_recorded_once(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(**FILLED)
        entries = form.screen.state.entries()
        with open_ledger(str(town), officer="tester") as ledger:
            ledger.record(entries[0])  # the answer was lost on the way
        await form.press("ctrl+s")
        assert "先前已经登记为第 211 笔" in form.text

    fill_in(flow, town, "second")
    assert len(recorded(town)) == 1


def test_two_quick_ctrl_s_record_once(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(**FILLED)
        await form.pilot.press("ctrl+s", "ctrl+s")
        await form.rest()

    fill_in(flow, town, "second")
    assert len(recorded(town)) == 1


def test_nothing_is_recorded_from_the_past_and_the_menu_says_why(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.press("ctrl+left", "f2")
        assert "历史（只读）" in form.text
        await form.press("3")
        assert "历史（只读）" in form.notice

    fill_in(flow, town)


def test_going_to_the_past_while_a_form_is_open_closes_it_for_recording(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(**FILLED)
        form.app.go_to(form.app.where.knowing(200, 210))
        await form.rest()
        await form.press("ctrl+s")
        assert "历史（只读）" in form.notice

    fill_in(flow, town, "second")
    assert recorded(town) == ()


def test_a_ledger_that_can_only_be_read_refuses_with_the_reason(town: Path) -> None:
    async def flow(form: Form) -> None:
        standing = form.app.standing
        assert standing is not None
        form.app.standing = replace(standing, read_only=True)
        await form.press("f2", "3")
        assert "只能读，不能登记" in form.notice
        form.app.open_form("second")
        await form.rest()
        assert "只能读，不能登记" in form.text

    fill_in(flow, town)
    assert recorded(town) == ()


def test_names_with_markup_and_steering_characters_are_shown_literally_everywhere(town: Path) -> None:
    with open_ledger(str(town), officer="tester") as ledger:
        entry = {"type": "hired", "effective_on": "2020-01-01", "person": "M1", "unit": "T1-DZ"}
        ledger.record({**entry, "name": "张三[/]", "establishment": "off_establishment"})
        renamed = {"type": "unit_renamed", "effective_on": "2022-07-01", "unit": "CZJ"}
        ledger.record({**renamed, "name": "[@click=app.leave]财[/]"})

    async def flow(form: Form) -> None:
        await form.fill(person="M1", host="CZJ", effective_on="20220701", until="6m")
        assert "张三[/]" in form.text
        assert "[@click=app.leave]财[/]" in form.preview
        field = form.screen.inputs["reason"]
        form.screen.set_focus(field)
        field.insert_text_at_cursor("a\x1b]52;c;x\x07b\u202e[/]")
        await form.rest()
        assert field.value == "a]52;c;xb[/]"
        await form.press("ctrl+s")
        assert "张三[/]" in form.text

    fill_in(flow, town, "second", size=(120, 40))
    assert recorded(town, 212)[0].content["reason"] == "a]52;c;xb[/]"


def test_the_terminals_cursor_is_where_one_types(town: Path) -> None:
    async def flow(form: Form) -> None:
        for keys in (("q",), ("z",), ("enter",), ("down",), ("tab",)):
            await form.press(*keys)
            field = form.app.focused
            assert isinstance(field, FormInput)
            assert form.app.cursor_position == field.cursor_screen_offset, keys
        await form.pilot.resize_terminal(110, 30)
        await form.rest()
        field = form.app.focused
        assert isinstance(field, FormInput)
        assert form.app.cursor_position == field.cursor_screen_offset

    fill_in(flow, town, "second")


@pytest.mark.parametrize("form", [spec.id for spec in FORMS])
def test_no_name_of_a_field_is_cut_in_the_smallest_window_in_english(town: Path, form: str) -> None:
    async def flow(opened: Form) -> None:
        column = opened.app.screen.query_one("#labels", Labels)
        assert max(cell_len(line.text) for line in column.lines) <= column.size.width
        assert opened.app.screen.query_one("#meanings").size.width >= 20

    fill_in(flow, town, form, lang="en")
