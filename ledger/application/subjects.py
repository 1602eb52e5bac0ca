"""Whether an officer of some units may touch what concerns a person or a unit (spec 2.1, decision 0023)."""

from __future__ import annotations

from ledger.application.recording import Recording
from ledger.domain.access import Deed
from ledger.domain.periods import charge_periods
from ledger.domain.refusals import Refused
from ledger.domain.time import shanghai_date


def outside_subject(recording: Recording, stream: str) -> Refused | None:
    """Why the officer may not touch a stream's subject today; None when it is fine.

    A person belongs to the unit charged today, or charged last. What is no person and no unit concerns everything.
    """
    today = shanghai_date(recording.world.unit.recorded_at)
    kind, _, name = stream.partition(":")
    if kind == "unit":
        return recording.outside((name,), today)
    if kind != "person":
        return recording.forbids(Deed.RECORD, whole=True)
    charges = [one for one in charge_periods(recording.world.timeline(name)) if one.d_from <= today.toordinal()]
    return recording.outside((charges[-1].unit,), today) if charges else None
