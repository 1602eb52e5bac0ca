"""Whether one change can stand among all that is recorded, and what it would make of every subject it touches.

Pure: what is recorded comes in through a `World`; the whole timeline of every touched subject is folded
again with the change in its place, and the first entry that could not stand refuses it (spec 1.3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from ledger.domain import entries as e
from ledger.domain.events import subjects_of
from ledger.domain.facts import Fact, Illegal
from ledger.domain.periods import charge_periods
from ledger.domain.person import Timeline, extended, fold
from ledger.domain.policy import PolicyStep, fold_policy
from ledger.domain.quotas import QuotaFold, QuotaPeriod, quota_periods, touches_quotas
from ledger.domain.refusals import Refused
from ledger.domain.time import FOREVER, Day
from ledger.domain.units import Structure, UnitVersion, fold_unit, life_of, moves_people

SHOWN = 5
"""How many examples a refusal names."""


_Left = dict[tuple[Day, str], dict[str, int]]
"""What a unit's end leaves behind: (its day, the unit) -> subject -> the entry that put it there."""


class World(Protocol):
    """All that is recorded, as one change may look at it."""

    @property
    def structure(self) -> Structure:
        """The units as they stand."""

    def facts(self, subject: str) -> Sequence[Fact]:
        """The facts in effect that concern a subject, in order."""

    def places(self, subject: str) -> Mapping[str, int]:
        """Entry id -> place, of every entry ever recorded that concerns the subject."""

    def timeline(self, person: str) -> Timeline:
        """The person's whole timeline as it stands."""

    def standing(self, person: str) -> Timeline:
        """The person's timeline as it stands, or the end of it."""

    def quotas(self, unit: str) -> list[QuotaPeriod]:
        """The unit's own numbers as they stand."""

    def naming(self, unit: str) -> Iterable[Fact]:
        """The facts in effect whose entry names the unit."""

    def people_at(self, units: Collection[str], day: Day) -> Collection[str]:
        """The people charged or seconded to one of these codes on or after the day."""


@dataclass(slots=True)
class Verdict:
    """What a legal change makes of each subject: (as it stood, as it would stand).

    `facts`: those of the subjects touched, as far as they had to be looked at.
    """

    structure: Structure
    people: dict[str, tuple[Timeline, Timeline]] = field(default_factory=dict)
    units: dict[str, tuple[Sequence[UnitVersion], Sequence[UnitVersion]]] = field(default_factory=dict)
    quotas: dict[str, tuple[Sequence[QuotaPeriod], Sequence[QuotaPeriod]]] = field(default_factory=dict)
    policy: Sequence[PolicyStep] | None = None
    facts: dict[str, list[Fact]] = field(default_factory=dict)


class _Unfit(Exception):
    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


def judge(world: World, new: Fact | None, removed: Fact | None) -> Verdict | Refused:
    """The verdict on bringing `new` into effect and taking `removed` out of it, both at once."""
    try:
        return _Judge(world, new, removed).verdict()
    except _Unfit as unfit:
        return unfit.refused


class _Judge:
    def __init__(self, world: World, new: Fact | None, removed: Fact | None) -> None:
        self.world = world
        self.new = new
        self.removed = removed
        self.subjects: dict[str, None] = {}
        for fact in (removed, new):
            if fact is not None:
                self.subjects.update(dict.fromkeys(subjects_of(fact.entry)))
        self.facts: dict[str, list[Fact]] = {}
        self.units: list[str] = []
        self.people: dict[str, None] = {}
        for subject in self.subjects:
            kind, _colon, name = subject.partition(":")
            if kind == "unit":
                self.units.append(name)
            elif kind == "person":
                self.people[name] = None
        self.structure = world.structure

    def _changed(self, subject: str) -> list[Fact]:
        gone = self.removed.position if self.removed else None
        facts = [fact for fact in self.world.facts(subject) if fact.position != gone]
        if self.new is not None and subject in subjects_of(self.new.entry):
            facts.append(self.new)
            if len(facts) > 1 and facts[-2].order > self.new.order:
                facts.sort(key=lambda fact: fact.order)
        return facts

    def facts_of(self, subject: str) -> Sequence[Fact]:
        """The subject's facts with the change in place."""
        if subject not in self.subjects:
            return self.world.facts(subject)
        if subject not in self.facts:
            self.facts[subject] = self._changed(subject)
        return self.facts[subject]

    def verdict(self) -> Verdict:
        verdict = Verdict(self.structure, facts=self.facts)
        if self.units:
            self._judge_units(verdict)
        self._judge_people(verdict)
        if "policy" in self.subjects:
            steps = fold_policy(self.facts_of("policy"))
            if isinstance(steps, Illegal):
                self._refuse(steps)
            else:
                verdict.policy = steps
        verdict.structure = self.structure
        return verdict

    # ---- blame

    def _refuse(self, illegal: Illegal) -> None:
        own = Refused(illegal.code, illegal.params, illegal.against)
        if self.new is not None and illegal.fact.position == self.new.position:
            raise _Unfit(own)
        self._breaks(illegal.fact, own)

    def _breaks(self, other: Fact, because: Refused) -> None:
        told = {
            "other": other.id,
            "other_type": other.entry.type,
            "other_date": other.entry.effective_on,
            "because": because,
        }
        raise _Unfit(Refused("breaks_other_entry", told, (other.id,)))

    # ---- units

    def _judge_units(self, verdict: Verdict) -> None:
        for unit in self.units:
            before = self.world.structure.versions(unit)
            after = fold_unit(unit, self.facts_of(f"unit:{unit}"))
            if isinstance(after, Illegal):
                self._refuse(after)
            elif _plain(before) != _plain(after):
                verdict.units[unit] = (before, after)
                self.structure = self.structure.with_unit(unit, after)
        for unit in self.units:
            for fact in self.facts_of(f"unit:{unit}"):
                if getattr(fact.entry, "unit", None) == unit:
                    self._check_names(fact)
        for unit, (was, now) in verdict.units.items():
            self._check_life(unit, was, now)
        self._judge_quotas(verdict)

    def _check_names(self, fact: Fact) -> None:
        """A unit must exist on the effective date of every entry that names it (spec 1.3)."""
        entry = fact.entry
        for key in entry.unit_keys:
            code = getattr(entry, key)
            if code is not None and not self.structure.exists(code, fact.day):
                self._missing(fact, code)
        if isinstance(entry, e.QuotaCancelled | e.QuotaMoved):  # the giver may be abolished by then, not merged
            rows = self.structure.versions(entry.unit)
            row = self.structure.version(entry.unit, fact.day)
            if not rows or fact.day < rows[0].d_from or (row is not None and row.into is not None):
                self._missing(fact, entry.unit)

    def _missing(self, fact: Fact, code: str) -> None:
        known = "unit_not_existing" if self.structure.known(code) else "unit_unknown"
        self._refuse(Illegal(fact, known, {"unit": code, "date": fact.entry.effective_on}))

    def _check_life(self, unit: str, before: Sequence[UnitVersion], after: Sequence[UnitVersion]) -> None:
        first = _first_difference(before, after)
        self._check_cycle(unit, first)
        changed_life = bool(before) and life_of(before) != life_of(after)
        if self.new is not None and isinstance(self.new.entry, e.UnitAbolished):  # then tell who is in the way
            self._check_dependants(unit, after)
            self._check_naming(unit)
            return
        if changed_life:
            self._check_naming(unit)
        if moves_people(before, after):
            codes = {unit} | self.structure.inner_below(unit)
            for person in self.world.people_at(codes, first):
                self.people.setdefault(person)
        self._check_dependants(unit, after)

    def _check_cycle(self, unit: str, first: Day) -> None:
        found = self.structure.cycle_from(unit, first)
        if found is None:
            return
        day, codes = found
        causes = {row.cause for code in codes if (row := self.structure.version(code, day)) and row.d_from == day}
        facts = [fact for code in codes for fact in self.facts_of(f"unit:{code}") if fact.position in causes]
        own = next((fact for fact in facts if fact is self.new), None)
        self._refuse(Illegal(own or facts[0], "unit_cycle", {"unit": unit, "date": _date(day)}))

    def _check_naming(self, unit: str) -> None:
        """Judge again every entry that names a unit whose life has changed."""
        for fact in self.world.naming(unit):
            if self.removed is not None and fact.position == self.removed.position:
                continue
            if isinstance(fact.entry, e.PersonEntry):
                self.people.setdefault(fact.entry.person)
            else:
                self._check_names(fact)

    def _check_dependants(self, unit: str, after: Sequence[UnitVersion]) -> None:
        """Nobody and nothing may rest on a unit from the day it is abolished; all that do are told (spec 1.3)."""
        left: _Left = {}
        if after and after[-1].d_to < FOREVER:
            ended = after[-1].d_to
            left[ended, unit] = self._staying(unit, ended)
        for other in (unit, *sorted(self.structure.resting_on(unit))):
            for row in after if other == unit else self.structure.versions(other):
                for above in self._lost(row):
                    left.setdefault(above, {}).setdefault(f"unit:{other}", row.cause)
        self._check_left(left)

    def _lost(self, row: UnitVersion) -> Iterator[tuple[Day, str]]:
        """The parent and station that are abolished under a unit, with the day."""
        for above in (row.parent, row.stationed_at):
            if above is None or row.into is not None:
                continue
            ended, which = self.structure.ends_on(above, row.d_from)
            if ended < row.d_to:
                yield ended, which

    def _staying(self, unit: str, day: Day) -> dict[str, int]:
        """The people charged or seconded to a unit on or after a day, each with the entry that makes it so."""
        codes = self.structure.merged_into(unit, day - 1)
        people = [person for person in sorted(self.world.people_at(codes, day)) if person not in self.people]
        for person in people:
            self.people.setdefault(person)
        causes = {person: self._stays(person, codes, day) for person in self.people}
        return {f"person:{person}": cause for person, cause in causes.items() if cause}

    def _stays(self, person: str, codes: Collection[str], day: Day) -> int | None:
        """The entry that puts the person there on or after the day, by position; None if there is none."""
        facts = self.facts_of(f"person:{person}")
        timeline = fold(facts, self.structure)
        if isinstance(timeline, Illegal):  # an entry of a later day names the unit: as it stood
            timeline = fold(facts, self.world.structure)
        if isinstance(timeline, Illegal):
            return None
        periods = charge_periods(timeline)
        return next((one.cause for one in periods if one.d_to > day and (one.unit in codes or one.host in codes)), None)

    def _check_left(self, left: _Left) -> None:
        """Refuse the first end of a unit that leaves somebody or something behind."""
        for (ended, which), who in sorted(left.items()):
            if who:
                self._in_use(which, ended, who)

    def _in_use(self, unit: str, day: Day, who: Mapping[str, int]) -> None:
        """Refuse that a unit ends while others depend on it. `who`: subject -> the entry that makes it so."""
        ids = {
            fact.id: None for subject in sorted(who) for fact in self.facts_of(subject) if fact.position == who[subject]
        }
        shown = [subject.partition(":")[2] for subject in sorted(who)[:SHOWN]]
        told = {"unit": unit, "date": _date(day), "count": len(who), "examples": ", ".join(shown)}
        refused = Refused("unit_in_use", told, tuple(ids))
        abolition = next(
            (
                fact
                for fact in self.facts_of(f"unit:{unit}")
                if isinstance(fact.entry, e.UnitAbolished) and fact.day == day
            ),
            None,
        )
        if abolition is None or (self.new is not None and abolition.position == self.new.position):
            raise _Unfit(refused)
        self._breaks(abolition, refused)

    # ---- quotas

    def _judge_quotas(self, verdict: Verdict) -> None:
        changed = [fact.entry for fact in (self.new, self.removed) if fact is not None]
        touched = [unit for unit in self.units if any(touches_quotas(unit)(entry) for entry in changed)]
        places: dict[str, int] = {}
        fold = QuotaFold(lambda unit: self._quota_facts(unit, places), places)
        for unit in touched:  # grows: a unit's numbers go on into what it was merged into
            self._quota_facts(unit, places)
            after = fold.steps(unit)
            if isinstance(after, Illegal):
                self._refuse(after)
                continue
            before, periods = self.world.quotas(unit), quota_periods(after)
            if before != periods:
                verdict.quotas[unit] = (before, periods)
            into = next((row.into for row in self.structure.versions(unit) if row.into), None)
            if into is not None and into not in touched:
                touched.append(into)

    def _quota_facts(self, unit: str, places: dict[str, int]) -> Sequence[Fact]:
        places.update(self.world.places(f"unit:{unit}"))
        if self.new is not None:
            places[self.new.id] = self.new.place
        tells = touches_quotas(unit)
        return [fact for fact in self.facts_of(f"unit:{unit}") if tells(fact.entry)]

    # ---- people

    def _judge_people(self, verdict: Verdict) -> None:
        """Refuse the new entry if it cannot stand in its own place, else name the first entry that it breaks."""
        broken: list[Illegal] = []
        for person in self.people:
            before, after = self._judge_person(person)
            if isinstance(after, Illegal):
                broken.append(after)
            else:
                verdict.people[person] = (before, after)
        if broken:
            new = None if self.new is None else self.new.position
            self._refuse(min(broken, key=lambda illegal: (illegal.fact.position != new, illegal.fact.order)))
        if self.structure.any_abolished:
            left: _Left = {}
            for person, (_, after) in verdict.people.items():
                self._note_charged(person, after, left)
            self._check_left(left)

    def _judge_person(self, person: str) -> tuple[Timeline, Timeline | Illegal]:
        subject = f"person:{person}"
        new, before = self.new, self.world.standing(person)
        same_tree = self.structure is self.world.structure
        if (
            same_tree
            and self.removed is None
            and new is not None
            and subject in self.subjects
            and before.takes(new.day)
        ):
            after = extended(before, (new,), self.structure)
        else:
            before, after = self.world.timeline(person), fold(self.facts_of(subject), self.structure)
        return before, after

    def _note_charged(self, person: str, timeline: Timeline, left: _Left) -> None:
        """Where the person is left in a unit that is abolished."""
        for period in charge_periods(timeline):
            for code in (period.unit, period.host):
                if code is None:
                    continue
                ended, which = self.structure.ends_on(code, period.d_from)
                if ended < period.d_to:
                    left.setdefault((ended, which), {}).setdefault(f"person:{person}", period.cause)


def _plain(rows: Sequence[UnitVersion]) -> list[UnitVersion]:
    """Versions without the positions over which they were known."""
    return [row._replace(k_from=0, k_to=0) for row in rows]


def _first_difference(before: Sequence[UnitVersion], after: Sequence[UnitVersion]) -> Day:
    differing = set(_plain(before)) ^ set(_plain(after))
    return min(row.d_from for row in differing)


def _date(day: Day) -> object:
    return date.fromordinal(day) if day < FOREVER else ""
