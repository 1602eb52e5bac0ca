"""The list below the fields: what fits what was typed, which of it is pointed at, when one is meant without doubt."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.locale import _
from tui.forms.fields import Field
from tui.forms.preview import Line
from tui.forms.rows import HINT_LINES, SEPARATORS
from tui.forms.state import FormState, Picked
from tui.marks import fit


@dataclass(slots=True)
class Hits:
    """Hits for one text of one field. `answered`: the list is there; `taking`: Enter was pressed before it was."""

    key: str = ""
    text: str = ""
    found: Sequence[Picked] = ()
    answered: bool = False
    taking: bool = False
    pointer: int | None = None

    def move(self, rows: int) -> bool:
        """Point at the next one; False where there is nothing to point at."""
        if not self.found:
            return False
        last = len(self.found) - 1
        start = -1 if self.pointer is None and rows > 0 else self.pointer or 0
        self.pointer = min(max(start + rows, 0), last)
        return True

    @property
    def meant(self) -> Picked | None:
        """The one pointed at; else the only one; else the only one that is exactly so."""
        if self.pointer is not None and self.pointer < len(self.found):
            return self.found[self.pointer]
        if len(self.found) == 1:
            return self.found[0]
        text = plain_query(self.text)
        exact = [one for one in self.found if text in (one.code.lower(), one.name.lower())]
        return exact[0] if len(exact) == 1 else None

    @property
    def top(self) -> int:
        """The first hit shown."""
        return max(min((self.pointer or 0) - HINT_LINES + 2, len(self.found) - HINT_LINES), 0)

    def lines(self, width: int) -> list[Line]:
        """Four lines of hits around the pointer; more are counted."""
        if not self.found:
            return [Line(" " + _("Nothing fits.") if self.answered and self.text.strip() else "", "faint")]
        top = self.top
        lines = []
        for index, one in enumerate(self.found[top : top + HINT_LINES], top):
            at = index == self.pointer or (self.pointer is None and len(self.found) == 1)
            text = f"{'>' if at else ' '}{one.name}  {one.about}"
            lines.append(Line(text, "strong" if at else ""))
        rest = len(self.found) - top - HINT_LINES
        if rest > 0:
            more = " " + _("{count} more: Down").format(count=rest)
            lines[-1] = Line(fit(lines[-1].text, max(width - len(more) * 2, 20)) + more, lines[-1].tone)
        return lines


def plain_query(text: str) -> str:
    """What is looked for: half-width, without the separator that ends it."""
    return unicodedata.normalize("NFKC", text).strip().rstrip(SEPARATORS).strip().lower()


def choices(one: Field, state: FormState, held: Sequence[str]) -> list[Picked]:
    """What a field of a closed list offers for what was typed: a number, a word or its beginning, or the code."""
    codes = held if one.kind == "held" else one.codes
    numbered = [Picked(code, one.word(code), f"{place}") for place, code in enumerate(codes, 1)]
    picked = state.picked.get(one.key)
    text = plain_query(state.texts.get(one.key, ""))
    if not text or (picked and picked[0].name == state.texts.get(one.key)):
        return numbered
    exact = [each for each in numbered if text in (each.code, each.name.lower())]
    if not exact and text.isdigit():
        exact = [each for each in numbered if text == each.about]
    if exact:
        return exact
    begins = [each for each in numbered if each.name.lower().startswith(text) or each.code.startswith(text)]
    return begins or [each for each in numbered if text in each.name.lower()]


def choice_lines(found: Sequence[Picked], pointer: int | None, width: int) -> list[Line]:
    """A closed list, numbered, in as few lines as it takes."""
    lines = [""]
    for index, one in enumerate(found):
        piece = f"{'>' if index == pointer or len(found) == 1 else ' '}{one.about} {one.name}"
        if (
            lines[-1]
            and len(lines[-1].encode("gb18030", "replace")) + len(piece.encode("gb18030", "replace")) + 2 > width
        ):
            lines.append("")
        lines[-1] += piece + "  "
    return [Line(line.rstrip()) for line in lines[:HINT_LINES]]
