"""The town of the acceptance scenarios, a copy for every test; no settings or drafts of whoever runs the tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger import locale
from ledger.bootstrap import create_ledger
from ledger.interchange.jsonl import import_lines

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"


class Clock:
    """Every entry of the town was recorded a minute after the one before, from a morning in July 2022 on."""

    def __init__(self) -> None:
        self.minutes = 0

    def __call__(self) -> datetime:
        self.minutes += 1
        return datetime(2022, 7, 1, 1, tzinfo=UTC) + timedelta(minutes=self.minutes)


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith(("SLEDGER_", "LC_", "NO_COLOR"))]:
        monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.chdir(tmp_path)
    yield
    locale.use(locale.DEFAULT)


@pytest.fixture(scope="session")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("town") / "town.db"
    source = path.with_name("town-2022.jsonl")
    shutil.copy(SCENARIOS / source.name, source)
    with create_ledger(str(path), officer="tester", clock=Clock()) as ledger:
        report = import_lines(ledger, source)
        assert not report.refused
    return path


@pytest.fixture
def town(_town: Path, tmp_path: Path) -> Path:
    """The town's ledger, in a copy of the test's own."""
    copy = tmp_path / "town.db"
    shutil.copy(_town, copy)
    return copy


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A ledger without entries."""
    path = tmp_path / "empty.db"
    create_ledger(str(path), officer="tester").close()
    return path
