"""The drill of docs/howto/backup-and-restore.md, and backups taken while others record."""

from __future__ import annotations

import multiprocessing
import os
import re
import shlex
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from ledger.application import Receipt
from ledger.bootstrap import create_ledger, open_ledger, restore_ledger
from ledger.domain.faults import LedgerDamaged
from ledger.interchange.jsonl import import_lines
from ledger.persistence import archive
from ledger.persistence.archive import ArchivedEvent, NotABackup, read_archive
from tests.scenario_runs import SCENARIOS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "howto" / "backup-and-restore.md").read_text("utf-8")
COMMANDS = re.findall(r"^ {4,}(sledger .*)$", PAGE, re.MULTILINE)


def test_the_drill_of_the_page_works(tmp_path: Path) -> None:
    with create_ledger(str(tmp_path / "ledger.db")) as ledger:
        import_lines(ledger, SCENARIOS / "town-2022.jsonl")
    for name in ("backups", "elsewhere"):
        (tmp_path / name).mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SLEDGER_LEDGER": "ledger.db", "HOME": str(tmp_path)}

    def sledger(*words: str) -> str:
        command = [sys.executable, "-m", "ledger", *words]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    (tmp_path / "keys").mkdir()
    sledger("seal", "key", "keys/seal.key")
    for command in COMMANDS:
        sledger(*shlex.split(command)[1:])
    assert len(COMMANDS) == 9
    with open_ledger(str(tmp_path / "restored.db")) as restored, open_ledger(str(tmp_path / "ledger.db")) as first:
        assert restored.status()["tip"] == first.status()["tip"]
        assert restored.log().to_json() == first.log().to_json()
    with open_ledger(str(tmp_path / "then.db")) as then:
        assert then.status()["position"] == 150


# ---------------------------------------------------------------- while others record

WRITERS = 2
BACKUPS = 4


def keep_recording(url: str, writer: int, stop: Event) -> int:
    """Record until told to stop; the last position acknowledged."""
    last = number = 0
    with open_ledger(url, officer=f"officer {writer}") as ledger:
        while not stop.is_set():
            number += 1
            entry = {"type": "unit_renamed", "effective_on": "2022-01-01", "unit": "C", "name": f"{writer}-{number}"}
            answer = ledger.record(entry)
            assert isinstance(answer, Receipt)
            last = answer.position
    return last


def test_a_backup_taken_while_others_record_is_whole(ledger_url: str, tmp_path: Path) -> None:
    """Each holds all that was acknowledged before it began, and restores to exactly that."""
    context = multiprocessing.get_context("spawn")
    with create_ledger(ledger_url) as ledger:
        county = {"type": "unit_established", "unit": "C", "name": "县", "kind": "jurisdiction"}
        ledger.record({"effective_on": "2020-01-01", **county})
        before = []
        with context.Manager() as manager, ProcessPoolExecutor(WRITERS, mp_context=context) as programs:
            stop = manager.Event()
            writing = [programs.submit(keep_recording, ledger_url, n, stop) for n in range(WRITERS)]  # type: ignore[arg-type]
            for number in range(BACKUPS):
                waited = ledger.perspective().known_at + 5
                while ledger.perspective().known_at < waited:
                    assert not any(one.done() for one in writing)
                    time.sleep(0.01)
                before.append(ledger.perspective().known_at)
                assert ledger.backup(tmp_path / f"{number}.backup") >= before[-1]
            stop.set()
            acknowledged = [one.result() for one in writing]
        assert ledger.perspective().known_at == max(acknowledged)
        log = ledger.log().to_json()["entries"]
    for number in range(BACKUPS):
        with restore_ledger(tmp_path / f"{number}.backup", str(tmp_path / f"{number}.db")) as restored:
            found = restored.log().to_json()["entries"]
            assert restored.verify().ok
        assert len(found) >= before[number]
        assert found == log[: len(found)]


# ---------------------------------------------------------------- verified on the spot


@pytest.fixture
def town(sqlite_url: str) -> str:
    with create_ledger(sqlite_url) as ledger:
        import_lines(ledger, SCENARIOS / "town-2022.jsonl")
    return sqlite_url


def test_a_backup_that_the_disk_spoils_never_gets_its_name(
    town: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiled(path: Path, count: int) -> None:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        read_back(path, count)

    read_back = archive._read_back
    monkeypatch.setattr(archive, "_read_back", spoiled)
    with open_ledger(town) as ledger, pytest.raises(NotABackup):
        ledger.backup(tmp_path / "town.backup")
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []


def test_a_damaged_ledger_makes_no_backup(town: str, tmp_path: Path) -> None:
    with open_ledger(town) as ledger:
        with ledger.store.engine.begin() as conn:
            conn.exec_driver_sql("DROP TRIGGER event_no_update")
            conn.exec_driver_sql("UPDATE event SET recorded_at = recorded_at + 1 WHERE position = 100")
        with pytest.raises(LedgerDamaged) as caught:
            ledger.backup(tmp_path / "town.backup")
    assert caught.value.params["position"] == 100
    assert not (tmp_path / "town.backup").exists()


def test_a_backup_in_pieces_is_the_log_in_order(town: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_EVERY", 7)
    with open_ledger(town) as ledger:
        assert ledger.backup(tmp_path / "town.backup") == 210
    events = [line for line in read_archive(tmp_path / "town.backup") if isinstance(line, ArchivedEvent)]
    assert [one.position for one in events] == list(range(1, 211))
