"""Going over a quota: told in the receipt, or refused where the policy says so (spec 1.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.application.world import RecordedWorld
from ledger.domain.facts import Fact
from ledger.domain.judgement import Verdict
from ledger.domain.refusals import Refused


@dataclass(frozen=True, slots=True)
class Warned:
    """A unit that has more people on its roll than posts, from `on` at the latest, once the entry is recorded."""

    unit: str
    establishment: str
    quota: int
    on_roll: int
    on: date


class QuotaWatch:
    """Compares rolls with quotas for the units a change touches."""

    def __init__(self, world: RecordedWorld) -> None:
        self._world = world

    def check(self, verdict: Verdict, new: Fact | None) -> tuple[Warned, ...] | Refused:
        """The units that would be over a quota because of the change."""
        return ()

    def took(self, verdict: Verdict, new: Fact | None) -> None:
        """Keep what is remembered of rolls in step with an accepted change."""
