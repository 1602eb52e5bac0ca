"""Python's full search for garbage waits until nobody types, and is as before once the screens have closed."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.screens import press, run, settled
from tui import quiet
from tui.app import LedgerApp


class Knot:
    """Garbage that only a search finds: it holds itself."""

    def __init__(self) -> None:
        self.itself = self


def aged() -> weakref.ref[Knot]:
    """A knot that has come to the oldest generation, where only a full search looks."""
    knot = Knot()
    gc.collect()
    seen = weakref.ref(knot)
    del knot
    return seen


def test_no_full_search_while_somebody_works_and_one_as_soon_as_nobody_does(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = gc.get_threshold()

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        monkeypatch.setattr(quiet, "QUIET", 1000)
        seen = aged()
        full = gc.get_stats()[2]["collections"]
        for _round in range(3):
            app.open_form("second")
            await settled(pilot)
            await press(pilot, "escape")
        app._search()
        assert gc.get_stats()[2]["collections"] == full
        assert seen() is not None
        monkeypatch.setattr(quiet, "QUIET", 0)
        app._search()
        assert seen() is None
        full = gc.get_stats()[2]["collections"]
        app._search()  # nothing happened since
        assert gc.get_stats()[2]["collections"] == full

    run(flow, town)
    assert gc.get_threshold() == before


def test_what_is_new_is_searched_as_ever(town: Path) -> None:
    async def flow(_pilot: Pilot[int], _app: LedgerApp) -> None:
        assert gc.isenabled()
        young = gc.get_stats()[0]["collections"]
        knots = [Knot() for _number in range(5000)]
        del knots
        assert gc.get_stats()[0]["collections"] > young

    run(flow, town)
