"""Plants one fault after the other in a copy of the package and lets the checks look for it."""

# ruff: noqa: T201  a long run says what it does

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.check import HISTORIES
from tests.soak.faults import FAULTS, Fault

ROOT = Path(__file__).parents[2]
WANTED = 28
"""Faults that must be found, of all that are planted."""
PATIENCE = 1_200
"""Seconds after which the ledger is taken to go round in circles."""


@dataclass(frozen=True, slots=True)
class Search:
    """Whether a fault was found, by what, and after how many seconds."""

    fault: Fault
    found: bool
    by: str
    seconds: float


def copy_to(folder: Path) -> None:
    """The package and its tests, as they stand."""
    for name in ("ledger", "tests", "pyproject.toml"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)


def look_for(fault: Fault | None, histories: int) -> tuple[bool, str, float]:
    """(whether something differed, what, seconds) with a fault planted; None plants nothing."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        copy_to(folder)
        if fault is not None:
            fault.plant(folder)
        environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "tests.soak.check", str(histories)]
        began = time.monotonic()
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
            )
        except subprocess.TimeoutExpired:
            return True, "no end", PATIENCE
        told = (done.stdout or done.stderr).strip()
        return done.returncode != 0, told, time.monotonic() - began


def search(fault: Fault, histories: int) -> Search:
    """Plant one fault and look for it."""
    found, told, seconds = look_for(fault, histories)
    print(f"  {'found' if found else 'NOT FOUND'} in {seconds:5.0f} s  {fault.name}", flush=True)
    return Search(fault, found, told, seconds)


def by_what(told: str) -> str:
    """The check that found a fault, in a few words."""
    kind, _, rest = told.partition(" ")
    if kind == "scenario":
        return f"scenario {rest.partition(':')[0]}"
    if kind == "history":
        seed = rest.split(",", maxsplit=1)[0].removeprefix("seed ")
        after = rest.split(": ", maxsplit=1)[-1].split("(", maxsplit=1)[0].splitlines()[0]
        return f"random history {seed}, {after}"
    if kind == "cases":
        return "the cases of tests/domain"
    if told == "no end":
        return "a ledger that never answers"
    return "a ledger that cannot answer" if told != "no difference" else "–"


def table(searches: list[Search]) -> str:
    """The figures as a Markdown table."""
    lines = ["| fault planted | in | found by | seconds |", "|---|---|---|---|"]
    for one in searches:
        by = by_what(one.by) if one.found else "**not found**"
        lines.append(f"| {one.fault.name} | `{one.fault.module}` | {by} | {one.seconds:.0f} |")
    return "\n".join(lines)


def plant_all(histories: int = HISTORIES, programs: int = 2) -> int:
    """Plant every fault; 0 when the sound package passes and enough faults are found."""
    differs, told, seconds = look_for(None, histories)
    print(f"the package as it is: {told} ({seconds:.0f} s)", flush=True)
    if differs:
        return 1
    with ThreadPoolExecutor(programs) as several:
        searches = list(several.map(lambda fault: search(fault, histories), FAULTS))
    found = sum(one.found for one in searches)
    print(table(searches))
    print(f"{found} of {len(searches)} planted faults found; at least {WANTED} must be")
    return 0 if found >= WANTED else 1
