"""Plain words on the screen: lines of text in which nothing is markup."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.geometry import Size
from textual.widget import Widget

from tui.marks import fit, worded

BETWEEN = "  "


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


class Filled(Words):
    """Pieces of text with two spaces between them, in as many lines as they need."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Of all lines."""
        return len(self._filled(width))

    def say(self, words: str) -> None:
        """Show this."""
        self.words = words
        self.refresh(layout=True)

    def render(self) -> Text:
        """All pieces."""
        lines = [fit(worded(line), self.content_size.width) for line in self._filled(self.content_size.width)]
        return Text("\n".join(lines), no_wrap=True, overflow="crop", end="")

    def _filled(self, width: int) -> list[str]:
        lines = [""]
        for piece in self.words.split(BETWEEN):
            longer = BETWEEN.join(filter(None, (lines[-1], piece)))
            if cell_len(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
        return lines


class Detail(Words):
    """One line below a list: the row under the cursor, in full."""

    DEFAULT_CLASSES = "detail"
