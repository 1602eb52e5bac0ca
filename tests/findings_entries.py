"""Random histories rich in what the rules of spec 1.6 judge."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from tests.oracle.answers import Day
from tests.oracle.findings_world import add_months
from tests.oracle.oracle import Oracle
from tests.oracle.shape import (
    DEPARTURES,
    ESTABLISHMENTS,
    IDENTITIES,
    KIND_MEASURES,
    PLAIN_MEASURES,
    SECONDMENT_KINDS,
    Entry,
)
from tests.oracle_entries import Generator
from tests.oracle_makers import START

WEIGHTS = {
    "hired": 6,
    "transferred": 6,
    "secondment_started": 26,
    "secondment_extended": 14,
    "secondment_ended": 16,
    "leave_started": 4,
    "leave_ended": 2,
    "departed": 4,
    "person_described": 5,
    "unit_established": 3,
    "unit_moved": 3,
    "unit_stationed": 1,
    "unit_merged": 2,
    "unit_abolished": 1,
    "quota_set": 8,
    "quota_changed": 3,
    "quota_cancelled": 2,
    "quota_moved": 1,
    "leader_quota_set": 3,
    "appointed": 4,
    "freeze_declared": 4,
    "census_claimed": 4,
    "policy_adopted": 4,
    "reversed": 3,
    "corrected": 5,
}
PARAMETERS: dict[str, list[Any]] = {
    "term_months": [1, 3, 6],
    "total_months": [2, 6, 12],
    "de_facto_months": [4, 6, 12],
    "near_months": [1, 3],
    "gap_days": [1, 15, 30, 90, 180],
    "exempt_kinds": [["aid"], ["temporary_post", "village_team"], []],
    "exempt_months": [2, 6, 24],
    "expiring_days": [5, 30],
    "overdue_high_days": [10, 30],
    "overdue_critical_days": [40, 180],
    "max_extensions": [0, 1, 2],
    "reborrow_months": [1, 6, 24],
    "long_away_months": [[3, 6, 12], [12, 24, 36]],
    "evasion_months": [1, 2],
    "probation_months": [3, 12, 24],
    "minimum_service_months": [6, 24, 60],
    "grassroots_from": ["2019-03-01", "2020-01-01", "2024-01-01"],
    "long_leave_months": [1, 2],
    "vacancy_days": [10, 90],
    "depleted_percent": [[10, 20], [1, 50], [30, 60]],
    "present_percent": [[80, 70], [100, 50]],
    "ratio_percent": [50, 110],
    "orphan_days": [1, 60],
    "identity_matrix": [{"civil_servant": ["administrative"], "worker": ["support", "public_institution"]}],
}


class FindingsGenerator(Generator):
    """Loans in short order, late extensions, papers of every kind, and policies that change in between."""

    def next_entry(self) -> Entry:
        if self.waiting:
            return self.finished(self.waiting.pop(0))
        kind = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        entry = getattr(self, "make_" + kind)(kind)
        return self.next_entry() if entry is None else self.finished(entry)

    def hire(self, person: str, day: date) -> Entry:
        return {**super().hire(person, day), **self.description()}

    def description(self) -> Entry:
        found: Entry = {}
        if self.chance(60):
            found["identity"] = self.pick(IDENTITIES)
        if self.chance(80):
            found["gender"] = self.pick(["male", "female"])
        if self.chance(80):
            born = date(1961, 1, 1) + timedelta(days=self.up_to(5800))
            found["born_on"] = born.isoformat()
            if self.chance(20):
                found["born_precision"] = self.pick(["month", "year", "day"])
        if self.chance(60):
            found["retirement_age"] = self.pick([50, 55, 60])
        return found

    def established(
        self, unit: str, kind: str, level: str | None, parent: str | None, stationed_at: str | None, day: date
    ) -> Entry:
        """Now and then of another level, or of none."""
        if self.chance(25) and unit != "Z1":
            level = self.pick(["county", "township", "municipal", None, None])
        return super().established(unit, kind, level, parent, stationed_at, day)

    def make_person_described(self, kind: str) -> Entry | None:
        day = self.some_day()
        keys = self.description() or {"name": f"new name {self.up_to(50)}"}
        return self.dated(kind, day, person=self.on_register(day), **keys)

    def make_departed(self, kind: str) -> Entry | None:
        entry = super().make_departed(kind)
        return entry and {**entry, "reason": self.pick(DEPARTURES)}

    def make_secondment_started(self, kind: str) -> Entry | None:
        entry = self.borrowed_again(kind) if self.chance(45) else None
        entry = entry or super().make_secondment_started(kind)
        if entry is None:
            return None
        day = date.fromisoformat(entry["effective_on"])
        entry["kind"] = self.pick(SECONDMENT_KINDS) if self.chance(50) else "loan"
        entry["authority"] = self.authority(day)
        return entry

    def borrowed_again(self, kind: str) -> Entry | None:
        """Somebody goes back to an earlier host, about as many days after the return as a chain allows."""
        ledger = self.ledger()
        people = ledger.people.values()
        ended = [(person.number, stay.host, stay.end) for person in people for stay in person.secondments if stay.end]
        if not ended:
            return None
        person, host, end = self.random.choice(ended[-4:] if self.chance(50) else ended)
        gap = ledger.gap_days(end) if self.chance(70) else 0
        day = end + timedelta(days=max(0, gap + self.pick([-1, 0, 0, 1])))
        terms = [30, 90, 200, 400]
        return self.dated(kind, day, person=person, host=host, until=self.later(day, self.pick(terms)))

    def make_transferred(self, kind: str) -> Entry | None:
        """Now and then to the host, or from there back to where somebody came from."""
        entry = super().make_transferred(kind)
        known = self.ledger().people.get(entry["person"]) if entry else None
        if entry is None or known is None or self.chance(50):
            return entry
        running = known.on(date.fromisoformat(entry["effective_on"])).secondment
        before = [state.unit for _, state in known.states if state.unit is not None]
        return {**entry, "unit": running.host if running else self.pick(before or [entry["unit"]])}

    def authority(self, day: date) -> Entry | None:
        """A paper with or without a number, with or without its date, in time or late."""
        if self.chance(25):
            return None
        issued_on = (day + timedelta(days=self.pick([-30, -1, 0, 0, 1, 20]))).isoformat()
        found: Entry = {"issued_by": "an office"}
        if self.chance(85):
            found["document_no"] = f"no {self.up_to(9)}"
        if self.chance(80):
            found["issued_on"] = issued_on
        return found

    def make_secondment_extended(self, kind: str) -> Entry | None:
        """Half of them close to the end of the term they replace, before or after it."""
        entry = super().make_secondment_extended(kind)
        known = self.ledger().people.get(entry["person"]) if entry else None
        if entry is None or known is None or self.chance(50):
            return entry
        running = known.on(date.fromisoformat(entry["effective_on"])).secondment
        until = running.terms[-1][1] if running else None
        if running is None or until is None:
            return entry
        day = max(until + timedelta(days=self.up_to(40) - 20), running.start)
        later = max(day, until) + timedelta(days=1 + self.up_to(150))
        return self.dated(kind, day, person=entry["person"], until=later.isoformat())

    def make_freeze_declared(self, kind: str) -> Entry | None:
        day = self.some_day()
        found = self.dated(kind, day, unit=self.pick(self.units(day)), until=self.later(day, 500))
        found["mode"] = self.pick(["no_increase", "exit_only"])
        if self.chance(50):
            found["target"] = {self.pick(ESTABLISHMENTS): self.up_to(3) for _ in range(2)}
        return found

    def make_census_claimed(self, kind: str) -> Entry | None:
        """Some numbers of the ledger as it is known then, some of them wrong."""
        day = self.some_day()
        unit, own = self.pick(self.ledger().units.existing(day)), self.chance(25)
        if unit is None:
            return None
        names = [*KIND_MEASURES, *PLAIN_MEASURES, "leaders.section", "leader_quota.division"]
        names += [f"{measure}.{each}" for measure in ("quota", "on_roll") for each in ESTABLISHMENTS]
        names = self.random.sample(sorted(set(names)), 1 + self.up_to(6))
        if self.chance(30):
            names += ["on_roll", "present", "seconded_out", "on_leave"]
        ledger = Day(self.ledger(), day)
        told = {name: ledger.measure(unit, name, own=own) for name in names}
        measures = {name: (number or 0) + self.pick([0, 0, 0, 1]) for name, number in told.items()}
        scope = {"scope": "own"} if own else {}
        return self.dated(kind, day, unit=unit, source="a printed table", measures=measures, **scope)

    def make_policy_adopted(self, kind: str) -> Entry | None:
        entry = self.dated(kind, self.some_day(), source="a document")
        if self.chance(30):
            entry["profile"] = self.pick(["national", "strict"])
        if "profile" not in entry or self.chance(60):
            names = self.random.sample(sorted(PARAMETERS), 1 + self.up_to(6))
            entry["parameters"] = {name: self.pick(PARAMETERS[name]) for name in names}
        return entry


def findings_history(seed: int, n: int) -> tuple[list[Entry], Oracle]:
    """The entries the oracle accepts, and the oracle after them."""
    generator = FindingsGenerator(seed)
    generator.hard = False
    generator.waiting = [entry for entry in generator.waiting if entry["type"] != "policy_adopted"]
    entries: list[Entry] = []
    while len(entries) < n:
        entry = generator.next_entry()
        verdict = generator.oracle.record(entry)
        generator.remember(entry, verdict)
        if verdict[0] == "recorded":
            entries.append(entry)
    return entries, generator.oracle


def days_to_ask(oracle: Oracle, dice: random.Random, count: int) -> list[date]:
    """Days beside entries and beside ends of terms, and days some months after one, to the day."""
    facts = oracle.ledger().facts
    used = [fact.on for fact in facts] or [START]
    untils = [fact.get("until") for fact in facts if fact.get("until")] or used
    months = [0, 0, 0, 1, 2, 3, 4, 6, 9, 12, 12, 24, 36]
    days = [add_months(dice.choice(used), dice.choice(months)) for _ in range(count)]
    ends = [dice.choice(untils) + timedelta(days=dice.choice([0, 10, 30, 40, 180])) for _ in range(count)]
    return [
        dice.choice([day, day, end]) + timedelta(days=dice.choice([-1, 0, 0, 1]))
        for day, end in zip(days, ends, strict=True)
    ]
