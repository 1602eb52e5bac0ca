"""The search for garbage among everything that is held waits until nobody types.

With 100,000 people in the ledger Python's own full search stops the program for a tenth of a second, and the
many small objects of a new screen set it off: mostly while a form opens.
"""

from __future__ import annotations

import gc
import time

from textual import events
from textual.app import App

QUIET = 2.0
"""Seconds without a key or click after which a search keeps nobody waiting."""
NEVER = 1_000_000
"""Searches of the middle generation before Python would begin a full one by itself."""


class QuietApp(App[int]):
    """An application that searches in quiet moments only; what is new is searched as ever."""

    _touched_at = 0.0
    _search_due = False

    def on_mount(self) -> None:
        """Keep Python's own full searches back for as long as the screens run."""
        self._threshold = gc.get_threshold()
        gc.set_threshold(*self._threshold[:2], NEVER)
        self.set_interval(1.0, self._search)

    def on_unmount(self) -> None:
        """As it was before."""
        gc.set_threshold(*self._threshold)

    async def on_event(self, event: events.Event) -> None:
        """A key or a click: no search for a while, but one afterwards."""
        if isinstance(event, events.InputEvent):
            self._touched_at, self._search_due = time.monotonic(), True
        await super().on_event(event)

    def _search(self) -> None:
        if self._search_due and time.monotonic() - self._touched_at >= QUIET:
            self._search_due = False
            gc.collect()
