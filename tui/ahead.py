"""Keys typed before what they are about is on the screen: they wait in their order, and none is lost or goes astray.

Textual hands a key to whatever is in front at that moment. Keys that come in one piece over a slow line, or while the
program starts, would reach a screen without its rows or fields.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol, runtime_checkable

from textual import events
from textual._xterm_parser import XTermParser

from tui.quiet import QuietApp

MOMENT = 0.002
"""Seconds between two looks at whether the next key can be typed."""
LEAVING = frozenset({"help", "find", "date.go", "overview", "back", "quit"})
"""Keys, by their ids, that lead away from a screen whose rows are awaited: what was typed for it is forgotten."""
Typed = events.Key | events.Paste


@runtime_checkable
class Taker(Protocol):
    """A screen that may not be there yet for a key."""

    def takes(self, key: str) -> bool:
        """Whether it finds what it is about."""


class AheadApp(QuietApp):
    """An application that takes one key after the other; each screen says by `takes` whether it is there for a key."""

    def __init__(self) -> None:
        super().__init__()
        self.starting = True
        """Until it is known which screen this user begins with."""
        self.typed_first = ""
        """What was typed before the screens took over the terminal, as the terminal sent it."""
        self._ahead: deque[Typed] = deque()
        self._next: Typed | None = None

    def on_mount(self) -> None:
        """What was typed before comes first."""
        if self.typed_first:
            parser = XTermParser()
            for message in (*parser.feed(self.typed_first), *parser.feed("")):  # nothing: that was all
                if isinstance(message, Typed):
                    self._keep(message)

    @property
    def has_typed_ahead(self) -> bool:
        """Whether keys wait."""
        return bool(self._ahead)

    def forget_keys(self) -> None:
        """They were meant for a screen that does not come."""
        self._ahead.clear()

    async def on_event(self, event: events.Event) -> None:
        """A key waits for the keys before it, and for its screen; everything else is as ever."""
        if isinstance(event, Typed) and not event.is_forwarded and event is not self._next:
            if self._leads_away(event):
                self.forget_keys()
            elif self._ahead or not self._listens(event):
                self._keep(event)
                return
        await super().on_event(event)

    def _leads_away(self, event: Typed) -> bool:
        if self._is_taken(event) or not isinstance(event, events.Key) or not self.screen_stack:
            return False
        active = self.screen.active_bindings.get(event.key)
        return active is not None and active.binding.id in LEAVING

    def _keep(self, event: Typed) -> None:
        if self.starting and isinstance(event, events.Key) and event.key == "ctrl+j":
            event = events.Key("enter", "\r")  # so a terminal sends it while no program has taken it over
        self._ahead.append(event)
        if len(self._ahead) == 1:
            self.run_worker(self._type_on(), group="ahead", exit_on_error=False)

    async def _type_on(self) -> None:
        while self._ahead:
            if self._listens(self._ahead[0]):
                self._next = self._ahead.popleft()
                self.post_message(self._next)
            await asyncio.sleep(MOMENT)

    def _is_taken(self, event: Typed) -> bool:
        if self.starting:
            return False
        front = self.screen
        return front.takes(event.key if isinstance(event, events.Key) else "") if isinstance(front, Taker) else True

    def _listens(self, event: Typed) -> bool:
        """Whether all that the keys before have set going is done, as far as it needs no worker."""
        if not self._is_taken(event):
            return False
        front = self.focused or self.screen
        return not any(one.message_queue_size for one in front.ancestors_with_self)
