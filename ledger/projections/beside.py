"""A replay in processes beside this one, so that every processor folds while this one writes.

Such a process is this module run as a program. It reads the ledger by itself, up to the position it is told, and goes
through every so many-th piece of the people. Their rows are handed over in the order of the pieces, so the outcome is
that of one process. Where no process can be had, or one fails in whatever way, there is the replay in this one: it
says what is wrong in the usual words.
"""

from __future__ import annotations

import json
import marshal
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from queue import Queue
from typing import IO, Any, Self

from ledger.persistence.collecting import seldom_collecting
from ledger.persistence.history import History
from ledger.persistence.store import Store
from ledger.projections import tables as t
from ledger.projections.replay import NOTHING, Progress, Replay, Share
from ledger.projections.tally import Batch, Sums, tallied

WORTH_IT = 20_000
"""Entries from which on other processes save more time than they take to start."""
MOST = 4
"""Processes that fold for one that writes: more would wait for it."""
AHEAD = 12
"""Batches that one has handed over and that are not yet written: bounds the memory of all."""
_DONE = b""
_PIECE, _TALLY = "piece", "tally"
_TABLES = {table.name: table for table in t.read_tables.sorted_tables}


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class NotFinished(Exception):
    """A process beside this one did not come to its end."""


def batches_beside(
    store: Store, position: int, progress: Progress | None = None, processes: int = 2
) -> Iterator[Batch]:
    """As `Replay.batches`, from so many processes. Raises NotFinished."""
    done = [0] * processes

    def progress_of(number: int) -> Callable[[int], None]:
        def told(count: int) -> None:
            done[number] = count
            if progress is not None:
                progress(min(sum(done), position), position)

        return told

    with ExitStack() as stack:
        folding = [
            stack.enter_context(Folding(store.url, position, Share(number, processes), progress_of(number)))
            for number in range(processes)
        ]
        waiting = list(folding)
        while waiting:  # piece by piece, from one after the other
            for one in list(waiting):
                yield from one.piece()
                if one.ended:
                    waiting.remove(one)
        sums = [one.finished() for one in folding]
    if progress is not None:
        progress(position, position)
    yield from tallied(sums, position, NOTHING)


class Folding:
    """One process beside this one. Entering starts it, leaving ends it."""

    def __init__(self, url: str, position: int, share: Share, progress: Callable[[int], None]) -> None:
        self._told = json.dumps({"url": url, "position": position, "share": share}).encode()
        self._progress = progress
        self._frames: Queue[bytes | None] = Queue(AHEAD)
        self._stopped = threading.Event()
        self._sums = Sums(0)
        self.ended = False
        """Whether it has no more pieces."""

    def __enter__(self) -> Self:
        root = str(Path(__file__).parents[2])
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))}
        if not sys.executable or getattr(sys, "frozen", False):  # then there is no Python to call
            raise NotFinished
        try:
            self._process = subprocess.Popen(  # noqa: S603  ourselves
                [sys.executable, "-P", "-m", __name__],  # -P: nothing is imported from the folder one stands in
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=env,
            )
        except OSError as error:
            raise NotFinished from error
        assert self._process.stdin is not None
        self._reader = threading.Thread(target=self._read_frames, args=(self._process.stdout,), daemon=True)
        self._reader.start()
        with suppress(BrokenPipeError):  # then it has ended, and its frames say so
            self._process.stdin.write(self._told)
            self._process.stdin.close()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._process.kill()
        while self._reader.is_alive():  # it may wait for room
            while not self._frames.empty():
                self._frames.get()
            self._reader.join(0.05)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()
        self._process.wait()

    def piece(self) -> Iterator[Batch]:
        """The batches of the next piece, or the rest. Raises NotFinished."""
        while frame := self._frames.get():
            name, told = marshal.loads(frame)  # noqa: S302  from our own child
            if name in _TABLES:
                yield _TABLES[name], told
            elif name == _PIECE:
                self._progress(told)
                return
            else:
                self._sums, self.ended = Sums.unpacked(*told), True
                return
        raise NotFinished

    def finished(self) -> Sums:
        """The sums of its share, once the process has ended. Raises NotFinished."""
        if self._frames.get() != _DONE or self._process.wait() != 0:
            raise NotFinished
        return self._sums

    def _read_frames(self, pipe: IO[bytes]) -> None:
        """Frames are a length of four bytes and as many bytes; one of no bytes is the last. None: cut short."""
        while not self._stopped.is_set():
            length = int.from_bytes(pipe.read(4))
            frame = pipe.read(length)
            if len(frame) < length:
                self._frames.put(None)
                return
            self._frames.put(frame)
            if frame == _DONE:
                return


def _write_frame(out: IO[bytes], name: str, told: Any) -> None:
    frame = marshal.dumps((name, told))
    out.write(len(frame).to_bytes(4) + frame)
    out.flush()


def main() -> None:
    """A process beside another: reads what to do from its input, writes frames to its output."""
    told = json.loads(sys.stdin.buffer.read())
    share, out = Share(*told["share"]), sys.stdout.buffer
    done = 0

    def progress(count: int, _all: int) -> None:
        nonlocal done
        done = count

    with seldom_collecting(), Store.open(told["url"]) as store:
        replay = Replay(History(store.read, told["position"]), progress)

        def hand_over(batches: Iterable[Batch]) -> None:
            for table, rows in batches:
                _write_frame(out, str(table.name), rows)

        units = list(replay.units())
        if share.number == 0:
            hand_over(units)
        for piece in replay.people(share):
            hand_over(piece)
            _write_frame(out, _PIECE, done)
        if share.number == 0:
            hand_over(replay.others())
        _write_frame(out, _TALLY, replay.tally.packed())
    out.write(bytes(4))
    out.flush()


if __name__ == "__main__":
    main()
