"""What a check of the whole ledger found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.persistence.chain import ChainReport
from ledger.persistence.seals import SealsReport

if TYPE_CHECKING:  # its module works with arrays
    from ledger.projections.differences import Difference


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check found: the chain's report, and every read table that differs from the log."""

    chain: ChainReport
    tables: tuple[Difference, ...]
    seals: SealsReport | None = None

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return self.chain.fault is None and not self.tables and (self.seals is None or self.seals.fault is None)

    def to_json(self) -> dict[str, Any]:
        """`ok`, `positions`, `tip`, `fault`, `tables`."""
        fault = self.chain.fault
        told = None if fault is None else {"position": fault.position, "kind": fault.kind}
        tables = [{"table": one.table, "stored": one.stored, "due": one.due} for one in self.tables]
        return {
            "ok": self.ok,
            "positions": self.chain.positions,
            "tip": self.chain.tip.hex(),
            "fault": told,
            "tables": tables,
            "seals": "not_checked" if self.seals is None else self.seals.to_json(),
        }
