"""The rules about persons of spec 1.5 and 1.6, each in the words of the table, on one day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.oracle.findings_world import Found, World, add_months
from tests.oracle.people import Secondment
from tests.oracle.retirement import Unknown, statutory_date
from tests.oracle.shape import ESTABLISHMENTS

DESCRIBING = ("gender", "born_on", "born_precision", "retirement_age", "identity")
Truth = bool | None


@dataclass
class Stay:
    """One secondment that has run for a day at least."""

    key: str
    host: str
    start: date
    end: date | None
    kind: str
    authority: dict[str, Any]
    terms: list[tuple[date, date | None]]  # (from this day on, until), the first and the extensions

    def runs_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or self.end > day)

    def until_on(self, day: date) -> date | None:
        return [until for since, until in self.terms if since <= day][-1]

    def end_by(self, day: date) -> date:
        """The end so far: of one that runs on the day, the day after it."""
        return day + timedelta(days=1) if self.end is None or self.end > day else self.end


@dataclass
class Period:
    """A service or a leave: from its entry to the entry that ended it."""

    key: str
    what: str
    start: date
    end: date | None = None
    ended_as: str | None = None

    def runs_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or self.end > day)


class PersonCase:
    """What the entries say of one person."""

    def __init__(self, world: World, number: str) -> None:
        self.world = world
        self.number = number
        self.person = world.ledger.people[number]
        self.facts = [fact for fact in world.ledger.facts if fact.get("person") == number]
        self.services = self.periods("hired", "departed")
        self.leaves = self.periods("leave_started", "leave_ended", "departed")
        starts = [fact for fact in self.facts if fact.type == "secondment_started"]
        pairs = zip(starts, self.person.secondments, strict=True)
        self.stays = [
            self.stay(fact.place, secondment) for fact, secondment in pairs if secondment.start != secondment.end
        ]

    def stay(self, place: int, secondment: Secondment) -> Stay:
        return Stay(
            key=self.world.key(place),
            host=secondment.host,
            start=secondment.start,
            end=secondment.end,
            kind=secondment.kind,
            authority=secondment.authority or {},
            terms=secondment.terms,
        )

    def periods(self, beginning: str, *ends: str) -> list[Period]:
        found: list[Period] = []
        for fact in self.facts:
            if fact.type == beginning:
                found.append(Period(self.world.key(fact.place), fact.get("kind") or "", fact.on))
            elif fact.type in ends and found and found[-1].end is None:
                found[-1].end, found[-1].ended_as = fact.on, fact.get("reason")
        return [period for period in found if period.start != period.end]

    def described_on(self, day: date) -> dict[str, Any]:
        """The describing facts; a new hire keeps what it does not give again."""
        known: dict[str, Any] = {}
        for fact in self.facts:
            if fact.type in ("hired", "person_described") and fact.on <= day:
                given = {key: fact.get(key) for key in DESCRIBING if fact.get(key) is not None}
                if "born_on" in given:
                    known.pop("born_precision", None)
                known.update(given)
        return known

    def charges_between(self, first: date, last: date) -> set[str]:
        """The units charged at the end of some day of [first, last]."""
        found = set()
        states = self.person.states
        for index, (since, state) in enumerate(states):
            until = states[index + 1][0] if index + 1 < len(states) else date.max
            if state.unit is not None and max(since, first) < until and since <= last:
                found.add(state.unit)
        return found


class SecondmentRules:
    """The rules about the secondment that runs on a day, and about its chains."""

    def __init__(self, case: PersonCase, stay: Stay, day: date) -> None:
        self.case, self.stay, self.day = case, stay, day
        self.world = case.world
        self.host = self.world.statutory(stay.host, day)
        self.until = stay.until_on(day)
        self.earlier = [each for each in case.stays if each.start < stay.start]
        same = [each for each in self.earlier if self.world.statutory(each.host, day) == self.host]
        self.same_before, self.any_before = same, self.earlier
        self.chain = self.chain_of(same)
        self.away = self.chain_of(self.earlier)
        state = case.person.on(day)
        self.kind = str(state.establishment)

    def policy(self, name: str) -> Any:
        return self.world.policy(name, self.day)

    def policy_at_start(self, name: str) -> Any:
        return self.world.policy(name, self.stay.start)

    def chain_of(self, before: list[Stay]) -> list[Stay]:
        """The running secondment with those before it that join, by the gap of the day asked about."""
        chain: list[Stay] = []
        for stay in [*before, self.stay]:
            if chain and (stay.start - max(each.end_by(self.day) for each in chain)).days >= self.policy("gap_days"):
                chain = []
            chain.append(stay)
        return chain

    def is_exempt(self) -> bool:
        stay = self.stay
        return (
            stay.kind in self.policy("exempt_kinds")
            and bool(stay.authority.get("document_no"))
            and self.until is not None
            and self.day <= self.until
            and self.day < add_months(stay.start, self.policy("exempt_months"))
        )

    # The rules: (rule, truth, severity, chain or None, evidence)

    def rows(self) -> Iterator[tuple[str, str, Truth, str, dict[str, Any]]]:
        own = f"person:{self.case.number}/secondment:{self.stay.key}"
        chain = f"person:{self.case.number}/secondment:{self.chain[0].key}"
        away = f"person:{self.case.number}/secondment:{self.away[0].key}"
        there = self.world.units.canonical(self.stay.host, self.day)
        told = {"host": there, "started_on": self.stay.start, "until": self.until}
        for rule, truth, severity, evidence in self.own_rows():
            yield rule, own, truth, severity, {**told, **evidence}
        for rule, truth, severity, evidence in self.chain_rows():
            yield rule, chain, truth, severity, evidence
        marks = [self.day >= add_months(self.away[0].start, months) for months in self.policy("long_away_months")]
        severity = ("low", "low", "medium", "critical")[sum(marks)]
        yield "long_away", away, any(marks), severity, self.chain_evidence(self.away)

    def own_rows(self) -> Iterator[tuple[str, Truth, str, dict[str, Any]]]:
        yield self.overdue()
        left = None if self.until is None else (self.until - self.day).days
        yield "secondment_expiring", left is not None and 0 <= left < self.policy("expiring_days"), "low", {}
        yield "open_ended_secondment", self.until is None, "high", {}
        yield "no_authority", self.no_authority(), "high", {}
        yield "term_over_limit", self.term_over_limit(), "high", {}
        yield "extension_late", self.extension_late(), "high", {}
        severity = self.paper_return()
        yield "paper_return", severity is not None, severity or "", {}
        yield "reborrowed", self.reborrowed() and severity is None, "medium", {}
        yield "label_evasion", self.label_evasion(), "high", {}
        yield "probation_secondment", self.probation(), "critical", {}
        yield "minimum_service", self.minimum_service(), "critical", {}
        yield "upward_from_grassroots", self.upward(), "high", {}
        yield "host_full", self.host_full(), "high", {}

    def overdue(self) -> tuple[str, Truth, str, dict[str, Any]]:
        days = 0 if self.until is None else (self.day - self.until).days
        severity = "medium"
        if days >= self.policy("overdue_high_days"):
            severity = "high"
        if days >= self.policy("overdue_critical_days"):
            severity = "critical"
        return "overdue_secondment", days > 0, severity, {"days": days}

    def no_authority(self) -> Truth:
        if not self.stay.authority.get("document_no"):
            return True
        issued_on = self.stay.authority.get("issued_on")
        if issued_on is None:
            return None
        return date.fromisoformat(str(issued_on)) > self.stay.start

    def term_over_limit(self) -> Truth:
        first = self.stay.terms[0][1]
        limit = add_months(self.stay.start, self.policy_at_start("term_months"))
        return first is not None and first + timedelta(days=1) > limit and not self.is_exempt()

    def extension_late(self) -> Truth:
        pairs = zip(self.stay.terms, self.stay.terms[1:], strict=False)
        return any(old is not None and on > old and on <= self.day for (_, old), (on, _) in pairs)

    def paper_return(self) -> str | None:
        gap_days = self.policy_at_start("gap_days")
        for before, severity in ((self.same_before, "high"), (self.any_before, "medium")):
            if before and (self.stay.start - max(each.end_by(self.day) for each in before)).days < gap_days:
                return severity
        return None

    def reborrowed(self) -> bool:
        if not self.earlier:
            return False
        back = max(each.end_by(self.day) for each in self.earlier)
        return self.stay.start < add_months(back, self.policy_at_start("reborrow_months"))

    def label_evasion(self) -> Truth:
        labelled = self.stay.kind in self.policy("exempt_kinds") or self.stay.kind == "shadowing"
        late = self.day >= add_months(self.stay.start, self.policy("evasion_months"))
        return labelled and late and not self.is_exempt()

    def service(self) -> Period:
        return next(service for service in self.case.services if service.runs_on(self.stay.start))

    def probation(self) -> Truth:
        return self.stay.start < add_months(self.service().start, self.policy_at_start("probation_months"))

    def levels_at_start(self) -> tuple[str | None, str | None]:
        start = self.stay.start
        home = self.world.statutory(str(self.case.person.on(start).unit), start)
        return self.world.level(home, start), self.world.level(self.world.statutory(self.stay.host, start), start)

    def minimum_service(self) -> Truth:
        home, host = self.levels_at_start()
        township = None if home is None else home == "township"
        above = None if host is None else host != "township"
        if False in (township, above):
            return False
        return both(township, above, self.served_too_short())

    def served_too_short(self) -> Truth:
        """By the first day of this service charged to a township's unit; a level unknown before it may be one."""
        hired, start = self.service().start, self.stay.start
        for day in [hired, *(each for each in self.world.days if hired < each <= start)]:
            level = self.world.level(self.world.statutory(str(self.case.person.on(day).unit), day), day)
            if level is None:
                return None
            if level == "township":
                return start < add_months(day, self.policy_at_start("minimum_service_months"))
        return False

    def upward(self) -> Truth:
        home, host = self.levels_at_start()
        township = None if home is None else home == "township"
        higher = None if host is None else host != "township"
        since = date.fromisoformat(str(self.policy_at_start("grassroots_from")))
        return both(township, higher, self.stay.start >= since)

    def host_full(self) -> Truth:
        start = self.stay.start
        there = self.world.statutory(self.stay.host, start)
        known = [vacancy for kind in ESTABLISHMENTS if (vacancy := self.world.vacancy(there, kind, start)) is not None]
        return sum(known) <= 0 if known else None

    # Chains

    def chain_evidence(self, chain: list[Stay]) -> dict[str, Any]:
        return {"chain_started_on": chain[0].start, "chain_days": self.days_of(chain)}

    def days_of(self, chain: list[Stay]) -> int:
        return sum((each.end_by(self.day) - each.start).days for each in chain)

    def chain_rows(self) -> Iterator[tuple[str, Truth, str, dict[str, Any]]]:
        start, evidence = self.chain[0].start, self.chain_evidence(self.chain)
        limit = (add_months(start, self.policy("total_months")) - start).days
        over = self.days_of(self.chain) > limit and not self.is_exempt()
        yield "cumulative_over_limit", over, "high", evidence
        extensions = sum(since <= self.day for each in self.chain for since, _ in each.terms[1:])
        yield "extended_too_often", extensions > self.policy("max_extensions"), "medium", evidence
        months = self.policy("de_facto_months")
        full, near = add_months(start, months), add_months(start, months - self.policy("near_months"))
        charged = self.case.charges_between(start, self.day)
        at_host = any(self.world.statutory(unit, self.day) == self.host for unit in charged)
        stands = not at_host and not self.is_exempt()
        subtype = self.subtype() if stands and self.day >= full else ""
        severity = "high" if subtype in ("covers_shortage", "post_available") else "medium"
        here = {**evidence, "host": self.host}
        yield "de_facto_transfer", stands and self.day >= full, severity, {**here, "subtype": subtype}
        yield "de_facto_transfer_near", stands and near <= self.day < full, "low", here

    def subtype(self) -> str:
        if self.kind == "off_establishment":
            return "unknown"
        days = [self.day - timedelta(days=number) for number in range(self.policy("vacancy_days"))]
        vacancies = [self.world.vacancy(self.host, self.kind, day) for day in days]
        known = [number for number in vacancies if number is not None]
        if len(known) < len(vacancies):
            return "unknown"
        if known[0] <= 0:
            return "covers_shortage"
        return "post_available" if min(known) >= 1 else "window"


def both(*parts: Truth) -> Truth:
    """A conjunction: false wins over unknown."""
    if False in parts:
        return False
    return None if None in parts else True


def judge_person(case: PersonCase, day: date) -> dict[tuple[str, str], Found]:
    """Every rule about one person on one day; false ones are left out."""
    rows: list[tuple[str, str, Truth, str, dict[str, Any]]] = []
    for stay in case.stays:
        if stay.runs_on(day):
            rows += SecondmentRules(case, stay, day).rows()
    rows += life_rows(case, day)
    found = {}
    for rule, subject, truth, severity, evidence in rows:
        if truth:
            found[rule, subject] = Found("true", severity, evidence)
        elif truth is None:
            found[rule, subject] = Found("insufficient_data")
    return found


def life_rows(case: PersonCase, day: date) -> Iterator[tuple[str, str, Truth, str, dict[str, Any]]]:
    me, world = f"person:{case.number}", case.world
    for leave in case.leaves:
        if leave.runs_on(day) and leave.what == "sick":
            long = day >= add_months(leave.start, world.policy("long_leave_months", day))
            yield "long_leave", f"{me}/leave:{leave.key}", long, "medium", {}
    for number, service in enumerate(case.services):
        if not service.runs_on(day):
            continue
        diverted = any((before.ended_as or "").startswith("diverted") for before in case.services[:number])
        yield "returned_after_diversion", f"{me}/hire:{service.key}", diverted, "medium", {}
        yield "kind_mismatch", me, kind_mismatch(case, day), "high", {}
        due, soon = retirement(case, day)
        yield "retirement_due", me, due, "medium", {}
        yield "retirement_soon", me, soon, "low", {}


def kind_mismatch(case: PersonCase, day: date) -> Truth:
    kind = case.person.on(day).establishment
    identity = case.described_on(day).get("identity")
    if kind == "off_establishment":
        return False
    if identity is None:
        return None
    return kind not in case.world.policy("identity_matrix", day).get(identity, [])


def retirement(case: PersonCase, day: date) -> tuple[Truth, Truth]:
    try:
        statutory = statutory_date(case.described_on(day))
    except Unknown:
        return None, None
    return statutory <= day, add_months(statutory, -12) <= day < statutory


PERSON_RULES = (
    "overdue_secondment",
    "secondment_expiring",
    "open_ended_secondment",
    "no_authority",
    "term_over_limit",
    "cumulative_over_limit",
    "extended_too_often",
    "extension_late",
    "paper_return",
    "reborrowed",
    "long_away",
    "de_facto_transfer",
    "de_facto_transfer_near",
    "label_evasion",
    "probation_secondment",
    "minimum_service",
    "upward_from_grassroots",
    "host_full",
    "kind_mismatch",
    "returned_after_diversion",
    "long_leave",
    "retirement_due",
    "retirement_soon",
)
