"""What a timeline is in table rows: one pure function for the write transaction and the rebuild (spec 3.2.5)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Table

from ledger.domain.periods import (
    ChargePeriod,
    DescriptionPeriod,
    PostPeriod,
    SecondmentPeriod,
)
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


def _charge_row(number: int, one: ChargePeriod, unit: UnitNumber, k_from: int, k_to: int) -> Row:
    return (
        number, one[0], one[1], k_from, k_to, unit(one.unit), _KIND[one.establishment], one.charged_since,
        None if one.host is None else unit(one.host), one.secondment, one.seconded_since, one.until,
        one.extensions, None if one.leave is None else _LEAVE[one.leave], one.leave_since, one.cause,
    )  # fmt: skip


def _secondment_row(number: int, one: SecondmentPeriod, unit: UnitNumber, k_from: int, k_to: int) -> Row:
    return (
        number, one.key, one.d_from, one.d_to, k_from, k_to,
        unit(one.host), one.entry, one.until, one.outcome, one.ended_by,
    )  # fmt: skip


def _post_row(number: int, one: PostPeriod, unit: UnitNumber, k_from: int, k_to: int) -> Row:
    return (number, one.title, one.d_from, one.d_to, k_from, k_to, one.rank, one.counts, unit(one.unit), one.cause)


def _description_row(number: int, one: DescriptionPeriod, unit: UnitNumber, k_from: int, k_to: int) -> Row:
    told = one.description
    return (
        number, one.d_from, one.d_to, k_from, k_to, told.name, _text(told.gender), told.born_on,
        _text(told.born_precision), told.retirement_age, _text(told.identity),
    )  # fmt: skip


def _text(code: str | None) -> str | None:
    """The text of a code, which also goes where only plain values can (`beside`)."""
    return None if code is None else str(code)


PERSON_TABLES = (t.person_period, t.post_period, t.person_description, t.secondment)
"""The tables that tell people's lives, in the order of `periods.Told`."""
PERSON_ROWS: dict[Table, Callable[[int, Any, UnitNumber, int, int], Row]] = {
    t.person_period: _charge_row,
    t.secondment: _secondment_row,
    t.post_period: _post_row,
    t.person_description: _description_row,
}
"""(person, period, numbers of units, known from, known to) -> the row."""


def person_row(table: Table, number: int, unit: UnitNumber, period: Any) -> Row:
    """One period as a row without its knowledge period."""
    known = table.columns.keys().index("k_from")
    row = PERSON_ROWS[table](number, period, unit, 0, 0)
    return (*row[:known], *row[known + 2 :])


KEYS: dict[Table, Callable[[Any], object]] = {
    t.person_period: attrgetter("d_from"),
    t.secondment: attrgetter("key"),
    t.post_period: attrgetter("title", "d_from"),
    t.person_description: attrgetter("d_from"),
}
"""Period -> what names one open row among those of one person; see `tables.BITEMPORAL`."""
ORDER: dict[Table, Callable[[Row], Any]] = {
    table: itemgetter(*(table.columns.keys().index(column.name) for column in table.primary_key.columns))
    for table in PERSON_TABLES
}
"""Row -> its primary key."""
COUNTING = (t.person_period, t.post_period)
"""Those whose periods count somewhere."""


Measure = int | str
"""What is counted: a charged or on-leave count by its number, leader positions by their rank."""


Counts = dict[tuple[str, Measure, Day], int]
"""(unit, measure, day) -> by how much the unit's own count changes that day."""


def count_changes(counts: Counts, periods: Iterable[ChargePeriod | PostPeriod], sign: int) -> None:
    """Add what these periods of one life count for (`sign` 1), or take it away (-1)."""
    for one in periods:
        for measure in _measures(one):
            begin = (one.unit, measure, one.d_from)
            counts[begin] = counts.get(begin, 0) + sign
            if one.d_to < FOREVER:
                end = (one.unit, measure, one.d_to)
                counts[end] = counts.get(end, 0) - sign


def _measures(one: ChargePeriod | PostPeriod) -> tuple[Measure, ...]:
    if isinstance(one, PostPeriod):
        return (one.rank,) if one.counts and one.rank is not None else ()
    charged = _KIND[one.establishment]
    return (charged, _KINDS + charged) if one.leave is not None and one.host is None else (charged,)


def unit_rows(number: int, versions: Sequence[UnitVersion]) -> list[Row]:
    """The rows of `unit_period` for one unit."""
    return [
        (
            number, row.d_from, row.d_to, row.name, str(row.kind), _text(row.level), row.parent, row.stationed_at,
            json.dumps(row.plates, ensure_ascii=False), row.into, row.cause,
        )
        for row in versions
    ]  # fmt: skip


def quota_rows(number: int, periods: Sequence[QuotaPeriod]) -> list[Row]:
    """The rows of `quota_period` for one unit."""
    return [
        (
            number,
            str(one.scale),
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
