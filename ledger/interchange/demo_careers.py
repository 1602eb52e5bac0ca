"""Hiring, transfers, leave, changed facts and departures in the invented county."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from ledger.interchange.demo_offices import BUREAU, Offices
from ledger.interchange.demo_people import IDENTITY, Person
from ledger.interchange.demo_tables import TOWNS
from ledger.interchange.demo_world import World

DEPARTURES = {"resigned": 9, "moved_out": 9, "early_retired": 3, "died": 3, "dismissed": 1}
CHANNELS = ("公务员招录", "事业单位公开招聘", "选调", "军转安置", "人才引进")
LEAVES = {
    "sick": (10, (30, 420)),
    "maternity": (7, (158, 188)),
    "study": (2, (90, 400)),
    "suspended": (1, (30, 180)),
    "awaiting_post": (1, (30, 200)),
}
DIVERSIONS = (
    "diverted_teacher",
    "diverted_early_retired",
    "diverted_resigned",
    "diverted_released",
    "diverted_institution",
    "diverted_enterprise",
    "diverted_police",
)


class Careers:
    """Everything that happens to people except secondments."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng = world.rng
        self.offices = Offices(world)

    def month(self, first: date, quiet: float) -> None:
        """Put one month's ordinary events on the agenda."""
        for mean, act in (
            (9.5, self.transfer),
            (2.1, self.leave),
            (5.0, self.describe),
            (1.6, self.depart),
            (3.4, self.offices.rotate),
            (0.12, self.rehire),
        ):
            self.world.spread(first, mean * quiet, act)
        if (first.year, first.month) in {(2016, 5), (2021, 6)}:
            self.world.spread(first, 45, self.offices.rotate)

    def retire_later(self, person: Person) -> None:
        """At the statutory age, sometimes some months after it."""
        draw = self.rng.random()
        delay = timedelta(days=self.rng.randint(40, 500) if draw < 0.06 else 0)
        if draw < 0.985:
            self.world.at(person.retires_on() + delay, partial(self._leave_service, person, "retired"))

    def hire_later(self, year: int) -> None:
        """Somebody is hired in that year."""
        month = self.rng.choice((3, 7, 8, 8, 9, 9, 9, 11) if year > 2013 else (7, 8, 9, 9, 11))
        self.world.at(date(year, min(month, 10 if year == 2023 else 12), self.rng.randint(1, 28)), self._hire)

    def _hire(self, on: str) -> None:
        year = int(on[:4])
        off = self.rng.random() < 0.17
        kind, unit, channel = self._contract(on) if off else self._vacancy(on)
        young = 27 if off else self.rng.choice((27, 30, 35, 40))
        person = self.world.register.person(date(year - young, 1, 1), date(year - 21, 12, 31), kind)
        papers = self.world.paper("青人社录", on, BUREAU) if self.rng.random() < 0.9 else None
        self.world.register.hire(person, on, unit, kind, channel=channel, authority=papers)
        if off:
            years = 2 if unit.startswith("Z") else 3
            self.world.at(
                date.fromisoformat(on) + timedelta(days=365 * years + self.rng.randint(0, 20)),
                partial(self._contract_ends, person),
            )
        else:
            self.retire_later(person)

    def _vacancy(self, on: str) -> tuple[str, str, str]:
        """The emptiest of a few random (unit, kind), and one of its desks."""
        plan, units = self.world.plan, self.world.units
        keys = [
            key for key in self.rng.sample(sorted(plan.desks), 12) if units.exists(key[0], on) and key[1] != "support"
        ]
        key = max(keys, key=lambda k: plan.posts[k] - sum(self.world.filled[u, k[1]] for u in self._bodies(k, on)))
        self.world.filled[key] += 1
        return (
            key[1],
            self._desk(key, on),
            self.rng.choice(CHANNELS[1:2] if key[1] == "public_institution" else CHANNELS),
        )

    def _bodies(self, key: tuple[str, str], on: str) -> set[str]:
        units = self.world.units
        return {key[0]} | {d for d, _ in self.world.plan.desks[key] if units.kinds[d] == "dispatched_office"}

    def _desk(self, key: tuple[str, str], on: str) -> str:
        units = self.world.units
        desks = [(d, w) for d, w in self.world.plan.desks[key] if units.exists(d, on) and units.within(d, key[0], on)]
        return self.rng.choices([d for d, _ in desks], [w for _, w in desks])[0] if desks else key[0]

    def _contract(self, on: str) -> tuple[str, str, str]:
        town = self.rng.choice([code for code, _ in TOWNS if self.world.units.exists(code, on)])
        draw = self.rng.random()
        if draw < 0.45:
            return "off_establishment", f"{town}-NZ", self.rng.choice(("三支一扶(支农)", "三支一扶(扶贫)"))
        if draw < 0.75:
            return "off_establishment", f"GAJ-{self.world.units.canonical(town, on)}", "辅警"
        return "off_establishment", f"CGJ-{self.rng.randint(2, 3)}", "劳务派遣"

    def _contract_ends(self, person: Person, on: str) -> None:
        if self.rng.random() < 0.8:
            self._leave_service(person, "contract_ended", on)

    def depart(self, on: str) -> None:
        """Somebody leaves the service before the age of retirement."""
        person = self.world.pick(
            on, lambda p: p.kind != "off_establishment" and (p.host is None or self.rng.random() < 0.3)
        )
        if person is not None:
            self._leave_service(person, self.rng.choices(list(DEPARTURES), list(DEPARTURES.values()))[0], on)

    def _leave_service(self, person: Person, reason: str, on: str) -> None:
        if person.unit is None or person.last >= on:
            return
        self.offices.vacate(person)
        person.titles.clear()
        person.unit = person.host = person.until = None
        person.leave = False
        person.charges.append((on, None, ""))
        papers = self.world.paper("青人社退", on, BUREAU) if reason == "retired" else None
        person.add("departed", on, reason=reason, authority=papers)

    def diversions(self, on: str, number: int) -> None:
        """After the merger of two towns some are moved on by the seven channels."""
        for at in range(number):
            day = date.fromisoformat(on) + timedelta(days=4 + 3 * at)
            self.world.at(day, partial(self._divert, DIVERSIONS[at % len(DIVERSIONS)]))

    def _divert(self, reason: str, on: str) -> None:
        units = self.world.units
        person = self.world.pick(
            on, lambda p: p.free and not p.titles and units.statutory(p.unit or "", on) == "Z12", tries=4000
        )
        if person is not None:
            self._leave_service(person, reason, on)

    def rehire(self, on: str) -> None:
        """Somebody who left comes back."""
        for _ in range(400):
            person = self.rng.choice(self.world.people)
            if (
                person.unit is None
                and person.entries
                and person.last < on
                and person.entries[-1].get("reason") in {"resigned", "moved_out", *DIVERSIONS}
            ):
                kind, unit, _ = self._vacancy(on)
                self.world.register.hire(
                    person, on, unit, kind, channel="调入", authority=self.world.paper("青人社录", on, BUREAU)
                )
                return

    def transfer(self, on: str) -> None:
        """To another office of the same unit, or to a unit with a vacancy."""
        person = self.world.pick(on, lambda p: p.free and not p.titles and p.kind in IDENTITY)
        if person is None:
            return
        units, here = self.world.units, self.world.home(person, on)
        near = units.siblings(units.canonical(person.unit or "", on), on)
        if near and self.rng.random() < 0.5:
            self.offices.move(person, on, self.rng.choice(near), person.kind)
            return
        kind, unit, _ = self._vacancy(on)
        if units.statutory(unit, on) == here or (kind, person.kind) in {
            ("political_legal", "public_institution"),
            ("administrative", "support"),
        }:
            return
        self.offices.move(person, on, unit, kind)

    def leave(self, on: str) -> None:
        """A long leave begins; its end goes on the agenda."""
        kind = self.rng.choices(list(LEAVES), [weight for weight, _ in LEAVES.values()])[0]
        person = self.world.pick(
            on,
            lambda p: (
                not p.leave and (kind != "maternity" or (p.gender == "female" and p.born.year > int(on[:4]) - 40))
            ),
        )
        if person is None:
            return
        person.leave = True
        person.add("leave_started", on, kind=kind)
        low, high = LEAVES[kind][1]
        if self.rng.random() < 0.96:
            self.world.at(
                date.fromisoformat(on) + timedelta(days=self.rng.randint(low, high)), partial(self._back, person)
            )

    def _back(self, person: Person, on: str) -> None:
        if person.leave and person.last < on:
            person.leave = False
            person.add("leave_ended", on)

    def describe(self, on: str) -> None:
        """A fact about somebody is given for the first time, or again."""
        person = self.world.pick(on, lambda p: True)
        if person is None:
            return
        first, draw = person.entries[0], self.rng.random()
        if "identity" not in first and person.kind in IDENTITY and draw < 0.8:
            person.add("person_described", on, identity=IDENTITY[person.kind])
        elif "born_on" not in first or "born_precision" in first:
            person.add("person_described", on, born_on=person.born.isoformat(), born_precision="day", note="按档案核定")
        elif person.gender == "female" and draw < 0.35:
            person.add("person_described", on, gender="female", retirement_age=person.age)
        elif draw < 0.42 and len(person.name) == 3:
            person.add("person_described", on, name=person.name[:2] + self.rng.choice("华明军平丽红志文"), note="更名")
        else:
            person.add("person_described", on, born_on=person.born.isoformat(), note="干部档案专项审核核定")
