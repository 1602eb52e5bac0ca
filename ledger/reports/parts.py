"""What a page is made of, as the typesetter is told: paragraphs of runs of text; tables are of such runs too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def text_run(text: str, font: str, size: float, *, colour: str = "#000000", bold: bool = False) -> dict[str, Any]:
    """Some text of one look."""
    return {"text": text, "font": font, "size": size, "colour": colour, "bold": bold}


def paragraph(runs: Sequence[Mapping[str, Any]], align: str = "left", **more: Any) -> dict[str, Any]:
    """A paragraph; `line`: its line height, `first` and `right`: indents, `above`: space, in points; `rule`: a line."""
    usual = {"line": None, "first": 0, "right": 0, "above": 6, "rule": ""}
    return {"kind": "paragraph", "runs": list(runs), "align": align, **usual, **more}
