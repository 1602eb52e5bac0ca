"""What several registers look up: names of units, descriptions and ranks of people, documents of entries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from ledger.domain.entries import Authority, Corrected, DatedEntry, Entry
from ledger.domain.events import Recorded
from ledger.domain.time import day_or_none
from ledger.projections import tables as t
from ledger.queries.view import View

_PIECE = 5_000


@dataclass(frozen=True, slots=True)
class About:
    """A person as registers describe one."""

    code: str
    name: str
    gender: str | None
    born_on: date | None
    rank: str | None


def about(view: View, people: Collection[str]) -> dict[str, About]:
    """Descriptions of people on D by number; of those who have left, the last one known."""
    p, n, h = t.person.c, t.person_description.c, t.post_period.c
    found: dict[str, About] = {}
    wanted = sorted(people)
    for start in range(0, len(wanted), _PIECE):
        piece = wanted[start : start + _PIECE]
        held = select(p.code, h.rank).join_from(t.post_period, t.person, p.id == h.person)
        rows = view.conn.execute(held.where(view.valid(t.post_period), p.code.in_(piece)).order_by(h.title))
        ranks: dict[str, str | None] = {}
        for code, rank in rows:
            ranks[code] = ranks.get(code) or rank
        told = select(p.code, n.name, n.gender, n.born_on).join_from(t.person_description, t.person, p.id == n.person)
        known = told.where(view.known(t.person_description), n.d_from <= view.day, p.code.in_(piece))
        for code, name, gender, born in view.conn.execute(known.order_by(n.d_from)):
            found[code] = About(code, name, gender, day_or_none(born), ranks.get(code))
    return found


def unit_name(view: View, code: str | None) -> str | None:
    """What a unit is called on D; its last name where it has ended."""
    if code is None:
        return None
    version = view.structure.version(code, view.day)
    if version is None:
        versions = view.structure.versions(code)
        return versions[-1].name if versions else code
    return version.name


def stated(one: Recorded) -> Entry:
    """What an entry states: of a correction the replacement."""
    entry = one.event.entry
    return entry.replacement if isinstance(entry, Corrected) else entry


def effective_on(one: Recorded) -> date | None:
    """The date from which an entry holds."""
    entry = stated(one)
    return entry.effective_on if isinstance(entry, DatedEntry) else None


def document_of(one: Recorded | None) -> Authority:
    """The document an entry rests on; an empty one where it names none."""
    if one is None:
        return Authority()
    return one.event.entry.authority or stated(one).authority or Authority()


def iso(day: date | None) -> str | None:
    """A date as registers write it."""
    return None if day is None else day.isoformat()


def counted(pairs: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
    """How many there are of each pair."""
    found: dict[tuple[str, str], int] = {}
    for pair in pairs:
        found[pair] = found.get(pair, 0) + 1
    return found
