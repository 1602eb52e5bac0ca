"""Columns of posts: each unit's own number at (D, K), else the sum of its children's (spec 1.4).

Only entries about units change numbers of posts, so all of them may be read once and stay with the units (`Shape`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from sqlalchemy import Connection, select

from ledger.domain.time import Day, Perspective
from ledger.projections import tables as t
from ledger.projections.statements import tuples
from ledger.queries.tree import NOWHERE, Tree
from ledger.queries.view import View

Posts = dict[str, Sequence[int | None]]
"""Scale -> the number of the unit at each place, None where there is none."""
_KEPT = 4
"""Columns kept with one tree."""


class Event(NamedTuple):
    """From `day` on a unit has a number of its own, or none, as known at the positions `[known, gone)`."""

    day: Day
    known: int
    gone: int
    slot: int
    posts: int | None


class Course(NamedTuple):
    """All events of one scale as known at one position, in the order of days."""

    days: Sequence[Day]
    slots: Sequence[int]
    posts: Sequence[int | None]

    def on(self, day: Day) -> dict[int, int | None]:
        """Slot -> the number on a day."""
        upto = bisect_right(self.days, day)
        return dict(zip(self.slots[:upto], self.posts[:upto], strict=True))


@dataclass(slots=True)
class Books:
    """All own numbers by scale; on which days and positions one begins or ends; and courses, by these positions."""

    scales: Mapping[str, Sequence[Event]]
    days: Sequence[Day]
    positions: Sequence[int]
    courses: tuple[int, Mapping[str, Course]] = field(default=(-1, {}))

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
        return cls(scales, sorted(days), sorted(positions))

    def cell(self, perspective: Perspective) -> tuple[int, int]:
        """Names the days and positions around (D, K) between which no number changes."""
        return bisect_right(self.days, perspective.day), bisect_right(self.positions, perspective.known_at)

    def known(self, known_at: int) -> Mapping[str, Course]:
        """The courses as known at a position; the last ones stay."""
        wanted = bisect_right(self.positions, known_at)
        cell, courses = self.courses  # as one: threads share them
        if cell != wanted:
            courses = {scale: _course(events, known_at) for scale, events in self.scales.items()}
            self.courses = wanted, courses
        return courses


def _course(events: Sequence[Event], known_at: int) -> Course:
    found = [(day, slot, posts) for day, known, gone, slot, posts in events if known <= known_at < gone]
    return Course(*zip(*found, strict=True)) if found else Course((), (), ())


def posts_of(view: View, tree: Tree, *, own: bool) -> Posts:
    """The columns; `own`: of each unit's own record alone."""
    books: Books = view.shape.keep("posts", lambda: Books.load(view.conn, view.shape.slots))
    key = (*books.cell(view.perspective), own)
    kept = tree.posts
    found = kept.get(key)
    if found is None:
        if len(kept) >= _KEPT:
            kept.clear()
        known = books.known(view.perspective.known_at)
        columns = {scale: _column(course.on(view.day), tree, own=own) for scale, course in known.items()}
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
