"""Keys typed before the screen is there: they wait for it in their order, and act on nothing else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tests.tui.forms.filling import Form
from tests.tui.screens import SMALL, Flow, press, run, settled, shown
from tests.tui.terminal import Terminal
from tui.app import LedgerApp
from tui.forms import lookup
from tui.forms.screen import FormScreen
from tui.port import Port
from tui.screens import overview
from tui.screens.base import LedgerScreen
from tui.screens.overview import Overview
from tui.screens.unit import UnitPage

DOWN, F2 = b"\x1b[B", b"\x1bOQ"


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """The overview's rows come once this is set."""
    open_ = threading.Event()
    headcount = overview._headcount

    def slowly(*asked: Any) -> Any:
        assert open_.wait(30)
        return headcount(*asked)

    monkeypatch.setattr(overview, "_headcount", slowly)
    return open_


def in_one_piece(app: LedgerApp, *keys: str) -> None:
    """As they come over a slow line."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


def from_the_start(flow: Flow, ledger: Path, typed: str = "") -> None:
    """A flow that does not wait for the first screen; something may have been typed already."""
    app = LedgerApp(Port(str(ledger), "tester"))
    app.typed_first = typed

    async def drive() -> None:
        async with app.run_test(size=SMALL) as pilot:
            await flow(pilot, app)

    asyncio.run(drive())


async def until(pilot: Pilot[int], told: Callable[[], bool]) -> None:
    for _round in range(3000):
        if told():
            return
        await pilot.pause(0.01)
    raise AssertionError(f"waited in vain:\n{shown(pilot.app)}")  # type: ignore[arg-type]


def test_keys_before_the_first_rows_open_the_row_they_name(town: Path, gate: threading.Event) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        in_one_piece(app, "down", "down", "enter", "3")
        await until(pilot, lambda: app.standing is not None)
        assert isinstance(app.screen, Overview)
        gate.set()
        await settled(pilot)
        assert isinstance(app.screen, UnitPage)
        assert app.screen.unit == "XIAN"  # the third row
        assert "[3 借出借入]" in shown(app)

    from_the_start(flow, town)


def test_a_form_opened_before_the_ledger_was_looked_at_offers_the_day_of_the_ledger(
    town: Path, gate: threading.Event
) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        in_one_piece(app, "f2", "3", *"DZ8")
        await pilot.pause(0.05)
        gate.set()
        await settled(pilot)
        await Form(pilot, app).rest()
        assert isinstance(app.screen, FormScreen)
        assert app.screen.inputs["person"].value == "DZ8"
        assert app.screen.offers["effective_on"].text == "2022-07-01"

    from_the_start(flow, town)


def test_escape_forgets_what_was_typed_for_rows_that_do_not_come(town: Path, gate: threading.Event) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await until(pilot, lambda: app.standing is not None)
        in_one_piece(app, "down", "down", "enter", "escape")
        await until(pilot, lambda: not app.has_typed_ahead)
        gate.set()
        await settled(pilot)
        assert isinstance(app.screen, Overview)
        assert app.screen.table.cursor == 0

    from_the_start(flow, town)


def test_find_opens_while_the_rows_are_awaited(town: Path, gate: threading.Event) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await until(pilot, lambda: app.standing is not None)
        in_one_piece(app, "down", "f3", *"yxz", "enter", "3")
        await until(pilot, lambda: isinstance(app.screen, UnitPage))
        gate.set()
        await settled(pilot)
        assert isinstance(app.screen, UnitPage)
        assert app.screen.unit == "T1"
        assert "[3 借出借入]" in shown(app)

    from_the_start(flow, town)


def test_keys_in_one_piece_reach_the_screens_they_open(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        for keys, shows in (
            (("f3", *"yxz", "enter", "3"), "[3 借出借入]"),
            (("f12", "f2", "3", *"DZ8", "enter", *"CZJ"), "CZJ"),
            (("escape", "f12", "f4", *"20211231", "enter", "f6"), "生效日 2021-12-31"),
        ):
            in_one_piece(app, *keys)
            await settled(pilot)
            assert shows in shown(app)

    run(flow, town)


def test_a_draft_of_before_does_not_take_the_keys_of_whoever_types_already(town: Path, gate: threading.Event) -> None:
    async def leave_a_draft(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f2", "3", *"DZ8")

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await until(pilot, lambda: app.standing is not None)
        gate.set()
        await settled(pilot)
        assert isinstance(app.screen, UnitPage)

    gate.set()
    run(leave_a_draft, town)
    gate.clear()
    from_the_start(flow, town, "\x1b[B\r")


def slowed(monkeypatch: pytest.MonkeyPatch, name: str) -> threading.Event:
    """What forms look up by this name comes once the event is set."""
    open_, look = threading.Event(), getattr(lookup, name)

    def slowly(*asked: Any) -> Any:
        assert open_.wait(30)
        return look(*asked)

    monkeypatch.setattr(lookup, name, slowly)
    return open_


def test_enter_on_a_term_that_is_not_offered_yet_takes_it_once_it_is(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = slowed(monkeypatch, "facts")

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        in_one_piece(app, "f2", "3", *"DZ8", "enter", *"CZJ", "enter", "enter", "enter", *"1")
        await until(pilot, lambda: isinstance(app.screen, FormScreen) and app.screen.current == "until")
        assert isinstance(app.screen, FormScreen)
        assert app.screen.state.texts.get("until", "") == ""
        facts.set()
        await Form(pilot, app).rest()
        texts = {key: app.screen.state.texts.get(key) for key in ("effective_on", "until", "authority.document_no")}
        assert texts == {"effective_on": "2022-07-01", "until": "6m", "authority.document_no": "1"}

    run(flow, town)


@pytest.mark.parametrize(("typed", "stands_in", "picked"), [("CZJ", "effective_on", ["CZJ"]), ("x", "host", [])])
def test_enter_before_the_hits_takes_the_only_one_or_stays(
    town: Path, typed: str, stands_in: str, picked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    units = slowed(monkeypatch, "units")

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        in_one_piece(app, "f2", "3", *"DZ8", "enter", *typed, "enter")
        await until(pilot, lambda: isinstance(app.screen, FormScreen) and app.screen.inputs["host"].value == typed)
        units.set()
        form = Form(pilot, app)
        await form.rest()
        assert form.screen.current == stands_in
        assert [one.code for one in form.screen.state.picked.get("host", [])] == picked
        assert picked or "几个" in form.notice

    run(flow, town)


@pytest.mark.parametrize(("keys", "shows"), [(DOWN + b"\r", "花名册"), (F2 + b"3lq", "借入单位")])
def test_keys_typed_while_the_program_starts_are_taken(town: Path, keys: bytes, shows: str) -> None:
    with Terminal(town) as terminal:
        terminal.type(keys)
        terminal.until(shows)


def test_a_screen_that_opens_asks_each_question_once(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    ask = LedgerScreen.ask

    def counted(self: LedgerScreen, question: Any, paint: Any, topic: str = "main") -> None:
        asked.append(f"{type(self).__name__}.{topic}")
        ask(self, question, paint, topic)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        monkeypatch.setattr(LedgerScreen, "ask", counted)
        app.show_subject("unit", "T1")
        await settled(pilot)
        await press(pilot, "f6")
        assert sorted(asked) == ["Inbox.main", "UnitPage.main", "UnitPage.row"]

    run(flow, town)
