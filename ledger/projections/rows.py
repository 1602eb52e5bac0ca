"""What a timeline is in table rows: one pure function for the write transaction and the rebuild (spec 3.2.5)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Table

from ledger.domain.periods import (
    ChargePeriod,
    DescriptionPeriod,
    PostPeriod,
    SecondmentPeriod,
    charge_periods,
    description_periods,
    post_periods,
    secondment_periods,
)
from ledger.domain.person import Timeline
from ledger.domain.policy import PolicyStep
from ledger.domain.quotas import QuotaPeriod
from ledger.domain.time import FOREVER, Day
from ledger.domain.units import UnitVersion
from ledger.projections import tables as t

Row = tuple[object, ...]
"""A row without its knowledge period, in the order of the table's columns."""
UnitNumber = Callable[[str], int]
"""Unit code -> the number it is stored under."""

_KIND = {kind: number for number, kind in enumerate(t.KINDS)}
_LEAVE = {kind: number for number, kind in enumerate(t.LEAVES)}
_KINDS = len(t.KINDS)


def periods_of(table: Table, timeline: Timeline) -> tuple[NamedTuple, ...]:
    """What one table tells of a life, before it is put in rows."""
    return _PERIODS[table](timeline)


def person_row(table: Table, number: int, unit: UnitNumber, period: NamedTuple) -> Row:
    """One period as a row of its table."""
    return _ROWS[table](number, period, unit)


def _charge_row(number: int, one: ChargePeriod, unit: UnitNumber) -> Row:
    return (
        number, one.d_from, one.d_to, unit(one.unit), _KIND[one.establishment], one.charged_since,
        None if one.host is None else unit(one.host), one.secondment, one.seconded_since, one.until,
        one.extensions, None if one.leave is None else _LEAVE[one.leave], one.leave_since, one.cause,
    )  # fmt: skip


def _secondment_row(number: int, one: SecondmentPeriod, unit: UnitNumber) -> Row:
    return (number, one.key, one.d_from, one.d_to, unit(one.host), one.entry, one.until, one.outcome, one.ended_by)


def _post_row(number: int, one: PostPeriod, unit: UnitNumber) -> Row:
    return (number, one.title, one.d_from, one.d_to, one.rank, one.counts, unit(one.unit), one.cause)


def _description_row(number: int, one: DescriptionPeriod, unit: UnitNumber) -> Row:
    return (number, one.d_from, one.d_to, *one.description)


_PERIODS: dict[Table, Callable[[Timeline], tuple[Any, ...]]] = {
    t.person_period: charge_periods,
    t.secondment: secondment_periods,
    t.post_period: post_periods,
    t.person_description: description_periods,
}
_ROWS: dict[Table, Callable[[int, Any, UnitNumber], Row]] = {
    t.person_period: _charge_row,
    t.secondment: _secondment_row,
    t.post_period: _post_row,
    t.person_description: _description_row,
}
PERSON_TABLES = tuple(_PERIODS)
"""The tables that tell people's lives."""


Measure = int | str
"""What is counted: a charged or on-leave count by its number, leader positions by their rank."""


def count_changes(periods: Iterable[ChargePeriod | PostPeriod]) -> dict[tuple[str, Measure, Day], int]:
    """(unit, measure, day) -> by how much these periods of one life change the unit's own counts that day."""
    changes: dict[tuple[str, Measure, Day], int] = {}
    for one in periods:
        for measure in _measures(one):
            begin = (one.unit, measure, one.d_from)
            changes[begin] = changes.get(begin, 0) + 1
            if one.d_to < FOREVER:
                end = (one.unit, measure, one.d_to)
                changes[end] = changes.get(end, 0) - 1
    return changes


def _measures(one: ChargePeriod | PostPeriod) -> tuple[Measure, ...]:
    if isinstance(one, PostPeriod):
        return (one.rank,) if one.counts and one.rank is not None else ()
    charged = _KIND[one.establishment]
    return (charged, _KINDS + charged) if one.leave is not None and one.host is None else (charged,)


def counted(timeline: Timeline) -> frozenset[ChargePeriod | PostPeriod]:
    """The periods of a life that count somewhere."""
    return frozenset([*charge_periods(timeline), *post_periods(timeline)])


def unit_rows(number: int, versions: Sequence[UnitVersion]) -> list[Row]:
    """The rows of `unit_period` for one unit."""
    return [
        (
            number, row.d_from, row.d_to, row.name, row.kind, row.level, row.parent, row.stationed_at,
            json.dumps(row.plates, ensure_ascii=False), row.into, row.cause,
        )
        for row in versions
    ]  # fmt: skip


def quota_rows(number: int, periods: Sequence[QuotaPeriod]) -> list[Row]:
    """The rows of `quota_period` for one unit."""
    return [
        (
            number,
            one.scale,
            one.d_from,
            one.d_to,
            one.posts,
            json.dumps([list(grant) for grant in one.grants]),
            one.cause,
        )
        for one in periods
    ]


def policy_rows(steps: Sequence[PolicyStep]) -> Iterator[Row]:
    """The rows of `policy_period`."""
    for index, step in enumerate(steps):
        d_to = steps[index + 1].day if index + 1 < len(steps) else FOREVER
        yield (step.day, d_to, json.dumps(dict(step.parameters), ensure_ascii=False, sort_keys=True), step.cause)
