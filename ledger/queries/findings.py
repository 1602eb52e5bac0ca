"""What is wrong on D as known at K: candidates from the read tables, judged by the pure rules (spec 1.6).

The read tables say in one query for each family whose lives are worth looking at on D; only these are read from the
log and followed back through time, since `first_true_on` rests on every day before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select

from ledger.domain.events import Recorded, subjects_of
from ledger.domain.facts import Illegal, in_effect
from ledger.domain.faults import LedgerDamaged, UnknownRule
from ledger.domain.findings import chains, deadlines, papers, people, repeats, retirement, service
from ledger.domain.findings.finding import RULES, Finding, State
from ledger.domain.findings.life import Away, Life, months_after
from ledger.domain.findings.rules import About, Court, Rule, found, insufficient
from ledger.domain.findings.truth import Policies
from ledger.domain.person import fold
from ledger.domain.policy import fold_policy
from ledger.domain.reading import nearest
from ledger.domain.secondments import belongs_to
from ledger.domain.terms import LeaveKind
from ledger.domain.time import Perspective
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.cited import Entries
from ledger.queries.numbers import UnitNumbers
from ledger.queries.scope import Scope
from ledger.queries.secondments import running
from ledger.queries.view import View

AWAY: tuple[Rule[Away], ...] = (*deadlines.RULES, *papers.RULES, *repeats.RULES, *service.RULES)
LIFE: tuple[Rule[Life], ...] = (*people.RULES, *retirement.RULES)
PIECE = 250
"""Lives in memory at once."""


@dataclass(frozen=True, slots=True)
class FindingsAnswer:
    """The findings at a perspective, by rule and subject (spec 2.3)."""

    perspective: Perspective
    rows: tuple[Finding, ...]
    imprecise: tuple[str, ...] = ()

    @property
    def cited(self) -> set[str]:
        """The ids of all entries that the rows name."""
        return {name for row in self.rows for name in row.evidence.get("entries", ())}

    def to_json(self) -> dict[str, Any]:
        """The keys of spec 2.3."""
        return {
            "as_of": self.perspective.as_of.isoformat(),
            "known_at": self.perspective.known_at,
            "rows": [row.to_json() for row in self.rows],
            "imprecise": list(self.imprecise),
        }


class Sought(NamedTuple):
    """Which findings are wanted.

    `units`: only what concerns these units; None: everything. `people`: of the findings about people, those about these
    numbers, wherever they are. `insufficient`: rows that say an input is missing, too.
    """

    rules: frozenset[str] = frozenset(RULES)
    units: frozenset[str] | None = None
    people: frozenset[int] | None = None
    insufficient: bool = False


def wanted_rules(rule: str | None) -> frozenset[str]:
    """One rule, or all. Raises UnknownRule."""
    if rule is None:
        return frozenset(RULES)
    if rule not in RULES:
        raise UnknownRule(name=rule, nearest=nearest(rule, RULES))
    return frozenset([rule])


def findings(
    view: View, entries: Entries, *, rule: str | None = None, unit: str | None = None, insufficient: bool = False
) -> FindingsAnswer:
    """The findings on D; `unit`: those that concern its subtree. Raises UnknownUnit, UnknownRule."""
    units = None
    if unit is not None:
        units = Scope.of(view, view.unit(unit)).codes
    sought = Sought(wanted_rules(rule), units, None, insufficient)
    return FindingsAnswer(view.perspective, tuple(sorted(_all(view, entries, sought), key=lambda one: one.order)))


def touched_findings(view: View, entries: Entries, units: Collection[str], people: Collection[str]) -> list[Finding]:
    """The findings that a change to some units and people may bring or take away.

    Those about the units, about the people, and about everybody seconded to one of the units as an employer: the
    vacancies of a host are part of what is said of them.
    """
    c = t.person.c
    known = view.perspective.known_at
    numbers = set(view.conn.execute(select(c.id).where(c.code.in_(people), c.id <= known)).scalars())
    return judged(view, entries, units, numbers | hosted_by(view, units))


def hosted_by(view: View, units: Collection[str]) -> set[int]:
    """The people whose secondment is judged by the vacancies of one of these units: on its start date, or on D."""
    structure, day = view.structure, view.day
    rows = running(view, columns=("person", "host", "seconded_since"))
    employers = {
        (row.host, row.seconded_since): {
            structure.statutory(view.code(row.host), row.seconded_since),
            belongs_to(structure, view.code(row.host), day),
        }
        for row in rows
    }
    return {row.person for row in rows if not employers[row.host, row.seconded_since].isdisjoint(units)}


def judged(view: View, entries: Entries, units: Collection[str], people: Collection[int]) -> list[Finding]:
    """The findings about some units, and about some people by number."""
    sought = Sought(units=frozenset(units), people=frozenset(people))
    return sorted(_all(view, entries, sought), key=lambda one: one.order)


def findings_about(view: View, entries: Entries, rule: str, people: Collection[str]) -> list[Finding]:
    """What one rule says of some people, what nobody can say included; nobody else is looked at. Raises UnknownRule."""
    c = t.person.c
    numbers: set[int] = set()
    codes = sorted(people)
    for start in range(0, len(codes), 500):
        query = select(c.id).where(c.code.in_(codes[start : start + 500]), c.id <= view.perspective.known_at)
        numbers.update(view.conn.execute(query).scalars())
    return list(_all(view, entries, Sought(wanted_rules(rule), frozenset(), frozenset(numbers), insufficient=True)))


def policies_of(view: View, entries: Entries) -> Policies:
    """The parameters through time as known at K."""
    known = view.perspective.known_at
    recorded = entries.about(["policy"], known).get("policy", [])
    steps = fold_policy(in_effect(recorded, lambda entry: "policy" in subjects_of(entry), known))
    if isinstance(steps, Illegal):
        raise _damaged(steps)
    ids = {one.position: one.event.id for one in recorded}
    return Policies(steps, ids.__getitem__)


def _all(view: View, entries: Entries, sought: Sought) -> Iterator[Finding]:
    from ledger.queries.findings_units import unit_findings  # arrays, which questions about a few units need not

    numbers = UnitNumbers(view)
    court = Court(view.day, policies_of(view, entries), numbers)
    yield from _People(view, entries, court, sought).findings(numbers)
    for one in unit_findings(view, numbers, court.policies, entries, sought.rules, sought.units):
        if sought.insufficient or one.state is State.TRUE:
            yield one


class Candidate(NamedTuple):
    """Somebody on the register on D."""

    number: int
    code: str
    name: str
    units: tuple[str, ...]


class _People:
    """The findings about people: who is worth looking at, by family, and what the rules say of each."""

    def __init__(self, view: View, entries: Entries, court: Court, sought: Sought) -> None:
        self._view = view
        self._entries = entries
        self._court = court
        self._sought = sought

    def findings(self, numbers: UnitNumbers) -> Iterator[Finding]:
        """All of them; what is told without looking into a life comes as it is found."""
        known: list[Finding] = []
        families = self._families(known)
        yield from known
        wanted = sorted({number for family, _ in families for number in family})
        numbers.prepare(self._hosts(families[0][0]))
        cases = {number: [judged for family, judged in families if number in family] for number in wanted}
        for start in range(0, len(wanted), PIECE):
            for number, candidate, life in self._lives(wanted[start : start + PIECE]):
                about = About(candidate.units, candidate.code, candidate.name)
                for judged in cases[number]:
                    yield from judged(life, about)

    # ---- who

    def _families(self, known: list[Finding]) -> list[tuple[Collection[int], Judge]]:
        """(numbers of people, what to judge about each); secondments first."""
        rules = self._sought.rules
        away = [rule for rule in AWAY if rule.code in rules]
        chain = [rule for rule in (*chains.HOST_RULES, *chains.ANY_HOST_RULES) if rule.code in rules]
        found: list[tuple[Collection[int], Judge]] = [
            (self._away() if away or chain else (), self._judge_away),
        ]
        by_code = {rule.code: rule for rule in LIFE if rule.code in rules}
        if "long_leave" in by_code:
            found.append((self._ill(), self._judge_life(by_code["long_leave"])))
        if "returned_after_diversion" in by_code:
            found.append((self._rehired(), self._judge_life(by_code["returned_after_diversion"])))
        if by_code.keys() & {"kind_mismatch", "retirement_due", "retirement_soon"}:
            told = self._told(by_code.keys(), known)
            found.extend((told[code], self._judge_life(by_code[code])) for code in told)
        return found

    def _limits(self, *sides: Any) -> list[ColumnElement[bool]]:
        """Only the people and units asked for; `sides`: the columns that name a unit."""
        p = t.person_period.c
        if self._sought.people is not None:
            return [among(p.person, self._sought.people)]
        if self._sought.units is None:
            return []
        numbers = self._view.numbers(self._members)
        return [or_(*(among(side, numbers) for side in sides))]

    @property
    def _members(self) -> set[str]:
        units = self._sought.units or ()
        structure, day = self._view.structure, self._view.day
        return {code for unit in units for code in structure.merged_into(unit, day)}

    def _away(self) -> Mapping[int, Any]:
        """Those with a running secondment."""
        rows = running(self._view, columns=("person", "unit", "host", "seconded_since"))
        if self._sought.people is not None:
            rows = [row for row in rows if row.person in self._sought.people]
        elif self._sought.units is not None:
            inside = set(self._view.numbers(self._members))
            rows = [row for row in rows if row.unit in inside or row.host in inside]
        return {row.person: row for row in rows}

    def _hosts(self, away: Collection[int]) -> set[str]:
        """The statutory units whose vacancies rules look at: of the hosts on the start date, and on D."""
        if not isinstance(away, Mapping):
            return set()
        structure, day = self._view.structure, self._view.day
        pairs = {(row.host, row.seconded_since) for row in away.values()}
        first = {structure.statutory(self._view.code(host), since) for host, since in pairs}
        now = {belongs_to(structure, self._view.code(host), day) for host, _ in pairs}
        return {unit for unit in first | now if unit is not None}

    def _ill(self) -> set[int]:
        p = t.person_period.c
        query = select(p.person).where(
            self._view.valid(t.person_period), p.leave == t.LEAVES.index(LeaveKind.SICK), *self._limits(p.unit)
        )
        return set(self._view.conn.execute(query).scalars())

    def _rehired(self) -> set[int]:
        """Those on the register on D in whose life a departure by diversion was recorded; of a few people, all."""
        if self._sought.people is not None:
            return set(self._sought.people)
        known = self._view.perspective.known_at
        touched = self._entries.with_part(("person.departed", "person.corrected"), b'"diverted_', known)
        codes = sorted(one.removeprefix("person:") for one in touched if one.startswith("person:"))
        p = t.person_period.c
        found: set[int] = set()
        for start in range(0, len(codes), 5_000):
            query = (
                select(p.person)
                .join_from(t.person_period, t.person, t.person.c.id == p.person)
                .where(
                    t.person.c.code.in_(codes[start : start + 5_000]),
                    self._view.valid(t.person_period),
                    *self._limits(p.unit),
                )
            )
            found.update(self._view.conn.execute(query).scalars())
        return found

    def _told(self, rules: Collection[str], known: list[Finding]) -> dict[str, set[int]]:
        """Rule -> those it holds for by what is told of them on D; where something is missing that is a row already."""
        p, n = t.person_period.c, t.person_description.c
        query = (
            select(p.person, p.unit, p.kind, n.gender, n.born_on, n.born_precision, n.retirement_age, n.identity)
            .join_from(
                t.person_period,
                t.person_description,
                and_(n.person == p.person, self._view.valid(t.person_description)),
            )
            .where(self._view.valid(t.person_period), *self._limits(p.unit))
        )
        found: dict[str, set[int]] = {code: set() for code in people_rules(rules)}
        lacking: dict[int, list[tuple[str, Mapping[str, Any]]]] = {}
        policy, day = self._court.policies.on(self._court.day), self._court.day
        for number, _unit, kind, *description, identity in self._view.conn.execute(query):
            if "kind_mismatch" in found:
                wrong = people.mismatched(identity, t.KINDS[kind], policy)
                if wrong:
                    found["kind_mismatch"].add(number)
                elif wrong is None and self._sought.insufficient:
                    evidence = people.without_identity(t.KINDS[kind])
                    lacking.setdefault(number, []).append(("kind_mismatch", evidence))
            retires = retirement.statutory_day(*description)
            if retires is None:
                if self._sought.insufficient:
                    evidence = {"missing": retirement.missing(*description)}
                    codes = found.keys() & {"retirement_due", "retirement_soon"}
                    lacking.setdefault(number, []).extend((code, evidence) for code in codes)
            elif retires <= day:
                found.get("retirement_due", set()).add(number)
            elif months_after(retires, -retirement.SOON_MONTHS) <= day:
                found.get("retirement_soon", set()).add(number)
        for candidate in self._candidates(lacking):
            about = About(candidate.units, candidate.code, candidate.name)
            subject = f"person:{candidate.code}"
            known.extend(insufficient(code, subject, told, about) for code, told in lacking[candidate.number])
        return found

    # ---- lives

    def _candidates(self, numbers: Iterable[int]) -> Iterator[Candidate]:
        """Code, name and units on D of people on the register."""
        view, p, n = self._view, t.person_period.c, t.person_description.c
        wanted = sorted(numbers)
        for start in range(0, len(wanted), PIECE):
            query = (
                select(p.person, t.person.c.code, n.name, p.unit, p.host)
                .join_from(t.person_period, t.person, t.person.c.id == p.person)
                .join(t.person_description, and_(n.person == p.person, view.valid(t.person_description)))
                .where(among(p.person, wanted[start : start + PIECE]), view.valid(t.person_period))
            )
            for number, code, name, unit, host in view.conn.execute(query):
                sides = (unit,) if host is None else (unit, host)
                yield Candidate(number, code, name, tuple(dict.fromkeys(view.canonical(side) for side in sides)))

    def _lives(self, numbers: Sequence[int]) -> Iterator[tuple[int, Candidate, Life]]:
        known = self._view.perspective.known_at
        candidates = {f"person:{one.code}": one for one in self._candidates(numbers)}
        recorded = self._entries.about(list(candidates), known)
        for subject, candidate in candidates.items():
            yield candidate.number, candidate, self._life(subject, candidate.code, recorded.get(subject, []))

    def _life(self, subject: str, code: str, recorded: Sequence[Recorded]) -> Life:
        facts = in_effect(recorded, lambda entry: subject in subjects_of(entry), self._view.perspective.known_at)
        timeline = fold(facts, self._view.structure)
        if isinstance(timeline, Illegal):
            raise _damaged(timeline)
        ids = {one.position: one.event.id for one in recorded}
        return Life(code, facts, timeline, self._view.structure, lambda position: self._id(ids, position))

    def _id(self, ids: dict[int, str], position: int) -> str:
        """The id of an entry; one that a correction brought from another life is looked up."""
        if position not in ids:
            ids[position] = self._entries.at([position])[position].event.id
        return ids[position]

    # ---- judging

    def _judge_away(self, life: Life, about: About) -> Iterator[Finding]:
        case = Away.on(life, self._court.day)
        assert case is not None
        for rule in AWAY:
            if rule.code in self._sought.rules:
                yield from self._kept(found(rule, case, self._court, about))
        for any_host, rules in ((False, chains.HOST_RULES), (True, chains.ANY_HOST_RULES)):
            chain = chains.ChainCase(case, self._court, any_host)
            for chain_rule in rules:
                if chain_rule.code in self._sought.rules:
                    yield from self._kept(found(chain_rule, chain, self._court, about))

    def _judge_life(self, rule: Rule[Life]) -> Judge:
        return lambda life, about: self._kept(found(rule, life, self._court, about))

    def _kept(self, one: Finding | None) -> Iterator[Finding]:
        if one is not None and (self._sought.insufficient or one.state is State.TRUE):
            yield one


Judge = Callable[[Life, About], Iterator[Finding]]


def people_rules(rules: Collection[str]) -> list[str]:
    """The rules that go by what is told of everybody."""
    return [code for code in ("kind_mismatch", "retirement_due", "retirement_soon") if code in rules]


def _damaged(illegal: Illegal) -> LedgerDamaged:
    return LedgerDamaged(detail=f"entry {illegal.fact.id} cannot stand: {illegal.code}", position=illegal.fact.position)
