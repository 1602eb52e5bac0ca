"""Days, months and the two axes of time (spec 1.1)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
EARLIEST = date(1949, 10, 1)
"""No entry takes effect before this date (spec 1.1)."""
YEARS_AHEAD = 10
"""No entry takes effect later than this many years after the day it is recorded (spec 1.1)."""
FOREVER = 2**31 - 1
"""The open end on either axis: a day number no date has, a position no entry reaches."""

Day = int
"""A date as the number `date.toordinal()` gives; inside, every date is one."""


def add_months(start: date, months: int) -> date:
    """The same day `months` later, clamped to the month's end (spec 1.1).

    2023-08-31 + 6 = 2024-02-29. Raises OverflowError beyond the year 9999.
    """
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(f"{start} + {months} months")
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def day_after(day: date) -> date | None:
    """The next day; None after the last one a calendar has, which offices write for “no end”."""
    return None if day == date.max else day + timedelta(days=1)


def latest_effective(recorded_on: date) -> date:
    """The last effective date an entry recorded on that day may have (spec 1.1)."""
    return add_months(recorded_on, 12 * YEARS_AHEAD)


def shanghai_date(microseconds: int) -> date:
    """The calendar date in Asia/Shanghai of an instant in microseconds since the epoch, UTC."""
    return from_microseconds(microseconds).astimezone(SHANGHAI).date()


def from_microseconds(microseconds: int) -> datetime:
    """The instant, with UTC as its zone and no rounding."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def shown_instant(microseconds: int) -> str:
    """The instant as ISO 8601 in UTC, to the microsecond."""
    return from_microseconds(microseconds).isoformat(timespec="microseconds").replace("+00:00", "Z")


def to_microseconds(instant: datetime) -> int:
    """Microseconds since the epoch; an instant without an offset is Asia/Shanghai (spec 2.1)."""
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=SHANGHAI)
    delta = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def day_or_none(day: Day | None) -> date | None:
    """The date of a day number; None for None and for the open end."""
    return None if day is None or day >= FOREVER else date.fromordinal(day)


@dataclass(frozen=True, slots=True)
class Perspective:
    """What every question takes: the date asked about and the last position known (spec 1.1)."""

    as_of: date
    known_at: int

    @property
    def day(self) -> Day:
        """The date asked about as a day number."""
        return self.as_of.toordinal()
