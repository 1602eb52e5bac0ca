"""Officers, imports, a scan, a rebuild and a backup at the same time: nothing is lost and nobody is turned away."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.eight import check, morning, open_office

ENTRIES = 15
"""By each officer; tests.soak lets them work longer."""


@pytest.mark.slow
def test_eight_programs_at_once(ledger_url: str, tmp_path: Path) -> None:
    open_office(ledger_url)
    found = morning(ledger_url, tmp_path, ENTRIES)
    assert len(found.acknowledged) == 3 * ENTRIES + 2 * 2 * ENTRIES + found.admitted
    assert min(found.scans, found.rebuilds, found.backups) >= 1
    assert check(ledger_url, found) > len(found.acknowledged)
