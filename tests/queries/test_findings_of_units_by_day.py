"""Rules about units on random histories, against the headcount of every single day."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from ledger.bootstrap import Ledger
from ledger.domain.findings.finding import State
from ledger.domain.terms import ON_ROLL_KINDS
from ledger.domain.time import Perspective
from ledger.queries.columns import whole_rows
from ledger.queries.measures import HeadcountRow
from ledger.queries.view import View
from tests.queries.conftest import History
from tests.queries.makers import random_ledger

RULES = ("over_quota", "over_leader_quota", "split_mismatch", "ratio_over", "home_depleted", "present_low")
Judgements = dict[tuple[str, str], str | None]
"""(rule, subject) -> severity, None where nobody can say."""


class Day:
    """All rows of a day, and each unit's own numbers."""

    def __init__(self, view: View) -> None:
        self.structure, self.day = view.structure, view.day
        self.rows = {row.unit: row for row in whole_rows(view)}
        self.own = {row.unit: row for row in whole_rows(view, own=True)}

    def judged(self) -> Judgements:
        found: Judgements = {}
        for unit, row in self.rows.items():
            version = self.structure.version(unit, self.day)
            assert version is not None
            found.update(self._posts(unit, row))
            if version.kind == "jurisdiction":
                found.update(ratio(row))
            if version.kind not in ("internal_office", "task_force"):
                found.update(staffing(row))
        return found

    def _posts(self, unit: str, row: HeadcountRow) -> Iterator[tuple[tuple[str, str], str]]:
        for kind in ON_ROLL_KINDS:
            posts = self.own[unit].measure(f"quota.{kind}")
            held = row.measure(f"on_roll.{kind}")
            assert held is not None
            if posts is not None and held > posts:
                yield ("over_quota", f"unit:{unit}/{kind}"), "critical"
            below = [self.rows[child].measure(f"quota.{kind}") for child in self.structure.children(unit, self.day)]
            told = [number for number in below if number is not None]
            if posts is not None and told and sum(told) != posts:
                yield ("split_mismatch", f"unit:{unit}/{kind}"), "high"
        for rank, leaders in row.leaders.items():
            posts = self.own[unit].measure(f"leader_quota.{rank}")
            if posts is not None and leaders.held > posts:
                yield ("over_leader_quota", f"unit:{unit}/leader:{rank}"), "critical"


def ratio(row: HeadcountRow) -> Iterator[tuple[tuple[str, str], str | None]]:
    institution, administrative = row.measure("quota.public_institution"), row.measure("quota.administrative")
    if institution is None or administrative is None:
        yield ("ratio_over", f"unit:{row.unit}"), None
    elif 100 * institution > 110 * administrative:
        yield ("ratio_over", f"unit:{row.unit}"), "medium"


def staffing(row: HeadcountRow) -> Iterator[tuple[tuple[str, str], str]]:
    if row.on_roll:
        away, here = 100 * row.seconded_out, 100 * row.present
        if away >= 10 * row.on_roll:
            yield ("home_depleted", f"unit:{row.unit}"), "high" if away >= 20 * row.on_roll else "medium"
        if here < 80 * row.on_roll:
            yield ("present_low", f"unit:{row.unit}"), "high" if here < 70 * row.on_roll else "medium"


def told(ledger: Ledger, p: Perspective) -> dict[tuple[str, str], Any]:
    rows = ledger.findings(p, insufficient=True).rows
    return {(row.rule, row.subject): row for row in rows if row.rule in RULES}


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """A longer history, in which every one of these rules comes up."""
    ledger, days = random_ledger(str(tmp_path_factory.mktemp("busy") / "ledger.db"), 101, 250)
    yield ledger, [day for day in days if day.year < 2030], ledger.perspective().known_at
    ledger.close()


def test_rules_about_units_hold_as_the_headcount_says_since_the_first_day_it_said_so(busy: History) -> None:
    ledger, days, newest = busy
    dice = random.Random(newest)
    seen: set[str] = set()
    for known_at in (newest, newest * 3 // 4):
        day_of = by_day(ledger, known_at)
        for on in dice.sample(days, 5):
            findings = told(ledger, Perspective(on, known_at))
            wanted = day_of(on)
            severities = {key: row.severity and row.severity.value for key, row in findings.items()}
            assert severities == wanted, (on, known_at)
            seen.update(rule for rule, _ in findings)
            for key, row in findings.items():
                if row.state is State.TRUE:
                    first = row.first_true_on
                    assert wanted[key] is not None
                    assert all(day_of(day).get(key) for day in some_days(first, on, dice)), (key, on)
                    assert not day_of(first - timedelta(days=1)).get(key), (key, first)
    assert seen == set(RULES)


def by_day(ledger: Ledger, known_at: int) -> Callable[[date], Mapping[tuple[str, str], str | None]]:
    kept: dict[date, Judgements] = {}

    def of(day: date) -> Judgements:
        if day not in kept:
            with ledger.view(Perspective(day, known_at)) as view:
                kept[day] = Day(view).judged()
        return kept[day]

    return of


def some_days(first: date, last: date, dice: random.Random) -> list[date]:
    """Both ends and up to forty days in between."""
    length = (last - first).days
    inside = dice.sample(range(length + 1), min(length + 1, 40))
    return [first + timedelta(days=each) for each in {0, length, *inside}]
