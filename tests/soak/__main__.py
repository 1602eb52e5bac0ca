"""The long tests. `python -m tests.soak` runs all of them; a word runs one.

faults           plant every fault of tests/soak/faults.py in a copy of the package and look for it
imports [N]      kill an import N times at random moments and let it go on, on SQLite
kills [N]        kill programs of every kind N times, half of them on SQLite, half on PostgreSQL
eight [N]        eight programs at once, each officer with N entries, on both databases
parsers [S]      give every parser strange input for S seconds each, invented and guided
fuzz [N] [SEED]  compare N random histories with the oracle, from a seed on
findings [N] [SEED]  compare the findings of N random histories with the oracle, from a seed on
"""

# ruff: noqa: T201  a long run says what it does

from __future__ import annotations

import random
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.eight import check, morning, open_office
from tests.fuzzing.running import run as run_fuzzers
from tests.killed import kill_many
from tests.soak.fuzz import fuzz, fuzz_findings
from tests.soak.planting import plant_all
from tests.soak.servers import address, server

IMPORT_KILLS = 40
KILLS = 520
KILLS_OF_ONE_LEDGER = 26
HISTORIES = 100
EIGHT_ENTRIES = 150
PARSER_SECONDS = 300
"""For each; more than an hour in all."""


def kills(count: int) -> int:
    """Kill programs that record, import, scan, rebuild and back up; look at the ledger after each kill."""
    done = unacknowledged = acknowledged = 0
    began = time.monotonic()
    with server() as postgresql:
        for number in range(-(-count // KILLS_OF_ONE_LEDGER)):
            with address(postgresql if number % 2 else None) as (url, folder):
                office = kill_many(url, folder, number, min(KILLS_OF_ONE_LEDGER, count - done))
            done += office.kills
            unacknowledged += office.unacknowledged
            acknowledged += office.last
            print(f"  {done} kills, {acknowledged} entries acknowledged", flush=True)
    print(
        f"{done} kills: none of {acknowledged} acknowledged entries lost, no half entry, every ledger whole; "
        f"{unacknowledged} kills left entries recorded that nobody was told of; {time.monotonic() - began:.0f} s"
    )
    return 0


def eight(count: int) -> int:
    """Three officers, two imports, a scan, a rebuild and a backup at once."""
    with server() as postgresql:
        for database, where in (("SQLite", None), ("PostgreSQL", postgresql)):
            began = time.monotonic()
            with address(where) as (url, folder):
                open_office(url)
                found = morning(url, folder, count)
                last = check(url, found)
            print(
                f"{database}: {len(found.acknowledged)} entries acknowledged, none lost; {last} positions, no gap; "
                f"{found.scans} scans, {found.rebuilds} rebuilds, {found.backups} backups meanwhile, "
                f"{found.admitted} of {found.admitted} posts of a hard quota filled; {time.monotonic() - began:.0f} s",
                flush=True,
            )
    return 0


def imports(count: int) -> int:
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
        "imports": lambda: imports(*(numbers or [IMPORT_KILLS])),
        "kills": lambda: kills(*(numbers or [KILLS])),
        "eight": lambda: eight(*(numbers or [EIGHT_ENTRIES])),
        "parsers": lambda: run_fuzzers(*(numbers or [PARSER_SECONDS])),
        "fuzz": lambda: fuzz(*(numbers or [HISTORIES])),
        "findings": lambda: fuzz_findings(*(numbers or [HISTORIES])),
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
