"""When invented entries were recorded: mostly soon after the day, some late, some ahead, some wrong at first.

One person's true entries come in, in effective order; what comes out is what an office would have typed, day by
day, with the mistakes and their reversals and corrections. Whatever the ledger would refuse at any moment is taken
back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ledger.interchange.demo_mistakes import Host, Mistakes, shifted
from ledger.interchange.demo_structure import Json, Units
from ledger.interchange.demo_timeline import legal_throughout

Step = tuple[date, float, Json]
REASONS = ("登记错人", "重复登记", "文件作废", "日期登记错误", "单位登记错误", "事项未执行", "录入笔误")


@dataclass(frozen=True)
class Rates:
    """How often what happens, as shares of a person's entries."""

    late: float
    ahead: float
    wrong: float
    opening: date
    closing: date
    batch: int = 3
    lag: int = 6


class Recording:
    """Turns true timelines into recorded steps."""

    def __init__(self, units: Units, rates: Rates, rng: Random, host: Host) -> None:
        self._units = units
        self._rates = rates
        self._rng = rng
        self._mistakes = Mistakes(units, rng, host)

    def steps(
        self, entries: Sequence[Json], days: Sequence[date | None] | None = None, *, plain: bool = False
    ) -> list[Step]:
        """The steps of one person; ``days`` fixes the recording day of some entries (opening data)."""
        steps = self._on_time(entries, days)
        if plain:
            return steps
        rates, rng = self._rates, self._rng
        tried = [at for at in range(len(steps)) if rng.random() < rates.late + rates.ahead + rates.wrong]
        for number, at in enumerate(tried):
            entry = entries[at]
            draw = rng.random() * (rates.late + rates.ahead + rates.wrong)
            if draw < rates.late:
                changed = self._late(steps, entry)
            elif draw < rates.late + rates.ahead:
                changed = self._ahead(steps, entry)
            elif rng.random() < 0.55:
                changed = self._corrected(steps, entry, number)
            else:
                changed = self._reversed(steps, entry, number)
            steps = changed or steps
        return steps

    def _on_time(self, entries: Sequence[Json], days: Sequence[date | None] | None) -> list[Step]:
        steps: list[Step] = []
        last = self._rates.opening
        for at, entry in enumerate(entries):
            fixed = days[at] if days is not None else None
            lag = int(self._rng.random() ** 2 * self._rates.lag)
            day = fixed or date.fromisoformat(entry["effective_on"]) + timedelta(days=lag)
            last = max(last, day)
            steps.append((last, float(at), entry))
        return steps

    def _settle(self, steps: list[Step]) -> list[Step] | None:
        steps.sort(key=lambda row: row[:2])
        if steps[-1][0] > self._rates.closing:
            return None
        return steps if legal_throughout([entry for _, _, entry in steps], self._units) else None

    def _find(self, steps: list[Step], entry: Json) -> int | None:
        return next((at for at, row in enumerate(steps) if row[2] is entry), None)

    def _late(self, steps: list[Step], entry: Json) -> list[Step] | None:
        """This entry alone is late or, where later ones rest on it, these with it."""
        at = self._find(steps, entry)
        if at is None or entry.get("baseline"):
            return None
        day = date.fromisoformat(entry["effective_on"]) + timedelta(days=self._rng.randint(31, 730))
        row = (day, steps[at][1], entry)
        alone = self._settle([*steps[:at], row, *steps[at + 1 :]])
        if alone is not None:
            return alone
        following = [other for other in steps[at + 1 :] if other[0] < day]
        if len(following) > self._rates.batch:
            return None
        moved = [*steps[:at], row, *((day, other[1], other[2]) for other in following)]
        return self._settle(moved + steps[at + 1 + len(following) :])

    def _ahead(self, steps: list[Step], entry: Json) -> list[Step] | None:
        """Decided and recorded before its day, at most 45 days before."""
        at = self._find(steps, entry)
        if at is None or entry.get("baseline"):
            return None
        day = date.fromisoformat(entry["effective_on"]) - timedelta(days=self._rng.randint(2, 45))
        if day < self._rates.opening:
            return None
        return self._settle([*steps[:at], (day, steps[at][1], entry), *steps[at + 1 :]])

    def _corrected(self, steps: list[Step], entry: Json, number: int) -> list[Step] | None:
        """The entry was first recorded wrong; a correction brings the true one."""
        at = self._find(steps, entry)
        wrong = self._mistakes.mistaken(entry)
        if at is None or wrong is None:
            return None
        day, order, _ = steps[at]
        right = {key: value for key, value in entry.items() if key != "id"}
        correction = {
            "id": f"{entry['id']}-c{number}",
            "type": "corrected",
            "entry": entry["id"],
            "reason": self._rng.choice(REASONS),
            "replacement": right,
        }
        later = day + timedelta(days=self._rng.randint(2, 400))
        return self._settle([*steps[:at], (day, order, wrong), (later, order + 0.5, correction), *steps[at + 1 :]])

    def _reversed(self, steps: list[Step], entry: Json, number: int) -> list[Step] | None:
        """Some days after this entry something untrue was recorded, and reversed later."""
        at = self._find(steps, entry)
        if at is None or not entry["effective_on"] >= self._rates.opening.isoformat():
            return None
        on = shifted(entry["effective_on"], self._rng.randint(5, 90))
        wrong = self._mistakes.untrue(entry, on, f"{entry['id']}-x{number}")
        if wrong is None:
            return None
        day = date.fromisoformat(on) + timedelta(days=self._rng.randint(0, 5))
        reversal = {
            "id": f"{wrong['id']}-r",
            "type": "reversed",
            "entry": wrong["id"],
            "reason": self._rng.choice(REASONS),
        }
        later = day + timedelta(days=self._rng.randint(1, 60))
        return self._settle([*steps, (day, steps[at][1] + 0.25, wrong), (later, steps[at][1] + 0.75, reversal)])
