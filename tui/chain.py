"""The chain of entries: checked whole when somebody asks, and link by link behind everything else that goes on.

The check behind begins with the newest entries, goes through all of them in small steps with pauses, and then follows
the ledger. A broken chain is on every screen without anybody having asked (0036).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.cli.troubles import trouble_of
from ledger.locale import _

if TYPE_CHECKING:
    from tui.port import Port

STEP = 2000
"""Entries looked at without a pause: about a hundredth of a second."""
FIRST = 500
"""Of the newest ones, at the start."""
PAUSE = 0.2
"""Seconds between two steps."""


class Found(NamedTuple):
    """What a check found, in words. `broken`: what every screen says from now on; empty while nothing is wrong."""

    told: str
    broken: str = ""


def check_all(port: Port) -> Found:
    """Check the whole chain, its indexes and the read tables."""
    try:
        found = port.ledger.verify()
    except Exception as error:  # noqa: BLE001  told like any other fault
        return Found(trouble_of(error).message)
    count = found.chain.positions
    if found.ok:
        words = _("chain checked: {count} entries, end {tip}")
        return Found(words.format(count=count, tip=found.chain.tip.hex()[:8]))
    fault = found.chain.fault
    return _broken(count + 1 if fault is None else fault.position)


class Links:
    """The check behind, of one ledger."""

    def __init__(self) -> None:
        self.busy = False
        self._reached: Any = None
        """As the ledger gave it."""
        self._newest = False

    def follow(self, port: Port, stopped: Callable[[], bool]) -> Found | None:
        """Look on up to the end; None where it was stopped before."""
        store = port.ledger.store
        fault = None if self._newest else store.check_newest(FIRST)
        self._newest = True
        while fault is None:
            self._reached, fault = store.check_links(self._reached, STEP)
            if fault is None and self._reached.ends:
                return Found(_("chain whole: {count} entries").format(count=self._reached.position))
            time.sleep(PAUSE)
            if stopped():
                return None
        return _broken(fault.position)


def _broken(position: int) -> Found:
    words = _("The chain check failed at #{position}: nothing may be recorded.").format(position=position)
    return Found(words, words)
