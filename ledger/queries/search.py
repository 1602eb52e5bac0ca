"""Finding a person or a unit from a few characters: a number, a name, pinyin initials, or the whole pinyin."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select

from ledger.domain.faults import PersonNotUnique, UnknownPerson
from ledger.domain.text import composed
from ledger.projections import tables as t
from ledger.projections.search import initials
from ledger.projections.statements import among
from ledger.queries.spelling import begins_so, first_letters, spelled
from ledger.queries.view import View

LIMIT = 50
"""Nobody reads more hits; a list that is cut says so."""
_AT_ONCE = 5000
"""Values in one statement; databases have a limit."""


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person known at K. `unit`, `host`, `leave`: on D; `unit` None for those not charged anywhere then."""

    person: str
    name: str
    unit: str | None
    unit_name: str | None
    host: str | None
    leave: str | None


@dataclass(frozen=True, slots=True)
class FoundUnit:
    """A unit that exists on D as known at K."""

    unit: str
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """The hits, best first. `more`: there are others."""

    people: tuple[FoundPerson, ...]
    units: tuple[FoundUnit, ...]
    more: bool = False


def find_people(view: View, text: str, limit: int = LIMIT) -> list[FoundPerson]:
    """Numbers by their beginning, then their end; names by their beginning, then anywhere; initials, then whole pinyin.

    Every name a person ever had is searched. Those charged somewhere on D come first.
    """
    wanted = text.strip().lower()
    if not wanted:
        return []
    numbers = list(dict.fromkeys(_hits(view, wanted, limit)))[:limit]
    return _described(view, numbers)


def _hits(view: View, wanted: str, limit: int) -> Iterator[int]:
    """Numbers of people, by one way of looking after the other, until there are enough."""
    found, s = 0, t.person_search.c
    known = (
        select(s.person, s.name)
        .join(t.person, t.person.c.id == s.person)
        .where(s.person <= view.perspective.known_at)
        .order_by(t.person.c.code)
    )
    for test in _ways(wanted):
        for number in view.conn.execute(known.where(test).limit(limit + 1)).scalars():
            found += 1
            yield number
        if found > limit:
            return
    letters = spelled(wanted)
    beginnings = first_letters(letters)
    if beginnings:
        for number, name in view.conn.execute(known.where(or_(*map(_initials_begin, beginnings)))):
            if begins_so(name, letters):
                yield number


def _ways(wanted: str) -> Iterator[ColumnElement[bool]]:
    name = t.person_search.c.name
    code = func.lower(t.person.c.code)
    if wanted.isascii():
        yield code.startswith(wanted, autoescape=True)
        if wanted.isdigit():
            yield code.endswith(wanted, autoescape=True)
        else:
            yield _initials_begin(wanted)
            yield func.lower(name).startswith(wanted, autoescape=True)
        return
    yield name == literal(wanted)
    yield name.startswith(wanted, autoescape=True)
    yield name.contains(wanted, autoescape=True)


def _initials_begin(letters: str) -> ColumnElement[bool]:
    """With the surname read in any way."""
    initials = t.person_search.c.initials
    return or_(initials.startswith(letters, autoescape=True), initials.contains(f" {letters}", autoescape=True))


def _described(view: View, numbers: list[int]) -> list[FoundPerson]:
    p, n = t.person_period, t.person_description
    names = select(t.person.c.id, t.person.c.code, n.c.name, n.c.d_from).join(t.person, t.person.c.id == n.c.person)
    rows = view.conn.execute(names.where(among(t.person.c.id, numbers), view.known(n)).order_by(n.c.d_from))
    named: dict[int, tuple[str, str]] = {}
    for number, code, name, d_from in rows:
        if number not in named or d_from <= view.day:
            named[number] = (code, name)
    charged = select(p.c.person, p.c.unit, p.c.host, p.c.leave).where(among(p.c.person, numbers), view.valid(p))
    now: dict[int, Any] = {row.person: row for row in view.conn.execute(charged)}
    found = [_person(view, *named[number], now.get(number)) for number in numbers if number in named]
    return sorted(found, key=lambda one: one.unit is None)


def people_names(view: View, codes: Collection[str]) -> dict[str, str]:
    """Number -> the name borne on the day, or the first one known; nobody for numbers that are not known."""
    wanted, numbers = list(codes), select(t.person.c.id)
    found: list[int] = []
    for first in range(0, len(wanted), _AT_ONCE):
        found += view.conn.execute(numbers.where(t.person.c.code.in_(wanted[first : first + _AT_ONCE]))).scalars()
    return {one.person: one.name for one in _described(view, found)}


def code_of(view: View, said: str) -> str:
    """The number of a person of whom a question gives the number, or a name that only this person ever bore.

    Raises UnknownPerson, PersonNotUnique with everybody's number and unit.
    """
    said = composed(said)
    known = select(t.person.c.id).where(t.person.c.code == said, t.person.c.id <= view.perspective.known_at)
    if view.conn.execute(known).scalar() is not None:
        return said
    n = t.person_description
    bearers = select(n.c.person).where(n.c.name == said, view.known(n)).distinct()
    found = _described(view, list(view.conn.execute(bearers).scalars()))
    if not found:
        raise UnknownPerson(name=said, nearest="")
    if len(found) > 1:
        told = (f"{one.person} {one.unit_name or '-'}" for one in sorted(found, key=lambda one: one.person))
        raise PersonNotUnique(name=said, people="; ".join(told))
    return found[0].person


def _person(view: View, code: str, name: str, row: Any) -> FoundPerson:
    if row is None:
        return FoundPerson(code, name, None, None, None, None)
    unit = view.canonical(row.unit)
    host = None if row.host is None else view.canonical(row.host)
    leave = None if row.leave is None else t.LEAVES[row.leave]
    return FoundPerson(code, name, unit, unit_name(view, unit), host, leave)


def unit_name(view: View, unit: str) -> str:
    """The unit's name on D; its code where it does not exist then."""
    version = view.structure.version(unit, view.day)
    return unit if version is None else version.name


def find_units(view: View, text: str, limit: int = LIMIT) -> list[FoundUnit]:
    """Units by code, name, initials or pinyin, those whose name begins so first."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    ranked: list[tuple[int, str, FoundUnit]] = []
    for code in view.structure.units():
        version = view.structure.version(code, view.day)
        if version is None or version.into is not None:
            continue
        rank = _rank(wanted, code.lower(), version.name.lower())
        if rank is not None:
            ranked.append((rank, code, FoundUnit(code, version.name, view.structure.parent(code, view.day))))
    return [unit for _rank_, _code, unit in sorted(ranked, key=lambda one: one[:2])[:limit]]


def _rank(wanted: str, code: str, name: str) -> int | None:
    if wanted in (code, name):
        return 0
    if name.startswith(wanted) or code.startswith(wanted):
        return 1
    if wanted in name:
        return 2
    if wanted.isascii() and not wanted.isdigit() and not name.isascii():
        words = initials(name).split()
        if any(word.startswith(wanted) for word in words):
            return 1
        if any(wanted in word for word in words):
            return 3
        letters = spelled(wanted)
        if first_letters(letters):
            spelt = (place for place in range(len(name)) if begins_so(name[place:], letters))
            return next((3 if place else 2 for place in spelt), None)
    return None


def find(view: View, text: str, limit: int = LIMIT) -> Found:
    """People and units together."""
    people, units = find_people(view, text, limit + 1), find_units(view, text, limit + 1)
    return Found(tuple(people[:limit]), tuple(units[:limit]), len(people) > limit or len(units) > limit)
