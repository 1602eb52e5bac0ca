"""Registers of changes: 人员变动月报 with its identity, and 减少人员花名册.

上月末 + 补报 + 增 − 减 = 本月末 is printed and checked for each unit and kind. What was recorded late for an earlier
month has a block of its own and is never put into the opening figure without a word.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from ledger.bootstrap import Ledger
from ledger.domain import entries as e
from ledger.domain.events import Recorded
from ledger.domain.terms import DepartureReason, Establishment, RosterStatus
from ledger.domain.time import SHANGHAI, Perspective, from_microseconds
from ledger.locale import N_, _, term
from ledger.queries.diff import Change, DiffAnswer, Leg
from ledger.queries.headcount import HeadcountAnswer
from ledger.queries.sides import Standing
from ledger.queries.view import View
from ledger.reports.lookups import document_of, effective_on, iso, stated, unit_name
from ledger.reports.model import Asked, Block, Cell, Chart, Field, Origin, Register, begin
from ledger.reports.tracing import at as told_at

Place = tuple[str, str]
"""Unit and kind."""
PersonChange = Change[str, Standing]

IN = {"hired": N_("Hired"), "moved_in": N_("Moved in"), "army": N_("From the army"), "other_in": N_("Otherwise in")}
OUT = {
    "moved_away": N_("Moved out"),
    "retired": N_("Retired"),
    "resigned": N_("Resigned or released"),
    "dismissed": N_("Dismissed"),
    "died": N_("Died"),
    "other_out": N_("Otherwise out"),
}
_REASONS: Mapping[DepartureReason, str] = {
    DepartureReason.RETIRED: "retired",
    DepartureReason.EARLY_RETIRED: "retired",
    DepartureReason.RESIGNED: "resigned",
    DepartureReason.CONTRACT_ENDED: "resigned",
    DepartureReason.DISMISSED: "dismissed",
    DepartureReason.DIED: "died",
    DepartureReason.MOVED_OUT: "moved_away",
}
_ARMY = ("军转", "转业", "退役")
_MONTHLY = (
    Field("name", N_("Unit name")),
    Field("establishment", N_("Establishment")),
    Field("quota_before", N_("Posts at the end of last month"), number=True, measure="quota", opening=True),
    Field("before", N_("On roll at the end of last month"), number=True, measure="on_roll", opening=True),
    Field("late", N_("Late"), number=True),
    *(Field(key, title, number=True) for key, title in IN.items()),
    Field("in", N_("In together"), number=True),
    *(Field(key, title, number=True) for key, title in OUT.items()),
    Field("out", N_("Out together"), number=True),
    Field("after", N_("On roll at the end of this month"), number=True, measure="on_roll"),
    Field("quota_change", N_("Change of posts"), number=True),
    Field("quota_after", N_("Posts at the end of this month"), number=True, measure="quota"),
    Field("vacancies", N_("Vacant (over)"), number=True, measure="vacancies"),
    Field("lent_more", N_("Newly lent"), number=True),
    Field("returned", N_("Returned"), number=True),
    Field("lent", N_("Lent at the end"), number=True, measure="seconded_out"),
    Field("borrowed", N_("Borrowed at the end"), number=True, measure="seconded_in"),
    Field("check", N_("Check")),
)
_PEOPLE = (
    Field("number", N_("Line"), width=5),
    Field("name", N_("Full name")),
    Field("person", N_("Person no.")),
    Field("change", N_("Change")),
    Field("effective_on", N_("Effective on")),
    Field("recorded_on", N_("Recorded on")),
    Field("before", N_("From unit")),
    Field("after", N_("To unit")),
    Field("establishment", N_("Establishment")),
    Field("document_no", N_("Document no.")),
    Field("entry", N_("Entry no.")),
)


@dataclass(slots=True)
class _Line:
    """One unit and kind of the monthly report."""

    moves: Counter[str] = field(default_factory=Counter)
    late: int = 0


def month_of(text: str) -> tuple[date, date]:
    """First and last day of a month written YYYY-MM. Raises ValueError."""
    first = date.fromisoformat(f"{text}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def monthly(ledger: Ledger, asked: Asked) -> Register:
    """人员变动月报 of the month that ends on the perspective's date. Raises UnknownUnit."""
    last = asked.perspective.as_of
    first = asked.first or last.replace(day=1)
    closing = asked.perspective
    register = begin(ledger, asked, "monthly", _("Monthly report of changes in personnel"))
    register.period = (first, last)
    opening = _opening(ledger, asked, first - timedelta(days=1), register)
    register.opening = opening
    roster = f"sledger roster --unit {shlex.quote(asked.unit)} {told_at(closing)}"
    away = [f"{roster} --status {status}" for status in ("seconded_out", "seconded_in")]
    register.questions = [_diff(asked.unit, opening, closing), *away]
    bridge = ledger.diff(opening, closing, asked.unit)
    with ledger.view(closing) as view:
        at = ledger.entries_of(view).at
        entries = _entries_of((bridge.restated, bridge.changed), at)
        lines = _lines(bridge, entries)
        counts = _Counts(ledger, asked.unit, opening, closing)
        block = _monthly_block(view, asked.unit, lines, counts)
        register.blocks = [
            block,
            _names(view, N_("Who came and went"), bridge.changed, entries),
            _names(view, N_("Late for earlier months"), bridge.restated, entries),
        ]
    register.chart = Chart(_("On roll before and after, and who came and went"), 0, ("before", "in", "out", "after"))
    block.note = _("End of last month + late + in - out = end of this month: {sum}").format(sum=_sum(block))
    return register


def _diff(unit: str, opening: Perspective, closing: Perspective) -> str:
    to = f"--to {closing.as_of} --to-known-at {closing.known_at}"
    return f"sledger diff --unit {shlex.quote(unit)} {told_at(opening)} {to}"


def _opening(ledger: Ledger, asked: Asked, day: date, register: Register) -> Perspective:
    """The end of the month before, as known then; for the first month of a ledger as known now."""
    known = min(ledger.perspective(day, day.isoformat()).known_at, asked.perspective.known_at)
    with ledger.view(Perspective(day, known)) as view:
        if view.structure.known(asked.unit):
            return Perspective(day, known)
    register.notes.append(_("The unit was not in the ledger then: the opening figures are those known now."))
    return Perspective(day, asked.perspective.known_at)


class _Counts:
    """The headcounts of single units at both ends, by unit and kind."""

    def __init__(self, ledger: Ledger, unit: str, opening: Perspective, closing: Perspective) -> None:
        middle = replace(opening, known_at=closing.known_at)
        self.before = _own(ledger.headcount(opening, unit=unit, depth=100, own=True))
        self.restated = _own(ledger.headcount(middle, unit=unit, depth=100, own=True))
        self.after = _own(ledger.headcount(closing, unit=unit, depth=100, own=True))
        rows = ledger.headcount(closing, unit=unit, depth=100).rows
        self.vacancies = {(row.unit, kind): one.vacancies for row in rows for kind, one in row.by_establishment.items()}
        self.whole = rows[0].vacancies if rows else None
        people = ledger.roster(closing, unit).people
        self.lent = Counter((one.unit, one.establishment) for one in people if one.status is RosterStatus.SECONDED_OUT)
        self.borrowed = Counter(
            (str(one.host), one.establishment) for one in people if one.status is RosterStatus.SECONDED_IN
        )


def _own(answer: HeadcountAnswer) -> dict[Place, tuple[int | None, int]]:
    """Unit and kind -> posts and people on roll; the order is that of the tree."""
    return {
        (row.unit, kind): (count.quota, count.on_roll)
        for row in answer.rows
        for kind, count in row.by_establishment.items()
    }


def _entries_of(legs: Iterable[Leg], at: Callable[[list[int]], Mapping[int, Recorded]]) -> Mapping[int, Recorded]:
    return at([cited.position for leg in legs for change in leg.people for cited in change.entries])


def _on_roll(standing: Standing | None) -> Place | None:
    """Where somebody holds a post; None for those who hold none here."""
    outside = (RosterStatus.SECONDED_IN, RosterStatus.DISPATCHED_IN)
    if standing is None or standing.establishment == Establishment.OFF_ESTABLISHMENT or standing.status in outside:
        return None
    return standing.unit, standing.establishment


def _lines(bridge: DiffAnswer, entries: Mapping[int, Recorded]) -> dict[Place, _Line]:
    lines: dict[Place, _Line] = {}
    for change in bridge.changed.people:
        before, after = _on_roll(change.before), _on_roll(change.after)
        if before != after:
            if before is not None:
                lines.setdefault(before, _Line()).moves[_way_out(change, after, entries)] += 1
            if after is not None:
                lines.setdefault(after, _Line()).moves[_way_in(change, before, entries)] += 1
        lent_before = change.before is not None and change.before.status == RosterStatus.SECONDED_OUT
        lent_after = change.after is not None and change.after.status == RosterStatus.SECONDED_OUT
        place = after if lent_after else before
        if lent_before != lent_after and place is not None:
            lines.setdefault(place, _Line()).moves["lent_more" if lent_after else "returned"] += 1
    for change in bridge.restated.people:
        before, after = _on_roll(change.before), _on_roll(change.after)
        if before != after:
            for place, amount in ((before, -1), (after, 1)):
                if place is not None:
                    lines.setdefault(place, _Line()).late += amount
    return lines


def _stated(change: PersonChange, entries: Mapping[int, Recorded]) -> list[e.Entry]:
    return [stated(entries[one.position]) for one in change.entries if one.position in entries]


def _way_in(change: PersonChange, before: Place | None, entries: Mapping[int, Recorded]) -> str:
    told = _stated(change, entries)
    came = next((one for one in told if isinstance(one, e.Hired)), None)
    if before is None and came is not None:
        return "army" if any(word in (came.channel or "") for word in _ARMY) else "hired"
    if any(isinstance(one, e.Transferred) for one in told):
        return "moved_in"
    return "other_in"


def _way_out(change: PersonChange, after: Place | None, entries: Mapping[int, Recorded]) -> str:
    told = _stated(change, entries)
    left = next((one for one in reversed(told) if isinstance(one, e.Departed)), None)
    if after is None and left is not None:
        return _REASONS.get(left.reason, "other_out")
    if any(isinstance(one, e.Transferred) for one in told):
        return "moved_away"
    return "other_out"


def _monthly_block(view: View, unit: str, lines: Mapping[Place, _Line], counts: _Counts) -> Block:
    block = Block(N_("Changes"), _MONTHLY)
    places = dict.fromkeys([*counts.after, *counts.restated, *counts.before, *lines, *counts.borrowed])
    for place in places:
        line = lines.get(place, _Line())
        quota_before, before = counts.before.get(place, (None, 0))
        quota_after, after = counts.after.get(place, (None, 0))
        quota_restated = counts.restated.get(place, (None, 0))[0]
        came, left = (sum(line.moves[key] for key in keys) for keys in (IN, OUT))
        right = before + line.late + came - left == after
        change = None if quota_after is None else quota_after - (quota_restated or 0)
        block.origins.append(Origin(*place, own=True))
        block.rows.append(
            [
                unit_name(view, place[0]),
                term("establishment", place[1]),
                quota_before,
                before,
                line.late,
                *(line.moves[key] for key in IN),
                came,
                *(line.moves[key] for key in OUT),
                left,
                after,
                change,
                quota_after,
                None if quota_after is None else counts.vacancies.get(place),
                line.moves["lent_more"],
                line.moves["returned"],
                counts.lent[place],
                counts.borrowed[place],
                "√" if right else "×",
            ]
        )
    block.add_total(_("Total"))
    block.whole = Origin(unit)
    assert block.total is not None
    block.total[[one.key for one in _MONTHLY].index("vacancies")] = counts.whole
    return block


def _sum(block: Block) -> str:
    keys = [one.key for one in block.fields]
    assert block.total is not None
    told = {key: block.total[keys.index(key)] or 0 for key in ("before", "late", "in", "out", "after")}
    return "{before} + {late} + {in} − {out} = {after}".format(**told)


def _names(view: View, title: str, leg: Leg, entries: Mapping[int, Recorded]) -> Block:
    block = Block(title, _PEOPLE)
    for change in leg.people:
        if _on_roll(change.before) != _on_roll(change.after):
            block.rows.append(_name_line(view, change, entries, len(block.rows) + 1))
    return block


def _name_line(view: View, change: PersonChange, entries: Mapping[int, Recorded], number: int) -> list[Cell]:
    before, after = _on_roll(change.before), _on_roll(change.after)
    cited = change.entry
    one = None if cited is None else entries.get(cited.position)
    way = _way_in(change, before, entries) if after is not None else _way_out(change, after, entries)
    kind = after or before
    return [
        str(number),
        change.name,
        change.key,
        _({**IN, **OUT}[way]),
        None if one is None else iso(effective_on(one)),
        None if one is None else iso(_recorded_on(one)),
        None if before is None else unit_name(view, before[0]),
        None if after is None else unit_name(view, after[0]),
        None if kind is None else term("establishment", kind[1]),
        document_of(one).document_no,
        None if one is None else str(one.position),
    ]


def _recorded_on(one: Recorded) -> date:
    return from_microseconds(one.recorded_at).astimezone(SHANGHAI).date()


def departures(ledger: Ledger, asked: Asked) -> Register:
    """减少人员花名册: who no longer holds a post of the unit, since the first day of the period. Raises UnknownUnit."""
    register = begin(ledger, asked, "departures", _("Roster of people no longer on the establishment"))
    first = asked.first or date(asked.perspective.as_of.year, 1, 1)
    register.period = (first, asked.perspective.as_of)
    opening = replace(asked.perspective, as_of=first - timedelta(days=1))
    register.questions = [_diff(asked.unit, opening, asked.perspective)]
    bridge = ledger.diff(opening, asked.perspective, asked.unit)
    block = Block(N_("People"), _PEOPLE)
    with ledger.view(asked.perspective) as view:
        entries = _entries_of((bridge.changed,), ledger.entries_of(view).at)
        for change in _left(bridge.changed):
            line = _name_line(view, change, entries, len(block.rows) + 1)
            gone = next((one for one in reversed(_stated(change, entries)) if isinstance(one, e.Departed)), None)
            if gone is not None:
                line[3] = term("departure", gone.reason.value)
            line[7] = _where_to(view, change)
            block.rows.append(line)
    block.note = _("{count} people.").format(count=len(block.rows))
    register.blocks = [block]
    return register


def _left(leg: Leg) -> Iterator[PersonChange]:
    return (one for one in leg.people if _on_roll(one.before) is not None and _on_roll(one.after) is None)


def _where_to(view: View, change: PersonChange) -> str | None:
    """The unit that pays the post now; None for those who left the register."""
    number: Any = view.person_number(change.key)
    from sqlalchemy import select

    from ledger.projections import tables as t

    p = t.person_period.c
    unit = view.conn.execute(select(p.unit).where(p.person == number, view.valid(t.person_period))).scalar()
    return None if unit is None else unit_name(view, view.canonical(unit))
