"""For tests of the screens: run the app without a terminal, wait until it is at rest, and read what it shows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from ledger import locale
from tui.app import LedgerApp
from tui.port import Port

Flow = Callable[[Pilot[int], LedgerApp], Awaitable[None]]
SMALL, LARGE = (80, 24), (120, 40)
RESTS = 2
"""Looks in a row that find nobody at work."""
PATIENCE = 60
"""Seconds after which a screen that is not at rest never will be, on a busy machine too."""


async def settled(pilot: Pilot[int]) -> None:
    """Until no worker runs, nor one that the answer of another has started, and nothing waits to be painted."""
    until, rests = time.monotonic() + PATIENCE, 0
    while time.monotonic() < until:
        await pilot.pause()
        rests = rests + 1 if all(worker.is_finished for worker in pilot.app.workers) else 0
        if rests == RESTS:
            return
        if not rests:
            await asyncio.sleep(0.01)
    raise AssertionError(f"still at work: {list(pilot.app.workers)}")


async def look(pilot: Pilot[int], app: LedgerApp) -> None:
    """The app looks at the ledger now, without waiting for the clock; a look under way may have come too early."""
    await settled(pilot)
    app._look()
    await settled(pilot)


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Type keys, and wait until the screen is at rest."""
    await pilot.press(*keys)
    await settled(pilot)


def shown(app: LedgerApp) -> str:
    """The text of the screen, line by line, without the spaces at their ends."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips) + "\n"


def run(
    flow: Flow,
    ledger: Path | str,
    *,
    size: tuple[int, int] = SMALL,
    lang: str = "zh",
    officer: str = "tester",
    toasts: bool = False,
) -> LedgerApp:
    """Run a flow on a ledger. The flow gets the pilot and the app, at rest on the first screen.

    `toasts`: the short words in the corner are drawn too.
    """
    locale.use(lang)
    app = LedgerApp(Port(str(ledger), officer))

    async def drive() -> None:
        async with app.run_test(size=size, notifications=toasts) as pilot:
            await look(pilot, app)
            await flow(pilot, app)

    try:
        asyncio.run(drive())
    finally:
        locale.use(locale.DEFAULT)
    return app
