"""What the rules about units share while one question is answered: the columns of D, entries by position, names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from sqlalchemy import select

from ledger.domain.events import Recorded
from ledger.domain.facts import Fact, fact_of
from ledger.domain.findings.finding import Finding
from ledger.domain.findings.rules import About, Court, Rule, found
from ledger.persistence.schema import event, event_subject
from ledger.projections import tables as t
from ledger.queries.cited import Entries
from ledger.queries.columns import CHARGED, LEAVE, OUT, Columns, columns
from ledger.queries.numbers import UnitNumbers
from ledger.queries.posts import NO_NUMBER
from ledger.queries.quotas import Number
from ledger.queries.scope import OFF, name_of
from ledger.queries.view import View

Case = TypeVar("Case")
ON_ROLL = [number for number in range(len(t.KINDS)) if number != OFF]


@dataclass
class UnitScan:
    """One question about units at (D, K)."""

    view: View
    numbers: UnitNumbers
    court: Court
    entries: Entries
    only: frozenset[str] | None = None
    """Canonical codes: what concerns none of these is left out. None: everything."""
    _recorded: dict[int, Recorded] = field(default_factory=dict)

    @cached_property
    def columns(self) -> Columns:
        """All measures of all units that exist on D."""
        return columns(self.view)

    def row(self, rule: Rule[Case], case: Case, *units: str | None) -> Iterator[Finding]:
        """What a rule says of a case that concerns these units, if it says anything."""
        structure, day = self.view.structure, self.view.day
        codes = tuple(dict.fromkeys(structure.canonical(code, day) or code for code in units if code is not None))
        if self.only is None or not self.only.isdisjoint(codes):
            one = found(rule, case, self.court, About(codes, None, name_of(self.view, codes[0])))
            if one is not None:
                yield one

    def units_of(self, fits: Callable[[str], bool]) -> Iterator[str]:
        """The units that exist on D and are of a kind that fits."""
        for code in self.columns.tree.codes:
            version = self.view.structure.version(code, self.view.day) if self._wanted(code) else None
            if version is not None and fits(version.kind):
                yield code

    def records(self, scale: str) -> Iterator[Number]:
        """The own numbers on a scale that are in force on D, of the units asked for that exist then."""
        return (one for one in self.all_records(scale) if self.exists(one.unit) and self._wanted(one.unit))

    def all_records(self, scale: str) -> Iterator[Number]:
        """The own numbers on a scale that are in force on D, also of units that are gone."""
        day = self.view.day
        for numbers in self.numbers.records(scale).values():
            yield from (one for one in numbers if one.begin <= day < one.end)

    def concerns(self, unit: str) -> bool:
        """Whether what concerns this unit alone is wanted."""
        return self.only is None or (self.view.structure.canonical(unit, self.view.day) or unit) in self.only

    def _wanted(self, unit: str) -> bool:
        return self.only is None or unit in self.only

    def exists(self, unit: str) -> bool:
        """Whether the unit exists on D."""
        return unit in self.columns.tree.places

    def on_roll(self, unit: str, kind: str | None = None) -> int:
        """How many of the subtree are on roll on D."""
        return self._people(CHARGED, unit, kind)

    def seconded_out(self, unit: str) -> int:
        """How many of the subtree are seconded out of it on D."""
        return self._people(OUT, unit, None)

    def on_leave(self, unit: str) -> int:
        """How many of the subtree are on leave in it on D."""
        return self._people(LEAVE, unit, None)

    def _people(self, first: int, unit: str, kind: str | None) -> int:
        place = self.columns.tree.places.get(unit)
        if place is None:
            return 0
        kinds = ON_ROLL if kind is None else [t.KINDS.index(kind)]
        return sum(self.columns.people[[first + number for number in kinds], place].tolist())

    def held(self, unit: str, rank: str) -> int:
        """How many counting positions of a rank the subtree has on D."""
        place = self.columns.tree.places.get(unit)
        held = self.columns.leaders.get(rank)
        return 0 if place is None or held is None else int(held[place])

    def quota(self, unit: str, kind: str) -> int | None:
        """The quota of a kind on D."""
        place = self.columns.tree.places.get(unit)
        posts = self.columns.quotas.get(kind)
        return None if place is None or posts is None or posts[place] == NO_NUMBER else int(posts[place])

    def all_quotas(self, unit: str) -> int | None:
        """The sum of the quotas of the kinds that have a number on D."""
        told = [posts for number in ON_ROLL if (posts := self.quota(unit, t.KINDS[number])) is not None]
        return sum(told) if told else None

    # ---- entries

    def recorded(self, positions: Iterable[int]) -> dict[int, Recorded]:
        """The entries at these positions."""
        wanted = set(positions)
        missing = wanted - self._recorded.keys()
        if missing:
            self._recorded.update(self.entries.at(sorted(missing)))
        return {position: self._recorded[position] for position in wanted}

    def ids(self, positions: Iterable[int]) -> dict[int, str]:
        """The ids of the entries at these positions."""
        return {position: one.event.id for position, one in self.recorded(positions).items()}

    def declared(self, *types: str) -> list[Fact]:
        """The entries of these types about any unit that are in effect at K, in the order of folding."""
        known_at = self.view.perspective.known_at
        topics = [
            *(f"unit.{type_}" for type_ in types),
            *(f"{kind}.corrected" for kind in ("person", "unit", "policy")),
        ]
        query = (
            select(event_subject.c.position)
            .join_from(event_subject, event, event.c.position == event_subject.c.position)
            .where(event_subject.c.subject >= "unit:", event_subject.c.subject < "unit;", event.c.topic.in_(topics))
        )
        found = {position for position in self.view.conn.execute(query).scalars() if position <= known_at}
        gone = {target for target, by in self.entries.targets(sorted(found)).items() if by <= known_at}
        facts = (fact_of(one) for _, one in sorted(self.recorded(found - gone).items()))
        return sorted((fact for fact in facts if fact and fact.entry.type in types), key=lambda fact: fact.order)

    def with_ids(self, findings: Collection[Finding]) -> Iterator[Finding]:
        """The findings with the ids of their entries in the place of positions."""
        ids = self.ids(position for one in findings for position in one.evidence["entries"])
        for one in findings:
            named = [ids[position] for position in sorted(set(one.evidence["entries"]))]
            yield replace(one, evidence={**one.evidence, "entries": named})
