"""PDF: what is handed to the typesetter, what the pages say, and what is told where none can be made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement

from ledger.application.workdays import WorkingDays
from ledger.bootstrap import create_ledger
from ledger.interchange.jsonl import import_lines
from ledger.reports import letters, parts, press, word
from ledger.reports.catalogue import MAKING, maker, write
from ledger.reports.fitting import cells, fit
from ledger.reports.model import Asked, Block, Field, Register
from ledger.reports.posting import Wishes, post
from tests.queries.makers import at
from tests.reports.test_letters import composed, scanned

SCENARIO = Path(__file__).resolve().parents[1] / "scenarios" / "town-2022.jsonl"
needs_fonts = pytest.mark.usefixtures("fonts")


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Register]:
    folder = tmp_path_factory.mktemp("town")
    shutil.copy(SCENARIO, folder / "town.jsonl")
    with create_ledger(str(folder / "town.db"), officer="tester") as ledger:
        import_lines(ledger, folder / "town.jsonl")
        asked = Asked("T1", ledger.perspective(date(2022, 6, 30)))
        return {name: maker(name)(ledger, asked) for name in MAKING}


@pytest.fixture
def fonts(request: pytest.FixtureRequest) -> None:
    """Without any Chinese typeface no page can be set: told, and on the build server a failure."""
    import typst

    known = set(typst.Fonts().families())
    if not any(face in known for faces in press.FACES.values() for face in faces):
        told = f"not run for want of a Chinese typeface: {request.node.name}"
        assert os.environ.get("SLEDGER_REQUIRE_OFFICE") != "1", told
        pytest.skip(told)


def text_of(pdf: bytes) -> str:
    """What the pages say, without spaces; empty where there is no tool to read them."""
    if shutil.which("pdftotext") is None:
        assert os.environ.get("SLEDGER_REQUIRE_OFFICE") != "1", "not run for want of pdftotext"
        return ""
    run = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, check=True, capture_output=True, timeout=60)
    return "".join(run.stdout.decode("utf-8").split())


@needs_fonts
@pytest.mark.parametrize("name", MAKING)
def test_a_register_is_set_whole(registers: dict[str, Register], name: str) -> None:
    register, file = registers[name], BytesIO()
    write(register, ".pdf", file)
    assert file.getvalue().startswith(b"%PDF-")
    if text := text_of(file.getvalue()):
        for wanted in (register.title, *register.head, *register.small_print, "制表人：", "负责人："):
            assert "".join(wanted.split()) in text
        dates = [str(cell) for block in register.blocks for row in block.rows for cell in row if _is_date(cell)]
        assert all(one in text for one in dates)  # no date is broken or cut


def _is_date(cell: object) -> bool:
    return isinstance(cell, str) and len(cell) == 10 and cell[4] == cell[7] == "-"


@pytest.mark.parametrize("name", MAKING)
def test_no_word_or_number_is_wider_than_its_column(registers: dict[str, Register], name: str) -> None:
    for block in registers[name].blocks:
        size, widths = fit(block, 269)
        assert sum(widths) == pytest.approx(269)
        assert size >= 6.5
        for row in block.rows:
            for cell, width in zip(row, widths, strict=True):
                if isinstance(cell, int) or _is_date(cell):
                    assert cells(str(cell)) * size / 2 * 0.3528 <= width


def test_a_register_as_wide_as_can_be_still_fits() -> None:
    block = Block("t", [Field(str(n), f"第{n}列的很长的名称") for n in range(60)], [["2022-06-30"] * 60])
    size, widths = fit(block, 269)
    assert (size, round(sum(widths))) == (5.0, 269)


@needs_fonts
def test_markup_of_the_typesetter_is_text() -> None:
    name = '#panic("x") *b* $x$ \\ [/] <script>'
    made = press._set(name, (297, 210, 14, 14, 14, 15), [parts.paragraph([parts.text_run(name, "body", 10)])], None)
    if text := text_of(made):
        assert "".join(name.split()) in text


def test_without_a_chinese_typeface_nothing_is_written(
    registers: dict[str, Register], monkeypatch: pytest.MonkeyPatch
) -> None:
    import typst

    class Bare:
        def __init__(self, **_said: object) -> None: ...

        def families(self) -> list[str]:
            return ["Libertinus Serif", "DejaVu Sans"]

    monkeypatch.setattr(typst, "Fonts", Bare)
    file = BytesIO()
    with pytest.raises(press.FontMissing):
        write(registers["vacancies"], ".pdf", file)
    assert file.getvalue() == b""


def test_without_the_extra_it_is_told_what_to_install(
    registers: dict[str, Register], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(press.TypesetterMissing) as told:
        write(registers["vacancies"], ".pdf", BytesIO())
    assert "secondment-ledger[pdf]" in told.value.remedy


@needs_fonts
def test_a_letter_as_pdf_says_what_its_docx_says(sqlite_url: str, tmp_path: Path) -> None:
    with scanned(sqlite_url) as ledger:
        alerts = [one for one in ledger.alerts(at("2021-09-10")).rows if one.alert.rule == "overdue_secondment"]
        made = post(ledger, at("2021-09-10"), alerts, tmp_path / "out", WorkingDays(), Wishes(pdf=True))
        assert isinstance(made, list)
        assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".docx", ".pdf"]
        if text := text_of(made[0][0].with_suffix(".pdf").read_bytes()):
            for wanted in (
                "关于催促返还借调人员",
                "unitC1：",
                "2021年9月26日",
                "借〔2021〕",
                "{{issuer}}<w:t>",
            ):
                assert wanted in text


@needs_fonts
def test_cut_off_after_it_was_told_of_as_made_a_letter_still_gets_its_pdf(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scanned(sqlite_url) as ledger:
        alerts = [one for one in ledger.alerts(at("2021-09-10")).rows if one.alert.rule == "overdue_secondment"]
        folder = tmp_path / "out"

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("ledger.reports.posting._publish", killed)
            with pytest.raises(KeyboardInterrupt):
                post(ledger, at("2021-09-10"), alerts, folder, WorkingDays(), Wishes(pdf=True))
        post(ledger, at("2021-09-10"), [], folder, WorkingDays(), Wishes())
    found = sorted(folder.iterdir())
    assert [path.suffix for path in found] == [".docx", ".pdf"]
    assert {path.stat().st_mode & 0o777 for path in found} == {0o600}


@pytest.mark.parametrize("around", ["w:sdt", "w:ins", "w:fldSimple", "w:smartTag"])
def test_words_in_a_control_a_field_or_a_tracked_change_are_not_left_out_unsaid(around: str) -> None:
    document = Document()
    paragraph = document.add_paragraph("关于")
    part = OxmlElement(around)
    part.append(document.add_paragraph("催返")._p.r_lst[0])
    paragraph._p.append(part)
    saved = BytesIO()
    document.save(saved)
    with pytest.raises(word.PictureInTemplate):
        word.parts_of(saved.getvalue())


def test_a_template_with_a_picture_is_not_set_without_it(sqlite_url: str) -> None:
    with scanned(sqlite_url) as ledger:
        content = letters.render(composed(ledger)[0])
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(
                name, part.replace(b"</w:r>", b"<w:drawing/></w:r>", 1) if name == "word/document.xml" else part
            )
    with pytest.raises(word.PictureInTemplate):
        press.letter_pdf(changed.getvalue())


def test_columns_without_a_width_share_the_page_and_links_keep_their_words() -> None:
    """As word processors write what an office has edited."""
    document = Document()
    table = document.add_table(1, 2)
    for cell in table.row_cells(0):
        cell._tc.remove(cell._tc.tcPr)
    paragraph = document.add_paragraph("见")
    link = OxmlElement("w:hyperlink")
    link.append(document.add_paragraph("附件")._p.r_lst[0])
    paragraph._p.append(link)
    saved = BytesIO()
    document.save(saved)
    [grid, text, *_] = word.parts_of(saved.getvalue())
    width, _height, left, right, *_ = word.page_of(saved.getvalue())
    assert grid["widths"] == pytest.approx([(width - left - right) / 2] * 2)
    assert [run["text"] for run in text["runs"]] == ["见", "附件"]
