"""One consistent look at the ledger: a connection, a perspective, and the units as known there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Table, and_, select

from ledger.domain.faults import UnknownPerson, UnknownUnit
from ledger.domain.policy import NATIONAL, Parameters
from ledger.domain.reading import nearest
from ledger.domain.text import composed
from ledger.domain.time import Day, Perspective
from ledger.domain.units import Structure
from ledger.projections import tables as t
from ledger.projections.units import whole_structure

if TYPE_CHECKING:
    from ledger.projections.checkpoints import Balances, Cells


@dataclass(slots=True)
class Shape:
    """Units at every knowledge position, with their numbers; kept while no entry about a unit is added.

    `slots`: unit number -> its place among all numbers. What questions make of these and of the units' own numbers
    of posts, which only such entries change, is kept here too: `trees` by the cell of (D, K), the rest by name.
    """

    structure_position: int
    structure: Structure
    numbers: dict[str, int]
    codes: dict[int, str]
    slots: dict[int, int]
    code_of_slot: Sequence[str]
    slot_of_code: dict[str, int]
    trees: dict[tuple[int, int], Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    def keep(self, name: str, make: Callable[[], Any]) -> Any:
        """What was made under a name, made now if it never was."""
        found = self.kept.get(name)
        if found is None:
            found = self.kept[name] = make()
        return found


def load_shape(conn: Connection, structure_position: int) -> Shape:
    """Read all units once."""
    numbers = {code: number for number, code in conn.execute(select(t.unit.c.id, t.unit.c.code).order_by(t.unit.c.id))}
    codes = {number: code for code, number in numbers.items()}
    slots = {number: slot for slot, number in enumerate(sorted(codes))}
    named = [codes[number] for number in slots]
    by_code = {code: slot for slot, code in enumerate(named)}
    return Shape(structure_position, whole_structure(conn), numbers, codes, slots, named, by_code)


@dataclass(frozen=True, slots=True)
class View:
    """What a question is answered from."""

    conn: Connection
    perspective: Perspective
    shape: Shape
    structure: Structure
    newest: int

    @classmethod
    def of(cls, conn: Connection, perspective: Perspective, shape: Shape, newest: int) -> View:
        """A view at a perspective; `newest` is the position of the newest entry."""
        return cls(conn, perspective, shape, shape.structure.at(perspective.known_at), newest)

    @property
    def as_now_known(self) -> bool:
        """Whether nothing is recorded after K, so that only open rows can be in force."""
        return self.perspective.known_at >= self.newest

    @property
    def day(self) -> Day:
        """The date asked about as a day number."""
        return self.perspective.day

    def counts(self) -> Cells:
        """The units' own counts at (D, K), a row for each measure, a column for each slot (see `checkpoints`)."""
        from ledger.projections.checkpoints import Balances  # arrays, which a question about one unit needs not

        balances: Balances = self.shape.keep("balances", lambda: Balances(self.shape.slots))
        return balances.at(self.conn, self.day, self.perspective.known_at)

    def at(self, perspective: Perspective) -> View:
        """The same snapshot at another perspective."""
        return View.of(self.conn, perspective, self.shape, self.newest)

    def valid(self, table: Table) -> ColumnElement[bool]:
        """Rows in force at (D, K)."""
        day, known = self.day, self.perspective.known_at
        return and_(table.c.d_from <= day, table.c.d_to > day, table.c.k_from <= known, table.c.k_to > known)

    def known(self, table: Table) -> ColumnElement[bool]:
        """Rows known at K, whatever their days."""
        known = self.perspective.known_at
        return and_(table.c.k_from <= known, table.c.k_to > known)

    def unit(self, code: str) -> str:
        """The code itself when it is a unit known at K; else UnknownUnit with the nearest one."""
        code = composed(code)
        if self.structure.known(code):
            return code
        known = [other for other in self.structure.units() if self.structure.known(other)]
        raise UnknownUnit(name=code, nearest=nearest(code, known) if known else "")

    def numbers(self, codes: Iterable[str]) -> list[int]:
        """The numbers of unit codes."""
        numbers = self.shape.numbers
        return [numbers[code] for code in codes if code in numbers]

    def code(self, number: int) -> str:
        """The code of a unit number."""
        return self.shape.codes[number]

    def canonical(self, number: int, day: Day | None = None) -> str:
        """The unit that exists on the day for a number; the code itself where nothing is left."""
        code = self.shape.codes[number]
        return self.structure.canonical(code, self.day if day is None else day) or code

    def policy(self) -> Parameters:
        """The rules in force at (D, K)."""
        query = select(t.policy_period.c.parameters).where(self.valid(t.policy_period))
        found = self.conn.execute(query).scalar()
        return NATIONAL if found is None else json.loads(found)

    def person_number(self, code: str) -> int:
        """The number of a person known at K; else UnknownPerson."""
        query = select(t.person.c.id).where(t.person.c.code == code, t.person.c.id <= self.perspective.known_at)
        found = self.conn.execute(query).scalar()
        if found is None:
            raise UnknownPerson(name=code, nearest="")
        return int(found)
