"""The names of single numbers: `m`, `m.<kind>`, `leaders.<rank>`, `leader_quota.<rank>` (spec 1.6 census)."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.domain.faults import UnknownMeasure
from ledger.domain.reading import nearest
from ledger.domain.terms import KIND_MEASURES, MEASURES, Establishment

OF_LEADERS = ("leaders", "leader_quota")
KIND_NAMES = tuple(f"{base}.{kind}" for base in KIND_MEASURES for kind in Establishment)


@dataclass(frozen=True, slots=True)
class MeasureName:
    """`part`: an establishment kind, or the rank of leaders; empty for the total of all kinds."""

    base: str
    part: str

    @classmethod
    def of(cls, name: str) -> MeasureName:
        """The parts of a name. Raises UnknownMeasure with the nearest one."""
        base, _, part = name.partition(".")
        if name in MEASURES or name in KIND_NAMES or (base in OF_LEADERS and part):
            return cls(base, part)
        known = [*MEASURES, *KIND_NAMES, *(f"{one}.{part or '…'}" for one in OF_LEADERS)]
        raise UnknownMeasure(name=name, nearest=nearest(name, known))
