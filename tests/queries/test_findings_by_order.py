"""Freezes, grants, orphans and claims on random histories, against a second, slow reading of the same rules.

The second reading folds all entries up to one in question anew, and looks at every day for itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.time import Perspective
from tests.oracle.judge import Ledger as Folded
from tests.oracle.oracle import Oracle
from tests.oracle.people import Person
from tests.oracle.quotas import QUOTA_TYPES, Quotas
from tests.oracle.timeline import Fact
from tests.oracle_entries import random_days, random_history
from tests.twins import the_day_of_recording

KINDS = ("administrative", "political_legal", "public_institution", "support")
DAY = timedelta(days=1)
RULES = ("freeze_violated", "temporary_quota_expired", "orphan_quota", "census_mismatch")


class SlowReading:
    """The findings of one day, from the entries in effect at one position."""

    def __init__(self, oracle: Oracle, known_at: int) -> None:
        self.folded: Folded = oracle.ledger(known_at)
        self.oracle, self.known_at = oracle, known_at
        self.facts, self.units = self.folded.facts, self.folded.units
        self.quotas_of = cache(self._quotas)
        self.people_of = cache(self._people)

    def _quotas(self, count: int) -> Quotas:
        return Quotas(self.facts[:count], self.units, self._place_named)

    def _place_named(self, reference: Any) -> int | None:
        line = next((line for line in self.folded.stored if reference in (line.id, line.position)), None)
        place = None if line is None else line.position
        while place is not None and self.folded.stored[place - 1].target is not None:
            place = self.folded.stored[place - 1].target
        return place

    def _people(self, count: int) -> dict[str, Person]:
        numbers = {fact.get("person") for fact in self.facts[:count] if fact.get("person")}
        return {number: Person(number, self.facts[:count], self.units) for number in numbers}

    def key(self, fact: Fact) -> str:
        return self.folded.stored[fact.place - 1].id

    def on(self, day: date) -> set[str]:
        """“rule subject” of all that holds."""
        return {*self.freezes(day), *self.grants(day), *self.orphans(day), *self.claims(day)}

    # ---- freezes

    def freezes(self, day: date) -> Iterator[str]:
        for freeze in self.facts:
            unit = freeze.get("unit")
            if freeze.type != "freeze_declared" or not freeze.on <= day <= freeze.get("until"):
                continue
            if not self.units.exists(unit, day):
                continue
            for index, fact in enumerate(self.facts):
                if freeze.on <= fact.on <= day and self.forbidden(freeze, index):
                    yield f"freeze_violated unit:{unit}/freeze:{self.key(freeze)}/entry:{self.key(fact)}"

    def forbidden(self, freeze: Fact, index: int) -> bool:
        fact, unit = self.facts[index], freeze.get("unit")
        if freeze.get("mode") == "no_increase":
            if fact.type not in QUOTA_TYPES:
                return False
            kind = fact.get("establishment")
            before, after = (self.quotas_of(at).total("quota", unit, kind, fact.on) for at in (index, index + 1))
            return before is not None and after is not None and after > before
        if fact.type not in ("hired", "transferred"):
            return False
        number = fact.get("person")
        came = self.kind_there(unit, number, index + 1, fact.on)
        if came is None or self.kind_there(unit, number, index, fact.on) is not None:
            return False
        target = (freeze.get("target") or {}).get(came)
        held = sum(self.kind_there(unit, one, index, fact.on) == came for one in self.people_of(index))
        return target is None or held >= target

    def kind_there(self, unit: str, number: str, count: int, day: date) -> str | None:
        """With which kind somebody is on roll in a subtree after so many facts."""
        person = self.people_of(count).get(number)
        if person is None or person.state.unit is None or person.state.establishment == "off_establishment":
            return None
        home = self.units.canonical(person.state.unit, day)
        return person.state.establishment if unit in self.units.line(home, day) else None

    # ---- posts left over

    def grants(self, day: date) -> Iterator[str]:
        quotas = self.quotas_of(sum(fact.on <= day for fact in self.facts))
        by_place = {fact.place: fact for fact in self.facts}
        for (unit, kind), grants in quotas.grants.items():
            for place in grants:
                if by_place[place].get("until") < day:
                    yield f"temporary_quota_expired unit:{unit}/{kind}/grant:{self.key(by_place[place])}"

    def orphans(self, day: date) -> Iterator[str]:
        quotas, units = self.folded.quotas, self.units
        for unit in units.codes():
            for kind in KINDS:
                if (quotas.own("quota", unit, kind, day) or 0) > 0 and not units.exists(unit, day):
                    yield f"orphan_quota unit:{unit}/{kind}"
                for moved in sorted({fact.on for fact in units.of(unit, "unit_moved")}):
                    if moved + 60 * DAY <= day and self.left_behind(unit, kind, moved, day):
                        yield f"orphan_quota unit:{units.parent(unit, moved - DAY)}/{kind}/left:{unit}"

    def left_behind(self, unit: str, kind: str, moved: date, day: date) -> bool:
        units, quotas, before = self.units, self.folded.quotas, moved - DAY
        parent = units.parent(unit, before) if units.exists(unit, before) else None
        written = [units.last(unit, at, "unit_moved", "parent") for at in (before, moved)]
        if parent is None or written[0] == written[1] or parent == units.parent(unit, moved):
            return False
        days = [moved + number * DAY for number in range((day - moved).days + 1)]
        if any(self.is_below(unit, parent, at) for at in days) or not units.exists(parent, day):
            return False
        then, now = (quotas.own("quota", parent, kind, at) for at in (before, day))
        had = (quotas.total("quota", unit, kind, before) or 0) + self.on_roll(unit, kind, before)
        return then is not None and now is not None and now >= then and had > 0

    def is_below(self, unit: str, above: str, day: date) -> bool:
        home = self.units.canonical(unit, day)
        return self.units.exists(home, day) and self.units.exists(above, day) and above in self.units.line(home, day)

    def on_roll(self, unit: str, kind: str, day: date) -> int:
        return sum(self.kind_there(unit, one, sum(f.on <= day for f in self.facts), day) == kind for one in self.people)

    @property
    def people(self) -> list[str]:
        return list(self.folded.people)

    # ---- claims

    def claims(self, day: date) -> Iterator[str]:
        for fact in self.facts:
            if fact.type == "census_claimed" and fact.on <= day:
                for measure, claimed in fact.get("measures").items():
                    there = self.oracle.curve(fact.get("unit"), measure, [fact.on], self.known_at)[0]
                    if there is not None and there != claimed:
                        yield f"census_mismatch unit:{fact.get('unit')}/claim:{self.key(fact)}/{measure}"


def frozen(seed: int, entries: int, url: str) -> tuple[Ledger, Oracle, list[date]]:
    """A random history with freezes of both modes, some declared after the fact."""
    lines, _, oracle = random_history(seed, entries)
    dice = random.Random(f"freezes {seed}")
    days = [day for day in random_days(seed, 60, oracle) if day.year < 2030]
    codes = oracle.ledger().units.codes()
    for number in range(20):
        day = dice.choice(days)
        until = (day + timedelta(days=dice.randrange(30, 1500))).isoformat()
        target = {dice.choice(KINDS): dice.randrange(3) for _ in range(dice.randrange(3))}
        keys = {"mode": "exit_only", "target": target} if number % 2 else {"mode": "no_increase"}
        on = day.isoformat()
        line = {"type": "freeze_declared", "effective_on": on, "unit": dice.choice(codes), "until": until, **keys}
        if oracle.record(line)[0] == "recorded":
            lines.append(line)
    ledger = create_ledger(url, officer="tester", clock=the_day_of_recording)
    with ledger.recording() as recording:
        for line in lines:
            recording.record(line)
    return ledger, oracle, days


def differences(ledger: Ledger, oracle: Oracle, days: list[date], known_at: int) -> Iterator[tuple[date, set[str]]]:
    """Days on which the two readings differ, and in what."""
    slow = SlowReading(oracle, known_at)
    holds = cache(slow.on)
    for day in days:
        rows = [row for row in ledger.findings(Perspective(day, known_at)).rows if row.rule in RULES]
        wrong = {f"{row.rule} {row.subject}" for row in rows} ^ holds(day)
        for row in rows:
            name = f"{row.rule} {row.subject}"
            first = row.first_true_on
            assert first is not None
            if name not in holds(first) or name in holds(first - DAY) or name not in holds(first + (day - first) // 2):
                wrong.add(f"{name} since {first}")
        if wrong:
            yield day, wrong


@pytest.mark.parametrize("seed", [22, 29])
def test_a_slow_reading_of_the_rules_finds_the_same(tmp_path: Path, seed: int) -> None:
    ledger, oracle, days = frozen(seed, 200, str(tmp_path / "ledger.db"))
    newest = ledger.perspective().known_at
    with ledger:
        assert list(differences(ledger, oracle, days[:3], newest)) == []
        assert list(differences(ledger, oracle, days[3:5], newest * 3 // 4)) == []
        seen = {row.rule for day in days[:5] for row in ledger.findings(Perspective(day, newest)).rows}
    assert seen >= set(RULES)
