"""What is wrong with units, posts and claims on D as known at K (spec 1.6), for `findings` to gather.

The columns of the whole jurisdiction say for which units a rule holds, or may hold, on D; only these are followed back
through time, since `first_true_on` rests on every day before. The numbers of all of them are read together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from ledger.domain.findings.claims import CENSUS_MISMATCH, CLAIM_INCONSISTENT
from ledger.domain.findings.finding import Finding
from ledger.domain.findings.freezes import FREEZE_VIOLATED
from ledger.domain.findings.quotas import (
    OVER_LEADER_QUOTA,
    OVER_QUOTA,
    RATIO_OVER,
    SPLIT_MISMATCH,
    RatioCase,
    RecordCase,
    SplitCase,
)
from ledger.domain.findings.rules import Court, Rule
from ledger.domain.findings.staffing import HOME_DEPLETED, PRESENT_LOW, StaffCase, depleted, low
from ledger.domain.findings.truth import Policies
from ledger.domain.quotas import LEADER
from ledger.domain.terms import INNER_KINDS, Establishment, UnitKind
from ledger.queries.absent import absent_from
from ledger.queries.arrivals import Arrival, arrivals
from ledger.queries.cited import Entries
from ledger.queries.findings_claims import claim_findings
from ledger.queries.findings_freezes import freeze_findings
from ledger.queries.findings_orphans import left_over_findings
from ledger.queries.numbers import UnitNumbers
from ledger.queries.quotas import Number
from ledger.queries.unit_scan import UnitScan
from ledger.queries.view import View

LEFT_OVER = frozenset({"temporary_quota_expired", "orphan_quota"})
CLAIMS = frozenset({CENSUS_MISMATCH.code, CLAIM_INCONSISTENT.code})


def unit_findings(
    view: View,
    numbers: UnitNumbers,
    policies: Policies,
    entries: Entries,
    rules: Collection[str],
    units: Collection[str] | None = None,
) -> list[Finding]:
    """The findings about units, posts and claims, by the rules wanted; `units`: only what concerns these."""
    wanted = frozenset(rules)
    only = None if units is None else frozenset(view.structure.canonical(unit, view.day) or unit for unit in units)
    scan = UnitScan(view, numbers, Court(view.day, policies, numbers), entries, only)
    rows: list[Finding] = []
    if {OVER_QUOTA.code, OVER_LEADER_QUOTA.code} & wanted:
        rows.extend(_exceeded(scan, wanted))
    if SPLIT_MISMATCH.code in wanted:
        rows.extend(_split(scan))
    if RATIO_OVER.code in wanted:
        rows.extend(_ratio(scan))
    if {HOME_DEPLETED.code, PRESENT_LOW.code} & wanted:
        rows.extend(_staffing(scan, wanted))
    if LEFT_OVER & wanted:
        rows.extend(left_over_findings(scan, wanted))
    if FREEZE_VIOLATED.code in wanted:
        rows.extend(freeze_findings(scan))
    if CLAIMS & wanted:
        rows.extend(claim_findings(scan, wanted))
    return sorted(scan.with_ids(rows), key=lambda one: one.order)


def _exceeded(scan: UnitScan, wanted: frozenset[str]) -> Iterator[Finding]:
    """The own records that are exceeded on D, with the entries that took them over."""
    over: list[tuple[Rule[RecordCase], Number, str]] = []
    for scale in scan.numbers.scales():
        rank = scale.removeprefix(LEADER) if scale.startswith(LEADER) else None
        rule = OVER_QUOTA if rank is None else OVER_LEADER_QUOTA
        for one in scan.records(scale) if rule.code in wanted else ():
            held = scan.on_roll(one.unit, scale) if rank is None else scan.held(one.unit, rank)
            if held > one.posts:
                over.append((rule, one, scale))
    scan.numbers.prepare(one.unit for _, one, _ in over)
    rows: list[tuple[Finding, Arrival]] = []
    for rule, one, scale in over:
        numbers = scan.numbers
        if rule is OVER_QUOTA:
            held_ = numbers.on_roll(one.unit, scale)
        else:
            held_ = numbers.leaders(one.unit, scale.removeprefix(LEADER))
        case = RecordCase(one.unit, scale, numbers.own_quota(one.unit, scale), held_, (one.cause,))
        for row in scan.row(rule, case, one.unit):
            assert row.first_true_on is not None
            rows.append((row, Arrival(one.unit, scale, row.first_true_on.toordinal())))
    came = arrivals(scan, [arrival for _, arrival in rows])
    for row, arrival in rows:
        yield replace(row, evidence={**row.evidence, "entries": (*row.evidence["entries"], *came[arrival])})


def _split(scan: UnitScan) -> Iterator[Finding]:
    for kind in Establishment:
        for one in scan.records(kind):
            children = scan.numbers.children_quota(one.unit, kind)
            told = children.at(scan.view.day)
            if told is not None and told != one.posts:
                own, on_roll = scan.numbers.own_quota(one.unit, kind), scan.on_roll(one.unit, kind)
                case = SplitCase(one.unit, kind.value, own, children, on_roll, (one.cause,))
                yield from scan.row(SPLIT_MISMATCH, case, one.unit)


def _ratio(scan: UnitScan) -> Iterator[Finding]:
    kinds = (Establishment.PUBLIC_INSTITUTION, Establishment.ADMINISTRATIVE)
    for unit in scan.units_of(lambda kind: kind == UnitKind.JURISDICTION):
        series = [scan.numbers.quota(unit, kind) for kind in kinds]
        on_roll = {kind.value: scan.on_roll(unit, kind) for kind in kinds}
        own = [one.cause for kind in kinds for one in scan.records(kind) if one.unit == unit]
        case = RatioCase(unit, series[0], series[1], scan.numbers.exists(unit), on_roll, tuple(own))
        yield from scan.row(RATIO_OVER, case, unit)


def _staffing(scan: UnitScan, wanted: frozenset[str]) -> Iterator[Finding]:
    """The units whose shares are bad on D, by both rules."""
    policy = scan.court.policies.on(scan.view.day)
    bad: list[tuple[str, list[Rule[StaffCase]]]] = []
    for unit in scan.units_of(lambda kind: kind not in INNER_KINDS):
        on_roll, out, leave = scan.on_roll(unit), scan.seconded_out(unit), scan.on_leave(unit)
        rules = []
        if HOME_DEPLETED.code in wanted and depleted(on_roll, out, policy["depleted_percent"][0]):
            rules.append(HOME_DEPLETED)
        if PRESENT_LOW.code in wanted and low(on_roll, on_roll - out - leave, policy["present_percent"][0]):
            rules.append(PRESENT_LOW)
        if rules:
            bad.append((unit, rules))
    if not bad:
        return
    scan.numbers.prepare(unit for unit, _ in bad)
    absent = absent_from(scan, [unit for unit, _ in bad], [unit for unit, rules in bad if PRESENT_LOW in rules])
    for unit, rules in bad:
        numbers = scan.numbers
        out_, ill = absent[unit]
        case = StaffCase(
            unit, numbers.on_roll(unit), numbers.seconded_out(unit), numbers.on_leave(unit),
            scan.all_quotas(unit), out_, ill,
        )  # fmt: skip
        for rule in rules:
            yield from scan.row(rule, case, unit)
