"""Registers of people: 干部去向公示, to print and hang up, and 退休预告表."""

from __future__ import annotations

import shlex

from ledger.bootstrap import Ledger
from ledger.domain.terms import RosterStatus
from ledger.locale import N_, _, term
from ledger.reports.lookups import about, iso, unit_name
from ledger.reports.model import Asked, Block, Field, Origin, Register, begin, worded_month
from ledger.reports.tracing import at

_BOARD = (
    Field("number", N_("Line"), width=5),
    Field("name", N_("Full name")),
    Field("unit", N_("Unit name")),
    Field("title", N_("Position")),
    Field("establishment", N_("Establishment")),
    Field("status", N_("Whereabouts")),
    Field("host", N_("Works at")),
    Field("since", N_("Since")),
    Field("until", N_("Last day")),
)
_ORDER = list(RosterStatus)


def whereabouts(ledger: Ledger, asked: Asked) -> Register:
    """干部去向公示: everybody of the unit, and where each of them works today. Raises UnknownUnit."""
    register = begin(ledger, asked, "whereabouts", _("Where our people work"))
    register.questions = [f"sledger roster --unit {shlex.quote(asked.unit)} {at(asked.perspective)}"]
    people = sorted(ledger.roster(asked.perspective, asked.unit).people, key=lambda one: _ORDER.index(one.status))
    block = Block(N_("Whereabouts"), _BOARD)
    with ledger.view(asked.perspective) as view:
        titles = _titles(view, [one.person for one in people])
        for one in people:
            block.rows.append(
                [
                    str(len(block.rows) + 1),
                    one.name,
                    unit_name(view, one.unit),
                    titles.get(one.person),
                    term("establishment", one.establishment),
                    term("status", one.status.value),
                    unit_name(view, one.host),
                    iso(one.since),
                    iso(one.until),
                ]
            )
    counts = {status: sum(one.status is status for one in people) for status in _ORDER}
    told = (f"{term('status', status.value)} {count}" for status, count in counts.items() if count)
    block.note = _("{count} people.").format(count=len(people)) + " " + _("; ").join(told)
    register.blocks = [block]
    return register


def _titles(view: object, people: list[str]) -> dict[str, str]:
    from sqlalchemy import select

    from ledger.projections import tables as t
    from ledger.queries.view import View

    assert isinstance(view, View)
    h = t.post_period.c
    found: dict[str, str] = {}
    for start in range(0, len(people), 5_000):
        query = (
            select(t.person.c.code, h.title)
            .join_from(t.post_period, t.person, t.person.c.id == h.person)
            .where(view.valid(t.post_period), t.person.c.code.in_(people[start : start + 5_000]))
            .order_by(h.title.desc())
        )
        found.update((code, title) for code, title in view.conn.execute(query))
    return found


_RETIRING = (
    Field("number", N_("Line"), width=5),
    Field("name", N_("Full name")),
    Field("person", N_("Person no.")),
    Field("gender", N_("Gender"), width=6),
    Field("born", N_("Born")),
    Field("unit", N_("Unit name")),
    Field("employer", N_("Employer")),
    Field("establishment", N_("Establishment")),
    Field("retires_on", N_("Statutory retirement date")),
    Field("missing", N_("Cannot be said for want of")),
)
_OUTLOOK = (
    Field("employer", N_("Employer")),
    Field("establishment", N_("Establishment")),
    Field("vacancies", N_("Vacant (over)"), number=True, measure="vacancies"),
    Field("retiring", N_("Will retire"), number=True),
    Field("then", N_("Vacant then"), number=True),
    Field("unknown", N_("Cannot be said"), number=True),
)


def retirements(ledger: Ledger, asked: Asked) -> Register:
    """退休预告表: who reaches the statutory date within some months, and the vacancies then. Raises UnknownUnit."""
    register = begin(ledger, asked, "retirements", _("Forecast of retirements"))
    answer = ledger.retirements(asked.perspective, asked.months, asked.unit)
    register.period = (asked.perspective.as_of, answer.until)
    question = f"sledger retirements --unit {shlex.quote(asked.unit)} --months {asked.months} {at(asked.perspective)}"
    register.questions = [question]
    people, outlook = Block(N_("People"), _RETIRING), Block(N_("Posts"), _OUTLOOK)
    with ledger.view(asked.perspective) as view:
        told = about(view, [one.person for one in answer.people])
        for one in answer.people:
            who = told[one.person]
            people.rows.append(
                [
                    str(len(people.rows) + 1),
                    one.name,
                    one.person,
                    None if who.gender is None else term("gender", who.gender),
                    worded_month(who.born_on),
                    unit_name(view, one.unit),
                    unit_name(view, one.employer),
                    term("establishment", one.establishment),
                    iso(one.retires_on),
                    _(", ").join(term("missing", name) for name in one.missing) or None,
                ]
            )
        for group in answer.outlook:
            then = None if group.vacancies is None else group.vacancies + group.retiring
            kind = term("establishment", group.establishment)
            numbers = [group.vacancies, group.retiring, then, group.unknown]
            outlook.origins.append(Origin(group.employer, group.establishment))
            outlook.rows.append([unit_name(view, group.employer), kind, *numbers])
    people.note = _("The statutory date is a proposal; the organisation department decides.")
    register.blocks = [people, outlook]
    return register
