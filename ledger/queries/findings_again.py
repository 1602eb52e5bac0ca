"""The findings of a date once more, after a few entries: only what these can have changed is judged again.

Entries about people change the findings about those people, about everybody seconded to an employer whose numbers they
change, and about the units they were ever part of, and all above these. Entries about units or the policy may change
anything: then everything is judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select

from ledger.domain.acts import Act
from ledger.domain.entries import Corrected, PersonEntry, Reversed
from ledger.domain.events import Recorded
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.cited import Entries
from ledger.queries.findings import FindingsAnswer, hosted_by, judged
from ledger.queries.view import View

FEW = 200
"""After more entries than these everything is judged again."""


def findings_again(view: View, entries: Entries, before: FindingsAnswer) -> FindingsAnswer | None:
    """The whole answer at a perspective, from that of the same date at an earlier position; None: ask for everything.

    `before` must be an answer to the whole question, without rows for missing inputs.
    """
    known, last = min(view.perspective.known_at, view.newest), before.perspective.known_at
    if before.perspective.as_of != view.perspective.as_of or not 0 <= known - last <= FEW:
        return None
    people = _people(entries.at(range(last + 1, known + 1)).values())
    if people is None:
        return None
    c = t.person.c
    numbers = set(view.conn.execute(select(c.id).where(c.code.in_(people), c.id <= known)).scalars())
    units = _units(view, numbers)
    numbers |= hosted_by(view, units) | hosted_by(view.at(before.perspective), units)
    codes = set(view.conn.execute(select(c.code).where(among(c.id, numbers))).scalars())
    only = {view.structure.canonical(unit, view.day) or unit for unit in units}
    kept = [
        one
        for one in before.rows
        if (one.person not in codes if one.subject.startswith("person:") else only.isdisjoint(one.units))
    ]
    found = judged(view, entries, units, numbers)
    return FindingsAnswer(view.perspective, tuple(sorted([*kept, *found], key=lambda one: one.order)))


def _people(events: Iterable[Recorded]) -> set[str] | None:
    """The people that some events are about; None where one is about something else."""
    found: set[str] = set()
    for one in events:
        entry = one.event.entry
        if isinstance(entry, Act):
            continue
        kind, _, person = one.event.originator_id.partition(":")
        inner = entry.replacement if isinstance(entry, Corrected) else entry
        if kind != "person" or not isinstance(inner, PersonEntry | Reversed):
            return None
        found.add(person)
        if isinstance(inner, PersonEntry):
            found.add(inner.person)
    return found


def _units(view: View, people: Collection[int]) -> set[str]:
    """Every unit that people were ever charged or seconded to, or held a position in, and all that was above it."""
    numbers: set[int] = set()
    for table, columns in ((t.person_period, ("unit", "host")), (t.post_period, ("unit",))):
        for column in columns:
            query = select(table.c[column]).where(among(table.c.person, people), table.c[column].is_not(None))
            numbers.update(view.conn.execute(query.distinct()).scalars())
    codes = [view.code(number) for number in numbers]
    return {above for code in codes for above, _, _ in view.structure.above_over_time(code)} | set(codes)
