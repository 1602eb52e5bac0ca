"""Registers and letters as PDF (extra `pdf`): what they say goes to the typesetter as data, never as its markup.

A register is set from its tables; a letter from the docx that an office's template made of it, paragraph by paragraph
and table by table, so that what the office edited is in both. Pictures and text boxes of a template are not; then
nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from ledger.domain.faults import N_, WrongUsage
from ledger.locale import _, language
from ledger.reports.fitting import MARGIN, fit
from ledger.reports.model import SIGNATURES, Block, Register
from ledger.reports.parts import paragraph, text_run
from ledger.reports.tracing import printed
from ledger.reports.word import page_of, parts_of

PAGE = Path(__file__).parent / "templates" / "page.typ"
FACES: Mapping[str, Sequence[str]] = {
    "title": ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXiaoBiaoSong-B05", "STZhongsong", "华文中宋"),
    "head": ("SimHei", "黑体", "STHeiti", "Heiti SC", "Source Han Sans SC", "Noto Sans CJK SC", "WenQuanYi Zen Hei"),
    "body": ("FangSong", "仿宋", "FangSong_GB2312", "仿宋_GB2312", "STFangsong", "SimSun", "宋体", "Songti SC",
             "Source Han Serif SC", "Noto Serif CJK SC"),
    "any": ("Noto Sans SC", "Noto Serif SC", "Source Han Sans CN", "Source Han Serif CN", "Microsoft YaHei", "微软雅黑",
            "PingFang SC", "WenQuanYi Micro Hei", "AR PL UMing CN", "AR PL UKai CN", "Droid Sans Fallback"),
}  # fmt: skip
"""What each part of a page is set in, best first; then whatever Chinese typeface there is."""
_PLAIN = "Libertinus Serif"
"""Comes with the typesetter; it has no Chinese."""
_FIRST_CHINESE = "\u2e80"
_SAME_FOR_ALL = datetime(2000, 1, 1, tzinfo=UTC)


class TypesetterMissing(WrongUsage):
    """The extra is not installed."""

    code = "typesetter_missing"
    sentence = N_("This installation cannot write PDF.")
    remedy = N_("Install the extra: pip install 'secondment-ledger[pdf]'. Or write .docx, and print that.")


class FontMissing(WrongUsage):
    """No Chinese typeface was found; without one every Chinese character would be an empty box."""

    code = "font_missing"
    sentence = N_("No Chinese typeface was found on this machine, so that no PDF was written.")
    remedy = N_(
        "Install one (on Debian: apt install fonts-noto-cjk), or name a folder with font files: --fonts FOLDER. "
        "Or write .docx, and print that."
    )


def write_pdf(file: IO[bytes], register: Register, fonts: Path | None = None) -> None:
    """Write a register, A4 landscape. Raises TypesetterMissing, FontMissing, OSError."""
    file.write(_set(register.title, (297, 210, 14, 14, 14, 15), list(_register(register, 297 - 28)), fonts))


def letter_pdf(docx: bytes, fonts: Path | None = None) -> bytes:
    """The PDF of a letter. Raises PictureInTemplate, TypesetterMissing, FontMissing."""
    return _set("", page_of(docx), parts_of(docx), fonts, pages="— 1 —")


def _register(register: Register, across: float) -> Iterable[dict[str, Any]]:
    yield paragraph([text_run(register.title, "title", 20, bold=True)], "center")
    yield paragraph([text_run("　　　　".join(register.head), "body", 11)])
    for block in register.blocks:
        if len(register.blocks) > 1:
            yield paragraph([text_run(_(block.title), "head", 12)], above=12)
        yield _table(block, across) if block.rows else paragraph([text_run(_("None."), "body", 10)])
        if block.note:
            yield paragraph([text_run(block.note, "body", 10)])
    yield paragraph([text_run("　　　　　　".join(f"{_(one)}：" for one in SIGNATURES), "body", 11)], above=14)
    for line in ("；".join(register.small_print), *printed(register)):
        yield paragraph([text_run(line, "body", 6.5, colour="#595959")])


def _table(block: Block, across: float) -> dict[str, Any]:
    size, widths = fit(block, across)

    def cell(value: object, *, bold: bool = False) -> dict[str, Any]:
        colour = "#c00000" if isinstance(value, int) and value < 0 else "#000000"
        align = "right" if isinstance(value, int) else "left"
        return {**text_run("" if value is None else str(value), "body", size, colour=colour, bold=bold), "align": align}

    rows = [[cell(value) for value in row] for row in block.rows]
    if block.total is not None:
        rows.append([cell(value, bold=True) for value in block.total])
    head = [text_run(_(one.title), "head", size) for one in block.fields]
    inset = size / 2 * MARGIN / 2 - 0.3
    return {"kind": "table", "widths": widths, "inset": inset, "shade": "#d9e1f2", "head": head, "rows": rows}


def _set(
    title: str, page: Sequence[float], blocks: list[dict[str, Any]], fonts: Path | None, *, pages: str = "1 / 1"
) -> bytes:
    try:
        import typst
    except ImportError:
        raise TypesetterMissing from None
    told: dict[str, Any] = {"title": title, "blocks": blocks, "language": language()}
    told["page"] = dict(zip(("width", "height", "left", "right", "top", "bottom"), page, strict=True))
    told["page"]["pages"] = pages
    found = typst.Fonts(font_paths=[] if fonts is None else [fonts])
    text = json.dumps(told, ensure_ascii=False)
    told["fonts"] = _faces(set(found.families()), chinese=any(sign >= _FIRST_CHINESE for sign in text))
    inputs = {"document": json.dumps(told, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")}
    return typst.compile(PAGE.read_bytes(), font_paths=found, sys_inputs=inputs, timestamp=_SAME_FOR_ALL, format="pdf")


def _faces(known: set[str], *, chinese: bool) -> dict[str, list[str]]:
    """For each part of a page the typefaces that are there, best first. Raises FontMissing."""
    every = [face for faces in FACES.values() for face in faces if face in known]
    if chinese and not every:
        raise FontMissing
    serif = [face for face in FACES["body"] if face in known]
    order = {role: [face for face in faces if face in known] for role, faces in FACES.items() if role != "any"}
    order["title"] += serif
    return {role: [*dict.fromkeys([*faces, *every]), _PLAIN] for role, faces in order.items()}
