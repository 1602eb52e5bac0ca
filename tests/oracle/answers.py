"""The answers of spec 2.3 on one day, from a folded ledger, by counting persons (spec 1.4, 1.5)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from tests.oracle.judge import Ledger
from tests.oracle.people import Person, Position, Secondment, State
from tests.oracle.shape import ESTABLISHMENTS

Row = dict[str, Any]
ON_ROLL_MEASURES = ("on_roll", "seconded_out", "on_leave", "present")
OTHER_MEASURES = ("seconded_in", "off_establishment", "dispatched_in", "at_work")


class Day:
    """A ledger on one day."""

    def __init__(self, ledger: Ledger, day: date) -> None:
        self.ledger = ledger
        self.units = ledger.units
        self.quotas = ledger.quotas
        self.day = day
        self.people = list(ledger.people.values())

    def state(self, person: Person) -> State:
        return person.on(self.day)

    def home(self, person: Person) -> Any:
        return self.ledger.home(person, self.day)

    def host(self, person: Person) -> Any:
        return self.ledger.host(person, self.day)

    def scope(self, unit: str, *, own: bool = False) -> set[str]:
        return {unit} if own else self.units.subtree(unit, self.day)

    def is_dispatched_to(self, unit: str, scope: set[str]) -> bool:
        """Whether a unit is, or lies inside, a unit stationed at a unit of the scope."""
        line = self.units.line(unit, self.day)
        return any(self.units.station(above, self.day) in scope for above in line)

    def place_in(self, person: Person, scope: set[str]) -> str | None:
        """The one status a person has in a scope (see roster), or None."""
        state = self.state(person)
        if state.unit is None:
            return None
        host, on_leave = self.host(person), state.leave is not None
        if self.home(person) in scope:
            if host is not None and host not in scope:
                return "seconded_out"
            if on_leave:
                return "on_leave"
            return "off_establishment" if is_off(state) else "present"
        if on_leave:
            return None
        if host is not None:
            return "seconded_in" if host in scope else None
        return "dispatched_in" if self.is_dispatched_to(self.home(person), scope) else None

    def members(self, measure: str, scope: set[str], kind: str | None = None) -> list[Person]:
        """The persons behind a measure."""
        return [
            person
            for person in self.people
            if self.belongs(person, measure, scope) and kind in (None, self.state(person).establishment)
        ]

    def belongs(self, person: Person, measure: str, scope: set[str]) -> bool:
        place = self.place_in(person, scope)
        if place is None:
            return False
        if measure == "on_roll":
            return self.home(person) in scope and not is_off(self.state(person))
        if measure == "at_work":
            return place in ("present", "off_establishment", "seconded_in", "dispatched_in")
        if measure in ("seconded_out", "on_leave"):
            return place == measure and not is_off(self.state(person))
        return place == measure

    # Headcount

    def row(self, unit: str, *, own: bool = False) -> Row:
        scope = self.scope(unit, own=own)
        kinds = self.kind_rows(unit, scope, own=own)
        row = {
            "unit": unit,
            "name": self.units.name(unit, self.day),
            "parent": self.units.parent(unit, self.day),
            "quota": sum_of_known(kind["quota"] for kind in kinds.values()),
            "vacancies": sum_of_known(kind["vacancies"] for kind in kinds.values()),
            "by_establishment": kinds,
            "leaders": self.leader_rows(unit, scope, own=own),
        }
        for measure in (*ON_ROLL_MEASURES, *OTHER_MEASURES):
            row[measure] = len(self.members(measure, scope))
        return row

    def kind_rows(self, unit: str, scope: set[str], *, own: bool) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        for kind in ESTABLISHMENTS:
            row: Row = {measure: len(self.members(measure, scope, kind)) for measure in ON_ROLL_MEASURES}
            quota = self.quota("quota", unit, kind, own=own)
            has_vacancies = quota is not None and not (own and self.children(unit))
            row["quota"] = quota
            row["vacancies"] = quota - row["on_roll"] if has_vacancies else None
            if quota is not None or row["on_roll"]:
                rows[kind] = row
        return rows

    def leader_rows(self, unit: str, scope: set[str], *, own: bool) -> dict[str, Row]:
        held = [
            position.rank
            for person in self.people
            for position in self.state(person).positions.values()
            if position.counts and self.position_unit(person, position) in scope
        ]
        rows = {}
        for rank in sorted({*self.quotas.ranks_ever(), *(rank for rank in held if rank)}):
            quota = self.quota("leaders", unit, rank, own=own)
            if quota is not None or rank in held:
                rows[rank] = {"quota": quota, "held": held.count(rank)}
        return rows

    def position_unit(self, person: Person, position: Position) -> Any:
        if position.unit is None:
            return self.home(person)
        unit = self.units.canonical(position.unit, self.day)
        return unit if self.units.exists(unit, self.day) else None

    def quota(self, what: str, unit: str, detail: str, *, own: bool) -> int | None:
        number = self.quotas.own if own else self.quotas.total
        return number(what, unit, detail, self.day)

    def children(self, unit: str) -> list[str]:
        return self.units.children(unit, self.day)

    def depth_first(self) -> list[str]:
        """All existing units, roots and siblings by code, each before what is below it."""
        found: list[str] = []

        def visit(unit: str) -> None:
            found.append(unit)
            for child in self.children(unit):
                visit(child)

        for root in self.units.existing(self.day):
            if self.units.parent(root, self.day) is None:
                visit(root)
        return found

    def measure(self, unit: str, name: str, *, own: bool = False) -> Any:
        """One number of the row: `m`, `m.<kind>`, `leaders.<rank>` or `leader_quota.<rank>`."""
        row = self.row(unit, own=own)
        measure, _, detail = name.partition(".")
        if measure in ("leaders", "leader_quota"):
            leaders = row["leaders"].get(detail, {"quota": None, "held": 0})
            return leaders["held" if measure == "leaders" else "quota"]
        if not detail:
            return row[measure]
        empty = dict.fromkeys(ON_ROLL_MEASURES, 0) | {"quota": None, "vacancies": None}
        return row["by_establishment"].get(detail, empty)[measure]

    # Rosters

    def roster(self, unit: str, status: str | None = None) -> list[Row]:
        scope = self.scope(unit)
        rows = []
        for person in self.people:
            place = self.place_in(person, scope)
            if place is None or (status and not self.belongs(person, status, scope)):
                continue
            rows.append(self.roster_row(person, place))
        return rows

    def roster_row(self, person: Person, place: str) -> Row:
        state, running = self.state(person), self.state(person).secondment
        since = state.charged_since
        if running is not None and place in ("seconded_out", "seconded_in"):
            since = running.start
        elif place == "on_leave":
            since = state.leave_since
        return {
            "person": person.number,
            "name": state.name,
            "unit": self.home(person),
            "establishment": state.establishment,
            "status": place,
            "host": self.host(person),
            "until": running.until_on(self.day) if running else None,
            "since": since,
        }

    # Secondments

    def secondments(self, unit: str | None = None, role: str | None = None, *, overdue: bool = False) -> list[Row]:
        scope = None if unit is None else self.scope(unit)
        rows = []
        for person in self.people:
            running = self.state(person).secondment
            home, host = self.home(person), self.host(person)
            seen = {"home": {home}, "host": {host}, None: {home, host}}[role]
            if running is None or (scope is not None and not scope & seen):
                continue
            row = self.secondment_row(person, running)
            if row["days_overdue"] > 0 or not overdue:
                rows.append(row)
        return rows

    def secondment_row(self, person: Person, running: Secondment) -> Row:
        until = running.until_on(self.day)
        chain = self.same_host_chain(person, running)
        return {
            "person": person.number,
            "name": self.state(person).name,
            "home": self.home(person),
            "host": self.host(person),
            "kind": running.kind,
            "started_on": running.start,
            "until": until,
            "days_overdue": 0 if until is None else max(0, (self.day - until).days),
            "chain_started_on": chain[0].start,
            "chain_days": self.days_covered(chain),
            "extensions": running.extensions_on(self.day),
            "authority": running.authority,
        }

    def same_host_chain(self, person: Person, running: Secondment) -> list[Secondment]:
        """The chain, up to this day, of which the running secondment is the newest part."""
        there = self.host_of_chain(running)
        chain: list[Secondment] = []
        for secondment in sorted(person.secondments, key=lambda each: each.start):
            if not self.has_run(secondment) or self.host_of_chain(secondment) != there:
                continue
            if chain:
                gap = (secondment.start - max(self.end_so_far(each) for each in chain)).days
                if gap >= self.ledger.gap_days(self.day):
                    chain = []
            chain.append(secondment)
        return chain

    def host_of_chain(self, secondment: Secondment) -> str:
        host = self.units.canonical(secondment.host, self.day)
        return self.units.statutory(host, self.day)

    def has_run(self, secondment: Secondment) -> bool:
        return secondment.start <= self.day and secondment.start != secondment.end

    def end_so_far(self, secondment: Secondment) -> date:
        """The first day after it; of one that still runs, the day after the day asked about."""
        tomorrow = self.day + timedelta(days=1)
        return tomorrow if secondment.end is None else min(secondment.end, tomorrow)

    def days_covered(self, chain: list[Secondment]) -> int:
        """How many days up to this one, inclusive, lie in any of these secondments."""
        count, day = 0, chain[0].start
        while day <= self.day:
            count += any(each.start <= day < self.end_so_far(each) for each in chain)
            day += timedelta(days=1)
        return count

    # One person

    def person(self, person: Person) -> Row:
        state = self.state(person)
        return {
            "person": person.number,
            "name": state.name,
            "charged_to": self.home(person),
            "establishment": state.establishment,
            "host": self.host(person),
        }


def periods(ledger: Ledger, person: Person) -> list[Row]:
    """Maximal runs of equal days on the register; `to` is the first day after, or None."""
    runs: list[tuple[date, tuple[Any, ...]]] = []
    for day in sorted({fact.on for fact in ledger.facts}):
        state = person.on(day)
        unit = ledger.home(person, day)
        now = (unit, state.establishment, ledger.host(person, day), state.leave)
        if not runs or runs[-1][1] != now:
            runs.append((day, now))
    ends = [day for day, _ in runs[1:]] + [None]
    keys = ("unit", "establishment", "host", "leave")
    return [
        {"from": start, "to": end, **dict(zip(keys, now, strict=True))}
        for (start, now), end in zip(runs, ends, strict=True)
        if now[0] is not None
    ]


def is_off(state: State) -> bool:
    return state.establishment == "off_establishment"


def sum_of_known(numbers: Iterable[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None
