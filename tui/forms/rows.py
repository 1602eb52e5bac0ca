"""The parts of a form on the screen: columns of labels and meanings beside the fields, hints, and the preview."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.containers import VerticalScroll
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.forms.preview import Line, wrapped
from tui.marks import fit, worded
from tui.widgets.field import LedgerInput

HINT_LINES = 4
TONES = ("over", "vacant", "away", "overdue", "faint", "strong")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]")
_BREAKS = re.compile(r"[\r\n\t]+")
SEPARATORS = ",，、;；"


class FormInput(LedgerInput):
    """A field of a form. What could steer a terminal never gets in; several lines pasted become one list."""

    class Emptied(Message):
        """Backspace in an empty field: the last of several picked is meant."""

        def __init__(self, field: FormInput) -> None:
            super().__init__()
            self.field = field

    def __init__(self, key: str, value: str = "", *, many: bool = False) -> None:
        super().__init__(_CONTROL.sub("", value))
        self.key = key
        self.many = many

    def replace(self, text: str, start: int, end: int) -> None:
        """As Textual's, without control and direction characters."""
        super().replace(_CONTROL.sub("", _BREAKS.sub(" ", text)), start, end)

    def _on_paste(self, event: events.Paste) -> None:
        """Lines of a spreadsheet become a list; Textual's own keeps the first line only."""
        between = "、" if self.many else " "
        text = between.join(part.strip() for part in _BREAKS.split(event.text) if part.strip())
        self.replace(text, *self.selection)
        event.stop()
        event.prevent_default()

    def action_delete_left(self) -> None:
        """As Textual's; in an empty field it says so."""
        if self.value:
            super().action_delete_left()
        else:
            self.post_message(self.Emptied(self))


class Lines(Widget):
    """Lines of text beside the fields, each cut to the width there is."""

    COMPONENT_CLASSES = {f"lines--{tone}" for tone in TONES}  # noqa: RUF012  as Textual spells it

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.lines: Sequence[Line] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Show these."""
        if list(lines) == list(self.lines):
            return
        grown = len(lines) != len(self.lines)
        self.lines = list(lines)
        self.refresh(layout=grown)

    def get_content_height(self, *_sizes: object) -> int:
        """One row a line."""
        return len(self.lines)

    def render_line(self, y: int) -> Strip:
        """One line."""
        width = self.size.width
        base = self.rich_style
        if y >= len(self.lines):
            return Strip.blank(width, base)
        line = self.lines[y]
        style: Style = self.get_component_rich_style(f"lines--{line.tone}") if line.tone else base
        return Strip([Segment(fit(worded(line.text), width), style)])


class Labels(Lines):
    """Names of fields: as wide as the widest, since a name that is cut is no name."""

    def get_content_width(self, *_sizes: object) -> int:
        """Of the widest, in full."""
        return max((cell_len(worded(line.text)) for line in self.lines), default=0)


class Hints(Lines):
    """Always four lines: what may be chosen, or how the field is filled in. The form never jumps."""

    class Clicked(Message):
        """A click on a line."""

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line

    def on_click(self, event: events.Click) -> None:
        """Say which line."""
        self.post_message(self.Clicked(event.y))

    def get_content_height(self, *_sizes: object) -> int:
        """Fixed."""
        return HINT_LINES


class Preview(VerticalScroll, can_focus=True):
    """What recording would change; after the last field, Enter comes here and goes no further."""

    class Moved(Message):
        """Other lines of it are in sight than before."""

    def __init__(self) -> None:
        super().__init__(id="preview")
        self.body = _Body(id="preview-body")

    def compose(self) -> object:  # type: ignore[override]
        """The lines."""
        yield self.body

    def show(self, lines: Sequence[Line]) -> None:
        """Show these, wrapped."""
        self.body.full = list(lines)
        self.on_resize()

    def on_resize(self) -> None:
        """Wrap again."""
        self.body.wrap()
        self.post_message(self.Moved())

    def watch_scroll_y(self, before: float, after: float) -> None:
        """As Textual's, and tell it."""
        super().watch_scroll_y(before, after)
        self.post_message(self.Moved())

    @property
    def below(self) -> int:
        """How many lines lie below those in sight."""
        return max(len(self.body.lines) - self.scroll_offset.y - self.size.height, 0)

    @property
    def text(self) -> Text:
        """For tests: everything it says."""
        return Text("\n".join(line.text for line in self.body.full))


class _Body(Lines):
    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.full: list[Line] = []

    def wrap(self) -> None:
        """Fit the lines into the width there is."""
        parent = self.parent
        width = parent.scrollable_content_region.width if isinstance(parent, Preview) else 0
        self.show(wrapped(self.full, (width or 80) - 1))
