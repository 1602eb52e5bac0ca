"""From a timeline to runs of equal days: the rows every question about people is answered from (spec 1.1, 3.2.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from ledger.domain.person import Description, PersonState, Position, Spell, Step, Timeline
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


class SecondmentPeriod(NamedTuple):
    """A secondment from start to end; `until` is the last day first agreed, `entry` where it stands now."""

    key: int
    d_from: Day
    d_to: Day
    host: str
    entry: int
    until: Day | None
    outcome: str | None
    ended_by: int | None


Period = TypeVar("Period")
Periods = tuple[Period, ...]


class Told(NamedTuple):
    """All that a timeline tells, as periods."""

    charges: Periods[ChargePeriod]
    posts: Periods[PostPeriod]
    descriptions: Periods[DescriptionPeriod]
    secondments: Periods[SecondmentPeriod]


def told(timeline: Timeline) -> Told:
    """The periods of a life, worked out once.

    Periods that stay the same stay the same objects when a timeline grows, so that a look tells what has changed.
    """
    found: Told | None = timeline.told
    if found is None:
        before: Told | None = timeline.told_before
        if before is not None and len(timeline.steps) > 1:
            found = _told_on(timeline, *before)
        else:
            found = Told(
                tuple(_charges(timeline)),
                tuple(_posts(timeline)),
                tuple(_descriptions(timeline)),
                tuple(_secondments(timeline)),
            )
        timeline.told = found
    return found


def charge_periods(timeline: Timeline) -> Periods[ChargePeriod]:
    """The person's charge periods in order of days; days off the register have none."""
    return told(timeline).charges


def post_periods(timeline: Timeline) -> Periods[PostPeriod]:
    """The person's positions, each in the unit it belongs to on those days (spec 1.4)."""
    return told(timeline).posts


def _told_on(
    timeline: Timeline,
    charges: Periods[ChargePeriod],
    posts: Periods[PostPeriod],
    descriptions: Periods[DescriptionPeriod],
    secondments: Periods[SecondmentPeriod],
) -> Told:
    """The periods after one step more, from those before it."""
    before, step = timeline.steps[-2].state, timeline.steps[-1]
    state = step.state
    if not _same_charge(before, state):
        if before.unit is not None:
            last = charges[-1]
            charges = (*charges[:-1], ChargePeriod(last[0], step.day, *last[2:]))
        if state.unit is not None:
            charges = (*charges, charge_of(step, FOREVER))
    if state.positions is not before.positions or (state.positions and state.unit != before.unit):
        posts = _posts_on(posts, step)
    if state.description is not before.description and state.description != before.description:
        assert state.description is not None
        ended = DescriptionPeriod(descriptions[-1].d_from, step.day, descriptions[-1].description)
        descriptions = (*descriptions[:-1], ended, DescriptionPeriod(step.day, FOREVER, state.description))
    if before.secondment is None:
        if state.secondment is not None:
            secondments = (*secondments, stay_of(timeline.spells[-1]))
    elif state.secondment is None:
        secondments = (*secondments[:-1], stay_of(timeline.spells[-1]))
    return Told(charges, posts, descriptions, secondments)


def _posts_on(posts: Periods[PostPeriod], step: Step) -> Periods[PostPeriod]:
    """The posts after one step more: those no longer held, or in another unit now, end there."""
    held = {(one.key, unit): one for one, unit in posts_held(step.state)}
    found = [
        one if one.d_to < FOREVER or held.pop((one.cause, one.unit), None) is not None else one._replace(d_to=step.day)
        for one in posts
    ]
    found.extend(post_of(one, unit, step.day, FOREVER) for (_, unit), one in held.items())
    return tuple(found)


def posts_held(state: PersonState) -> list[tuple[Position, str]]:
    """The positions held, each with the unit it belongs to now."""
    return [(held, held.unit or state.unit or "") for held in state.positions]


def changed(before: Periods[Period], after: Periods[Period]) -> tuple[Sequence[Period], Sequence[Period]]:
    """The periods that are no more, and those that are new; what both begin with is told apart by a look."""
    if before is after:
        return (), ()
    same = 0
    for one, other in zip(before, after, strict=False):
        if one is not other:
            break
        same += 1
    gone, come = before[same:], after[same:]
    if not gone or not come:
        return gone, come
    was, now = set(gone), set(come)
    return [one for one in gone if one not in now], [one for one in come if one not in was]


# Neighbouring steps share what an entry did not change, object for object, so identity tells that nothing changed.


def _charges(timeline: Timeline) -> list[ChargePeriod]:
    periods: list[ChargePeriod] = []
    begun: Step | None = None
    for step in timeline.steps:
        if begun is not None:
            if _same_charge(begun.state, step.state):
                continue
            if begun.state.unit is not None:
                periods.append(charge_of(begun, step.day))
        begun = step
    if begun is not None and begun.state.unit is not None:
        periods.append(charge_of(begun, FOREVER))
    return periods


def _same_charge(one: PersonState, other: PersonState) -> bool:
    return (
        one.secondment is other.secondment
        and one.leave is other.leave
        and one.charged_since == other.charged_since
        and one.unit == other.unit
        and one.establishment == other.establishment
    )


def charge_of(step: Step, d_to: Day) -> ChargePeriod:
    """The period of a charge that begins with a step."""
    state = step.state
    away, leave = state.secondment, state.leave
    assert state.unit is not None
    assert state.establishment is not None
    if away is None:
        host = secondment = seconded_since = until = None
        extensions = 0
    else:
        host, secondment, seconded_since, until = away.entry.host, away.key, away.started, away.until
        extensions = len(away.extensions)
    kind, since = (None, None) if leave is None else (leave.kind, leave.since)
    return ChargePeriod(
        step.day, d_to, state.unit, state.establishment, state.charged_since,
        host, secondment, seconded_since, until, extensions, kind, since, step.cause,
    )  # fmt: skip


def _posts(timeline: Timeline) -> list[PostPeriod]:
    periods: list[PostPeriod] = []
    running: dict[tuple[Position, str], Day] = {}
    before: PersonState | None = None
    for step in timeline.steps:
        state = step.state
        if before is not None and state.positions is before.positions and state.unit == before.unit:
            continue
        before = state
        now = dict.fromkeys(posts_held(state), step.day)
        periods.extend(post_of(*ended, running.pop(ended), step.day) for ended in [*running] if ended not in now)
        running = {**now, **running}
    periods.extend(post_of(held, unit, begun, FOREVER) for (held, unit), begun in running.items())
    return periods


def post_of(held: Position, unit: str, d_from: Day, d_to: Day) -> PostPeriod:
    """The period of a position held in a unit."""
    return PostPeriod(d_from, d_to, held.title, held.rank, held.counts, unit, held.key)


def _descriptions(timeline: Timeline) -> list[DescriptionPeriod]:
    begun: list[tuple[Day, Description]] = []
    for step in timeline.steps:
        description = step.state.description
        assert description is not None
        if not begun or (begun[-1][1] is not description and begun[-1][1] != description):
            begun.append((step.day, description))
    ends = [*(day for day, _ in begun), FOREVER][1:]
    return [DescriptionPeriod(day, d_to, description) for (day, description), d_to in zip(begun, ends, strict=True)]


def _secondments(timeline: Timeline) -> list[SecondmentPeriod]:
    return [stay_of(spell) for spell in timeline.spells if spell.ended > spell.secondment.started]


def stay_of(spell: Spell) -> SecondmentPeriod:
    """The period of a secondment."""
    away = spell.secondment
    return SecondmentPeriod(
        away.key, away.started, spell.ended, away.entry.host, away.position,
        None if away.entry.until is None else away.entry.until.toordinal(),
        None if spell.outcome is None else spell.outcome.value, spell.ended_by,
    )  # fmt: skip
