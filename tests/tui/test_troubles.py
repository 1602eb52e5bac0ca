"""What goes wrong: a busy or lost ledger, a fault of the program, signals. Data stays, nothing personal is written."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from ledger.domain.faults import LedgerBusy, LedgerUnreadable
from tests.tui.forms.filling import Form, fill_in, recorded
from tests.tui.screens import LARGE, SMALL, look, press, run, settled, shown
from tui.app import LedgerApp
from tui.chain import Found, Links
from tui.crash import folder, write_fault
from tui.forms.screen import FormScreen
from tui.messages import WhereChanged
from tui.port import Port
from tui.screens.base import LedgerScreen
from tui.terminal import column_in


def said(app: LedgerApp) -> str:
    """The words above the keys, in one line."""
    return " ".join(line.strip() for line in shown(app).splitlines()[-5:-1])


def test_a_fault_is_logged_without_what_it_held(tmp_path: Path) -> None:
    number_on_card = "11010119900101123X"
    try:
        raise ValueError(f"person {number_on_card}")
    except ValueError as error:
        number, path = write_fault(error)
    text = Path(path).read_text(encoding="utf-8")
    assert number in text
    assert "ValueError" in text
    assert number_on_card not in text
    assert (folder() / "screens.log").stat().st_mode & 0o077 == 0


def test_a_question_that_fails_leaves_the_screen_as_it_was(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        def broken(*_anything: object) -> Any:
            raise RuntimeError("王列张")

        monkeypatch.setattr(Port, "perspective", broken)
        app.tell_screens(WhereChanged(app.where))
        await settled(pilot)
        assert "云溪镇" in shown(app)
        assert "程序出错 E-" in said(app)
        assert "王列张" not in (folder() / "screens.log").read_text(encoding="utf-8")

    run(flow, town)


@pytest.fixture
def _no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program looks at the ledger when it is told to, and never by the clock: tries are counted."""
    monkeypatch.setattr("tui.app.POLL", 3600)


@pytest.mark.usefixtures("_no_clock")
def test_a_busy_ledger_is_told_in_words_and_asked_again(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_port: Port) -> int:
        raise LedgerBusy(ledger="county.db", seconds=5)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Port, "newest", busy)
            await look(pilot, app)
            assert "已试 1 次" in said(app)
            assert "云溪镇" in shown(app)
        await look(pilot, app)
        assert "已试" not in shown(app)

    run(flow, town)


@pytest.mark.usefixtures("_no_clock")
def test_a_lost_ledger_leaves_what_is_shown_with_its_time_and_counts_the_tries(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_port: Port) -> int:
        raise LedgerUnreadable(ledger="county", detail="server closed the connection")

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        seen_at = app._seen_at
        assert seen_at is not None
        with monkeypatch.context() as patched:
            patched.setattr(Port, "newest", gone)
            for count in (1, 2):
                await look(pilot, app)
                assert f"已试 {count} 次；屏上是 {seen_at:%H:%M:%S} 的数据" in said(app)
            assert "云溪镇" in shown(app)

    run(flow, town)


def test_a_ledger_of_a_newer_program_is_told_with_both_versions_and_what_to_do(town: Path) -> None:
    with sqlite3.connect(town) as raw:
        raw.execute("PRAGMA user_version = 99")

    async def flow(_pilot: Pilot[int], app: LedgerApp) -> None:
        assert "99" in said(app)
        assert "最新" in said(app)

    run(flow, town)


def test_others_who_record_for_long_are_told_of_and_the_form_stays(town: Path) -> None:
    async def flow(form: Form) -> None:
        form.app.port.ledger.store.patience, form.app.port.ledger.store.step = 0.5, 0.1
        await form.fill(person="DZ8", host="CZJ", effective_on="20220701", until="6m")
        with sqlite3.connect(town, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            await form.press("ctrl+s")
            for _look in range(100):  # the worker's last word may still be on its way
                if "按 Ctrl+S 或 F5 重试" in form.notice:
                    break
                await form.rest()
            assert "按 Ctrl+S 或 F5 重试" in form.notice
            assert form.screen.state.people == ["DZ8"]
            other.execute("ROLLBACK")
        await form.press("ctrl+s")

    fill_in(flow, town, "second")
    assert len(recorded(town)) == 1


def test_whoever_waits_for_others_is_told_so(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.port._waits(4)
        screen = app.screen
        assert isinstance(screen, LedgerScreen)
        screen._say_waiting()
        await settled(pilot)
        assert "他人正在登记" in said(app)

    run(flow, town)


def test_a_small_window_says_so_and_everything_goes_on(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        for size in ((20, 5), (200, 60), (20, 5), (80, 24)):
            await pilot.resize_terminal(*size)
            await press(pilot, "down")
        assert "窗口太小" not in shown(app)
        await pilot.resize_terminal(70, 20)
        await settled(pilot)
        assert "窗口太小" in shown(app)

    run(flow, town)


def test_a_broken_chain_is_on_every_screen(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app._verified("", "链校验失败 #7", lambda: None)
        await settled(pilot)
        assert "x 链校验失败 #7" in shown(app).splitlines()[1]
        await press(pilot, "f3")
        assert "x 链校验失败 #7" in shown(app).splitlines()[1]

    run(flow, town)


@pytest.mark.parametrize(("heard", "column"), [(b"\x1b[1;2R", 2), (b"x\x1b[24;3R", 3), (b"", None), (b"\x1b[1;", None)])
def test_the_terminals_answer_tells_the_width_of_a_box_line(heard: bytes, column: int | None) -> None:
    assert column_in(heard) == column


def test_the_terminal_cursor_stands_on_the_caret(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f3")
        field = app.screen.focused
        assert field is not None
        assert app.cursor_position == (field.region.x, field.region.y)
        await press(pilot, "欧", "阳")
        assert app.cursor_position == (field.region.x + 4, field.region.y)
        await pilot.resize_terminal(120, 40)
        await settled(pilot)
        assert app.cursor_position == (field.region.x + 4, field.region.y)
        await press(pilot, "escape", "f4")
        await press(pilot, "tab")
        field = app.screen.focused
        assert field is not None
        assert app.cursor_position == (field.region.x, field.region.y)

    run(flow, town)


def changed_past_the_program(ledger: Path, position: int) -> None:
    """What somebody does who opens the file with another program."""
    with sqlite3.connect(ledger) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("UPDATE event SET recorded_at = recorded_at + 1 WHERE position = ?", (position,))


@pytest.mark.parametrize("step", [1, 50, 2000])
def test_a_broken_chain_is_told_on_every_screen_without_being_asked_for(
    town: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr("tui.chain.STEP", step)
    monkeypatch.setattr("tui.chain.FIRST", 2)
    monkeypatch.setattr("tui.chain.PAUSE", 0)
    changed_past_the_program(town, 121)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        assert "链校验失败 #121，登记已停用" in shown(app).splitlines()[1]
        app.show_subject("unit", "T1")
        await press(pilot, "f2")
        assert "链校验失败 #121" in shown(app)
        app.open_form("second")
        await settled(pilot)
        assert not isinstance(app.screen, FormScreen)
        await press(pilot, "escape", "f8")
        assert "链校验失败 #121" in shown(app)

    run(flow, town)


def test_what_others_break_later_is_told_with_the_next_entry(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        assert (app.chain, app.broken) == ("链完整，共 210 笔", "")
        with open_ledger(str(town), officer="李建") as other:
            other.record({"type": "person_described", "effective_on": "2022-06-01", "person": "DZ2", "name": "甲"})
        await look(pilot, app)
        assert app.chain == "链完整，共 211 笔"
        with open_ledger(str(town), officer="李建") as other:
            other.record({"type": "person_described", "effective_on": "2022-06-02", "person": "DZ2", "name": "乙"})
        changed_past_the_program(town, 212)
        await look(pilot, app)
        assert "链校验失败 #212" in shown(app)

    run(flow, town)


def test_the_check_behind_stops_when_the_program_ends(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.chain.STEP", 1)
    monkeypatch.setattr("tui.chain.PAUSE", 0)
    looked_at: list[int] = []

    def stopped() -> bool:
        looked_at.append(1)
        return len(looked_at) == 5

    links, port = Links(), Port(str(town), "tester")
    assert links.follow(port, stopped) is None
    assert len(looked_at) == 5
    assert links.follow(port, lambda: False) == Found("链完整，共 210 笔")
    port.close()


def test_a_word_in_the_corner_leaves_room_for_the_sentence_above_the_keys(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        screen = app.screen
        assert isinstance(screen, LedgerScreen)
        screen.notice.say("第 1 笔至第 12 笔。", "整批冲正：sledger batch reverse。")
        app.notify("已登记", timeout=30)
        await settled(pilot)
        assert "整批冲正：sledger batch reverse。" in shown(app)
        assert "已登记" in shown(app)

    run(flow, town, toasts=True)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_clock_that_was_set_back_is_told_beside_the_dates(
    town: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr("tui.port.minutes_behind", lambda _store: 12)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await settled(pilot)
        assert "时钟落后 12 分钟" in shown(app).splitlines()[0]

    run(flow, town, size=size)
