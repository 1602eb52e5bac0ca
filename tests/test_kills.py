"""Fifty kills in all: recording, importing, rebuilding and backing up, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.killed import WORKS, kill_many

KILLS = 25
"""On each database; tests.soak kills many more times."""


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_by_a_kill(ledger_url: str, tmp_path: Path) -> None:
    office = kill_many(ledger_url, tmp_path, 2022, KILLS)
    assert office.kills == KILLS >= 2 * len(WORKS)
    assert office.acknowledged
    assert office.backups
