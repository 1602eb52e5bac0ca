"""Registers of those who work elsewhere: 借调台账 (out and in), 超期借调清理表."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from ledger.bootstrap import Ledger
from ledger.domain.entries import SecondmentStarted
from ledger.domain.events import Recorded
from ledger.domain.time import FOREVER, day_after, day_or_none
from ledger.locale import N_, _, term
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.scope import Scope
from ledger.queries.secondments import SecondmentLine
from ledger.queries.view import View
from ledger.reports.lookups import About, about, document_of, iso, stated, unit_name
from ledger.reports.model import Asked, Block, Cell, Chart, Field, Origin, Register, begin, worded_month
from ledger.reports.tracing import at

SOON = 30
"""Days before the last day from which a register calls a secondment 临期."""
_AWAY = (
    Field("number", N_("Line"), width=5),
    Field("name", N_("Full name")),
    Field("person", N_("Person no.")),
    Field("gender", N_("Gender"), width=6),
    Field("born", N_("Born")),
    Field("establishment", N_("Establishment")),
    Field("rank", N_("Rank")),
    Field("home", N_("Home unit")),
    Field("host", N_("Host unit")),
    Field("kind", N_("Purpose")),
    Field("reason", N_("Task")),
    Field("document_no", N_("Document no.")),
    Field("first_on", N_("First seconded")),
    Field("started_on", N_("Since")),
    Field("until", N_("Last day")),
    Field("extensions", N_("Extensions"), number=False),
    Field("chain_days", N_("Days without a break"), number=False),
    Field("all_days", N_("Days in all"), number=False),
    Field("state", N_("State")),
    Field("vacancies", N_("Such posts vacant at the host"), measure="vacancies"),
    Field("ended_on", N_("Really ended")),
    Field("entry", N_("Entry no.")),
)


class _Spell(NamedTuple):
    person: str
    key: int
    began: int
    ended: int
    host: str
    entry: int
    outcome: str | None
    home: str
    establishment: str
    until: int | None
    extensions: int


def secondments(ledger: Ledger, asked: Asked) -> Register:
    """借调台账: those lent and those borrowed, with what ended in the period. Raises UnknownUnit."""
    register = begin(ledger, asked, "secondments", _("Register of secondments"))
    first = asked.first or date(asked.perspective.as_of.year, 1, 1)
    register.period = (first, asked.perspective.as_of)
    register.questions = [f"sledger secondments --unit {shlex.quote(asked.unit)} {at(asked.perspective)}"]
    running = {
        (line.person, line.started_on): line for line in ledger.secondments(asked.perspective, unit=asked.unit).rows
    }
    with ledger.view(asked.perspective) as view:
        inside = Scope.of(view, view.unit(asked.unit)).numbers
        spells = _spells(view, inside, first)
        people = about(view, {one.person for one in spells})
        every = _every_spell(view, {one.person for one in spells})
        starts = ledger.entries_of(view).at(list({one.entry for one in spells}))
        codes = {view.code(number) for number in inside}
        book = _Book(ledger, asked, view, people, every, starts, running)
        out = [one for one in spells if one.home in codes and one.host not in codes]
        taken = [one for one in spells if one.host in codes and one.home not in codes]
        register.blocks = [book.block(N_("Lent"), out), book.block(N_("Borrowed"), taken)]
    return register


class _Book:
    """What the lines of the register are written from."""

    def __init__(
        self, ledger: Ledger, asked: Asked, view: View, people: Mapping[str, About],
        every: Mapping[str, list[tuple[int, int]]], starts: Mapping[int, Recorded],
        running: Mapping[tuple[str, date], SecondmentLine],
    ) -> None:  # fmt: skip
        self.ledger, self.asked, self.view = ledger, asked, view
        self.people, self.every, self.starts, self.running = people, every, starts, running
        self.vacancies: dict[tuple[str, str], int | None] = {}

    def block(self, title: str, spells: Iterable[_Spell]) -> Block:
        block = Block(title, _AWAY)
        for one in sorted(spells, key=lambda one: (one.began, one.person)):
            block.origins.append(Origin(self._employer(one.host), one.establishment))
            block.rows.append(self._line(one, len(block.rows) + 1))
        running = sum(one[-2] is None for one in block.rows)
        told = {"count": len(block.rows), "running": running}
        block.note = _("{count} secondments, {running} of them running.").format(**told)
        return block

    def _line(self, one: _Spell, number: int) -> list[Cell]:
        start, day = self.starts[one.entry], self.view.day
        entry = stated(start)
        assert isinstance(entry, SecondmentStarted)
        line = self.running.get((one.person, date.fromordinal(one.began)))
        who = self.people[one.person]
        all_days = sum(min(ended, day + 1) - began for began, ended in self.every[one.person] if began <= day)
        ended = one.ended if one.ended <= day else FOREVER
        return [
            str(number),
            who.name,
            one.person,
            None if who.gender is None else term("gender", who.gender),
            worded_month(who.born_on),
            term("establishment", one.establishment),
            who.rank,
            unit_name(self.view, one.home),
            unit_name(self.view, one.host),
            term("secondment_kind", entry.kind.value),
            entry.reason,
            document_of(start).document_no,
            iso(date.fromordinal(min(began for began, _ended in self.every[one.person]))),
            iso(date.fromordinal(one.began)),
            iso(day_or_none(one.until)) or _("open"),
            one.extensions,
            (line.chain_days if line is not None else None),
            all_days,
            self._state(one, ended),
            self._vacancy(one.host, one.establishment),
            iso(day_or_none(ended)),
            str(one.entry),
        ]

    def _state(self, one: _Spell, ended: int) -> str:
        if ended < FOREVER:
            return term("outcome", one.outcome or "returned")
        if one.until is not None and one.until < self.view.day:
            return _("overdue")
        if one.until is not None and one.until <= self.view.day + SOON:
            return _("ends soon")
        return _("running")

    def _employer(self, host: str) -> str:
        return self.view.structure.statutory(host, self.view.day) or host

    def _vacancy(self, host: str, kind: str) -> int | None:
        """Posts of the same kind that stand vacant at the host's statutory unit."""
        employer = self._employer(host)
        if (employer, kind) not in self.vacancies:
            rows = self.ledger.headcount(self.asked.perspective, unit=employer).rows
            count = rows[0].by_establishment.get(kind) if rows else None
            self.vacancies[employer, kind] = None if count is None else count.vacancies
        return self.vacancies[employer, kind]


def _spells(view: View, inside: Iterable[int], first: date) -> list[_Spell]:
    """The spells of the period with the charge they ran under on their last day until D."""
    s, p = t.secondment.c, t.person_period.c
    numbers = list(inside)
    wanted = [view.known(t.secondment), s.d_from <= view.day, s.d_to > first.toordinal()]
    joined = (
        select(
            t.person.c.code, s.key, s.d_from, s.d_to, s.host, s.entry, s.outcome, p.unit, p.kind, p.until, p.extensions,
            p.d_from.label("begin"),
        )
        .join_from(t.secondment, t.person, t.person.c.id == s.person)
        .join(t.person_period, (p.person == s.person) & (p.secondment == s.key) & view.known(t.person_period))
        .where(*wanted, p.d_from <= view.day, or_(among(p.unit, numbers), among(s.host, numbers)))
        .order_by(p.d_from)
    )  # fmt: skip
    found: dict[tuple[str, int], _Spell] = {}
    for row in view.conn.execute(joined):
        found[row.code, row.key] = _Spell(
            row.code, row.key, row.d_from, row.d_to, view.canonical(row.host), row.entry, row.outcome,
            view.canonical(row.unit), t.KINDS[row.kind], row.until, row.extensions,
        )  # fmt: skip
    return list(found.values())


def _every_spell(view: View, people: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
    s = t.secondment.c
    query = select(t.person.c.code, s.d_from, s.d_to).join_from(t.secondment, t.person, t.person.c.id == s.person)
    wanted = sorted(people)
    found: dict[str, list[tuple[int, int]]] = {}
    for start in range(0, len(wanted), 500):
        piece = query.where(view.known(t.secondment), t.person.c.code.in_(wanted[start : start + 500]))
        for code, began, ended in view.conn.execute(piece):
            found.setdefault(code, []).append((began, ended))
    return found


_OVERDUE = (
    Field("number", N_("Line"), width=5),
    Field("name", N_("Full name")),
    Field("person", N_("Person no.")),
    Field("home", N_("Home unit")),
    Field("host", N_("Host unit")),
    Field("started_on", N_("Since")),
    Field("due_on", N_("Due back on")),
    Field("days_overdue", N_("Days overdue"), number=False),
    Field("chain_days", N_("Days without a break"), number=False),
    Field("document", N_("Papers")),
    Field("rules", N_("Rules and their basis")),
    Field("type", N_("Type")),
    Field("proposal", N_("Proposal: return, papers, transfer, stay")),
    Field("responsible", N_("Responsible unit")),
    Field("deadline", N_("Deadline")),
    Field("result", N_("Result")),
    Field("note", N_("Remarks")),
    Field("entry", N_("Entry no.")),
)
_BANDS = (
    Field("host", N_("Host unit")),
    Field("up_to_30", N_("Up to 30 days"), number=True),
    Field("up_to_180", N_("31 to 180 days"), number=True),
    Field("more", N_("More than 180 days"), number=True),
    Field("all", N_("Together"), number=True),
)


def overdue(ledger: Ledger, asked: Asked) -> Register:
    """超期借调清理表: the longest overdue first, with the rules that hold; the office fills in the rest."""
    register = begin(ledger, asked, "overdue", _("List of overdue secondments to be settled"))
    told = f"--unit {shlex.quote(asked.unit)} {at(asked.perspective)}"
    register.questions = [f"sledger campaign list {told}", f"sledger findings {told}"]
    lines = ledger.campaign(asked.perspective, asked.unit).rows
    wrong = ledger.findings(asked.perspective, unit=asked.unit).rows
    block = Block(N_("List"), _OVERDUE)
    with ledger.view(asked.perspective) as view:
        for line in lines:
            rules = [one for one in wrong if one.person == line.person and one.state == "true"]
            block.rows.append(_overdue_line(view, line, rules, len(block.rows) + 1))
        people = {line.person for line in lines}
        register.blocks = [block, _by_host(view, lines), _basis(one for one in wrong if one.person in people)]
    register.chart = Chart(_("People overdue by host unit"), 1, ("up_to_30", "up_to_180", "more"), ("host",))
    block.note = _("{count} people.").format(count=len(block.rows))
    return register


def _overdue_line(view: View, line: SecondmentLine, rules: Iterable[Any], number: int) -> list[Cell]:
    document = None if line.authority is None else line.authority.document_no
    told = [term("rule", one.rule) for one in rules]
    kinds = [str(one.evidence["subtype"]) for one in rules if one.evidence.get("subtype")]
    return [
        str(number),
        line.name,
        line.person,
        unit_name(view, line.home),
        unit_name(view, line.host),
        iso(line.started_on),
        None if line.until is None else iso(day_after(line.until)),
        line.days_overdue,
        line.chain_days,
        document or _("none"),
        "；".join(dict.fromkeys(told)) or None,
        "；".join(term("subtype", kind) for kind in dict.fromkeys(kinds)) or None,
        None,
        unit_name(view, line.host),
        None,
        None,
        None,
        str(line.entry),
    ]


_BASIS = (
    Field("rule", N_("Rule")),
    Field("code", N_("Code")),
    Field("parameters", N_("Parameters in force")),
    Field("count", N_("Findings"), number=False),
)


def _basis(wrong: Iterable[Any]) -> Block:
    """The rules of the list, with the numbers of the policy they were judged by."""
    block = Block(N_("Rules and their basis"), _BASIS)
    found: dict[str, list[Any]] = {}
    for one in wrong:
        if one.state == "true":
            found.setdefault(one.rule, []).append(one)
    for rule, several in sorted(found.items()):
        told = several[0].evidence.get("policy")
        values = told.items() if isinstance(told, Mapping) else ()
        numbers = [f"{term('parameter', name)} {_plain(value)}" for name, value in values]
        block.rows.append([term("rule", rule), rule, _("; ").join(numbers) or None, len(several)])
    return block


def _plain(value: object) -> str:
    return " / ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _by_host(view: View, lines: Iterable[SecondmentLine]) -> Block:
    block = Block(N_("By host unit"), _BANDS)
    found: dict[str, list[int]] = {}
    for line in lines:
        bands = found.setdefault(line.host, [0, 0, 0])
        bands[0 if line.days_overdue <= 30 else 1 if line.days_overdue <= 180 else 2] += 1
    for host, bands in sorted(found.items()):
        block.rows.append([unit_name(view, host), *bands, sum(bands)])
    block.add_total(_("Total"))
    return block
