"""Roles: where each begins, what is faint and why, and that the ledger itself refuses what a screen would not send."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from ledger.domain.refusals import Refused
from tests.tui.forms.filling import Form, fill_in, recorded
from tests.tui.screens import LARGE, SMALL, look, press, run, settled, shown
from tui.app import LedgerApp
from tui.commands import commands
from tui.forms.menu import FormMenu
from tui.inbox.inbox import Inbox
from tui.reports.screen import Reports
from tui.screens.overview import Overview
from tui.screens.replay import Replay

ROLES = {"管理员": "admin", "张敏": "officer", "审计员": "auditor", "预警员": "alert_admin"}


@pytest.fixture
def granted(town: Path) -> Path:
    """The town, with somebody in each role."""
    with open_ledger(str(town), officer="管理员") as ledger:
        for officer, role in ROLES.items():
            assert not isinstance(ledger.grant_role(officer, role), Refused)
    return town


def position(path: Path) -> int:
    with open_ledger(str(path)) as ledger:
        return ledger.perspective().known_at


def told(app: LedgerApp) -> str:
    """What was said in the corner."""
    return " ".join(one.message for one in app._notifications)


@pytest.mark.parametrize(
    ("officer", "first", "word"),
    [
        ("张敏", Overview, "张敏 经办"),
        ("审计员", Replay, "审计员 审计"),
        ("预警员", Inbox, "预警员 预警管理"),
        ("管理员", Overview, "管理员 管理"),
        ("过路人", Overview, "过路人 无角色"),
    ],
)
def test_each_role_begins_with_its_own_screen_and_stands_beside_the_name(
    granted: Path, officer: str, first: type[Any], word: str
) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        assert isinstance(app.screen, first)
        assert word in shown(app).splitlines()[0]
        if first is Inbox:
            assert "每日扫描未运行过" in shown(app)
            assert "sledger jobs run" in shown(app)
        if first is Replay:
            assert "链未校验" in shown(app) or "链完整" in shown(app), "the check behind may have come to its end"
            await press(pilot, "escape")
            assert isinstance(app.screen, Overview)

    run(flow, granted, officer=officer)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_an_officer_of_a_unit_sees_it_beside_the_role_where_nothing_else_is_cut(
    granted: Path, size: tuple[int, int]
) -> None:
    with open_ledger(str(granted), officer="管理员") as ledger:
        assert not isinstance(ledger.grant_role("陆琴", "officer", "T1"), Refused)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        for subject in ("CZJ", "T1-JF"):
            app.show_subject("unit", subject)
            await settled(pilot)
            line = shown(app).splitlines()[0]
            long = "经济发展和镇村建设管理"
            whole = "陆琴 经办 云溪镇(虚构名)"
            assert f" 生效日 {app.where.as_of} | 所知 最新" in line
            assert ("县财政局" if subject == "CZJ" else long) in line
            assert line.endswith("陆琴 经办" if size == SMALL and long in line else whole)

    run(flow, granted, officer="陆琴", size=size)


def test_without_grants_no_role_is_shown_and_the_overview_comes_first(town: Path) -> None:
    async def flow(_pilot: Pilot[int], app: LedgerApp) -> None:
        assert isinstance(app.screen, Overview)
        assert shown(app).splitlines()[0].endswith(" tester")

    run(flow, town)


def test_an_auditor_is_told_the_reason_wherever_something_would_be_written(granted: Path) -> None:
    before = position(granted)
    reason = "审计角色不可登记"

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "ctrl+s")
        assert reason in told(app)
        await press(pilot, "f2")
        assert isinstance(app.screen, FormMenu)
        assert reason in shown(app)
        await press(pilot, "3")
        assert isinstance(app.screen, FormMenu)
        for act in ("1", "2", "3", "4", "5"):
            app.clear_notifications()
            await press(pilot, "f12", "f6", act)
            assert isinstance(app.screen, Inbox), act
            assert reason in told(app), act
        app.clear_notifications()
        app.open_form("second")
        await settled(pilot)
        assert reason in told(app)
        faint = {one.id for one in commands(app) if one.dim}
        assert {"record", "undo", "again", "alerts.waive", "form.second"} <= faint
        assert not {"reports", "find", "report.secondments"} & faint

    run(flow, granted, officer="审计员")
    assert position(granted) == before


def test_the_keys_that_write_are_faint_for_an_auditor_and_not_for_an_officer(granted: Path) -> None:
    found: dict[str, set[str]] = {}

    async def flow(_pilot: Pilot[int], app: LedgerApp) -> None:
        foot: Any = app.screen.query_one("KeyLine")
        found[app.officer_shown] = {piece.action for piece in foot.pieces() if piece.dim}

    for officer in ("张敏", "审计员"):
        run(flow, granted, officer=officer)
    assert found == {"张敏": set(), "审计员": {"app.record_menu"}}


def test_an_alert_admin_acts_on_alerts_and_records_nothing(granted: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "3")
        assert not isinstance(app.screen, Inbox)  # the scan's few fields
        await press(pilot, "ctrl+s")
        await press(pilot, "f2", "3")
        assert "预警管理角色不可登记" in shown(app)

    run(flow, granted, officer="预警员")
    with open_ledger(str(granted)) as ledger:
        assert ledger.live_alerts()


def test_what_an_auditor_may_do_stays_reading_and_exporting(granted: Path, tmp_path: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f8")
        assert isinstance(app.screen, Reports)
        app.screen.file.value = str(tmp_path / "lent.csv")
        await press(pilot, "ctrl+s")
        assert "已导出到" in app.screen.notice.sentence

    run(flow, granted, officer="审计员")
    assert (tmp_path / "lent.csv").stat().st_size > 0


def test_the_ledger_itself_refuses_an_auditor_whom_the_screen_would_let_pass(
    granted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = position(granted)

    async def flow(form: Form) -> None:
        for module in ("opening", "screen"):
            monkeypatch.setattr(f"tui.forms.{module}.why_not", lambda *_any: "")
        form.app.open_form("second")
        await form.rest()
        await form.fill(person="DZ8", host="CZJ", effective_on="20220701", until="6m")
        assert "审计员" in form.preview
        await form.press("ctrl+s")
        assert form.screen.state.people == ["DZ8"]

    fill_in(flow, granted, officer="审计员")
    assert position(granted) == before


def test_a_role_that_is_taken_away_while_a_form_is_open_stops_the_recording(granted: Path) -> None:
    before = len(recorded(granted))

    async def flow(form: Form) -> None:
        await form.fill(person="DZ8", host="CZJ", effective_on="20220701", until="6m")
        with open_ledger(str(granted), officer="管理员") as ledger:
            ledger.grant_role("张敏", "auditor")
        await look(form.pilot, form.app)
        await form.rest()
        await form.press("ctrl+s")
        assert "审计角色不可登记" in form.notice

    fill_in(flow, granted, "second", officer="张敏")
    assert len(recorded(granted)) == before + 1  # the grant
