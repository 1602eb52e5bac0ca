"""Plain words on the screen: lines of text in which nothing is markup."""

from __future__ import annotations

from rich.text import Text
from textual.widget import Widget

from tui.marks import fit, worded


class Words(Widget):
    """Lines of text, each cut at the width there is."""

    def __init__(self, words: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.words = words

    def say(self, words: str) -> None:
        """Show this."""
        if words != self.words:
            taller = words.count("\n") != self.words.count("\n")
            self.words = words
            self.refresh(layout=taller)

    def render(self) -> Text:
        """The words; line breaks are ours, everything else is data."""
        width = self.content_size.width
        lines = [fit(worded(line), width) for line in self.words.split("\n")]
        return Text("\n".join(lines), no_wrap=True, overflow="crop", end="")


class Detail(Words):
    """One line below a list: the row under the cursor, in full."""

    DEFAULT_CLASSES = "detail"
