"""What an auditor takes away: the same bytes for the same question, checked with nothing but what lies in it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.bootstrap import Ledger, create_ledger, restore_ledger
from ledger.interchange.audit import audit_package
from ledger.persistence.notes import make_key
from tests.cli import schema

DAY = date(2022, 6, 30)
REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.fixture
def ledger(ledger_url: str, tmp_path: Path) -> Iterator[Ledger]:
    """Six entries, two seals, and one entry after them."""
    (tmp_path / "keys").mkdir()
    with create_ledger(ledger_url, officer="赵天") as made:
        make_key(tmp_path / "keys" / "seal", made.store.path)
        for unit in ("A", "../B"):
            on = {"effective_on": "2015-01-01", "name": "<甲>", "unit": unit}
            made.record({"type": "unit_established", "kind": "organ", **on})
            made.record({"type": "hired", "person": f"P{unit}", "establishment": "support", **on})
            made.seal(tmp_path / "keys" / "seal")
        made.record({"type": "departed", "person": "PA", "reason": "resigned", "effective_on": "2020-01-01"})
        yield made


def keys(tmp_path: Path) -> str:
    return (tmp_path / "keys" / "seal.pub").read_text(encoding="ascii")


def packed(ledger: Ledger, folder: Path, known_at: int | None = None) -> dict[str, bytes]:
    sound = audit_package(ledger, folder, ledger.perspective(DAY, known_at), keys(folder.parent), "1.0")
    assert sound
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def told(files: dict[str, bytes], name: str) -> Any:
    return json.loads(files[name])


def test_the_same_question_gives_the_same_bytes_and_another_entry_changes_none(ledger: Ledger, tmp_path: Path) -> None:
    first = packed(ledger, tmp_path / "a", 4)
    ledger.record({"type": "unit_renamed", "unit": "A", "name": "乙", "effective_on": "2016-01-01"})
    assert packed(ledger, tmp_path / "b", 4) == first
    assert packed(ledger, tmp_path / "c") != first


def test_it_answers_as_the_ledger_does(ledger: Ledger, tmp_path: Path) -> None:
    for known_at in (2, 4, 5):
        files, p = packed(ledger, tmp_path / str(known_at), known_at), ledger.perspective(DAY, known_at)
        assert told(files, "answers/headcount.json") == ledger.headcount(p).to_json()
        assert told(files, "answers/secondments.json") == ledger.secondments(p).to_json()
        tops = [row["unit"] for row in told(files, "answers/headcount.json")["rows"]]
        assert told(files, "answers/roster.json")["rosters"] == [ledger.roster(p, unit).to_json() for unit in tops]
        assert [json.loads(line)["position"] for line in files["entries.jsonl"].splitlines()] == [
            *range(1, known_at + 1)
        ]
        with restore_ledger(tmp_path / str(known_at) / "ledger.backup", str(tmp_path / f"{known_at}.db")) as again:
            assert again.headcount(p).to_json() == ledger.headcount(p).to_json()
            assert len(again.seals()) == known_at // 2


def test_it_lists_every_file_and_the_list_is_that_of_a_common_tool(ledger: Ledger, tmp_path: Path) -> None:
    files = packed(ledger, tmp_path / "a")
    listed = {line[66:]: line[:64] for line in files["SHA256SUMS"].decode().splitlines()}
    assert listed == {name: hashlib.sha256(one).hexdigest() for name, one in files.items() if name != "SHA256SUMS"}
    manifest = told(files, "manifest.json")
    assert {one["file"] for one in manifest["files"]} == set(listed) - {"manifest.json"}
    assert list(schema.faults(manifest, schema.load("audit_manifest"))) == []
    run = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "a", capture_output=True, check=False)
    assert run.returncode == 0


def test_an_auditor_checks_it_without_the_ledger(ledger: Ledger, tmp_path: Path) -> None:
    files = packed(ledger, tmp_path / "a")
    assert files["verify_chain.py"] == (REFERENCE / "verify_chain.py").read_bytes()
    words = ["verify_chain.py", "ledger.backup", "seals.txt", "public-keys.txt"]

    def check() -> tuple[int, str]:
        command = [sys.executable, "-I", *words]
        run = subprocess.run(command, cwd=tmp_path / "a", capture_output=True, text=True, check=False)
        return run.returncode, run.stdout

    assert check() == (0, "everything holds\n")
    checked = told(files, "verify.json")
    assert (checked["ok"], checked["seals"]["checked"], checked["positions"]) == (True, 2, 5)
    seals = tmp_path / "a" / "seals.txt"
    seals.write_bytes(files["seals.txt"].replace(b"sealed_at 2", b"sealed_at 3"))
    assert check()[0] == 1


def test_it_is_its_owners_and_complete_or_not_there(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed(ledger, tmp_path / "a")
    with pytest.raises(FileExistsError):
        packed(ledger, tmp_path / "a")
    for one in (tmp_path / "a").rglob("*"):
        assert one.stat().st_mode & 0o077 == 0, one
    monkeypatch.setattr(ledger, "findings", lambda *_args, **_more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        packed(ledger, tmp_path / "b")
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_dir() and one.name not in ("a", "keys")) == []


def test_a_package_of_a_changed_ledger_says_so(tmp_path: Path) -> None:
    with create_ledger(str(tmp_path / "l.db"), officer="赵天") as ledger:
        on = {"effective_on": "2015-01-01", "name": "甲", "unit": "A"}
        ledger.record({"type": "unit_established", "kind": "organ", **on})
        with ledger.store.write() as unit:
            unit.conn.exec_driver_sql("UPDATE unit_period SET name = '乙'")
        sound = audit_package(ledger, tmp_path / "a", ledger.perspective(DAY), "", "1.0")
    assert not sound
    assert json.loads((tmp_path / "a" / "verify.json").read_bytes())["tables"] != []
