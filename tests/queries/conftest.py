"""Random ledgers, made once for all tests that only ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from ledger.bootstrap import Ledger
from tests.queries.makers import random_ledger

SEEDS = (5, 11, 14)
ENTRIES = 110


@pytest.fixture(scope="session", params=SEEDS)
def history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """A random history in a ledger, with days worth asking about and its last position."""
    ledger, days = random_ledger(str(tmp_path_factory.mktemp("random") / "ledger.db"), request.param, ENTRIES)
    yield ledger, days, ledger.perspective().known_at
    ledger.close()


History = tuple[Ledger, list[date], int]
