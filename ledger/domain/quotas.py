"""A unit's own numbers of posts and leader positions through time (spec 1.2 mergers, 1.4 quotas)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ledger.domain import entries as e
from ledger.domain.facts import Fact, Illegal
from ledger.domain.time import FOREVER, Day

LEADER = "leader:"
"""Prefix of the scale under which the leader quota of a rank is kept."""


class Grant(NamedTuple):
    """A temporary part of a number; it stays in force until an entry cancels it (spec 1.4).

    `key`: position of the entry that first made it. `amount` may be negative.
    """

    key: int
    amount: int
    until: Day


class Record(NamedTuple):
    """A unit's own number on one scale, the temporary grants in it included."""

    posts: int
    grants: tuple[Grant, ...] = ()


class QuotaStep(NamedTuple):
    """The record from a day on; None: the unit has no number of its own."""

    day: Day
    cause: int
    record: Record | None


class QuotaPeriod(NamedTuple):
    """A run of days with one number. `scale`: an establishment kind, or `leader:<rank>`."""

    d_from: Day
    d_to: Day
    scale: str
    posts: int
    grants: tuple[Grant, ...]
    cause: int


Records = dict[str, Record]


class QuotaFold:
    """The numbers of one unit, folded together with those of the units merged into it.

    `facts_of`: the facts in effect that touch a unit. `places`: entry id -> position of the entry that
    first stood there, for references to grants.
    """

    def __init__(self, facts_of: Callable[[str], Sequence[Fact]], places: Mapping[str, int]) -> None:
        self._facts_of = facts_of
        self._places = places

    def steps(self, unit: str, before: tuple[Day, int] = (FOREVER, FOREVER)) -> dict[str, list[QuotaStep]] | Illegal:
        """Scale -> its steps, from the facts ordered before a given order; or the fact that cannot stand."""
        records: Records = {}
        steps: dict[str, list[QuotaStep]] = {}
        for fact in self._facts_of(unit):
            if fact.order >= before:
                break
            problem = self._apply(unit, fact, records, steps)
            if problem is not None:
                return problem
        return steps

    def _apply(self, unit: str, fact: Fact, records: Records, steps: dict[str, list[QuotaStep]]) -> Illegal | None:
        after = self._after(unit, fact, records)
        if isinstance(after, Illegal):
            return after
        for scale, record in after.items():
            if record is None:
                records.pop(scale, None)
            else:
                records[scale] = record
            line = steps.setdefault(scale, [])
            step = QuotaStep(fact.day, fact.position, record)
            if line and line[-1].day == fact.day:
                line[-1] = step
            else:
                line.append(step)
        return None

    def _after(self, unit: str, fact: Fact, records: Records) -> Mapping[str, Record | None] | Illegal:
        entry = fact.entry
        if isinstance(entry, e.UnitMerged):
            if entry.unit == unit:
                return dict.fromkeys(records)
            return self._absorbed(fact, records)
        if isinstance(entry, e.LeaderQuotaSet):
            return {LEADER + entry.rank: Record(entry.posts)}
        if not isinstance(entry, e.QuotaEntry):
            return {}
        before = records.get(entry.establishment)
        if isinstance(entry, e.QuotaMoved) and entry.unit != unit:
            return {
                entry.establishment: Record(
                    (before.posts if before else 0) + entry.posts, before.grants if before else ()
                )
            }
        after = _RULES[type(entry)](self, fact, before)
        return after if isinstance(after, Illegal) else {entry.establishment: after}

    def _absorbed(self, fact: Fact, records: Records) -> Mapping[str, Record | None] | Illegal:
        """What a unit has once another was merged into it: numbers add up, grants go along (spec 1.2)."""
        entry = fact.entry
        assert isinstance(entry, e.UnitMerged)
        steps = self.steps(entry.unit, fact.order)
        if isinstance(steps, Illegal):
            return steps
        after: dict[str, Record | None] = {}
        for scale, line in steps.items():
            brought = line[-1].record
            if brought is not None:
                own = records.get(scale, Record(0))
                after[scale] = Record(own.posts + brought.posts, own.grants + brought.grants)
        return after

    def _set(self, fact: Fact, before: Record | None) -> Record | Illegal:
        entry = fact.entry
        assert isinstance(entry, e.QuotaSet)
        if entry.until is None:
            return Record(entry.posts)
        own = before or Record(0)
        grant = Grant(fact.place, entry.posts - own.posts, entry.until.toordinal())
        return Record(entry.posts, (*own.grants, grant))

    def _changed(self, fact: Fact, before: Record | None) -> Record | Illegal:
        entry = fact.entry
        assert isinstance(entry, e.QuotaChanged)
        if before is None:
            return _problem("no_quota_record", fact)
        after = before._replace(posts=before.posts + entry.change)
        if entry.until is not None:
            after = after._replace(grants=(*after.grants, Grant(fact.place, entry.change, entry.until.toordinal())))
        return _not_negative(fact, after)

    def _moved_away(self, fact: Fact, before: Record | None) -> Record | Illegal:
        entry = fact.entry
        assert isinstance(entry, e.QuotaMoved)
        if before is None:
            return _problem("no_quota_record", fact)
        return _not_negative(fact, before._replace(posts=before.posts - entry.posts))

    def _cancelled(self, fact: Fact, before: Record | None) -> Record | Illegal | None:
        entry = fact.entry
        assert isinstance(entry, e.QuotaCancelled)
        if before is None:
            return _problem("no_quota_record", fact)
        if entry.entry is None:
            return None
        key = self._places.get(str(entry.entry))
        grant = next((grant for grant in before.grants if grant.key == key), None)
        if grant is None:
            return _problem("grant_unknown", fact, entry=entry.entry)
        left = tuple(other for other in before.grants if other is not grant)
        return _not_negative(fact, Record(before.posts - grant.amount, left))


_RULES: dict[type[e.Entry], Callable[[QuotaFold, Fact, Record | None], Record | Illegal | None]] = {
    e.QuotaSet: QuotaFold._set,  # noqa: SLF001  a table of this class's own rules
    e.QuotaChanged: QuotaFold._changed,  # noqa: SLF001
    e.QuotaMoved: QuotaFold._moved_away,  # noqa: SLF001
    e.QuotaCancelled: QuotaFold._cancelled,  # noqa: SLF001
}


def _problem(code: str, fact: Fact, **params: Any) -> Illegal:
    entry = fact.entry
    assert isinstance(entry, e.QuotaEntry)
    told = {"unit": entry.unit, "establishment": entry.establishment, "date": entry.effective_on}
    return Illegal(fact, code, {**told, **params})


def _not_negative(fact: Fact, record: Record) -> Record | Illegal:
    return _problem("quota_below_zero", fact, posts=record.posts) if record.posts < 0 else record


def quota_periods(steps: Mapping[str, Sequence[QuotaStep]]) -> list[QuotaPeriod]:
    """The runs of days on which the unit has a number of its own, by scale."""
    periods: list[QuotaPeriod] = []
    for scale, line in steps.items():
        for index, step in enumerate(line):
            d_to = line[index + 1].day if index + 1 < len(line) else FOREVER
            if step.record is not None:
                periods.append(QuotaPeriod(step.day, d_to, scale, step.record.posts, step.record.grants, step.cause))
    return periods


def by_scale(periods: Iterable[QuotaPeriod]) -> dict[str, list[QuotaPeriod]]:
    """Scale -> its periods, in the order given."""
    found: dict[str, list[QuotaPeriod]] = {}
    for one in periods:
        found.setdefault(one.scale, []).append(one)
    return found


def touches_quotas(unit: str) -> Callable[[e.DatedEntry], bool]:
    """Tells the entries that change a unit's numbers."""

    def tells(entry: e.DatedEntry) -> bool:
        if isinstance(entry, e.UnitMerged):
            return unit in (entry.unit, entry.into)
        if isinstance(entry, e.QuotaMoved):
            return unit in (entry.unit, entry.to)
        return isinstance(entry, e.QuotaEntry | e.LeaderQuotaSet) and entry.unit == unit

    return tells
