"""What is now known of everybody along the effective axis alone: all that the peers can hold.

One change each time what holds of a person changes: unit, kind, host, agreed last day, leave, office, name, identity.
Entries that were reversed or corrected are gone, late ones stand where they belong, and a unit that was merged away has
the code of the unit it went into from that day on.
"""

from __future__ import annotations

import pickle
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import Row, Table, select

from ledger.bootstrap import Ledger
from ledger.domain.terms import ON_ROLL_KINDS
from ledger.domain.time import FOREVER, Day
from ledger.projections import tables as t
from ledger.queries.columns import columns
from ledger.queries.tree import NOWHERE, Tree, tree_of
from ledger.queries.view import View

ON_ROLL = frozenset(t.KINDS.index(kind) for kind in ON_ROLL_KINDS)
Counts = dict[str, int]
"""Unit -> people on its own roll; units with nobody are left out."""


class Change(NamedTuple):
    """From `day` on this holds of a person; `unit` None: not here any more."""

    person: str
    day: Day
    unit: str | None
    kind: int | None
    host: str | None
    until: Day | None
    leave: int | None
    office: str | None
    name: str | None
    identity: str | None


FIELDS = Change._fields[2:]
GONE = (None,) * len(FIELDS)


class History(NamedTuple):
    """All changes, by person and day; and the days asked about with the answers of the ledger."""

    changes: list[Change]
    asked: list[tuple[Day, Counts]]

    def save(self, path: Path) -> None:
        """Write it down for the peers' own processes."""
        path.write_bytes(pickle.dumps(tuple(self)))

    @staticmethod
    def load(path: Path) -> History:
        """What `save` wrote."""
        changes, asked = pickle.loads(path.read_bytes())  # noqa: S301  written by the same run
        return History([Change(*one) for one in changes], asked)


def changes_of(ledger: Ledger) -> list[Change]:
    """The history of a ledger."""
    with ledger.view(ledger.perspective()) as view:
        codes = dict(view.conn.execute(select(t.person.c.id, t.person.c.code)).tuples().all())
        c = t.person_period.c
        query = select(c.person, c.d_from, c.d_to, c.unit, c.kind, c.host, c.until, c.leave)
        rows = view.conn.execute(query.where(c.k_to == FOREVER).order_by(c.person, c.d_from)).all()
        names = _Names(view)
        offices, described = _Told(view, t.post_period, "title"), _Told(view, t.person_description, "name", "identity")
    found: list[Change] = []
    for number, periods in groupby(rows, key=lambda row: row.person):
        end = FOREVER
        last: tuple[object, ...] = GONE
        for _, begin, stop, unit, kind, host, until, leave in periods:
            if end < begin:
                found.append(Change(codes[number], end, *GONE))
                last = GONE
            inside = {*names.days(unit, host), *offices.days(number), *described.days(number)}
            for day in sorted({begin, *(day for day in inside if begin < day < stop)}):
                told = (*offices.at(number, day), *described.at(number, day))
                state = (names.at(unit, day), kind, names.at(host, day), until, leave, *told)
                if state != last:
                    found.append(Change(codes[number], day, *state))
                    last = state
            end = stop
        if end < FOREVER:
            found.append(Change(codes[number], end, *GONE))
    return found


class _Told:
    """What else is told of people over periods."""

    def __init__(self, view: View, table: Table, *columns: str) -> None:
        c = table.c
        query = select(c.person, c.d_from, c.d_to, *(c[name] for name in columns)).where(c.k_to == FOREVER)
        self._rows: dict[int, list[Row[Any]]] = {}
        for row in view.conn.execute(query.order_by(c.d_from)):
            self._rows.setdefault(row.person, []).append(row)
        self._nothing = (None,) * len(columns)

    def days(self, person: int) -> Iterator[Day]:
        for row in self._rows.get(person, ()):
            yield row.d_from
            yield row.d_to

    def at(self, person: int, day: Day) -> tuple[Any, ...]:
        rows = [row for row in self._rows.get(person, ()) if row.d_from <= day < row.d_to]
        return tuple(rows[-1])[3:] if rows else self._nothing


class _Names:
    """The code of the unit that a unit number belongs to, day by day."""

    def __init__(self, view: View) -> None:
        structure = view.structure
        days = sorted({row.d_from for code in structure.units() for row in structure.versions(code) if row.into})
        self._of: dict[int, tuple[list[Day], list[str]]] = {}
        for number, code in view.shape.codes.items():
            begins, names = [0], [code]
            for day in days:
                name = structure.canonical(code, day)
                if name is not None and name != names[-1]:
                    begins.append(day)
                    names.append(name)
            self._of[number] = (begins, names)

    def at(self, number: int | None, day: Day) -> str | None:
        if number is None:
            return None
        begins, names = self._of[number]
        return names[bisect_right(begins, day) - 1]

    def days(self, unit: int, host: int | None) -> list[Day]:
        """The days on which one of a person's units gets another code."""
        return [*self._of[unit][0], *([] if host is None else self._of[host][0])]


def own_on_roll(view: View) -> Counts:
    """The people on each unit's own roll, nothing else counted."""
    cells, tree = view.counts(), tree_of(view)
    people = cells[sorted(ON_ROLL)].sum(0)
    counts = people[tree.order]
    gone = tree.ghosts[tree.place_of_slot[tree.ghosts] != NOWHERE]
    np.add.at(counts, tree.place_of_slot[gone], people[gone])
    return _told(tree, counts)


def own_columns(view: View) -> Counts:
    """The same, out of the answer that tells every measure."""
    found = columns(view, own=True)
    return _told(found.tree, found.people[sorted(ON_ROLL)].sum(0))


def _told(tree: Tree, counts: npt.NDArray[np.int64]) -> Counts:
    return {code: count for code, count in zip(tree.codes, counts.tolist(), strict=True) if count}


def counted(states: Sequence[tuple[str | None, int | None]]) -> Counts:
    """Counts of (unit, kind) that a peer gave one by one."""
    found: Counts = {}
    for unit, kind in states:
        if unit is not None and kind in ON_ROLL:
            found[unit] = found.get(unit, 0) + 1
    return found
