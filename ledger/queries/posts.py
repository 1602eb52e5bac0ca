"""Columns of posts: each unit's own number at (D, K), else the sum of its children's (spec 1.4).

Only entries about units change numbers of posts, so all of them may be read once and stay with the units (`Shape`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from operator import attrgetter
from typing import NamedTuple, cast

from sqlalchemy import Connection, select

from ledger.domain.time import FOREVER, Day, Perspective
from ledger.projections import tables as t
from ledger.projections.statements import tuples
from ledger.queries.tree import NOWHERE, Tree
from ledger.queries.view import View

Posts = dict[str, Sequence[int | None]]
"""Scale -> the number of the unit at each place, None where there is none."""
_KEPT = 4
"""Columns kept with one tree."""
_DAY = attrgetter("day")


class Event(NamedTuple):
    """From `day` on a unit has a number of its own, or none, as known at the positions `[known, gone)`."""

    day: Day
    known: int
    gone: int
    slot: int
    posts: int | None


class Course(NamedTuple):
    """All events of one scale as known at the end, in the order of days."""

    days: Sequence[Day]
    slots: Sequence[int]
    posts: Sequence[int | None]

    @classmethod
    def of(cls, events: Sequence[Event]) -> Course:
        """From all events of a scale."""
        found = [(event.day, event.slot, event.posts) for event in events if event.gone == FOREVER]
        return cls(*zip(*found, strict=True)) if found else cls((), (), ())

    def on(self, day: Day) -> dict[int, int | None]:
        """Slot -> the number on a day."""
        upto = bisect_right(self.days, day)
        return dict(zip(self.slots[:upto], self.posts[:upto], strict=True))


@dataclass(frozen=True)
class Books:
    """All own numbers by scale, and on which days and positions one begins or ends."""

    scales: Mapping[str, Sequence[Event]]
    days: Sequence[Day]
    positions: Sequence[int]

    @classmethod
    def load(cls, conn: Connection, slots: Mapping[int, int]) -> Books:
        """Read them."""
        c = t.quota_period.c
        query = select(c.d_from, c.d_to, c.k_from, c.k_to, c.unit, c.scale, c.posts)
        scales: dict[str, list[Event]] = {}
        for begin, end, known, gone, unit, scale, posts in tuples(conn, query):
            slot = slots[unit]
            ends = Event(end, known, gone, slot, None)
            scales.setdefault(scale, []).extend((Event(begin, known, gone, slot, posts), ends))
        for events in scales.values():
            events.sort(key=lambda event: (event.day, event.posts is not None))  # where one ends, the next may begin
        days = {event.day for events in scales.values() for event in events}
        positions = {at for events in scales.values() for event in events for at in (event.known, event.gone)}
        return cls(scales, sorted(days), sorted(positions - {FOREVER}))

    def cell(self, perspective: Perspective) -> tuple[int, int]:
        """Names the days and positions around (D, K) between which no number changes."""
        return bisect_right(self.days, perspective.day), bisect_right(self.positions, perspective.known_at)

    @cached_property
    def _courses(self) -> Mapping[str, Course]:
        return {scale: Course.of(events) for scale, events in self.scales.items()}

    def on(self, perspective: Perspective) -> dict[str, dict[int, int | None]]:
        """Scale -> slot -> the number at (D, K): read off the courses where nothing is learnt after K."""
        day, known_at = perspective.day, perspective.known_at
        if not self.positions or known_at >= self.positions[-1]:
            return {scale: course.on(day) for scale, course in self._courses.items()}
        return {scale: _in_force(events, day, known_at) for scale, events in self.scales.items()}


def _in_force(events: Sequence[Event], day: Day, known_at: int) -> dict[int, int | None]:
    upto = bisect_right(events, day, key=_DAY)
    return {slot: posts for _, known, gone, slot, posts in islice(events, upto) if known <= known_at < gone}


def posts_of(view: View, tree: Tree, *, own: bool) -> Posts:
    """The columns; `own`: of each unit's own record alone."""
    books: Books = view.shape.keep("posts", lambda: Books.load(view.conn, view.shape.slots))
    key = (*books.cell(view.perspective), own)
    kept = tree.posts
    found = kept.get(key)
    if found is None:
        if len(kept) >= _KEPT:
            kept.clear()
        columns = {scale: _column(given, tree, own=own) for scale, given in books.on(view.perspective).items()}
        found = kept[key] = {scale: column for scale, column in columns.items() if column}
    return cast("Posts", found)


def _column(numbers: Mapping[int, int | None], tree: Tree, *, own: bool) -> list[int | None]:
    """One scale's numbers; nothing where no unit has one."""
    place_of = tree.place_of_slot
    given = {place_of[slot]: posts for slot, posts in numbers.items() if posts is not None}
    given.pop(NOWHERE, None)
    if not given:
        return []
    column: list[int | None] = [None] * len(tree.order)
    for place, posts in given.items():
        column[place] = posts
    parents, waiting = tree.parents, {} if own else given
    while waiting:  # a unit without a number has the sum of the nearest below it, gathered level by level
        above: dict[int, int] = {}
        for place, posts in waiting.items():
            parent = parents[place]
            if parent not in given and parent != NOWHERE:
                above[parent] = above.get(parent, 0) + posts
        for place, posts in above.items():
            column[place] = (column[place] or 0) + posts
        waiting = above
    return column
