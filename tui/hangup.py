"""A terminal that is gone ends the program, also where no signal says so.

The kernel sends SIGHUP to the programs of a terminal; not to one that was started apart from it, as `setsid` or a
supervisor does. The toolkit would then read the end of its input again and again for ever, and wait for somebody to
take what it has to show.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time

GRACE = 5.0
"""Seconds for a tidy end; every entry that was acknowledged and every draft is on the disk all the time."""


def watch() -> None:
    """End this program, as SIGHUP does, when its terminal goes away."""
    if hasattr(select, "poll") and sys.__stdin__ is not None:
        threading.Thread(target=_wait, args=(sys.__stdin__.fileno(),), name="hang-up", daemon=True).start()


def _wait(terminal: int) -> None:
    gone = select.poll()
    gone.register(terminal, 0)  # what is asked for is nothing: a hang-up is told anyway
    gone.poll()
    os.kill(os.getpid(), signal.SIGHUP)
    time.sleep(GRACE)
    os._exit(128 + signal.SIGHUP)
