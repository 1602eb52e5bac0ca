"""The lines of every screen: where in time one stands above, what is broken, and the keys that act below."""

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
ROOMY = 100
"""Cells from which the number of the newest entry is told too."""


class StatusLine(Widget):
    """Both dates, what is looked at, the alerts, who is at work and in which role.

    A click on the dates goes to others, one on the alerts opens the inbox.
    """

    where: reactive[Where] = reactive(Where())
    subject: reactive[str] = reactive("")
    standing: reactive[Standing | None] = reactive(None)
    officer: reactive[str] = reactive("")

    def left(self, room: int) -> str:
        """`Ledger | As of 2022-07-22 | Known: latest | subject`; where room is short the program's name gives way."""
        standing, known_at = self.standing, self.where.known_at
        known = _("latest") if known_at is None else f"#{known_at}"
        if known_at is None and standing is not None and self.size.width >= ROOMY:
            known += f" #{standing.position}"
        dates = _("As of {on} | Known: {known}").format(on=self.where.as_of.isoformat(), known=known)
        pieces = [dates, *([plain(self.subject)] if self.subject else [])]
        named = " " + " | ".join([_("Ledger"), *pieces])
        return named if cell_len(named) <= room else " " + " | ".join(pieces)

    def tags(self) -> str:
        """What is unusual here."""
        tags = [_("[history: read only]")] if self.where.is_history else []
        if self.app.size.width < SMALLEST[0] or self.app.size.height < SMALLEST[1]:
            tags.append(_("[window too small]"))
        if self.standing is not None:
            tags += [_("demo")] if self.standing.simulated else []
            tags += [_("read only")] if self.standing.read_only else []
        return " ".join(tags)

    def alerts(self) -> str:
        """How many alerts are live, as `sledger alerts list` counts them."""
        standing = self.standing
        if standing is None:
            return ""
        return _("Alerts {count}").format(count=f"!{standing.alerts}" if standing.alerts else 0)

    def right(self) -> str:
        """Tags first, then the alerts, then who is at work."""
        pieces = [self.tags(), self.alerts(), plain(self.officer)]
        return " " + " ".join(filter(None, pieces)) + " "

    def render(self) -> Text:
        """One line; what is looked at gives way first."""
        width = self.size.width
        right = self.right()
        room = max(width - cell_len(right), 0)
        return Text(fit(self.left(room), room) + right, no_wrap=True, overflow="crop", end="")

    def on_click(self, event: events.Click) -> None:
        """Other dates, or the inbox."""
        behind = self.size.width - event.x
        who, alerts = cell_len(plain(self.officer)) + 2, cell_len(self.alerts())
        if alerts and who <= behind <= who + alerts:
            self.app.call_later(self.app.run_action, "app.alerts")
        elif behind > cell_len(self.right()):
            self.app.call_later(self.app.run_action, "app.go_to_date")


class BrokenLine(Widget):
    """A red line below the first one, on every screen, while the chain is known to be broken."""

    broken: reactive[str] = reactive("")

    def watch_broken(self, broken: str) -> None:
        """There while there is something to say."""
        self.display = bool(broken)

    def render(self) -> Text:
        """What is broken, and that nothing is recorded."""
        return Text(fit(f" x {plain(self.broken)}", self.size.width), no_wrap=True, overflow="crop", end="")


class KeyLine(Widget):
    """The keys that act here, each with its word; a click acts like the key."""

    def on_mount(self) -> None:
        """Follow whatever changes the keys."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.refresh())

    def keys(self) -> list[tuple[str, str, str, DOMNode]]:
        """(key, word, action, whose action) of every key that is shown and acts."""
        found: dict[str, tuple[str, str, str, DOMNode]] = {}
        for key, active in self.screen.active_bindings.items():
            binding = active.binding
            if isinstance(self.screen.focused, Input) and len(named(key)) == 1:
                continue  # it is typed into the field
            if binding.show and active.enabled and binding.action not in found and binding.description:
                found[binding.action] = (named(key), _(binding.description), binding.action, active.node)
        return list(found.values())

    def pieces(self) -> list[tuple[str, str, DOMNode]]:
        """(text, action, whose action), as many as fit; where not all do, they stand closer together."""
        known = self.keys()
        room = self.size.width - 1
        roomy = [(f"{key} {word}  ", action, node) for key, word, action, node in known]
        if sum(cell_len(text) for text, *_rest in roomy) <= room + 2:
            return roomy
        found: list[tuple[str, str, DOMNode]] = []
        for key, word, action, node in known:
            text = f"{key}{'' if cell_len(word[:1]) > 1 else ' '}{word} "
            if cell_len(text) - 1 > room:
                break
            room -= cell_len(text)
            found.append((text, action, node))
        return found

    def render(self) -> Text:
        """One line."""
        text = " " + "".join(words for words, *_rest in self.pieces())
        return Text(fit(text.rstrip(), self.size.width), no_wrap=True, overflow="crop", end="")

    def on_click(self, event: events.Click) -> None:
        """Act as the key under the mouse."""
        left = 1
        for words, action, node in self.pieces():
            if left <= event.x < left + cell_len(words.rstrip()):
                self.app.call_later(self.app.run_action, action, node)
                return
            left += cell_len(words)
