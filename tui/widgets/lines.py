"""The two lines of every screen: where in time one stands above, and the keys that act below."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.dom import DOMNode
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from ledger.locale import _
from tui.keys import named
from tui.marks import fit, plain
from tui.port import Standing
from tui.where import Where

SMALLEST = (80, 24)
"""Below this everything goes on working, but lines are cut."""


class StatusLine(Widget):
    """Both dates, what is looked at, and the state of the ledger."""

    where: reactive[Where] = reactive(Where())
    subject: reactive[str] = reactive("")
    standing: reactive[Standing | None] = reactive(None)
    officer: reactive[str] = reactive("")
    broken: reactive[str] = reactive("")

    def left(self) -> str:
        """`Ledger | On 2022-07-22 | Known latest | subject`."""
        newest = "" if self.standing is None else f" #{self.standing.position}"
        known = _("latest") + newest if self.where.known_at is None else f"#{self.where.known_at}"
        on = self.where.as_of.isoformat()
        dates = _("Ledger | As of {on} | Known: {known}").format(on=on, known=known)
        return " " + " | ".join([dates, *([plain(self.subject)] if self.subject else [])])

    def right(self) -> str:
        """Tags first, then who is at work."""
        standing = self.standing
        tags = [_("[history: read only]")] if self.where.is_history else []
        if self.app.size.width < SMALLEST[0] or self.app.size.height < SMALLEST[1]:
            tags.append(_("[window too small]"))
        if self.broken:
            tags.append(_("[chain broken]"))
        if standing is not None:
            tags += [_("demo clock")] if standing.simulated else []
            tags += [_("read only")] if standing.read_only else []
        return " " + " ".join([*tags, *([plain(self.officer)] if self.officer else [])]) + " "

    def render(self) -> Text:
        """One line; what is looked at gives way first."""
        width = self.size.width
        right = self.right()
        room = max(width - cell_len(right), 0)
        return Text(fit(self.left(), room) + right, no_wrap=True, overflow="crop", end="")


class KeyLine(Widget):
    """The keys that act here, each with its word; a click acts like the key."""

    def on_mount(self) -> None:
        """Follow whatever changes the keys."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.refresh())

    def pieces(self) -> list[tuple[str, str, DOMNode]]:
        """(text, action, whose action) of every key that is shown and acts."""
        found: dict[str, tuple[str, str, DOMNode]] = {}
        for key, active in self.screen.active_bindings.items():
            binding = active.binding
            if isinstance(self.screen.focused, Input) and len(named(key)) == 1:
                continue  # it is typed into the field
            if binding.show and active.enabled and binding.action not in found and binding.description:
                found[binding.action] = (f"{named(key)} {_(binding.description)}", binding.action, active.node)
        return list(found.values())

    def render(self) -> Text:
        """One line, as many keys as fit."""
        text = ""
        for words, *_rest in self.pieces():
            if cell_len(text) + 2 + cell_len(words) >= self.size.width:
                break
            text += ("  " if text else " ") + words
        return Text(fit(text, self.size.width), no_wrap=True, overflow="crop", end="")

    def on_click(self, event: events.Click) -> None:
        """Act as the key under the mouse."""
        left = 1
        for words, action, node in self.pieces():
            if left <= event.x < left + cell_len(words):
                self.app.call_later(self.app.run_action, action, node)
                return
            left += cell_len(words) + 2
