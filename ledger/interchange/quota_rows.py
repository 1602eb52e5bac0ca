"""机构编制表: one row is one unit with one kind of posts; the first row of a new unit also establishes it.

Units are told before what is below them, whatever the order of the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ledger.interchange.cells import Cells
from ledger.interchange.dates import ReadDate
from ledger.interchange.drafts import Draft, RawEntry, Setting, attributes_of, authority_of, dated, told_imprecise
from ledger.interchange.roster_rows import LEADER

_KEPT = ("short_name", "unit_rank", "plated", "funding", "target", "uncounted_leaders", "uscc")
_SAME = ("name", "kind", "parent", "stationed_at", "level")
"""What all rows of one unit must agree on."""


def draft_units(rows: Iterable[Cells], setting: Setting) -> list[Draft]:
    """One draft for each row, parents first."""
    told: dict[str, tuple[int, dict[str, Any]]] = {}
    drafts: list[Draft] = []
    above: dict[int, str | None] = {}
    units: dict[int, str | None] = {}
    for cells in rows:
        draft = Draft(cells.row, remarks=cells.remarks)
        facts = {key: cells.take(key) for key in ("unit", *_SAME, "plates")}
        raw = list(_entries(cells, setting, facts, told))
        if not cells.refused:
            draft.keep(raw)
        units[cells.row], above[cells.row] = facts["unit"], facts["parent"]
        drafts.append(draft)
    return _parents_first(drafts, units, above)


def _entries(
    cells: Cells,
    setting: Setting,
    facts: dict[str, Any],
    told: dict[str, tuple[int, dict[str, Any]]],
) -> Iterator[RawEntry]:
    on = cells.take("effective_on")
    common: RawEntry = {"unit": facts["unit"], "baseline": True, "authority": authority_of(cells, setting)}
    if isinstance(on, ReadDate):
        told_imprecise(cells, "effective_on", on)
        common = dated(common, on)
    same = {key: facts[key] for key in _SAME}
    before = told.setdefault(facts["unit"], (cells.row, same)) if facts["unit"] else (cells.row, same)
    if before[0] != cells.row and before[1] != same:
        cells.say("unit_told_twice", "unit", row=before[0], value=facts["unit"])
        return
    attributes, note = attributes_of(cells, _KEPT), cells.take("note")
    tail = {"attributes": attributes, "note": note}
    stands = setting.structure.known(facts["unit"] or "") and facts["unit"] not in setting.own
    if before[0] == cells.row and not stands:
        yield {"type": "unit_established", **common, **same, "plates": facts["plates"], **tail}
        tail = {}
    yield from _numbers(cells, common, tail)


def _numbers(cells: Cells, common: RawEntry, tail: RawEntry) -> Iterator[RawEntry]:
    establishment, posts, leaders = cells.take("establishment"), cells.take("posts"), cells.take("leader_posts")
    if posts is not None and establishment is None and not cells.given("establishment"):
        cells.say("posts_without_kind", "establishment")
    if posts is not None:
        yield {"type": "quota_set", **common, "establishment": establishment, "posts": posts, **tail}
    if leaders is not None:
        yield {"type": "leader_quota_set", **common, "rank": cells.take("leader_rank") or LEADER, "posts": leaders}


def _parents_first(
    drafts: list[Draft], units: Mapping[int, str | None], above: Mapping[int, str | None]
) -> list[Draft]:
    parent = {unit: above[row] for row, unit in units.items() if unit}
    depths: dict[str | None, int] = {}

    def depth(unit: str | None) -> int:
        seen: list[str] = []
        while unit is not None and unit not in depths and unit in parent and unit not in seen:
            seen.append(unit)
            unit = parent[unit]
        base = depths.get(unit, 0)
        for steps, one in enumerate(reversed(seen), 1):
            depths[one] = base + steps
        return depths.get(seen[0], base) if seen else base

    return sorted(drafts, key=lambda draft: depth(units[draft.row]))
