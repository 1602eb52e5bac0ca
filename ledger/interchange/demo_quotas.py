"""Quotas, leader quotas, freezes and policies of the invented county; some late, some wrong, some temporary."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from ledger.interchange.demo_structure import Json
from ledger.interchange.demo_tables import ORGAN_RANKS, TASK_FORCES
from ledger.interchange.demo_units import OPENING, UNSTAFFED, CountyPlan

MERGED_AWAY = frozenset({"Z13", "AJJ", "LVJ", "KJJ", *UNSTAFFED})
GRANTS = (
    ("FYU", "political_legal", "2015-04-01", 3, "2017-03-31", "2017-04-10"),
    ("JTJ-GL", "public_institution", "2016-06-01", 5, "2018-05-31", ""),
    ("ZFB", "administrative", "2018-03-01", 2, "2019-12-31", "2020-02-03"),
    ("JYJ-YZ", "public_institution", "2018-09-01", 6, "2021-08-31", ""),
    ("Z05", "administrative", "2020-02-10", 2, "2021-02-09", "2021-03-01"),
    ("GAJ", "political_legal", "2021-05-01", 8, "2023-04-30", ""),
)
"""Unit, kind, from, posts above the number, last day, cancelled on (empty: never)."""
NEIGHBOURS = (
    ("NYJ", "Z03"),
    ("NYJ", "Z07"),
    ("SWJ", "Z04"),
    ("WGJ", "Z09"),
    ("JTJ", "Z10"),
    ("XCB", "Z11"),
    ("SJU", "Z02"),
    ("GXJ", "Z06"),
)
FREEZES: tuple[tuple[str, str, str, str, dict[str, int] | None], ...] = (
    ("CGJ", "no_increase", "2014-01-01", "2018-12-31", None),
    ("LYJ", "no_increase", "2014-01-01", "2018-12-31", None),
    ("Z10", "no_increase", "2017-01-01", "2021-12-31", None),
    ("Z12", "exit_only", "2016-01-01", "2018-12-31", {"administrative": 40, "public_institution": 34}),
    ("WGJ", "exit_only", "2019-03-01", "2021-02-28", None),
)
POLICIES: tuple[tuple[str, Json], ...] = (
    (
        "2013-01-01",
        {"profile": "national", "parameters": {"max_extensions": 2}, "source": "县干部借调管理暂行办法(虚构)"},
    ),
    ("2015-07-01", {"profile": "strict", "source": "市关于从严控制借调的通知(虚构)"}),
    ("2017-01-01", {"profile": "national", "source": "县干部借调管理办法(虚构)"}),
    ("2023-03-01", {"parameters": {"expiring_days": 45}, "source": "县委组织部通知(虚构)"}),
)


def add_quotas(plan: CountyPlan, rng: Random) -> None:
    """Everything about numbers of posts after the opening, and the rules in force."""
    _leaders(plan)
    _grants(plan)
    _yearly(plan, rng)
    _moved(plan)
    _ended(plan)
    for unit, mode, on, until, target in FREEZES:
        plan.add(
            date.fromisoformat(on) + timedelta(days=4),
            "freeze_declared",
            on,
            unit=unit,
            mode=mode,
            until=until,
            target=target,
            authority=plan.document(on),
        )
    for on, policy in POLICIES:
        plan.add(max(OPENING, date.fromisoformat(on)), "policy_adopted", on, **policy)


def _leaders(plan: CountyPlan) -> None:
    halls = [
        code
        for code, kind in plan.posts
        if len(code) == 3 and not code.startswith("Z0") and kind in {"administrative", "political_legal"}
    ]
    posts = {rank: ORGAN_RANKS.count(rank) for rank in ORGAN_RANKS}
    for code in halls:
        if code in {"YJJ", "TYJ", "YBJ"} or code in {"Z10", "Z11", "Z12", "Z13"}:
            continue
        for rank, held in posts.items():
            plan.add(OPENING, "leader_quota_set", "2010-01-01", unit=code, rank=rank, posts=held, baseline=True)
    for code, on, held in (
        ("ZFB", "2014-05-01", 4),
        ("GAJ", "2015-09-01", 5),
        ("NYJ", "2019-03-01", 4),
        ("WGJ", "2019-03-01", 4),
        ("JTJ", "2020-06-01", 3),
    ):
        plan.add(
            date.fromisoformat(on) + timedelta(days=9),
            "leader_quota_set",
            on,
            unit=code,
            rank="副科级",
            posts=held,
            authority=plan.document(on),
        )


def _grants(plan: CountyPlan) -> None:
    for count, (unit, kind, on, extra, until, cancelled) in enumerate(GRANTS):
        day = date.fromisoformat(on) + timedelta(days=5)
        if count % 2:
            key = plan.add(
                day,
                "quota_changed",
                on,
                unit=unit,
                establishment=kind,
                change=extra,
                until=until,
                authority=plan.document(on),
            )
        else:
            posts = plan.posts[unit, kind] + extra
            key = plan.add(
                day,
                "quota_set",
                on,
                unit=unit,
                establishment=kind,
                posts=posts,
                until=until,
                authority=plan.document(on),
            )
        if cancelled:
            plan.add(
                date.fromisoformat(cancelled),
                "quota_cancelled",
                cancelled,
                unit=unit,
                establishment=kind,
                entry=key,
                authority=plan.document(cancelled),
            )


def _yearly(plan: CountyPlan, rng: Random) -> None:
    granted = {unit for unit, *_ in GRANTS} | {unit for unit, *_ in TASK_FORCES}
    able = [key for key, posts in plan.posts.items() if posts >= 12 and key[0] not in MERGED_AWAY | granted]
    for year in range(2013, 2023):
        for unit, kind in rng.sample(able, 15):
            on = f"{year}-{rng.randint(2, 12):02d}-01"
            if not plan.units.exists(unit, on):
                continue
            draw = rng.random()
            day = date.fromisoformat(on) + timedelta(
                days=rng.randint(32, 400) if draw < 0.1 else -rng.randint(3, 25) if draw < 0.2 else rng.randint(0, 15)
            )
            change = rng.choice((-3, -2, -1, -1, 1, 1, 2))
            keys: Json = {"unit": unit, "establishment": kind, "change": change, "authority": plan.document(on)}
            if draw > 0.95:
                wrong = plan.add(day, "quota_changed", on, **{**keys, "change": -change})
                right = {"type": "quota_changed", "effective_on": on, **keys}
                _later(plan, day + timedelta(days=rng.randint(10, 200)), "corrected", wrong, "正负号登记错误", right)
            elif draw > 0.92:
                twice = plan.add(day, "quota_changed", on, **keys)
                _later(plan, day + timedelta(days=rng.randint(10, 200)), "reversed", twice, "文件作废")
            else:
                plan.add(day, "quota_changed", on, **keys)


def _later(plan: CountyPlan, day: date, type_: str, wrong: str, reason: str, replacement: Json | None = None) -> None:
    key = f"{wrong}-r"
    entry: Json = {"id": key, "type": type_, "entry": wrong, "reason": reason}
    if replacement is not None:
        entry["replacement"] = replacement
    plan.dated.append((day, entry))


def _moved(plan: CountyPlan) -> None:
    """编随事走: the county gives posts to the towns together with the work."""
    for at, (giver, town) in enumerate(NEIGHBOURS):
        on = "2020-11-01" if at % 2 else "2021-06-01"
        plan.add(
            date.fromisoformat(on) + timedelta(days=6 + at),
            "quota_moved",
            on,
            unit=giver,
            to=town,
            establishment="administrative",
            posts=1,
            authority=plan.document(on),
        )


def _ended(plan: CountyPlan) -> None:
    for town in ("Z03", "Z09"):
        plan.add(
            date(2021, 1, 12),
            "quota_cancelled",
            "2021-01-01",
            unit=town,
            establishment="support",
            authority=plan.document("2021-01-01"),
        )
    plan.add(
        date(2019, 6, 3),
        "quota_cancelled",
        "2019-06-01",
        unit="KXH-HD",
        establishment="public_institution",
        authority=plan.document("2019-06-01"),
    )
