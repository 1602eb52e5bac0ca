"""The same entries told to a ledger and to the oracle, and the same questions asked of both."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ledger.application import Receipt
from ledger.bootstrap import Ledger
from ledger.domain.faults import UnknownPerson, UnknownUnit
from ledger.domain.refusals import Refused
from ledger.domain.time import Perspective
from ledger.queries.curve import Step, curve
from tests.oracle import Oracle
from tests.oracle.oracle import Verdict
from tests.oracle.shape import ESTABLISHMENTS, KIND_MEASURES, PLAIN_MEASURES, RANK_MEASURES, Entry
from tests.oracle_makers import RANKS, START, TODAY

Json = dict[str, Any]
STATUSES = (
    None,
    "on_roll",
    "present",
    "seconded_out",
    "seconded_in",
    "on_leave",
    "off_establishment",
    "dispatched_in",
    "at_work",
)
ROLES = (None, "home", "host")
STEPS: tuple[Step, ...] = ("day", "month", "year")
CURVES = (
    *PLAIN_MEASURES,
    *(f"{measure}.{kind}" for measure in KIND_MEASURES for kind in ESTABLISHMENTS),
    *(f"{measure}.{rank}" for measure in RANK_MEASURES for rank in RANKS),
)
COUNTED = (*(one for one in PLAIN_MEASURES if one not in ("quota", "vacancies")), "on_roll")
"""Measures that count people one by one."""
PARTS = (
    ("restated", "changes"),
    ("restated_quotas", "quota_changes"),
    ("restated_positions", "position_changes"),
)
"""Keys of the changes of either leg of a bridge."""


def the_day_of_recording() -> datetime:
    """The clock under which ledger and oracle allow the same effective dates."""
    return datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC)


def plain(value: Any) -> Any:
    """The value as JSON knows it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(inner) for inner in value]
    return value


def disagreement(verdict: Verdict, answer: Receipt | Refused) -> str | None:
    """What the ledger says otherwise about one entry than the oracle."""
    if isinstance(answer, Refused):
        told: tuple[Any, ...] = ("refused",)
        wanted: tuple[Any, ...] = verdict[:1]
        if len(verdict) == 3 and verdict[2] and not verdict[2] & set(answer.conflicts_with):
            return f"the refusal names {answer.conflicts_with}, which is none of {verdict[2]}"
    else:
        told = ("already_recorded" if answer.already_recorded else "recorded", answer.position)
        wanted = verdict[:2] if len(verdict) == 2 else verdict[:1]
    return None if told == wanted else f"the oracle says {verdict}, the ledger {answer}"


class Twins:
    """One history, in the oracle and in a ledger. Every `ask_…` returns the answers that differ."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self.ledger: Ledger | None = None

    @property
    def asked(self) -> Ledger:
        """The ledger to ask."""
        assert self.ledger is not None
        return self.ledger

    @property
    def newest(self) -> int:
        """The last position recorded."""
        return len(self.oracle.stored)

    def units(self) -> list[str]:
        """Every code ever named by an establishment."""
        lines = [line.entry.get("replacement", line.entry) for line in self.oracle.stored]
        return sorted({entry["unit"] for entry in lines if entry["type"] == "unit_established"})

    def people(self) -> list[str]:
        """Every person ever named."""
        lines = [line.entry.get("replacement", line.entry) for line in self.oracle.stored]
        return sorted({entry["person"] for entry in lines if "person" in entry})

    def perspective(self, dice: random.Random) -> Perspective:
        """Mostly the day of an entry or one beside it; half of the time as now known."""
        used = [fact.on for fact in self.oracle.ledger().facts] or [START]
        near = dice.choice(used) + timedelta(days=dice.choice([-1, 0, 0, 1]))
        day = dice.choice([near, near, near, START + timedelta(days=dice.randrange(-30, 6 * 365))])
        return Perspective(day, dice.choice([self.newest, dice.randrange(self.newest + 1)]))

    # Questions

    def ask_everything(self, p: Perspective) -> list[str]:
        """All questions about one perspective."""
        found = self.ask_whole(p) + self.ask_secondments(p, None)
        for unit in self.units():
            found += self.ask_unit(p, unit) + self.ask_roster(p, unit) + self.ask_secondments(p, unit)
        for person in self.people():
            found += self.ask_person(p, person)
        return found

    def ask_whole(self, p: Perspective) -> list[str]:
        """The whole jurisdiction, under both scopes."""
        found = []
        for own in (False, True):
            wanted = self.oracle.headcount(p.as_of, p.known_at, own=own)
            given = self.asked.headcount(p, own=own).to_json()["rows"]
            found += unlike(f"headcount of all, own={own}, {p}", wanted, given)
        return found

    def ask_unit(self, p: Perspective, unit: str) -> list[str]:
        """One unit's row, under both scopes."""
        found = []
        for own in (False, True):
            wanted = self.oracle.headcount(p.as_of, p.known_at, unit, own=own)
            given = rows_or_none("rows", lambda own=own: self.asked.headcount(p, unit=unit, own=own))
            found += unlike(f"headcount of {unit}, own={own}, {p}", wanted, given)
        return found

    def ask_roster(self, p: Perspective, unit: str, statuses: Iterable[str | None] = STATUSES) -> list[str]:
        """The people of one unit, by status."""
        found = []
        for status in statuses:
            wanted = self.oracle.roster(unit, p.as_of, p.known_at, status)
            given = rows_or_none("people", lambda status=status: self.asked.roster(p, unit, status))
            found += unlike(f"roster of {unit}, {status}, {p}", wanted, given)
        return found

    def ask_secondments(self, p: Perspective, unit: str | None) -> list[str]:
        """Who is away, chains included."""
        found = []
        for role in ROLES if unit is not None else (None,):
            for overdue in (False, True):
                wanted = self.oracle.secondments(p.as_of, p.known_at, unit, role, overdue=overdue)
                given = rows_or_none(
                    "rows",
                    lambda role=role, overdue=overdue: self.asked.secondments(p, unit=unit, role=role, overdue=overdue),
                )
                found += unlike(f"secondments of {unit}, {role}, overdue={overdue}, {p}", wanted, given)
        return found

    def ask_curve(self, p: Perspective, unit: str, dice: random.Random) -> list[str]:
        """One measure of one unit through time."""
        step = dice.choice(STEPS)
        end = p.as_of + timedelta(days=dice.randrange({"day": 20, "month": 300, "year": 2000}[step]))
        found = []
        for measure in dice.sample(CURVES, 3):
            try:
                with self.asked.view(p) as view:
                    points = curve(view, unit, measure, p.as_of, end, step).points
            except UnknownUnit:
                points = ()
            wanted = self.oracle.curve(unit, measure, [day for day, _ in points], p.known_at)
            pairs = zip(points, wanted, strict=True)
            differing = [f"{day} {value}, wanted {want}" for (day, value), want in pairs if value != want]
            found += [f"curve of {measure} of {unit}, {p}: {told}" for told in differing[:1]]
        return found

    def ask_bridge(self, p1: Perspective, p2: Perspective, unit: str, dice: random.Random) -> list[str]:
        """From one perspective to another: both ends are the oracle's, and what lies between adds up (spec 2.3)."""
        ends = [self.oracle.day(p.as_of, p.known_at) for p in (p1, p2)]
        try:
            told = self.asked.diff(p1, p2, unit).to_json()
        except UnknownUnit:
            return [f"bridge of {unit}: unknown, {p1} {p2}" for end in ends if end.units.exists(unit, end.day)][:1]
        changes = {leg: [one for part in PARTS for one in told[part[leg]]] for leg in (0, 1)}
        found = []
        for measure in dice.sample(CURVES, 5):
            bridge = bridge_of(told, measure)
            wanted = [end.measure(unit, measure) if end.units.exists(unit, end.day) else None for end in ends]
            gains = [[one["measures"].get(measure, 0) for one in changes[leg]] for leg in (0, 1)]
            sums = {
                "opening": wanted[0],
                "restated": sum(gains[0]),
                "added": sum(gain for gain in gains[1] if gain > 0),
                "removed": -sum(gain for gain in gains[1] if gain < 0),
                "closing": wanted[1],
            }
            if bridge is None:  # of a kind or rank that is told at neither end: nothing, or no number
                bridge = dict.fromkeys(sums, 0) | {end: sums[end] for end in ("opening", "closing") if not sums[end]}
            if measure.startswith("vacancies"):  # where they begin to be told, those on roll count, who did not move
                sums = {end: sums[end] for end in ("opening", "closing")}
            found += unlike(f"bridge of {measure} of {unit}, {p1} to {p2}", [sums], [bridge])
            total = (bridge["opening"] or 0) + bridge["restated"] + bridge["added"] - bridge["removed"]
            if total != (bridge["closing"] or 0):
                found.append(f"bridge of {measure} of {unit}, {p1} to {p2}: {bridge} does not add up")
        return found

    def ask_explained(self, p: Perspective, unit: str, measure: str, *, own: bool) -> list[str]:
        """What one number counts: the number is the oracle's, and so are the people."""
        day = self.oracle.day(p.as_of, p.known_at)
        if not day.units.exists(unit, p.as_of):
            return []
        told = self.asked.explain(p, unit, measure, own=own).to_json()
        base, _, kind = measure.partition(".")
        wanted: Json = {"value": day.measure(unit, measure, own=own)}
        given: Json = {"value": told["value"]}
        if base in COUNTED:
            members = day.members(base, day.scope(unit, own=own), kind or None)
            wanted["people"] = sorted(person.number for person in members)
            given["people"] = sorted(line["person"] for line in told["people"])
        elif told["value"] is not None and base in ("quota", "leader_quota"):
            wanted["posts"], given["posts"] = wanted["value"], sum(line["posts"] for line in told["quotas"])
        elif base == "leaders":
            wanted["positions"], given["positions"] = wanted["value"], len(told["positions"])
        return unlike(f"{measure} of {unit} explained, own={own}, {p}", [wanted], [given])

    def ask_person(self, p: Perspective, person: str) -> list[str]:
        """One person, periods and reversed entries included."""
        wanted = self.oracle.person(person, p.as_of, p.known_at)
        try:
            answer = self.asked.person(p, person).to_json()
        except UnknownPerson:
            return [] if wanted is None else [f"{person} {p}: unknown, wanted {plain(wanted)}"]
        if wanted is None:
            return [f"{person} {p}: known, wanted nothing"]
        entries = answer["entries"]
        answer["reversed_entries"] = [
            line["id"] for line in entries if line["reversed_by"] is not None and replaced(line).get("person") == person
        ]
        if wanted["name"] is None:  # before the first hire the ledger shows the name to come
            wanted = {key: wanted[key] for key in wanted if key != "name"}
        return unlike(f"{person} {p}", [wanted], [answer])


def replaced(line: Json) -> Json:
    """What an entry of the log states."""
    inner: Json = line.get("replacement") or line
    return inner


def bridge_of(told: Json, measure: str) -> Json | None:
    """One measure's part of a bridge; None for a kind or rank that is told at neither end."""
    base, _, detail = measure.partition(".")
    if not detail:
        part: Json | None = told["measures"][base]
    elif base in RANK_MEASURES:
        part = told["leaders"].get(detail, {}).get("held" if base == "leaders" else "quota")
    else:
        part = told["by_establishment"].get(detail, {}).get(base)
    return part


def rows_or_none(key: str, ask: Any) -> list[Json]:
    """The rows of an answer; none for a unit the ledger does not know then."""
    try:
        rows: list[Json] = ask().to_json()[key]
    except UnknownUnit:
        return []
    return rows


def unlike(question: str, wanted: Sequence[Json], given: Sequence[Json]) -> list[str]:
    """The first row that is not as wanted; keys that the oracle does not give are not looked at."""
    seen = [{key: row.get(key, "nothing") for key in want} for want, row in zip(plain(wanted), given, strict=False)]
    if len(wanted) == len(given) and seen == plain(wanted):
        return []
    pairs = zip(plain(wanted), seen, strict=False)
    first = next(((want, row) for want, row in pairs if want != row), (len(wanted), len(given)))
    if isinstance(first[0], dict) and isinstance(first[1], dict):
        keys = [key for key in first[0] if first[0][key] != first[1][key]]
        named = {key: first[0][key] for key in ("unit", "person") if key in first[0]}
        return [
            f"{question}: {named} " + ", ".join(f"{key} {first[1][key]!r}, wanted {first[0][key]!r}" for key in keys)
        ]
    return [f"{question}: {first[1]} rows, wanted {first[0]}"]


def record(ledger: Ledger, entries: Sequence[Entry]) -> list[Receipt | Refused]:
    """Record entries in one write transaction."""
    with ledger.recording() as recording:
        return [recording.record(plain(entry)) for entry in entries]
