"""What a letter in a docx says and how it looks, as `press` sets it: paragraphs and tables in their order."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from ledger.domain.faults import N_, WrongUsage
from ledger.reports.parts import paragraph, text_run

_UNSHOWN = (
    "w:drawing", "w:pict", "w:object", "w:txbxContent", "w:footnoteReference",
    "w:sdt", "w:ins", "w:fldSimple", "w:smartTag",
)  # fmt: skip
_SIZE = 10.5
"""Points, where the document names no size."""


class PictureInTemplate(WrongUsage):
    """The letter holds what the PDF could not show: a picture, a text box, a field, a header or footer. `part`."""

    code = "picture_in_template"
    sentence = N_(
        "The template holds a picture, text box, field, tracked change, header or footer, which a PDF here would lack."
    )
    remedy = N_("Write the letter as .docx, and save it as PDF with the word processor.")


def page_of(docx: bytes) -> list[float]:
    """Width, height and margins left, right, top, bottom of the first section, in millimetres."""
    section = _open(docx).sections[0]
    lengths = ("page_width", "page_height", "left_margin", "right_margin", "top_margin", "bottom_margin")
    return [getattr(section, name).mm for name in lengths]


def parts_of(docx: bytes) -> list[dict[str, Any]]:
    """The parts of the body. Raises PictureInTemplate for what could not be shown."""
    document = _open(docx)
    from docx.oxml.ns import qn

    body = document.element.body
    if any(next(body.iter(qn(name)), None) is not None for name in _UNSHOWN):
        raise PictureInTemplate
    if any(
        text.strip(" —-") for section in document.sections for text in _around(section)
    ):  # page numbers are set anew
        raise PictureInTemplate
    width, _height, left, right, *_others = page_of(docx)
    return list(_parts(document, width - left - right))


def _around(section: Any) -> Iterator[str]:
    for part in (section.header, section.footer):
        yield from (one.text for one in part.paragraphs)


def _open(docx: bytes) -> Any:
    from docx import Document  # docxtpl brings it

    return Document(BytesIO(docx))


def _parts(document: Any, across: float) -> Iterator[dict[str, Any]]:
    from docx.table import Table

    for one in document.iter_inner_content():
        if isinstance(one, Table):
            yield _table(one, across)
        else:
            yield _paragraph(one)


def _paragraph(one: Any) -> dict[str, Any]:
    from docx.oxml.ns import qn

    form = one.paragraph_format
    borders = one._p.find(f"{qn('w:pPr')}/{qn('w:pBdr')}")  # noqa: SLF001  python-docx has no words for borders
    rule = "" if borders is None else "above" if borders.find(qn("w:top")) is not None else "below"
    return paragraph(
        [run for run in map(_run, _runs(one)) if run["text"]], _side(one),
        line=getattr(form.line_spacing, "pt", None), first=_points(form.first_line_indent),
        right=_points(form.right_indent), rule=rule,
    )  # fmt: skip


def _runs(one: Any) -> Iterator[Any]:
    """The runs of a paragraph, those of its links too."""
    for part in one.iter_inner_content():
        yield from getattr(part, "runs", [part])


def _points(length: Any) -> float:
    return 0.0 if length is None else float(length.pt)


def _side(one: Any) -> str:
    return {0: "left", 1: "center", 2: "right"}.get(one.alignment if one.alignment is not None else 0, "left")


def _run(run: Any) -> dict[str, Any]:
    from docx.oxml.ns import qn

    fonts = run._element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")  # noqa: SLF001  likewise for East Asian typefaces
    name = "" if fonts is None else fonts.get(qn("w:eastAsia")) or ""
    role = "title" if "标宋" in name else "head" if "黑" in name else "body"
    colour = run.font.color.rgb
    size = _SIZE if run.font.size is None else run.font.size.pt
    bold = bool(run.font.bold) or role == "title"
    return text_run(run.text, role, size, colour="#000000" if colour is None else f"#{colour}", bold=bold)


def _table(table: Any, across: float) -> dict[str, Any]:
    """A table that would be wider than the text is made as wide as the text, as word processors do."""
    rows = [[_cell(cell) for cell in row.cells] for row in table.rows]
    cells = table.rows[0].cells
    widths = [across / len(cells) if cell.width is None else cell.width.mm for cell in cells]
    shrink = min(1.0, across / sum(widths))
    return {
        "kind": "table",
        "widths": [width * shrink for width in widths],
        "inset": 2,
        "shade": "#ffffff",
        "head": rows[0],
        "rows": rows[1:],
    }


def _cell(cell: Any) -> dict[str, Any]:
    first = cell.paragraphs[0]
    look = _run(first.runs[0]) if first.runs else text_run("", "body", _SIZE)
    return {**look, "text": "\n".join(one.text for one in cell.paragraphs), "align": _side(first)}
