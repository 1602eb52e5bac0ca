"""Working days of China: the published calendar where there is one, an office's own table, else Monday to Friday.

The State Council announces each year's days off and the weekends worked instead. The library that carries them knows
a run of years; for others an office keeps a table of its own (`date,work` or `date,off` on each line), and where that
too has nothing Monday to Friday are counted, which the answer says.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

WORDS = {"work": True, "班": True, "off": False, "休": False}


class BadTable(Exception):
    """An office's table of working days cannot be used. `path`, `line` number, `text` as it stands."""

    def __init__(self, path: Path, line: int, text: str) -> None:
        super().__init__(f"{path}:{line}: {text}")
        self.path, self.line, self.text = path, line, text


def read_table(path: Path) -> dict[date, bool]:
    """Date -> whether it is worked, from lines such as `2027-02-06,班`. Raises BadTable, OSError."""
    found: dict[date, bool] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file), 1):
            if not row or row[0].startswith("#"):
                continue
            try:
                found[date.fromisoformat(row[0].strip())] = WORDS[row[1].strip()]
            except (ValueError, KeyError, IndexError):
                raise BadTable(path, number, ",".join(row)) from None
    return found


@dataclass(slots=True)
class WorkingDays:
    """Counts working days. `guessed`: the years for which no calendar was published, as far as they were asked."""

    table: Mapping[date, bool] = field(default_factory=dict)
    guessed: set[int] = field(default_factory=set)

    def worked(self, day: date) -> bool:
        """Whether it is a working day."""
        own = self.table.get(day)
        if own is not None:
            return own
        import chinese_calendar

        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            if not any(known.year == day.year for known in self.table):
                self.guessed.add(day.year)
            return day.isoweekday() <= 5

    def after(self, day: date, count: int) -> date:
        """The day on which that many working days after a day have passed; `count` 1 or more."""
        while count:
            day += timedelta(days=1)
            count -= self.worked(day)
        return day

    def left(self, day: date, last: date) -> int:
        """How many working days lie after a day, up to and including the last."""
        return sum(self.worked(day + timedelta(days=days)) for days in range(1, (last - day).days + 1))
