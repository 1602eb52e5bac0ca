"""One place for what went wrong: the screen keeps its data, and this says what happened and what to do."""

from __future__ import annotations

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from tui.marks import worded


class Notice(Widget):
    """A sentence above the keys; nothing when all is well."""

    sentence: reactive[str] = reactive("", layout=True)
    remedy: reactive[str] = reactive("", layout=True)

    def say(self, sentence: str, remedy: str = "") -> None:
        """Say something, until it is taken back."""
        self.sentence, self.remedy = sentence, remedy
        self.display = bool(sentence)

    def on_mount(self) -> None:
        """Nothing to say yet."""
        self.display = bool(self.sentence)

    def render(self) -> Text:
        """The sentence and the remedy, wrapped."""
        return Text(" ".join(filter(None, (worded(self.sentence), worded(self.remedy)))))
