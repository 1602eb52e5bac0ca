"""Identity numbers at the command line: never in an argument, masked, and nowhere in what others can read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Sledger

NUMBER = "11010519491231002X"
SETTINGS = 'id_number_key = "keys/id.key"\nlog_file = "runs.log"\n'


@pytest.fixture
def kept(town: Sledger) -> Sledger:
    """A town with a key in its settings and one number in its ledger."""
    Path("sledger.toml").write_text(SETTINGS, encoding="utf-8")
    Path("keys").mkdir()
    assert town("admin", "id-number", "key", "keys/id.key").exit_code == 0
    made = town("admin", "id-number", "set", "DZ1", stdin=f"{NUMBER}\n")
    assert (made.exit_code, NUMBER in made.output) == (0, False)
    return town


def test_it_is_shown_masked_and_whole_only_with_a_reason(kept: Sledger) -> None:
    shown = kept("admin", "id-number", "show", "DZ1")
    assert shown.output == "110105**********2X\n"
    assert kept("admin", "id-number", "show", "DZ1", "--reveal").exit_code == 2
    whole = kept("--officer", "赵天", "admin", "id-number", "show", "DZ1", "--reveal", "--reason", "办理社保")
    assert whole.output == f"{NUMBER}\n"
    [*_, act] = kept.json("log")["entries"]
    assert (act["type"], act["person"], act["recorded_by"]) == ("id_number_shown", "DZ1", "赵天")
    assert act["reason"] == "办理社保"


def test_the_whole_number_is_in_nothing_that_is_written_or_shown(kept: Sledger, tmp_path: Path) -> None:
    kept("admin", "id-number", "show", "DZ1", "--reveal", "--reason", "办理社保")
    kept("admin", "id-number", "set", "DZ2", stdin=f"{NUMBER}\n")
    said = [kept(*words).output for words in (("log",), ("person", "DZ1"), ("roster", "--unit", "T1"), ("status",))]
    for name in ("all.jsonl", "all.csv", "all.xlsx"):
        assert kept("export", name).exit_code == 0
    kept("backup", "b.backup", "--id-numbers")
    assert not any(NUMBER in one for one in said)
    written = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert {"runs.log", "all.xlsx", "town.db", "b.backup"} <= {one.name for one in written}
    assert [one.name for one in written if NUMBER.encode() in one.read_bytes()] == []


def test_it_is_erased_and_then_known_to_nobody(kept: Sledger) -> None:
    assert kept("admin", "id-number", "erase", "DZ1").exit_code == 2
    assert kept("admin", "id-number", "erase", "DZ1", "--reason", "本人申请").exit_code == 0
    assert kept.json("admin", "id-number", "list")["rows"] == []
    for words in (("show", "DZ1"), ("erase", "DZ1", "--reason", "x")):
        assert kept.json("admin", "id-number", *words, status=3)["refused"]["code"] == "id_number_absent"
    assert kept("verify").exit_code == 0


def test_what_goes_wrong_is_told_in_one_sentence(kept: Sledger) -> None:
    taken = kept("admin", "id-number", "set", "DZ2", stdin=f"{NUMBER}\n")
    assert (taken.exit_code, "DZ1" in taken.output, NUMBER in taken.output) == (3, True, False)
    wrong = kept("admin", "id-number", "set", "DZ2", stdin="12345\n")
    assert (wrong.exit_code, "12345" in wrong.output) == (3, False)
    assert kept("admin", "id-number", "set", "DZ2", stdin="").exit_code == 3
    assert kept("admin", "id-number", "set", "nobody", stdin=f"{NUMBER}\n").exit_code == 2
    Path("sledger.toml").write_text("", encoding="utf-8")
    none = kept("admin", "id-number", "set", "DZ2", stdin=f"{NUMBER}\n")
    assert (none.exit_code, "id_number_key" in none.output) == (2, True)
    for words in (("key", "id.key"), ("set", "DZ2", "--key", "town.db")):
        assert kept("admin", "id-number", *words, stdin=f"{NUMBER}\n").exit_code == 2
