"""One entry at a time, inside one write transaction: read, judge, append, keep the read tables in step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.application.limits import QuotaWatch, Warned
from ledger.application.world import Memory, RecordedWorld
from ledger.domain import entries as e
from ledger.domain.access import Deed, Side, deed_of
from ledger.domain.acts import ACCESS, Act
from ledger.domain.events import Event, Recorded, Source, edition_of, mentions_of, stream_of, subjects_of, topic_of
from ledger.domain.facts import Fact, fact_of
from ledger.domain.faults import NotPermitted
from ledger.domain.judgement import Verdict, judge
from ledger.domain.periods import charge_periods
from ledger.domain.reading import digest, read_entry
from ledger.domain.refusals import Refused
from ledger.domain.time import EARLIEST, latest_effective, shanghai_date
from ledger.persistence.batches import close_batch, extend_batch, keep_refused, open_batch
from ledger.persistence.chain import Indexed
from ledger.persistence.store import Store
from ledger.persistence.writing import WriteUnit


@dataclass(frozen=True, slots=True)
class Receipt:
    """An entry that is in the ledger. `recorded_at`: microseconds since the epoch, UTC.

    `already_recorded`: it was there before, with the same content; nothing was added (spec 2.2).
    """

    position: int
    id: str
    recorded_at: int
    already_recorded: bool = False
    warnings: tuple[Warned, ...] = ()


class Recording:
    """A write transaction's way to record; nothing stays if the transaction does not commit."""

    def __init__(self, store: Store, unit: WriteUnit, memory: Memory, officer: str) -> None:
        self._store = store
        self._unit = unit
        self.officer = officer
        self.world = RecordedWorld(store, unit, memory)
        self._watch = QuotaWatch(self.world, self.world.rolls)
        self._keys: dict[str, tuple[int, bytes, int]] = {}
        self._seen: dict[int, Recorded] = {}
        self._targets: dict[int, int] = {}
        self._absent: set[str] = set()
        self._last: tuple[Verdict, Fact | None] | None = None

    def touched(self) -> tuple[date, tuple[str, ...]]:
        """The effective date of the last entry recorded, and every unit whose numbers it may change."""
        return (EARLIEST, ()) if self._last is None else _shown(*self._last)

    def touched_people(self) -> tuple[str, ...]:
        """The people whose lives the last entry recorded may change."""
        return () if self._last is None else tuple(self._last[0].people)

    def prepare(self, entries: Iterable[e.Entry], keys: Iterable[str]) -> None:
        """Load what a batch of entries is going to need, in a few queries."""
        given = list(entries)
        undoing = [entry.entry for entry in given if isinstance(entry, e.Reversed | e.Corrected)]
        first = self._unit.next_position
        ours = (f"#{position}" for position in range(first, first + len(given)))  # see _own_id
        wanted = [*keys, *ours, *(name for name in undoing if isinstance(name, str))]
        found = self._store.find_many(self._unit.conn, wanted)
        self._absent.update(key for key in wanted if key not in found)
        self._keys.update({key: (position, content, 0) for key, (position, content) in found.items()})
        targets = [name if isinstance(name, int) else found.get(name, (0, b""))[0] for name in undoing]
        self._seen.update(self._store.at(self._unit.conn, targets))
        facts = [fact for at in targets if at in self._seen and (fact := fact_of(self._seen[at])) is not None]
        inner = [entry.replacement if isinstance(entry, e.Corrected) else entry for entry in given]
        dated = [(one, one.effective_on.toordinal()) for one in inner if isinstance(one, e.DatedEntry)]
        undone = [(fact.entry, 0) for fact in facts]  # without it the whole life is folded again
        self.world.prefetch((subject, day) for one, day in (*dated, *undone) for subject in subjects_of(one))

    def forbids(self, deed: Deed, *, whole: bool = False) -> Refused | None:
        """Why the officer may not do this; None when it is fine. `whole`: it concerns more than some units."""
        return self.world.access().forbids(self.officer, deed, whole=whole)

    def require(self, deed: Deed, *, whole: bool = False) -> None:
        """Raises NotPermitted where no refusal can be given back."""
        refused = self.forbids(deed, whole=whole)
        if refused is not None:
            raise NotPermitted(refused)

    def outside(self, units: Sequence[str], day: date) -> Refused | None:
        """Why the officer may not act on what concerns these units; None when it is fine."""
        return self.world.access().outside(self.officer, units, day.toordinal(), self.world.structure)

    def open_batch(self, sha256: str, name: str) -> str | None:
        """Begin an import, or go on with the one of the same bytes; gives back what it has refused so far.

        Raises NotPermitted.
        """
        self.require(Deed.RECORD)
        return open_batch(self._unit.conn, sha256, name, self.officer, self._unit.recorded_at)

    def extend_batch(self, batch: str, first: int, last: int) -> None:
        """Note which positions of an import were recorded here."""
        extend_batch(self._unit.conn, batch, first, last)

    def keep_refused(self, batch: str, refused: str) -> None:
        """Note what an import has refused so far."""
        keep_refused(self._unit.conn, batch, refused)

    def close_batch(self, batch: str, lines: int) -> None:
        """Note that an import is complete."""
        close_batch(self._unit.conn, batch, lines, self._unit.recorded_at)

    def finish(self) -> None:
        """Hand everything over to the transaction, which may now commit."""
        self.world.flush()

    def record(
        self,
        raw: object,
        *,
        key: str | None = None,
        batch: str | None = None,
        parsed: tuple[e.Entry, Source | None] | None = None,
    ) -> Receipt | Refused:
        """Record one entry. `key`: what an imported line without id is known by; `parsed`: the entry, once read."""
        read = parsed or read_entry(raw)
        if isinstance(read, Refused):
            return read
        entry, source = read
        entry = self._naming_by_id(entry)
        content = digest(entry)
        known = self._known(entry.id or key)
        if known is not None:
            position, before, _ = known
            if before == content or entry.id is None:
                return self._already(position, entry.id)
            return Refused("id_reused", {"id": entry.id, "position": position}, (entry.id or "",))
        return self._decide(entry, source, content, key, batch)

    def _already(self, position: int, entry_id: str | None) -> Receipt:
        found = self._at(position)
        return Receipt(position, entry_id or found.event.id, found.recorded_at, already_recorded=True)

    def _decide(
        self, entry: e.Entry, source: Source | None, content: bytes, key: str | None, batch: str | None
    ) -> Receipt | Refused:
        unit = self._unit
        inner = entry.replacement if isinstance(entry, e.Corrected) else entry
        if isinstance(inner, e.DatedEntry):
            latest = latest_effective(shanghai_date(unit.recorded_at))
            if not EARLIEST <= inner.effective_on <= latest:
                return Refused(
                    "date_out_of_bounds", {"date": inner.effective_on, "earliest": EARLIEST, "latest": latest}
                )
        target = self._target(entry)
        if isinstance(target, Refused):
            return target
        grant = getattr(inner, "entry", None) if isinstance(inner, e.QuotaCancelled) else None
        if grant is not None and self._event_named(grant) is None:
            return Refused("unknown_entry", {"entry": grant})
        position = unit.next_position
        entry_id = entry.id or self._own_id(position)
        removed = fact_of(target) if target is not None else None
        place = (target.event.place or target.position) if target is not None else None
        new = None
        if isinstance(inner, e.DatedEntry):
            new = Fact(inner.effective_on.toordinal(), place or position, position, entry_id, inner, edition_of(entry))
        verdict = self._judge(new, removed)
        if isinstance(verdict, Refused):
            return verdict
        warned = self._watch.check(verdict)
        if isinstance(warned, Refused):
            return warned
        stream = target.event.originator_id if target is not None else stream_of(inner)  # type: ignore[arg-type]
        event = Event(
            originator_id=stream,
            originator_version=unit.version(stream) + 1,
            topic=topic_of(stream, entry),
            id=entry_id,
            recorded_by=self.officer,
            target=target.position if target is not None else None,
            place=place if isinstance(entry, e.Corrected) else None,
            edition=edition_of(entry),
            batch=batch,
            key=key,
            source=source,
            entry=entry,
        )
        recorded = unit.append(
            event,
            subjects=_touched(fact.entry for fact in (new, removed) if fact is not None),
            target=event.target,
            keys=[(name, content) for name in dict.fromkeys((entry_id, key)) if name is not None],
            structure=bool(verdict.units or verdict.quotas),
        )
        self._note(recorded, entry_id, key, content)
        self._watch.took(verdict)
        self.world.take(verdict, recorded, new)
        self._last = (verdict, new or removed)
        return Receipt(recorded.position, entry_id, recorded.recorded_at, warnings=warned)

    def _judge(self, new: Fact | None, removed: Fact | None) -> Verdict | Refused:
        """The verdict of the rules, and of the officer's role on both sides of the change."""
        world = self.world
        access = world.access()
        forbidden = access.forbids(self.officer, Deed.RECORD) or access.judge(
            self.officer, Side(world.structure, world.timeline), new, removed
        )
        verdict = forbidden or judge(world, new, removed)
        if isinstance(verdict, Refused):
            return verdict
        after = Side(verdict.structure, lambda person: verdict.people[person][1], after=True)
        return access.judge(self.officer, after, new, removed) or verdict

    def act(self, stream: str, act: Act) -> Recorded:
        """Record an act as the next event of a stream; whether it is legal was decided before. Raises NotPermitted."""
        self.require(deed_of(act))
        unit = self._unit
        entry_id, content = self._own_id(unit.next_position), digest(act)
        event = Event(
            originator_id=stream,
            originator_version=unit.version(stream) + 1,
            topic=topic_of(stream, act),
            id=entry_id,
            recorded_by=self.officer,
            entry=act,
        )
        recorded = unit.append(event, subjects=(), target=None, keys=[(entry_id, content)], structure=False)
        self._note(recorded, entry_id, None, content)
        self.world.tables.pass_over(recorded.position)
        if act.stream_kind == ACCESS:
            self.world.forget_access()
        return recorded

    def _note(self, recorded: Recorded, entry_id: str, key: str | None, content: bytes) -> None:
        self._seen[recorded.position] = recorded
        for name in (entry_id, key):
            if name is not None:
                self._keys[name] = (recorded.position, content, recorded.recorded_at)
        if recorded.event.target is not None:
            self._targets[recorded.event.target] = recorded.position

    # ---- references

    def _own_id(self, position: int) -> str:
        """`#<position>`, with a `+` for every caller that took this id for an entry of its own."""
        entry_id = f"#{position}"
        while self._known(entry_id) is not None:
            entry_id += "+"
        return entry_id

    def _known(self, key: str | None) -> tuple[int, bytes, int] | None:
        if key is None:
            return None
        found = self._keys.get(key)
        if found is None and key not in self._absent:
            stored = self._store.find(self._unit.conn, key)
            if stored is not None:
                found = self._keys[key] = (*stored, 0)
        return found

    def _at(self, position: int) -> Recorded:
        found = self._seen.get(position)
        return found if found is not None else self._store.at(self._unit.conn, [position])[position]

    def _event_named(self, name: int | str) -> Recorded | None:
        if isinstance(name, int):
            return self._at(name) if 1 <= name < self._unit.next_position else None
        known = self._known(name)
        return None if known is None else self._at(known[0])

    def _naming_by_id(self, entry: e.Entry) -> e.Entry:
        """The same entry, naming others by their ids: content is compared and exported that way (spec 2.3 export)."""
        if isinstance(entry, e.Corrected):
            inner = self._naming_by_id(entry.replacement)
            if inner is not entry.replacement:
                entry = entry.model_copy(update={"replacement": inner})
        if not isinstance(entry, e.Reversed | e.Corrected | e.QuotaCancelled) or entry.entry is None:
            return entry
        named = self._event_named(entry.entry)
        if named is None or named.event.id == entry.entry:
            return entry
        return entry.model_copy(update={"entry": named.event.id})

    def _target(self, entry: e.Entry) -> Recorded | Refused | None:
        """The entry a reversal or correction takes out of effect; None for other entries."""
        if not isinstance(entry, e.Reversed | e.Corrected):
            return None
        target = self._event_named(entry.entry)
        if target is None:
            return Refused("unknown_entry", {"entry": entry.entry})
        named = target.event.entry
        if isinstance(named, e.Reversed | Act):
            return Refused("not_reversible", {"entry": target.event.id, "type": named.type}, (target.event.id,))
        by = self._targets.get(target.position) or self._store.targets(self._unit.conn, [target.position]).get(
            target.position
        )
        if by is not None:
            other = self._at(by).event.id
            return Refused("already_reversed", {"entry": target.event.id, "by": other}, (other,))
        return target


def indexed(recorded: Recorded, removed: Recorded | None) -> Indexed:
    """What the log's indexes must say about an event. `removed`: the event it takes out of effect."""
    facts = [fact_of(one) for one in (recorded, removed) if one is not None]
    subjects = {recorded.event.originator_id, *_touched(fact.entry for fact in facts if fact is not None)}
    content = digest(recorded.event.entry)
    names = dict.fromkeys(name for name in (recorded.event.id, recorded.event.key) if name is not None)
    return Indexed(subjects, recorded.event.target, [(name, content) for name in names])


def _shown(verdict: Verdict, fact: Fact | None) -> tuple[date, tuple[str, ...]]:
    """The date to look at, and the units a change touches with all units above them."""
    day = fact.day if fact is not None else EARLIEST.toordinal()
    codes = dict.fromkeys([*verdict.units, *verdict.quotas])
    for before, after in verdict.people.values():
        for timeline in (before, after):
            for period in charge_periods(timeline):
                if period.d_from <= day < period.d_to:
                    codes.update(dict.fromkeys(code for code in (period.unit, period.host) if code))
    found = dict.fromkeys(above for code in codes for above in verdict.structure.path(code, day))
    return (EARLIEST if fact is None else fact.entry.effective_on), tuple(sorted(found))


def _touched(changed: Iterable[e.DatedEntry]) -> Iterable[str]:
    touched: dict[str, None] = {}
    for entry in changed:
        touched.update(dict.fromkeys((*subjects_of(entry), *mentions_of(entry))))
    return touched


def entry_of(changes: Mapping[str, object], original: e.DatedEntry) -> dict[str, object]:
    """A replacement: the original's content with the keys given changed (spec 2.1 correct).

    Of another type (spec 1.3 corrected), it keeps of the original what that type has as well.
    """
    kind = e.DATED_TYPES.get(str(changes.get("type")), type(original))
    kept = {key: value for key, value in original.content().items() if key in kind.model_fields}
    return {key: value for key, value in {**kept, **changes}.items() if value is not None}
