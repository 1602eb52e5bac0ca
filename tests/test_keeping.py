"""Backups, restores, exports: the same ledger in another place."""

from __future__ import annotations

import gzip
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from ledger.bootstrap import Ledger, create_ledger, open_ledger, restore_ledger
from ledger.domain.faults import LedgerExists
from ledger.domain.time import Perspective
from ledger.interchange.jsonl import export_lines, import_lines
from ledger.persistence.archive import NotABackup

TOWN = Path(__file__).parent / "scenarios" / "town-2022.jsonl"
ON = date(2022, 6, 30)


@pytest.fixture
def town(ledger_url: str) -> Ledger:
    ledger = create_ledger(ledger_url, officer="officer")
    assert import_lines(ledger, TOWN).recorded == 210
    return ledger


def answers(ledger: Ledger, known_at: int) -> list[object]:
    p = Perspective(ON, known_at)
    return [
        ledger.headcount(p).to_json(),
        ledger.secondments(p).to_json(),
        ledger.roster(p, "T1").to_json(),
        [line.content for line in ledger.log(known_at=known_at).entries],
    ]


def test_a_restored_backup_is_the_same_ledger_byte_for_byte(town: Ledger, tmp_path: Path) -> None:
    assert town.backup(tmp_path / "town.backup") == 210
    with restore_ledger(tmp_path / "town.backup", str(tmp_path / "again.db")) as again:
        assert again.verify().ok
        assert again.status()["tip"] == town.status()["tip"]
        assert answers(again, 210) == answers(town, 210)
    town.close()


def test_a_backup_is_restored_up_to_a_position(town: Ledger, tmp_path: Path) -> None:
    town.backup(tmp_path / "town.backup")
    with restore_ledger(tmp_path / "town.backup", str(tmp_path / "then.db"), to_position=150) as then:
        assert then.verify().ok
        assert then.status()["position"] == 150
        assert answers(then, 150) == answers(town, 150)
    town.close()


def test_nothing_is_written_over(town: Ledger, tmp_path: Path) -> None:
    town.backup(tmp_path / "town.backup")
    with pytest.raises(FileExistsError):
        town.backup(tmp_path / "town.backup")
    create_ledger(str(tmp_path / "other.db")).close()
    with pytest.raises(LedgerExists):
        restore_ledger(tmp_path / "town.backup", str(tmp_path / "other.db"))
    town.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from ledger.application import restoring

restoring.rebuild = lambda _store: os.kill(os.getpid(), signal.SIGKILL)
restoring.restore(Path(sys.argv[1]), sys.argv[2])
"""


def test_a_restore_that_is_killed_leaves_no_ledger_and_can_be_done_again(town: Ledger, tmp_path: Path) -> None:
    """All entries were there, the tables that answers are read from not yet: nobody finds that under the name."""
    folder = tmp_path / "restored"
    town.backup(tmp_path / "town.backup")
    tip = town.status()["tip"]
    town.close()
    new = folder / "again.db"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, tmp_path / "town.backup", new], check=False, cwd=Path(__file__).parents[1]
    )
    assert killed.returncode == -signal.SIGKILL
    left = list(folder.iterdir())
    assert left
    assert new not in left
    with restore_ledger(tmp_path / "town.backup", str(new)) as again:
        assert again.status()["tip"] == tip
        assert again.verify().ok
    assert [one for one in folder.iterdir() if one.name.startswith(".")] == []


def test_a_backup_cut_short_or_changed_is_refused(town: Ledger, tmp_path: Path) -> None:
    whole = tmp_path / "town.backup"
    town.backup(whole)
    town.close()
    lines = gzip.decompress(whole.read_bytes()).splitlines(keepends=True)
    spoiled = {
        "cut": whole.read_bytes()[:-40],
        "one line less": gzip.compress(b"".join(lines[:100] + lines[101:])),
        "one letter": gzip.compress(b"".join(lines).replace("青溪县".encode(), "清溪县".encode(), 1)),
        "no end": gzip.compress(b"".join(lines[:-1])),
        "nothing": b"",
        "text": b"not a backup",
    }
    for name, content in spoiled.items():
        path = tmp_path / f"{name}.backup"
        path.write_bytes(content)
        with pytest.raises(NotABackup):
            restore_ledger(path, str(tmp_path / f"{name}.db"))


def test_an_export_gives_the_same_answers_in_an_empty_ledger(town: Ledger, tmp_path: Path) -> None:
    with (tmp_path / "all.jsonl").open("wb") as out:
        assert export_lines(town, out) == 210
    with create_ledger(str(tmp_path / "copy.db")) as copy:
        report = import_lines(copy, tmp_path / "all.jsonl")
        assert (report.recorded, report.refused) == (210, [])
        assert answers(copy, 210)[:3] == answers(town, 210)[:3]
        assert import_lines(copy, tmp_path / "all.jsonl").already_recorded == 210
    town.close()


def test_read_tables_of_another_making_are_made_anew_on_opening(town: Ledger, ledger_url: str) -> None:
    before = answers(town, 210)
    with town.store.write() as unit:
        unit.conn.exec_driver_sql("UPDATE projection_state SET version = 0")
        unit.conn.exec_driver_sql("DELETE FROM person_period")
    town.close()
    with open_ledger(ledger_url) as again:
        assert answers(again, 210) == before
        assert again.verify().ok
