"""One parser under atheris, until the time is over or it breaks.

`python -m tests.fuzzing.guided TARGET SECONDS FOLDER`
"""

from __future__ import annotations

import sys

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

with atheris.instrument_imports(include=["ledger"]):  # our own code guides the search
    from tests.fuzzing.targets import TARGETS

HUNG = 30
"""Seconds after which an input is taken to hang a parser."""


def main(target: str, seconds: str, folder: str) -> None:
    limits = [f"-max_total_time={seconds}", f"-timeout={HUNG}", "-rss_limit_mb=1500", f"-artifact_prefix={folder}/"]
    atheris.Setup([target, *limits, "-max_len=4096", f"{folder}/found"], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
