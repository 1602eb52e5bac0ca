"""The overview: the town's numbers as the report has them, folding, and what happens to names that look like markup."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from tests.tui.screens import press, run, settled, shown
from tui.app import LedgerApp


def line_of(app: LedgerApp, name: str) -> list[str]:
    return next(line for line in shown(app).splitlines() if name in line).split()


def test_the_town_shows_the_numbers_of_the_report(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        line = line_of(app, "云溪镇")
        assert line[-8:] == ["55", "46", "14", "2", "30", "3", "空", "9"]

    run(flow, town)


def test_right_unfolds_and_left_folds_a_unit(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        assert "党政办公室" not in shown(app)
        while "云溪镇" not in app.screen.status.subject:  # type: ignore[attr-defined]
            await press(pilot, "down")
        await press(pilot, "right")
        assert "党政办公室" in shown(app)
        await press(pilot, "left")
        assert "党政办公室" not in shown(app)

    run(flow, town)


def test_the_month_before_has_other_numbers_and_another_date(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        assert "生效日 2022-07-01" in shown(app)
        await press(pilot, "left_black_lenticular_bracket")
        assert "生效日 2022-06-01" in shown(app)

    run(flow, town)


def test_what_was_known_a_day_before_is_tagged_as_history(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        assert "历史-只读" not in shown(app)
        await press(pilot, "ctrl+left")
        assert "历史-只读" in shown(app)
        await press(pilot, "ctrl+right")
        assert "历史-只读" not in shown(app)

    run(flow, town)


def test_a_name_that_looks_like_markup_or_steers_a_terminal_is_shown_literally(town: Path) -> None:
    with open_ledger(str(town), officer="tester") as ledger:
        entry = {"type": "unit_renamed", "effective_on": "2022-07-01", "unit": "XIAN", "name": "[@click=app.quit]县[/]"}
        ledger.record(entry)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        assert "[@click=app.quit]县[/]" in shown(app)

    run(flow, town, size=(120, 40))


def test_an_entry_recorded_by_somebody_else_shows_without_a_key(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        with open_ledger(str(town), officer="colleague") as ledger:
            entry = {"type": "unit_renamed", "effective_on": "2022-07-01", "unit": "XIAN", "name": "新名县"}
            ledger.record(entry)
        app._look()
        await settled(pilot)
        assert "新名县" in shown(app)

    run(flow, town)
