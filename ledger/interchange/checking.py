"""Whether the rows of a table could be recorded, with nothing written: what a dry run tells and a commit rests on.

New people are judged on paper, by the same rules and without the database: an office's roster of 100,000 is checked in
seconds. Every other row, and all of them where a policy forbids going over a quota, are tried in a transaction that is
taken back.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from sqlalchemy import select

from ledger.application import Receipt, Recording
from ledger.application.limits import Warned
from ledger.bootstrap import Ledger
from ledger.domain.entries import Entry, Hired, PersonEntry
from ledger.domain.facts import Fact
from ledger.domain.judgement import judge
from ledger.domain.person import Timeline
from ledger.domain.policy import hard_spans
from ledger.domain.quotas import QuotaPeriod
from ledger.domain.reading import digest
from ledger.domain.refusals import Refused
from ledger.domain.time import EARLIEST, FOREVER, Day, latest_effective, shanghai_date
from ledger.domain.units import Structure
from ledger.interchange.drafts import Draft
from ledger.interchange.remarks import Remark
from ledger.persistence.batches import batches
from ledger.projections import tables as t

TRIED = 2_000
"""Up to so many rows are tried in the ledger itself, which also tells who goes over a quota."""
CHUNK = 1_000


@dataclass(slots=True)
class Checked:
    """Drafts with the key under which each of their entries is recorded once and for all.

    `authority`: the document of rows that name none; `known`: keys under which an entry already stands; `already`: the
    drafts that turned out to be recorded; `on_paper`: whether quotas were left out of the check.
    """

    authority: Mapping[str, str]
    keys: dict[int, list[str]] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    already: set[int] = field(default_factory=set)
    on_paper: bool = False
    over: dict[tuple[str, str], Warned] = field(default_factory=dict)
    """Unit and kind -> by how much the posts are exceeded in the end."""

    def goes_over(self, warnings: Iterable[Warned]) -> None:
        """Keep what one entry was told, where it is worse than what was known."""
        for one in warnings:
            before = self.over.get((one.unit, one.establishment))
            if before is None or one.on_roll - one.quota > before.on_roll - before.quota:
                self.over[one.unit, one.establishment] = one

    def recorded_before(self, draft: Draft) -> bool:
        """Whether all that a row comes to is in the ledger already."""
        keys = self.keys.get(id(draft), ())
        return id(draft) in self.already or (bool(keys) and all(key in self.known for key in keys))


def check(ledger: Ledger, drafts: Sequence[Draft], authority: Mapping[str, str]) -> Checked:
    """Judge every draft that stands so far; what is refused is written into it, nothing into the ledger."""
    checked = Checked(authority)
    with ledger.view(ledger.perspective()) as view:
        structure = view.structure
        known = set(view.conn.execute(select(t.person.c.code)).scalars())
    new = {id(draft) for draft in drafts if _is_new_person(draft, known)}
    _key([draft for draft in drafts if id(draft) not in new], checked, ledger)
    waiting = [draft for draft in drafts if draft.stands and draft.entries and not checked.recorded_before(draft)]
    _find_duplicates(ledger, waiting)
    light = [draft for draft in waiting if len(waiting) > TRIED and id(draft) in new]
    if light:
        forbidden, latest = _bounds(ledger)
        light = [] if forbidden else light
        _judge_on_paper(light, structure, latest)
    on_paper = {id(draft) for draft in light}
    checked.on_paper = bool(light)
    tried = [draft for draft in waiting if id(draft) not in on_paper]
    _key([draft for draft in tried if id(draft) not in checked.keys], checked, ledger)
    _try(ledger, tried, checked)
    return checked


def complete_keys(ledger: Ledger, drafts: Iterable[Draft], checked: Checked) -> None:
    """The keys of those who were judged on paper. Equal entries are about one person, so they get them together."""
    _key([draft for draft in drafts if id(draft) not in checked.keys], checked, ledger)


# ---- what was recorded before


def _key(drafts: Sequence[Draft], checked: Checked, ledger: Ledger) -> None:
    """The keys of some entries: their content and ordinal among equal ones, as lines of JSON are known (spec 2.3).

    An entry that the undoing of an import took back does not count as recorded: its row gets a further key.
    """
    equal: Counter[bytes] = Counter()
    if not drafts:
        return
    mine: list[list[str]] = []
    for draft in drafts:
        keys = checked.keys[id(draft)] = []
        mine.append(keys)
        for entry in draft.entries:
            content = digest(_as_told(entry, checked.authority))
            equal[content] += 1
            keys.append(f"line:{content.hex()}:{equal[content]}")
    with ledger.store.read() as conn:
        if not batches(conn):
            return
        wanted = {key: key for keys in mine for key in keys}
        renamed: dict[str, str] = {}
        again = 1
        while wanted:
            found = {key: position for key, (position, _) in ledger.store.find_many(conn, list(wanted)).items()}
            undone = _undone(ledger, conn, found)
            checked.known.update({key: position for key, position in found.items() if key not in undone})
            again += 1
            wanted = {f"{wanted[key]}:{again}": wanted[key] for key in undone}
            renamed.update({first: key for key, first in wanted.items()})
    for keys in mine:
        keys[:] = [renamed.get(key, key) for key in keys]


def _as_told(entry: Entry, authority: Mapping[str, str]) -> Entry:
    """The entry as its row tells it: what was said of the whole file makes no other row of it."""
    update: dict[str, object] = {}
    if authority and entry.authority is not None and entry.authority.model_dump(exclude_none=True) == authority:
        update["authority"] = None
    if getattr(entry, "baseline", False):
        update["baseline"] = False
    return entry.model_copy(update=update) if update else entry


UNDOING = "undo:"
"""How the batch of reversals that undo an import begins."""


def _undone(ledger: Ledger, conn: object, found: Mapping[str, int]) -> set[str]:
    targets = ledger.store.targets(conn, list(found.values()))  # type: ignore[arg-type]
    by = ledger.store.at(conn, list(targets.values()))  # type: ignore[arg-type]
    undone = {target for target, position in targets.items() if (by[position].event.batch or "").startswith(UNDOING)}
    return {key for key, position in found.items() if position in undone}


# ---- on paper


class _Paper:
    """A `World` of the people of one file: the units of the ledger, and nobody else."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.taken: dict[str, list[Fact]] = {}
        self.timelines: dict[str, Timeline] = {}

    def facts(self, subject: str) -> Sequence[Fact]:
        return self.taken.get(subject, ())

    def places(self, subject: str) -> Mapping[str, int]:
        return {}

    def timeline(self, person: str) -> Timeline:
        return self.timelines.get(person) or Timeline()

    standing = timeline

    def forget(self, person: str) -> None:
        """Let go of all about somebody."""
        del self.taken[f"person:{person}"], self.timelines[person]

    def quotas(self, unit: str) -> list[QuotaPeriod]:
        return []

    def naming(self, unit: str) -> Iterable[Fact]:
        return ()

    def people_at(self, units: Collection[str], day: Day) -> Collection[str]:
        return ()


def _is_new_person(draft: Draft, known: Collection[str]) -> bool:
    return draft.of is None and all(
        isinstance(entry, PersonEntry) and entry.person not in known for entry in draft.entries
    )


def _bounds(ledger: Ledger) -> tuple[bool, date]:
    """Whether a policy forbids going over a quota, and the latest date an entry may have now."""
    with ledger.recording() as recording:
        now = shanghai_date(recording.world.unit.recorded_at)
        return bool(hard_spans(recording.world.policy())), latest_effective(now)


def _judge_on_paper(drafts: Sequence[Draft], structure: Structure, latest: date) -> None:
    world = _Paper(structure)
    position = FOREVER // 2
    left = Counter(entry.person for draft in drafts for entry in draft.entries if isinstance(entry, PersonEntry))
    for draft in drafts:
        for entry in draft.entries:
            position += 1
            assert isinstance(entry, PersonEntry)
            if not EARLIEST <= entry.effective_on <= latest:
                told = {"date": entry.effective_on, "earliest": EARLIEST, "latest": latest}
                draft.refused = Refused("date_out_of_bounds", told)
                break
            fact = Fact(entry.effective_on.toordinal(), position, position, f"#{position}", entry)
            verdict = judge(world, fact, None)
            if isinstance(verdict, Refused):
                draft.refused = Refused(verdict.code, verdict.params)
                break
            insort(world.taken.setdefault(f"person:{entry.person}", []), fact, key=attrgetter("order"))
            world.timelines[entry.person] = verdict.people[entry.person][1]
            left[entry.person] -= 1
            if not left[entry.person]:  # nobody is looked at again whose last row this was
                world.forget(entry.person)


# ---- in the ledger itself


def _try(ledger: Ledger, drafts: Sequence[Draft], checked: Checked) -> None:
    if not drafts:
        return
    with ledger.trying() as recording:
        for start in range(0, len(drafts), CHUNK):
            chunk = drafts[start : start + CHUNK]
            prepare(recording, chunk, checked)
            for draft in chunk:
                results = list(record_draft(recording, draft, checked, None))
                draft.refused = next((result for result in results if isinstance(result, Refused)), None)
                if all(isinstance(result, Receipt) and result.already_recorded for result in results):
                    checked.already.add(id(draft))


def prepare(recording: Recording, drafts: Iterable[Draft], checked: Checked) -> None:
    """Load what some drafts are going to need."""
    pairs = [pair for draft in drafts for pair in zip(draft.entries, checked.keys[id(draft)], strict=True)]
    recording.prepare((entry for entry, _ in pairs), (key for _, key in pairs))


def record_draft(recording: Recording, draft: Draft, checked: Checked, batch: str | None) -> Iterator[object]:
    """Record the entries of one row, up to the first that is refused; receipts, or that refusal."""
    for entry, key in zip(draft.entries, checked.keys[id(draft)], strict=True):
        result = recording.record(None, key=None if entry.id else key, batch=batch, parsed=(entry, None))
        if isinstance(result, Receipt):
            checked.goes_over(result.warnings)
        yield result
        if isinstance(result, Refused):
            return
        if batch is None:
            draft.remarks.extend(_over(result.warnings))


def _over(warnings: Iterable[Warned]) -> Iterator[Remark]:
    for one in warnings:
        told = {"unit": one.unit, "establishment": one.establishment, "quota": one.quota, "on_roll": one.on_roll}
        yield Remark("over_quota_told", {**told, "date": one.on})


# ---- one person under two numbers


def _find_duplicates(ledger: Ledger, drafts: Iterable[Draft]) -> None:
    """Warn where the same name and birth date stand under two numbers, in the file or in the ledger."""
    hired = [
        (draft, entry) for draft in drafts for entry in draft.entries if isinstance(entry, Hired) and entry.born_on
    ]
    if not hired:
        return
    n = t.person_description.c
    query = (
        select(n.name, n.born_on, t.person.c.code)
        .join_from(t.person_description, t.person, t.person.c.id == n.person)
        .where(n.d_to == FOREVER, n.k_to == FOREVER)
    )
    seen: dict[tuple[str, int], str] = {}
    with ledger.store.read() as conn:
        for name, born, code in conn.execute(query):
            if born is not None:
                seen[name, born] = code
    for draft, entry in hired:
        assert entry.born_on is not None
        key = (entry.name, entry.born_on.toordinal())
        other = seen.setdefault(key, entry.person)
        if other != entry.person:
            told = {"name": entry.name, "date": entry.born_on, "other": other}
            draft.remarks.append(Remark("possible_duplicate", told, "name"))
