"""The measures of one unit as an answer tells them (spec 1.4, 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.domain.quotas import LEADER
from ledger.domain.terms import ON_ROLL_KINDS


@dataclass(frozen=True, slots=True)
class KindCount:
    """The measures of one establishment kind; `quota` None: no number anywhere, then `vacancies` is None too."""

    quota: int | None = None
    on_roll: int = 0
    seconded_out: int = 0
    on_leave: int = 0
    vacancies: int | None = None

    @property
    def present(self) -> int:
        """On roll and neither seconded out nor on leave."""
        return self.on_roll - self.seconded_out - self.on_leave

    def to_json(self) -> dict[str, Any]:
        """The keys of spec 2.3."""
        return {
            "quota": self.quota,
            "on_roll": self.on_roll,
            "seconded_out": self.seconded_out,
            "on_leave": self.on_leave,
            "present": self.present,
            "vacancies": self.vacancies,
        }


@dataclass(frozen=True, slots=True)
class LeaderCount:
    """Leader positions of one rank: the quota (None: no number anywhere) and how many are held."""

    quota: int | None
    held: int

    def to_json(self) -> dict[str, Any]:
        """The keys of spec 2.3."""
        return {"quota": self.quota, "held": self.held}


@dataclass(frozen=True, slots=True)
class Counts:
    """People counted in one scope, before quotas: by kind for those on roll, and who else works there."""

    on_roll: Mapping[str, int]
    seconded_out: Mapping[str, int]
    on_leave: Mapping[str, int]
    off_establishment: int
    seconded_in: int
    dispatched_in: int
    leaders: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class HeadcountRow:
    """One unit's row."""

    unit: str
    name: str
    parent: str | None
    by_establishment: Mapping[str, KindCount]
    seconded_in: int
    off_establishment: int
    dispatched_in: int
    leaders: Mapping[str, LeaderCount] = field(default_factory=dict)

    def measure(self, name: str) -> int | None:
        """A measure by its name: `m`, `m.<kind>`, `leaders.<rank>` or `leader_quota.<rank>` (spec 1.6 census)."""
        base, _, part = name.partition(".")
        if base in ("leaders", "leader_quota"):
            found = self.leaders.get(part, LeaderCount(None, 0))
            return found.held if base == "leaders" else found.quota
        if part:
            return getattr(self.by_establishment.get(part, KindCount()), base)  # type: ignore[no-any-return]
        return getattr(self, base)  # type: ignore[no-any-return]

    @property
    def quota(self) -> int | None:
        """The sum over the kinds that have a number; None when none has (spec 1.4)."""
        numbers = [kind.quota for kind in self.by_establishment.values() if kind.quota is not None]
        return sum(numbers) if numbers else None

    @property
    def vacancies(self) -> int | None:
        """The sum of quota - on_roll over the kinds that have a number."""
        numbers = [kind.vacancies for kind in self.by_establishment.values() if kind.vacancies is not None]
        return sum(numbers) if numbers else None

    @property
    def on_roll(self) -> int:
        """Charged here with a post, wherever they work."""
        return sum(kind.on_roll for kind in self.by_establishment.values())

    @property
    def seconded_out(self) -> int:
        """On roll and working outside the scope."""
        return sum(kind.seconded_out for kind in self.by_establishment.values())

    @property
    def on_leave(self) -> int:
        """On roll, not seconded out, on leave."""
        return sum(kind.on_leave for kind in self.by_establishment.values())

    @property
    def present(self) -> int:
        """On roll and at their desks."""
        return self.on_roll - self.seconded_out - self.on_leave

    @property
    def at_work(self) -> int:
        """Everybody who really works in the scope, each once."""
        return self.present + self.off_establishment + self.seconded_in + self.dispatched_in

    def to_json(self) -> dict[str, Any]:
        """The keys of spec 2.3."""
        return {
            "unit": self.unit,
            "name": self.name,
            "parent": self.parent,
            "quota": self.quota,
            "on_roll": self.on_roll,
            "seconded_out": self.seconded_out,
            "on_leave": self.on_leave,
            "present": self.present,
            "vacancies": self.vacancies,
            "seconded_in": self.seconded_in,
            "off_establishment": self.off_establishment,
            "dispatched_in": self.dispatched_in,
            "at_work": self.at_work,
            "by_establishment": {kind: count.to_json() for kind, count in self.by_establishment.items()},
            "leaders": {rank: count.to_json() for rank, count in self.leaders.items()},
        }


def row_of(
    unit: str, name: str, parent: str | None, counts: Counts, quotas: Mapping[str, int], *, told: bool
) -> HeadcountRow:
    """A unit's row. `quotas`: scale -> number; `told`: whether vacancies may be told."""
    kinds: dict[str, KindCount] = {}
    for kind in ON_ROLL_KINDS:
        quota, on_roll = quotas.get(kind), counts.on_roll.get(kind, 0)
        if quota is None and not on_roll:
            continue
        vacancies = quota - on_roll if told and quota is not None else None
        kinds[kind.value] = KindCount(
            quota, on_roll, counts.seconded_out.get(kind, 0), counts.on_leave.get(kind, 0), vacancies
        )
    ranks = sorted({scale.removeprefix(LEADER) for scale in quotas if scale.startswith(LEADER)} | set(counts.leaders))
    leaders = {rank: LeaderCount(quotas.get(LEADER + rank), counts.leaders.get(rank, 0)) for rank in ranks}
    return HeadcountRow(
        unit, name, parent, kinds, counts.seconded_in, counts.off_establishment, counts.dispatched_in, leaders
    )
