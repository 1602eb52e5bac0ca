"""What the rules of spec 1.6 look at: policy, units, numbers, remembered between the days of entries."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.oracle.answers import Day
from tests.oracle.judge import Ledger

NATIONAL: dict[str, Any] = {
    "term_months": 6,
    "total_months": 12,
    "de_facto_months": 12,
    "near_months": 3,
    "gap_days": 90,
    "exempt_kinds": ["temporary_post", "village_team", "aid", "inspection"],
    "exempt_months": 24,
    "expiring_days": 30,
    "overdue_high_days": 30,
    "overdue_critical_days": 180,
    "max_extensions": 1,
    "reborrow_months": 24,
    "long_away_months": [12, 24, 36],
    "evasion_months": 1,
    "probation_months": 12,
    "minimum_service_months": 60,
    "grassroots_from": "2024-01-01",
    "depleted_percent": [10, 20],
    "present_percent": [80, 70],
    "ratio_percent": 110,
    "long_leave_months": 2,
    "orphan_days": 60,
    "vacancy_days": 90,
    "identity_matrix": {
        "civil_servant": ["administrative", "political_legal"],
        "institution_staff": ["public_institution"],
        "worker": ["support"],
    },
    "quota_enforcement": "soft",
}
PROFILES = {"national": NATIONAL, "strict": {**NATIONAL, "term_months": 3, "total_months": 6}}


@dataclass
class Found:
    """One row; `evidence` holds what the specification names and this oracle knows."""

    state: str
    severity: str | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, clamped to the month's end (spec 1.1)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class World:
    """A folded ledger; what is asked twice between two days of entries is worked out once."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.units = ledger.units
        self.days = sorted({fact.on for fact in ledger.facts})
        self.memory: dict[tuple[Any, ...], Any] = {}

    def remembered(self, day: date, name: str, *key: Any, ask: Callable[[], Any]) -> Any:
        place = (bisect_right(self.days, day), name, *key)
        if place not in self.memory:
            self.memory[place] = ask()
        return self.memory[place]

    def key(self, place: int) -> str:
        """The id of the original of the entry that stands in a place."""
        return self.ledger.stored[place - 1].id

    def policy(self, name: str, day: date) -> Any:
        return self.policy_on(day)[name]

    def policy_on(self, day: date) -> dict[str, Any]:
        def ask() -> dict[str, Any]:
            found = dict(NATIONAL)
            for fact in self.ledger.facts:
                if fact.type == "policy_adopted" and fact.on <= day:
                    found = dict(PROFILES[fact.get("profile")]) if fact.get("profile") else found
                    found.update(fact.get("parameters") or {})
            return found

        policy: dict[str, Any] = self.remembered(day, "policy", ask=ask)
        return policy

    # Units

    def statutory(self, unit: str, day: date) -> str:
        """T(canonical(unit, day))."""
        return str(
            self.remembered(
                day,
                "T",
                unit,
                ask=lambda: self.units.statutory(str(self.units.canonical(unit, day)), day),
            )
        )

    def level(self, unit: str, day: date) -> str | None:
        """The level of the nearest unit on the way up that has one."""

        def ask() -> str | None:
            for above in self.units.line(unit, day):
                establishment = self.units.establishment(above)
                if establishment is not None and establishment.get("level"):
                    return str(establishment.get("level"))
            return None

        level: str | None = self.remembered(day, "level", unit, ask=ask)
        return level

    # Numbers

    def own_quota(self, what: str, unit: str, detail: str, day: date) -> int | None:
        number: int | None = self.remembered(
            day, "own", what, unit, detail, ask=lambda: self.ledger.quotas.own(what, unit, detail, day)
        )
        return number

    def measure(self, unit: str, name: str, day: date, *, own: bool) -> int | None:
        """One number of the ledger as of a day."""
        number: int | None = self.remembered(
            day, "measure", unit, name, own, ask=lambda: Day(self.ledger, day).measure(unit, name, own=own)
        )
        return number

    def on_roll(self, unit: str, kind: str, day: date) -> int:
        def ask() -> int:
            scope = self.units.subtree(unit, day)
            people = self.ledger.people.values()
            return sum(
                self.ledger.home(person, day) in scope and person.on(day).establishment == kind for person in people
            )

        return int(self.remembered(day, "on_roll", unit, kind, ask=ask))

    def vacancy(self, unit: str, kind: str, day: date) -> int | None:
        """quota - on_roll of the unit with everything below; None without a number or without the unit."""

        def ask() -> int | None:
            if not self.units.exists(unit, day):
                return None
            quota = self.ledger.quotas.total("quota", unit, kind, day)
            return None if quota is None else quota - self.on_roll(unit, kind, day)

        vacancy: int | None = self.remembered(day, "vacancy", unit, kind, ask=ask)
        return vacancy
