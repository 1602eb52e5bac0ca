"""Quotas and leader quotas (spec 1.2 mergers, 1.4), folded over the whole timeline."""

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.oracle.timeline import Fact
from tests.oracle.units import Problem, Units

QUOTA_TYPES = ("quota_set", "quota_changed", "quota_cancelled", "quota_moved")
NAMING_ONLY = ("freeze_declared", "census_claimed")


class Refusal(Exception):
    """An entry is illegal in its place."""


class Quotas:
    """Folds in order; `history` remembers every change of a number, `problems` what is illegal."""

    def __init__(self, facts: list[Fact], units: Units, place_named: Callable[[Any], int | None]) -> None:
        self.units = units
        self.place_named = place_named  # reference in an entry -> place of the fact it names
        self.number: dict[tuple[str, str], int] = {}  # (unit, kind) -> posts
        self.grants: dict[tuple[str, str], dict[int, int]] = {}  # record -> {place: amount}
        self.ranks: dict[tuple[str, str], int] = {}  # (unit, rank) -> posts
        # every change: day, whether of posts or of leaders, unit, kind or rank, number
        self.history: list[tuple[date, str, str, str, int | None]] = []
        self.problems: list[Problem] = []
        for fact in facts:
            self.apply(fact)

    def apply(self, fact: Fact) -> None:
        try:
            if fact.type in QUOTA_TYPES:
                getattr(self, fact.type)(fact, (fact.get("unit"), fact.get("establishment")))
            elif fact.type == "leader_quota_set":
                self.must_exist(fact, "unit")
                self.set_rank(fact.on, fact.get("unit"), fact.get("rank"), fact.get("posts"))
            elif fact.type in NAMING_ONLY:
                self.must_exist(fact, "unit")
            elif fact.type == "unit_merged":
                self.merge(fact)
        except Refusal as refusal:
            self.problems.append((fact, str(refusal)))

    # What an entry may do

    def must_exist(self, fact: Fact, key: str) -> None:
        if not self.units.exists(fact.get(key), fact.on):
            raise Refusal(f"{fact.get(key)} does not exist on {fact.on}")

    def must_have_existed(self, fact: Fact) -> None:
        """quota_cancelled and the giving leg of quota_moved may name an abolished unit."""
        unit = fact.get("unit")
        if not self.units.was_established(unit, fact.on) or self.units.was_merged(unit, fact.on):
            raise Refusal(f"{unit} holds no quota on {fact.on}")

    def must_have_number(self, record: tuple[str, str]) -> None:
        if record not in self.number:
            raise Refusal("no number has been set")

    def set_number(self, day: date, record: tuple[str, str], posts: int | None) -> None:
        if posts is None:
            self.number.pop(record, None)
        elif posts < 0:
            raise Refusal("a quota never falls below 0")
        else:
            self.number[record] = posts
        self.history.append((day, "quota", *record, posts))

    def set_rank(self, day: date, unit: str, rank: str, posts: int | None) -> None:
        if posts is None:
            self.ranks.pop((unit, rank), None)
        else:
            self.ranks[unit, rank] = posts
        self.history.append((day, "leaders", unit, rank, posts))

    # The entries

    def quota_set(self, fact: Fact, record: tuple[str, str]) -> None:
        self.must_exist(fact, "unit")
        before = self.number.get(record, 0)
        self.set_number(fact.on, record, fact.get("posts"))
        if fact.get("until") is None:
            self.grants[record] = {}
        else:
            self.grants.setdefault(record, {})[fact.place] = fact.get("posts") - before

    def quota_changed(self, fact: Fact, record: tuple[str, str]) -> None:
        self.must_exist(fact, "unit")
        self.must_have_number(record)
        self.set_number(fact.on, record, self.number[record] + fact.get("change"))
        if fact.get("until") is not None:
            self.grants.setdefault(record, {})[fact.place] = fact.get("change")

    def quota_cancelled(self, fact: Fact, record: tuple[str, str]) -> None:
        self.must_have_existed(fact)
        self.must_have_number(record)
        if fact.get("entry") is None:
            self.set_number(fact.on, record, None)
            self.grants[record] = {}
            return
        place = self.place_named(fact.get("entry"))
        if place not in self.grants.get(record, {}):
            raise Refusal("the entry named is no temporary grant in force there")
        self.set_number(fact.on, record, self.number[record] - self.grants[record][place])
        del self.grants[record][place]

    def quota_moved(self, fact: Fact, record: tuple[str, str]) -> None:
        self.must_have_existed(fact)
        self.must_exist(fact, "to")
        self.must_have_number(record)
        if fact.get("to") == fact.get("unit"):
            raise Refusal("a quota cannot be moved to its own unit")
        receiving = (fact.get("to"), fact.get("establishment"))
        self.set_number(fact.on, record, self.number[record] - fact.get("posts"))
        self.set_number(fact.on, receiving, self.number.get(receiving, 0) + fact.get("posts"))

    def merge(self, fact: Fact) -> None:
        unit, into = fact.get("unit"), fact.get("into")
        for record in [record for record in self.number if record[0] == unit]:
            receiving = (into, record[1])
            total = self.number.get(receiving, 0) + self.number[record]
            grants = self.grants.pop(record, {})
            self.set_number(fact.on, receiving, total)
            self.set_number(fact.on, record, None)
            self.grants.setdefault(receiving, {}).update(grants)
        for _, rank in [record for record in self.ranks if record[0] == unit]:
            total = self.ranks.get((into, rank), 0) + self.ranks[unit, rank]
            self.set_rank(fact.on, into, rank, total)
            self.set_rank(fact.on, unit, rank, None)

    # Questions

    def own(self, what: str, unit: str, detail: str, day: date) -> int | None:
        """The unit's own number for a kind ("quota") or a rank ("leaders") on a day, or None."""
        posts = None
        for changed_on, changed, at, which, number in self.history:
            if changed_on <= day and (changed, at, which) == (what, unit, detail):
                posts = number
        return posts

    def total(self, what: str, unit: str, detail: str, day: date) -> int | None:
        """The own number, else the sum of the children's, else None."""
        own = self.own(what, unit, detail, day)
        if own is not None:
            return own
        below = [self.total(what, child, detail, day) for child in self.units.children(unit, day)]
        known = [number for number in below if number is not None]
        return sum(known) if known else None

    def records_ever(self) -> list[tuple[str, str]]:
        found = {(unit, which) for _, what, unit, which, _ in self.history if what == "quota"}
        return sorted(found)

    def ranks_ever(self) -> list[str]:
        return sorted({which for _, what, _, which, _ in self.history if what == "leaders"})
