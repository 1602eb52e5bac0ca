"""One person's whole timeline, on both axes (spec 2.3 person)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from ledger.domain.time import FOREVER, Day, Perspective, day_or_none
from ledger.projections import tables as t
from ledger.queries.log import LogLine
from ledger.queries.precision import imprecise_of
from ledger.queries.view import View


@dataclass(frozen=True, slots=True)
class Period:
    """A maximal run of equal days; `to` is the first day after it, None when open. Units are those of each day."""

    start: date
    to: date | None
    unit: str
    establishment: str
    host: str | None
    leave: str | None

    def to_json(self) -> dict[str, Any]:
        """The keys of spec 2.3."""
        return {
            "from": self.start.isoformat(),
            "to": None if self.to is None else self.to.isoformat(),
            "unit": self.unit,
            "establishment": self.establishment,
            "host": self.host,
            "leave": self.leave,
        }


@dataclass(frozen=True, slots=True)
class PersonAnswer:
    """A person on D as known at K, and everything known of them at K."""

    perspective: Perspective
    person: str
    name: str
    charged_to: str | None
    establishment: str | None
    host: str | None
    until: date | None
    leave: str | None
    positions: tuple[str, ...]
    entries: tuple[LogLine, ...]
    periods: tuple[Period, ...]
    imprecise: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The keys of spec 2.3."""
        return {
            "as_of": self.perspective.as_of.isoformat(),
            "known_at": self.perspective.known_at,
            "person": self.person,
            "name": self.name,
            "charged_to": self.charged_to,
            "establishment": self.establishment,
            "host": self.host,
            "until": None if self.until is None else self.until.isoformat(),
            "leave": self.leave,
            "positions": list(self.positions),
            "entries": [line.to_json() for line in self.entries],
            "periods": [period.to_json() for period in self.periods],
            "imprecise": list(self.imprecise),
        }


def person(view: View, code: str, entries: Sequence[LogLine]) -> PersonAnswer:
    """The answer; `entries`: the person's log up to K. Raises UnknownPerson."""
    number = view.person_number(code)
    p = t.person_period.c
    query = select(t.person_period).where(p.person == number, view.known(t.person_period)).order_by(p.d_from)
    rows = view.conn.execute(query).all()
    now = next((row for row in rows if row.d_from <= view.day < row.d_to), None)
    c = t.post_period.c
    held = select(c.title).where(c.person == number, view.valid(t.post_period)).order_by(c.title)
    return PersonAnswer(
        view.perspective,
        code,
        _name(view, number),
        None if now is None else view.canonical(now.unit),
        None if now is None else t.KINDS[now.kind],
        None if now is None or now.host is None else view.canonical(now.host),
        None if now is None else day_or_none(now.until),
        None if now is None or now.leave is None else t.LEAVES[now.leave],
        tuple(view.conn.execute(held).scalars()),
        tuple(entries),
        tuple(_merged(_split(view, rows))),
        imprecise_of(view, number),
    )


def _name(view: View, number: int) -> str:
    """The name on D; before the first hire the first one known."""
    n = t.person_description.c
    query = select(n.d_from, n.name).where(n.person == number, view.known(t.person_description)).order_by(n.d_from)
    rows = view.conn.execute(query).all()
    before = [row.name for row in rows if row.d_from <= view.day]
    return before[-1] if before else (rows[0].name if rows else "")


def _split(view: View, rows: Sequence[Any]) -> Iterator[tuple[Day, Day, tuple[str, str, str | None, str | None]]]:
    """The periods cut where a merger gives the unit or the host another code."""
    for row in rows:
        begin = row.d_from
        while begin < row.d_to:
            end = min(row.d_to, _next_merger(view, row.unit, begin))
            if row.host is not None:
                end = min(end, _next_merger(view, row.host, begin))
            host = None if row.host is None else view.canonical(row.host, begin)
            leave = None if row.leave is None else t.LEAVES[row.leave]
            yield begin, end, (view.canonical(row.unit, begin), t.KINDS[row.kind], host, leave)
            begin = end


def _next_merger(view: View, number: int, day: Day) -> Day:
    """The next day after `day` on which the unit behind a number goes into another."""
    unit = view.structure.canonical(view.code(number), day)
    if unit is None:
        return FOREVER
    return next((row.d_from for row in view.structure.versions(unit) if row.into and row.d_from > day), FOREVER)


def _merged(spans: Iterator[tuple[Day, Day, tuple[str, str, str | None, str | None]]]) -> Iterator[Period]:
    waiting: tuple[Day, Day, tuple[str, str, str | None, str | None]] | None = None
    for span in spans:
        if waiting is not None and waiting[1] == span[0] and waiting[2] == span[2]:
            waiting = (waiting[0], span[1], span[2])
            continue
        if waiting is not None:
            yield _period(*waiting)
        waiting = span
    if waiting is not None:
        yield _period(*waiting)


def _period(begin: Day, end: Day, value: tuple[str, str, str | None, str | None]) -> Period:
    return Period(date.fromordinal(begin), day_or_none(end), *value)
