"""One line below a list: the row under the cursor, in full."""

from __future__ import annotations

from rich.text import Text
from textual.widget import Widget

from tui.marks import fit, plain


class Detail(Widget):
    """Text only; what does not fit is cut at its end."""

    DEFAULT_CLASSES = "detail"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.words = ""

    def say(self, words: str) -> None:
        """Show this."""
        if words != self.words:
            self.words = words
            self.refresh()

    def render(self) -> Text:
        """The words."""
        return Text(fit(plain(self.words), self.content_size.width), no_wrap=True, overflow="crop", end="")
