"""The bridge between two answers: opening + restated + added - removed = closing, with the entries (spec 2.3 diff).

It has two legs. The first stands on the first date and walks from what was known to what is known now 补报更正. The
second walks the days as now known 增减. Each compares its two ends item by item: people, numbers of posts, positions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import select

from ledger.domain.quotas import LEADER
from ledger.domain.terms import KIND_MEASURES, MEASURES
from ledger.domain.time import Perspective
from ledger.projections import tables as t
from ledger.queries.cited import Cited, Entries, Sought, find
from ledger.queries.flips import Flip, Flips
from ledger.queries.precision import imprecise_among, imprecise_in
from ledger.queries.quotas import is_leaders
from ledger.queries.scope import Scope, name_of
from ledger.queries.sides import Amounts, Held, Post, Quota, Side, Standing, gains, moved
from ledger.queries.spans import Axis
from ledger.queries.view import View

Key = TypeVar("Key")
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Bridge:
    """One number. `opening` and `closing` None where the number is not told; it then counts as 0 in the sum."""

    opening: int | None
    restated: int
    added: int
    removed: int
    closing: int | None

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/diff.schema.json."""
        return {
            "opening": self.opening,
            "restated": self.restated,
            "added": self.added,
            "removed": self.removed,
            "closing": self.closing,
        }


@dataclass(frozen=True, slots=True)
class Change(Generic[Key, Told]):
    """One item that is not what it was. `entries`: what changed it, in the order walked; the last one made it so."""

    key: Key
    name: str
    before: Told | None
    after: Told | None
    measures: Amounts
    entries: tuple[Cited, ...]

    @property
    def entry(self) -> Cited | None:
        """The entry that made the item what it is afterwards."""
        return self.entries[-1] if self.entries else None

    @property
    def cause(self) -> str | None:
        """`person` or `unit`: whose entry it is."""
        return None if self.entry is None else self.entry.subject.partition(":")[0]

    def to_json(self) -> dict[str, Any]:
        """What every kind of change tells; the keys of docs/reference/json/diff.schema.json."""
        return {
            "measures": dict(self.measures),
            "entry": None if self.entry is None else self.entry.to_json(),
            "cause": self.cause,
            "entries": [entry.to_json() for entry in self.entries],
        }


@dataclass(frozen=True, slots=True)
class Leg:
    """All changes between two ends, by person, unit and title."""

    people: tuple[Change[str, Standing], ...]
    quotas: tuple[Change[Quota, int], ...]
    positions: tuple[Change[Post, Held], ...]
    entries: tuple[Cited, ...]
    """Everything that changed any of these on the way, what was taken back again included, by position."""


@dataclass(frozen=True, slots=True)
class DiffAnswer:
    """The bridge of one unit with everything below it. `measures`: by the names of claims, in the order people read."""

    opening: Perspective
    closing: Perspective
    unit: str
    measures: Mapping[str, Bridge]
    restated: Leg
    changed: Leg
    imprecise: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/diff.schema.json."""
        return {
            "from": _told(self.opening),
            "to": _told(self.closing),
            "unit": self.unit,
            "measures": {name: self.measures[name].to_json() for name in MEASURES},
            "by_establishment": self._by_establishment(),
            "leaders": self._leaders(),
            "changes": [_person(one) for one in self.changed.people],
            "quota_changes": [_quota(one) for one in self.changed.quotas],
            "position_changes": [_position(one) for one in self.changed.positions],
            "restated": [_person(one) for one in self.restated.people],
            "restated_quotas": [_quota(one) for one in self.restated.quotas],
            "restated_positions": [_position(one) for one in self.restated.positions],
            "entries": [entry.to_json() for entry in self.restated.entries],
            "imprecise": list(self.imprecise),
        }

    def _by_establishment(self) -> dict[str, Any]:
        kinds = [name.removeprefix("quota.") for name in self.measures if name.startswith("quota.")]
        return {kind: {base: self.measures[f"{base}.{kind}"].to_json() for base in KIND_MEASURES} for kind in kinds}

    def _leaders(self) -> dict[str, Any]:
        ranks = [name.removeprefix("leaders.") for name in self.measures if name.startswith("leaders.")]
        return {
            rank: {
                "quota": self.measures[f"leader_quota.{rank}"].to_json(),
                "held": self.measures[f"leaders.{rank}"].to_json(),
            }
            for rank in ranks
        }


def _told(perspective: Perspective) -> dict[str, Any]:
    return {"as_of": perspective.as_of.isoformat(), "known_at": perspective.known_at}


def _ends(change: Change[Any, Any]) -> dict[str, Any]:
    def told(end: Any) -> Any:
        return end.to_json() if isinstance(end, Standing | Held) else end

    return {"before": told(change.before), "after": told(change.after)}


def _person(change: Change[str, Standing]) -> dict[str, Any]:
    return {"person": change.key, "name": change.name, **_ends(change), **change.to_json()}


def _quota(change: Change[Quota, int]) -> dict[str, Any]:
    unit, scale = change.key
    rank = scale.removeprefix(LEADER) if is_leaders(scale) else None
    part = {"establishment": scale if rank is None else None, "rank": rank}
    return {"unit": unit, "name": change.name, **part, **_ends(change), **change.to_json()}


def _position(change: Change[Post, Held]) -> dict[str, Any]:
    person, title = change.key
    return {"person": person, "name": change.name, "title": title, **_ends(change), **change.to_json()}


def diff(start: View, end: View, entries: Entries, unit: str) -> DiffAnswer:
    """The bridge from one perspective to another, both of one snapshot; either axis may be walked backwards.

    Raises UnknownUnit for a unit known at neither end.
    """
    (end if end.structure.known(unit) else start).unit(unit)
    opening = Side(start, unit)
    known_now = Perspective(start.perspective.as_of, end.perspective.known_at)
    middle = opening if known_now == start.perspective else Side(end.at(known_now), unit)
    closing = middle if known_now == end.perspective else Side(end, unit)
    known = sorted(view.perspective.known_at for view in (start, end))
    days = sorted(view.day for view in (start, end))
    late = Axis.of_positions(start.day, known[0], known[1] + 1)
    dated = Axis.of_days(end.perspective.known_at, days[0], days[1] + 1)
    unlearned = start.perspective.known_at > end.perspective.known_at
    restated = _leg(opening, middle, Flips(end, late, unit), entries, backwards=unlearned)
    changed = _leg(middle, closing, Flips(end, dated, unit), entries, backwards=start.day > end.day)
    measures = _bridges((opening, middle, closing), changed)
    flags = _imprecise((opening, closing), (restated, changed))
    return DiffAnswer(start.perspective, end.perspective, unit, measures, restated, changed, flags)


def _imprecise(sides: Iterable[Side], legs: Iterable[Leg]) -> tuple[str, ...]:
    """The imprecise entries behind either end, and among those that led from one to the other."""
    found: set[str] = set()
    led = [entry.position for leg in legs for entry in leg.entries]
    for side in sides:
        found.update(imprecise_in(side.view, Scope.of(side.view, side.unit).numbers))
        found.update(imprecise_among(side.view, led))
    return tuple(sorted(found))


def _leg(before: Side, after: Side, flips: Flips, entries: Entries, *, backwards: bool) -> Leg:
    """What differs between two ends, and why. Along positions also what came to nothing on the way."""
    if before is after:
        return Leg((), (), (), ())
    people = moved(before, after)
    posts = {one for one in {*before.posts, *after.posts} if before.posts.get(one) != after.posts.get(one)}
    quotas = {one for one in {*before.quotas, *after.quotas} if before.quotas.get(one) != after.quotas.get(one)}
    touched = not flips.axis.by_day
    by_person = flips.of_people(people | flips.touched_people() if touched else people)
    by_post = flips.of_posts(posts | flips.touched_posts() if touched else posts)
    by_quota = {key: found for key, found in flips.of_quotas().items() if touched or key in quotas}
    cited = _Cited(entries, flips, [*by_person.values(), *by_post.values(), *by_quota.values()], backwards=backwards)
    names = _names((before.view, after.view), people | {person for person, _ in posts})
    return Leg(
        tuple(
            Change(
                one, names[one], before.standing(one), after.standing(one),
                gains(before.of_person(one), after.of_person(one)), cited.of(by_person[one]),
            )
            for one in sorted(people)
        ),
        tuple(
            Change(
                one, name_of(after.view, one[0]), before.quotas.get(one), after.quotas.get(one),
                gains(before.of_quota(one), after.of_quota(one)), cited.of(by_quota.get(one, [])),
            )
            for one in sorted(quotas)
        ),
        tuple(
            Change(
                one, names[one[0]], before.posts.get(one), after.posts.get(one),
                gains(before.of_post(one), after.of_post(one)), cited.of(by_post[one]),
            )
            for one in sorted(posts)
        ),
        cited.all,
    )  # fmt: skip


class _Cited:
    """The entries behind all changes of one leg, looked up together."""

    def __init__(self, entries: Entries, flips: Flips, found: Iterable[Sequence[Flip]], *, backwards: bool) -> None:
        every = [flip for one in found for flip in one]
        known_at = flips.view.perspective.known_at
        sought = find(entries, known_at, [flip for flip in every if isinstance(flip, Sought)])
        at = entries.at([flip for flip in every if isinstance(flip, int)])
        self._cited: dict[Flip, Cited] = {flip: Cited.of(one) for flip, one in sought.items()}
        self._cited.update((position, Cited.of(one)) for position, one in at.items())
        self._backwards = backwards
        self.all = tuple(sorted(set(self._cited.values()), key=lambda one: one.position))

    def of(self, flips: Sequence[Flip]) -> tuple[Cited, ...]:
        """In the order walked, each once."""
        ordered = reversed(flips) if self._backwards else flips
        return tuple(dict.fromkeys(self._cited[flip] for flip in ordered if flip in self._cited))


def _names(views: Sequence[View], people: Iterable[str]) -> dict[str, str]:
    """Person -> name, from the last view that knows one."""
    n = t.person_description
    found: dict[str, str] = {}
    wanted = sorted(people)
    for view in views:
        for start in range(0, len(wanted), 500):
            query = select(t.person.c.code, n.c.name).where(
                n.c.person == t.person.c.id, view.valid(n), t.person.c.code.in_(wanted[start : start + 500])
            )
            found.update((code, name) for code, name in view.conn.execute(query))
    return found


def _bridges(sides: tuple[Side, Side, Side], changed: Leg) -> dict[str, Bridge]:
    """All numbers of the three ends, and what the items of the second leg add and take away."""
    _, middle, closing = sides
    moves: list[Amounts] = [one.measures for one in changed.quotas]
    moves.extend(one.measures for one in changed.positions)
    if middle.told == closing.told:
        moves.extend(one.measures for one in changed.people)
    else:  # whoever is on roll has now come to count against a number, or no longer does
        people = middle.look_up(middle.states) | closing.look_up(closing.states)
        moves.extend(gains(middle.of_person(one), closing.of_person(one)) for one in people)
    added: dict[str, int] = {}
    removed: dict[str, int] = {}
    for amounts in moves:
        for name, amount in amounts.items():
            side = added if amount > 0 else removed
            side[name] = side.get(name, 0) + abs(amount)
    found: dict[str, Bridge] = {}
    for name in dict.fromkeys(name for side in sides for name in side.names()):
        before, now, after = (side.value(name) for side in sides)
        found[name] = Bridge(before, (now or 0) - (before or 0), added.get(name, 0), removed.get(name, 0), after)
    return found
