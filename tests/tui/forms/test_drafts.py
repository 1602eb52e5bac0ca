"""What was typed is kept: through Esc, through a signal, and when the program is killed outright."""

from __future__ import annotations

import json
import signal
import stat
from pathlib import Path

import pytest

from tests.tui.forms.filling import Form, fill_in, recorded
from tests.tui.terminal import Terminal
from tui.crash import folder
from tui.forms.drafts import Drafts
from tui.forms.state import FormState


def type_half_a_secondment(terminal: Terminal) -> None:
    """F2, the form, the person and the beginning of the host's name."""
    terminal.until("云溪镇")
    terminal.type(b"\x1bOQ")  # F2
    terminal.until("借后调入")
    terminal.type(b"3")
    terminal.until("借入单位")
    terminal.type(b"qz\rczj")  # in one piece, as over a slow line: each word lands in its field
    terminal.until("县财政局派驻")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_killed_program_leaves_the_draft_which_the_next_start_offers(town: Path, number: signal.Signals) -> None:
    with Terminal(town) as terminal:
        type_half_a_secondment(terminal)
        assert terminal.end(number) != 0

    async def flow(form: Form) -> None:
        assert "秦致雨" in form.text  # the list of drafts, before anything else
        await form.press("enter")
        assert form.screen.state.people == ["DZ8"]
        assert form.screen.inputs["host"].value == "czj"
        await form.fill(host="CZJ", effective_on="20220701", until="6m")
        await form.press("ctrl+s")

    fill_in(flow, town)
    assert [line.content["person"] for line in recorded(town)] == ["DZ8"]
    assert Drafts(str(town), "tester").left() == []


def test_a_program_whose_terminal_is_gone_ends_and_leaves_the_draft(town: Path) -> None:
    with Terminal(town) as terminal:
        type_half_a_secondment(terminal)
        assert terminal.hang_up() != 0
    assert [draft.state().people for draft in Drafts(str(town), "tester").left()] == [["DZ8"]]


def test_esc_keeps_the_draft_and_f2_lists_it(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.type("qz")
        await form.press("enter", "escape", "f2")
        assert "草稿 1 份" in form.text
        await form.press("home", "enter", "enter")
        assert form.screen.state.people == ["DZ8"]
        await form.press("escape", "delete")
        assert "没有草稿" in form.text

    fill_in(flow, town, "second")


def test_an_opened_form_that_says_nothing_leaves_no_draft(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.press("enter", "down", "escape")

    fill_in(flow, town, "return")
    assert Drafts(str(town), "tester").left() == []


def test_drafts_are_readable_by_their_owner_only_and_never_lie_with_the_ledger(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.type("qz")

    fill_in(flow, town, "second")
    (path,) = (folder() / "drafts").glob("*.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.parent != town.parent
    assert json.loads(path.read_text(encoding="utf-8"))["texts"]["person"] == "qz"


def test_a_draft_of_a_program_that_runs_is_not_offered_to_another_one() -> None:
    running, other = Drafts("a.db", "tester"), Drafts("a.db", "tester")
    state = FormState.blank("second")
    state.texts["reason"] = "防汛"
    running.save(state)
    assert other.left() == []
    assert Drafts("b.db", "tester").left() == Drafts("a.db", "else").left() == []
    running.close()
    assert [draft.state().texts["reason"] for draft in other.left()] == ["防汛"]


def test_a_draft_cut_in_half_is_not_offered_and_hurts_nothing() -> None:
    drafts = Drafts("a.db", "tester")
    drafts.save(FormState.blank("second"))
    for path in (folder() / "drafts").glob("*.json"):
        path.write_text(path.read_text(encoding="utf-8")[:40], encoding="utf-8")
    assert drafts.left() == []


def test_drafts_kept_within_one_second_are_listed_the_newest_first() -> None:
    drafts, kinds = Drafts("a.db", "tester"), ["second", "leave", "hire", "extend"]
    for kind in kinds:
        drafts.save(FormState.blank(kind))
    assert [draft.form for draft in drafts.left()] == kinds[::-1]
