"""Verify, rebuild, backup, restore, status, demo, the program itself."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from ledger.cli.app import COMMANDS, app
from tests.cli.conftest import Sledger

ROOT = Path(__file__).resolve().parents[2]


def test_a_whole_ledger_verifies(town: Sledger) -> None:
    result = town("verify")
    assert (result.exit_code, "台账完好" in result.stdout) == (0, True)
    assert town.json("verify")["ok"] is True


def behind_its_back(ledger: Path, *statements: str) -> None:
    """What somebody with a database tool could do."""
    with sqlite3.connect(ledger) as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
    database.close()


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE event SET state = CAST(replace(state, '34', '35') AS BLOB) WHERE position = 31", "改动过"),
        ("DELETE FROM event WHERE position = 31", "第 31 笔"),
        ("UPDATE ledger_head SET tip = zeroblob(32)", "对不上"),
    ],
)
def test_a_ledger_changed_behind_the_program_fails_verification(town: Sledger, statement: str, sentence: str) -> None:
    behind_its_back(town.ledger, statement)
    result = town("verify")
    assert result.exit_code == 1
    assert sentence in result.stdout
    assert "请不要再登记" in result.stdout
    assert town.json("verify", status=1)["ok"] is False


def test_tables_changed_behind_the_program_are_found_and_made_again(town: Sledger) -> None:
    behind_its_back(town.ledger, "DELETE FROM person_period WHERE person IN (SELECT MIN(person) FROM person_period)")
    result = town("verify")
    assert result.exit_code == 1
    assert "person_period" in result.stdout
    assert "sledger rebuild" in result.stdout
    assert "已根据" in town("rebuild").stdout
    assert town.json("rebuild")["position"] == town.json("status")["position"]
    assert town("verify").exit_code == 0


def test_a_backup_restored_elsewhere_is_the_same_ledger(town: Sledger, tmp_path: Path) -> None:
    assert town.json("backup", "b.gz")["entries"] == town.json("status")["position"]
    assert (tmp_path / "b.gz").stat().st_mode & 0o777 == 0o600
    assert town("backup", "b.gz").exit_code == 2
    assert town.json("restore", "b.gz", "new.db")["position"] == town.json("status")["position"]
    restored = Sledger(tmp_path / "new.db")
    assert restored.json("status")["tip"] == town.json("status")["tip"]
    assert restored.json("headcount") == town.json("headcount")
    beyond = town("restore", "b.gz", "late.db", "--to-position", "1000000")
    assert (beyond.exit_code, "序号 1000000 尚无登记" in beyond.stderr) == (2, True)
    assert not Path("late.db").exists()
    assert "已恢复 50 笔" in town("restore", "b.gz", "early.db", "--to-position", "50").stdout
    assert Sledger(tmp_path / "early.db").json("status")["position"] == 50


def test_status_tells_how_the_ledger_is(town: Sledger) -> None:
    told = town.json("status")
    assert (told["clock"], told["roles"], told["healthy"]) == ("system", "open_to_all", True)
    lines = dict(line.split(maxsplit=1) for line in town("status").stdout.splitlines() if len(line.split()) > 1)
    assert lines["时钟"] == "系统时钟"
    assert lines["权限"] == "未设权限，人人可登记"


def test_init_makes_a_ledger_only_its_owner_may_read_and_only_once(tmp_path: Path) -> None:
    made = Sledger(tmp_path / "new" / "a.db")
    assert made.json("init")["created"] is True
    assert made.ledger.stat().st_mode & 0o777 == 0o600
    assert made("init").exit_code == 4


def test_without_a_name_the_ledger_lies_in_the_users_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    runner = CliRunner()
    assert runner.invoke(app, ["status"]).exit_code == 4
    assert runner.invoke(app, ["init"]).exit_code == 0
    assert (tmp_path / "data" / "secondment-ledger" / "ledger.db").exists()
    assert runner.invoke(app, ["status"]).exit_code == 0


def test_flags_come_before_the_environment_before_the_file(town: Sledger, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    def ledger_used(*words: str) -> str:
        found: str = json.loads(CliRunner().invoke(app, [*words, "status", "--json"]).stdout)["ledger"]
        return found

    for name in ("file", "environment", "flag"):
        assert Sledger(Path(f"{name}.db"))("init").exit_code == 0
    Path("sledger.toml").write_text(
        'ledger = "file.db"\nofficer = "王五"\n[headcount]\nunit = "T9"\n', encoding="utf-8"
    )
    assert ledger_used() == "file.db"
    assert CliRunner().invoke(app, ["headcount"]).exit_code == 2
    monkeypatch.setenv("SLEDGER_LEDGER", "environment.db")
    assert ledger_used() == "environment.db"
    assert ledger_used("--ledger", "flag.db") == "flag.db"
    told = json.loads(CliRunner().invoke(app, ["status", "--json", "--ledger", "flag.db"]).stdout)
    assert told["ledger"] == "flag.db"
    assert town.json("headcount", "--unit", "T1", "--on", "2022-06-30")["rows"]


@pytest.mark.parametrize(
    ("words", "environment", "first"),
    [
        ((), {}, "用法："),
        ((), {"SLEDGER_LANG": "en"}, "Usage:"),
        ((), {"LANG": "en_US.UTF-8"}, "Usage:"),
        (("--lang", "zh"), {"SLEDGER_LANG": "en"}, "用法："),
        (("--lang=en",), {}, "Usage:"),
    ],
)
def test_the_language_is_chosen_before_anything_is_said(
    words: tuple[str, ...], environment: dict[str, str], first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert CliRunner().invoke(app, [*words, "--help"]).stdout.startswith(first)
    assert CliRunner().invoke(app, ["headcount", "--help", *words]).stdout.startswith(first)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, lang: str) -> None:
    result = Sledger(Path("none.db"))(name, "--help", lang=lang)
    assert result.exit_code == 0
    assert ("选项" in result.stdout) == (lang == "zh")
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_help_in_chinese_holds_no_english_sentence() -> None:
    for name in COMMANDS:
        output = Sledger(Path("none.db"))(name, "--help").stdout
        assert not [
            line
            for line in output.splitlines()
            if len([word for word in line.split() if word.isalpha() and word.isascii() and word.islower()]) > 2
        ], name


def test_the_version_is_told() -> None:
    assert Sledger(Path("none.db"))("--version").stdout.startswith("sledger ")


# ---------------------------------------------------------------- the screens


def test_without_screens_the_help_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: [])
    for words in ((), ("tui",)):
        result = Sledger(Path("none.db"))(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("操作界面还没有安装")
        assert "headcount" in result.stderr


SHOWN: list[Any] = []


def screen(**given: object) -> int:
    """Stands for the screens."""
    SHOWN.append(given)
    return 5


def test_screens_that_are_installed_open(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("x", f"{__name__}:screen", "sledger.screen")
    monkeypatch.setattr(EntryPoint, "load", lambda self: screen)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: [entry])
    assert Sledger(Path("none.db"))("--officer", "王五", lang="en").exit_code == 5
    assert SHOWN == [{"address": "none.db", "officer": "王五", "language": "en"}]


# ---------------------------------------------------------------- start-up

LOADED = """
import sys
from click.testing import CliRunner
from ledger.cli.app import app
print(CliRunner().invoke(app, sys.argv[1:]).exit_code, *sorted({name.partition(".")[0] for name in sys.modules}))
print(*sorted(name for name in sys.modules if name.startswith("ledger.")))
"""
HEAVY = {
    "apscheduler",
    "asyncio",
    "eventsourcing",
    "numpy",
    "platformdirs",
    "psycopg",
    "pydantic",
    "pypinyin",
    "sqlalchemy",
    "textual",
}


@pytest.mark.parametrize("words", [["--help"], ["headcount", "--help"], ["--version"], ["headcunt"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    run = subprocess.run([sys.executable, "-c", LOADED, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    packages, ours = run.stdout.splitlines()
    assert packages.split()[0] in ("0", "2")
    assert set(packages.split()) & HEAVY == set()
    assert not [
        name for name in ours.split() if not name.startswith(("ledger.cli", "ledger.locale", "ledger.settings"))
    ]


def test_a_question_loads_neither_the_scheduler_nor_pinyin_nor_arrays_nor_the_event_library(town: Sledger) -> None:
    words = ["--ledger", str(town.ledger), "headcount", "--unit", "T1"]
    run = subprocess.run([sys.executable, "-c", LOADED, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    packages = run.stdout.splitlines()[0].split()
    assert packages[0] == "0"
    assert set(packages) & {"apscheduler", "eventsourcing", "numpy", "psycopg", "pypinyin", "textual"} == set()
