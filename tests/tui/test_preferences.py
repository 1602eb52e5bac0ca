"""Choices made on the screens change one line of the settings file and leave the user's own lines alone."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.screens import press, run, shown
from tui import keys
from tui.app import LedgerApp
from tui.preferences import Preferences, stored, with_setting
from tui.screens.palette import Palette

OWN = '# mine\nledger = "county.db"\n\n[headcount]\ndepth = 2\n\n[tui]\ntheme = "ledger-16"\n'


def test_a_value_is_replaced_where_it_stands() -> None:
    text = with_setting(OWN, "tui", "theme", "ledger-light")
    assert text == OWN.replace("ledger-16", "ledger-light")


def test_a_new_value_joins_its_table_or_the_top() -> None:
    text = with_setting(with_setting(OWN, "tui", "ascii", value=True), "", "lang", "en")
    told = tomllib.loads(text)
    assert told == {**tomllib.loads(OWN), "lang": "en", "tui": {"theme": "ledger-16", "ascii": True}}
    assert "# mine" in text


def test_a_table_that_is_not_there_is_added() -> None:
    text = with_setting(OWN, "tui.keys", "date.go", ["ctrl+g"])
    assert tomllib.loads(text)["tui"] == {"theme": "ledger-16", "keys": {"date.go": ["ctrl+g"]}}


def test_keys_of_the_file_are_used_also_in_full_width(town: Path, tmp_path: Path) -> None:
    (tmp_path / "sledger.toml").write_text('[tui.keys]\nfind = ["ctrl+g", "="]\n', encoding="utf-8")
    assert stored() == Preferences(keys={"find": ("ctrl+g", "=")})

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.prefer(stored())
        await press(pilot, "ctrl+g")
        assert "编制单位 / 上级" in shown(app)

    run(flow, town)


@pytest.mark.parametrize("wanted", ["a", "ctrl+b", "f10", "f4", "enter"])
def test_a_key_that_others_need_is_refused(wanted: str) -> None:
    find = next(key for key in keys.ALL if key.id == "find")
    assert keys.problem_with(find, wanted, {}) != ""


def test_a_key_is_chosen_on_the_settings_page(town: Path, tmp_path: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f9", *"sz")
        palette = app.screen
        assert isinstance(palette, Palette)
        palette.table.cursor = [row.cells["what"] for row, *_rest in palette._items].index("设置")
        await press(pilot, "enter")
        app.screen.table.point("find")  # type: ignore[attr-defined]  # the page's list
        await press(pilot, "enter")
        await press(pilot, "f4")
        assert "这个键已用于" in shown(app)
        await press(pilot, "ctrl+g")
        assert app.user_keys == {"find": ("ctrl+g",)}

    run(flow, town)
    assert stored().keys == {"find": ("ctrl+g",)}
