"""A register as a document of a word processor: A4 landscape, tables with a repeated head, fonts that offices have."""

from __future__ import annotations

import unicodedata
import zipfile
from io import BytesIO
from typing import IO, Any

from ledger.locale import _
from ledger.reports.fitting import fit
from ledger.reports.model import SIGNATURES, Block, Register
from ledger.reports.tracing import printed

_ACROSS = 267
"""Millimetres between the margins."""
_SAME_FOR_ALL = (1980, 1, 1, 0, 0, 0)
_LATIN = "Times New Roman"
"""Narrower than the Latin letters of Chinese typefaces, and on every machine, or one as wide as it."""
_BODY, _HEAD, _TITLE = "仿宋", "黑体", "方正小标宋简体"


def write_docx(file: IO[bytes], register: Register) -> None:
    """Write the document. Raises OSError."""
    from docx import Document  # docxtpl brings it
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin = section.bottom_margin = Mm(15)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, register.title, _TITLE, Pt(20))
    _run(document.add_paragraph(), "　　　　".join(register.head), _BODY, Pt(12))
    for block in register.blocks:
        if len(register.blocks) > 1:
            _run(document.add_paragraph(), _(block.title), _HEAD, Pt(13))
        _table(document, block)
        if block.note:
            _run(document.add_paragraph(), block.note, _BODY, Pt(11))
    _run(document.add_paragraph(), "　　　　　　".join(f"{_(one)}：" for one in SIGNATURES), _BODY, Pt(12))
    for line in ("；".join(register.small_print), *printed(register)):
        small = document.add_paragraph()
        small.paragraph_format.space_after = Pt(0)  # else these lines alone would fill a page
        _run(small, line, _BODY, Pt(8))
    _save(document, file)


def _run(paragraph: Any, text: str, font: str, size: Any) -> None:
    from docx.oxml.ns import qn

    run = paragraph.add_run(_printable(text))
    run.font.name = _LATIN
    run.font.size = size
    run.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _printable(text: str) -> str:
    """A document takes no control characters."""
    return "".join("�" if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" else sign for sign in text)


def _table(document: Any, block: Block) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    if not block.rows:
        _run(document.add_paragraph(), _("None."), _BODY, Pt(10))
        return
    points, shares = fit(block, _ACROSS)
    size, widths = Pt(points), [Mm(share) for share in shares]
    lines = [*block.rows, *([] if block.total is None else [block.total])]
    table = document.add_table(rows=1 + len(lines), cols=len(block.fields), style="Table Grid")
    table.autofit = False
    _narrow(table)
    head = table.rows[0]
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001  the only way to repeat a head
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for cell, one, width in zip(head.cells, block.fields, widths, strict=True):
        cell.width = width
        _run(cell.paragraphs[0], _(one.title), _HEAD, size)
    for row, cells in zip(table.rows[1:], lines, strict=True):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001  likewise to keep a row together
        for cell, value, width in zip(row.cells, cells, widths, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            if isinstance(value, int):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _run(paragraph, "" if value is None else str(value), _BODY, size)


def _narrow(table: Any) -> None:
    """Margins of cells as narrow as the widths were reckoned with."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "50")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)  # noqa: SLF001  python-docx has no words for it


def _save(document: Any, file: IO[bytes]) -> None:
    """Without the time of writing, so that equal registers are equal bytes."""
    from datetime import UTC, datetime

    document.core_properties.created = document.core_properties.modified = datetime(2000, 1, 1, tzinfo=UTC)
    buffer = BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as parts, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            archive.writestr(zipfile.ZipInfo(name, _SAME_FOR_ALL), parts.read(name), zipfile.ZIP_DEFLATED)
