"""Who is away on D, since when, under which document, and in which chain (spec 1.5, 2.3 secondments)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Integer, Select, and_, bindparam, or_, select, text

from ledger.domain.entries import Authority, SecondmentStarted
from ledger.domain.secondments import Chain, Stay, belongs_to, chain_of, chains
from ledger.domain.time import Perspective, day_or_none
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.precision import imprecise_in
from ledger.queries.scope import Scope
from ledger.queries.view import View

Role = Literal["home", "host"]
StartedBy = Callable[[Iterable[int]], Mapping[int, SecondmentStarted]]
"""Positions of entries -> what they say of a secondment's start."""


@dataclass(frozen=True, slots=True)
class SecondmentLine:
    """One running secondment. `until` and `extensions` as of D; `days_overdue` 0 when not overdue or open."""

    person: str
    name: str
    home: str
    host: str
    kind: str
    started_on: date
    until: date | None
    days_overdue: int
    chain_started_on: date | None
    chain_days: int | None
    extensions: int
    authority: Authority | None
    entry: int

    def to_json(self) -> dict[str, Any]:
        """The keys of spec 2.3."""
        return {
            "person": self.person,
            "name": self.name,
            "home": self.home,
            "host": self.host,
            "kind": self.kind,
            "started_on": self.started_on.isoformat(),
            "until": None if self.until is None else self.until.isoformat(),
            "days_overdue": self.days_overdue,
            "chain_started_on": None if self.chain_started_on is None else self.chain_started_on.isoformat(),
            "chain_days": self.chain_days,
            "extensions": self.extensions,
            "authority": None if self.authority is None else self.authority.model_dump(mode="json", exclude_none=True),
            "position": self.entry,
        }


@dataclass(frozen=True, slots=True)
class SecondmentsAnswer:
    """Running secondments at a perspective, by person number."""

    perspective: Perspective
    rows: tuple[SecondmentLine, ...]
    imprecise: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The keys of spec 2.3."""
        return {
            "as_of": self.perspective.as_of.isoformat(),
            "known_at": self.perspective.known_at,
            "rows": [row.to_json() for row in self.rows],
            "imprecise": list(self.imprecise),
        }


_FULL = ("person", "unit", "host", "until", "extensions", "secondment", "seconded_since")


def running(
    view: View,
    unit: str | None = None,
    role: Role | None = None,
    *,
    overdue: bool = False,
    columns: Sequence[str] = _FULL,
) -> list[Any]:
    """Rows of the secondments running on D: numbers and days, nothing that needs an entry. Raises UnknownUnit."""
    p = t.person_period.c
    wanted = []
    if overdue:
        wanted.append(p.until < view.day)
    if unit is not None:
        numbers = Scope.of(view, view.unit(unit)).numbers
        sides = {"home": among(p.unit, numbers), "host": among(p.host, numbers)}
        wanted.append(sides[role] if role is not None else or_(*sides.values()))
    query = select(*(p[name] for name in columns)).where(*wanted)
    return [row for one in by_index(query)[: indexes(view)] for row in view.conn.execute(one, values(view)).all()]


def by_index(query: Select[*tuple[Any, ...]]) -> list[Select[*tuple[Any, ...]]]:
    """The query for the secondments running on D: one for each of the disjoint partial indexes that may hold them.

    Their conditions are written out, so that SQLite finds them.
    """
    p, day, known = t.person_period.c, bindparam("day", type_=Integer), bindparam("known", type_=Integer)
    query = query.where(p.d_from <= day, p.d_to > day, p.k_from <= known, p.k_to > known, p.host.is_not(None))
    return [
        query.where(p.d_from > bindparam("begun"), text(t.OPEN), text(t.SHORT)),
        query.where(text(t.OPEN), text(t.LONG)),
        query.where(p.k_from > bindparam("learnt"), text(t.CLOSED), text(t.BRIEF)),
        query.where(text(t.CLOSED), text(t.LASTING)),
    ]


def indexes(view: View) -> int:
    """How many of the indexes may hold any: what is no longer known was not known now."""
    return 2 if view.as_now_known else 4


def values(view: View) -> dict[str, int]:
    """The values of the queries for secondments."""
    day, known = view.day, view.perspective.known_at
    return {"day": day, "known": known, "begun": day - t.SHORT_DAYS, "learnt": known - t.SHORT_POSITIONS}


def secondments(
    view: View, started_by: StartedBy, unit: str | None = None, role: Role | None = None, *, overdue: bool = False
) -> SecondmentsAnswer:
    """The secondments running on D; `unit` means its subtree, without `role` either side. Raises UnknownUnit."""
    rows = running(view, unit, role, overdue=overdue)
    people = [row.person for row in rows]
    names = _names(view, people)
    spells = _spells(view, people)
    entries = started_by(
        sorted({spell.entry for row in rows for spell in spells[row.person] if spell.key == row.secondment})
    )
    gap = int(view.policy()["gap_days"])
    lines = [_line(view, row, names[row.person], spells[row.person], entries, gap) for row in rows]
    flags = imprecise_in(view, None if unit is None else Scope.of(view, unit).numbers)
    return SecondmentsAnswer(view.perspective, tuple(sorted(lines, key=lambda line: line.person)), flags)


def _line(
    view: View, row: Any, names: tuple[str, str], spells: list[Any], entries: Mapping[int, SecondmentStarted], gap: int
) -> SecondmentLine:
    day = view.day
    code, name = names
    spell = next(spell for spell in spells if spell.key == row.secondment)
    entry = entries[spell.entry]
    chain = chain_of(person_chains(view, spells, gap), row.secondment)
    return SecondmentLine(
        code,
        name,
        view.canonical(row.unit),
        view.canonical(row.host),
        entry.kind.value,
        date.fromordinal(row.seconded_since),
        day_or_none(row.until),
        max(0, day - row.until) if row.until is not None else 0,
        date.fromordinal(chain.started),
        chain.days(day),
        row.extensions,
        entry.authority,
        spell.entry,
    )


def person_chains(view: View, spells: Iterable[Any], gap: int) -> list[Chain]:
    """The same-host chains of one person at (D, K), from rows of `secondment`."""
    stays = [Stay(spell.key, view.code(spell.host), spell.d_from, spell.d_to) for spell in spells]
    return chains(stays, view.day, gap, lambda host: belongs_to(view.structure, host, view.day))


def _spells(view: View, people: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {number: [] for number in people}
    for piece in _pieces(people):
        for row in view.conn.execute(_known_spells(view).where(among(t.secondment.c.person, piece))):
            found[row.person].append(row)
    return found


def _known_spells(view: View) -> Select[Any]:
    return select(t.secondment).where(view.known(t.secondment))


def _names(view: View, people: list[int]) -> dict[int, tuple[str, str]]:
    n = t.person_description
    found: dict[int, tuple[str, str]] = {}
    for piece in _pieces(people):
        query = (
            select(t.person.c.id, t.person.c.code, n.c.name)
            .join_from(t.person, n, and_(n.c.person == t.person.c.id, view.valid(n)))
            .where(among(t.person.c.id, piece))
        )
        found.update({number: (code, name) for number, code, name in view.conn.execute(query)})
    return found


def _pieces(numbers: list[int]) -> Iterable[list[int]]:
    for start in range(0, len(numbers), 5_000):
        yield numbers[start : start + 5_000]
