"""The units through every position that touched them: rows, and the tree in which people are judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Table

from ledger.domain.entries import DatedEntry
from ledger.domain.events import Recorded, subjects_of
from ledger.domain.facts import Fact, Illegal, fact_of
from ledger.domain.quotas import QuotaFold, quota_periods, touches_quotas
from ledger.domain.time import FOREVER
from ledger.domain.units import Structure, UnitVersion, fold_unit, moves_people
from ledger.projections import rows as r
from ledger.projections import tables as t
from ledger.projections.lives import Facts, damaged

_KNOWN_AT = {table: [column.name for column in table.columns].index("k_from") for table in t.BITEMPORAL}


class Histories:
    """Rows of one bitemporal table with the positions over which they were known."""

    def __init__(self, table: Table) -> None:
        self._known = _KNOWN_AT[table]
        self._last: tuple[r.Row, ...] = ()
        self.open: dict[r.Row, int] = {}
        self.done: list[tuple[r.Row, int, int]] = []

    def become(self, rows: tuple[r.Row, ...], position: int) -> None:
        """From a position on these are the rows."""
        if rows == self._last:
            return
        self._last = rows
        now = dict.fromkeys(rows, position)
        for row in [row for row in self.open if row not in now]:
            self._end(row, position)
        for row in now:
            self.open.setdefault(row, position)

    def change(self, before: Sequence[r.Row], after: Sequence[r.Row], position: int) -> None:
        """From a position on, one subject's rows are `after` instead of `before`."""
        for row in set(before) - set(after):
            self._end(row, position)
        kept = set(before)
        for row in after:
            if row not in kept:
                self.open[row] = position

    def _end(self, row: r.Row, position: int) -> None:
        self.done.append((row, self.open.pop(row), position))

    def take(self) -> list[r.Row]:
        """All rows so far, the open ones open for ever."""
        known = self._known
        spans = [*self.done, *((row, begun, FOREVER) for row, begun in self.open.items())]
        return [(*row[:known], begun, ended, *row[known:]) for row, begun, ended in spans]


@dataclass(slots=True)
class Units:
    """What the unit events make: the tree at every position, and where people may have to be judged again."""

    structure: Structure = field(default_factory=lambda: Structure({}))
    numbers: dict[str, int] = field(default_factory=dict)
    judged_again: dict[str, list[int]] = field(default_factory=dict)
    positions: set[int] = field(default_factory=set)


class UnitReplay:
    """Unit events in the order of positions."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._facts: dict[str, Facts] = {}
        self._places: dict[str, int] = {}
        self._entries: dict[int, DatedEntry] = {}
        self._structure = Structure({})
        self._versions: dict[str, list[UnitVersion]] = {}
        self._known: dict[str, dict[UnitVersion, int]] = {}
        self._quotas: dict[str, list[r.Row]] = {}
        self.unit_rows = Histories(t.unit_period)
        self.quota_rows = Histories(t.quota_period)

    def take(self, one: Recorded) -> None:
        """Take in one event that touches units."""
        self._places[one.event.id] = one.event.place or one.position
        concerned = self._concerned(one)
        fact = fact_of(one)
        for unit in concerned:
            self._facts.setdefault(unit, Facts(f"unit:{unit}")).take(one, fact)
        for unit in concerned:
            self._reshape(unit, one.position)
        waiting = list(concerned)
        while waiting:
            unit = waiting.pop(0)
            self._renumber(unit, one.position)
            into = next((row.into for row in self._structure.versions(unit) if row.into), None)
            if into is not None and into not in waiting:
                waiting.append(into)

    def _concerned(self, one: Recorded) -> list[str]:
        entries: list[DatedEntry] = []
        fact = fact_of(one)
        if fact is not None:
            entries.append(fact.entry)
            self._entries[one.position] = fact.entry
        if one.event.target is not None:
            removed = self._entries.get(one.event.target)
            if removed is not None:
                entries.append(removed)
        subjects = dict.fromkeys(subject for entry in entries for subject in subjects_of(entry))
        return [subject.removeprefix("unit:") for subject in subjects if subject.startswith("unit:")]

    def _reshape(self, unit: str, position: int) -> None:
        before = self._versions.get(unit, [])
        after = fold_unit(unit, self._facts[unit].now())
        if isinstance(after, Illegal):
            raise damaged(after)
        if before == after:
            return
        number = self._units.numbers.setdefault(unit, position)
        self.unit_rows.change(r.unit_rows(number, before), r.unit_rows(number, after), position)
        known = self._known.setdefault(unit, {})
        for row in [row for row in known if row.k_to == FOREVER and row._replace(k_from=0) not in after]:
            known.pop(row)
            known[row._replace(k_to=position)] = position
        still = {row._replace(k_from=0) for row in known if row.k_to == FOREVER}
        for row in after:
            if row not in still:
                known[row._replace(k_from=position)] = position
        self._versions[unit] = after
        self._structure.put(unit, after)
        if moves_people(before, after):
            for code in {unit} | self._structure.inner_below(unit):
                self._units.judged_again.setdefault(code, []).append(position)

    def _renumber(self, unit: str, position: int) -> None:
        def facts_of(code: str) -> list[Fact]:
            tells = touches_quotas(code)
            found = self._facts.get(code)
            return [] if found is None else [fact for fact in found.now() if tells(fact.entry)]

        steps = QuotaFold(facts_of, self._places).steps(unit)
        if isinstance(steps, Illegal):
            raise damaged(steps)
        before = self._quotas.get(unit, [])
        number = self._units.numbers.get(unit)
        after = [] if number is None else r.quota_rows(number, quota_periods(steps))
        if before != after:
            self.quota_rows.change(before, after, position)
            self._quotas[unit] = after

    def whole_structure(self) -> Structure:
        """The units as known at every position."""
        return Structure({unit: list(rows) for unit, rows in self._known.items()})
