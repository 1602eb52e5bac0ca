"""The parts of a page, numbered; the one in front stands in brackets."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from ledger.locale import _
from tui.marks import fit, plain


class TabLine(Widget):
    """` [1 Roster] 2 Quota history …`, and some words on the right."""

    active: reactive[str] = reactive("")
    words: reactive[str] = reactive("")

    class Chosen(Message):
        """A click on a part."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, parts: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.parts = parts
        """Name and label (a message id) of each part."""

    def _pieces(self) -> list[tuple[str, str]]:
        found = []
        for number, (name, label) in enumerate(self.parts, 1):
            text = f"{number} {_(label)}"
            found.append((name, f"[{text}]" if name == self.active else f" {text} "))
        return found

    def render(self) -> Text:
        """One line; the words on the right give way."""
        left = "".join(text for _name, text in self._pieces())
        room = max(self.size.width - cell_len(left) - 1, 0)
        words = plain(self.words)
        right = fit(words, room, right=True) if room > 8 else ""
        return Text(fit(left + right, self.size.width), no_wrap=True, overflow="crop", end="")

    def on_click(self, event: events.Click) -> None:
        """The part under the mouse."""
        left = 0
        for name, text in self._pieces():
            if left <= event.x < left + cell_len(text):
                self.post_message(self.Chosen(name))
                return
            left += cell_len(text)
