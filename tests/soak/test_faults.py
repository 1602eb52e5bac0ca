"""The faults to plant still fit the code they are planted in."""

from __future__ import annotations

import pytest

from tests.soak.faults import FAULTS, Fault
from tests.soak.planting import ROOT, WANTED


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_text_to_replace_stands_once(fault: Fault) -> None:
    text = (ROOT / "ledger" / fault.module).read_text("utf-8")
    assert text.count(fault.old) == 1
    assert fault.old != fault.new
    compile(text.replace(fault.old, fault.new), fault.module, "exec")


def test_there_are_enough_of_them() -> None:
    assert len(FAULTS) >= 30
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert WANTED >= 28
