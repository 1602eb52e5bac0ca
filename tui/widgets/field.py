"""Fields to type in: the terminal's own cursor follows the caret, so that Chinese input opens where one types."""

from __future__ import annotations

from datetime import date
from typing import Any

from textual.events import Focus, Resize
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import Input

from ledger.locale import _
from tui.dates import NotADate, read_typed
from tui.where import today


class LedgerInput(Input):
    """Textual 8.2 leaves the cursor behind when a field opens, moves or the window changes; this one does not."""

    def __init__(self, value: str = "", *, placeholder: str = "", id: str | None = None, **more: Any) -> None:
        super().__init__(value, placeholder=placeholder, id=id, compact=True, **more)
        self.cursor_blink = False  # each blink costs bytes over ssh

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the caret is drawn; Textual's own answer is one cell further at the end of the text."""
        region = self.content_region
        return Offset(region.x + self._position_to_cell(self.cursor_position) - self.scroll_offset.x, region.y)

    def on_mount(self) -> None:
        """Follow every new layout."""
        self.screen.screen_layout_refresh_signal.subscribe(self, lambda _screen: self._anchor())

    def on_focus(self, event: Focus) -> None:
        """The caret is here now."""
        self.call_after_refresh(self._anchor)

    def on_resize(self, event: Resize) -> None:
        """The caret moved with the field."""
        self._anchor()

    def _anchor(self) -> None:
        if self.has_focus and self.is_attached:
            self.app.cursor_position = self.cursor_screen_offset
            self.refresh()


class DateInput(LedgerInput):
    """A date as officers write it. `start` is what short forms count from; `is_term` asks for a last day."""

    class Read(Message):
        """What was typed means this day, or nothing yet."""

        def __init__(self, field: DateInput, day: date | None, problem: str) -> None:
            super().__init__()
            self.field, self.day, self.problem = field, day, problem

        @property
        def control(self) -> DateInput:
            """The field."""
            return self.field

    def __init__(self, value: str = "", *, is_term: bool = False, id: str | None = None, **more: Any) -> None:
        super().__init__(value, id=id, **more)
        self.is_term = is_term
        self.start: date | None = None

    def read(self) -> tuple[date | None, str]:
        """The day, or why there is none; both are empty for an empty field."""
        if not self.value.strip():
            return None, ""
        try:
            return read_typed(self.value, today=today(), start=self.start, is_term=self.is_term), ""
        except NotADate as problem:
            return None, _(str(problem))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell what it means, with every key."""
        self.post_message(self.Read(self, *self.read()))
