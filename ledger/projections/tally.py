"""What a replay adds up over all people: changes of counts, the days of entries, ranks (spec 3.2.5).

Several processes may each go through some of the people; their sums are put together at the end.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import Table

from ledger.domain.events import Recorded
from ledger.domain.facts import Fact, fact_of
from ledger.domain.time import Day
from ledger.persistence.history import History
from ledger.projections import rows as r
from ledger.projections import tables as t
from ledger.projections.frontier import BLOCK, advanced, block_of

Batch = tuple[Table, list[r.Row]]
PIECE = 20_000
"""Rows handed on at once."""


@dataclass(frozen=True, slots=True)
class Known:
    """What tables made from the log up to `position` already hold; a replay from there tells only what is to be added.

    `ranks`: rank -> its number. `frontiers`: block -> frontier, as far as they are known; at least block 0.
    """

    position: int = 0
    ranks: Mapping[str, int] = field(default_factory=dict)
    frontiers: Sequence[Day] = (0,)


class Sums:
    """What one pass up to position `newest` adds up, or a part of it.

    `days`: by position. `deltas`: unit, measure, day, position and amount in turn; `shared`: amounts to which several
    people may add. `ranks`: the number under which a rank is counted in these, and where it was met first.
    """

    def __init__(self, newest: int) -> None:
        self.days = array("i", bytes(4 * (newest + 1)))
        self.deltas = array("i")
        self.shared: dict[tuple[int, int, Day, int], int] = {}
        self.ranks: dict[str, tuple[int, int]] = {}
        self.imprecise: dict[int, str] = {}

    def packed(self) -> tuple[Any, ...]:
        """The sums as plain values, from one process to another."""
        return self.days.tobytes(), self.deltas.tobytes(), self.shared, self.ranks, self.imprecise

    @classmethod
    def unpacked(cls, days: bytes, deltas: bytes, *others: Any) -> Self:
        """What another has packed."""
        found = cls(0)
        found.days, found.deltas = array("i", days), array("i", deltas)
        found.shared, found.ranks, found.imprecise = others
        return found


class Tally(Sums):
    """Adds up. `unit`: code -> number."""

    def __init__(self, newest: int, known: Known, unit: Callable[[str], int]) -> None:
        super().__init__(newest)
        self._known = known
        self._unit = unit

    def note(self, recorded: Iterable[Recorded]) -> list[Fact | None]:
        """Their facts; on the way their days are noted."""
        facts = [fact_of(one) for one in recorded]
        days = self.days
        for fact in facts:
            if fact is not None:
                days[fact.position] = fact.day
                if fact.imprecise:
                    self.imprecise[fact.position] = fact.id
        return facts

    def note_begun(self, history: History) -> None:
        """Note the days of the block of positions in which the tables known end."""
        since = self._known.position
        self.note(history.events((since // BLOCK) * BLOCK + 1, since))

    def count(self, changes: r.Counts, position: int, shared: bool) -> None:  # noqa: FBT001  see `Life.replay`
        """Take in changes of counts; `shared`: others may change the same counts there too."""
        if position <= self._known.position:
            return
        for (unit, counts, day), amount in changes.items():
            if not amount:
                continue
            measure = counts if isinstance(counts, int) else self._rank(counts, position)
            if shared:
                whole = (self._unit(unit), measure, day, position)
                self.shared[whole] = self.shared.get(whole, 0) + amount
            else:
                self.deltas.extend((self._unit(unit), measure, day, position, amount))

    def _rank(self, rank: str, position: int) -> int:
        """A number for a rank while people are replayed: one after another, not yet in the order of positions."""
        found = self.ranks.get(rank)
        if found is None or position < found[1]:
            found = self.ranks[rank] = (t.LEADERS + len(self.ranks) if found is None else found[0], position)
        return found[0]


def tallied(parts: Sequence[Sums], newest: int, known: Known) -> Iterator[Batch]:
    """The rows that follow from the sums of all parts of one pass."""
    days: array[int] = array("i", map(max, zip(*(one.days for one in parts), strict=True)))
    imprecise = {position: name for one in parts for position, name in one.imprecise.items()}
    yield t.imprecise_entry, sorted(row for row in imprecise.items() if row[0] > known.position)
    ranks = _numbered(parts, known)
    yield t.leader_rank, [(number, rank) for rank, number in ranks.items() if rank not in known.ranks]
    frontiers = list(known.frontiers)
    for block in range(len(frontiers) - 1, newest // BLOCK):
        inside = [day for day in days[block * BLOCK + 1 : (block + 1) * BLOCK + 1] if day]
        frontiers.append(advanced(frontiers[-1], inside))
    begun = len(known.frontiers)
    yield t.frontier, [(block, day) for block, day in enumerate(frontiers) if block >= begun]
    order = _delta_keys(parts, ranks)
    for start in range(0, len(order), PIECE):
        rows = map(_unpacked, order[start : start + PIECE])
        yield t.headcount_delta, [(*row, amount, frontiers[block_of(row[3])]) for row, amount in rows]


def _numbered(parts: Sequence[Sums], known: Known) -> dict[str, int]:
    """Ranks with their numbers, in the order in which the ledger met them, by name where one entry brought several."""
    found = dict(known.ranks)
    met = {(position, rank) for one in parts for rank, (_, position) in one.ranks.items()}
    for _, rank in sorted(met):
        found.setdefault(rank, len(found))
    return found


def _delta_keys(parts: Sequence[Sums], ranks: Mapping[str, int]) -> list[int]:
    """The changes of counts in the order of their key: a table filled in order is smaller, and quicker to fill."""
    order: list[int] = []
    whole: dict[tuple[int, int, Day, int], int] = {}
    for one in parts:
        final = {number: t.LEADERS + ranks[rank] for rank, (number, _) in one.ranks.items()}
        flat = one.deltas
        for unit, number, day, position, amount in zip(*(flat[column::5] for column in range(5)), strict=True):
            measure = final.get(number, number)
            if measure < t.WIDTH:
                order.append(_packed(unit, measure, day, position, amount))
        for (unit, measure, day, position), amount in one.shared.items():
            key = (unit, final.get(measure, measure), day, position)
            whole[key] = whole.get(key, 0) + amount
    order.extend(_packed(*key, amount) for key, amount in whole.items() if amount and key[1] < t.WIDTH)
    order.sort()
    return order


_AMOUNT = 1 << 20
"""More than any change of one count."""


def _packed(unit: int, measure: int, day: Day, position: int, amount: int) -> int:
    """One number that sorts like the row's key: a list of a million is small, and sorted in a second."""
    return ((((unit << 5 | measure) << 22 | day) << 31 | position) << 21) | (amount + _AMOUNT)


def _unpacked(packed: int) -> tuple[tuple[int, int, Day, int], int]:
    key, amount = packed >> 21, (packed & 0x1FFFFF) - _AMOUNT
    return (key >> 58, (key >> 53) & 31, (key >> 31) & 0x3FFFFF, key & 0x7FFFFFFF), amount


assert t.WIDTH <= 32
