#!/usr/bin/env python3
"""Pictures of the screens for the manual, each from a run on the invented county.

    python scripts/pictures.py LEDGER [FOLDER]

LEDGER is what `sledger demo --no-tui` made, scanned by `sledger scan --on 2023-12-11`; nothing is recorded in it.
Needs rsvg-convert (Debian: librsvg2-bin), pngquant, and a font with Chinese characters of even width
(fonts-noto-cjk, fonts-wqy-zenhei).
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from textual.pilot import Pilot

from ledger import locale
from tui.app import LedgerApp
from tui.port import Port

FONTS = "Noto Sans Mono CJK SC, WenQuanYi Zen Hei Mono, monospace"
TOWN = ("f4", *"20220630", "enter", "f3", *"yxz", "enter")
"""The day of the town's report, and its page."""
PICTURES: dict[str, tuple[tuple[int, int], tuple[str, ...]]] = {
    "overview": ((100, 30), ("f4", *"20220630", "enter")),
    "unit": ((100, 30), (*TOWN, "3")),
    "person": ((100, 30), ("f4", *"20220630", "enter", "f3", *"DZ2", "enter")),
    "form": ((100, 30), ("f2", "3", *"DZ8", "enter", *"LYJ", "enter", "enter", "enter", *"2023-31", "enter")),
    "inbox": ((100, 30), ("f6",)),
    "reports": ((100, 30), (*TOWN, "f8")),
    "replay": ((100, 30), ("f4", *"20220630", "tab", *"20220601", "enter", "f3", *"yxz", "enter", "f7")),
}


async def settle(pilot: Pilot[int]) -> None:
    """Until no worker runs and nothing waits to be painted."""
    for _round in range(500):
        await pilot.pause(0.02)
        if all(worker.is_finished for worker in pilot.app.workers):
            break
    await pilot.pause(0.2)


async def take(ledger: str, size: tuple[int, int], keys: Sequence[str]) -> str:
    """Press keys on a fresh start; the screen as SVG."""
    app = LedgerApp(Port(ledger, "张敏"))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        app._look()  # noqa: SLF001  the first look at how the ledger stands, without waiting for the clock
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        return app.export_screenshot(title="sledger", simplify=True)


def drawable(picture: str) -> str:
    """With fonts of this machine instead of those that the picture would fetch, and with every space kept."""
    picture = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)
    picture = re.sub(r"font-family: [^;]*;", f"font-family: {FONTS};", picture)
    picture = picture.replace("font-size: 20px", "font-size: 24.4px")  # so that half a character is a cell wide
    picture = picture.replace("font-variant-east-asian: full-width;", "")
    return picture.replace("<text ", '<text xml:space="preserve" ')


def main(ledger: str, folder: str = "docs/pictures") -> None:
    """See the module."""
    locale.use("zh")
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp()  # nobody's drafts and folders are in the picture
    os.environ["HOME"] = "/home/zhang"
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, (size, keys) in PICTURES.items():
        picture = drawable(asyncio.run(take(ledger, size, keys)))
        target = Path(folder) / f"{name}.png"
        command = ["rsvg-convert", "--zoom", "0.8", "--output", str(target)]
        subprocess.run(command, input=picture.encode(), check=True)  # noqa: S603  our own picture
        squeeze = ["pngquant", "--force", "--skip-if-larger", "--ext", ".png", "64", str(target)]
        subprocess.run(squeeze, check=False)  # noqa: S603  a picture that does not get smaller stays
        print(target)  # noqa: T201  says what it wrote


if __name__ == "__main__":
    main(*sys.argv[1:])
