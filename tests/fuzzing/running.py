"""Long searches for inputs that break a parser."""

# ruff: noqa: T201  a long run says what it does

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import time
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis.errors import HypothesisException

from tests.fuzzing.inventions import inventions
from tests.fuzzing.targets import CORPUS, SLOW, TARGETS, corpus


def invent(target: str, seconds: float) -> tuple[int, bytes | None]:
    """Inventions of hypothesis for some time: how many, and the smallest that broke the parser if one did."""
    done = 0
    last = b""
    until = time.monotonic() + seconds

    @settings(max_examples=500, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(inventions(target))
    def check(data: bytes) -> None:
        nonlocal done, last
        if time.monotonic() < until:
            last = data
            TARGETS[target](data)
            done += 1

    while time.monotonic() < until:
        try:
            check()
        except HypothesisException:
            raise
        except Exception:  # noqa: BLE001  whatever it was, it is told
            traceback.print_exc(limit=-3)
            return done, last
    return done, None


def search(target: str, seconds: float) -> tuple[str, bytes | None]:
    """Atheris looks for new paths through the parser; what it tells last, and what broke the parser if anything did."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "found").mkdir()
        for path in corpus(target):
            shutil.copy(path, folder / "found" / path.name)
        command = [sys.executable, "-m", "tests.fuzzing.guided", target, str(int(seconds)), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        broken = sorted(path for path in folder.glob("*-*") if path.is_file())
        told = [line for line in done.stderr.splitlines() if line.startswith(("#", "Done"))]
        if broken:
            print(done.stderr[-3000:])
        return (told or ["?"])[-1], broken[0].read_bytes() if broken else None


def keep(target: str, data: bytes) -> Path:
    """Keep an input that broke a parser, to be mended and replayed for ever."""
    folder = CORPUS / target
    path = folder / f"broke-{len(list(folder.glob('broke-*'))):02}.bin"
    path.write_bytes(data)
    return path


def run(seconds: int) -> int:
    """Every target for so many seconds; 0 when none broke."""
    broken = 0
    atheris = importlib.util.find_spec("atheris") is not None
    if not atheris:
        print("atheris is not installed: hypothesis alone (benchmarks/fuzz-requirements.txt)")
    for target in TARGETS:
        guided = atheris and target not in SLOW
        done, found = invent(target, seconds / 2 if guided else seconds)
        told = f"{target}: {done} inventions"
        if guided and found is None:
            more, found = search(target, seconds / 2)
            told += f"; atheris {more}"
        print(told, flush=True)
        if found is not None:
            broken += 1
            print(f"BROKEN, kept as {keep(target, found)}: {found[:200]!r}", flush=True)
    print(f"{len(TARGETS)} parsers, {seconds} s each, {broken} broken")
    return broken
