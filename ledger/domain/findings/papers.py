"""The documents behind a secondment, and whether its label exempts it (spec 1.5 Exempt, 1.6).

Sources: spec 1.5, 1.6; the personnel rules under which a loan needs a written approval before it begins.
"""

from __future__ import annotations

from ledger.domain.findings.finding import Severity
from ledger.domain.findings.life import Away, months_after, shown
from ledger.domain.findings.rules import Court, Evidence, Rule, clause
from ledger.domain.findings.subjects import of_secondment, told_of
from ledger.domain.findings.truth import NEVER, Truth
from ledger.domain.policy import Parameters
from ledger.domain.spans import Spans
from ledger.domain.terms import SecondmentKind


def exempt_days(case: Away, policy: Parameters) -> Spans:
    """The days on which a secondment is exempt under one policy: the label alone never exempts (spec 1.5).

    Its kind is exempt **and** it has a document number **and** a term **and** D <= `until` **and** D is less than
    `exempt_months` after the start.
    """
    if case.entry.kind not in policy["exempt_kinds"] or case.document is None:
        return []
    limit = months_after(case.started, policy["exempt_months"])
    return Truth.of(
        (term.begin, min(term.end, term.until + 1, limit)) for term in case.terms if term.until is not None
    ).true


def exempt(case: Away, court: Court) -> Spans:
    """The days on which a secondment is exempt, each by the policy of that day."""
    return court.policies.each(case.started, court.day + 1, lambda policy: Truth.of(exempt_days(case, policy))).true


def no_authority(case: Away, court: Court) -> Truth:
    """无手续借调: no authority with a document number, or issued after the start (spec 1.6).

    A number without the day of issue: nobody can say.
    """
    document = case.document
    if document is None:
        return Truth.of([case.run])
    if document.issued_on is None:
        return Truth.of(unknown=[case.run])
    return Truth.of([case.run]) if document.issued_on.toordinal() > case.started else NEVER


def _tell_no_authority(case: Away, court: Court) -> tuple[Severity, Evidence]:
    document = case.document
    issued = None if document is None or document.issued_on is None else document.issued_on.isoformat()
    return Severity.HIGH, {
        "document_no": None if document is None else document.document_no,
        "issued_on": issued,
        **told_of(case),
    }


def _lack_issue(case: Away, court: Court) -> Evidence:
    assert case.document is not None
    return {"document_no": case.document.document_no, "missing": ["authority.issued_on"], **told_of(case)}


def label_evasion(case: Away, court: Court) -> Truth:
    """变相借调: an exempt label, or shadowing, that does not exempt, evasion_months after the start (spec 1.6)."""

    def judged(policy: Parameters) -> Truth:
        if case.entry.kind != SecondmentKind.SHADOWING and case.entry.kind not in policy["exempt_kinds"]:
            return NEVER
        known_from = months_after(case.started, policy["evasion_months"])
        return Truth.of([(known_from, case.spell.ended)]).outside(exempt_days(case, policy))

    return court.policies.each(case.started, court.day + 1, judged)


def _tell_label_evasion(case: Away, court: Court) -> tuple[Severity, Evidence]:
    used = clause(court.policies.reign(court.day), "exempt_kinds", "exempt_months", "evasion_months")
    document = None if case.document is None else case.document.document_no
    limit = months_after(case.started, used["policy"]["exempt_months"])
    return Severity.HIGH, {
        "kind": case.entry.kind.value,
        "document_no": document,
        "exempt_before": shown(limit),
        **told_of(case),
        **used,
    }


RULES: tuple[Rule[Away], ...] = (
    Rule("no_authority", no_authority, _tell_no_authority, of_secondment, _lack_issue),
    Rule("label_evasion", label_evasion, _tell_label_evasion, of_secondment),
)
