"""Screens of a ledger with alerts as text, at both sizes in both languages, compared with what was found good.

SLEDGER_GOLDENS=write python -m pytest tests/tui/inbox/test_goldens.py     writes them anew: look at each difference
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from ledger.domain.refusals import Refused
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
    compare(f"{name}.{size[0]}x{size[1]}.{lang}.txt", text)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_overview_with_all_that_stands_beside_it_is_as_it_was_found_good(lang: str, told: Path) -> None:
    text = ""

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        nonlocal text
        await overview(pilot, app)
        text = shown(app)

    run(flow, told, size=(160, 45), lang=lang)
    compare(f"overview.160x45.{lang}.txt", text)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("role", ["auditor", "alert_admin"])
def test_the_first_screen_of_a_role_is_as_it_was_found_good(
    role: str, size: tuple[int, int], lang: str, told: Path
) -> None:
    with open_ledger(str(told), officer="管理员", clock=lambda: datetime(2022, 7, 1, 10, tzinfo=UTC)) as ledger:
        for officer, given in (("管理员", "admin"), ("陆琴", role)):
            assert not isinstance(ledger.grant_role(officer, given), Refused)
    text = ""

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        nonlocal text
        text = shown(app)

    run(flow, told, size=size, lang=lang, officer="陆琴")
    compare(f"{role}.{size[0]}x{size[1]}.{lang}.txt", text)


def compare(name: str, text: str) -> None:
    path = FOLDER / name
    if WRITING:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    check(path)
