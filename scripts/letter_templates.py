#!/usr/bin/env python3
"""Writes the shipped letter templates into ledger/reports/templates, in the letter format of GB/T 9704-2012 (10.1).

    python scripts/letter_templates.py

The sender's mark in red, 30 mm from the edge; 4 mm below it a red double line, thick above thin, and one, thin above
thick, 20 mm above the lower edge of the first page, both 170 mm long; the number below the first line, to the right;
title 2号 centred, two lines below; body 3号 with 28 pt lines and two characters of indent; date right with four
characters free; copies at the foot of the last page, without lines; page numbers from the second page on. The typefaces
are those of offices (方正小标宋, 仿宋_GB2312); where they are missing the word processor takes a fallback.
"""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FOLDER = Path(__file__).resolve().parents[1] / "ledger" / "reports" / "templates"
TITLE, BODY, BOLD = "方正小标宋简体", "仿宋_GB2312", "黑体"
RED = RGBColor(0xFF, 0, 0)
TABLE = (
    ("姓名", "row.name", 18),
    ("编制所在单位", "row.home", 25),
    ("借入单位", "row.host", 25),
    ("名目", "row.kind", 14),
    ("起", "row.started_on", 23),
    ("至", "row.until", 23),
    ("批准文号", "row.document", 28),
)
OVERDUE = (
    ("姓名", "row.name", 16),
    ("编制所在单位", "row.home", 20),
    ("借入单位", "row.host", 20),
    ("名目", "row.kind", 10),
    *TABLE[4:6],
    ("批准文号", "row.document", 24),
    ("超期天数", "row.days_overdue", 10),
    ("连续天数", "row.chain_days", 10),
)
EXTENDED = (
    *TABLE[:3],
    ("名目", "row.kind", 12),
    *TABLE[4:6],
    ("批准文号", "row.document", 20),
    ("续借次数", "row.extensions", 10),
)
WIDTH = 156
"""Millimetres of the type area; a table is no wider."""

LETTERS = {
    "recall": (
        "关于催促返还借调人员{{ people }}的函",
        (
            "经核，下列{{ count }}名工作人员现借调在你单位工作，存在不符合借调管理规定的情形。具体情况如下：",
            OVERDUE,
            "依据有关规定和现行口径，认定如下：",
            "{%p for line in basis %}",
            "{{ loop.index }}．{{ line }}。",
            "{%p endfor %}",
            "请你单位于{{ deadline }}前（自本函之日起{{ answer_days }}个工作日内）安排上述人员返回原单位工作；确需继续"
            "使用的，请按规定办理调动或者重新报批手续，并将办理结果书面反馈我单位。",
            "联系人：　　　　　　联系电话：",
        ),
    ),
    "reminder": (
        "关于{{ people }}借调期限即将届满的提醒函",
        (
            "下列{{ count }}名工作人员现借调在你单位工作，借调期限将于{{ first_until }}起陆续届满。具体情况如下：",
            TABLE,
            "请你单位提前安排工作交接，期满次日起上述人员应返回原单位工作。确需续借的，请在期满前10个工作日重新办理报批"
            "手续；未办理的，按期满返还处理。",
            "联系人：　　　　　　联系电话：",
        ),
    ),
    "extension_end": (
        "关于{{ people }}续借到期有关事项的告知函",
        (
            "下列{{ count }}名工作人员现借调在你单位工作，经续借后期限将于{{ first_until }}起陆续届满。具体情况如下：",
            EXTENDED,
            "按照有关规定，续借期满后一般不再续借。请你单位安排上述人员期满返回原单位；符合调动条件且确有需要的，请按干部"
            "人事管理权限办理调动手续。",
            "联系人：　　　　　　联系电话：",
        ),
    ),
    "return": (
        "关于{{ people }}结束借调返回原单位的通知",
        (
            "经研究，下列{{ count }}名借调人员结束借调，返回原单位工作。具体情况如下：",
            TABLE,
            "请你单位于{{ deadline }}前办理工作交接，并就借调期间的工作表现出具书面鉴定，送我单位存档。",
            "联系人：　　　　　　联系电话：",
        ),
    ),
}


def _font(run, name: str, size: float, *, colour: RGBColor | None = None) -> None:
    run.font.name = "Times New Roman"
    run.font.size = Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
    if colour is not None:
        run.font.color.rgb = colour


def _paragraph(document, text: str, *, font: str = BODY, size: float = 16, align=None, indent: bool = False):
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28)
    form.space_before = form.space_after = Pt(0)
    if align is not None:
        paragraph.alignment = align
    if indent:
        form.first_line_indent = Pt(32)
    _font(paragraph.add_run(text), font, size)
    return paragraph


def _rule(paragraph, line: str, kind: str, space: int) -> None:
    """A red double line above (`top`) or below (`bottom`) a paragraph, 170 mm long in the middle of the page."""
    border, rule = OxmlElement("w:pBdr"), OxmlElement(f"w:{line}")
    for key, value in (("val", kind), ("sz", "24"), ("space", str(space)), ("color", "FF0000")):
        rule.set(qn(f"w:{key}"), value)
    border.append(rule)
    paragraph._p.get_or_add_pPr().append(border)
    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.right_indent = Mm(-8), Mm(-6)


def _table(document, columns) -> None:
    assert sum(width for _, _, width in columns) <= WIDTH, columns
    table = document.add_table(rows=4, cols=len(columns))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for index, (title, value, width) in enumerate(columns):
        table.columns[index].width = Mm(width)
        for row, text, font in ((0, title, BOLD), (2, f"{{{{ {value} }}}}", BODY)):
            cell = table.cell(row, index)
            cell.width = Mm(width)
            cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
            paragraph = cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
            _font(paragraph.add_run(text), font, 10.5)
    table.cell(1, 0).text = "{%tr for row in rows %}"
    table.cell(3, 0).text = "{%tr endfor %}"
    _margins(table, Mm(0.6))
    _repeated(table.rows[0])


def _margins(table, side) -> None:
    """Little room beside the text of every cell."""
    margins = OxmlElement("w:tblCellMar")
    for name in ("left", "right"):
        margin = OxmlElement(f"w:{name}")
        margin.set(qn("w:w"), str(int(side / 635)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _repeated(row) -> None:
    """The head of a table stands on each of its pages; no row is torn apart."""
    for name in ("w:cantSplit", "w:tblHeader"):
        row._tr.get_or_add_trPr().append(OxmlElement(name))


def _footers(document) -> None:
    """The second red line on the first page, page numbers outside on the others."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    document.settings.odd_and_even_pages_header_footer = True
    section.footer_distance = Mm(20)
    foot = section.first_page_footer.paragraphs[0]
    foot.paragraph_format.line_spacing_rule, foot.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(2)
    _rule(foot, "bottom", "thinThickSmallGap", 0)
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        for text in ("— ", None, " —"):
            run = paragraph.add_run(text or "")
            _font(run, "宋体", 14)
            if text is None:
                _page_number(run)


def _page_number(run) -> None:
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        part = OxmlElement("w:fldChar" if text is None else "w:instrText")
        if text is None:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._element.append(part)


def _at_the_foot(paragraph) -> None:
    """At the lower end of the type area of the page it comes to lie on."""
    frame = OxmlElement("w:framePr")
    for key, value in (
        ("w", str(int(Mm(WIDTH) / 635))), ("hSpace", "0"), ("wrap", "around"), ("vAnchor", "margin"),
        ("hAnchor", "margin"), ("xAlign", "left"), ("yAlign", "bottom"),
    ):  # fmt: skip
        frame.set(qn(f"w:{key}"), value)
    paragraph._p.get_or_add_pPr().insert_element_before(
        frame, "w:widowControl", "w:numPr", "w:pBdr", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def make(name: str, title: str, parts) -> None:
    """One template."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _footers(document)
    mark = _paragraph(document, "{{ issuer }}", font=TITLE, size=26, align=WD_ALIGN_PARAGRAPH.CENTER)
    mark.runs[0].font.color.rgb = RED
    mark.paragraph_format.line_spacing = Pt(36)
    _rule(mark, "bottom", "thickThinSmallGap", 11)
    number = _paragraph(document, "　　〔{{ year }}〕　　号", align=WD_ALIGN_PARAGRAPH.RIGHT)
    number.paragraph_format.space_before = Pt(14)
    _paragraph(document, "")
    _paragraph(document, "")
    heading = _paragraph(document, title, font=TITLE, size=22, align=WD_ALIGN_PARAGRAPH.CENTER)
    heading.paragraph_format.line_spacing = Pt(34)
    _paragraph(document, "")
    _paragraph(document, "{{ recipient }}：")
    for part in parts:
        if isinstance(part, str):
            _paragraph(document, part, indent=not part.startswith("{%"))
        else:
            _table(document, part)
    contact, blank = document.paragraphs[-1], _paragraph(document, "")
    sender = _paragraph(document, "{{ issuer }}", align=WD_ALIGN_PARAGRAPH.RIGHT)
    sender.paragraph_format.right_indent = Pt(32)
    for paragraph in (contact, blank, sender):
        paragraph.paragraph_format.keep_with_next = True  # nobody signs a page without text
    day = _paragraph(document, "{{ date }}", align=WD_ALIGN_PARAGRAPH.RIGHT)
    day.paragraph_format.right_indent = Pt(64)
    _paragraph(document, "{%p if copies %}")
    copies = _paragraph(document, "抄送：{{ copies | join('、') }}。", size=14)
    _paragraph(document, "{%p endif %}")
    foot = _paragraph(
        document,
        "依据台账：截至{{ on }}，第{{ known_at }}笔止，链值{{ tip }}…。"
        "{% if guessed %}（{{ guessed | join('、') }}年工作日历未公布，按周一至周五计。）{% endif %}",
        size=10.5,
    )
    for paragraph, points in ((copies, 20), (foot, 14)):
        paragraph.paragraph_format.line_spacing = Pt(points)
        _at_the_foot(paragraph)
    FOLDER.mkdir(parents=True, exist_ok=True)
    document.core_properties.author = document.core_properties.comments = ""
    document.save(FOLDER / f"{name}.docx")


if __name__ == "__main__":
    for name, (title, parts) in LETTERS.items():
        make(name, title, parts)
