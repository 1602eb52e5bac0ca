"""The town after a scan of the day its story ends, in July 2022."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.bootstrap import open_ledger
from tests.tui.inbox.looking import DAY


@pytest.fixture(scope="session")
def _told(_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("told") / "town.db"
    shutil.copy(_town, path)
    with open_ledger(str(path), officer="tester", clock=lambda: datetime(2022, 7, 1, 9, tzinfo=UTC)) as ledger:
        ledger.scan(DAY)
    return path


@pytest.fixture
def told(_told: Path, tmp_path: Path) -> Path:
    """The town with its alerts, in a copy of the test's own."""
    copy = tmp_path / "told.db"
    shutil.copy(_told, copy)
    return copy
