"""The headcount of one unit, some levels below it, or the whole jurisdiction (spec 1.4, 2.3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from ledger.domain.time import Perspective
from ledger.queries.measures import HeadcountRow
from ledger.queries.precision import imprecise_in
from ledger.queries.scope import Scope, scope_row
from ledger.queries.view import View

ONE_BY_ONE = 12
"""Up to so many rows are counted each for itself; more come from the columns of the whole jurisdiction."""


def rows_of(view: View, units: Collection[str], *, own: bool = False) -> dict[str, HeadcountRow]:
    """The rows of some units, counted in the way that is quicker for them.

    People are counted from their own periods where few units are asked about; of a unit that has none above it, hardly
    fewer than all would be counted.
    """
    structure, day = view.structure, view.day
    small = own or all(structure.parent(unit, day) is not None for unit in units)
    if small and len(units) <= ONE_BY_ONE:
        return {unit: scope_row(view, unit, own=own) for unit in units}
    from ledger.queries.columns import some_rows  # arrays, which a question about a few units needs not

    counted = some_rows(view, units, own=own)
    return {unit: counted.get(unit) or scope_row(view, unit, own=own) for unit in units}


@dataclass(frozen=True, slots=True)
class HeadcountAnswer:
    """Rows depth first, roots and siblings by unit code."""

    perspective: Perspective
    scope: Literal["own", "subtree"]
    rows: tuple[HeadcountRow, ...]
    imprecise: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The keys of spec 2.3."""
        return {
            "as_of": self.perspective.as_of.isoformat(),
            "known_at": self.perspective.known_at,
            "scope": self.scope,
            "rows": [row.to_json() for row in self.rows],
            "imprecise": list(self.imprecise),
        }


def headcount(view: View, unit: str | None = None, *, own: bool = False, depth: int | None = None) -> HeadcountAnswer:
    """One row for `unit`, with `depth` that many levels below it; without it every unit that exists at (D, K).

    A unit that does not exist on D has no row. Raises UnknownUnit.
    """
    scope: Literal["own", "subtree"] = "own" if own else "subtree"
    if unit is None:
        from ledger.queries.columns import whole_rows

        rows = whole_rows(view, own=own)
        if depth is not None:
            shown = {code for root in _roots(view) for code in _levels(view, root, depth)}
            rows = [row for row in rows if row.unit in shown]
        return HeadcountAnswer(view.perspective, scope, tuple(rows), imprecise_in(view, None))
    view.unit(unit)
    wanted = _levels(view, unit, depth or 0) if view.structure.exists(unit, view.day) else []
    flags = imprecise_in(view, Scope.of(view, unit, own=own and not depth).numbers)
    return HeadcountAnswer(view.perspective, scope, tuple(rows_of(view, wanted, own=own).values()), flags)


def _roots(view: View) -> list[str]:
    structure, day = view.structure, view.day
    return sorted(
        code for code in structure.units() if structure.exists(code, day) and structure.parent(code, day) is None
    )


def _levels(view: View, unit: str, depth: int) -> list[str]:
    """The unit and those up to `depth` levels below it, depth first by code."""
    found = [unit]
    if depth > 0:
        for child in view.structure.children(unit, view.day):
            found.extend(_levels(view, child, depth - 1))
    return found
