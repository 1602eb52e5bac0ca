"""Every read screen as text, at both sizes in both languages, compared with what was seen and found good.

SLEDGER_GOLDENS=write python -m pytest tests/tui/test_goldens.py     writes them anew: look at each difference
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Awaitable, Callable
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from ledger.locale import _
from tests.interchange.offices import table
from tests.tui.screens import LARGE, SMALL, press, run, shown
from tui import where
from tui.app import LedgerApp
from tui.importing.screen import ImportPage
from tui.reports.screen import Reports
from tui.where import Where

FOLDER = Path(__file__).with_name("goldens")
WRITING = os.environ.get("SLEDGER_GOLDENS") == "write"
Steps = Callable[[Pilot[int], LedgerApp], Awaitable[None]]
PEOPLE = [
    ["姓名", "单位", "编制类型", "出生日期", "何时来"],
    ["合成甲", "T1-RD", "行政编制", "1980-01", "去年"],
    ["合成乙", "T1-RD", "行政编制", "2023年13月", ""],
    ["合成丙", "T1-XX", "事业编制", "1991-07", ""],
]
"""A roster with one good row, a date that is none, a unit that is not there, and a heading of an office's own."""


class Morning(datetime):
    """Nine o'clock on the day the town's story ends: today, as the screens take it."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(2022, 7, 1, 9, tzinfo=tz)


@pytest.fixture(autouse=True)
def _that_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(where, "datetime", Morning)


async def overview(pilot: Pilot[int], app: LedgerApp) -> None:
    app.screen.table.point("T1")  # type: ignore[attr-defined]  # the first screen has a table
    await press(pilot, "right")


async def unit(pilot: Pilot[int], app: LedgerApp) -> None:
    app.show_subject("unit", "T1")
    await press(pilot)


async def quota(pilot: Pilot[int], app: LedgerApp) -> None:
    await unit(pilot, app)
    await press(pilot, "2")


async def lent(pilot: Pilot[int], app: LedgerApp) -> None:
    await unit(pilot, app)
    await press(pilot, "3")


async def entries(pilot: Pilot[int], app: LedgerApp) -> None:
    await unit(pilot, app)
    await press(pilot, "4")


async def curve(pilot: Pilot[int], app: LedgerApp) -> None:
    await unit(pilot, app)
    await press(pilot, "5")


async def person(pilot: Pilot[int], app: LedgerApp) -> None:
    app.show_subject("person", "DZ2")
    await press(pilot)


async def entry(pilot: Pilot[int], app: LedgerApp) -> None:
    await person(pilot, app)
    await press(pilot, "end", "enter")


async def replay(pilot: Pilot[int], app: LedgerApp) -> None:
    app.go_to(Where(date(2022, 6, 30), 150))
    await unit(pilot, app)
    await press(pilot, "f7")


async def reports(pilot: Pilot[int], app: LedgerApp) -> None:
    await unit(pilot, app)
    await press(pilot, "f8")
    assert isinstance(app.screen, Reports)
    app.screen.file.value = "documents/" + Path(app.screen.file.value).name  # it lies in a folder of the run
    app.screen.stamp.say(re.sub("[0-9a-f]{16}", "0123456789abcdef", app.screen.stamp.words))  # each town has its chain
    await press(pilot)


async def broken(pilot: Pilot[int], app: LedgerApp) -> None:
    await replay(pilot, app)
    words = _("The chain check failed at #{position}: nothing may be recorded.").format(position=7)
    app._verified(words, words, lambda: None)
    await press(pilot)


async def find(pilot: Pilot[int], app: LedgerApp) -> None:
    await press(pilot, "f3")
    await press(pilot, "n", "z")


async def go_to(pilot: Pilot[int], app: LedgerApp) -> None:
    await press(pilot, "f4")
    await press(pilot, *"20220630")


async def places(pilot: Pilot[int], app: LedgerApp) -> None:
    await press(pilot, "f4", *"20211231", "enter")
    await press(pilot, "f4", *"20220630", "tab", *"#150", "enter")
    await press(pilot, "f4")


async def importing(pilot: Pilot[int], app: LedgerApp) -> None:
    folder = Path("tables")
    (folder / "2021").mkdir(parents=True)
    for name, hour in (("机构和核定编制.csv", 9), ("花名册.csv", 10), ("~$花名册.csv", 11), ("读我.txt", 12)):
        (folder / name).write_text("姓名,单位\n", encoding="utf-8")
        changed = datetime(2022, 6, 30, hour, 5).timestamp()  # noqa: DTZ001  shown in the time of whoever looks
        os.utime(folder / name, (changed, changed))
    app.action_import_table()
    await press(pilot)
    await chosen(pilot, app, "tables")


async def chosen(pilot: Pilot[int], app: LedgerApp, file: str) -> None:
    assert isinstance(app.screen, ImportPage)
    app.screen.inputs["file"].value = file  # in the folder of the run, which is the test's own
    await press(pilot, "1", "enter")


async def import_undated(pilot: Pilot[int], app: LedgerApp) -> None:
    await importing(pilot, app)
    await chosen(pilot, app, str(table(Path("people.xlsx"), PEOPLE)))


async def import_checked(pilot: Pilot[int], app: LedgerApp) -> None:
    await import_undated(pilot, app)
    await press(pilot, *"20220630", "enter")
    await chosen(pilot, app, "people.xlsx")
    await press(pilot, "down")


async def import_heading(pilot: Pilot[int], app: LedgerApp) -> None:
    await import_checked(pilot, app)
    await press(pilot, "enter")


async def import_uncounted(pilot: Pilot[int], app: LedgerApp) -> None:
    await import_checked(pilot, app)
    await press(pilot, "ctrl+s")


async def imported(pilot: Pilot[int], app: LedgerApp) -> None:
    await import_uncounted(pilot, app)
    before = app.standing
    await press(pilot, "1", "ctrl+s")
    while app.standing is before:  # the line at the top follows within a second
        await pilot.pause(0.05)
    await press(pilot)  # and the screen is told


async def welcome(pilot: Pilot[int], app: LedgerApp) -> None:
    """Nothing is pressed: there is no ledger at the address."""


async def welcome_other(pilot: Pilot[int], app: LedgerApp) -> None:
    Path("notes.db").write_text("not a ledger", encoding="utf-8")  # noqa: ASYNC240  nobody waits
    await press(pilot, "3", *"notes.db", "enter")


async def welcome_empty(pilot: Pilot[int], app: LedgerApp) -> None:
    await press(pilot, "2")


async def palette(pilot: Pilot[int], app: LedgerApp) -> None:
    await press(pilot, "f9")
    await press(pilot, "r", "q")


async def helping(pilot: Pilot[int], app: LedgerApp) -> None:
    await press(pilot, "f1")


async def settings(pilot: Pilot[int], app: LedgerApp) -> None:
    app.action_settings()
    await press(pilot)


SCREENS: dict[str, Steps] = {
    one.__name__: one
    for one in (
        overview,
        unit,
        quota,
        lent,
        entries,
        curve,
        person,
        entry,
        replay,
        broken,
        reports,
        find,
        go_to,
        places,
        importing,
        import_undated,
        import_checked,
        import_heading,
        import_uncounted,
        imported,
        welcome,
        welcome_other,
        welcome_empty,
        palette,
        helping,
        settings,
    )
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", SCREENS)
def test_the_screen_is_as_it_was_found_good(name: str, size: tuple[int, int], lang: str, town: Path) -> None:
    text = ""

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        nonlocal text
        await SCREENS[name](pilot, app)
        text = shown(app)

    run(flow, "ledger.db" if name.startswith("welcome") else town, size=size, lang=lang)
    path = FOLDER / f"{name}.{size[0]}x{size[1]}.{lang}.txt"
    if WRITING:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCREENS)
def test_no_line_is_wider_than_the_screen_or_of_uncertain_width(name: str) -> None:
    for path in FOLDER.glob(f"{name}.*.txt"):
        check(path)


def check(path: Path) -> None:
    width = int(path.stem.split(".")[1].split("x")[0])
    text = path.read_text(encoding="utf-8")
    assert max(map(cell_len, text.splitlines())) <= width
    uncertain = {character for character in text if unicodedata.east_asian_width(character) == "A"}
    assert uncertain == set()


@pytest.mark.parametrize("folder", [FOLDER, FOLDER.parent / "inbox" / "goldens"], ids=["screens", "alerts"])
def test_every_foot_ends_with_the_key_that_lists_all_commands(folder: Path) -> None:
    feet = {path.name: path.read_text(encoding="utf-8").splitlines()[-1] for path in folder.iterdir()}
    assert [name for name, foot in feet.items() if not re.search(r" F9 ?(命令|Commands)$", foot)] == []


def test_every_golden_belongs_to_a_screen() -> None:
    wanted = {f"{name}.{size}.{lang}.txt" for name in SCREENS for size in ("80x24", "120x40") for lang in ("zh", "en")}
    assert {path.name for path in FOLDER.iterdir()} == wanted
