"""Numbers of posts that are exceeded, contradict each other or were never taken back (spec 1.6).

Sources: 《地方各级人民政府机构设置和编制管理条例》 (posts within the number approved; 超编, 超职数); the seed reports
(posts of offices that went up to the county were never cut; temporary posts end with their task; at county level
public institutions : administration at most 1.1 : 1).

`entries` of the evidence are positions here; the question puts the entries' ids in their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from operator import le

from ledger.domain.findings.finding import Severity
from ledger.domain.findings.life import shown
from ledger.domain.findings.rules import Court, Evidence, Rule, clause
from ledger.domain.findings.series import Series
from ledger.domain.findings.truth import NEVER, Truth
from ledger.domain.policy import Parameters
from ledger.domain.spans import Span, Spans, clipped, common, without
from ledger.domain.terms import Establishment
from ledger.domain.time import FOREVER, Day

# ---- more people than posts


@dataclass(frozen=True)
class RecordCase:
    """A unit's own number on a scale, and how many of its subtree are counted against it.

    `scale`: an establishment kind, or `leader:<rank>`. `entries`: positions of the entries behind the number on D.
    """

    unit: str
    scale: str
    own: Series
    held: Series
    entries: tuple[int, ...]

    @property
    def subject(self) -> str:
        """`unit:T01/<establishment>` or `unit:T01/leader:<rank>`."""
        return f"unit:{self.unit}/{self.scale}"


def _exceeded(case: RecordCase, _court: Court) -> Truth:
    return Truth.of((case.held - case.own).runs(lambda excess: excess > 0))


def _tell_excess(case: RecordCase, court: Court) -> tuple[Severity, Evidence]:
    """`maximum`: the first day from D on with the greatest excess; `last_day`: of this run, None while it is open."""
    excess = case.held - case.own
    last = next(end for begin, end in excess.runs(lambda value: value > 0) if begin <= court.day < end) - 1
    peak = excess.highest(court.day)
    assert peak is not None
    return Severity.CRITICAL, {
        "quota": case.own.at(court.day),
        "on_roll": case.held.at(court.day),
        "excess": excess.at(court.day),
        "maximum": {
            "on": shown(peak.day),
            "quota": case.own.at(peak.day),
            "on_roll": case.held.at(peak.day),
            "excess": peak.value,
        },
        "last_day": None if last >= FOREVER - 1 else shown(last),
        "entries": case.entries,
    }


OVER_QUOTA = Rule("over_quota", _exceeded, _tell_excess, lambda case, _: case.subject)
"""超编: on D more people of the kind are on roll in the subtree than the unit's own record has posts (spec 1.6)."""
OVER_LEADER_QUOTA = Rule("over_leader_quota", _exceeded, _tell_excess, lambda case, _: case.subject)
"""超职数: more counting leaders in the subtree than the unit's own leader quota of the rank (spec 1.6).

`on_roll` of the evidence is the number of leader positions held.
"""


# ---- numbers that do not add up


@dataclass(frozen=True)
class SplitCase:
    """A unit's own number of a kind, and the sum of its children's."""

    unit: str
    scale: str
    own: Series
    children: Series
    on_roll: int
    entries: tuple[int, ...]


def _split(case: SplitCase, _court: Court) -> Truth:
    return Truth.of((case.own - case.children).runs(bool))


def _tell_split(case: SplitCase, court: Court) -> tuple[Severity, Evidence]:
    quota, children = case.own.at(court.day), case.children.at(court.day)
    assert quota is not None
    assert children is not None
    return Severity.HIGH, {
        "quota": quota,
        "children_quota": children,
        "difference": quota - children,
        "on_roll": case.on_roll,
        "entries": case.entries,
    }


SPLIT_MISMATCH = Rule("split_mismatch", _split, _tell_split, lambda case, _: f"unit:{case.unit}/{case.scale}")
"""分解不符: the unit's own number is not the sum of its children's, where both exist (spec 1.6; seed S1 总额)."""


@dataclass(frozen=True)
class RatioCase:
    """The quotas of a jurisdiction, and how many of each kind are on roll on D."""

    unit: str
    institution: Series
    administrative: Series
    exists: Spans
    on_roll: dict[str, int]
    entries: tuple[int, ...]


def _ratio(case: RatioCase, court: Court) -> Truth:
    def judged(parameters: Parameters) -> Truth:
        percent = parameters["ratio_percent"]
        over = case.institution.with_(case.administrative, lambda one, other: 100 * one - percent * other)
        return Truth.of(over.runs(lambda value: value > 0), over.untold()).within(case.exists)

    return court.policies.each(0, court.day + 1, judged)


def _sums(case: RatioCase, court: Court) -> Evidence:
    return {
        "quota": {
            Establishment.PUBLIC_INSTITUTION.value: case.institution.at(court.day),
            Establishment.ADMINISTRATIVE.value: case.administrative.at(court.day),
        },
        "on_roll": case.on_roll,
        "entries": case.entries,
        **clause(court.policies.reign(court.day), "ratio_percent"),
    }


def _tell_ratio(case: RatioCase, court: Court) -> tuple[Severity, Evidence]:
    return Severity.MEDIUM, _sums(case, court)


def _lack_ratio(case: RatioCase, court: Court) -> Evidence:
    sums = _sums(case, court)
    return {**sums, "missing": [f"quota.{kind}" for kind, posts in sums["quota"].items() if posts is None]}


RATIO_OVER = Rule("ratio_over", _ratio, _tell_ratio, lambda case, _: f"unit:{case.unit}", _lack_ratio)
"""比例超标: 100 · Σ public institution > 110 · Σ administrative quota of a jurisdiction (spec 1.6; seed S2-6 1.1:1)."""


# ---- numbers that should have gone


@dataclass(frozen=True)
class GrantCase:
    """A temporary grant while a unit's record holds it. `key`: id of the entry that first made it."""

    unit: str
    establishment: str
    key: str
    until: Day
    amount: int
    held: Spans
    quota: int
    on_roll: int
    entries: tuple[int, ...]


def _expired(case: GrantCase, _court: Court) -> Truth:
    return Truth.of(clipped(case.held, case.until + 1, FOREVER))


def _tell_expired(case: GrantCase, court: Court) -> tuple[Severity, Evidence]:
    return Severity.HIGH, {
        "until": shown(case.until),
        "days": court.day - case.until,
        "amount": case.amount,
        "quota": case.quota,
        "on_roll": case.on_roll,
        "entries": case.entries,
    }


TEMPORARY_QUOTA_EXPIRED = Rule(
    "temporary_quota_expired",
    _expired,
    _tell_expired,
    lambda case, _: f"unit:{case.unit}/{case.establishment}/grant:{case.key}",
)
"""到期未核销: a temporary quota is still in force after its last day (spec 1.4, 1.6; seed S1: 任务完成后该职数核销)."""


@dataclass(frozen=True)
class AbolishedCase:
    """The own record of a unit that is no longer there."""

    unit: str
    establishment: str
    own: Series
    exists: Spans
    entries: tuple[int, ...]


def _left_over(case: AbolishedCase, _court: Court) -> Truth:
    return Truth.of(without(case.own.runs(lambda posts: posts > 0), case.exists))


def _tell_left_over(case: AbolishedCase, court: Court) -> tuple[Severity, Evidence]:
    return Severity.HIGH, {
        "abolished_on": shown(case.exists[-1][1]),
        "quota": case.own.at(court.day),
        "on_roll": 0,
        "entries": case.entries,
    }


ORPHAN_ABOLISHED = Rule(
    "orphan_quota", _left_over, _tell_left_over, lambda case, _: f"unit:{case.unit}/{case.establishment}"
)
"""撤并未核减: posts are still in force on an abolished unit (spec 1.6 (a)). A record of 0 posts is nothing to cut."""


@dataclass(frozen=True)
class LeftBehindCase:
    """A unit that was moved away from its parent, which has its own record of a kind.

    `away`: the days from the move until the unit is below the old parent again. `before`: the old parent's own number
    on the day before the move; `left_quota` and `left_on_roll`: what the unit that left had then, with all below it.
    """

    parent: str
    establishment: str
    unit: str
    moved_on: Day
    away: Span
    own: Series
    before: int
    left_quota: int | None
    left_on_roll: int
    exists: Spans
    on_roll: int
    entries: tuple[int, ...]


def _not_cut(case: LeftBehindCase, court: Court) -> Truth:
    if not (case.left_quota or case.left_on_roll):
        return NEVER

    def judged(parameters: Parameters) -> Truth:
        uncut = case.own.runs(partial(le, case.before), case.moved_on + parameters["orphan_days"])
        return Truth.of(common(uncut, [case.away])).within(case.exists)

    return court.policies.each(0, court.day + 1, judged)


def _tell_not_cut(case: LeftBehindCase, court: Court) -> tuple[Severity, Evidence]:
    return Severity.HIGH, {
        "moved_on": shown(case.moved_on),
        "days": court.day - case.moved_on,
        "quota": case.own.at(court.day),
        "quota_before": case.before,
        "on_roll": case.on_roll,
        "left_quota": case.left_quota,
        "left_on_roll": case.left_on_roll,
        "entries": case.entries,
        **clause(court.policies.reign(court.day), "orphan_days"),
    }


ORPHAN_LEFT = Rule(
    "orphan_quota",
    _not_cut,
    _tell_not_cut,
    lambda case, _: f"unit:{case.parent}/{case.establishment}/left:{case.unit}",
)
"""上挂未核减: a unit with posts or people went elsewhere, and its old parent's own number was not cut (spec 1.6 (b)).

Source: the seed report S0, 原财政所、市场办因机构上挂但乡镇编制未核减.
"""
