"""An alert administrator clears an inbox: looks, marks, acknowledges, snoozes, waives, writes letters, scans."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from tests.tui.inbox.looking import acts_of, alerts_of, fill
from tests.tui.screens import LARGE, look, press, run, shown
from tui.app import LedgerApp
from tui.commands import commands
from tui.forms.screen import FormScreen
from tui.inbox.acting import ActPage
from tui.inbox.inbox import Inbox
from tui.where import Where


def test_the_gravest_and_oldest_alerts_come_first_with_their_evidence(told: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6")
        text = shown(app)
        lines = text.splitlines()
        assert "生效日 2022-07-01" in lines[0]
        assert "[全部未了 68]" in lines[1]
        assert "严重 12；高 34；中 13；低 9" in lines[2]
        assert lines[5].split() == [">严重", "长期借调", "欧阳秋收", "党政办公室", "县委办公室", "2019-04-09", "未处理"]
        assert "期限至 2020-04-08；连续借调起 2018-04-09；累计天数 1545" in text
        await press(pilot, "end")
        assert "#243" not in shown(app)

    run(flow, told)


def test_an_alert_is_acknowledged_with_a_note_and_enter_alone_does_nothing(told: Path) -> None:
    first = alerts_of(told)[0].alert.id

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6", "1")
        await fill(pilot, app, note="已电话催")
        await press(pilot, "enter", "enter")
        assert len(acts_of(told, first)) == 1
        await press(pilot, "ctrl+s")
        assert "已签收 1" in shown(app).splitlines()[1]

    run(flow, told, officer="keeper")
    act = acts_of(told, first)[-1]
    assert (act.type, act.recorded_by, act.content["note"]) == ("alert_acknowledged", "keeper", "已电话催")


def test_the_full_width_digit_of_a_chinese_keyboard_opens_the_act_too(told: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6", "\uff12")
        assert "暂缓 (1)" in shown(app)

    run(flow, told)


def test_several_are_snoozed_only_when_their_number_is_typed(told: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6", "space", "space", "2")
        assert "暂缓 (2)" in shown(app)
        await fill(pilot, app, until="2099-01-31", note="等文件")
        await press(pilot, "ctrl+s")
        assert "共 2 件预警：输入 2 以确认" in shown(app)
        await fill(pilot, app, count="2")
        await press(pilot, "ctrl+s")
        assert "已暂缓 2" in shown(app)
        await press(pilot, "tab", "tab", "tab")
        assert "[已暂缓 2]" in shown(app)
        assert "已暂缓 2099-01-31" in shown(app)

    run(flow, told)
    assert [str(line.alert.snoozed_until) for line in alerts_of(told)[:3]] == ["2099-01-31", "2099-01-31", "None"]


def test_a_snooze_into_the_past_is_refused_and_the_fields_stay(told: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6", "2")
        await press(pilot, "ctrl+s")
        assert '"到期"必须填写' in shown(app)
        await fill(pilot, app, until="13月")
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, ActPage)
        await fill(pilot, app, until="2020-01-31", note="等文件")
        await press(pilot, "ctrl+s")
        assert "2020-01-31" in app.screen.notice.sentence
        assert app.screen.notice.remedy
        assert app.screen.inputs["note"].value == "等文件"

    run(flow, told)
    assert {line.state.value for line in alerts_of(told)} == {"open"}


def test_an_alert_is_waived_by_a_document(told: Path) -> None:
    first = alerts_of(told)[0].alert.id

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6", "4")
        await fill(pilot, app, until="20990131")
        await press(pilot, "ctrl+s")
        assert '"批文号"必须填写' in shown(app)
        await fill(pilot, app, document_no="编发〔2022〕7号", issued_on="2022-06-30", issued_by="县委编办")
        await press(pilot, "ctrl+s")
        await press(pilot, "enter")
        assert "豁免" in shown(app)
        assert "编发〔2022〕7号" in shown(app)

    run(flow, told, size=LARGE)
    assert acts_of(told, first)[-1].content["authority"]["document_no"] == "编发〔2022〕7号"


def test_a_letter_is_written_to_the_folder_and_kept_with_the_alert(told: Path, tmp_path: Path) -> None:
    first = alerts_of(told)[0].alert.id

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6", "5")
        await fill(pilot, app, folder=str(tmp_path / "函"))
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, Inbox)

    run(flow, told)
    written = [path.name for path in (tmp_path / "函").iterdir()]
    assert written == ["2022-07-01 催返函 DWB.docx"]
    assert acts_of(told, first)[-1].content["file"] == written[0]


def test_no_letter_is_written_about_a_unit_and_the_screen_says_so(told: Path, tmp_path: Path) -> None:
    unit = next(line.alert.id for line in alerts_of(told) if line.alert.person is None)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6")
        app.screen.table.point(unit)  # type: ignore[attr-defined]  # the inbox has a table
        await press(pilot, "5")
        await fill(pilot, app, folder=str(tmp_path / "函"))
        await press(pilot, "ctrl+s")
        assert str(unit) in app.screen.notice.sentence  # type: ignore[attr-defined]  # a screen of ours

    run(flow, told)
    assert len(acts_of(told, unit)) == 1


def test_a_scan_tells_what_is_wrong_on_a_date(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6")
        assert "没有这样的预警" in shown(app)
        await press(pilot, "3")
        assert "2022-07-01" in shown(app).splitlines()[1]
        await press(pilot, "ctrl+s")
        assert "[全部未了 68]" in shown(app)

    run(flow, town)


def test_a_scan_of_a_day_to_come_is_refused(told: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6", "3")
        await fill(pilot, app, on="2099-01-01")
        await press(pilot, "ctrl+s")
        assert "2099-01-01" in app.screen.notice.sentence  # type: ignore[attr-defined]  # a screen of ours

    run(flow, told)


def test_an_overdue_loan_is_resolved_by_the_form_of_its_return(told: Path) -> None:
    wanted = next(line.alert.id for line in alerts_of(told) if line.alert.rule == "overdue_secondment")

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6")
        app.screen.table.point(wanted)  # type: ignore[attr-defined]  # the inbox has a table
        await press(pilot, "6")
        assert "返还" in shown(app)
        await press(pilot, "enter")
        assert app.screen.__class__.__name__ == FormScreen.__name__
        assert "欧阳秋收" in shown(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, Inbox)

    run(flow, told)


def test_alerts_of_one_unit_are_those_of_its_page(told: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.show_subject("unit", "T1-DZ")
        await press(pilot, "f6")
        few = len(app.screen.table.ids)  # type: ignore[attr-defined]  # the inbox has a table
        assert 0 < few < 68
        assert "预警 党政办公室" in shown(app).splitlines()[0]
        await press(pilot, "f6")
        assert len(app.screen.table.ids) == 68  # type: ignore[attr-defined]

    run(flow, told)


def test_nothing_is_done_from_the_past_and_the_reason_is_said(told: Path) -> None:
    notes: list[str] = []

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.notify = lambda message, **_more: notes.append(message)  # type: ignore[method-assign]
        app.go_to(Where(None, 100))
        await press(pilot, "f6", "1")
        assert isinstance(app.screen, Inbox)
        await press(pilot, "3")
        assert isinstance(app.screen, Inbox)

    run(flow, told)
    assert len(notes) == 2
    assert all("过去" in note or "历史" in note for note in notes)


def test_what_a_colleague_did_shows_without_a_key(told: Path) -> None:
    first = alerts_of(told)[0].alert.id

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6")
        with open_ledger(str(told), officer="colleague") as ledger:
            ledger.acknowledge(first)
        await look(pilot, app)
        assert "已签收 1" in shown(app).splitlines()[1]
        await press(pilot, "1", "ctrl+s")
        assert "colleague" in app.screen.notice.sentence  # type: ignore[attr-defined]  # a screen of ours

    run(flow, told)


@pytest.mark.parametrize("name", ["张三[/]", "[b]李四[/b]"])
def test_a_name_that_looks_like_markup_is_shown_literally(told: Path, name: str) -> None:
    with open_ledger(str(told), officer="tester") as ledger:
        entry = {"type": "person_described", "effective_on": "2022-06-01", "person": "DZ1", "name": name}
        assert ledger.record(entry).__class__.__name__ == "Receipt"

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6")
        assert name in shown(app)
        await press(pilot, "enter")
        assert name in shown(app)
        await press(pilot, "escape", "1")
        assert name in shown(app)
        await press(pilot, "escape", "6")
        assert name in shown(app)

    run(flow, told, size=LARGE)


def test_deliveries_say_that_nobody_was_told_and_how_the_daily_scan_is(told: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6", "7")
        assert "尚未发送过通知" in shown(app)
        assert "每日扫描未运行过" in shown(app)

    run(flow, told)


def test_every_key_of_the_inbox_leads_to_an_action_and_is_in_the_palette(told: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6")
        listed = {command.id for command in commands(app)}
        for active in app.screen.active_bindings.values():
            owner, _dot, action = active.binding.action.partition("(")[0].rpartition(".")
            node = {"app": app, "screen": app.screen}.get(owner, active.node)
            assert hasattr(node, f"action_{action}"), active.binding.action
            assert not active.binding.id or active.binding.id in listed

    run(flow, told)


def test_where_the_ledger_can_only_be_read_no_act_opens_and_the_reason_is_said(told: Path) -> None:
    notes: list[str] = []

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.notify = lambda message, **_more: notes.append(message)  # type: ignore[method-assign]
        assert app.standing is not None
        app.standing = replace(app.standing, read_only=True)
        await press(pilot, "f6", "1", "3")
        assert isinstance(app.screen, Inbox)

    run(flow, told)
    assert len(notes) == 2
    assert all("只能读" in note or "只读" in note for note in notes), notes


def test_the_acts_of_an_alert_and_what_resolves_it_tell_units_and_people_by_name(told: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await press(pilot, "f6", "enter", "enter")
        assert "党政办公室 T1-DZ, 县委办公室 DWB" in shown(app).replace("、", ", ").replace("，", ", ")
        assert "欧阳秋收 DZ1" in shown(app)
        await press(pilot, "escape", "escape", "6")
        assert "人员 欧阳秋收 DZ1" in shown(app)
        await press(pilot, "escape")
        app.screen.table.point(of_a_unit)  # type: ignore[attr-defined]  # the inbox has a table
        await press(pilot, "6")
        assert f"单位 {name}" in shown(app)

    wanted = next(line for line in alerts_of(told) if line.alert.subject.startswith("unit:"))
    of_a_unit, name = wanted.alert.id, wanted.name
    run(flow, told, size=LARGE)
