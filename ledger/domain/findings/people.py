"""Who holds which kind of post, who came back after leaving the state's payroll, who is ill for long (spec 1.6).

Sources: spec 1.6; the seed report's workers on administrative posts (混编); the seeds' seven diversion channels of
the staff reforms (分流); the rules on pay during long sick leave.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.domain.entries import Departed, Hired
from ledger.domain.findings.finding import Severity
from ledger.domain.findings.life import Life, months_after, shown
from ledger.domain.findings.rules import Court, Evidence, Rule, clause
from ledger.domain.findings.truth import Truth
from ledger.domain.person import PersonState
from ledger.domain.policy import Parameters
from ledger.domain.spans import Span
from ledger.domain.terms import DepartureReason, Establishment, LeaveKind
from ledger.domain.time import FOREVER, Day

DIVERSIONS = frozenset(reason for reason in DepartureReason if reason.startswith("diverted_"))
"""The seven channels by which people were diverted from the payroll (spec 1.3)."""


def of_person(case: Life, court: Court) -> str:
    """The subject of a rule about a person as such."""
    return f"person:{case.person}"


# ---- identity


def mismatched(identity: str | None, kind: str, policy: Parameters) -> bool | None:
    """Whether an identity may not hold a post of that kind; None where the identity is unknown (spec 1.6)."""
    if kind == Establishment.OFF_ESTABLISHMENT:
        return False
    return None if identity is None else kind not in policy["identity_matrix"].get(identity, ())


def kind_mismatch(case: Life, court: Court) -> Truth:
    """混编: identity and establishment kind are not in the policy's matrix; never off the establishment (spec 1.6)."""

    def judged(policy: Parameters) -> Truth:
        spans: dict[bool | None, list[Span]] = {True: [], None: [], False: []}
        for begin, end, state in case.runs():
            if state.unit is not None and state.establishment is not None:
                identity = None if state.description is None else state.description.identity
                spans[mismatched(identity, state.establishment, policy)].append((begin, end))
        return Truth.of(spans[True], spans[None])

    return court.policies.each(0, court.day + 1, judged)


def _tell_kind(case: Life, court: Court) -> tuple[Severity, Evidence]:
    state = case.state(court.day)
    identity = None if state.description is None else state.description.identity
    entries = case.stating(court.day, "establishment", "identity")
    told = {"identity": identity, "establishment": state.establishment, "entries": entries}
    return Severity.HIGH, {**told, **clause(court.policies.reign(court.day), "identity_matrix")}


def without_identity(kind: str | None) -> Evidence:
    """What is missing where nobody can say whether somebody may hold a post of that kind."""
    return {"missing": ["identity"], "establishment": kind}


def _lack_identity(case: Life, court: Court) -> Evidence:
    return without_identity(case.state(court.day).establishment)


# ---- diversion


@dataclass(frozen=True)
class Returned:
    """A service `[begin, end)` begun after a departure by diversion. Ids of both entries, place of the hire."""

    key: int
    begin: Day
    end: Day
    reason: str
    entries: tuple[str, str]


def _services(case: Life) -> list[Returned]:
    """The services after a diversion; a departure on the day of the hire ends what never ran (spec 1.1)."""
    found: list[Returned] = []
    diverted: tuple[str, str] | None = None
    since: Day | None = None
    for fact in case.facts:
        if isinstance(fact.entry, Departed):
            if found and found[-1].end == FOREVER:
                last = found.pop()
                found.append(Returned(last.key, last.begin, fact.day, last.reason, last.entries))
            if fact.entry.reason in DIVERSIONS and fact.day != since:
                diverted = (fact.entry.reason.value, fact.id)
        elif isinstance(fact.entry, Hired):
            since = fact.day
            if diverted is None:
                continue
            reason, departure = diverted
            found.append(Returned(fact.place, fact.day, FOREVER, reason, (departure, fact.id)))
    return found


def returned_after_diversion(case: Life, court: Court) -> Truth:
    """分流回流: hired after any departure by diversion, while that service lasts (spec 1.6)."""
    return Truth.of((one.begin, one.end) for one in _services(case) if one.begin <= court.day < one.end)


def _service(case: Life, court: Court) -> Returned:
    return next(one for one in _services(case) if one.begin <= court.day < one.end)


def _tell_returned(case: Life, court: Court) -> tuple[Severity, Evidence]:
    one = _service(case, court)
    return Severity.MEDIUM, {"hired_on": shown(one.begin), "reason": one.reason, "entries": list(one.entries)}


def _of_hire(case: Life, court: Court) -> str:
    return f"person:{case.person}/hire:{case.ids(_service(case, court).key)}"


# ---- leave


def long_leave(case: Life, court: Court) -> Truth:
    """长期病假: sick leave for long_leave_months or more; one leave is one subject (spec 1.6)."""
    on_leave = case.state(court.day).leave
    if on_leave is None or on_leave.kind != LeaveKind.SICK:
        return Truth.of()
    ends = [begin for begin, _, state in case.runs() if begin > court.day and not _same_leave(state, on_leave.key)]
    end = min(ends, default=FOREVER)
    return court.policies.each(
        on_leave.since,
        court.day + 1,
        lambda policy: Truth.of([(months_after(on_leave.since, policy["long_leave_months"]), end)]),
    )


def _same_leave(state: PersonState, key: int) -> bool:
    return state.leave is not None and state.leave.key == key


def _tell_leave(case: Life, court: Court) -> tuple[Severity, Evidence]:
    leave = case.state(court.day).leave
    assert leave is not None
    standing = {fact.place: fact.id for fact in case.facts}
    told = {"since": shown(leave.since), "days": court.day - leave.since + 1, "entries": [standing[leave.key]]}
    return Severity.MEDIUM, {**told, **clause(court.policies.reign(court.day), "long_leave_months")}


def _of_leave(case: Life, court: Court) -> str:
    leave = case.state(court.day).leave
    assert leave is not None
    return f"person:{case.person}/leave:{case.ids(leave.key)}"


RULES: tuple[Rule[Life], ...] = (
    Rule("kind_mismatch", kind_mismatch, _tell_kind, of_person, _lack_identity),
    Rule("returned_after_diversion", returned_after_diversion, _tell_returned, _of_hire),
    Rule("long_leave", long_leave, _tell_leave, _of_leave),
)
