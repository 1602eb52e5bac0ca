"""A recall campaign 超期借调清理: one frozen list of overdue secondments, and what became of each (spec issue 3).

The list is the answer at one (D, K); since such an answer never changes, naming both freezes it. The comparison
looks at the same secondments from a later perspective: who went back, who was transferred, who was borrowed again
(清理-反弹).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from ledger.domain.terms import Outcome
from ledger.domain.time import FOREVER, Perspective
from ledger.projections import tables as t
from ledger.queries.secondments import SecondmentLine, SecondmentsAnswer
from ledger.queries.view import View

BANDS: Mapping[str, tuple[int, int]] = {"1-29": (1, 29), "30-179": (30, 179), "180+": (180, FOREVER)}
"""Days overdue, in the bands campaigns are reported in: first and last day of each."""


class Fate(StrEnum):
    """What became of an overdue secondment."""

    STILL_AWAY = "still_away"
    RETURNED = "returned"
    REBORROWED = "reborrowed"
    TRANSFERRED = "transferred"
    DEPARTED = "departed"
    WITHDRAWN = "withdrawn"


def band_of(days: int) -> str:
    """The band of a number of days overdue, 1 or more."""
    return next(name for name, (first, last) in BANDS.items() if first <= days <= last)


@dataclass(frozen=True, slots=True)
class CampaignAnswer:
    """The overdue secondments at a perspective, with how many there are by band, home and host."""

    perspective: Perspective
    rows: tuple[SecondmentLine, ...]

    @property
    def by_home(self) -> dict[str, dict[str, int]]:
        """Home unit -> band -> how many."""
        return _counted((row.home, row.days_overdue) for row in self.rows)

    @property
    def by_host(self) -> dict[str, dict[str, int]]:
        """Host unit -> band -> how many."""
        return _counted((row.host, row.days_overdue) for row in self.rows)

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/campaign.schema.json."""
        rows = [{**row.to_json(), "band": band_of(row.days_overdue)} for row in self.rows]
        return {
            "as_of": self.perspective.as_of.isoformat(),
            "known_at": self.perspective.known_at,
            "bands": {band: sum(row["band"] == band for row in rows) for band in BANDS},
            "by_home": self.by_home,
            "by_host": self.by_host,
            "rows": rows,
        }


def _counted(pairs: Iterable[tuple[str, int]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for unit, days in sorted(pairs):
        bands = found.setdefault(unit, dict.fromkeys(BANDS, 0))
        bands[band_of(days)] += 1
    return found


def campaign(overdue: SecondmentsAnswer) -> CampaignAnswer:
    """The list, the longest overdue first."""
    rows = sorted(overdue.rows, key=lambda row: (-row.days_overdue, row.person))
    return CampaignAnswer(overdue.perspective, tuple(rows))


@dataclass(frozen=True, slots=True)
class FateLine:
    """One secondment of the list, seen later. `ended_on`: None while it runs. `again_*`: the first loan after it."""

    line: SecondmentLine
    fate: Fate
    ended_on: date | None
    again_on: date | None
    again_host: str | None

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/campaign_compare.schema.json."""
        return {
            "person": self.line.person,
            "name": self.line.name,
            "home": self.line.home,
            "host": self.line.host,
            "days_overdue": self.line.days_overdue,
            "fate": self.fate.value,
            "ended_on": None if self.ended_on is None else self.ended_on.isoformat(),
            "again_on": None if self.again_on is None else self.again_on.isoformat(),
            "again_host": self.again_host,
        }


@dataclass(frozen=True, slots=True)
class ComparisonAnswer:
    """A frozen list, and what became of each secondment on it by a later perspective."""

    frozen: Perspective
    later: Perspective
    rows: tuple[FateLine, ...]

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/campaign_compare.schema.json."""
        return {
            "from": {"as_of": self.frozen.as_of.isoformat(), "known_at": self.frozen.known_at},
            "to": {"as_of": self.later.as_of.isoformat(), "known_at": self.later.known_at},
            "fates": {fate.value: sum(row.fate is fate for row in self.rows) for fate in Fate},
            "rows": [row.to_json() for row in self.rows],
        }


def compare(frozen: CampaignAnswer, keys: Mapping[str, int], later: View) -> ComparisonAnswer:
    """What became of the list by a later perspective. `keys`: person -> the secondment that was overdue."""
    spells = _spells(later, [row.person for row in frozen.rows])
    rows = tuple(_fate(row, keys[row.person], spells.get(row.person, ()), later) for row in frozen.rows)
    return ComparisonAnswer(frozen.perspective, later.perspective, rows)


def _spells(view: View, people: Sequence[str]) -> dict[str, list[Any]]:
    """The secondments known at K of each person, in the order of their starts."""
    s = t.secondment.c
    found: dict[str, list[Any]] = {}
    for start in range(0, len(people), 5_000):
        numbers = select(t.person.c.id).where(t.person.c.code.in_(people[start : start + 5_000]))
        query = (
            select(t.person.c.code, *t.secondment.c)
            .join_from(t.secondment, t.person, t.person.c.id == s.person)
            .where(s.person.in_(numbers), view.known(t.secondment))
            .order_by(s.d_from, s.key)
        )
        for row in view.conn.execute(query):
            found.setdefault(row.code, []).append(row)
    return found


def _fate(line: SecondmentLine, key: int, spells: Sequence[Any], view: View) -> FateLine:
    own = next((spell for spell in spells if spell.key == key), None)
    if own is None or own.d_from > view.day:
        return FateLine(line, Fate.WITHDRAWN, None, None, None)
    if own.d_to > view.day:
        return FateLine(line, Fate.STILL_AWAY, None, None, None)
    ended = date.fromordinal(own.d_to)
    again = next((spell for spell in spells if own.d_to <= spell.d_from <= view.day and spell.key != key), None)
    if again is not None:
        return FateLine(line, Fate.REBORROWED, ended, date.fromordinal(again.d_from), view.canonical(again.host))
    fates = {Outcome.CONVERTED.value: Fate.TRANSFERRED, Outcome.DEPARTED.value: Fate.DEPARTED}
    return FateLine(line, fates.get(own.outcome, Fate.RETURNED), ended, None, None)


def running_keys(view: View, people: Sequence[str]) -> dict[str, int]:
    """Person -> the secondment running on D, by its key."""
    p = t.person_period.c
    found: dict[str, int] = {}
    for start in range(0, len(people), 5_000):
        query = (
            select(t.person.c.code, p.secondment)
            .join_from(t.person_period, t.person, t.person.c.id == p.person)
            .where(t.person.c.code.in_(people[start : start + 5_000]), view.valid(t.person_period))
        )
        found.update({code: key for code, key in view.conn.execute(query) if key is not None})
    return found
