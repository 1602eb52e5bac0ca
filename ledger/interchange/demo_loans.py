"""Secondments of the invented county: who is borrowed, for how long, and how it ends (or does not)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from ledger.interchange.demo_people import Person
from ledger.interchange.demo_structure import Json
from ledger.interchange.demo_tables import BORROWERS, MUNICIPAL, TASK_FORCES
from ledger.interchange.demo_world import World

ISSUER = "青溪县委组织部"
REASONS = ("专项工作", "业务骨干支援", "重点任务攻坚", "以干代训", "驻村帮扶", "迎检材料准备", "")
KIND_OF = {"ZCZ": "village_team", "YPD": "aid"}
TERMS = {
    "loan": (3, 6, 6, 6, 6, 12),
    "task_force": (6, 12, 12),
    "temporary_post": (12, 12, 24),
    "shadowing": (3, 6),
    "village_team": (24,),
    "aid": (18, 24, 36),
    "inspection": (2, 3),
}


def later(on: str, days: int) -> date:
    """That many days after."""
    return date.fromisoformat(on) + timedelta(days=days)


def term(on: str, months: int) -> str:
    """The last day of a term of so many months."""
    return later(on, round(months * 30.44) - 1).isoformat()


class Loans:
    """Starts, extends and ends secondments on the world's agenda."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._closing = {code: until for code, _, _, _, until in TASK_FORCES if until}

    def host(self, home: str, on: str) -> str | None:
        """A host for somebody of that statutory unit, or None."""
        rng, units = self.world.rng, self.world.units
        draw = rng.random()
        if draw < 0.66:
            code = rng.choices([c for c, _ in BORROWERS], [w for _, w in BORROWERS])[0]
            near = [
                c
                for c in units.children.get(code, [])
                if units.kinds[c] == "internal_office" and units.parent(c, on) == code
            ]
            code = rng.choice(near) if near and rng.random() < 0.3 else code
        elif draw < 0.95:
            code = rng.choice([c for c, *_ in TASK_FORCES])
        else:
            code = rng.choice(MUNICIPAL)[0]
        if not units.exists(code, on) or on >= later(self._closing.get(code, "9000-01-01"), -200).isoformat():
            return None
        return code if units.statutory(code, on) != home else None

    def steady_host(self, unit: str, on: str) -> str | None:
        """A host for an entry typed in by mistake: never one that is going to be abolished."""
        code = self.world.rng.choice(BORROWERS)[0]
        return code if self.world.units.exists(code, on) else None

    def start(self, on: str) -> None:
        """Somebody is borrowed."""
        person = self.world.pick(on, self._able)
        host = self.host(self.world.home(person, on), on) if person is not None else None
        if person is not None and host is not None:
            self.second(person, on, host, self._kind(host))

    def _able(self, person: Person) -> bool:
        likely = 1.0 if (person.unit or "").startswith("Z") else 0.3
        return person.free and not person.titles and self.world.rng.random() < likely

    def _kind(self, host: str) -> str:
        if host in KIND_OF:
            return KIND_OF[host]
        if self.world.units.kinds[host] == "task_force":
            return "task_force"
        draw = self.world.rng.random()
        if draw < 0.22 and not host.startswith("S"):
            return "temporary_post" if draw < 0.1 else "shadowing" if draw < 0.17 else "inspection"
        return "shadowing" if host.startswith("S") and draw < 0.5 else "loan"

    def second(self, person: Person, on: str, host: str, kind: str) -> None:
        """Record the start and decide what will come of it."""
        rng = self.world.rng
        until = None if rng.random() < 0.06 else term(on, rng.choice(TERMS[kind]))
        reason = rng.choice(REASONS)
        person.host, person.started, person.until = host, on, until
        stated = None if kind == "loan" and rng.random() < 0.7 else kind
        person.add(
            "secondment_started",
            on,
            host=host,
            until=until,
            kind=stated,
            reason=reason or None,
            authority=self._authority(on),
        )
        self._plan(person, 0)

    def _authority(self, on: str) -> Json | None:
        rng = self.world.rng
        draw = rng.random()
        if draw < 0.12:
            return None
        made: Json = self.world.paper("青组借", on, ISSUER)
        if draw < 0.16:
            del made["issued_on"]
        elif draw < 0.21:
            made["issued_on"] = later(on, rng.randint(5, 60)).isoformat()
        return made

    def _plan(self, person: Person, extended: int) -> None:
        """Decide how this term will end and put it on the agenda."""
        rng, on = self.world.rng, person.started
        draw = rng.random()
        due = date.fromisoformat(person.until) + timedelta(days=1) if person.until else later(on, rng.randint(200, 900))
        token = (on, person.until)
        if person.host in self._closing:
            draw = min(draw, 0.75)
        if draw < 0.46:
            self.world.at(due, partial(self.end, person, token, "returned"))
        elif draw < 0.56:
            early = max(later(on, 20), due - timedelta(days=rng.randint(10, 80)))
            self.world.at(early, partial(self.end, person, token, "recalled"))
        elif draw < 0.79 - 0.09 * extended:
            self.world.at(due + timedelta(days=rng.randint(-25, 12)), partial(self.extend, person, token, extended))
        elif draw < 0.92:
            self.world.at(
                due + timedelta(days=int(rng.random() ** 2 * 420) + 5), partial(self.end, person, token, "returned")
            )
        elif draw < 0.97:
            self.world.at(due - timedelta(days=rng.randint(0, 40)), partial(self.convert, person, token))

    def _running(self, person: Person, token: tuple[str, str | None], on: str) -> bool:
        return person.host is not None and (person.started, person.until) == token and person.last < on

    def end(self, person: Person, token: tuple[str, str | None], reason: str, on: str) -> None:
        """The return, if this term still runs; some are soon borrowed again."""
        if not self._running(person, token, on):
            return
        host, started = person.host or "", person.started
        person.host = person.until = None
        person.add("secondment_ended", on, reason=None if reason == "returned" else reason)
        if self.world.rng.random() < 0.09 and date.fromisoformat(started).year > 2012:
            self.world.at(later(on, self.world.rng.randint(1, 110)), partial(self._again, person, host))

    def _again(self, person: Person, host: str, on: str) -> None:
        """Back on paper, and borrowed by the same host once more."""
        units = self.world.units
        if (
            person.free
            and person.last < on
            and host not in self._closing
            and units.exists(host, on)
            and self.world.home(person, on) != units.statutory(host, on)
        ):
            self.second(person, on, host, self._kind(host))

    def extend(self, person: Person, token: tuple[str, str | None], extended: int, on: str) -> None:
        """One more term, if this one still runs."""
        if not self._running(person, token, on):
            return
        base = max(person.until or on, on)
        closing = self._closing.get(person.host or "")
        person.until = term(base, self.world.rng.choice((3, 6, 6, 6, 12)))
        if closing is not None and person.until >= closing:
            self.end(person, (token[0], person.until), "returned", on)
            return
        papers = self.world.paper("青组续", on, ISSUER) if self.world.rng.random() < 0.85 else None
        person.add("secondment_extended", on, until=person.until, authority=papers)
        self._plan(person, extended + 1)

    def convert(self, person: Person, token: tuple[str, str | None], on: str) -> None:
        """借转调: the host takes the person over for good."""
        units = self.world.units
        host = units.canonical(person.host or "", on)
        if (
            not self._running(person, token, on)
            or units.kinds[host] == "task_force"
            or person.kind == "off_establishment"
            or host.startswith("S")
        ):
            return
        person.unit, person.host, person.until = host, None, None
        person.charges.append((on, host, person.kind))
        person.add(
            "transferred",
            on,
            unit=host,
            channel="借调转任",
            authority=self.world.paper("青人社调", on, "县人力资源和社会保障部门"),
        )

    def before_abolitions(self) -> None:
        """Nobody stays in a task force that is about to end."""
        for code, until in self._closing.items():
            self.world.at(later(until, -30), partial(self._clear, code))

    def _clear(self, code: str, on: str) -> None:
        for person in self.world.people:
            if person.host == code:
                person.host = person.until = None
                person.add("secondment_ended", on, note="专班撤销")

    def opening(self, number: int) -> None:
        """Loans already running when the ledger opens."""
        rng = self.world.rng
        for _ in range(number):
            on = f"{rng.randint(2010, 2012)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
            person = self.world.pick(on, self._able)
            host = rng.choice(BORROWERS)[0]
            if person is not None and self.world.units.statutory(host, on) != self.world.home(person, on):
                self.second(person, on, host, "loan")
