"""The next person under the same document, a number that is known already, and leaving with something typed."""

from __future__ import annotations

from pathlib import Path

from ledger.bootstrap import open_ledger
from tests.tui.forms.filling import Form, fill_in, recorded
from tui.forms.menu import DraftList, FormMenu
from tui.forms.screen import FormScreen

DOCUMENT = "〔2022〕31号"
LOAN = {"person": "DZ7", "host": "CZJ", "effective_on": "20220701", "until": "6m", "document_no": DOCUMENT}


def told(form: Form) -> str:
    """What was said in the corner."""
    return " ".join(one.message for one in form.app._notifications)


def meaning(form: Form, key: str) -> str:
    """What stands beside a field."""
    place = [one.key for one in form.screen.state.fields].index(key)
    return form.screen.meanings.lines[place].text


def test_a_document_number_that_is_known_asks_whether_it_is_the_same_document(town: Path) -> None:
    with open_ledger(str(town), officer="李建") as ledger:
        for person in ("DZ7", "DZ8"):
            loan = {"type": "secondment_started", "person": person, "host": "CZJ", "effective_on": "2022-07-01"}
            ledger.record({**loan, "until": "2022-12-31", "authority": {"document_no": DOCUMENT}})

    async def flow(form: Form) -> None:
        await form.fill(document_no="〔2022〕32号")
        assert "同一文件" not in meaning(form, "authority.document_no")
        await form.fill(document_no=DOCUMENT)
        assert meaning(form, "authority.document_no") == "已用于 2 人，是否同一文件？"

    fill_in(flow, town, "second")


def test_a_reversed_entry_no_longer_counts_for_its_document(town: Path) -> None:
    with open_ledger(str(town), officer="李建") as ledger:
        loan = {"type": "secondment_started", "person": "DZ7", "host": "CZJ", "effective_on": "2022-07-01"}
        ledger.record({**loan, "until": "2022-12-31", "authority": {"document_no": DOCUMENT}, "id": "loan"})
        ledger.reverse("loan", "wrong person")

    async def flow(form: Form) -> None:
        await form.fill(document_no=DOCUMENT)
        assert "同一文件" not in meaning(form, "authority.document_no")

    fill_in(flow, town, "second")


def test_a_number_is_no_obstacle(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(**LOAN)
        await form.press("ctrl+s")
        await form.fill(**{**LOAN, "person": "DZ8"})
        assert meaning(form, "authority.document_no") == "已用于 1 人，是否同一文件？"
        await form.press("ctrl+s")

    fill_in(flow, town, "second")
    assert [line.content["person"] for line in recorded(town)] == ["DZ7", "DZ8"]


def test_ctrl_d_in_a_roster_opens_the_last_form_for_the_person_there_with_the_same_document(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.press("ctrl+d")
        assert "还没有登记过" in told(form)
        form.app.open_form("second", {"person": "DZ7"})
        await form.rest()
        await form.fill(**LOAN)
        await form.press("ctrl+s")
        form.app.show_subject("person", "DZ8")
        await form.rest()
        await form.press("ctrl+d")
        assert isinstance(form.app.screen, FormScreen)
        assert form.screen.state.people == ["DZ8"]
        assert form.screen.state.texts["authority.document_no"] == DOCUMENT
        await form.press("ctrl+s")

    fill_in(flow, town)
    lines = recorded(town)
    assert [line.content["person"] for line in lines] == ["DZ7", "DZ8"]
    assert lines[0].content["until"] == lines[1].content["until"]


def test_leaving_with_something_typed_shows_the_drafts_first(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(person="DZ7")
        await form.press("escape", "ctrl+q")
        assert isinstance(form.app.screen, DraftList)
        assert "再按 Ctrl+Q" in told(form)
        assert not form.app._left
        await form.press("ctrl+q")

    app = fill_in(flow, town, "second")
    assert app._left


def test_the_right_button_on_a_row_records_about_it(town: Path) -> None:
    async def flow(form: Form) -> None:
        form.app.show_subject("unit", "T1")
        await form.rest()
        await form.pilot.click("LedgerTable", offset=(4, 3), button=3)
        await form.rest()
        assert isinstance(form.app.screen, FormMenu)
        person = form.app.screen.filled["person"]
        await form.press("3")
        assert form.screen.state.people == person

    fill_in(flow, town)
