"""Scenarios, random histories against the oracle, rebuilds, the cases of the domain: stops at the first difference.

`python -m tests.soak.check [HISTORIES]` ends with status 1 when something differs.
"""

# ruff: noqa: T201  a long run says what it does

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger.bootstrap import create_ledger
from tests.scenario_runs import EXPECTED, ScenarioRun
from tests.soak.fuzz import play_on_sqlite

HISTORIES = 24


def scenario_differences(path: Path) -> list[str]:
    """What one scenario answers otherwise, live and rebuilt."""
    with TemporaryDirectory() as folder, create_ledger(str(Path(folder) / "ledger.db"), officer="tester") as ledger:
        run = ScenarioRun(path, ledger)
        found = run.differences()
        if not ledger.verify().ok:
            found.append("the read tables are not those of a fresh replay")
        ledger.rebuild()
        return found + run.differences()


def differences(histories: int) -> Iterator[str]:
    """Everything that differs, cheap checks first."""
    for path in EXPECTED:
        if path.parent.name == "cases":
            yield from (f"scenario {path.stem.split('.')[0]}: {told}" for told in scenario_differences(path))
    for seed in range(histories):
        told = play_on_sqlite(seed)
        if told is not None:
            yield f"history {told}"
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/domain"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        yield f"cases {done.stdout.strip().splitlines()[-2]}"


def main(histories: int) -> int:
    try:
        first = next(differences(histories), None)
    except Exception as error:  # noqa: BLE001  a ledger that cannot answer differs, too
        first = f"{type(error).__name__}: {error}"
    print("no difference" if first is None else first)
    return 0 if first is None else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else HISTORIES))
