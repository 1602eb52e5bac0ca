"""Long random histories compared with the oracle; each is told by its seed and can be played again."""

# ruff: noqa: T201  a long run says what it does

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.test_against_oracle import Histories, many_checkpoints
from tests.test_findings_against_oracle import history_differences

STEPS = 40


def play(seed: int, new_url: Callable[[], str], steps: int = STEPS) -> str | None:
    """One history; what differed, and after which steps."""

    class Here(Histories):
        pass

    Here.new_url = staticmethod(new_url)
    dice = random.Random(seed)
    told: list[str] = []
    history = Here()
    try:
        history.begin(seed)
        for _ in range(steps):
            step = dice.choices(("record", "ask", "start_again", "rebuild"), (12, 5, 1, 1))[0]
            if step == "record":
                arguments = {"writer": dice.randrange(2), "count": dice.randrange(1, 6), "dice": dice.randrange(2**20)}
            elif step == "ask":
                arguments = {"reader": dice.randrange(2), "dice": dice.randrange(2**20)}
            else:
                arguments = {"by": dice.randrange(2)} if step == "rebuild" else {}
            told.append(f"{step}({', '.join(f'{key}={value}' for key, value in arguments.items())})")
            getattr(history, step)(**arguments)
        told.append("teardown")
        history.teardown()
    except Exception:  # noqa: BLE001  whatever it was, it is told
        history.open.close()
        last = traceback.format_exc(limit=-2)
        return f"seed {seed}, after {len(told)} steps: {told[-1]}\n{last}"
    return None


def play_on_sqlite(seed: int, steps: int = STEPS) -> str | None:
    """One history in a file of its own; every other one with as many checkpoints as a long one."""
    with TemporaryDirectory() as folder, many_checkpoints() if seed % 2 else nullcontext():
        return play(seed, lambda: str(Path(folder) / "ledger.db"), steps)


def fuzz(count: int, first: int = 0) -> int:
    """Play `count` histories on SQLite; the number of those that differed."""
    found = 0
    began = time.monotonic()
    for seed in range(first, first + count):
        difference = play_on_sqlite(seed)
        if difference is not None:
            found += 1
            print(difference, flush=True)
    print(f"{count} histories of about {STEPS} steps, {found} differ, {time.monotonic() - began:.0f} s")
    return found


def fuzz_findings(count: int, first: int = 0) -> int:
    """Judge `count` histories by every rule the oracle knows; the number of those that differed."""
    found = 0
    began = time.monotonic()
    for seed in range(first, first + count):
        with TemporaryDirectory() as folder, many_checkpoints() if seed % 2 else nullcontext():
            told = history_differences(str(Path(folder) / "ledger.db"), seed, entries=90, days=20)
        found += bool(told)
        for line in told:
            print(f"seed {seed}: {line}", flush=True)
    print(f"{count} histories judged, {found} differ, {time.monotonic() - began:.0f} s")
    return found
