"""The rules about units, posts and claims of spec 1.6, each in the words of the table, on one day."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.oracle.answers import Day, Row, sum_of_known
from tests.oracle.findings_freezes import freeze_rows
from tests.oracle.findings_world import Found, World
from tests.oracle.quotas import Quotas
from tests.oracle.shape import ESTABLISHMENTS
from tests.oracle.units import NOT_STATUTORY

UNIT_RULES = (
    "over_quota",
    "over_leader_quota",
    "home_depleted",
    "present_low",
    "split_mismatch",
    "ratio_over",
    "temporary_quota_expired",
    "orphan_quota",
    "census_mismatch",
    "claim_inconsistent",
    "freeze_violated",
)
TRUE, UNKNOWN = "true", "insufficient_data"
Rows = Iterator[tuple[str, str, Found]]
PARTS = ("present", "seconded_out", "on_leave")


BY_NUMBERS = UNIT_RULES[:6]
"""The rules that look at the numbers of one unit."""


def judge_unit(world: World, unit: str, day: date) -> dict[tuple[str, str], Found]:
    """The rules about the numbers of one unit on one day; false ones are left out."""
    if not world.units.exists(unit, day):
        return {}
    rows = [*numbers_of(world, unit, day), *shares_of(world, unit, day)]
    return {(rule, subject): found for rule, subject, found in rows}


def judge_papers(world: World, day: date) -> dict[tuple[str, str], Found]:
    """The rules about grants, posts left behind, claims and freezes on one day; false ones are left out."""
    judges = (expired_grants, abolished_with_posts, left_behind, claims, freeze_rows)
    return {(rule, subject): found for judge in judges for rule, subject, found in judge(world, day)}


def row_of(world: World, unit: str, day: date) -> Row:
    row: Row = world.remembered(day, "row", unit, ask=lambda: Day(world.ledger, day).row(unit))
    return row


def numbers_of(world: World, unit: str, day: date) -> Rows:
    row = row_of(world, unit, day)
    quotas = world.ledger.quotas
    for kind in ESTABLISHMENTS:
        own = world.own_quota("quota", unit, kind, day)
        if own is None:
            continue
        on_roll = row["by_establishment"][kind]["on_roll"]
        if on_roll > own:
            evidence = {"quota": own, "on_roll": on_roll}
            yield "over_quota", f"unit:{unit}/{kind}", Found(TRUE, "critical", evidence)
        below = sum_of_known(quotas.total("quota", child, kind, day) for child in world.units.children(unit, day))
        if below is not None and below != own:
            yield "split_mismatch", f"unit:{unit}/{kind}", Found(TRUE, "high", {"quota": own})
    for rank, numbers in row["leaders"].items():
        own = world.own_quota("leaders", unit, rank, day)
        if own is not None and numbers["held"] > own:
            evidence = {"quota": own, "on_roll": numbers["held"]}
            yield "over_leader_quota", f"unit:{unit}/leader:{rank}", Found(TRUE, "critical", evidence)


def shares_of(world: World, unit: str, day: date) -> Rows:
    row, kind = row_of(world, unit, day), world.units.kind(unit)
    on_roll, subject = row["on_roll"], f"unit:{unit}"
    if kind not in NOT_STATUTORY and on_roll > 0:
        some, many = world.policy("depleted_percent", day)
        out, here = 100 * row["seconded_out"], 100 * row["present"]
        if out >= some * on_roll:
            yield "home_depleted", subject, Found(TRUE, "high" if out >= many * on_roll else "medium")
        low, lower = world.policy("present_percent", day)
        if here < low * on_roll:
            yield "present_low", subject, Found(TRUE, "high" if here < lower * on_roll else "medium")
    if kind == "jurisdiction":
        total = world.ledger.quotas.total
        institutions = total("quota", unit, "public_institution", day)
        administration = total("quota", unit, "administrative", day)
        if institutions is None or administration is None:
            yield "ratio_over", subject, Found(UNKNOWN)
        elif 100 * institutions > world.policy("ratio_percent", day) * administration:
            yield "ratio_over", subject, Found(TRUE, "medium")


def grants_on(world: World, day: date) -> dict[tuple[str, str], dict[int, int]]:
    """The temporary grants in force at the end of a day, by record."""

    def ask() -> dict[tuple[str, str], dict[int, int]]:
        known = [fact for fact in world.ledger.facts if fact.on <= day]
        return Quotas(known, world.units, world.ledger.place_named).grants

    grants: dict[tuple[str, str], dict[int, int]] = world.remembered(day, "grants", ask=ask)
    return grants


def expired_grants(world: World, day: date) -> Rows:
    untils = {fact.place: fact.get("until") for fact in world.ledger.facts}
    for (unit, kind), grants in grants_on(world, day).items():
        for place in grants:
            if day > untils[place]:
                subject = f"unit:{unit}/{kind}/grant:{world.key(place)}"
                yield "temporary_quota_expired", subject, Found(TRUE, "high")


def abolished_with_posts(world: World, day: date) -> Rows:
    for unit in world.units.codes():
        ending = world.units.ending(unit)
        if ending is None or ending.type != "unit_abolished" or ending.on > day:
            continue
        for kind in ESTABLISHMENTS:
            own = world.own_quota("quota", unit, kind, day)
            if own is not None and own > 0:
                yield "orphan_quota", f"unit:{unit}/{kind}", Found(TRUE, "high", {"quota": own})


def left_behind(world: World, day: date) -> Rows:
    """A unit was moved away, the number of the old parent was not cut."""
    units = world.units
    moves = {}
    for fact in units.facts:
        if fact.type != "unit_moved" or fact.on > day:
            continue
        unit, eve = fact.get("unit"), fact.on - timedelta(days=1)
        parent = units.parent(unit, eve) if units.exists(unit, eve) else None
        if parent is not None and parent not in units.line(unit, fact.on):
            moves[unit, parent] = fact.on  # a later leaving counts anew
    for (unit, parent), left_on in moves.items():
        back = units.exists(unit, day) and parent in units.line(unit, day)
        if back or not units.exists(parent, day) or day < left_on + timedelta(days=world.policy("orphan_days", day)):
            continue
        eve = left_on - timedelta(days=1)
        for kind in ESTABLISHMENTS:
            quota = world.ledger.quotas.total("quota", unit, kind, eve) or 0
            had = quota > 0 or world.on_roll(unit, kind, eve) > 0
            before, now = world.own_quota("quota", parent, kind, eve), world.own_quota("quota", parent, kind, day)
            if had and before is not None and now is not None and now >= before:
                yield "orphan_quota", f"unit:{parent}/{kind}/left:{unit}", Found(TRUE, "high", {"quota": now})


def claims(world: World, day: date) -> Rows:
    for fact in world.ledger.facts:
        if fact.type != "census_claimed" or fact.on > day:
            continue
        subject = f"unit:{fact.get('unit')}/claim:{world.key(fact.place)}"
        told: dict[str, int] = fact.get("measures")
        for name, claimed in told.items():
            own = fact.get("scope") == "own"
            ledger = world.measure(fact.get("unit"), name, fact.on, own=own)
            if ledger is None:
                yield "census_mismatch", f"{subject}/{name}", Found(UNKNOWN)
            elif ledger != claimed:
                evidence = {"claimed": claimed, "ledger": ledger}
                yield "census_mismatch", f"{subject}/{name}", Found(TRUE, "high", evidence)
            if "." not in name and is_contradictory(name, told):
                yield "claim_inconsistent", f"{subject}/{name}", Found(TRUE, "medium", {"claimed": claimed})


def is_contradictory(name: str, told: dict[str, Any]) -> bool:
    kinds = [number for key, number in told.items() if key.startswith(f"{name}.")]
    if len(kinds) >= 2 and told[name] != sum(kinds):
        return True
    parts = [told.get(part) for part in PARTS]
    return name == "on_roll" and None not in parts and told[name] != sum(parts)  # type: ignore[arg-type]
