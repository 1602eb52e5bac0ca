"""What the terminal is asked before the screens open: how wide it draws characters of uncertain width."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from typing import NamedTuple

PATIENCE = 0.3
"""Seconds to wait for the answer; a terminal that gives none is taken to be a modern one."""
PROBE = "\r\u2500\x1b[6n"
"""A box line, and the question where the cursor is now."""
_ANSWER = re.compile(rb"\x1b\[\d+;(\d+)R")


class Heard(NamedTuple):
    """`wide`: a box line takes two cells, as on old Chinese consoles. `typed`: what somebody typed meanwhile."""

    wide: bool = False
    typed: str = ""


def ask_width() -> Heard:
    """Draw a box line, and ask how wide it came out."""
    try:
        import termios
        import tty
    except ImportError:
        return Heard()
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return Heard()
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor, termios.TCSANOW)
        sys.stderr.write(PROBE)
        sys.stderr.flush()
        heard = _answer(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
    return Heard(column_in(heard) == 3, _ANSWER.sub(b"", heard).decode("utf-8", "replace"))


def _answer(descriptor: int) -> bytes:
    heard = b""
    ends = time.monotonic() + PATIENCE
    while not _ANSWER.search(heard) and (left := ends - time.monotonic()) > 0:
        if not select.select([descriptor], [], [], left)[0]:
            break
        heard += os.read(descriptor, 64)
    return heard


def column_in(heard: bytes) -> int | None:
    """The column in a terminal's answer, counted from 1; None without an answer."""
    found = _ANSWER.search(heard)
    return int(found.group(1)) if found else None
