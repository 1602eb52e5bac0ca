"""What a report claimed, held against the ledger and against itself (spec 1.6).

Sources: 《地方各级人民政府机构设置和编制管理条例》 arts 21-25 (figures are neither inflated, concealed nor invented);
the seed report S0, whose 56 posts are not 34 + 21.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ledger.domain.findings.finding import Severity
from ledger.domain.findings.life import shown
from ledger.domain.findings.rules import Court, Evidence, Rule
from ledger.domain.findings.truth import NEVER, Truth
from ledger.domain.time import FOREVER, Day

_STATES = ("present", "seconded_out", "on_leave")


@dataclass(frozen=True)
class Claim:
    """A claim in effect. `key`: id of the entry as first recorded; `entry`: position of what stands in its place."""

    unit: str
    key: str
    entry: int
    day: Day
    source: str
    scope: str
    measures: Mapping[str, int]


@dataclass(frozen=True)
class ClaimCase:
    """One number of a claim. `ledger`: the ledger's own on the claim's date as known at K; None where it has none."""

    claim: Claim
    measure: str
    ledger: int | None = None

    @property
    def claimed(self) -> int:
        """The number as claimed."""
        return self.claim.measures[self.measure]

    @cached_property
    def sums(self) -> list[Evidence]:
        """The sums of parts that the claim itself gives for the number, and that differ from it."""
        measures = self.claim.measures
        kinds = {name: number for name, number in measures.items() if name.startswith(f"{self.measure}.")}
        found = [kinds] if len(kinds) > 1 else []
        if self.measure == "on_roll" and all(name in measures for name in _STATES):
            found.append({name: measures[name] for name in _STATES})
        totals = ((parts, sum(parts.values())) for parts in found)
        return [{"parts": parts, "sum": total} for parts, total in totals if total != self.claimed]


def subject_of(case: ClaimCase, _court: Court) -> str:
    """`unit:T01/claim:<key>/<measure>`."""
    return f"unit:{case.claim.unit}/claim:{case.claim.key}/{case.measure}"


def _told(case: ClaimCase) -> Evidence:
    claim = case.claim
    return {
        "claimed": case.claimed,
        "claimed_on": shown(claim.day),
        "scope": claim.scope,
        "source": claim.source,
        "entries": (claim.entry,),
    }


def _mismatch(case: ClaimCase, _court: Court) -> Truth:
    since = [(case.claim.day, FOREVER)]
    if case.ledger is None:
        return Truth.of(unknown=since)
    return Truth.of(since) if case.ledger != case.claimed else NEVER


def _lack_ledger(case: ClaimCase, _court: Court) -> Evidence:
    return {**_told(case), "ledger": None, "missing": ["ledger"]}


def _tell_mismatch(case: ClaimCase, _court: Court) -> tuple[Severity, Evidence]:
    assert case.ledger is not None
    difference = case.claimed - case.ledger
    return Severity.HIGH, {**_told(case), "ledger": case.ledger, "difference": difference}


def _contradicts(case: ClaimCase, _court: Court) -> Truth:
    return Truth.of([(case.claim.day, FOREVER)]) if case.sums else NEVER


def _tell_sums(case: ClaimCase, _court: Court) -> tuple[Severity, Evidence]:
    return Severity.MEDIUM, {**_told(case), "sums": case.sums}


CENSUS_MISMATCH = Rule("census_mismatch", _mismatch, _tell_mismatch, subject_of, _lack_ledger)
"""账实不符: a claimed number is not the ledger's at (claim date, K); from that date on, for ever (spec 1.6).

The ledger's number is that of the unit and scope claimed; where it has none, nobody can say.
"""
CLAIM_INCONSISTENT = Rule("claim_inconsistent", _contradicts, _tell_sums, subject_of)
"""上报数自相矛盾: the parts a claim gives do not add up to its own total (spec 1.6).

Either `m` against the `m.<kind>` given, when there are at least two, or `on_roll` against those present, seconded out
and on leave, when all four are given. What a claim leaves out is no contradiction.
"""
