"""A county of its own for every test of the command line, and a way to run `sledger` in this process."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ledger import locale
from ledger.cli.app import app

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"


@dataclass(frozen=True)
class Sledger:
    """Runs commands on one ledger."""

    ledger: Path

    def __call__(self, *words: object, lang: str = "zh", stdin: str | None = None) -> Result:
        arguments = ["--ledger", str(self.ledger), "--lang", lang, *map(str, words)]
        result = CliRunner().invoke(app, arguments, input=stdin)
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    def json(self, *words: object, status: int = 0) -> Any:
        result = self(*words, "--json")
        assert result.exit_code == status, result.output
        assert result.stdout.count("\n") == 1
        return json.loads(result.stdout)


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No settings, ledgers or language of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith(("SLEDGER_", "LC_"))]:
        monkeypatch.delenv(name)
    for name, value in {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "LANG": "C.UTF-8",
        "LANGUAGE": "",
        "LOGNAME": "tester",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    yield
    locale.use(locale.DEFAULT)


@pytest.fixture(scope="session")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town of the acceptance scenarios, imported once."""
    path = tmp_path_factory.mktemp("town") / "town.db"
    runner = CliRunner(env={"LOGNAME": "tester"})
    assert runner.invoke(app, ["--ledger", str(path), "init"]).exit_code == 0
    source = path.with_name("town-2022.jsonl")
    shutil.copy(SCENARIOS / source.name, source)
    run = runner.invoke(app, ["--ledger", str(path), "import", str(source)])
    assert run.exit_code == 0, run.output
    return path


@pytest.fixture
def town(_town: Path, tmp_path: Path) -> Sledger:
    """The town, in a copy of the test's own."""
    copy = tmp_path / "town.db"
    for end in ("", "-wal", "-shm"):
        source = _town.with_name(_town.name + end)
        if source.exists():
            shutil.copy(source, copy.with_name(copy.name + end))
    return Sledger(copy)


@pytest.fixture
def empty(tmp_path: Path) -> Sledger:
    """A ledger without entries."""
    made = Sledger(tmp_path / "empty.db")
    assert made("init").exit_code == 0
    return made
