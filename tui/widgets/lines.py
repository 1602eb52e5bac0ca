"""The lines of every screen: where in time one stands above, what is broken, and the keys that act below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.dom import DOMNode
from textual.reactive import reactive
from textual.screen import ActiveBinding  # type: ignore[attr-defined]  # Textual names it nowhere else
from textual.widget import Widget
from textual.widgets import Input

from ledger.locale import _, term
from tui.keys import BY_ID, named
from tui.marks import fit, plain, worded
from tui.port import Standing
from tui.where import Where, today

SMALLEST = (80, 24)
"""Below this everything goes on working, but lines are cut."""
OPEN = "open_to_all"
"""The role of everybody in a ledger where none was given."""
WORTH = 9
"""Cells in which the beginning of a subject tells something."""
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

    def dates(self) -> str:
        """`As of 2022-07-22 | Known: latest`; they are always whole."""
        standing, known_at = self.standing, self.where.known_at
        known = _("latest") if known_at is None else f"#{known_at}"
        if known_at is None and standing is not None and self.size.width >= ROOMY:
            known += f" #{standing.position}"
        return _("As of {on} | Known: {known}").format(on=self.where.as_of.isoformat(), known=known)

    def left(self, room: int) -> str:
        """`Ledger | dates | subject`; where room is short the program's name gives way."""
        pieces = [self.dates(), *([plain(self.subject)] if self.subject else [])]
        named, bare = " " + " | ".join([_("Ledger"), *pieces]), " " + " | ".join(pieces)
        if cell_len(named) <= room:
            return named
        dates = " " + pieces[0]  # alone, rather than with two dots that might stand for more of a number
        return bare if cell_len(bare) <= room or cell_len(dates) + WORTH <= room else dates

    def tags(self) -> str:
        """What is unusual here."""
        tags = [_("[history: read only]")] if self.where.is_history else []
        if self.app.size.width < SMALLEST[0] or self.app.size.height < SMALLEST[1]:
            tags.append(_("[window too small]"))
        if self.standing is not None:
            tags += [_("demo")] if self.standing.simulated else []
            tags += [_("read only")] if self.standing.read_only else []
            behind = self.standing.behind
            tags += [_("[clock {minutes} min behind]").format(minutes=behind)] if behind else []
        return " ".join(tags)

    def alerts(self) -> str:
        """How many alerts are live, as `sledger alerts list` counts them."""
        standing = self.standing
        if standing is None:
            return ""
        return self.alerts_of(standing.alerts)

    def alerts_of(self, number: int) -> str:
        """So many live alerts. They are those of now, and this says so where another day or knowledge is looked at."""
        standing = self.standing
        present = standing.last_on if standing is not None and standing.simulated and standing.last_on else today()
        is_now = self.where.known_at is None and self.where.as_of == present
        words = _("Alerts {count}") if is_now or not number else _("Alerts now {count}")
        return words.format(count=f"!{number}" if number else 0)

    def right(self) -> list[str]:
        """Tags first, then the alerts, then who is at work; what stands last gives way to the dates.

        The units somebody is limited to stand there where nothing else has to give way but the program's name.
        """
        pieces = [piece for piece in (self.tags(), self.alerts(), self.who()) if piece]
        room = self.size.width - cell_len(self.dates()) - 3
        while len(pieces) > 1 and sum(cell_len(piece) + 1 for piece in pieces) > room:
            pieces.pop()
        limits = self.limits()
        left = cell_len(f" {' | '.join([self.dates(), plain(self.subject)])} ")
        if limits and left + sum(cell_len(piece) + 1 for piece in [*pieces, limits]) <= self.size.width:
            pieces.append(limits)
        return pieces

    def limits(self) -> str:
        """The units whoever is at work is limited to."""
        return "" if self.standing is None else _(", ").join(map(plain, self.standing.units))

    def who(self) -> str:
        """The name, and the role that was given to it."""
        role = "" if self.standing is None or self.standing.role == OPEN else term("role", self.standing.role)
        return " ".join(filter(None, (plain(self.officer), role)))

    def render(self) -> Text:
        """One line; what is looked at gives way first."""
        right = f" {' '.join(self.right())} "
        room = max(self.size.width - cell_len(right), 0)
        return Text(fit(self.left(room), room) + right, no_wrap=True, overflow="crop", end="")

    def on_click(self, event: events.Click) -> None:
        """Other dates, or the inbox."""
        left = self.size.width - 1
        for piece in reversed(self.right()):
            left -= cell_len(piece)
            if piece == self.alerts() and left <= event.x < left + cell_len(piece):
                self.app.call_later(self.app.run_action, "app.alerts")
            left -= 1
        if event.x < left:
            self.app.call_later(self.app.run_action, "app.go_to_date")


class BrokenLine(Widget):
    """A red line below the first one, on every screen, while the chain is known to be broken."""

    broken: reactive[str] = reactive("")

    def watch_broken(self, broken: str) -> None:
        """There while there is something to say."""
        self.display = bool(broken)

    def render(self) -> Text:
        """What is broken, and that nothing is recorded."""
        return Text(fit(f" x {worded(self.broken)}", self.size.width), no_wrap=True, overflow="crop", end="")


def _close(key: str, word: str) -> str:
    """`F1 Help `, but `F1帮助 `: such a word is told apart without a space."""
    return f"{key}{'' if cell_len(word[:1]) > 1 else ' '}{word} "


def _closest(key: str, word: str) -> str:
    """`F1Help `, but `Enter Open `."""
    return f"{key}{word} " if key[:1] == "F" and key[1:].isdigit() else _close(key, word)


SPACED: Sequence[Callable[[str, str], str]] = (lambda key, word: f"{key} {word}  ", _close, _closest)
"""How a key and its word stand, from the roomiest way to the closest."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A key with its word, as it stands at the foot. `dim`: it writes what may not be written now."""

    text: str
    action: str
    node: DOMNode
    dim: bool

    @property
    def cells(self) -> int:
        """Of the text, with the space after it."""
        return cell_len(self.text)


class KeyLine(Widget):
    """The keys that act here, each with its word; a click acts like the key.

    Keys that write are faint where nothing may be recorded; pressed, they still say why.
    """

    forbidden: reactive[frozenset[str]] = reactive(frozenset())

    def on_mount(self) -> None:
        """Follow whatever changes the keys."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.refresh())

    def keys(self) -> list[tuple[str, ActiveBinding]]:
        """(key, binding) of every key that is shown and acts."""
        found: dict[str, tuple[str, ActiveBinding]] = {}
        for key, active in self.screen.active_bindings.items():
            binding = active.binding
            if isinstance(self.screen.focused, Input) and len(named(key)) == 1:
                continue  # it is typed into the field
            if binding.show and active.enabled and binding.action not in found and binding.description:
                found[binding.action] = (named(key), active)
        return list(found.values())

    def pieces(self) -> list[Piece]:
        """Closer together where not all fit, then without those before the last: it leads to all that can be done."""
        found: list[Piece] = []
        for spaced in SPACED:
            found = [self._piece(spaced(key, _(one.binding.description)), one) for key, one in self.keys()]
            if self._fits(found):
                break
        while len(found) > 1 and not self._fits(found):
            del found[-2]
        return found

    def _fits(self, pieces: Sequence[Piece]) -> bool:
        """Whether the last word ends on the line."""
        return cell_len(f" {''.join(piece.text for piece in pieces).rstrip()}") <= self.size.width

    def _piece(self, text: str, one: ActiveBinding) -> Piece:
        key = BY_ID.get(one.binding.id or "")
        return Piece(text, one.binding.action, one.node, key is not None and key.writes in self.forbidden)

    def render(self) -> Text:
        """One line."""
        text = Text(" ", no_wrap=True, overflow="crop", end="")
        for piece in self.pieces():
            text.append(piece.text, "dim" if piece.dim else "")
        text.truncate(self.size.width)
        return text

    def on_click(self, event: events.Click) -> None:
        """Act as the key under the mouse."""
        left = 1
        for piece in self.pieces():
            if left <= event.x < left + cell_len(piece.text.rstrip()):
                self.app.call_later(self.app.run_action, piece.action, piece.node)
                return
            left += piece.cells
