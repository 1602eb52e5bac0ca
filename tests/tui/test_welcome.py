"""The first run: no ledger, or an empty one."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from tests.tui.screens import look, press, run, settled, shown
from tui.app import LedgerApp


def test_where_no_ledger_is_the_first_run_offers_to_make_one(tmp_path: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        assert "欢迎使用借调台账" in shown(app)
        await press(pilot, "2")
        await settled(pilot)
        assert "从这里开始" in shown(app)

    run(flow, tmp_path / "new.db")
    with open_ledger(str(tmp_path / "new.db")) as ledger:
        assert ledger.perspective().known_at == 0


def test_an_empty_ledger_says_where_to_begin_and_lets_one_go_on(empty: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        assert "从这里开始" in shown(app)
        await press(pilot, "2")
        assert "该日没有机构：F2 登记机构设立" in shown(app)

    run(flow, empty)


def test_another_ledger_is_opened_by_its_path(tmp_path: Path, town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "3")
        app.screen.focused.value = str(town)  # type: ignore[union-attr]  # the field has the focus
        await press(pilot, "enter")
        assert "青溪县" in shown(app)

    run(flow, tmp_path / "new.db")


def test_what_is_no_ledger_is_refused_in_words_and_the_first_run_stays(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_text("not a ledger", encoding="utf-8")

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "3")
        app.screen.focused.value = str(other)  # type: ignore[union-attr]  # the field has the focus
        await press(pilot, "enter")
        assert "不是本程序的台账" in "".join(shown(app).split())  # a long path pushes the words into the next line
        assert "欢迎使用" in shown(app)

    run(flow, tmp_path / "new.db")


def test_the_language_changes_on_the_spot(tmp_path: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "4")
        await look(pilot, app)
        assert "Welcome" in shown(app)

    run(flow, tmp_path / "new.db")
