"""盘点表: the rows of one unit, date and source are one claim; compared with the ledger, never obeyed (2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ledger.interchange import words
from ledger.interchange.cells import Cells, tidy
from ledger.interchange.dates import ReadDate
from ledger.interchange.drafts import Draft, RawEntry, Setting, attributes_of, dated, told_imprecise

_WHOLE = frozenset({"", "合计", "总计", "全部", "total"})
_RANKED = ("leaders", "leader_quota")
_SUM = re.compile(r"\d{1,6}([+-]\d{1,6})+", re.ASCII)
_KEPT = ("reading", "parts", "filled_in_by", "note")


def draft_census(rows: Iterable[Cells], setting: Setting) -> list[Draft]:
    """One draft for each row; the first row of a claim carries its entry, the others point to it."""
    claims: dict[tuple[Any, ...], tuple[Draft, RawEntry, dict[str, int]]] = {}
    drafts = []
    for cells in rows:
        draft = Draft(cells.row, remarks=cells.remarks)
        drafts.append(draft)
        unit, on, source = cells.take("unit"), cells.take("effective_on"), cells.take("source")
        measure, value = _measure(cells), cells.take("value")
        _check_parts(cells, value)
        if cells.refused or measure is None or not isinstance(on, ReadDate):
            continue
        told_imprecise(cells, "effective_on", on)
        key = (unit, str(on), source)
        raw: RawEntry = {
            "type": "census_claimed",
            "unit": unit,
            "source": source,
            "authority": dict(setting.authority) or None,
        }
        first, claim, places = claims.setdefault(key, (draft, dated(raw, on), {}))
        if measure in places:
            cells.say("claimed_twice", "measure", row=places[measure])
            continue
        places[measure] = cells.row
        claim.setdefault("measures", {})[measure] = value
        _keep(claim, cells, measure)
        draft.of = None if first is draft else first
    for first, claim, _places in claims.values():
        first.keep([claim])
    return drafts


def _measure(cells: Cells) -> str | None:
    measure = cells.take("measure")
    group = tidy(str(cells.take("group", "text") or "")) if cells.given("group") else ""
    if measure is None or group in _WHOLE:
        return f"{measure}.领导" if measure in _RANKED else measure
    if measure in _RANKED:
        return f"{measure}.{group}"
    kind = words.codes("establishment").get(group)
    if kind is None:
        expected = "、".join(ways[0] for ways in words.ESTABLISHMENT.values())
        cells.say("unknown_word", "group", value=group, expected=expected)
    return f"{measure}.{kind}"


def _keep(claim: RawEntry, cells: Cells, measure: str | None) -> None:
    told = attributes_of(cells, _KEPT) or {}
    for title, text in told.items():
        claim.setdefault("attributes", {})[f"{measure} {title}"[:120]] = text


def _check_parts(cells: Cells, value: int | None) -> None:
    """A sum that does not make its number is a finding of the census, not a fault of the file (ecosystem 7.4)."""
    parts = cells.take("parts") if cells.given("parts") else None
    if parts is None or value is None:
        return
    text = str(parts).replace(" ", "").replace("＋", "+")
    if _SUM.fullmatch(text):
        total = sum(int(one) for one in re.findall(r"[+-]?\d+", text))
        if total != value:
            cells.say("parts_differ", "parts", value=text, read=total)
