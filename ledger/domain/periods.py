"""From a timeline to runs of equal days: the rows every question about people is answered from (spec 1.1, 3.2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ledger.domain.person import Description, PersonState, Step, Timeline
from ledger.domain.time import FOREVER, Day


class ChargePeriod(NamedTuple):
    """A run of days `[d_from, d_to)` on which a person's charge, secondment and leave are the same.

    `until`: last day of the secondment as extended by then; None is an open term (or no secondment).
    `cause`: position of the entry that began the run.
    """

    d_from: Day
    d_to: Day
    unit: str
    establishment: str
    charged_since: Day
    host: str | None
    secondment: int | None
    seconded_since: Day | None
    until: Day | None
    extensions: int
    leave: str | None
    leave_since: Day | None
    cause: int


class PostPeriod(NamedTuple):
    """A run of days on which a position is held in one unit."""

    d_from: Day
    d_to: Day
    title: str
    rank: str | None
    counts: bool
    unit: str
    cause: int


class DescriptionPeriod(NamedTuple):
    """A run of days on which the facts told about a person are the same."""

    d_from: Day
    d_to: Day
    description: Description


def _spans(timeline: Timeline) -> Iterator[tuple[Step, Day]]:
    steps = timeline.steps
    for index, step in enumerate(steps):
        yield step, steps[index + 1].day if index + 1 < len(steps) else FOREVER


def charge_periods(timeline: Timeline) -> tuple[ChargePeriod, ...]:
    """The person's charge periods in order of days; days off the register have none."""
    found = timeline.derived.get("charges")
    if found is None:
        found = timeline.derived["charges"] = tuple(_charges(timeline))
    return found


def _charges(timeline: Timeline) -> list[ChargePeriod]:
    periods: list[ChargePeriod] = []
    for step, d_to in _spans(timeline):
        state = step.state
        if state.unit is None:
            continue
        now = _charge(state, step, d_to)
        if periods and periods[-1].d_to == now.d_from and periods[-1][2:-1] == now[2:-1]:
            periods[-1] = periods[-1]._replace(d_to=d_to)
        else:
            periods.append(now)
    return periods


def _charge(state: PersonState, step: Step, d_to: Day) -> ChargePeriod:
    away = state.secondment
    leave = state.leave
    assert state.unit is not None
    assert state.establishment is not None
    return ChargePeriod(
        step.day,
        d_to,
        state.unit,
        state.establishment,
        state.charged_since,
        away.entry.host if away else None,
        away.key if away else None,
        away.started if away else None,
        away.until if away else None,
        len(away.extensions) if away else 0,
        leave.kind if leave else None,
        leave.since if leave else None,
        step.cause,
    )


def post_periods(timeline: Timeline) -> tuple[PostPeriod, ...]:
    """The person's positions, each in the unit it belongs to on those days (spec 1.4)."""
    found = timeline.derived.get("posts")
    if found is None:
        found = timeline.derived["posts"] = tuple(_posts(timeline))
    return found


def _posts(timeline: Timeline) -> list[PostPeriod]:
    periods: list[PostPeriod] = []
    running: dict[tuple[object, ...], int] = {}
    for step, d_to in _spans(timeline):
        still: dict[tuple[object, ...], int] = {}
        for held in step.state.positions:
            unit = held.unit or step.state.unit
            assert unit is not None
            value = (held.title, held.rank, held.counts, unit, held.key)
            at = running.get(value)
            if at is None:
                at = len(periods)
                periods.append(PostPeriod(step.day, d_to, held.title, held.rank, held.counts, unit, held.key))
            else:
                periods[at] = periods[at]._replace(d_to=d_to)
            still[value] = at
        running = still
    return periods


def description_periods(timeline: Timeline) -> list[DescriptionPeriod]:
    """What is told about the person, from the first hire on and for ever after."""
    periods: list[DescriptionPeriod] = []
    for step, d_to in _spans(timeline):
        description = step.state.description
        assert description is not None
        if periods and periods[-1].description == description:
            periods[-1] = periods[-1]._replace(d_to=d_to)
        else:
            periods.append(DescriptionPeriod(step.day, d_to, description))
    return periods
