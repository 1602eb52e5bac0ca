"""Chains of secondments: what runs on although paper says it ended (spec 1.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ledger.domain.time import Day
from ledger.domain.units import Structure


class Stay(NamedTuple):
    """One secondment as far as chains need it; `ended` is FOREVER while it runs."""

    key: int
    host: str
    started: Day
    ended: Day


class Chain(NamedTuple):
    """Secondments that follow each other with less than the policy's gap between them."""

    stays: tuple[Stay, ...]

    @property
    def started(self) -> Day:
        """The first start."""
        return self.stays[0].started

    def days(self, day: Day) -> int:
        """Days of the union of its secondments, up to and including `day` (spec 1.6 cumulative_over_limit)."""
        total, covered = 0, self.started
        for stay in self.stays:
            begin, end = max(stay.started, covered), min(stay.ended, day + 1)
            if end > begin:
                total += end - begin
                covered = end
        return total


def belongs_to(structure: Structure, unit: str, day: Day) -> str:
    """The statutory unit of a unit on a day; of one abolished by then, where it last belonged (spec 1.2).

    So closing an office breaks no chain, and its people may be transferred on the day it closes.
    """
    found = structure.statutory(unit, day)
    if found is not None:
        return found
    ended, last = structure.ends_on(unit, day)
    above = structure.statutory(last, ended - 1)
    if above is None or above == last:
        return last
    return structure.statutory(above, day) or above


def chains(stays: Iterable[Stay], day: Day, gap_days: int, group: Callable[[str], str] | None) -> list[Chain]:
    """The chains of one person on a day; `group` None puts all hosts together (any-host chains).

    The next joins the previous when start - latest end so far < `gap_days`; a secondment not ended by the
    day counts as ending after it; one that starts later, or never ran, is not looked at.
    """
    found: dict[str, list[list[Stay]]] = {}
    ends: dict[str, Day] = {}
    for stay in sorted(stays, key=lambda stay: (stay.started, stay.key)):
        if stay.started > day or stay.ended <= stay.started:
            continue
        host = group(stay.host) if group is not None else ""
        lines = found.setdefault(host, [])
        if lines and stay.started - ends[host] < gap_days:
            lines[-1].append(stay)
            ends[host] = max(ends[host], stay.ended)
        else:
            lines.append([stay])
            ends[host] = stay.ended
    return [Chain(tuple(line)) for lines in found.values() for line in lines]


def chain_of(found: Sequence[Chain], key: int) -> Chain:
    """The chain a secondment belongs to."""
    return next(chain for chain in found if any(stay.key == key for stay in chain.stays))
