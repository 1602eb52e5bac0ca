"""Whose record makes up a unit's quota: its own where it has one, else those of its children (spec 1.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select

from ledger.domain.quotas import LEADER
from ledger.domain.spans import Spans, clipped, common, without
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.spans import Axis, Lives, Reach
from ledger.queries.view import View


class Number(NamedTuple):
    """One unit's own number over a run of points. `cause`: position of the entry that made it so."""

    unit: str
    scale: str
    begin: int
    end: int
    posts: int
    cause: int


def is_leaders(scale: str) -> bool:
    """Whether a scale counts leader positions, not posts."""
    return scale.startswith(LEADER)


def records(view: View, axis: Axis, codes: Collection[str] | None, scale: str | None = None) -> list[Number]:
    """The own numbers of these units, or of all, at the points of an axis, on all scales or one."""
    c = t.quota_period.c
    begin, end = (c.d_from, c.d_to) if axis.by_day else (c.k_from, c.k_to)
    query = select(c.unit, c.scale, begin, end, c.posts, c.cause).where(axis.rows(t.quota_period))
    if codes is not None:
        query = query.where(among(c.unit, view.numbers(codes)))
    if scale is not None:
        query = query.where(c.scale == scale)
    return [Number(view.code(row[0]), *row[1:]) for row in view.conn.execute(query.order_by(c.unit, c.scale, begin))]


def counting(reach: Reach, unit: str, known: Iterable[Number]) -> list[Number]:
    """The records that count in the unit's own number, cut to the points at which they do."""
    by_scale: dict[str, dict[str, list[Number]]] = {}
    for number in known:
        by_scale.setdefault(number.scale, {}).setdefault(number.unit, []).append(number)
    exists = clipped(reach.member.get(unit, ()), reach.lives.axis.low, reach.lives.axis.high)
    found: list[Number] = []
    for own in by_scale.values():
        found.extend(descent(reach.lives, unit, exists, own, upward(reach.lives, own)))
    return found


def descent(
    lives: Lives,
    unit: str,
    exists: Spans,
    own: Mapping[str, Sequence[Number]],
    leading: Collection[str],
    *,
    children: bool = False,
) -> Iterable[Number]:
    """From the unit down, each time only at the points at which nobody above had a number.

    `leading`: the units that may have a number below them, see `upward`. `children`: leave out the unit's own number.
    """
    waiting = [(unit, exists)]
    while waiting:
        code, spans = waiting.pop()
        here = common(spans, lives.exists(code))
        taken: Spans = []
        for number in () if children and code == unit else own.get(code, ()):
            pieces = clipped(here, number.begin, number.end)
            taken.extend(pieces)
            for begin, end in pieces:
                yield number._replace(begin=begin, end=end)
        left = without(spans, sorted(taken))
        for below in lives.structure.below(code) if left else ():
            if below in leading:
                for begin, end, row in lives.of(below):
                    if (row.into or row.parent) == code and (piece := clipped(left, begin, end)):
                        waiting.append((below, piece))


def upward(lives: Lives, codes: Iterable[str]) -> set[str]:
    """The codes and every code that they were ever below."""
    found: set[str] = set()
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting.extend(above for _, _, row in lives.of(code) if (above := row.into or row.parent) is not None)
    return found
