"""Clocks, figures, and the file that keeps them from one run to the next."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. `people`: size of the ledger; `where`: `sqlite`, `postgresql`, or a peer's name.

    `middle`: the median where `value` is the best. `cpu`: the same in processor time of the process that was asked.
    """

    people: int
    where: str
    name: str
    value: float
    unit: str
    middle: float | None = None
    cpu: float | None = None
    note: str = ""
    load: float = field(default_factory=lambda: round(os.getloadavg()[0], 1))
    commit: str = ""


class Figures:
    """All figures so far, by size, place and name; written down after each, so that a broken run loses nothing.

    `anew`: what earlier runs measured is forgotten.
    """

    def __init__(self, path: Path | None, commit: str, *, anew: bool = False) -> None:
        self._path = path
        self._commit = commit
        self.all: dict[tuple[int, str, str], Figure] = {}
        if path is not None and path.exists() and not anew:
            for one in json.loads(path.read_text(encoding="utf-8")):
                self._put(Figure(**one))

    def _put(self, figure: Figure) -> None:
        self.all[figure.people, figure.where, figure.name] = figure

    def add(self, people: int, where: str, name: str, value: float, unit: str, **more: object) -> None:
        """Keep and print one."""
        figure = Figure(people, where, name, value, unit, commit=self._commit, **more)
        self._put(figure)
        print(f"{people:>7} {where:<22} {name:<50} {told(figure)} {figure.note}", flush=True)
        if self._path is not None:
            text = json.dumps([asdict(one) for one in self.all.values()], ensure_ascii=False, indent=0)
            self._path.write_text(text + "\n", encoding="utf-8")

    def get(self, people: int, where: str, name: str) -> Figure | None:
        """One of them, if it was measured."""
        return self.all.get((people, where, name))

    def __iter__(self) -> Iterator[Figure]:
        return iter(self.all.values())


def number(value: float) -> str:
    """With as many digits as it is worth."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def told(figure: Figure) -> str:
    """The number, with the median behind a bar where there is one, and its unit."""
    middle = "" if figure.middle is None else f" / {number(figure.middle)}"
    cpu = "" if figure.cpu is None else f" ({number(figure.cpu)} in processor time)"
    return f"{number(figure.value)}{middle} {figure.unit}{cpu}"


class Times(NamedTuple):
    """Milliseconds: best, median, and the best in processor time."""

    value: float
    middle: float
    cpu: float


def times(question: Callable[[int], object], rounds: int = ROUNDS) -> Times:
    """How long a question takes that is asked with 0, 1, 2 ..."""
    spent = []
    for turn in range(rounds):
        with clock() as once:
            question(turn)
        spent.append(once)
    return summed(spent)


def summed(spent: Sequence[Sequence[float]]) -> Times:
    """Of several [wall seconds, processor seconds]."""
    walls = [wall * 1000 for wall, _ in spent]
    return Times(min(walls), median(walls), min(cpu for _, cpu in spent) * 1000)


@contextmanager
def clock() -> Iterator[list[float]]:
    """Gives [wall seconds, processor seconds of this process and those it called] when the block has ended."""
    spent = [0.0, 0.0]
    wall, cpu = time.perf_counter(), _processor()
    yield spent
    spent[:] = [time.perf_counter() - wall, _processor() - cpu]


def _processor() -> float:
    called = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + called.ru_utime + called.ru_stime


STARTER = """
import os, subprocess, sys, threading, time
def family(pid):
    try:
        with open(f"/proc/{pid}/statm") as memory, open(f"/proc/{pid}/task/{pid}/children") as called:
            own = int(memory.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
            return own + sum(family(int(one)) for one in called.read().split())
    except (OSError, IndexError):
        return 0
def watch(pid, most):
    while True:
        most[0] = max(most[0], family(pid))
        time.sleep(0.1)
most = [0]
started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
threading.Thread(target=watch, args=(process.pid, most), daemon=True).start()
_, status, usage = os.wait4(process.pid, 0)
cpu = usage.ru_utime + usage.ru_stime
print(time.perf_counter() - started, cpu, max(usage.ru_maxrss, most[0]), os.waitstatus_to_exitcode(status))
"""
"""A small program that starts another: a process is said to have needed what the one that started it had then.

Where a command calls a second process, as a rebuild does, the memory of both is added up as they run (on Linux)."""


class Ran(NamedTuple):
    """How a command went."""

    seconds: float
    cpu: float
    megabytes: float
    status: int


def run(arguments: Sequence[str]) -> Ran:
    """`sledger ARGUMENTS`, its output thrown away."""
    own = Path(sys.executable).with_name("sledger")
    command = [str(own)] if own.exists() else [sys.executable, "-m", "ledger"]
    starter = [sys.executable, "-I", "-S", "-c", STARTER, *command, *arguments]
    usual = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(starter, stdout=subprocess.PIPE, text=True, check=True, env=usual)
    seconds, cpu, memory, status = done.stdout.split()
    unit = 1_000_000 if sys.platform == "darwin" else 1_000
    return Ran(float(seconds), float(cpu), int(memory) / unit, int(status))
