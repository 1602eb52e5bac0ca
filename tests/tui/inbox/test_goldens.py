"""Screens of a ledger with alerts as text, at both sizes in both languages, compared with what was found good.

SLEDGER_GOLDENS=write python -m pytest tests/tui/inbox/test_goldens.py     writes them anew: look at each difference
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.inbox.looking import fill
from tests.tui.screens import LARGE, SMALL, press, run, shown
from tests.tui.test_goldens import check
from tui.app import LedgerApp

FOLDER = Path(__file__).with_name("goldens")
WRITING = os.environ.get("SLEDGER_GOLDENS") == "write"


async def inbox(pilot: Pilot[int], app: LedgerApp) -> None:
    await press(pilot, "f6", "space", "down")


async def overview(pilot: Pilot[int], app: LedgerApp) -> None:
    app.screen.table.point("T1")  # type: ignore[attr-defined]  # the first screen has a table
    await press(pilot, "right", "down")


async def person(pilot: Pilot[int], app: LedgerApp) -> None:
    app.show_subject("person", "DZ2")
    await press(pilot)


async def history(pilot: Pilot[int], app: LedgerApp) -> None:
    await press(pilot, "f6", "enter")


async def waive(pilot: Pilot[int], app: LedgerApp) -> None:
    await press(pilot, "f6", "space", "space", "4")
    await fill(pilot, app, document_no="编发〔2022〕7号", until="2022-12-31")
    await press(pilot, "ctrl+s")


async def resolve(pilot: Pilot[int], app: LedgerApp) -> None:
    await press(pilot, "f6", "down", "6")


async def deliveries(pilot: Pilot[int], app: LedgerApp) -> None:
    await press(pilot, "f6", "7")


SCREENS: dict[str, Callable[[Pilot[int], LedgerApp], Awaitable[None]]] = {
    one.__name__: one for one in (overview, person, inbox, history, waive, resolve, deliveries)
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", SCREENS)
def test_the_screen_is_as_it_was_found_good(name: str, size: tuple[int, int], lang: str, told: Path) -> None:
    text = ""

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        nonlocal text
        await SCREENS[name](pilot, app)
        text = shown(app)

    run(flow, told, size=size, lang=lang)
    path = FOLDER / f"{name}.{size[0]}x{size[1]}.{lang}.txt"
    if WRITING:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    check(path)
