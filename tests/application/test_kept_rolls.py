"""Rolls and ways up the tree that stay between two entries are those that would be counted anew."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ledger.application.limits import QuotaWatch
from ledger.application.rolls import Roll
from ledger.bootstrap import create_ledger
from ledger.domain.judgement import Verdict
from ledger.domain.terms import ON_ROLL_KINDS
from tests.oracle_entries import random_history
from tests.twins import plain, the_day_of_recording


def steps(roll: Roll) -> list[tuple[int, int]]:
    """Day -> count, days without a change left out."""
    told = [(0, 0), *zip(roll.days, roll.counts, strict=True)]
    return [after for before, after in pairwise(told) if before[1] != after[1]]


@pytest.mark.parametrize("seed", range(6))
def test_what_is_kept_while_units_move_and_merge_is_what_would_be_counted(
    ledger_url: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    check, compared = QuotaWatch.check, 0

    def checked(watch: QuotaWatch, verdict: Verdict) -> object:
        nonlocal compared
        structure, memory = watch._world.structure, watch._memory
        for scale, roll in memory.rolls.items():
            assert steps(roll) == steps(watch._count(structure, scale))
            compared += 1
        for unit, above in memory.above.items():
            assert above == structure.above_over_time(unit)
        answer = check(watch, verdict)
        for unit, scales in (memory.quotas or {}).items():  # keep as much as there is: all of it must stay true
            for kind in scales.keys() & set(ON_ROLL_KINDS):
                watch._roll((unit, kind))
        for unit in structure.units():
            if structure.versions(unit):  # nobody is charged to one that is not there
                watch._above(unit)
        return answer

    monkeypatch.setattr(QuotaWatch, "check", checked)
    entries, _, _ = random_history(seed, 250)
    with create_ledger(ledger_url, clock=the_day_of_recording) as ledger, ledger.recording() as recording:
        for entry in entries:
            recording.record(plain(entry))
    assert compared > 150
