"""A replay in a second process, so that folding and writing each have a processor of their own.

The second process is this module run as a program. It reads the ledger by itself, up to the position it is told, and
hands the batches of `Replay` over in their order, so that the outcome is that of one process. Where no second process
can be had, or it fails in whatever way, there is the replay in this one: it says what is wrong in the usual words.
"""

from __future__ import annotations

import json
import marshal
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import IO

from ledger.persistence.collecting import seldom_collecting
from ledger.persistence.history import History
from ledger.persistence.store import Store
from ledger.projections import tables as t
from ledger.projections.replay import Batch, Progress, Replay

WORTH_IT = 20_000
"""Entries from which on a second process saves more time than it takes to start."""
AHEAD = 6
"""Batches handed over and not yet written: bounds the memory of both."""
_DONE = b""


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class NotFinished(Exception):
    """The second process did not come to its end."""


def batches_beside(store: Store, position: int, progress: Progress | None = None) -> Iterator[Batch]:
    """As `Replay.batches`, from a second process. Raises NotFinished."""
    tables = {table.name: table for table in t.read_tables.sorted_tables}
    root = str(Path(__file__).parents[2])
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))}
    command = [sys.executable, "-m", __name__]
    if not sys.executable or getattr(sys, "frozen", False):  # then there is no Python to call
        raise NotFinished
    try:
        process = subprocess.Popen(  # noqa: S603  ourselves
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env
        )
    except OSError as error:
        raise NotFinished from error
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        frames: Queue[bytes | None] = Queue(AHEAD)
        stopped = threading.Event()
        reader = threading.Thread(target=_read_frames, args=(process.stdout, frames, stopped), daemon=True)
        try:
            process.stdin.write(json.dumps({"url": store.url, "position": position}).encode())
            process.stdin.close()
            reader.start()
            while frame := frames.get():
                name, told = marshal.loads(frame)  # noqa: S302  from our own child
                if name:
                    yield tables[name], told
                elif progress is not None:
                    progress(*told)
            if frame is None or process.wait() != 0:
                raise NotFinished
        except BrokenPipeError as error:
            raise NotFinished from error
        finally:
            stopped.set()
            process.kill()
            while reader.is_alive():  # it may wait for room
                while not frames.empty():
                    frames.get()
                reader.join(0.05)


def _read_frames(pipe: IO[bytes], frames: Queue[bytes | None], stopped: threading.Event) -> None:
    """Frames are a length of four bytes and as many bytes; one of no bytes is the last. None: cut short."""
    while not stopped.is_set():
        length = int.from_bytes(pipe.read(4))
        frame = pipe.read(length)
        if len(frame) < length:
            frames.put(None)
            return
        frames.put(frame)
        if frame == _DONE:
            return


def _write_frame(out: IO[bytes], frame: bytes) -> None:
    out.write(len(frame).to_bytes(4) + frame)
    out.flush()


def main() -> None:
    """The second process: reads what to do from its input, writes frames to its output."""
    told = json.loads(sys.stdin.buffer.read())
    out = sys.stdout.buffer

    def progress(done: int, total: int) -> None:
        _write_frame(out, marshal.dumps(("", (done, total))))

    with seldom_collecting(), Store.open(told["url"]) as store:
        for table, rows in Replay(History(store.read, told["position"]), progress).batches():
            _write_frame(out, marshal.dumps((str(table.name), rows)))
    _write_frame(out, _DONE)


if __name__ == "__main__":
    main()
