"""Who may do what: roles are given and taken by acts, each decided and written in one transaction (spec 2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.application.part import Part
from ledger.application.recording import Receipt
from ledger.domain import acts as a
from ledger.domain.access import Access, Deed, decide_access, fold_access
from ledger.domain.faults import NotPermitted
from ledger.domain.reading import read_act
from ledger.domain.refusals import Refused
from ledger.domain.terms import Role
from ledger.domain.time import shanghai_date


class Granting(Part):
    """Part of an open ledger; the method it rests on is the ledger's."""

    officer: str

    def access(self) -> Access:
        """Who may do what, now."""
        with self.store.read() as conn:
            return fold_access(self.store.recorded(conn, [a.ACCESS]).get(a.ACCESS, []))

    def role(self) -> str:
        """The role of whoever has opened this ledger: `open_to_all` without any grant, `none` for a stranger."""
        return self.access().role_of(self.officer)

    def forbids(self, deed: Deed, *, whole: bool = False) -> Refused | None:
        """Why whoever has opened this ledger may not do this; None when it is fine.

        A look ahead, to say so before a long work begins: what is written is judged again in its transaction.
        """
        return self.access().forbids(self.officer, deed, whole=whole)

    def require(self, deed: Deed, *, whole: bool = False) -> None:
        """As `forbids`; raises NotPermitted."""
        refused = self.forbids(deed, whole=whole)
        if refused is not None:
            raise NotPermitted(refused)

    def grant_role(self, officer: str, role: Role | str, unit: str | None = None) -> Receipt | Refused:
        """Give somebody a role; an officer with `unit` records for it and everything below only."""
        return self._change(a.RoleGranted, {"officer": officer, "role": role, "unit": unit})

    def remove_role(self, officer: str) -> Receipt | Refused:
        """Take somebody's role away; what was recorded under it stays."""
        return self._change(a.RoleRemoved, {"officer": officer})

    def _change(self, model: type[a.AccessAct], given: Mapping[str, Any]) -> Receipt | Refused:
        act = read_act(model, given)
        if isinstance(act, Refused):
            return act
        with self.recording() as recording:
            world = recording.world
            today = shanghai_date(world.unit.recorded_at).toordinal()
            refused = decide_access(world.access(), act, recording.officer, world.structure, today)
            if refused is not None:
                return refused
            recorded = recording.act(a.ACCESS, act)
        return Receipt(recorded.position, recorded.event.id, recorded.recorded_at)
