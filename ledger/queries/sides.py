"""One end of a bridge between two answers: everything a unit's numbers count at one perspective, item by item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import select

from ledger.domain.quotas import LEADER
from ledger.domain.terms import KIND_MEASURES, MEASURES
from ledger.projections import tables as t
from ledger.projections.statements import among
from ledger.queries.headcount import rows_of
from ledger.queries.measures import HeadcountRow
from ledger.queries.pages import roster_page
from ledger.queries.quotas import counting, is_leaders, records
from ledger.queries.roster import BEHIND, RosterLine, State, counts_in, roster_states
from ledger.queries.scope import Scope
from ledger.queries.spans import Axis, Reach
from ledger.queries.view import View

Amounts = Mapping[str, int]
"""Name of a measure, as in a claim -> what one item adds to it."""


class Standing(NamedTuple):
    """What a person is in the roster of a unit."""

    status: str
    unit: str
    establishment: str
    host: str | None

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/diff.schema.json."""
        return self._asdict()


class Held(NamedTuple):
    """A leader position that counts in a unit's numbers."""

    rank: str
    unit: str

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/diff.schema.json."""
        return self._asdict()


Quota = tuple[str, str]
"""Unit and scale of a number of posts."""
Post = tuple[str, str]
"""Person and title of a leader position."""


@dataclass(frozen=True)
class Side:
    """The unit with everything below it; nothing counts where it does not exist."""

    view: View
    unit: str
    lines: dict[str, RosterLine] = field(default_factory=dict)
    """The roster by person, of those who were looked up."""
    _codes: dict[int, str] = field(default_factory=dict)

    @cached_property
    def exists(self) -> bool:
        """Whether the unit exists there."""
        return self.view.structure.exists(self.unit, self.view.day)

    @cached_property
    def row(self) -> HeadcountRow | None:
        """The headcount."""
        return rows_of(self.view, [self.unit])[self.unit] if self.exists else None

    @cached_property
    def states(self) -> dict[int, State]:
        """What is stored of everybody in the roster."""
        return roster_states(self.view, self.scope) if self.exists else {}

    @cached_property
    def scope(self) -> Scope:
        """The units that count."""
        return Scope.of(self.view, self.unit)

    def look_up(self, people: Iterable[int]) -> set[str]:
        """Tell, of these people, who is in the roster; their lines are there from then on."""
        wanted = [number for number in people if number in self.states]
        new = [number for number in wanted if number not in self._codes]
        for number, line in roster_page(self.view, self.unit, new).items() if new else ():
            self._codes[number] = line.person
            self.lines[line.person] = line
        return {self._codes[number] for number in wanted}

    def place(self, unit: int) -> tuple[bool, bool, str]:
        """What makes a stored state a standing: whether a unit's people belong here, or come here, and its code."""
        return unit in self.scope.numbers, unit in self.scope.stationed, self.view.canonical(unit)

    @cached_property
    def quotas(self) -> dict[Quota, int]:
        """The numbers of posts that count, each from the unit that has it."""
        view = self.view
        axis = Axis.of_days(view.perspective.known_at, view.day, view.day + 1)
        reach = Reach.of(view.shape.structure, axis, self.unit)
        found = counting(reach, self.unit, records(view, axis, reach.member))
        return {(one.unit, one.scale): one.posts for one in found}

    @cached_property
    def posts(self) -> dict[Post, Held]:
        """The leader positions that count."""
        c, view = t.post_period.c, self.view
        query = select(t.person.c.code, c.title, c.rank, c.unit).where(
            t.person.c.id == c.person,
            view.valid(t.post_period),
            among(c.unit, self.scope.numbers),
            c.rank.is_not(None),
            c.counts,
        )
        rows = view.conn.execute(query)
        return {(code, title): Held(rank, view.canonical(unit)) for code, title, rank, unit in rows}

    @cached_property
    def told(self) -> frozenset[str]:
        """The kinds that have a number: only these have vacancies."""
        return frozenset(scale for _, scale in self.quotas if not is_leaders(scale))

    # ---- what each item adds

    def standing(self, person: str) -> Standing | None:
        """What the person is in the roster; None who is not in it."""
        line = self.lines.get(person)
        return None if line is None else Standing(line.status.value, line.unit, line.establishment, line.host)

    def of_person(self, person: str) -> Amounts:
        """What a person adds to the numbers; to the vacancies, one less."""
        line = self.lines.get(person)
        if line is None:
            return {}
        found = {measure: 1 for measure in BEHIND if counts_in(line, measure)}
        if "on_roll" in found and line.establishment in self.told:
            found["vacancies"] = -1
        kind = line.establishment
        return found | {f"{name}.{kind}": amount for name, amount in found.items() if name in KIND_MEASURES}

    def of_quota(self, key: Quota) -> Amounts:
        """What a unit's number adds."""
        posts, scale = self.quotas.get(key), key[1]
        if posts is None:
            return {}
        if is_leaders(scale):
            return {f"leader_quota.{scale.removeprefix(LEADER)}": posts}
        return {name: posts for base in ("quota", "vacancies") for name in (base, f"{base}.{scale}")}

    def of_post(self, key: Post) -> Amounts:
        """What a leader position adds."""
        held = self.posts.get(key)
        return {} if held is None else {f"leaders.{held.rank}": 1}

    # ---- the numbers themselves

    def names(self) -> Iterator[str]:
        """The names of all numbers of the headcount there."""
        yield from MEASURES
        row = self.row
        for kind in row.by_establishment if row else ():
            yield from (f"{base}.{kind}" for base in KIND_MEASURES)
        for rank in row.leaders if row else ():
            yield from (f"leader_quota.{rank}", f"leaders.{rank}")

    def value(self, name: str) -> int | None:
        """One number; None where it is not told, or the unit does not exist."""
        return None if self.row is None else self.row.measure(name)


def moved(before: Side, after: Side) -> set[str]:
    """The people whose standing is another at either end."""
    bent = {unit for unit in before.view.shape.codes if before.place(unit) != after.place(unit)}
    touched = [
        person
        for person in before.states.keys() | after.states.keys()
        if (then := before.states.get(person)) != after.states.get(person)
        or (then is not None and not bent.isdisjoint((then.unit, then.host)))
    ]
    people = before.look_up(touched) | after.look_up(touched)
    return {one for one in people if before.standing(one) != after.standing(one)}


def gains(before: Amounts, after: Amounts) -> dict[str, int]:
    """By how much one item's change moves each number."""
    found = {name: after.get(name, 0) - before.get(name, 0) for name in {*before, *after}}
    return {name: found[name] for name in sorted(found) if found[name]}
