from __future__ import annotations

import pytest

from ledger.domain.findings.staffing import depleted, low


@pytest.mark.parametrize(
    ("on_roll", "out", "holds"), [(10, 1, True), (11, 1, False), (0, 0, False), (19, 2, True), (21, 2, False)]
)
def test_one_in_ten_is_reached_not_passed(on_roll: int, out: int, *, holds: bool) -> None:
    assert depleted(on_roll, out, 10) is holds


@pytest.mark.parametrize(
    ("on_roll", "present", "holds"), [(10, 8, False), (10, 7, True), (0, 0, False), (46, 36, True)]
)
def test_four_in_five_is_still_enough(on_roll: int, present: int, *, holds: bool) -> None:
    assert low(on_roll, present, 80) is holds
