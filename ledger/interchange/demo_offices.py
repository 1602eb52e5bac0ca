"""Offices held in the invented county: who leads the towns and the county's organs, and how they change hands."""

from __future__ import annotations

from ledger.interchange.demo_people import Person, leader_posts
from ledger.interchange.demo_world import World

BUREAU = "县人力资源和社会保障部门"
COMMITTEE = "中共青溪县委"
POLITICAL_LEGAL = frozenset({"GAJ", "FYU", "JCY", "SFJ"})


class Offices:
    """Every leader's post with its rank, whether it counts, and its holder."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng = world.rng
        self.posts: dict[tuple[str, str], tuple[str, bool, Person | None]] = {}

    def opening_leaders(self) -> None:
        """The offices that are held when the ledger opens."""
        for unit, title, rank, counts in leader_posts(self.world.plan):
            self.posts[unit, title] = (rank, counts, None)
            year = self.rng.choice((2010, 2011, 2011, 2012))
            if self.world.units.exists(unit, "2013-01-01") and self.rng.random() < 0.95:
                self._appoint((unit, title), f"{year}-{self.rng.randint(3, 12):02d}-{self.rng.randint(1, 28):02d}")

    def _appoint(self, key: tuple[str, str], on: str) -> None:
        units = self.world.units
        unit, title = key
        old_enough = int(on[:4]) - 30

        def fits(p: Person) -> bool:
            return (
                p.free
                and not p.titles
                and p.kind in {"administrative", "political_legal"}
                and p.born.year < old_enough
                and self.world.home(p, on) == unit
            )

        person = self.world.pick(on, fits, tries=1500)
        if person is None or not units.exists(unit, on):
            return
        rank, counts, _ = self.posts[key]
        self.posts[key] = (rank, counts, person)
        person.titles.add(title)
        series = self.world.paper("青干任", on, COMMITTEE)
        person.add(
            "appointed", on, title=title, rank=rank, counts=None if counts else False, unit=unit, authority=series
        )

    def rotate(self, on: str) -> None:
        """One office changes hands: the holder steps down (and often goes elsewhere), somebody else follows."""
        key = self.rng.choice(list(self.posts))
        if not self.world.units.exists(key[0], on):
            return
        rank, counts, holder = self.posts[key]
        if holder is not None:
            if holder.last >= on:
                return
            self.posts[key] = (rank, counts, None)
            holder.titles.discard(key[1])
            holder.add("relieved", on, title=key[1], authority=self.world.paper("青干免", on, COMMITTEE))
            if holder.free and self.rng.random() < 0.6:
                goal = self.rng.choice([unit for unit, _ in self.posts if self.world.units.exists(unit, on)])
                if goal != self.world.home(holder, on) and goal != self.world.units.canonical(holder.unit or "", on):
                    self.move(
                        holder,
                        on,
                        goal,
                        "political_legal" if goal in POLITICAL_LEGAL else "administrative",
                    )
        if self.rng.random() < 0.9:
            self._appoint(key, on)

    def close_offices(self, on: str) -> None:
        """When a unit has gone into another, its leaders step down."""
        for key, (rank, counts, holder) in self.posts.items():
            if (
                holder is not None
                and holder.last < on
                and key[0] in self.world.units.merged
                and not self.world.units.exists(key[0], on)
            ):
                self.posts[key] = (rank, counts, None)
                holder.titles.discard(key[1])
                holder.add("relieved", on, title=key[1], note="机构合并")

    def vacate(self, person: Person) -> None:
        """Somebody leaves the service: the post is free."""
        for key, (rank, counts, holder) in self.posts.items():
            if holder is person:
                self.posts[key] = (rank, counts, None)

    def move(self, person: Person, on: str, unit: str, kind: str) -> None:
        """Charge somebody to another unit, perhaps with another kind of post."""
        changed = kind if kind != person.kind else None
        person.unit, person.kind = unit, kind
        person.charges.append((on, unit, kind))
        papers = self.world.paper("青人社调", on, BUREAU) if self.rng.random() < 0.9 else None
        person.add("transferred", on, unit=unit, establishment=changed, authority=papers)
