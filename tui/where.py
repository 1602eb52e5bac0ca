"""Where in time a screen stands: the date asked about 生效日, and what was known 所知. Both are on every screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ledger.domain.time import EARLIEST, SHANGHAI, add_months

LATEST = date(9999, 12, 31)


def today() -> date:
    """The calendar date in Asia/Shanghai."""
    return datetime.now(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Where:
    """`on`: None follows the calendar. `known_at`: a position, None follows the ledger's end."""

    on: date | None = None
    known_at: int | None = None

    @property
    def as_of(self) -> date:
        """The date asked about."""
        return self.on or today()

    @property
    def is_history(self) -> bool:
        """Not everything recorded is known there: such a screen is tagged, and nothing is recorded from it."""
        return self.known_at is not None

    def months(self, number: int) -> Where:
        """So many months later, never beyond the calendar of the ledger."""
        try:
            day = add_months(self.as_of, number)
        except OverflowError:
            return self
        return self.at(day)

    def at(self, day: date | None) -> Where:
        """The same knowledge on another date; today follows the calendar from then on."""
        if day is not None:
            day = min(max(day, EARLIEST), LATEST)
        return replace(self, on=None if day == today() else day)

    def knowing(self, position: int | None, newest: int) -> Where:
        """The same date with other knowledge; the end of the ledger is followed from then on."""
        if position is None or position >= newest:
            return replace(self, known_at=None)
        return replace(self, known_at=max(position, 0))


def day_before(day: date) -> date:
    """For stepping through days with entries."""
    return day - timedelta(days=1)
