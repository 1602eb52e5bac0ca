"""Units as the read tables keep them, in the shape the tree is asked in (spec 3.2.4 unit_period)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from ledger.domain.time import FOREVER
from ledger.domain.units import Structure, UnitVersion
from ledger.projections import tables as t

_ROWS = select(
    t.unit.c.code,
    *(t.unit_period.c[name] for name in ("d_from", "d_to", "k_from", "k_to", "name", "kind", "level", "parent")),
    *(t.unit_period.c[name] for name in ("stationed_at", "plates", "into", "cause")),
).join_from(t.unit_period, t.unit, t.unit_period.c.unit == t.unit.c.id)


def _structure(rows: Iterable[Any]) -> Structure:
    versions: dict[str, list[UnitVersion]] = {}
    for code, *row in rows:
        if row[9] == "[]":
            row[9] = ()
        else:
            row[9] = tuple(json.loads(row[9]))
        versions.setdefault(code, []).append(UnitVersion(*row))
    return Structure(versions)


def current_structure(conn: Connection) -> Structure:
    """The units as now known: what a new entry is judged by."""
    return _structure(conn.execute(_ROWS.where(t.unit_period.c.k_to == FOREVER)))


def whole_structure(conn: Connection) -> Structure:
    """The units as known at every position; ask through `Structure.at`."""
    return _structure(conn.execute(_ROWS))
