"""Names that look like markup, steer terminals or are drawn oddly: shown as they are, and doing nothing."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import pytest
from babel.messages import pofile
from textual.pilot import Pilot

from ledger import locale
from ledger.bootstrap import open_ledger
from tests.interchange.offices import table
from tests.tui.screens import press, run, shown
from tui.app import LedgerApp
from tui.importing.screen import ImportPage
from tui.marks import Plainness, fit, fit_middle, plain, worded

NAMES = ["张三[/]", "张三[/", "[@click=app.leave]李四", "[b]王五[/i]", "阿卜杜拉·买买提", "𠮷野家", "a\u200db"]
STEERING = "\x1b]52;c;aGk=\x07\x1b[2J\u202e"


@pytest.fixture
def named(town: Path, request: pytest.FixtureRequest) -> Path:
    with open_ledger(str(town), officer="[red]tester[/]") as ledger:
        name = {"type": "person_described", "effective_on": "2022-06-01", "person": "DZ2", "name": request.param}
        unit = {"type": "unit_renamed", "effective_on": "2022-06-01", "unit": "T1", "name": request.param}
        for entry in (name, unit):
            assert ledger.record(entry).__class__.__name__ == "Receipt"
    return town


@pytest.mark.parametrize("named", NAMES[:-1], indirect=True)
def test_a_name_is_shown_literally_on_every_screen(named: Path, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.params["named"]

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        assert name in shown(app)
        app.show_subject("unit", "T1")
        await press(pilot)
        assert shown(app).count(name) >= 2
        app.show_subject("person", "DZ2")
        await press(pilot)
        assert name in shown(app)
        await press(pilot, "f7")
        await press(pilot, "escape", "f3")
        app.screen.focused.value = name  # type: ignore[union-attr]  # the field has the focus
        await press(pilot)
        assert name in shown(app).splitlines()[3]
        app.notify(name)
        await press(pilot)
        assert name in shown(app)

    run(flow, named, size=(120, 40))


def test_what_steers_a_terminal_becomes_visible_text() -> None:
    assert plain(STEERING) == "\\x1b]52;c;aGk=\\x07\\x1b[2J\\u202e"


def test_a_text_is_cut_in_cells_and_keeps_both_ends_of_an_office() -> None:
    assert fit("经济发展", 6) == "经济.."
    assert fit("经济", 6) == "经济  "
    assert fit_middle("经济发展和镇村建设管理办公室", 14) == "经济发..办公室"


def test_plain_signs_leave_no_character_of_uncertain_width() -> None:
    Plainness.ascii_only = True
    try:
        assert plain("阿卜杜拉·买买提 “一”…") == '阿卜杜拉.买买提 "一".'
    finally:
        Plainness.ascii_only = False


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_no_sentence_of_the_program_is_drawn_with_a_character_of_uncertain_width(lang: str) -> None:
    catalogue = pofile.read_po(io.BytesIO((locale.FOLDER / lang / "LC_MESSAGES" / "ledger.po").read_bytes()))
    texts = {text for message in catalogue for text in (message.string, message.id) if isinstance(text, str)}
    assert any("“" in text for text in texts)
    assert {sign for text in texts for sign in worded(text) if unicodedata.east_asian_width(sign) == "A"} == set()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_refused_file_is_told_in_signs_of_certain_width_and_a_name_with_such_signs_stays(
    town: Path, tmp_path: Path, lang: str
) -> None:
    file = table(tmp_path / "people.xlsx", [["姓名", "单位", "编制类型"], ["合成甲", "“四办”", "行政编制"]])

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.action_import_table()
        await press(pilot)
        screen = app.screen
        assert isinstance(screen, ImportPage)
        screen.inputs["closing"].value = "20220630"
        screen.inputs["file"].value = str(file)
        await press(pilot, "1", "enter")
        assert "四办" in shown(app)
        app.notify("“四办”")
        await press(pilot)
        assert {sign for sign in shown(app) if unicodedata.east_asian_width(sign) == "A"} == set()

    run(flow, town, lang=lang)
    assert plain("阿卜杜拉·买买提 “一”") == "阿卜杜拉·买买提 “一”"
