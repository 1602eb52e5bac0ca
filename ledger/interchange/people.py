"""Whom a row is about, where a table tells people by their names, as an office's own registers do."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from ledger.domain.time import FOREVER
from ledger.interchange.cells import Cells
from ledger.projections import tables as t


@dataclass(slots=True)
class People:
    """Everybody's names, also those borne before. `called`: name -> numbers; `numbers`: of all who are known."""

    called: dict[str, list[str]] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)

    def add(self, number: str, name: str) -> None:
        """Somebody who is in the ledger, or comes into it by an earlier row."""
        self.numbers.add(number)
        found = self.called.setdefault(name, [])
        if number not in found:
            found.append(number)

    def number_of(self, cells: Cells) -> str | None:
        """The number of the person a row is about: the one it gives, else the one its name leads to.

        A name that nobody or more than one bears refuses the row; a number under which somebody of another name
        stands is told.
        """
        number: str | None = cells.take("person")
        name: str | None = cells.take("name")
        found = self.called.get(name or "", ())
        if number is not None:
            if name is not None and number in self.numbers and number not in found:
                cells.say("name_differs", "name", value=name, person=number)
            return number
        if name is None:
            return None
        if len(found) == 1:
            cells.say("person_found", "name", value=name, person=found[0])
            return found[0]
        if found:
            cells.say("person_not_unique", "person", value=name, expected=", ".join(sorted(found)))
        else:
            cells.say("person_not_found", "person", value=name)
        return None


def read_people(conn: Connection) -> People:
    """All people of the ledger as it is known now."""
    n = t.person_description.c
    query = select(t.person.c.code, n.name).join_from(t.person_description, t.person, t.person.c.id == n.person)
    people = People()
    for number, name in conn.execute(query.where(n.k_to == FOREVER)):
        people.add(number, name)
    return people
