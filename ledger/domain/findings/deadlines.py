"""Terms of secondments: run out, running out, never set, too long, prolonged too late (spec 1.6).

Sources: spec 1.6; the seed report's people away for years; provincial rules that allow six months for one loan.
"""

from __future__ import annotations

from ledger.domain.findings.finding import Severity
from ledger.domain.findings.life import Away, Term, months_after, shown
from ledger.domain.findings.papers import exempt
from ledger.domain.findings.rules import Court, Evidence, Rule, clause
from ledger.domain.findings.subjects import of_secondment, told_of
from ledger.domain.findings.truth import NEVER, Truth


def overdue(case: Away, court: Court) -> Truth:
    """超期借调: running and D > `until` as extended by entries effective <= D (spec 1.6)."""
    return Truth.of((max(term.begin, term.until + 1), term.end) for term in case.terms if term.until is not None)


def _tell_overdue(case: Away, court: Court) -> tuple[Severity, Evidence]:
    assert case.until is not None
    days = court.day - case.until
    reign = court.policies.reign(court.day)
    high, critical = reign.parameters["overdue_high_days"], reign.parameters["overdue_critical_days"]
    severity = Severity.CRITICAL if days >= critical else Severity.HIGH if days >= high else Severity.MEDIUM
    used = clause(reign, "overdue_high_days", "overdue_critical_days")
    return severity, {"days": days, **told_of(case), **used}


def expiring(case: Away, court: Court) -> Truth:
    """即将到期: running and 0 <= until - D < expiring_days (spec 1.6)."""
    return court.policies.each(
        case.started,
        court.day + 1,
        lambda policy: Truth.of(
            (max(term.begin, term.until - policy["expiring_days"] + 1), min(term.end, term.until + 1))
            for term in case.terms
            if term.until is not None
        ),
    )


def _tell_expiring(case: Away, court: Court) -> tuple[Severity, Evidence]:
    assert case.until is not None
    used = clause(court.policies.reign(court.day), "expiring_days")
    return Severity.LOW, {"days_left": case.until - court.day, **told_of(case), **used}


def open_ended(case: Away, court: Court) -> Truth:
    """无期限借调: running, no `until` (spec 1.6)."""
    return Truth.of((term.begin, term.end) for term in case.terms if term.until is None)


def _tell_open(case: Away, court: Court) -> tuple[Severity, Evidence]:
    return Severity.HIGH, {"days": court.day - case.started + 1, **told_of(case)}


def term_over_limit(case: Away, court: Court) -> Truth:
    """单次超限: the initial term is longer than term_months of the policy on its start; not while exempt (spec 1.5)."""
    until = case.entry.until
    months = court.policies.on(case.started)["term_months"]
    if until is None or until.toordinal() + 1 <= months_after(case.started, months):
        return NEVER
    return Truth.of([case.run]).outside(exempt(case, court))


def _tell_term(case: Away, court: Court) -> tuple[Severity, Evidence]:
    reign = court.policies.reign(case.started)
    limit = months_after(case.started, reign.parameters["term_months"]) - 1
    assert case.entry.until is not None
    first = {"first_until": case.entry.until.isoformat(), "allowed_until": shown(limit)}
    return Severity.HIGH, {**first, **told_of(case), **clause(reign, "term_months")}


def _replaced_late(case: Away) -> list[tuple[Term, Term]]:
    """Each run of days whose last day was passed when an extension replaced it, with the run that followed."""
    pairs = zip(case.terms, case.terms[1:], strict=False)
    return [(before, after) for before, after in pairs if before.until is not None and after.begin > before.until]


def extension_late(case: Away, court: Court) -> Truth:
    """续借迟办: an extension effective after the `until` it replaces; an open term is never late (spec 1.6)."""
    return Truth.of((after.begin, case.spell.ended) for _, after in _replaced_late(case))


def _tell_late(case: Away, court: Court) -> tuple[Severity, Evidence]:
    late = [
        {"extended_on": shown(after.begin), "ran_out_on": shown(before.until), "days": after.begin - before.until}
        for before, after in _replaced_late(case)
        if after.begin <= court.day and before.until is not None
    ]
    return Severity.HIGH, {"late": late, **told_of(case)}


RULES: tuple[Rule[Away], ...] = (
    Rule("overdue_secondment", overdue, _tell_overdue, of_secondment),
    Rule("secondment_expiring", expiring, _tell_expiring, of_secondment),
    Rule("open_ended_secondment", open_ended, _tell_open, of_secondment),
    Rule("term_over_limit", term_over_limit, _tell_term, of_secondment),
    Rule("extension_late", extension_late, _tell_late, of_secondment),
)
