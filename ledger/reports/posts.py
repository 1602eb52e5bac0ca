"""Registers of posts: 编制台账 with 沿革, and 空编超编表."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import select

from ledger.bootstrap import Ledger
from ledger.domain import entries as e
from ledger.domain.facts import Fact, in_effect
from ledger.domain.quotas import LEADER
from ledger.domain.time import FOREVER, Day
from ledger.locale import N_, _, term
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.cited import Entries
from ledger.queries.measures import HeadcountRow, KindCount
from ledger.queries.view import View
from ledger.reports.lookups import document_of, iso, unit_name
from ledger.reports.model import Asked, Block, Cell, Chart, Field, Origin, Register, begin

_COUNTS = ("quota", "on_roll", "vacancies", "seconded_out", "on_leave", "present")
_ESTABLISHMENT = (
    Field("number", N_("Line"), width=5),
    Field("name", N_("Unit name")),
    Field("level", N_("Level")),
    Field("establishment", N_("Establishment")),
    Field("quota", N_("Posts"), number=True, measure="quota"),
    Field("on_roll", N_("On roll"), number=True, measure="on_roll"),
    Field("vacancies", N_("Vacant (over)"), number=True, measure="vacancies"),
    Field("seconded_out", N_("Lent"), number=True, measure="seconded_out"),
    Field("on_leave", N_("On leave"), number=True, measure="on_leave"),
    Field("present", N_("Present on the establishment"), number=True, measure="present"),
    Field("seconded_in", N_("Borrowed"), number=True, measure="seconded_in"),
    Field("at_work", N_("At work"), number=True, measure="at_work"),
    Field("leader_quota", N_("Leader posts"), number=True, measure="leader_quota"),
    Field("leaders", N_("Leaders held"), number=True, measure="leaders"),
    Field("document_no", N_("Last document")),
    Field("issued_on", N_("Dated")),
)
_HISTORY = (
    Field("effective_on", N_("Date")),
    Field("name", N_("Unit name")),
    Field("title", N_("Document title")),
    Field("document_no", N_("Document no.")),
    Field("issued_by", N_("Issued by")),
    Field("matter", N_("Matter")),
    Field("establishment", N_("Establishment")),
    Field("added", N_("Added"), number=True),
    Field("removed", N_("Removed"), number=True),
    Field("posts", N_("Posts after"), number=True),
    Field("leader_posts", N_("Leader posts after"), number=True),
    Field("entry", N_("Entry no."), number=False),
)


def establishment(ledger: Ledger, asked: Asked) -> Register:
    """编制台账: one line for each unit and kind, then how the numbers came about 沿革. Raises UnknownUnit."""
    register = begin(ledger, asked, "establishment", _("Register of the establishment"))
    rows = ledger.headcount(asked.perspective, unit=asked.unit, depth=100).rows
    with ledger.view(asked.perspective) as view:
        entries = ledger.entries_of(view)
        codes = [row.unit for row in rows]
        causes = _causes(view, codes)
        documents = entries.at(set(causes.values()))
        block = Block(N_("By unit"), _ESTABLISHMENT)
        for row in rows:
            for kind, count in _kinds(row):
                held = _leaders(row) if kind is None or len(row.by_establishment) < 2 else (None, None)
                document = document_of(documents.get(causes.get((row.unit, kind or ""), 0)))
                papers = (document.document_no, iso(document.issued_on))
                block.origins.append(Origin(row.unit, kind or "", parts=_ranks(row)))
                block.rows.append(_line(view, row, kind, count, held, len(block.rows) + 1, papers))
        _whole(block, rows)
        register.blocks = [block, _history(view, entries, asked.unit, codes)]
    return register


def _kinds(row: HeadcountRow) -> Iterator[tuple[str | None, KindCount | None]]:
    """Each kind, then, where there is more than one or none, the unit as a whole."""
    yield from row.by_establishment.items()
    if len(row.by_establishment) != 1:
        yield None, None


def _line(
    view: View, row: HeadcountRow, kind: str | None, count: KindCount | None, held: tuple[int | None, int | None],
    number: int, document: tuple[str | None, str | None],
) -> list[Cell]:  # fmt: skip
    version = view.structure.version(row.unit, view.day)
    level = None if version is None or version.level is None else term("level", version.level)
    whole = kind is None or len(row.by_establishment) < 2
    label = _("Total") if kind is None else term("establishment", kind)
    numbers = [getattr(count if count is not None else row, name) for name in _COUNTS]
    others = [row.seconded_in, row.at_work] if whole else [None, None]
    return [str(number), row.name, level, label, *numbers, *others, *held, *document]


def _leaders(row: HeadcountRow) -> tuple[int | None, int | None]:
    quotas = [one.quota for one in row.leaders.values() if one.quota is not None]
    return (sum(quotas) if quotas else None), (sum(one.held for one in row.leaders.values()) if row.leaders else None)


def _ranks(row: HeadcountRow) -> dict[str, list[str]]:
    """The ranks that `_leaders` adds up, by measure."""
    with_posts = [rank for rank, one in row.leaders.items() if one.quota is not None]
    return {"leader_quota": with_posts, "leaders": list(row.leaders)}


def _whole(block: Block, rows: tuple[HeadcountRow, ...]) -> None:
    """The total is that of the unit asked about: lines of units above already hold those below."""
    if rows:
        top = rows[0]
        numbers = [getattr(top, name) for name in _COUNTS]
        block.whole = Origin(top.unit, parts=_ranks(top))
        block.total = [_("Total"), None, None, None, *numbers, top.seconded_in, top.at_work, *_leaders(top), None, None]
        block.note = _("A line holds its unit with everything below it; the total is that of the first unit.")


def _causes(view: View, codes: Collection[str]) -> dict[tuple[str, str], int]:
    """Unit and kind -> position of the entry that made the number now in force."""
    c = t.quota_period.c
    query = select(c.unit, c.scale, c.cause).where(view.valid(t.quota_period), among(c.unit, view.numbers(codes)))
    return {(view.code(unit), scale): cause for unit, scale, cause in view.conn.execute(query)}


def _history(view: View, entries: Entries, asked: str, now: Collection[str]) -> Block:
    block = Block(N_("History"), _HISTORY)
    inside = _inside(view, asked, now)
    after = _after(view, inside)
    found = entries.about([f"unit:{code}" for code in inside], view.perspective.known_at)
    facts: dict[int, Fact] = {}
    recorded = {}
    for several in found.values():
        recorded.update({one.position: one for one in several})
        for fact in in_effect(several, lambda _entry: True, view.perspective.known_at):
            if (
                fact.day <= view.day
                and isinstance(fact.entry, e.UnitEntry)
                and not isinstance(fact.entry, e.CensusClaimed)
            ):
                facts[fact.position] = fact
    before: dict[tuple[str, str], int] = {}
    for fact in sorted(facts.values(), key=lambda one: one.order):
        numbers = list(_numbers(fact, after, before))  # counted on, also where the unit was elsewhere then
        unit: str = getattr(fact.entry, "unit", asked)
        if not any(first <= fact.day <= last for first, last in inside.get(unit, ())):
            continue
        document = document_of(recorded[fact.position])
        head: list[Cell] = [iso(fact.entry.effective_on), _name_then(view, unit, fact.day)]
        told = [document.title, document.document_no, document.issued_by, term("entry", fact.entry.type)]
        block.rows.extend([*head, *told, *one, str(fact.position)] for one in numbers)
    return block


def _inside(view: View, asked: str, now: Collection[str]) -> dict[str, list[tuple[Day, Day]]]:
    """The units whose history this is, each with the days of it: those that left or ended, until that day."""
    found: dict[str, list[tuple[Day, Day]]] = {}
    for code in view.structure.ever_inside(asked):
        spells = [(first, last) for above, first, last in view.structure.above_over_time(code) if above == asked]
        spells = [(first, last) for first, last in spells if first <= view.day]
        if code in now:
            found[code] = [(-FOREVER, FOREVER)]
        elif spells:
            found[code] = spells
    return found


def _name_then(view: View, unit: str, day: Day) -> str | None:
    """What a unit was called on a day; on the day of its end, what it was called until then."""
    version = view.structure.version(unit, day) or view.structure.version(unit, day - 1)
    return unit_name(view, unit) if version is None else version.name


After = dict[tuple[str, str, int], int]
"""Unit, scale and position of an entry -> the number it left."""


def _after(view: View, codes: Collection[str]) -> After:
    c = t.quota_period.c
    where = (view.known(t.quota_period), among(c.unit, view.numbers(codes)))
    query = select(c.unit, c.scale, c.cause, c.posts).where(*where).order_by(c.d_from.desc())
    return {(view.code(unit), scale, cause): posts for unit, scale, cause, posts in view.conn.execute(query)}


def _numbers(
    fact: Fact, after: dict[tuple[str, str, int], int], before: dict[tuple[str, str], int]
) -> Iterator[list[Cell]]:
    """Kind, added, removed, posts after, leader posts after; for a move of posts both legs."""
    touched = sorted((unit, scale) for unit, scale, position in after if position == fact.position)
    if not touched:
        kind = getattr(fact.entry, "establishment", None)
        gone = before.pop((fact.entry.unit, str(kind)), None) if isinstance(fact.entry, e.QuotaCancelled) else None
        yield [None if kind is None else term("establishment", kind), None, gone, None, None]
    for unit, scale in touched:
        posts = after[unit, scale, fact.position]
        change = posts - before.get((unit, scale), 0)
        before[unit, scale] = posts
        leaders = scale.startswith(LEADER)
        label = scale.removeprefix(LEADER) if leaders else term("establishment", scale)
        more: list[Cell] = [max(0, change) or None, max(0, -change) or None]
        yield [label, *more, None if leaders else posts, posts if leaders else None]


_VACANCIES = (
    Field("number", N_("Line"), width=5),
    Field("name", N_("Unit name")),
    Field("establishment", N_("Establishment")),
    Field("quota", N_("Posts"), number=True, measure="quota"),
    Field("on_roll", N_("On roll"), number=True, measure="on_roll"),
    Field("vacant", N_("Vacant"), number=True, measure="vacancies"),
    Field("over", N_("Over"), number=True, measure="vacancies"),
    Field("seconded_out", N_("Lent"), number=True, measure="seconded_out"),
    Field("present", N_("Present on the establishment"), number=True, measure="present"),
    Field("really_vacant", N_("Posts without anybody present"), number=True),
)


def vacancies(ledger: Ledger, asked: Asked) -> Register:
    """空编超编表: every number of posts with the people that fill it. Raises UnknownUnit."""
    register = begin(ledger, asked, "vacancies", _("Vacant and exceeded posts"))
    block = Block(N_("Vacancies"), _VACANCIES)
    rows = ledger.headcount(asked.perspective, unit=asked.unit, depth=100).rows
    own = _own_numbers(ledger, asked, [row.unit for row in rows])
    for row in rows:
        for kind, count in row.by_establishment.items():
            if (row.unit, kind) in own:
                block.origins.append(Origin(row.unit, kind))
                block.rows.append([str(len(block.rows) + 1), row.name, term("establishment", kind), *_gaps(count)])
    if rows and rows[0].quota is not None:
        kinds = [_gaps(count) for count in rows[0].by_establishment.values() if count.quota is not None]
        if len(kinds) == len(rows[0].by_establishment):  # else it leaves out the kinds without posts
            block.whole = Origin(asked.unit)
        block.total = [_("Total"), None, None, *(sum(int(one[n] or 0) for one in kinds) for n in range(7))]
    block.note = _("A line holds its unit with everything below it; the total is that of the first unit.")
    register.blocks = [block]
    register.chart = Chart(_("Posts and people"), 0, ("quota", "on_roll", "vacant", "over"))
    return register


def _own_numbers(ledger: Ledger, asked: Asked, codes: Collection[str]) -> set[tuple[str, str]]:
    with ledger.view(asked.perspective) as view:
        return set(_causes(view, codes))


def _gaps(count: Any) -> list[Cell]:
    vacant = count.vacancies or 0
    gap = (count.quota or 0) - count.present
    return [count.quota, count.on_roll, max(0, vacant), max(0, -vacant), count.seconded_out, count.present, gap]
