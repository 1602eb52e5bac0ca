"""An officer records secondments: few keys, nothing by accident, one document for several people."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from ledger import bootstrap
from ledger.bootstrap import open_ledger
from tests.tui.forms.filling import Form, fill_in, recorded

DOCUMENT = "X2022-31"


def test_a_first_secondment_takes_at_most_22_keys_and_the_next_person_at_most_6(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.press("f2", "3")
        await form.type("qzy")
        await form.press("enter")
        await form.type("czj")
        await form.press("enter", "enter", "enter")  # the date and the term offered
        await form.type("22-31号")
        await form.press("ctrl+s")
        assert form.keys <= 22, form.keys
        assert "已登记第 211 笔" in form.text
        first = form.keys
        await form.press("ctrl+d")
        await form.type("zy")
        await form.press("enter")
        await form.press("ctrl+s")
        assert form.keys - first <= 6, form.keys - first

    fill_in(flow, town)
    one, other = recorded(town)
    assert {**one.content, "person": "DZ7"} == other.content
    assert one.content == {
        "type": "secondment_started",
        "effective_on": "2022-07-01",
        "effective_precision": "day",
        "baseline": False,
        "person": "DZ8",
        "host": "CZJ",
        "until": "2022-12-31",
        "kind": "loan",
        "authority": {"document_no": "22-31号"},
    }


def test_the_preview_shows_every_touched_unit_before_and_after(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(person="DZ8", host="CZJ", effective_on="20220701", until="6m")
        lines = {line.split()[0]: line for line in form.preview.splitlines()}
        assert "3 -> 2" in lines["党政办公室"] or "5 -> 6" in lines["党政办公室"]
        assert "0 -> 1" in lines["县财政局"]
        assert "云溪镇(虚构名)" in lines

    fill_in(flow, town, "second", size=(120, 40))
    assert recorded(town) == ()


def test_what_lies_below_the_last_line_of_a_preview_is_counted_until_it_was_seen(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = partial(datetime, 2022, 7, 15, tzinfo=UTC)  # findings are of the day on which this is recorded
    monkeypatch.setattr(bootstrap, "open_ledger", partial(bootstrap.open_ledger, clock=clock))

    async def flow(form: Form) -> None:
        await form.fill(entry="210", reason="Wrong")
        assert "findings that appear 3" in form.text
        assert "3 more below: PgDn" in form.text
        assert "claimed 30" not in form.text
        await form.press("pagedown")
        assert "claimed 30" in form.text
        assert "more below" not in form.text
        await form.press("pageup")
        assert "3 more below: PgDn" in form.text

    fill_in(flow, town, "reverse", lang="en")


def test_enter_on_every_field_and_on_the_preview_records_nothing(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(person="DZ8", host="CZJ", effective_on="20220701", until="6m")
        await form.press(*["enter"] * 25)
        assert form.app.focused is form.screen.preview

    fill_in(flow, town, "second")
    assert recorded(town) == ()


def test_what_is_only_offered_is_not_taken(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(person="DZ8", host="CZJ")
        await form.press("ctrl+s")
        assert "还要填：生效日期" in form.notice

    fill_in(flow, town, "second")
    assert recorded(town) == ()


def test_several_people_under_one_document_need_their_number_typed(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.type("qzy,zyt，")
        await form.press("enter")
        await form.fill(host="CZJ", effective_on="2022年7月1日", until="月底", document_no=DOCUMENT)
        await form.press("ctrl+s")
        assert "输入人数以确认" in form.notice
        await form.fill(confirm="２")
        await form.press("ctrl+s")

    fill_in(flow, town, "second")
    lines = recorded(town)
    assert [line.content["person"] for line in lines] == ["DZ8", "DZ7"]
    assert {line.content["until"] for line in lines} == {"2022-07-31"}


def test_of_several_people_all_are_recorded_or_none(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.type("qzy,DZ1,")
        await form.press("enter")
        await form.fill(host="CZJ", effective_on="20220701", until="6m")
        assert "欧阳秋收 (DZ1)" in form.preview
        await form.press("ctrl+s")

    fill_in(flow, town, "second")
    assert recorded(town) == ()


def test_a_refusal_stands_at_its_field_with_its_remedy_and_the_form_is_kept(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(person="DZ1", host="CZJ", effective_on="20220701", until="6m")
        line = next(line for line in form.text.splitlines() if line.startswith(" 1 人员"))
        assert "x " in line
        assert "请先登记返还，或登记续借。" in form.preview
        await form.press("ctrl+s")
        assert "请先登记返还" in form.notice
        assert form.screen.state.people == ["DZ1"]
        assert form.app.focused is form.screen.inputs["person"]

    fill_in(flow, town, "second")
    assert recorded(town) == ()


def test_an_open_term_must_be_said(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(person="DZ8", host="CZJ", effective_on="20220701", until="open")
        assert "无期限" in form.text
        await form.press("ctrl+s")

    fill_in(flow, town, "second")
    assert "until" not in recorded(town)[0].content


def test_several_hits_are_never_guessed(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.type("T1-")  # nobody has this number
        await form.press("enter")
        assert form.screen.state.people == []
        await form.fill(person="DZ")
        assert form.screen.state.people == []
        assert "用上下键选" in form.notice
        await form.press("down", "down", "enter")
        assert form.screen.state.people == ["DZ2"]

    fill_in(flow, town, "second")


def test_an_extension_counts_from_the_day_after_the_present_term(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(person="BM1")
        assert "至 2022-08-08" in form.text
        await form.fill(effective_on="20220701", until="6m")
        await form.press("ctrl+s")

    fill_in(flow, town, "extend")
    assert recorded(town)[0].content["until"] == "2023-02-08"


def test_a_transfer_into_the_host_is_offered_and_over_its_quota_needs_a_reason_in_the_note(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(person="DZ1")
        host = form.screen.known.host
        assert host is not None
        await form.press("enter", "tab")
        assert [one.code for one in form.screen.state.picked["unit"]] == [host.code]
        await form.fill(effective_on="20220701")
        assert " 消除：借而不调 欧阳秋收" in form.preview
        await form.press("ctrl+s")
        assert "请在备注写明理由" in form.notice
        assert form.app.focused is form.screen.inputs["note"]
        await form.type("县委编办已同意")
        await form.press("ctrl+s")

    fill_in(flow, town, "convert")
    assert recorded(town)[0].content["note"] == "县委编办已同意"
    with open_ledger(str(town), officer="tester") as ledger:
        now = ledger.person(ledger.perspective(), "DZ1")
    assert now.host is None
    assert now.charged_to == recorded(town)[0].content["unit"]
