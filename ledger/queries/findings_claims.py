"""Every claim of a report in effect at K, held against the ledger of its own date (spec 1.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from ledger.domain.entries import CensusClaimed
from ledger.domain.findings.claims import CENSUS_MISMATCH, CLAIM_INCONSISTENT, Claim, ClaimCase
from ledger.domain.findings.finding import Finding
from ledger.domain.time import Perspective
from ledger.queries.headcount import rows_of
from ledger.queries.measures import HeadcountRow
from ledger.queries.unit_scan import UnitScan


def claim_findings(scan: UnitScan, rules: frozenset[str]) -> Iterator[Finding]:
    """What census_mismatch and claim_inconsistent say on D."""
    known = _claims(scan)
    if CLAIM_INCONSISTENT.code in rules:
        for claim in known:
            for measure in sorted(claim.measures):
                yield from scan.row(CLAIM_INCONSISTENT, ClaimCase(claim, measure), claim.unit)
    if CENSUS_MISMATCH.code in rules:
        yield from _mismatches(scan, known)


def _claims(scan: UnitScan) -> list[Claim]:
    facts = [fact for fact in scan.declared("census_claimed") if fact.day <= scan.view.day]
    keys = scan.ids(fact.place for fact in facts)
    claims: list[Claim] = []
    for fact in facts:
        entry = fact.entry
        assert isinstance(entry, CensusClaimed)
        if not scan.concerns(entry.unit):
            continue
        key = keys[fact.place]
        claims.append(Claim(entry.unit, key, fact.position, fact.day, entry.source, entry.scope, entry.measures))
    return claims


def _mismatches(scan: UnitScan, known: list[Claim]) -> Iterator[Finding]:
    days: dict[tuple[int, str], list[Claim]] = {}
    for claim in known:
        days.setdefault((claim.day, claim.scope), []).append(claim)
    for (day, scope), claims in days.items():
        rows = _rows(scan, day, scope == "own", {claim.unit for claim in claims})
        for claim in claims:
            for measure in sorted(claim.measures):
                case = ClaimCase(claim, measure, rows[claim.unit].measure(measure))
                yield from scan.row(CENSUS_MISMATCH, case, claim.unit)


def _rows(scan: UnitScan, day: int, own: bool, units: set[str]) -> Mapping[str, HeadcountRow]:  # noqa: FBT001
    """The units' rows on a day."""
    view = scan.view.at(Perspective(date.fromordinal(day), scan.view.perspective.known_at))
    return rows_of(view, units, own=own)
