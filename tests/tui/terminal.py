"""For tests that need the real program: a process of its own in a pseudo-terminal, seen from the terminal's side."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]


class Terminal:
    """The real program in a pseudo-terminal."""

    def __init__(self, ledger: Path | str, officer: str = "tester") -> None:
        self._main, child = pty.openpty()
        environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        environment |= {"LINES": "24", "COLUMNS": "80"}
        code = f"from tui.start import screen; raise SystemExit(screen({str(ledger)!r}, {officer!r}, 'zh'))"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=child,
            stdout=child,
            stderr=child,
            env=environment,
            start_new_session=True,
        )
        os.close(child)
        self.shown = ""

    def until(self, text: str, seconds: float = 60) -> None:
        """Read until this was shown."""
        self.shown = ""
        end = time.monotonic() + seconds
        raw = b""
        while time.monotonic() < end:
            if select.select([self._main], [], [], 0.1)[0]:
                try:
                    raw += os.read(self._main, 65536)
                except OSError:
                    break
                self.shown = raw.decode("utf-8", "replace")
                if text in self.shown:
                    return
        raise AssertionError(f"{text!r} was not shown: {self.shown[-2000:]!r}")

    def type(self, keys: bytes) -> None:
        """Keys as a terminal sends them."""
        os.write(self._main, keys)

    def end(self, number: int) -> int:
        """Send a signal, and wait for the end."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def hang_up(self) -> int:
        """Take the terminal away without a signal, and wait for the end."""
        os.close(self._main)
        self._main = os.open(os.devnull, os.O_RDWR)
        return self.process.wait(60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(30)
        os.close(self._main)
