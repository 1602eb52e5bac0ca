"""A person's life as one sign for each month, for a strip that shows years at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select

from ledger.domain.time import Day, add_months
from ledger.projections import tables as t
from ledger.queries.view import View


class MonthState(StrEnum):
    """How a person stands on a month's last day."""

    NOWHERE = "nowhere"
    CHARGED = "charged"
    SECONDED = "seconded"
    OVERDUE = "overdue"
    ON_LEAVE = "on_leave"


@dataclass(frozen=True, slots=True)
class Months:
    """States from the month of `first` on; `seconded` and `overdue` count months."""

    first: date
    states: tuple[MonthState, ...]

    def count(self, *wanted: MonthState) -> int:
        """How many months are in one of the states."""
        return sum(state in wanted for state in self.states)


def months(view: View, person: str) -> Months:
    """From the month a person first was charged to the month of D, as known at K. Raises UnknownPerson."""
    p = t.person_period
    query = select(p).where(p.c.person == view.person_number(person), view.known(p)).order_by(p.c.d_from)
    rows = view.conn.execute(query).all()
    this = view.perspective.as_of.replace(day=1)
    if not rows or rows[0].d_from > view.day:
        return Months(this, ())
    first = date.fromordinal(rows[0].d_from).replace(day=1)
    number = (this.year - first.year) * 12 + this.month - first.month + 1
    ends = [min(add_months(first, after + 1).toordinal() - 1, view.day) for after in range(number)]
    states = []
    place = 0
    for end in ends:
        while place < len(rows) and rows[place].d_to <= end:
            place += 1
        inside = place < len(rows) and rows[place].d_from <= end
        states.append(_state(rows[place], end) if inside else MonthState.NOWHERE)
    return Months(first, tuple(states))


def _state(row: object, day: Day) -> MonthState:
    host, leave, until = (getattr(row, name) for name in ("host", "leave", "until"))
    if host is not None:
        return MonthState.OVERDUE if until is not None and until < day else MonthState.SECONDED
    return MonthState.ON_LEAVE if leave is not None else MonthState.CHARGED
