"""A program that imports a file, records one entry or rebuilds, and is killed at a chosen moment.

    python -m tests.interrupted import URL FILE MOMENT      python -m tests.interrupted record URL FILE MOMENT
    python -m tests.interrupted sheet URL FILE MOMENT
    python -m tests.interrupted rebuild URL - MOMENT        python -m tests.interrupted init URL - MOMENT

A moment is a statement about to be sent, a commit about to be made, or a transaction just committed; the first is 1.
With 0 it runs to its end and prints how many moments there were.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from ledger.application import Recording
from ledger.bootstrap import Ledger, create_ledger, open_ledger
from ledger.interchange import jsonl, sheets
from ledger.interchange.filled_in import Asked

CHUNK = 40


class Moments:
    """Counts moments and kills the program at one of them, as a power cut would."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.count = 0

    def pass_(self, *_: object) -> None:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


class Interrupted(Ledger):
    """A ledger whose transactions may be its last."""

    moments: Moments

    @contextmanager
    def recording(self) -> Iterator[Recording]:
        with super().recording() as recording:
            yield recording
        self.moments.pass_()


def fixed_clock() -> datetime:
    return datetime(2026, 6, 1, 4, tzinfo=UTC)


def main(what: str, url: str, file: Path, moment: int) -> dict[str, Any]:
    """Do it, and tell what a user would be told."""
    if what == "init":
        moments = Moments(moment)
        for name in ("before_cursor_execute", "commit"):
            event.listen(Engine, name, moments.pass_)
        create_ledger(url, officer="tester", clock=fixed_clock).close()
        return {"moments": moments.count}
    with open_ledger(url, officer="tester", clock=fixed_clock) as opened:
        ledger = Interrupted(opened.store, "tester")
        ledger.moments = Moments(moment)
        for name in ("before_cursor_execute", "commit"):
            event.listen(Engine, name, ledger.moments.pass_)
        if what == "record":
            receipt = ledger.record(json.loads(file.read_text("utf-8")))
            told: dict[str, Any] = {"receipt": str(receipt)}
        elif what == "rebuild":
            told = {"position": ledger.rebuild()}
        elif what == "sheet":
            vars(sheets).update(CHUNK=CHUNK, PAUSE=0)
            told = sheets.import_sheets(ledger, file, Asked(), "partial").to_json(lambda remark: remark.code)
        else:
            jsonl.CHUNK, jsonl.PAUSE = CHUNK, 0
            told = jsonl.import_lines(ledger, file).to_json(lambda refused: {"code": refused.code})
        return {**told, "moments": ledger.moments.count}


if __name__ == "__main__":
    what, url, file, moment = sys.argv[1:]
    print(json.dumps(main(what, url, Path(file), int(moment))))  # noqa: T201  the answer
