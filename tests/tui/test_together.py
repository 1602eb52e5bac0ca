"""Several programs on one ledger, on both databases: each screen follows the others, and nobody overwrites anybody."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from ledger import locale
from ledger.bootstrap import create_ledger, open_ledger
from ledger.domain.refusals import Refused
from ledger.interchange.jsonl import import_lines
from ledger.queries.log import LogLine
from tests.tui.conftest import SCENARIOS, Clock
from tests.tui.forms.filling import Form
from tests.tui.screens import SMALL, look, press, run, settled, shown
from tests.tui.terminal import Terminal
from tui.app import POLL, LedgerApp
from tui.forms.screen import FormScreen
from tui.port import Port

ROUNDS = 300
Step = Callable[[Pilot[int], LedgerApp], Awaitable[None]]
F2, F3, END, UP = b"\x1bOQ", b"\x1bOR", b"\x1b[F", b"\x1b[A"


@pytest.fixture
def shared(ledger_url: str, tmp_path: Path) -> Iterator[str]:
    """The town at an address that several programs open, on each database in turn."""
    source = tmp_path / "town-2022.jsonl"
    source.write_bytes((SCENARIOS / source.name).read_bytes())
    with create_ledger(ledger_url, officer="tester", clock=Clock()) as ledger:
        assert not import_lines(ledger, source).refused
    yield ledger_url
    locale.use(locale.DEFAULT)


def hire(number: int) -> dict[str, Any]:
    """Somebody new in the town, off the establishment, from the day its story ends."""
    who = {"person": f"NEW{number}", "name": f"新来{'甲乙丙丁戊己'[number]}", "unit": "T1"}
    return {"type": "hired", "effective_on": "2022-06-01", "establishment": "off_establishment", **who}


def sledger(ledger: str, officer: str, *words: str) -> None:
    """One command of the command line, in a process of its own."""
    command = [sys.executable, "-m", "ledger", "--ledger", ledger, "--officer", officer, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def by_another_program(ledger: str, entry: Mapping[str, Any]) -> None:
    """An entry by a colleague at the command line."""
    keys = [word for key, value in entry.items() if key != "type" for word in (f"--{key}", str(value))]
    sledger(ledger, "李建", "record", str(entry["type"]), *keys)


def by_a_colleague(ledger: str, entry: Mapping[str, Any]) -> None:
    with open_ledger(ledger, officer="李建") as opened:
        assert not isinstance(opened.record(entry), Refused)


def entries_of(ledger: str, after: int = 210) -> list[LogLine]:
    with open_ledger(ledger) as opened:
        return list(opened.log(from_position=after + 1).entries)


async def until(pilot: Pilot[int], app: LedgerApp, words: str) -> None:
    """Until the screen says so by itself: nothing is pressed, and nobody tells the app to look."""
    for _round in range(ROUNDS):
        if words in shown(app):
            return
        await asyncio.sleep(0.05)
        await pilot.pause()
    raise AssertionError(f"never shown: {words}\n{shown(app)}")


def test_a_screen_looks_at_least_once_a_second() -> None:
    assert POLL <= 1  # and asks at once when it sees something new: that makes two seconds


def test_an_entry_of_another_program_comes_to_the_screen_by_itself(shared: str) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.show_subject("unit", "T1-RD")
        await settled(pilot)
        await asyncio.to_thread(by_another_program, shared, {**hire(0), "unit": "T1-RD"})
        await until(pilot, app, "新来甲")

    run(flow, shared)


def test_an_alert_that_another_program_raises_comes_to_the_inbox_by_itself(shared: str) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6")
        assert "欧阳秋收" not in shown(app)
        await asyncio.to_thread(sledger, shared, "巡检", "scan", "--on", "2022-07-01")
        await until(pilot, app, "欧阳秋收")
        with open_ledger(shared) as ledger:
            live = sum(ledger.live_alerts().values())
        await until(pilot, app, f"预警 !{live} ")  # the line at the top counts them too

    run(flow, shared)


def test_an_entry_of_another_program_about_the_person_on_the_form_keeps_the_form_and_is_told(shared: str) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        form = Form(pilot, app)
        app.open_form("second")
        await form.rest()
        await form.fill(person="DZ8", host="WJJ", effective_on="20220701", until="3m", document_no="〔2022〕31号")
        typed = dict(form.screen.state.texts)
        await asyncio.to_thread(by_another_program, shared, LOAN)
        await until(pilot, app, "已经借调在")  # the preview follows without a key
        await form.press("ctrl+s")
        assert "李建" in form.notice
        assert "借调开始" in form.notice
        assert form.screen.state.texts == typed
        await form.press("f5")
        await form.press("ctrl+s")
        assert "已经借调在" in form.notice
        assert form.screen.state.texts == typed

    run(flow, shared)
    assert [(line.recorded_by, line.content["host"]) for line in entries_of(shared)] == [("李建", "CZJ")]


def to_the_office(terminal: Terminal) -> None:
    """To the roster of the town's office."""
    terminal.until("云溪镇")
    for keys, shows in ((F3, "上级"), (b"T1-DZ", "党政办公室"), (b"\r", "秦致雨")):
        terminal.type(keys)
        terminal.until(shows)


def second_somebody(terminal: Terminal, from_the_end: int, host: bytes) -> None:
    """Somebody of the roster, on the day the town's story ends; the roster comes back by itself."""
    for keys, shows in (
        (END + from_the_end * UP + F2, "借后调入"),
        (b"3", "借入单位"),
        (host + b"\r20220701\r6m\r", " -> "),
        (b"\x13", "已登记"),
    ):
        terminal.type(keys)
        terminal.until(shows)


def test_two_programs_in_two_terminals_see_each_others_entries_by_themselves(shared: str) -> None:
    with Terminal(shared, "张敏") as first, Terminal(shared, "李建") as second:
        to_the_office(first)
        to_the_office(second)
        second_somebody(first, 0, b"XFJ")
        second.until("县信访局")
        second_somebody(second, 2, b"WJJ")
        first.until("县卫生健康局")
    found = [(line.recorded_by, line.content["person"]) for line in entries_of(shared)]
    assert found == [("张敏", "DZ8"), ("李建", "DZ6")]


async def overview(_pilot: Pilot[int], app: LedgerApp) -> None:
    assert app.screen.query("#units")


async def roster(_pilot: Pilot[int], app: LedgerApp) -> None:
    app.show_subject("unit", "T1-RD")


async def person(_pilot: Pilot[int], app: LedgerApp) -> None:
    app.show_subject("person", "DZ8")


async def reports(pilot: Pilot[int], app: LedgerApp) -> None:
    app.show_subject("unit", "T1")
    await press(pilot, "f8")


LOAN = {
    "type": "secondment_started",
    "effective_on": "2022-07-01",
    "person": "DZ8",
    "host": "CZJ",
    "until": "2022-12-31",
}


@pytest.mark.parametrize(
    ("screen", "entry", "words"),
    [
        (overview, {**hire(1), "unit": "SFG"}, "0    1    1      -"),
        (roster, {**hire(2), "unit": "T1-RD"}, "新来丙"),
        (person, LOAN, "现岗 县财政局"),
        (reports, LOAN, "[借出 17]"),
    ],
)
def test_every_screen_follows(screen: Step, entry: Mapping[str, Any], words: str, shared: str) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await screen(pilot, app)
        await settled(pilot)
        assert words not in shown(app)
        await asyncio.to_thread(by_a_colleague, shared, entry)
        await until(pilot, app, words)

    run(flow, shared)


def test_whoever_looks_at_the_past_is_not_disturbed_there(shared: str) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.show_subject("unit", "T1-RD")
        await press(pilot, "ctrl+left")
        before = shown(app)
        await asyncio.to_thread(by_a_colleague, shared, {**hire(3), "unit": "T1-RD"})
        for _look in range(2):
            await look(pilot, app)
        assert shown(app).splitlines()[1:] == before.splitlines()[1:]
        await press(pilot, "equals_sign")
        app.go_to(app.where.at(date(2022, 7, 1)))
        await until(pilot, app, "新来丁")

    run(flow, shared)


def test_two_officers_on_one_person_the_second_keeps_the_form_and_reads_who_recorded_what(shared: str) -> None:
    first_recorded, both_ready = asyncio.Event(), asyncio.Event()
    texts: dict[str, str] = {}

    async def officer(name: str, flow: Callable[[Form], Awaitable[None]]) -> None:
        app = LedgerApp(Port(shared, name))
        async with app.run_test(size=SMALL) as pilot:
            await settled(pilot)
            await look(pilot, app)
            form = Form(pilot, app)
            app.open_form("second")
            await form.rest()
            await flow(form)

    async def first(form: Form) -> None:
        await form.fill(person="DZ8", host="CZJ", effective_on="20220701", until="6m")
        await both_ready.wait()
        await form.press("ctrl+s")
        first_recorded.set()

    async def second(form: Form) -> None:
        await form.fill(person="DZ8", host="WJJ", effective_on="20220701", until="3m")
        both_ready.set()
        await first_recorded.wait()
        await form.press("ctrl+s")
        while "还没有算出来" in form.notice:  # what the other recorded is just being looked at
            await form.rest()
            await form.press("ctrl+s")
        texts["said"] = form.notice
        assert isinstance(form.app.screen, FormScreen)
        assert form.screen.state.people == ["DZ8"]
        await form.press("f5")
        await form.press("ctrl+s")
        texts["refused"] = form.notice

    async def both() -> None:
        await asyncio.gather(officer("张敏", first), officer("李建", second))

    locale.use("zh")
    asyncio.run(both())
    assert "张敏" in texts["said"]
    assert "借调开始" in texts["said"]
    assert "已经借调在" in texts["refused"]
    assert [(line.recorded_by, line.content["host"]) for line in entries_of(shared)] == [("张敏", "CZJ")]
