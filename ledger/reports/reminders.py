"""Reminders written as they fall due, beside the daily scan (spec issue 3, part 6)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from ledger.application.workdays import WorkingDays
from ledger.bootstrap import Ledger
from ledger.domain.faults import LedgerFault
from ledger.domain.refusals import Refused
from ledger.domain.time import SHANGHAI
from ledger.projections.alerts import last_act
from ledger.reports.letters import due
from ledger.reports.posting import NO_WISHES, Wishes, post

log = logging.getLogger("ledger.jobs")


@dataclass
class Reminders:
    """Writes into a folder what `sledger alerts due-letters` would write today, once for each day and state of alerts.

    What could not be written is tried again at the next look; it holds nothing else up.
    """

    ledger: Ledger
    folder: Path
    calendar: WorkingDays
    now: Callable[[], datetime]
    wishes: Wishes = NO_WISHES
    _looked: tuple[date, int] | None = field(default=None, init=False)

    def run(self) -> None:
        """Write what is due and not yet written."""
        today = self.now().astimezone(SHANGHAI).date()
        with self.ledger.store.read() as conn:
            look = (today, last_act(conn))
        if look == self._looked:
            return
        p = self.ledger.perspective(today)
        try:
            made = post(self.ledger, p, due(self.ledger, p, self.calendar), self.folder, self.calendar, self.wishes)
        except (LedgerFault, OSError) as error:
            log.warning("letters not written, tried again later: %s", getattr(error, "code", type(error).__name__))
            return
        if isinstance(made, Refused):
            log.info("letters not written, tried again later: %s", made.code)
            return
        if made:
            log.info("letters written: %s about %s alerts", len(made), sum(len(one.alerts) for _, one in made))
        else:
            self._looked = look
        for year in sorted(self.calendar.guessed):
            log.warning("no calendar of working days for %s is known: Monday to Friday were counted", year)
