"""Whether an officer of some units may touch what concerns a person or a unit (spec 2.1, decision 0023)."""

from __future__ import annotations

from ledger.application.recording import Recording
from ledger.domain.access import Deed, Side
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
    charge = Side(recording.world.structure, recording.world.timeline).charge(name, today.toordinal(), gone_too=True)
    return None if charge is None else recording.outside((charge.unit,), today)
