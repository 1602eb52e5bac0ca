"""Reversing and correcting: a form of its own, a reason, and the last four of the number typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.bootstrap import open_ledger
from tests.tui.forms.filling import Form, fill_in, recorded


@pytest.fixture
def loan(town: Path) -> Path:
    entry = {
        "type": "secondment_started",
        "id": "loan",
        "effective_on": "2022-07-01",
        "person": "DZ8",
        "host": "CZJ",
        "until": "2022-12-31",
        "attributes": {"sheet": "June"},
        "authority": {"document_no": "31", "sha256": "0" * 64},
    }
    with open_ledger(str(town), officer="tester") as ledger:
        ledger.record(entry)
    return town


def test_a_reversal_shows_what_it_changes_and_needs_reason_and_number(loan: Path) -> None:
    async def flow(form: Form) -> None:
        await form.press("f2", "0")
        await form.fill(entry="211")
        assert "借调开始 2022-07-01" in form.text
        await form.press("ctrl+s")
        assert "还要填：理由" in form.notice
        await form.fill(reason="误登记")
        assert "4 -> 3" in form.preview or "6 -> 5" in form.preview
        await form.press("ctrl+s")
        assert "后4位" in form.notice
        await form.fill(confirm="DZ7")
        await form.press("ctrl+s")
        assert recorded(loan, 211) == ()
        await form.fill(confirm="ｄｚ８")
        await form.press("ctrl+s")

    fill_in(flow, loan)
    (line,) = recorded(loan, 211)
    assert (line.type, line.target, line.content["reason"]) == ("reversed", 211, "误登记")


def test_ctrl_z_opens_the_reversal_of_what_was_recorded_last_and_records_nothing_itself(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(person="DZ8", host="CZJ", effective_on="20220701", until="6m")
        await form.press("ctrl+s")
        await form.press("ctrl+z", "ctrl+z", "enter", "enter")
        assert form.screen.state.spec.id == "reverse"
        assert "#211" in form.text
        assert len(recorded(town)) == 1
        await form.fill(reason="误登记", confirm="DZ8")
        await form.press("ctrl+s")

    fill_in(flow, town, "second")
    assert [line.type for line in recorded(town)] == ["secondment_started", "reversed"]


def test_a_correction_opens_filled_in_and_keeps_what_the_form_does_not_show(loan: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(entry="211")
        assert form.screen.state.ref == 211
        assert "县财政局" in form.text
        await form.fill(**{"correction.reason": "期限写错"})
        await form.fill(until="2022-10-31")
        await form.fill(confirm="DZ8")
        await form.press("ctrl+s")

    fill_in(flow, loan, "correct")
    (line,) = recorded(loan, 211)
    assert line.type == "corrected"
    assert line.content["reason"] == "期限写错"
    assert line.content["replacement"] == {
        "type": "secondment_started",
        "effective_on": "2022-07-01",
        "effective_precision": "day",
        "baseline": False,
        "person": "DZ8",
        "host": "CZJ",
        "until": "2022-10-31",
        "kind": "loan",
        "attributes": {"sheet": "June"},
        "authority": {"document_no": "31", "sha256": "0" * 64},
    }


def test_a_lower_quota_is_confirmed_by_typing_the_units_code(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(unit="DWB", establishment="行政", change="-1", effective_on="20220701", note="县编办已定")
        await form.press("ctrl+s")
        assert "后4位" in form.notice
        await form.fill(confirm="dwb")
        await form.press("ctrl+s")

    fill_in(flow, town, "quota_change")
    assert recorded(town)[0].content["change"] == -1


def test_a_reversal_cannot_be_corrected(loan: Path) -> None:
    with open_ledger(str(loan), officer="tester") as ledger:
        ledger.reverse(211, "x")

    async def flow(form: Form) -> None:
        await form.fill(entry="212")
        assert "212" in form.notice
        assert form.screen.state.ref is None

    fill_in(flow, loan, "correct")
