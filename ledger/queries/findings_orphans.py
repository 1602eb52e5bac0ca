"""Posts that nobody took back: temporary grants past their day, records of units gone or gone elsewhere (spec 1.6)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import select

from ledger.domain.entries import UnitAbolished, UnitMoved
from ledger.domain.findings.finding import Finding
from ledger.domain.findings.quotas import (
    ORPHAN_ABOLISHED,
    ORPHAN_LEFT,
    TEMPORARY_QUOTA_EXPIRED,
    AbolishedCase,
    GrantCase,
    LeftBehindCase,
)
from ledger.domain.spans import Span, Spans, covers, joined
from ledger.domain.terms import ON_ROLL_KINDS, Establishment
from ledger.domain.time import FOREVER, Day
from ledger.projections import tables as t
from ledger.queries.cited import Sought, find, standing_at
from ledger.queries.quotas import Number
from ledger.queries.unit_scan import UnitScan


def left_over_findings(scan: UnitScan, wanted: frozenset[str]) -> Iterator[Finding]:
    """What temporary_quota_expired and orphan_quota say on D."""
    if TEMPORARY_QUOTA_EXPIRED.code in wanted:
        yield from _expired(scan)
    if ORPHAN_LEFT.code in wanted:
        yield from _of_abolished(scan)
        yield from _left_behind(scan)


# ---- temporary grants


def _expired(scan: UnitScan) -> Iterator[Finding]:
    """Every grant in a record of D after its last day."""
    c, day = t.quota_period.c, scan.view.day
    query = select(c.unit, c.scale, c.d_from, c.d_to, c.posts, c.grants).where(
        c.grants != "[]", scan.view.known(t.quota_period)
    )
    held: dict[tuple[str, str, int], Spans] = {}
    now: dict[tuple[str, str, int], tuple[int, Day, int]] = {}
    for number, scale, begin, end, posts, grants in scan.view.conn.execute(query):
        unit = scan.view.code(number)
        for key, amount, until in json.loads(grants):
            held.setdefault((unit, scale, key), []).append((begin, end))
            if begin <= day < end and until < day:
                now[unit, scale, key] = (amount, until, posts)
    ids = scan.ids(key for _, _, key in now)
    standing = standing_at(scan.entries, scan.view.perspective.known_at, {key for _, _, key in now})
    for (unit, scale, key), (amount, until, posts) in sorted(now.items()):
        spans = joined(held[unit, scale, key])
        entry = standing[key].position
        case = GrantCase(unit, scale, ids[key], until, amount, spans, posts, scan.on_roll(unit, scale), (entry,))
        yield from scan.row(TEMPORARY_QUOTA_EXPIRED, case, unit)


# ---- units that are gone


def _of_abolished(scan: UnitScan) -> Iterator[Finding]:
    left = [
        (kind, one)
        for kind in Establishment
        for one in scan.all_records(kind)
        if one.posts > 0 and not scan.exists(one.unit)
    ]
    ends = {one.unit: scan.numbers.exists(one.unit)[-1][1] for _, one in left}
    sought = {unit: Sought(f"unit:{unit}", end, (_abolishes,)) for unit, end in ends.items()}
    found = find(scan.entries, scan.view.perspective.known_at, sought.values())
    for kind, one in left:
        ended = found[sought[one.unit]].position
        own, exists = scan.numbers.own_quota(one.unit, kind), scan.numbers.exists(one.unit)
        case = AbolishedCase(one.unit, kind.value, own, exists, (one.cause, ended))
        above = scan.view.structure.parent(one.unit, ends[one.unit] - 1)
        yield from scan.row(ORPHAN_ABOLISHED, case, one.unit, above)


def _abolishes(entry: object) -> bool:
    return isinstance(entry, UnitAbolished)


# ---- units that went elsewhere


class _Move(NamedTuple):
    """A unit that went to another parent. `away`: the days until it is below the old one again; `cause`: as stored."""

    unit: str
    parent: str
    day: Day
    away: Span
    cause: int


def _left_behind(scan: UnitScan) -> Iterator[Finding]:
    """The moves after which the old parent, on D, has no fewer posts of a kind than before."""
    day = scan.view.day
    grace = scan.court.policies.on(day)["orphan_days"]
    moves = [one for one in _moves(scan) if one.away[0] + grace <= day < one.away[1] and scan.exists(one.parent)]
    kept: list[tuple[_Move, Establishment, Number, int]] = []
    for move in moves:
        for kind in ON_ROLL_KINDS:
            now = scan.numbers.own_record(move.parent, kind, day)
            before = scan.numbers.own_quota(move.parent, kind).at(move.day - 1)
            if now is not None and before is not None and now.posts >= before:
                kept.append((move, kind, now, before))
    scan.numbers.prepare(move.unit for move, *_ in kept)
    sought = {move: Sought(f"unit:{move.unit}", move.day, (_moves_it,), move.cause) for move, *_ in kept}
    found = find(scan.entries, scan.view.perspective.known_at, sought.values())
    numbers = scan.numbers
    for move, own_kind, now, before in kept:
        case = LeftBehindCase(
            move.parent, own_kind.value, move.unit, move.day, move.away,
            numbers.own_quota(move.parent, own_kind), before,
            numbers.quota(move.unit, own_kind).at(move.day - 1),
            numbers.on_roll(move.unit, own_kind).at(move.day - 1) or 0,
            numbers.exists(move.parent), scan.on_roll(move.parent, own_kind), (found[sought[move]].position, now.cause),
        )  # fmt: skip
        yield from scan.row(ORPHAN_LEFT, case, move.parent, move.unit)


def _moves(scan: UnitScan) -> Iterator[_Move]:
    """Every move out of a parent's subtree up to D; a merger of parents moves nobody (spec 1.6)."""
    structure, lives = scan.view.structure, scan.numbers.lives
    for unit in structure.units():
        versions = lives.of(unit)
        for (_, _, before), (begin, _, after) in pairwise(versions):
            if begin > scan.view.day or after.into is not None or before.parent in (None, after.parent):
                continue
            old, new = structure.canonical(before.parent, begin - 1), structure.canonical(after.parent or "", begin)
            if old is None or old == new:
                continue
            below = scan.numbers.members(old).get(scan.view.shape.numbers[unit], [])
            if not covers(below, begin):
                back = min((first for first, _ in below if first > begin), default=FOREVER)
                yield _Move(unit, old, begin, (begin, back), after.cause)


def _moves_it(entry: object) -> bool:
    return isinstance(entry, UnitMoved)
