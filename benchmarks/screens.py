"""How the screens feel in a real pseudo-terminal: start, keys, bytes, forms (issue 4).

    python -m benchmarks.screens LEDGER [LEDGER …] [--starts 5] [--keys 40] [--record FILE]

Each ledger is opened as an officer would, 120x40, on the program of this tree. Wall time, so the load of the
machine is printed beside every figure. Nothing is recorded in the ledger.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path
from shutil import copyfile
from typing import Any

from benchmarks.ledgers import Kept
from benchmarks.measuring import Figures

ROOT = Path(__file__).resolve().parents[1]
COLUMNS, LINES = 120, 40
QUIET = 0.12
"""Seconds of silence after which a screen is taken to be complete."""
DOWN, UP, BRACKET_BACK, ROOT_UNIT = b"\x1b[B", b"\x1b[A", b"[", b"S"
ROW = re.compile(r"[1-9]\d* +\d+ +\d+ +\d+ +\d+ +\d+")
"""Numbers of a unit: what a usable overview shows."""


class Terminal:
    """One run of the screens, seen from the terminal's side."""

    def __init__(self, ledger: str) -> None:
        self.began = time.perf_counter()
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
            environment["XDG_STATE_HOME"] = tempfile.mkdtemp()  # drafts that were left would come first
            program = f"import sys; from tui.start import screen; sys.exit(screen({ledger!r}, 'officer', 'zh'))"
            os.execve(sys.executable, [sys.executable, "-c", program], environment)  # noqa: S606  our own program
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))

    def read(self, wait: float) -> bytes:
        """What comes within a time; the one question that a terminal must answer is answered."""
        if not select.select([self.descriptor], [], [], wait)[0]:
            return b""
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:
            return b""
        if b"\x1b[6n" in data:
            os.write(self.descriptor, b"\x1b[1;2R")
        return data

    def until(self, pattern: re.Pattern[str], limit: float = 60.0) -> float:
        """Seconds from the start until a text has come."""
        seen = ""
        ends = time.perf_counter() + limit
        while time.perf_counter() < ends:
            seen += plain(self.read(0.5))
            if pattern.search(seen):
                return time.perf_counter() - self.began
        raise TimeoutError(pattern.pattern)

    def rest(self, quiet: float = QUIET) -> None:
        """Until nothing comes any more, or half a minute has gone."""
        ends = time.perf_counter() + 30
        while self.read(quiet) and time.perf_counter() < ends:
            pass

    def press(self, keys: bytes, quiet: float = QUIET) -> tuple[float, float, int]:
        """Seconds to the first byte, to the last one, and how many."""
        began = time.perf_counter()
        os.write(self.descriptor, keys)
        first = last = 0.0
        size = 0
        while time.perf_counter() < began + 20 and (data := self.read(quiet if first else 2.0)):
            last = time.perf_counter() - began
            first = first or last
            size += len(data)
        return first, last, size

    def down_and_up(self) -> tuple[float, float, int]:
        """One row down, as `press`; and up again, unmeasured: a short list has no rows for forty keys."""
        found = self.press(DOWN)
        self.press(UP)
        return found

    def cpu(self) -> float:
        """Processor seconds of the program so far; unlike the clock, other programs do not lengthen it."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        """Close the window."""
        os.kill(self.pid, signal.SIGTERM)
        ends = time.perf_counter() + 5
        while time.perf_counter() < ends and os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            self.read(0.05)
        os.close(self.descriptor)


def plain(data: bytes) -> str:
    """Without what steers the terminal."""
    return re.sub(r"\x1b\[[0-9;?<>=]*[A-Za-z]|\x1b[()][A-Z0-9]", "", data.decode("utf-8", "replace"))


def spread(values: list[float]) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds."""
    ordered = sorted(values)
    return {
        "p50_ms": round(statistics.median(ordered) * 1000, 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] * 1000, 1),
    }


def measured(ledger: str, starts: int, keys: int) -> dict[str, Any]:
    """All figures of one ledger."""
    begun: list[float] = []
    begun_cpu: list[float] = []
    for _number in range(starts):
        terminal = Terminal(ledger)
        begun.append(terminal.until(ROW))
        begun_cpu.append(terminal.cpu())
        terminal.rest(0.5)
        terminal.end()
    terminal = Terminal(ledger)
    terminal.until(ROW)
    terminal.rest(1.5)
    for typed in (b"\x1bOR", ROOT_UNIT, b"\r"):  # find the root, and open its roster
        terminal.press(typed, quiet=1.5)
    before = terminal.cpu()
    downs = [terminal.down_and_up() for _number in range(keys)]
    downs_cpu = (terminal.cpu() - before) / (2 * keys)
    before = terminal.cpu()
    dates = [terminal.press(BRACKET_BACK, quiet=0.9) for _number in range(8)]
    dates_cpu = (terminal.cpu() - before) / 8
    terminal.press(b"\x1b[24~")
    forms: list[float] = []
    for _number in range(8):
        terminal.press(b"\x1bOQ", quiet=0.4)
        forms.append(terminal.press(b"3", quiet=0.4)[1])
        terminal.press(b"\x1b", quiet=0.6)
    terminal.end()
    return {
        "ledger": Path(ledger).name,
        "start_to_list_s": {
            "worst": round(max(begun), 2),
            "best": round(min(begun), 2),
            "runs": starts,
            "cpu": round(max(begun_cpu), 2),
        },
        "row_down_first_byte": spread([first for first, _last, _size in downs]),
        "row_down_cpu_ms": round(downs_cpu * 1000, 1),
        "row_down_bytes": {"p50": int(statistics.median(size for *_times, size in downs))},
        "new_date_complete": spread([last for _first, last, _size in dates]),
        "new_date_cpu_ms": round(dates_cpu * 1000),
        "form_complete": spread(forms),
        "load_1min": round(os.getloadavg()[0], 1),
    }


START, DOWN_BYTE, DOWN_BYTES = "start to a usable list", "row down, first byte", "row down, bytes"
NEW_DATE, FORM = "new date, screen complete", "form, complete"


def on_sqlite(kept: Kept, scratch: Path, figures: Figures) -> None:
    """On a copy of a ledger, the drafts and settings of nobody else around."""
    copy = scratch / f"screens-{kept.people}.db"
    copyfile(kept.path, copy)
    found = measured(str(copy), 3, 30)

    def add(name: str, value: float, unit: str, middle: float | None = None, cpu: float | None = None) -> None:
        figures.add(kept.people, "screens", name, value, unit, middle=middle, cpu=cpu)

    start, date = found["start_to_list_s"], found["new_date_complete"]
    add(START, start["worst"], "s", cpu=start["cpu"])
    add(NEW_DATE, date["p50_ms"], "ms", date["p95_ms"], found["new_date_cpu_ms"])
    down, form = found["row_down_first_byte"], found["form_complete"]
    add(DOWN_BYTE, down["p50_ms"], "ms", down["p95_ms"], found["row_down_cpu_ms"])
    add(DOWN_BYTES, found["row_down_bytes"]["p50"], "bytes")
    add(FORM, form["p50_ms"], "ms", form["p95_ms"])
    copy.unlink()


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ledgers", nargs="+")
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--keys", type=int, default=40)
    parser.add_argument("--record", type=Path)
    asked = parser.parse_args()
    found = [measured(ledger, asked.starts, asked.keys) for ledger in asked.ledgers]
    told = json.dumps(found, indent=1)
    print(told)
    if asked.record:
        asked.record.write_text(told + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
