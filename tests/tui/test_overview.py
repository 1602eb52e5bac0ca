"""The overview: the town's numbers as the report has them, folding, and what happens to names that look like markup."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from ledger.queries.measures import HeadcountRow
from tests.tui.screens import LARGE, look, press, run, settled, shown
from tui.app import LedgerApp
from tui.forms.screen import FormScreen
from tui.screens.overview import COLUMNS, MEASURES, Overview, _wide_enough, _worded
from tui.screens.person import PersonPage
from tui.screens.unit import UnitPage
from tui.where import Where
from tui.widgets.table import LedgerTable
from tui.words import balance


def line_of(app: LedgerApp, name: str) -> list[str]:
    return next(line for line in shown(app).splitlines() if name in line).split()


def test_the_town_shows_the_numbers_of_the_report(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        line = line_of(app, "云溪镇")
        assert line[-9:] == ["55", "46", "14", "2", "30", "3", "0", "空", "9"]

    run(flow, town)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_vanishes_while_the_window_grows(town: Path, lang: str) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        seen: set[str] = set()
        for width in (80, 81, 90, 100, 110, *range(117, 123), 140, *range(157, 163), 200):
            await pilot.resize_terminal(width, 30)
            await settled(pilot)
            tables = [one for one in app.screen.query(LedgerTable) if one.display]
            found = {f"{table.id}.{column.key}" for table in tables for column, _cells in table.widths()}
            assert seen <= found, (width, seen - found)
            seen = found
            if width == 120:  # every measure, and the people beside them
                assert {f"units.{key}" for key in MEASURES} | {"people.name"} <= found
        assert "told.what" in seen

    run(flow, town, lang=lang)


def test_a_number_of_six_digits_is_whole() -> None:
    row = cast(HeadcountRow, SimpleNamespace(vacancies=123456, measure=lambda _name: 654321))
    widths = {one.key: one.width for one in _wide_enough(_worded(COLUMNS), [row])}
    assert all(widths[key] >= len("654321") for key in MEASURES)
    assert widths["balance"] >= cell_len(balance(123456)[0]) > len("123456")


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
        await look(pilot, app)
        assert "新名县" in shown(app)

    run(flow, town)


def beside(app: LedgerApp) -> list[str]:
    """The lines of the people beside the tree, without those that are empty."""
    people = app.screen.query_one("#people", LedgerTable)
    if not people.display:
        return []
    lines = ["".join(part.text for part in people.render_line(y)).strip() for y in range(people.size.height)]
    return [line for line in lines if line]


def test_a_wide_window_shows_the_people_of_the_unit_under_the_cursor(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = app.screen
        assert isinstance(screen, Overview)
        screen.table.point("CZJ")
        await settled(pilot)
        at_host = len(beside(app))
        screen.table.point("T1")
        await settled(pilot)
        assert len(screen.people.ids) == 46 + 3
        assert any("县委办公室" in line and "借出" in line for line in beside(app))
        assert at_host < 5
        await pilot.resize_terminal(100, 40)
        await settled(pilot)
        assert beside(app) == []
        await pilot.resize_terminal(130, 40)
        await settled(pilot)
        assert any("县委办公室" in line for line in beside(app))
        assert len(screen.people.ids) == 46 + 3

    run(flow, town, size=LARGE)


def test_tab_goes_to_the_people_beside_and_their_forms_and_pages_open_from_there(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = app.screen
        assert isinstance(screen, Overview)
        screen.table.point("T1")
        await settled(pilot)
        await press(pilot, "tab", "home", "space", "space")
        assert list(screen.people.codes()) == ["BM1", "BM2"]
        await press(pilot, "f2", "3")
        form = app.screen
        assert isinstance(form, FormScreen)
        assert form.state.people == ["BM1", "BM2"]
        await press(pilot, "escape", "enter")
        page = app.screen
        assert isinstance(page, PersonPage)
        await press(pilot, "escape", "shift+tab", "enter")
        assert isinstance(app.screen, UnitPage)

    run(flow, town, size=LARGE)


def test_the_past_shows_the_people_of_then(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = app.screen
        assert isinstance(screen, Overview)
        screen.table.point("T1")
        app.go_to(Where(date(2010, 1, 1)))
        await settled(pilot)
        assert 0 < len(screen.people.ids) < 40

    run(flow, town, size=LARGE)
