"""The ledgers of the benchmarks: appended without being judged, they are what an import would have made."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select, update

from benchmarks import ledgers
from benchmarks.generator import generate
from benchmarks.measuring import Figures
from ledger.bootstrap import Ledger, create_ledger, open_ledger
from ledger.interchange.jsonl import import_lines
from ledger.persistence.schema import entry_key, event, event_subject, event_target
from ledger.projections import tables as t

PEOPLE = 60
FEWER_CHECKPOINTS = {t.headcount_checkpoint}
"""A rebuild writes one for every month, an import only for those that are not settled yet."""


@pytest.fixture
def kept(tmp_path: Path) -> ledgers.Kept:
    return ledgers.kept(tmp_path, PEOPLE, Figures(None, ""))


def rows(ledger: Ledger, table: Table) -> Counter[tuple[Any, ...]]:
    """Without what differs from one making to the next: instants, hashes, and the import that an event names."""
    columns = [column for column in table.columns if column.name not in ("recorded_at", "hash", "state")]
    with ledger.store.read() as conn:
        return Counter(map(tuple, conn.execute(select(*columns))))


def test_a_kept_ledger_is_what_an_import_makes(kept: ledgers.Kept, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text("".join(json.dumps(entry) + "\n" for entry in generate(PEOPLE)), encoding="utf-8")
    with open_ledger(str(kept.path)) as appended, create_ledger(str(tmp_path / "imported.db")) as imported:
        import_lines(imported, lines)
        for table in (event, event_subject, event_target, entry_key, *t.read_tables.sorted_tables):
            if table not in FEWER_CHECKPOINTS:
                assert rows(appended, table) == rows(imported, table), table.name
        assert appended.verify().ok


def test_it_is_made_once_and_rebuilt_where_its_tables_are_of_another_making(kept: ledgers.Kept, tmp_path: Path) -> None:
    with open_ledger(str(kept.path)) as ledger, ledger.store.write() as unit:
        unit.conn.execute(update(t.projection_state).values(version=t.VERSION - 1))
    before = kept.path.stat().st_ino
    figures = Figures(None, "")
    assert ledgers.kept(tmp_path, PEOPLE, figures) == kept
    assert kept.path.stat().st_ino == before
    assert figures.get(PEOPLE, "sqlite", "rebuild") is not None
    again = Figures(None, "")
    ledgers.kept(tmp_path, PEOPLE, again)
    assert again.get(PEOPLE, "sqlite", "rebuild") is None


def test_the_last_entries_of_a_large_one_stay_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ledgers, "LARGE", 100)
    monkeypatch.setattr(ledgers, "TAIL", 40)
    kept = ledgers.kept(tmp_path, PEOPLE, Figures(None, ""))
    entries = list(generate(PEOPLE))
    with open_ledger(str(kept.path)) as ledger:
        assert ledger.perspective().known_at == len(entries) - 40
        import_lines(ledger, kept.tail)
        assert ledger.perspective().known_at == len(entries)
