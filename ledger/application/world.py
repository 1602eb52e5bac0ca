"""All that is recorded, as one write transaction sees it: folds are loaded once and kept in step (spec 3.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import select

from ledger.application.rolls import RollMemory
from ledger.domain.access import Access, fold_access
from ledger.domain.acts import ACCESS
from ledger.domain.entries import PersonEntry
from ledger.domain.events import Recorded, mentions_of, subjects_of
from ledger.domain.facts import Fact, Illegal, fact_of, in_effect
from ledger.domain.faults import LedgerDamaged
from ledger.domain.judgement import Verdict
from ledger.domain.person import Timeline, fold
from ledger.domain.policy import PolicyStep, fold_policy
from ledger.domain.quotas import QuotaFold, QuotaPeriod, quota_periods, touches_quotas
from ledger.domain.time import FOREVER, Day
from ledger.domain.units import Structure
from ledger.persistence.store import Store
from ledger.persistence.writing import WriteUnit
from ledger.projections import tables as t
from ledger.projections.rows import policy_rows
from ledger.projections.units import current_structure
from ledger.projections.writer import Kept, ReadTables


@dataclass(slots=True)
class Memory:
    """What one process keeps from one write transaction to the next.

    The structure is good while no other process has changed a unit, the rest while no other has written at all.
    """

    structure_position: int = -1
    structure: Structure = field(default_factory=lambda: Structure({}))
    units: dict[str, int] = field(default_factory=dict)
    position: int = -1
    rolls: RollMemory = field(default_factory=RollMemory)
    tables: Kept = field(default_factory=Kept)
    policy: Sequence[PolicyStep] | None = None
    access: Access | None = None


class RecordedWorld:
    """The `World` of `judge`, over one write transaction.

    What is loaded once is kept in step; what is loaded later is read from the database with what was buffered.
    """

    def __init__(self, store: Store, unit: WriteUnit, memory: Memory) -> None:
        self._store = store
        self.unit = unit
        self._memory = memory
        # not a method of its own: whatever refers to itself is freed late, with a thousand lives
        self.tables = ReadTables(unit.conn, partial(_days_of, store, unit))
        if memory.structure_position == unit.head.structure_position:
            self.structure = memory.structure
            self.tables.units = memory.units
        else:
            self.structure = current_structure(unit.conn)
            self.tables.load_units()
        self._structure_position = unit.head.structure_position
        self.rolls = RollMemory()
        self._steps: Sequence[PolicyStep] | None = None
        self._access: Access | None = None
        if memory.position == unit.head.position:
            self.rolls, self.tables.kept = memory.rolls, memory.tables
            self._steps, self._access = memory.policy, memory.access
        memory.position = memory.structure_position = -1  # a transaction that fails leaves nothing behind
        self._facts: dict[str, list[Fact]] = {}
        self._places: dict[str, dict[str, int]] = {}
        self._timelines: dict[str, Timeline] = {}

    def flush(self) -> None:
        """Hand over all that is buffered, so that it can be asked for."""
        self.unit.flush()
        self.tables.flush()

    def remember(self) -> None:
        """Keep what stays true after the commit."""
        memory = self._memory
        memory.structure, memory.units = self.structure, self.tables.units
        memory.structure_position = self._structure_position
        memory.rolls, memory.tables = self.rolls, self.tables.kept
        memory.policy, memory.access = self._steps, self._access
        memory.position = self.unit.end.position

    def prefetch(self, dated: Iterable[tuple[str, Day]]) -> None:
        """Load what entries that name these subjects on these days are going to need, at once."""
        wanted = list(dated)
        self._load_people({name for subject, _ in wanted if (name := _person(subject)) is not None})
        self._load_facts(dict.fromkeys(subject for subject, day in wanted if not self._stands(subject, day)))

    def _stands(self, subject: str, day: Day) -> bool:
        """Whether no entry about the subject needs to be read for one of a day."""
        person = _person(subject)
        return person is not None and self._timelines[person].takes(day)

    def _load_people(self, codes: Iterable[str]) -> None:
        for code, version, timeline in self.tables.load_people(code for code in codes if code not in self._timelines):
            self._timelines[code] = timeline
            self.unit.know_version(f"person:{code}", version)

    def _load_facts(self, subjects: Iterable[str]) -> None:
        wanted = [subject for subject in subjects if subject not in self._facts]
        if wanted:
            self.unit.flush()
            found = self._store.recorded(self.unit.conn, wanted)
            for subject in wanted:
                recorded = found.get(subject, [])
                self._keep(subject, recorded)
                self.unit.know_version(subject, sum(one.event.originator_id == subject for one in recorded))

    def _keep(self, subject: str, recorded: Sequence[Recorded]) -> None:
        self._facts[subject] = in_effect(recorded, lambda entry: subject in subjects_of(entry))
        self._places[subject] = {one.event.id: one.event.place or one.position for one in recorded}

    # ---- the World of `judge`

    def facts(self, subject: str) -> Sequence[Fact]:
        """The facts in effect that concern a subject, in order."""
        self._load_facts([subject])
        return self._facts[subject]

    def places(self, subject: str) -> Mapping[str, int]:
        """Entry id -> place, of every entry ever recorded that concerns the subject."""
        self.facts(subject)
        return self._places[subject]

    def standing(self, person: str) -> Timeline:
        """The person's timeline as it stands, or the end of it."""
        self._load_people([person])
        return self._timelines[person]

    def timeline(self, person: str) -> Timeline:
        """The person's whole timeline as it stands."""
        found = self.standing(person)
        if not found.whole:
            folded = fold(self.facts(f"person:{person}"), self.structure)
            if isinstance(folded, Illegal):
                raise LedgerDamaged(
                    detail=f"entry {folded.fact.id} cannot stand: {folded.code}", position=folded.fact.position
                )
            found = self._timelines[person] = folded
        return found

    def quotas(self, unit: str) -> list[QuotaPeriod]:
        """The unit's own numbers as they stand."""
        places: dict[str, int] = {}

        def facts_of(code: str) -> list[Fact]:
            places.update(self.places(f"unit:{code}"))
            tells = touches_quotas(code)
            return [fact for fact in self.facts(f"unit:{code}") if tells(fact.entry)]

        steps = QuotaFold(facts_of, places).steps(unit)
        if isinstance(steps, Illegal):
            raise LedgerDamaged(
                detail=f"entry {steps.fact.id} cannot stand: {steps.code}", position=steps.fact.position
            )
        return quota_periods(steps)

    def naming(self, unit: str) -> Iterable[Fact]:
        """The facts in effect whose entry names the unit."""
        self.flush()
        name = f"names:{unit}"
        recorded = self._store.recorded(self.unit.conn, [name]).get(name, [])
        facts = in_effect(recorded, lambda entry: name in mentions_of(entry))
        self._prefetch_whole(fact.entry.person for fact in facts if isinstance(fact.entry, PersonEntry))
        return facts

    def people_at(self, units: Collection[str], day: Day) -> Collection[str]:
        """The people charged or seconded to one of these codes on or after the day."""
        self.flush()
        numbers = select(t.unit.c.id).where(t.unit.c.code.in_(units))
        p = t.person_period.c
        found: set[str] = set()
        for column in (p.unit, p.host):
            query = (
                select(t.person.c.code)
                .join_from(t.person_period, t.person, p.person == t.person.c.id)
                .where(column.in_(numbers), p.d_to > day, p.k_to == FOREVER)
                .distinct()
            )
            found.update(self.unit.conn.execute(query).scalars())
        self._prefetch_whole(found)
        return found

    def _prefetch_whole(self, people: Iterable[str]) -> None:
        self.prefetch((f"person:{person}", 0) for person in people)

    # ---- more questions of the application

    def access(self) -> Access:
        """Who may do what."""
        if self._access is None:
            self._access = fold_access(self._store.recorded(self.unit.conn, [ACCESS]).get(ACCESS, []))
        return self._access

    def forget_access(self) -> None:
        """A role was given or taken."""
        self.unit.flush()
        self._access = None

    def policy(self) -> Sequence[PolicyStep]:
        """The rules through time, as they stand."""
        if self._steps is None:
            steps = fold_policy(self.facts("policy"))
            assert not isinstance(steps, Illegal)
            self._steps = steps
        return self._steps

    # ---- after a verdict

    def take(self, verdict: Verdict, recorded: Recorded, fact: Fact | None) -> None:
        """Make an accepted change part of the world and of the read tables."""
        if verdict.policy is not None:
            self._change_policy(verdict.policy, recorded.position)
        for person, (_, after) in verdict.people.items():
            self._timelines[person] = after
            self._facts.pop(f"person:{person}", None)
        for subject, facts in verdict.facts.items():
            self._facts[subject] = facts
            if fact is not None:
                self._places[subject][fact.id] = fact.place
        if verdict.units or verdict.quotas:
            self._structure_position = recorded.position
        self.structure = verdict.structure
        self.tables.apply(verdict, recorded.position, fact, self.unit.version)
        owner = _person(recorded.event.originator_id)
        if owner is not None and owner not in verdict.people:  # a correction had made the entry one about somebody else
            self.tables.stand(owner, self.unit.version(f"person:{owner}"), self.standing(owner))

    def _change_policy(self, after: Sequence[PolicyStep], position: int) -> None:
        self.tables.change_policy(policy_rows(self.policy()), policy_rows(after), position)
        self._steps = after


def _person(subject: str) -> str | None:
    return subject.removeprefix("person:") if subject.startswith("person:") else None


def _days_of(store: Store, unit: WriteUnit, first: int, last: int) -> list[Day]:
    unit.flush()
    facts = (fact_of(one) for one in store.at(unit.conn, range(first, last + 1)).values())
    return [fact.day for fact in facts if fact is not None]
