"""A ledger on a disk that fills up, run as a program: `python -m tests.full_disk FOLDER`. Prints what happened as JSON.

The tests run it with a small filesystem of its own mounted at FOLDER, where the system lets them.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import sys
from pathlib import Path
from typing import Any

from ledger.application import Receipt
from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.faults import LedgerFault
from tests.killed import county, entries


def record_until_full(ledger: Ledger, name: str, most: int) -> tuple[int, str]:
    """The last position acknowledged, and the code of the fault that ended it."""
    last = 0
    for entry in itertools.islice(entries(name), most):
        try:
            answer = ledger.record({**entry, "note": "充" * 2_000})
        except LedgerFault as fault:
            return last, fault.code
        assert isinstance(answer, Receipt)
        last = answer.position
    return last, "never full"


def fill(file: Path) -> None:
    """Take all the space that is left."""
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as out:
        while out.write(bytes(4096)):
            pass


def main(folder: Path) -> dict[str, Any]:
    with create_ledger(str(folder / "ledger.db"), officer="tester") as ledger:
        for entry in county():
            ledger.record({"effective_on": "2010-01-01", **entry})
        filler = folder / "filler"
        filler.write_bytes(bytes(400_000))
        last, code = record_until_full(ledger, "first", 2_000)
        reading = ledger.headcount(ledger.perspective()).rows[0].on_roll
        whole = ledger.verify().ok
        newest = ledger.perspective().known_at
        fill(folder / "more")
        try:
            ledger.backup(folder / "ledger.backup")
            backup = "written"
        except OSError as error:
            backup = "refused" if error.errno else "?"
        left = sorted(path.name for path in folder.iterdir() if "backup" in path.name)
        filler.unlink()
        (folder / "more").unlink()
        again = ledger.record({"type": "unit_renamed", "effective_on": "2022-01-01", "unit": "C", "name": "县"})
        return {
            "acknowledged": last,
            "newest": newest,
            "code": code,
            "reading": isinstance(reading, int),
            "whole": whole,
            "backup": backup,
            "left": left,
            "afterwards": isinstance(again, Receipt) and again.position == newest + 1,
            "whole_afterwards": ledger.verify().ok,
        }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))  # noqa: T201  the answer
