"""Seals from the command line: made, kept elsewhere, compared; and what is said when they cannot be."""

# ruff: noqa: S608  the statements are the test's own

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Sledger
from tests.cli.test_keeping import behind_its_back
from tests.cli.test_schemas import sealed


@pytest.fixture
def office(town: Sledger) -> Sledger:
    """The town, sealed; the seal is also in seals.txt."""
    sealed(town)
    return town


def test_a_ledger_that_was_not_compared_with_seals_says_so(town: Sledger) -> None:
    result = town("verify")
    assert result.exit_code == 0
    assert "没有与封印核对" in result.stdout


def test_a_ledger_that_grew_still_fulfils_its_seal(office: Sledger) -> None:
    office("record", "unit_renamed", "--effective_on", "2022-08-01", "--unit", "T1", "--name", "新名")
    result = office("verify", "--seals", "seals.txt", "--public", "keys/seal.pub")
    assert (result.exit_code, "210" in result.stdout) == (0, True)
    assert office.json("verify", "--seals", "seals.txt")["keys"] == "from_seals_file"


def cut_off(ledger: Path, last: int) -> None:
    """The newest entries taken away, with everything that belongs to them."""
    behind_its_back(
        ledger,
        f"DELETE FROM event WHERE position > {last}",
        f"DELETE FROM event_subject WHERE position > {last}",
        f"DELETE FROM event_target WHERE position > {last}",
        f"DELETE FROM entry_key WHERE position > {last}",
        f"UPDATE ledger_head SET position = {last}, tip = (SELECT hash FROM event WHERE position = {last})",
    )


def test_a_ledger_cut_off_is_whole_by_itself_and_not_against_its_seal(office: Sledger) -> None:
    cut_off(office.ledger, 200)
    assert office("verify").exit_code == 0
    result = office("verify", "--seals", "seals.txt")
    assert result.exit_code == 1
    assert "截断" in result.stdout
    assert "请不要再登记" in result.stdout
    fault = office.json("verify", "--seals", "seals.txt", status=1)["seals"]["fault"]
    assert fault == {"position": 210, "kind": "truncated"}


def test_the_key_may_be_named_in_the_settings(office: Sledger) -> None:
    assert office("seal", "make").exit_code == 2
    Path("sledger.toml").write_text('seal_key = "keys/seal"\nseal_public = "keys/seal.pub"\n', encoding="utf-8")
    assert office("seal", "make", "--to", "seals.txt").exit_code == 0
    told = office.json("verify", "--seals", "seals.txt")
    assert (told["keys"], told["seals"]["checked"]) == ("trusted", 2)
    assert [one["position"] for one in office.json("seal", "list")["seals"]] == [210, 210]
    assert office("seal", "list").stdout.count("T") >= 2


def test_a_key_beside_the_ledger_or_open_to_others_is_refused(office: Sledger) -> None:
    assert office("seal", "key", "beside.key").exit_code == 2
    Path("keys/seal").chmod(0o644)
    result = office("seal", "make", "--key", "keys/seal")
    assert (result.exit_code, "chmod 600" in result.stderr) == (2, True)


def test_seals_go_into_the_backup_and_come_back(office: Sledger) -> None:
    office("backup", "b.gz")
    assert office("restore", "b.gz", "again.db").exit_code == 0
    assert office("restore", "b.gz", "before.db", "--to-position", "100").exit_code == 0
    assert Sledger(Path("again.db")).json("seal", "list") == office.json("seal", "list")
    assert Sledger(Path("before.db")).json("seal", "list") == {"seals": []}
    assert Sledger(Path("again.db"))("verify", "--seals", "seals.txt").exit_code == 0
    assert Sledger(Path("before.db"))("verify", "--seals", "seals.txt").exit_code == 1


def test_a_ledger_older_than_seals_can_be_sealed(office: Sledger) -> None:
    with closing(sqlite3.connect(office.ledger)) as db:
        db.execute("DROP TABLE seal")
    assert "还没有" in office("seal", "list").stdout
    assert office("seal", "make", "--key", "keys/seal").exit_code == 0
    assert len(office.json("seal", "list")["seals"]) == 1


def test_a_proof_is_written_for_a_sealed_entry_only(office: Sledger) -> None:
    assert office("seal", "prove", "31", "proof.json").exit_code == 0
    assert json.loads(Path("proof.json").read_text("utf-8"))["entry"]["position"] == 31
    assert office("seal", "prove", "31", "proof.json").exit_code == 2
    assert office("seal", "prove", "999", "other.json").exit_code == 2
    office("record", "unit_renamed", "--effective_on", "2022-08-01", "--unit", "T1", "--name", "新名")
    result = office("seal", "prove", "211", "other.json")
    assert (result.exit_code, "sledger seal make" in result.stderr) == (2, True)
    assert not Path("other.json").exists()


@pytest.mark.parametrize("words", [("--seals", "empty.txt"), ("--public", "keys/seal.pub"), ("--seals", "none.txt")])
def test_seals_that_are_none_are_wrong_usage(office: Sledger, words: tuple[str, ...]) -> None:
    Path("empty.txt").write_text("\n", encoding="utf-8")
    assert office("verify", *words).exit_code == 2


def test_a_file_that_holds_no_seals_is_named(office: Sledger) -> None:
    Path("letter.txt").write_text("Dear auditor,\n", encoding="utf-8")
    result = office("verify", "--seals", "letter.txt")
    assert (result.exit_code, "letter.txt" in result.stderr) == (4, True)
