"""Whatever is given to the command line: one sentence, what to do, the right exit status, never a traceback."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.cli import out
from ledger.cli.session import Session
from ledger.domain import faults
from tests.cli.conftest import Sledger

ROOT = Path(__file__).resolve().parents[2]
LINE = '{"type": "unit_established", "effective_on": "2010-01-01", "unit": "C", "name": "丙局", "kind": "organ"}'


def told(sledger: Sledger, *words: object, status: int) -> str:
    """What is said on stderr: a sentence and, except for wrong usage that names the option, what to do."""
    result = sledger(*words)
    assert (result.exit_code, result.stdout) == (status, ""), result.output
    assert "出错：" in result.stderr
    return result.stderr


# ---------------------------------------------------------------- names and dates


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("headcount", "--unit", "T9"), "没有单位“T9”"),
        (("roster", "--unit", "T9"), "没有单位“T9”"),
        (("secondments", "--unit", "T9"), "没有单位“T9”"),
        (("log", "--unit", "T9"), "没有单位“T9”"),
        (("person", "P9"), "没有人员“P9”"),
        (("log", "--person", "P9"), "没有人员“P9”"),
        (("headcount", "--unit", "T\x1b[2J"), "没有单位“T\\x1b[2J”"),
        (("person", "P\u202e9"), "没有人员“P\\u202e9”"),
        (("headcount", "--on", "2022-02-30"), "没有 2022-02-30 这一天"),
        (("headcount", "--on", "20220630"), "“20220630”不是日期"),
        (("headcount", "--on", "0000-01-01"), "没有 0000-01-01 这一天"),
        (("headcount", "--on", "２０２２-06-30"), "不是日期"),
        (("headcount", "--on", ""), "不是日期"),
        (("headcount", "--known-at", "yesterday"), "“yesterday”既不是"),
        (("headcount", "--known-at", "2022-W26-4"), "“2022-W26-4”既不是"),
        (("headcount", "--known-at", "2022-13-01"), "没有 2022-13-01 这个时刻"),
        (("headcount", "--known-at", "-1"), "“-1”既不是"),
        (("headcount", "--known-at", "1000000"), "序号 1000000 尚无登记"),
        (("diff", "--unit", "T1", "--on", "2022-02-01", "--to", "2022-01-01"), "2022-02-01 晚于 2022-01-01"),
        (
            (
                "diff",
                "--unit",
                "T1",
                "--on",
                "2022-01-01",
                "--known-at",
                "3",
                "--to",
                "2022-01-01",
                "--to-known-at",
                "2",
            ),
            "#3",
        ),
        (("campaign", "compare", "--on", "2022-02-01", "--to", "2022-01-01"), "2022-02-01 晚于 2022-01-01"),
        (("headcount", "--depth", "x"), "--depth"),
        (("headcount", "--unti", "T1"), "--unti"),
        (("headcunt",), "headcunt"),
        (("roster", "--unit", "T1", "--status", "asleep"), "asleep"),
        (("log", "--from-position", "0"), "--from-position"),
        (("import",), "FILE"),
        (("import", "nowhere.jsonl"), "没有 nowhere.jsonl 这个文件或文件夹"),
        (("import", "."), "是文件夹"),
        (("import", "x.xlsx"), "没有 x.xlsx 这个文件"),
        (("export", "nowhere/x.jsonl"), "没有 nowhere/x.jsonl"),
        (("backup", "nowhere/x.gz"), "没有 nowhere/x.gz"),
        (("restore", "nowhere.gz", "new.db"), "没有 nowhere.gz"),
        (("--lang", "klingon", "status"), "klingon"),
    ],
    ids=lambda value: " ".join(value).encode("unicode_escape").decode() if isinstance(value, tuple) else "",
)
def test_a_wrong_name_or_value_is_wrong_usage(town: Sledger, words: tuple[str, ...], sentence: str) -> None:
    said = told(town, *words, status=2)
    assert sentence in said
    assert "\x1b" not in said
    assert "\u202e" not in said


@pytest.mark.parametrize("on", ["0001-01-01", "1949-09-30", "9999-12-31"])
def test_dates_at_the_ends_of_the_calendar_are_answered(town: Sledger, on: str) -> None:
    for words in (
        ("headcount",),
        ("roster", "--unit", "T1"),
        ("person", "DZ1"),
        ("secondments",),
        ("secondments", "--overdue"),
        ("retirements",),
        ("findings", "--all"),
    ):
        assert town(*words, "--on", on).exit_code in (0, 2)


def test_a_missing_nearest_name_is_not_invented(empty: Sledger) -> None:
    assert "最接近" not in told(empty, "headcount", "--unit", "T9", status=2)


# ---------------------------------------------------------------- ledgers


def test_a_ledger_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    missing = Sledger(tmp_path / "folder" / "none.db")
    for words in (("status",), ("headcount",), ("record", "hired", "--person", "P1"), ("verify",), ("export", "x")):
        assert "没有台账" in told(missing, *words, status=4)
    assert not missing.ledger.parent.exists()


def some_other_database(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE event (position INTEGER)")
    database.close()


def newer_ledger(path: Path) -> None:
    Sledger(path)("init")
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 999")
    database.close()


def cut_ledger(path: Path) -> None:
    Sledger(path)("init")
    path.write_bytes(path.read_bytes()[:5000])


def scribbled_ledger(path: Path) -> None:
    Sledger(path)("init")
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (lambda path: path.write_text("not a ledger, but a letter\n" * 400, encoding="utf-8"), 4),
        (lambda path: path.write_bytes(b""), 4),
        (lambda path: path.write_bytes(b"\0" * 10_000), 4),
        (lambda path: path.mkdir(), 4),
        (some_other_database, 4),
        (newer_ledger, 4),
        (cut_ledger, 4),
        (scribbled_ledger, 4),
    ],
    ids=["text", "empty", "zeros", "folder", "another database", "newer", "cut", "scribbled"],
)
def test_what_is_not_a_sound_ledger_is_not_opened_and_not_changed(tmp_path: Path, make: Any, status: int) -> None:
    file = Sledger(tmp_path / "a.db")
    make(file.ledger)
    before = file.ledger.read_bytes() if file.ledger.is_file() else None
    for words in (("status",), ("headcount",), ("record", "hired", "--person", "P1")):
        assert "怎么办：" in told(file, *words, status=status)
        assert file.json(*words, status=status)["fault"]["message"]
    if before is not None:
        assert file.ledger.read_bytes() == before


@pytest.mark.parametrize(
    "address", ["mysql://h/d", "sqlite:///x.db?mode=memory", "file:x.db", ":memory:", "http://h/d"]
)
def test_what_is_not_an_address_is_wrong_usage(address: str) -> None:
    told(Sledger(Path("unused")), "--ledger", address, "status", status=2)


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    result = Sledger(tmp_path)("--ledger", "postgresql://u:geheim@127.0.0.1:1/d", "status")
    assert result.exit_code == 4
    assert "geheim" not in result.output


def test_a_ledger_that_can_only_be_read_answers_and_refuses_to_record(
    town: Sledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.persistence.sqlite._may_write", lambda path: False)
    assert town("headcount", "--unit", "T1").exit_code == 0
    said = told(
        town, "record", "leave_started", "--effective_on", "2024-01-01", "--person", "P1", "--kind", "sick", status=4
    )
    assert "只能读" in said


FAULTS: list[faults.LedgerFault] = [
    faults.LedgerBusy(ledger="a.db", seconds=30),
    faults.LedgerHeld(ledger="a.db", seconds=30, login="x", process=7),
    faults.LedgerConflict(ledger="a.db", detail="x"),
    faults.UnsafeSharing(ledger="a.db", version="3.40.1"),
    faults.DiskFull(ledger="a.db"),
    faults.LedgerDamaged(detail="x", position=3),
    faults.LedgerUnreadable(ledger="a.db", detail="x"),
    faults.StorageNotDurable(ledger="a.db", setting="synchronous", found=0),
    faults.EntryNewer(topic="person.hired", found=9, known=1),
    faults.BadAddress(ledger="a\x1b[31m.db"),
    faults.UnknownUnit(name="x", nearest="y"),
    faults.LedgerFault(ledger="a.db"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_fault_ends_with_its_own_status_in_both_languages(
    town: Sledger, monkeypatch: pytest.MonkeyPatch, fault: faults.LedgerFault
) -> None:
    monkeypatch.setattr(Session, "_opened", lambda *_: (_ for _ in ()).throw(fault))
    result = town("record", "hired", "--person", "P1")
    assert (result.exit_code, result.stdout) == (fault.exit_status, "")
    assert "怎么办：" in result.stderr
    assert "\x1b" not in result.stderr
    english = town("status", lang="en")
    assert english.stderr.startswith("Error: ")
    assert "What to do: " in english.stderr
    document = town.json("status", status=fault.exit_status)["fault"]
    assert document["code"] == fault.code


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError("x"), 70),
        (KeyError("x"), 70),
        (MemoryError(), 70),
        (RecursionError("x"), 70),
        (AssertionError(), 70),
        (sqlite3.OperationalError("x"), 70),
        (OverflowError("x"), 2),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"), 2),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "x"), 2),
        (FileNotFoundError(2, "x", "there"), 2),
        (PermissionError(13, "x", "there"), 2),
        (IsADirectoryError(21, "x", "there"), 2),
        (FileExistsError("there"), 2),
        (OSError("odd"), 2),
        (OSError(28, "x", "there"), 4),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_nothing_escapes_the_frame(
    town: Sledger, monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Session, "_opened", fail)
    result = town("status")
    assert (result.exit_code, result.stdout) == (status, "")
    assert result.stderr.strip()


def test_debug_shows_the_traceback(town: Sledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "_opened", lambda *_: 1 / 0)
    shown: list[object] = []
    monkeypatch.setattr("traceback.print_exc", lambda: shown.append("shown"))
    assert town("status", "--debug").exit_code == 70
    assert shown == ["shown"]
    assert town("status").exit_code == 70
    assert shown == ["shown"]


# ---------------------------------------------------------------- files


def importing(sledger: Sledger, content: bytes, status: int) -> dict[str, Any]:
    file = Path("in.jsonl")
    file.write_bytes(content)
    assert sledger("import", file).exit_code == status
    found: dict[str, Any] = sledger.json("import", file, status=status)
    return found


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (LINE.encode("gb18030"), ["not_utf8"]),
        (LINE.encode()[:60], ["not_json"]),
        (LINE.encode() + b"\n" + LINE.encode()[:40], ["not_json"]),
        (b"[" * 100_000, ["not_json"]),
        (b'{"type": 1e999}', ["unknown_type"]),
        (b'"text"\n17\nnull\n[]\n', ["not_an_object"] * 4),
        (b'{"type": "unit_renamed", "unit": {"a": 1}}', None),
        (("{" + '"type": "hired", "name": "' + "x" * 1_000_000 + '"}').encode(), None),
        (b'{"type": "hired", "type": "hired"}', ["duplicate_key"]),
        (b'{"type": "hired", "posts": NaN}', ["not_json"]),
        (b'{"type": "unit_renamed", "effective_on": "2024-01-01", "unit": "A", "name": "\\ud800"}', None),
    ],
    ids=["GB18030", "cut", "cut in the second line", "deep", "number as type", "no objects", "object as code", "long",
         "twice", "NaN", "half a character"],
)  # fmt: skip
def test_lines_that_are_no_entries_are_refused_one_by_one(
    empty: Sledger, content: bytes, codes: list[str] | None
) -> None:
    report = importing(empty, content, 1)
    assert report["refused"]
    if codes is not None:
        assert [line["code"] for line in report["refused"]] == codes
    assert empty("verify").exit_code == 0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_a_file_in_another_encoding_is_not_read(empty: Sledger, encoding: str) -> None:
    Path("in.jsonl").write_bytes(LINE.encode(encoding))
    assert "UTF-8" in told(empty, "import", "in.jsonl", status=2)


def test_a_line_of_no_text_is_refused_by_itself(empty: Sledger) -> None:
    report = importing(empty, LINE.encode() + b"\n\0\0\0\n", 1)
    assert (report["already_recorded"], [line["line"] for line in report["refused"]]) == (1, [2])


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf" + LINE.encode() + b"\r\n"])
def test_empty_lines_and_a_byte_order_mark_are_no_trouble(empty: Sledger, content: bytes) -> None:
    assert importing(empty, content, 0)["refused"] == []


def test_a_file_that_is_no_backup_restores_nothing(town: Sledger, tmp_path: Path) -> None:
    whole = tmp_path / "whole.gz"
    assert town("backup", whole).exit_code == 0
    cut, altered = tmp_path / "cut.gz", tmp_path / "altered.gz"
    cut.write_bytes(whole.read_bytes()[:-400])
    altered.write_bytes(whole.read_bytes()[:2000] + b"\0" * 50 + whole.read_bytes()[2050:])
    for bad in (cut, altered, town.ledger):
        assert "怎么办：" in told(town, "restore", bad, tmp_path / "new.db", status=4)
        assert not (tmp_path / "new.db").exists()
    assert "已经有东西" in told(town, "restore", whole, town.ledger, status=4)
    assert town("restore", whole, tmp_path / "new.db").exit_code == 0
    assert Sledger(tmp_path / "new.db")("verify").exit_code == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('ledger = "x', "读不了"),
        ('legder = "x.db"', "是不是“ledger”"),
        ("[headcont]\nunit = 1", "是不是“headcount”"),
        ("\udcff", "读不了"),
    ],
)
def test_settings_that_cannot_be_used_are_named(town: Sledger, content: str, sentence: str) -> None:
    Path("sledger.toml").write_bytes(content.encode(errors="surrogateescape"))
    said = told(town, "status", status=2)
    assert sentence in said
    assert "sledger.toml" in said


def test_a_settings_file_that_is_named_must_be_there(town: Sledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLEDGER_CONFIG", "nowhere.toml")
    assert "nowhere.toml" in told(town, "status", status=2)


# ---------------------------------------------------------------- the terminal itself


def run(ledger: Path, command: str, *, streams: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A real process: `python -m ledger …` with whatever the shell does to its streams."""
    return subprocess.run(
        ["bash", "-c", f'"$PY" -m ledger --ledger "$LEDGER" {command} {streams}'],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PY": sys.executable,
            "LEDGER": str(ledger),
            "HOME": str(ledger.parent),
            **environment,
        },
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_a_closed_stdout_is_told_and_the_ledger_stays_whole(town: Sledger) -> None:
    words = "record leave_started --effective_on 2023-01-01 --person L03 --kind sick"
    done = run(town.ledger, words, streams=">&-")
    assert done.returncode == 74
    assert "结果写不出去" in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert town("verify").exit_code == 0
    assert town.json("log")["entries"][-1]["type"] == "leave_started"


@pytest.mark.parametrize("words", ["status", "log", "log --json", "export -"])
def test_a_full_disk_behind_stdout_is_told(town: Sledger, words: str) -> None:
    done = run(town.ledger, words, streams="> /dev/full")
    assert done.returncode == 74
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.parametrize("words", ["log", "log --json", "export -"])
def test_a_reader_who_leaves_early_is_no_trouble(town: Sledger, words: str) -> None:
    done = run(town.ledger, words, streams="| head -c 10; exit ${PIPESTATUS[0]}")
    assert done.returncode in (0, 141)
    assert done.stderr == b""


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1"])
def test_a_terminal_that_lacks_a_character_shows_its_number(town: Sledger, encoding: str) -> None:
    done = run(town.ledger, "headcount --unit T1 --on 2022-06-30", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b" 55" in done.stdout
    as_json = run(town.ledger, "headcount --unit T1 --on 2022-06-30 --json", PYTHONIOENCODING=encoding)
    assert json.loads(as_json.stdout.decode("utf-8"))["rows"][0]["quota"] == 55


@pytest.mark.parametrize(
    "words", [r"person $'\xff\xfe'", r"headcount --unit $'\xff'", r"record hired --person $'\xff'"]
)
def test_bytes_that_are_no_text_are_told(town: Sledger, words: str) -> None:
    done = run(town.ledger, words, LANG="C.UTF-8")
    assert done.returncode in (2, 3)
    assert b"Traceback" not in done.stderr


def test_a_user_without_a_name_must_give_one(town: Sledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr("getpass.getuser", unknown)
    assert "--officer" in told(town, "record", "hired", "--person", "P1", status=2)
    assert town("headcount", "--unit", "T1").exit_code == 0


def test_answers_never_carry_a_character_that_steers_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "甲\x1b]0;x\x07\x9b31m\u202e\u2066\u200b\ufeff\x7f\udcff"
    out.document({"name": evil, "more": [evil]})
    written = capsys.readouterr().out
    assert json.loads(written)["name"] == evil
    assert all(character.isprintable() for character in written.rstrip("\n"))


# ---------------------------------------------------------------- anything at all

WORDS = st.sampled_from(
    ["headcount", "roster", "person", "secondments", "log", "record", "correct", "reverse", "status", "curve", "export",
     "--unit", "T1", "--on", "2022-06-30", "--known-at", "5", "--json", "--dry-run", "--person", "DZ1", "hired",
     "--effective_on", "--authority.x", "--until", "open", "--reason", "--help", "--lang", "en", "--status", "present",
     "--measure", "on_roll", "--from", "--to", "-", "--", "", "=", "--=", "--.", "id:", "#1", "0", "-1", "[", "{}"]
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=8))
def test_no_line_of_words_makes_the_program_fail(town: Sledger, words: list[str]) -> None:
    result = town(*words)
    assert result.exit_code in (0, 1, 2, 3), (words, result.output)


@pytest.mark.parametrize("words", [(), ("tui",)])
def test_the_screens_without_a_terminal_say_so_and_wait_for_nobody(town: Sledger, words: tuple[str, ...]) -> None:
    result = town(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "sledger --help" in result.stderr
