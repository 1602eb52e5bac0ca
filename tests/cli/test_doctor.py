"""The doctor names what is wrong; its numbers and the logs hold nothing about anybody."""

from __future__ import annotations

import json
import re
import shutil
import time
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from chinese_calendar.constants import holidays

from ledger.application import health
from ledger.cli import logs
from tests.cli.conftest import Sledger
from tests.cli.test_keeping import behind_its_back
from tests.cli.test_schemas import sealed


@pytest.fixture(autouse=True)
def _calendar_of_this_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever the tests run, the calendar installed with them goes up to that year."""
    monkeypatch.setitem(holidays, date(time.localtime().tm_year + 1, 1, 1), holidays[max(holidays)])


def states(town: Sledger, status: int = 0) -> dict[str, str]:
    return {one["check"]: one["state"] for one in town.json("doctor", status=status)["checks"]}


def test_a_healthy_ledger(town: Sledger) -> None:
    sealed(town)
    found = states(town)
    assert found.pop("versions") in ("ok", "attention")
    assert set(found.values()) == {"ok"}
    assert list(found) == ["integrity", "chain", "tables", "imports", "seals", "lease", "disk", "calendar", "clock"]
    lines = town("doctor").stdout.splitlines()
    assert [line.partition("  ")[0] for line in lines if "SQLite" not in line and "sqlite" not in line] == ["正常"] * 9


def test_every_kind_of_damage_is_named(town: Sledger) -> None:
    behind_its_back(town.ledger, "UPDATE event SET recorded_at = recorded_at - 1 WHERE position = 100")
    assert states(town, 1)["chain"] == "fault"
    assert "第 100 笔" in town("doctor").stdout


def test_tables_of_a_person_that_differ_are_found(town: Sledger) -> None:
    behind_its_back(town.ledger, "UPDATE person_period SET charged_since = charged_since + 1 WHERE person = 60")
    found = states(town, 1)
    assert (found["tables"], found["chain"]) == ("fault", "ok")
    town("rebuild")
    assert states(town)["tables"] == "ok"


def test_a_damaged_file_is_found(town: Sledger) -> None:
    behind_its_back(
        town.ledger,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET rootpage = 2 WHERE name = 'event_recorded_at'",
    )
    assert states(town, 1)["integrity"] == "fault"


class Disk(NamedTuple):
    total: int
    used: int
    free: int


def test_what_is_around_the_ledger_needs_attention(town: Sledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Disk(1, 1, 7_000_000))
    behind_its_back(town.ledger, "UPDATE import_batch SET closed_at = NULL")
    found = states(town)
    assert [name for name, state in found.items() if state == "attention" and name != "versions"] == [
        "imports", "seals", "disk",
    ]  # fmt: skip
    assert "7 MB" in town("doctor").stdout


def test_a_clock_set_back_and_a_calendar_that_ended(town: Sledger, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed(town)
    now = time.time_ns() // 1000
    monkeypatch.setattr(health, "_now", lambda: now - 3_600_000_000)
    assert states(town)["clock"] == "attention"
    assert re.search(r"慢 (5\d|60) 分钟", town("doctor").stdout)
    monkeypatch.setattr(health, "_now", lambda: now + 10 * 365 * 86_400_000_000)
    assert states(town)["calendar"] == "attention"
    town("record", "unit_renamed", "--effective_on", "2022-08-01", "--unit", "T1", "--name", "新名")
    assert states(town)["seals"] == "attention"


def test_a_service_that_stopped_without_a_word(town: Sledger) -> None:
    behind_its_back(town.ledger, "INSERT INTO job_lease VALUES (1, 'a service', 1, 2, 0)")
    assert states(town)["lease"] == "attention"
    behind_its_back(town.ledger, "UPDATE job_lease SET released = 1")
    assert states(town)["lease"] == "ok"


def test_numbers_for_monitoring(town: Sledger) -> None:
    assert town("doctor", "--metrics-file", "sledger.prom").exit_code == 0
    text = Path("sledger.prom").read_text("utf-8")
    assert 'sledger_check{check="chain"} 0\n' in text
    assert "\nsledger_position 210\n" in text
    behind_its_back(town.ledger, "UPDATE ledger_head SET tip = zeroblob(32)")
    assert town("doctor", "--metrics-file", "sledger.prom").exit_code == 1
    assert 'sledger_check{check="chain"} 2\n' in Path("sledger.prom").read_text("utf-8")
    assert list(Path().glob("*.part")) == []
    assert town("doctor", "--metrics-file", "none/sledger.prom").exit_code == 2


# ---------------------------------------------------------------- logs

SECRETS = ("王五", "赵不可说", "P-SECRET", "510104199001011234", "DWB", "机密", "town.db")


def runs(town: Sledger) -> None:
    """A morning with everything in it that must not be in a log."""
    hire = ("record", "hired", "--person", "P-SECRET", "--name", "赵不可说", "--unit", "DWB", "--note", "机密")
    more = ("--establishment", "support", "--effective_on", "2022-08-01", "--id", "510104199001011234")
    town("--officer", "王五", *hire, *more)
    town("--officer", "王五", *hire, "--establishment", "support", "--effective_on", "2022-08-02")
    town("person", "P-SECRET")
    town("person", "赵不可说")
    town("roster", "--unit", "机密")
    town("reverse", "510104199001011234", "--reason", "机密")
    town("import", "机密.jsonl")


@pytest.mark.parametrize("form", logs.FORMATS)
def test_a_log_tells_what_ran_and_nothing_about_anybody(
    town: Sledger, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setenv("SLEDGER_LOG_FILE", "sledger.log")
    monkeypatch.setenv("SLEDGER_LOG_FORMAT", form)
    runs(town)
    text = Path("sledger.log").read_text("utf-8")
    assert [secret for secret in SECRETS if secret in text] == []
    assert text.isascii()
    lines = text.splitlines()
    assert len(lines) == 7
    assert Path("sledger.log").stat().st_mode & 0o777 == 0o600
    if form == "json":
        told: list[dict[str, Any]] = [json.loads(line) for line in lines]
        assert [(one["command"], one["status"], one["code"]) for one in told] == [
            ("record", 0, "-"),
            ("record", 3, "already_on_register"),
            ("person", 0, "-"),
            ("person", 0, "-"),  # by name
            ("roster", 2, "unknown_unit"),
            ("reverse", 0, "-"),
            ("import", 2, "file_trouble"),
        ]
        assert {one["level"] for one in told} == {"info"}
    else:
        assert re.fullmatch(r"\S+Z info sledger\[\d+\] record status=0 code=- ms=\d+", lines[0])


def test_a_log_may_be_named_in_the_settings_and_never_stops_the_work(town: Sledger) -> None:
    Path("sledger.toml").write_text('log_file = "a/b/sledger.log"\nlog_format = "json"\n', encoding="utf-8")
    result = town("status")
    assert (result.exit_code, "日志" in result.stderr) == (0, True)
    Path("sledger.toml").write_text('log_file = "sledger.log"\nlog_format = "xml"\n', encoding="utf-8")
    assert town("status").exit_code == 2
    Path("sledger.toml").write_text('log_file = "sledger.log"\n', encoding="utf-8")
    assert town("status").exit_code == 0
    assert " status status=0 " in Path("sledger.log").read_text("utf-8")


@pytest.mark.parametrize(("status", "level"), [(0, "info"), (3, "info"), (5, "warning"), (4, "error"), (70, "error")])
def test_what_went_wrong_has_its_level(status: int, level: str) -> None:
    assert logs.level_of(status) == level
