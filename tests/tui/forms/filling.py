"""For tests of the forms: open one, fill it in by keys, and read what the ledger holds afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, cast

from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from ledger.queries.log import LogLine
from tests.tui.screens import SMALL, run, settled, shown
from tui.app import LedgerApp
from tui.forms.screen import FormScreen

Flow = Callable[["Form"], Awaitable[None]]


class Form:
    """One app with its pilot; counts the keys pressed."""

    def __init__(self, pilot: Pilot[int], app: LedgerApp) -> None:
        self.pilot, self.app, self.keys = pilot, app, 0

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other, and wait until the screen is at rest."""
        for key in keys:
            self.keys += 1
            await self.pilot.press(key)
        await self.rest()

    async def type(self, text: str) -> None:
        """A key for each character."""
        await self.press(*text)

    async def rest(self) -> None:
        """Until nothing runs and the preview stands."""
        for _round in range(200):
            await settled(self.pilot)
            screen = self.app.screen
            if not isinstance(screen, FormScreen) or screen.at_rest:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("the form does not come to rest")

    async def fill(self, **values: str) -> None:
        """Put texts into fields as if pasted there, and take what is meant: `document_no` is short for its key."""
        for name, text in values.items():
            key = {"document_no": "authority.document_no"}.get(name, name.replace("__", "."))
            field = self.screen.confirm if key == "confirm" else self.screen.inputs[key]
            self.screen.set_focus(field)
            field.value = text
            await self.rest()
            await self.pilot.press("enter")
            await self.rest()

    @property
    def screen(self) -> FormScreen:
        """The form in front."""
        return cast(FormScreen, self.app.screen)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return shown(self.app)

    @property
    def preview(self) -> str:
        """What it would change, as told."""
        return str(self.screen.preview.text)

    @property
    def notice(self) -> str:
        """The sentence above the keys."""
        notice = self.screen.notice
        return f"{notice.sentence} {notice.remedy}" if notice.display else ""


def fill_in(flow: Flow, ledger: Path, form: str = "", values: dict[str, object] | None = None, **how: Any) -> LedgerApp:
    """Run a flow; with `form`, that form is open already."""

    async def drive(pilot: Pilot[int], app: LedgerApp) -> None:
        opened = Form(pilot, app)
        if form:
            app.open_form(form, values)
        await opened.rest()
        await flow(opened)

    return run(drive, ledger, **{"size": SMALL, **how})


def recorded(ledger: Path, after: int = 210) -> Sequence[LogLine]:
    """The entries after a position."""
    with open_ledger(str(ledger), officer="tester") as opened:
        return opened.log(from_position=after + 1).entries
