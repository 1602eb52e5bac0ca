"""The command line: the headless twin of the screens (spec 2)."""

from __future__ import annotations

from typing import NoReturn


def main() -> NoReturn:
    """The console command `sledger`."""
    from ledger.cli.app import app

    app.main()
    raise AssertionError  # main always exits
