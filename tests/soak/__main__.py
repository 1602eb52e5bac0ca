"""The long tests. `python -m tests.soak` runs all of them; a word runs one.

faults           plant every fault of tests/soak/faults.py in a copy of the package and look for it
kills [N]        kill an import N times at random moments, on SQLite
fuzz [N] [SEED]  compare N random histories with the oracle, from a seed on
"""

# ruff: noqa: T201  a long run says what it does

from __future__ import annotations

import random
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.fuzz import fuzz
from tests.soak.planting import plant_all

KILLS = 40
HISTORIES = 100


def kills(count: int) -> int:
    """Kill an import again and again, in fresh ledgers and in ledgers killed before."""
    from tests.test_interruption import check_killed_import, lines_file, never_interrupted

    dice = random.Random(count)
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = lines_file(folder)
        whole = never_interrupted(file, folder)
        done = rounds = 0
        while done < count:
            url = str(folder / f"killed-{rounds}.db")
            done += check_killed_import(url, file, whole, partial(random_moments, dice, dice.randrange(1, 6)))
            rounds += 1
    print(f"{rounds} imports, killed {done} times in all, made the same ledger as one never killed")
    return 0


def random_moments(dice: random.Random, times: int, moments: int) -> list[int]:
    return [dice.randrange(1, moments) for _ in range(times)]


def main(words: list[str]) -> int:
    numbers = [int(word) for word in words if word.isdigit()]
    named = [word for word in words if not word.isdigit()]
    runs = {
        "faults": plant_all,
        "kills": lambda: kills(*(numbers or [KILLS])),
        "fuzz": lambda: fuzz(*(numbers or [HISTORIES])),
    }
    if set(named) - set(runs):
        print(__doc__, file=sys.stderr)
        return 2
    status = 0
    for name in named or runs:
        print(f"== {name}", flush=True)
        status = max(status, min(1, runs[name]()))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
