"""What became of the invented county's units from 2013 on: task forces, a merger of towns, the reform of 2019."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from ledger.interchange.demo_tables import DISPATCHED, TASK_FORCES, TOWN_OFFICES, TOWN_RANK, TOWNS
from ledger.interchange.demo_units import CountyPlan


def county_plan(rng: Random) -> CountyPlan:
    """The county's units from the opening to the end."""
    plan = CountyPlan(rng)
    _task_forces(plan)
    _towns_merge(plan)
    _stations_go_up(plan)
    _reform_of_2019(plan)
    _towns_reorganised(plan)
    _small_changes(plan)
    plan.settle()
    return plan


def _task_forces(plan: CountyPlan) -> None:
    for code, name, parent, since, until in TASK_FORCES:
        plan.decide("unit_established", since, unit=code, name=name, kind="task_force", level="county", parent=parent)
        if until:
            plan.add(date.fromisoformat(until), "unit_abolished", until, unit=code, authority=plan.document(until))


def _towns_merge(plan: CountyPlan) -> None:
    """撤乡并镇: the small town's offices go into their counterparts, then the town into its neighbour."""
    on = "2016-01-01"
    for code, _, _, _ in TOWN_OFFICES:
        plan.decide("unit_merged", on, unit=f"Z13-{code}", into=f"Z12-{code}")
    plan.decide("unit_merged", on, unit="Z13", into="Z12", note="撤乡并镇")
    for parent, _, _, _ in DISPATCHED:
        plan.decide("unit_merged", "2016-07-01", unit=f"{parent}-Z13", into=f"{parent}-Z12")
    for kind, change in (("administrative", -8), ("public_institution", -7)):
        plan.add(
            date(2016, 7, 4),
            "quota_changed",
            "2016-07-01",
            unit="Z12",
            establishment=kind,
            change=change,
            authority=plan.document("2016-07-01"),
        )
    plan.add(
        date(2016, 2, 1),
        "leader_quota_set",
        "2016-02-01",
        unit="Z12",
        rank=TOWN_RANK,
        posts=11,
        authority=plan.document("2016-02-01"),
    )


def _stations_go_up(plan: CountyPlan) -> None:
    """上挂: four towns' water stations move to the county bureau; two towns keep posts they should have given up."""
    for town in ("Z02", "Z04", "Z06", "Z08"):
        plan.decide("unit_moved", "2018-07-01", unit=f"{town}-SL", parent="SLJ")
        name = dict(TOWNS)[town].removesuffix("镇")
        plan.add(date(2018, 7, 3), "unit_renamed", "2018-07-01", unit=f"{town}-SL", name=f"县水利局{name}水利管理站")
    for town in ("Z02", "Z06"):
        plan.add(
            date(2018, 7, 9),
            "quota_moved",
            "2018-07-01",
            unit=town,
            to="SLJ",
            establishment="public_institution",
            posts=3,
            authority=plan.document("2018-07-01"),
        )
    plan.decide("unit_merged", "2021-03-01", unit="Z06-SL", into="Z08-SL")


def _reform_of_2019(plan: CountyPlan) -> None:
    on = "2019-03-01"
    for code, name, posts in (
        ("YJJ", "县应急管理局", 10),
        ("TYJ", "县退役军人事务局", 5),
        ("YBJ", "县医疗保障局", 6),
    ):
        plan.decide("unit_established", on, unit=code, name=name, kind="organ", level="county", parent="XIAN")
        plan.decide("unit_established", on, unit=f"{code}-1", name="办公室", kind="internal_office", parent=code)
        plan.add(
            date(2019, 2, 25),
            "quota_set",
            on,
            unit=code,
            establishment="administrative",
            posts=posts,
            authority=plan.document(on),
        )
        plan.add(
            date(2019, 2, 25),
            "leader_quota_set",
            on,
            unit=code,
            rank="副科级",
            posts=3,
            authority=plan.document(on),
        )
        plan.posts[code, "administrative"] = posts
        plan.desks[code, "administrative"] = [(code, 1), (f"{code}-1", 2)]
    for gone, into in (("AJJ", "YJJ"), ("LVJ", "WGJ"), ("KJJ", "GXJ")):
        plan.decide("unit_merged", on, unit=gone, into=into, note="机构改革")
    plan.decide("unit_moved", on, unit="MZJ-3", parent="TYJ")
    plan.decide("unit_moved", on, unit="MZJ-4", parent="YBJ")
    for to, posts in (("TYJ", 4), ("YBJ", 3)):
        plan.add(
            date(2019, 3, 8),
            "quota_moved",
            on,
            unit="MZJ",
            to=to,
            establishment="administrative",
            posts=posts,
            authority=plan.document(on),
        )
    for unit, name in (
        ("NYJ", "县农业农村局"),
        ("HBJ", "市生态环境局青溪分局"),
        ("WGJ", "县文化和旅游局"),
        ("GXJ", "县科技和工业信息化局"),
        ("ZWJ", "县行政审批服务局"),
    ):
        plan.add(date(2019, 3, 4), "unit_renamed", on, unit=unit, name=name, authority=plan.document(on))


def _towns_reorganised(plan: CountyPlan) -> None:
    """六办三站 become 五办三站: the propaganda office joins the party office, an enforcement office is new."""
    for town, _ in TOWNS[:-1]:
        on = "2020-08-01" if town < "Z08" else "2020-10-01"
        plan.decide("unit_merged", on, unit=f"{town}-XJ", into=f"{town}-DZ")
        plan.decide(
            "unit_established",
            on,
            unit=f"{town}-ZF",
            name="综合行政执法办公室",
            kind="internal_office",
            parent=town,
        )
        plan.add(date.fromisoformat(on) + timedelta(days=3), "unit_renamed", on, unit=f"{town}-BM", name="党群服务中心")
        plan.desks[town, "administrative"].append((f"{town}-ZF", 3))
    for town in ("Z03", "Z09", "Z11"):
        plan.add(
            date(2017, 6, 1),
            "unit_abolished",
            "2017-06-01",
            unit=f"{town}-JS",
            authority=plan.document("2017-06-01"),
        )


def _small_changes(plan: CountyPlan) -> None:
    plan.add(date(2017, 9, 4), "unit_stationed", "2017-09-01", unit="LYJ-Z05", stationed_at="Z06")
    plan.add(date(2021, 11, 22), "unit_stationed", "2021-04-01", unit="LYJ-Z09", note="补录:站点收回,不再派驻")
    plan.dated[-1][1]["stationed_at"] = None
    plan.add(date(2015, 5, 20), "unit_renamed", "2015-05-18", unit="ZFW-2", name="社会治安综合治理督导股")
    plan.add(date(2018, 1, 2), "unit_abolished", "2018-01-01", unit="DAJ-FW", authority=plan.document("2018-01-01"))
    plan.add(date(2018, 12, 29), "unit_abolished", "2019-01-01", unit="KXH-HD", authority=plan.document("2019-01-01"))
