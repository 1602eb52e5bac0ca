"""Making the demo: once, complete or completed by the next run, never over another ledger."""

from __future__ import annotations

import io
from itertools import islice
from pathlib import Path

import pytest

from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.faults import LedgerExists, NotALedger
from ledger.interchange import demo
from ledger.interchange.demo_county import TOWN, TOWN_DAY, demo_entries
from ledger.interchange.jsonl import export_lines

SOME = list(islice(demo_entries(), 800))


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


@pytest.fixture
def _shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "demo_entries", lambda: iter(SOME))
    monkeypatch.setattr(demo, "CHUNK", 300)


def lines(ledger: Ledger) -> bytes:
    written = io.BytesIO()
    export_lines(ledger, written)
    return written.getvalue()


def stop_at(number: int) -> demo.Progress:
    def progress(done: int, total: int) -> None:
        if done >= number:
            raise Stopped

    return progress


@pytest.mark.usefixtures("_shorter")
def test_an_interrupted_demo_is_completed_to_the_same_ledger(tmp_path: Path) -> None:
    with demo.make_demo(str(tmp_path / "whole.db")) as whole:
        expected = lines(whole)
    for stop in (300, 600):
        with pytest.raises(Stopped):
            demo.make_demo(str(tmp_path / "cut.db"), stop_at(stop))
    with demo.make_demo(str(tmp_path / "cut.db")) as completed:
        assert lines(completed) == expected
        assert completed.verify().ok


@pytest.mark.usefixtures("_shorter")
def test_a_complete_demo_is_opened_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.make_demo(str(tmp_path / "a.db")).close()
    monkeypatch.setattr(demo, "demo_entries", lambda: pytest.fail("made again"))
    with demo.make_demo(str(tmp_path / "a.db")) as again:
        assert again.status()["clock"] == "simulated"
        assert again.status()["position"] == len(SOME)


@pytest.mark.usefixtures("_shorter")
def test_an_empty_file_left_by_an_interruption_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()
    with demo.make_demo(str(tmp_path / "a.db")) as made:
        assert made.status()["position"] == len(SOME)


@pytest.mark.usefixtures("_shorter")
def test_another_ledger_or_file_is_never_made_a_demo(tmp_path: Path) -> None:
    with create_ledger(str(tmp_path / "ours.db"), officer="测试") as ours:
        ours.record(
            {"type": "unit_established", "effective_on": "2010-01-01", "unit": "A", "name": "甲局", "kind": "organ"}
        )
    with pytest.raises(LedgerExists):
        demo.make_demo(str(tmp_path / "ours.db"))
    (tmp_path / "letter.db").write_text("not a ledger", encoding="utf-8")
    with pytest.raises(NotALedger):
        demo.make_demo(str(tmp_path / "letter.db"))
    assert (tmp_path / "letter.db").read_text(encoding="utf-8") == "not a ledger"


@pytest.mark.slow
def test_the_whole_demo_has_the_figures_of_the_report(tmp_path: Path) -> None:
    with demo.make_demo(str(tmp_path / "a.db")) as made:
        row = made.headcount(made.perspective(TOWN_DAY), unit=TOWN).rows[0]
        assert (row.quota, row.on_roll, row.seconded_out, row.on_leave, row.present, row.at_work) == (
            55,
            46,
            14,
            2,
            30,
            33,
        )
        assert made.status()["unfinished_imports"] == []
