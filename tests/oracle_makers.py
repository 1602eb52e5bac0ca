"""Random entries that state a fact, chosen from what an oracle knows, so that most are legal."""

import random
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from tests.oracle.judge import Ledger
from tests.oracle.oracle import Oracle
from tests.oracle.people import State
from tests.oracle.shape import Entry

TODAY = date(2026, 6, 1)  # the recording date every random history assumes
START = date(2019, 1, 1)
PERSONS = [f"P{number}" for number in range(1, 8)]
KINDS = ["administrative", "administrative", "public_institution", "support"]
RANKS = ["section", "division"]
TITLES = ["head", "deputy", "secretary"]

# code, kind, level, parent, stationed_at
FIRST_UNITS = [
    ("XIAN", "jurisdiction", "county", None, None),
    ("Z1", "organ", "township", "XIAN", None),
    ("Z1-A", "internal_office", None, "Z1", None),
    ("Z1-B", "internal_office", None, "Z1", None),
    ("Z2", "organ", "township", "XIAN", None),
    ("J1", "organ", "county", "XIAN", None),
    ("J1-A", "internal_office", None, "J1", None),
]
MORE_UNITS = [
    ("SHI", "jurisdiction", "municipal", None, None),
    ("J2", "mass_organisation", "county", "XIAN", None),
    ("J1-F", "dispatched_office", "county", "J1", "Z1"),
    ("TF", "task_force", "county", "XIAN", None),
    ("TF-A", "internal_office", None, "TF", None),
    ("S1", "public_institution", "township", "Z1-A", None),
    ("Z1-C", "internal_office", None, "Z1-A", None),
    ("XB", "internal_office", None, "XIAN", None),
]


class Makers:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.oracle = Oracle(today=TODAY)
        self.cursor = START
        self.hard = self.chance(20)  # whether this history knows hard quotas

    # Small dice

    def up_to(self, number: int) -> int:
        return self.random.randrange(number)

    def chance(self, percent: int) -> bool:
        return self.random.random() * 100 < percent

    def pick(self, values: Iterable[Any]) -> Any:
        return self.random.choice(list(values)) if values else None

    def pick_day(self, days: list[date]) -> date:
        return self.random.choice(days) if days else START

    def some_day(self) -> date:
        """Mostly a little later than before; often a day already used, a late or a future one."""
        dice = self.random.random()
        used = [fact.on for fact in self.ledger().facts]
        if dice < 0.2:
            recent = [day for day in used if day >= self.cursor - timedelta(days=60)]
            return self.pick_day(recent or used)
        if dice < 0.35:
            return self.pick_day(used)
        if dice < 0.45:
            return START + timedelta(days=self.up_to((self.cursor - START).days + 60))
        if dice < 0.5:
            return self.cursor + timedelta(days=self.up_to(900))
        self.cursor += timedelta(days=self.up_to(25))
        return self.cursor

    # The state to choose from

    def ledger(self) -> Ledger:
        return self.oracle.ledger()

    def units(self, day: date) -> list[str]:
        units = self.ledger().units
        existing = units.existing(day)
        return units.codes() if self.chance(4) or not existing else existing

    def people(self, day: date, wanted: Callable[[State], object]) -> list[str]:
        """Persons whose state on that day is as wanted, now and then just anybody."""
        known = self.ledger().people.values()
        fitting = [person.number for person in known if wanted(person.on(day))]
        return PERSONS if self.chance(8) or not fitting else fitting

    def on_register(self, day: date) -> str:
        return str(self.pick(self.people(day, lambda state: state.unit is not None)))

    def away(self, day: date) -> str:
        return str(self.pick(self.people(day, lambda state: state.secondment is not None)))

    def kind(self) -> str:
        return "off_establishment" if self.chance(10) else self.pick(KINDS)

    # Entries

    def dated(self, type_: str, day: date, /, **keys: Any) -> Entry:
        return {"type": type_, "effective_on": day.isoformat(), **keys}

    def established(
        self, unit: str, kind: str, level: str | None, parent: str | None, stationed_at: str | None, day: date
    ) -> Entry:
        keys = {"level": level, "parent": parent, "stationed_at": stationed_at}
        given = {key: keys[key] for key in keys if keys[key] is not None}
        return self.dated("unit_established", day, unit=unit, name=f"name of {unit}", kind=kind, **given)

    def hire(self, person: str, day: date) -> Entry:
        existing = self.ledger().units.existing(day) or [unit[0] for unit in FIRST_UNITS]
        return self.dated(
            "hired",
            day,
            person=person,
            name=f"name of {person}",
            unit=self.pick(existing),
            establishment=self.kind(),
        )

    def make_hired(self, _kind: str) -> Entry | None:
        day = self.some_day()
        known = self.ledger().people
        absent = [person for person in PERSONS if person not in known or known[person].on(day).unit is None]
        return self.hire(self.pick(absent if absent and not self.chance(8) else PERSONS), day)

    def make_transferred(self, kind: str) -> Entry | None:
        day = self.some_day()
        entry = self.dated(kind, day, person=self.on_register(day), unit=self.pick(self.units(day)))
        if self.chance(30):
            entry["establishment"] = self.kind()
        return entry

    def make_secondment_started(self, kind: str) -> Entry | None:
        day = self.some_day()
        fitting = self.people(day, lambda state: state.unit and state.secondment is None)
        person = self.pick(fitting)
        host = self.host_for(person, day)
        if self.chance(35):
            person, day, host = self.away_again() or (person, day, host)
        entry = self.dated(kind, day, person=person, host=host)
        entry["until"] = None if self.chance(15) else self.later(day)
        if self.chance(30):
            entry["kind"] = self.pick(["loan", "temporary_post", "village_team", "task_force"])
        if self.chance(50):
            entry["authority"] = {"document_no": f"no {self.up_to(9)}", "issued_on": day.isoformat()}
        return entry

    def away_again(self) -> tuple[str, date, str] | None:
        """Somebody whose secondment has ended, soon after, mostly to another office of the same statutory unit."""
        units = self.ledger().units
        people = self.ledger().people.values()
        ended = [(person.number, stay.end, stay.host) for person in people for stay in person.secondments if stay.end]
        if not ended:
            return None
        person, end, host = self.random.choice(ended)
        day = end + timedelta(days=self.up_to(100))
        same = [unit for unit in units.existing(day) if units.statutory(unit, day) == units.statutory(host, day)]
        others = [unit for unit in same if unit != host]
        return person, day, self.pick(others if others and self.chance(75) else same or [host])

    def host_for(self, number: str, day: date) -> str:
        """Mostly a unit outside the person's statutory unit."""
        ledger = self.ledger()
        person = ledger.people.get(number)
        home = ledger.home(person, day) if person else None
        units = self.units(day)
        if home is not None and self.chance(80):
            inside = ledger.units.statutory(home, day)
            units = [unit for unit in units if ledger.units.statutory(unit, day) != inside] or units
        if person is not None and self.chance(60):
            earlier = {ledger.units.statutory(secondment.host, day) for secondment in person.secondments}
            units = [unit for unit in units if ledger.units.statutory(unit, day) in earlier] or units
        return str(self.pick(units))

    def later(self, day: date, days: int = 200) -> str:
        return (day + timedelta(days=self.up_to(days))).isoformat()

    def make_secondment_extended(self, kind: str) -> Entry | None:
        day = self.some_day()
        person, until = self.away(day), self.later(day, 400)
        known = self.ledger().people.get(person)
        running = known.on(day).secondment if known else None
        present = running.until_on(day) if running else None
        if present is not None and self.chance(12):
            until = present.isoformat()  # not later than the present one
        return self.dated(kind, day, person=person, until=until)

    def make_secondment_ended(self, kind: str) -> Entry | None:
        day = self.some_day()
        entry = self.dated(kind, day, person=self.away(day))
        return {**entry, "reason": "recalled"} if self.chance(30) else entry

    def make_leave_started(self, kind: str) -> Entry | None:
        day = self.some_day()
        working = self.people(day, lambda state: state.unit and state.leave is None)
        return self.dated(kind, day, person=self.pick(working), kind=self.pick(["sick", "study"]))

    def make_leave_ended(self, kind: str) -> Entry | None:
        day = self.some_day()
        on_leave = self.people(day, lambda state: state.leave is not None)
        return self.dated(kind, day, person=self.pick(on_leave))

    def make_departed(self, kind: str) -> Entry | None:
        day = self.some_day()
        reason = self.pick(["retired", "resigned", "diverted_teacher"])
        return self.dated(kind, day, person=self.on_register(day), reason=reason)

    def make_appointed(self, kind: str) -> Entry | None:
        day = self.some_day()
        entry = self.dated(kind, day, person=self.on_register(day), title=self.pick(TITLES))
        if self.chance(80):
            entry["rank"] = self.pick(RANKS)
        if self.chance(50):
            entry["unit"] = self.pick(self.units(day))
        if self.chance(30):
            entry["counts"] = self.chance(50)
        return entry

    def make_relieved(self, kind: str) -> Entry | None:
        day = self.some_day()
        holder = self.pick(self.people(day, lambda state: state.positions))
        known = self.ledger().people.get(holder)
        titles = list(known.on(day).positions) if known else []
        return self.dated(kind, day, person=holder, title=self.pick(titles or TITLES))

    def make_person_described(self, kind: str) -> Entry | None:
        day = self.some_day()
        keys = {"name": f"new name {self.up_to(50)}"} if self.chance(70) else {"gender": "female"}
        return self.dated(kind, day, person=self.pick(PERSONS), **keys)

    def make_unit_established(self, _kind: str) -> Entry | None:
        day = self.some_day()
        known = self.ledger().units.codes()
        new = [unit for unit in MORE_UNITS if unit[0] not in known]
        unit, kind, level, parent, station = self.pick(new or FIRST_UNITS + MORE_UNITS)
        if self.chance(25):
            parent = self.pick([*self.units(day), None])
        if self.chance(6):
            station = self.pick(self.units(day))
        return self.established(unit, kind, level, parent, station, day)

    def make_unit_renamed(self, kind: str) -> Entry | None:
        day = self.some_day()
        name = f"unit name {self.up_to(50)}"
        return self.dated(kind, day, unit=self.pick(self.units(day)), name=name)

    def make_unit_moved(self, kind: str) -> Entry | None:
        day = self.some_day()
        unit, parent = self.pick(self.units(day)), self.pick(self.units(day))
        return self.dated(kind, day, unit=unit, parent=parent)

    def make_unit_stationed(self, kind: str) -> Entry | None:
        day = self.some_day()
        offices = [unit for unit in self.units(day) if self.ledger().units.kind(unit) == "dispatched_office"]
        if not offices and self.chance(85):
            return None
        unit = self.pick(offices if offices and self.chance(85) else self.units(day))
        station = None if self.chance(25) else self.pick(self.units(day))
        return self.dated(kind, day, unit=unit, stationed_at=station)

    def make_unit_merged(self, kind: str) -> Entry | None:
        day = self.some_day()
        unit, into = self.pick(self.units(day)), self.pick(self.units(day))
        return self.dated(kind, day, unit=unit, into=into)

    def make_unit_abolished(self, kind: str) -> Entry | None:
        day = self.some_day()
        units = self.units(day)
        empty = [unit for unit in units if not self.ledger().occupants(unit, day)]
        return self.dated(kind, day, unit=self.pick(empty if self.chance(75) and empty else units))

    # Quotas

    def record_in_force(self, day: date) -> tuple[str, str]:
        """(unit, establishment) of some number in force, mostly."""
        quotas = self.ledger().quotas
        found = [
            (unit, kind)
            for unit in self.ledger().units.codes()
            for kind in set(KINDS)
            if quotas.own("quota", unit, kind, day) is not None
        ]
        if found and not self.chance(12):
            return self.random.choice(sorted(found))
        return self.pick(self.units(day)), self.pick(KINDS)

    def make_quota_set(self, kind: str) -> Entry | None:
        day = self.some_day()
        unit, establishment = self.record_in_force(day)
        if self.chance(60):
            unit = self.pick(self.units(day))
        entry = self.dated(kind, day, unit=unit, establishment=establishment, posts=self.up_to(4 if self.hard else 9))
        return {**entry, "until": self.later(day)} if self.chance(25) else entry

    def make_quota_changed(self, kind: str) -> Entry | None:
        day = self.some_day()
        unit, establishment = self.record_in_force(day)
        change = self.pick([-3, -2, -1, 1, 1, 2, 3])
        entry = self.dated(kind, day, unit=unit, establishment=establishment, change=change)
        return {**entry, "until": self.later(day)} if self.chance(50) else entry

    def make_quota_cancelled(self, kind: str) -> Entry | None:
        day = self.some_day()
        unit, establishment = self.record_in_force(day)
        entry = self.dated(kind, day, unit=unit, establishment=establishment)
        grants = [
            fact for fact in self.ledger().facts if fact.type in ("quota_set", "quota_changed") and fact.get("until")
        ]
        if grants and self.chance(80):
            grant = self.pick(grants[-3:] if self.chance(70) else grants)
            entry["entry"] = grant.position if self.chance(20) else grant.id
            if self.chance(90):
                home = self.ledger().units.canonical(grant.get("unit"), day)
                entry.update(unit=home, establishment=grant.get("establishment"))
        return entry

    def make_quota_moved(self, kind: str) -> Entry | None:
        day = self.some_day()
        unit, establishment = self.record_in_force(day)
        return self.dated(
            kind,
            day,
            unit=unit,
            to=self.pick(self.units(day)),
            establishment=establishment,
            posts=1 + self.up_to(3),
        )

    def make_leader_quota_set(self, kind: str) -> Entry | None:
        day = self.some_day()
        unit, rank = self.pick(self.units(day)), self.pick(RANKS)
        return self.dated(kind, day, unit=unit, rank=rank, posts=self.up_to(4))

    def make_freeze_declared(self, kind: str) -> Entry | None:
        day = self.some_day()
        unit = self.pick(self.units(day))
        return self.dated(kind, day, unit=unit, mode="no_increase", until=self.later(day))

    def make_census_claimed(self, kind: str) -> Entry | None:
        day = self.some_day()
        unit, measures = self.pick(self.units(day)), {"on_roll": self.up_to(9)}
        return self.dated(kind, day, unit=unit, source="a printed table", measures=measures)

    def make_policy_adopted(self, kind: str) -> Entry | None:
        entry = self.dated(kind, self.some_day(), source="a document")
        if self.chance(30):
            entry["profile"] = self.pick(["national", "strict"])
        if self.hard and self.chance(60):
            entry["parameters"] = {"quota_enforcement": self.pick(["hard", "hard", "soft"])}
        elif "profile" not in entry or self.chance(50):
            entry["parameters"] = {"gap_days": self.pick([1, 30, 60, 90, 180])}
        return entry
