"""A rebuild works beside the tables in force: others ask and record meanwhile, and an interrupted one harms nothing."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from ledger.bootstrap import Ledger, create_ledger, open_ledger
from ledger.domain.faults import LedgerConflict
from ledger.projections import frontier, rebuild, tally, writer
from ledger.projections.shadows import NEXT, OLD, Shadows
from tests.oracle_entries import random_history
from tests.twins import plain, the_day_of_recording


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 7 positions, so that a short history has several frontiers."""
    for module in (frontier, writer, tally):
        monkeypatch.setattr(module, "BLOCK", 7)


@pytest.fixture
def history() -> list[Any]:
    return [plain(entry) for entry in random_history(5, 120)[0]]


def recorded(url: str, entries: list[Any]) -> Ledger:
    ledger = create_ledger(url, clock=the_day_of_recording)
    for entry in entries:
        ledger.record(entry)
    return ledger


def leftovers(ledger: Ledger) -> list[str]:
    with ledger.store.read() as conn:
        return [name for name in inspect(conn).get_table_names() if name.endswith((NEXT, OLD))]


def rows(ledger: Ledger) -> list[Any]:
    return [row.to_json() for row in ledger.headcount(ledger.perspective()).rows]


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Does something in the middle of the next rebuild, when the rows are written and the indexes are not."""
    index = Shadows.index

    def later(shadows: Shadows, transaction: Any) -> None:
        monkeypatch.setattr(Shadows, "index", index)
        act()
        index(shadows, transaction)

    monkeypatch.setattr(Shadows, "index", later)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("known", [1, 30, 71, 119])
def test_entries_recorded_meanwhile_are_in_the_new_tables(
    ledger_url: str, history: list[Any], known: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recorded(ledger_url, history[:known]) as ledger, open_ledger(ledger_url, clock=the_day_of_recording) as other:

        def go_on() -> None:
            for entry in history[known:]:
                other.record(entry)

        meanwhile(monkeypatch, go_on)
        position = ledger.rebuild()
        assert position == ledger.perspective().known_at > known // 2
        assert ledger.verify().ok
        told = rows(ledger)
        ledger.rebuild()
        assert rows(ledger) == told


def test_whoever_asks_meanwhile_is_answered(
    ledger_url: str, history: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with recorded(ledger_url, history[:60]) as ledger, open_ledger(ledger_url) as other:
        before = rows(other)
        told: list[Any] = []
        meanwhile(monkeypatch, lambda: told.append(rows(other)))
        ledger.rebuild()
        assert told == [before]
        assert rows(other) == before
        assert leftovers(ledger) == []


def test_whoever_reads_when_the_tables_are_exchanged_goes_on_reading_the_old_ones(
    postgres_url: str, history: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a rollback journal a reader holds up every commit; on a server only the exchange waits."""
    monkeypatch.setattr(rebuild, "WAIT", 0.05)
    with recorded(postgres_url, history[:60]) as ledger, open_ledger(postgres_url) as other, ExitStack() as reading:
        before = rows(other)
        view = reading.enter_context(other.view(other.perspective()))
        told: list[int] = []

        def tried(_seconds: float) -> None:
            if not told and leftovers(ledger):
                told.append(view.conn.exec_driver_sql("SELECT COUNT(*) FROM person_period").scalar_one())
                reading.close()

        monkeypatch.setattr("ledger.projections.rebuild.time.sleep", tried)
        ledger.rebuild()
        assert told
        assert told[0] > 0
        assert rows(other) == before
        assert ledger.verify().ok


def test_an_interrupted_rebuild_leaves_the_tables_in_force(
    ledger_url: str, history: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with recorded(ledger_url, history[:60]) as ledger:
        before = rows(ledger)
        meanwhile(monkeypatch, interrupt)
        with pytest.raises(KeyboardInterrupt):
            ledger.rebuild()
        assert leftovers(ledger)
        assert rows(ledger) == before
        assert ledger.verify().ok
        ledger.rebuild()
        assert leftovers(ledger) == []
        assert rows(ledger) == before


def test_of_two_rebuilds_the_later_one_counts(
    ledger_url: str, history: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with recorded(ledger_url, history[:60]) as ledger, open_ledger(ledger_url) as other:
        meanwhile(monkeypatch, other.rebuild)
        with pytest.raises(LedgerConflict, match="another rebuild"):
            ledger.rebuild()
        assert leftovers(ledger) == []
        assert ledger.verify().ok


def test_rebuilt_again_and_again_the_tables_have_all_their_indexes(ledger_url: str, history: list[Any]) -> None:
    with recorded(ledger_url, history[:60]) as ledger:

        def indexed() -> list[tuple[str, tuple[Any, ...]]]:
            with ledger.store.read() as conn:
                asked = inspect(conn)
                return sorted(
                    (table, tuple(index["column_names"]))
                    for table in asked.get_table_names()
                    for index in asked.get_indexes(table)
                )

        before = indexed()
        for _ in range(3):
            ledger.rebuild()
            assert indexed() == before


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How the processes beside ended."""
    ended: list[int] = []

    class Watched(subprocess.Popen[bytes]):
        def wait(self, timeout: float | None = None) -> int:
            ended.append(super().wait(timeout))
            return ended[-1]

    monkeypatch.setattr(subprocess, "Popen", Watched)
    return ended


def test_other_processes_make_the_same_tables(
    ledger_url: str, history: list[Any], started: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where one stands in a folder with programs of others, which are not theirs to run."""
    (tmp_path / "json.py").write_text("raise SystemExit(9)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with recorded(ledger_url, history) as ledger:
        told: list[tuple[int, int]] = []
        rebuild.rebuild(ledger.store, lambda done, total: told.append((done, total)), processes=2)
        assert started[:2] == [0, 0]
        assert told[-1][0] == told[-1][1]
        assert ledger.verify().ok


@pytest.mark.parametrize("trouble", ["no such program", "dies"])
def test_without_other_processes_one_does_it_all(
    sqlite_url: str, history: list[Any], trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = "/nowhere/python" if trouble == "no such program" else "/bin/false"
    monkeypatch.setattr("ledger.projections.beside.sys.executable", program)
    with recorded(sqlite_url, history[:60]) as ledger:
        rebuild.rebuild(ledger.store, processes=2)
        assert ledger.verify().ok
