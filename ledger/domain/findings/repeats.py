"""Secondments that follow others: returned on paper only, or borrowed again too soon (spec 1.6).

Source: spec 1.5, 1.6; the practice “纸面返还” of the seed documents: returned one day, away again the next.
"""

from __future__ import annotations

from ledger.domain.findings.finding import Severity
from ledger.domain.findings.life import Away, months_after, shown
from ledger.domain.findings.rules import Court, Evidence, Rule, clause
from ledger.domain.findings.subjects import of_secondment, told_of
from ledger.domain.findings.truth import NEVER, Truth
from ledger.domain.person import Spell
from ledger.domain.secondments import belongs_to


def _last(spells: list[Spell]) -> Spell | None:
    return max(spells, key=lambda spell: spell.ended, default=None)


def _joins(case: Away, court: Court, earlier: Spell | None) -> bool:
    """Whether less than gap_days lie between the earlier end and the start; the policy is that of the start."""
    gap = court.policies.on(case.started)["gap_days"]
    return earlier is not None and case.started - earlier.ended < gap


def paper_return(case: Away, court: Court) -> Truth:
    """纸面返还: it follows another secondment of its chain with 0 <= gap < gap_days (spec 1.6)."""
    return Truth.of([case.run]) if _joins(case, court, _last(case.before)) else NEVER


def _tell_paper_return(case: Away, court: Court) -> tuple[Severity, Evidence]:
    structure, day = case.life.structure, court.day
    group = belongs_to(structure, case.entry.host, day)
    same = _last([one for one in case.before if belongs_to(structure, one.secondment.entry.host, day) == group])
    at_host = _joins(case, court, same)
    earlier = same if at_host else _last(case.before)
    severity = Severity.HIGH if at_host else Severity.MEDIUM
    assert earlier is not None
    return severity, {
        "same_host": at_host,
        **_told(case, earlier),
        **clause(court.policies.reign(case.started), "gap_days"),
    }


def reborrowed(case: Away, court: Court) -> Truth:
    """重复借调: begun within reborrow_months of the end of the previous one, whoever the host, however it ended.

    Not where it is a paper return; the policy is that of the start (spec 1.6).
    """
    earlier = _last(case.before)
    if earlier is None or _joins(case, court, earlier):
        return NEVER
    months = court.policies.on(case.started)["reborrow_months"]
    return Truth.of([case.run]) if case.started < months_after(earlier.ended, months) else NEVER


def _tell_reborrowed(case: Away, court: Court) -> tuple[Severity, Evidence]:
    earlier = _last(case.before)
    assert earlier is not None
    used = clause(court.policies.reign(case.started), "reborrow_months")
    return Severity.MEDIUM, {**_told(case, earlier), **used}


def _told(case: Away, earlier: Spell) -> Evidence:
    secondment = earlier.secondment
    told = told_of(case)
    ended_by = [] if earlier.ended_by is None else [case.life.ids(earlier.ended_by)]
    return {
        **told,
        "gap_days": case.started - earlier.ended,
        "previous_host": secondment.entry.host,
        "previous_ended_on": shown(earlier.ended),
        "entries": [case.life.ids(secondment.position), *ended_by, *told["entries"]],
    }


RULES: tuple[Rule[Away], ...] = (
    Rule("paper_return", paper_return, _tell_paper_return, of_secondment),
    Rule("reborrowed", reborrowed, _tell_reborrowed, of_secondment),
)
