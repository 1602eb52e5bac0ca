"""变动台账: one row is one entry, its columns are the keys of the entry (spec 2.2). Export writes the same table."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from ledger.domain.entries import ENTRY_TYPES
from ledger.interchange import words
from ledger.interchange.cells import Cells
from ledger.interchange.dates import ReadDate
from ledger.interchange.drafts import Draft, RawEntry, Setting, attributes_of, authority_of, dated, told_imprecise
from ledger.interchange.layouts import MOVEMENT

_OWN = frozenset({"type", "effective_on", "born_on", "effective_precision", "born_precision", "from_unit", "baseline"})
_PLAIN = tuple(
    column.key for column in MOVEMENT.columns if column.key not in _OWN and not column.key.startswith("authority.")
)
_NEW_UNIT = frozenset({"unit_established"})
"""Entry types whose `unit` is not there yet."""
_TOLD_FOR_ALL = ("unit", "name")
"""Columns that an office's register fills in for every type; where an entry has no such key they are kept aside."""
_CODES = ("unit", "parent", "stationed_at", "into", "to", "host")


def draft_movements(rows: Iterable[Cells], setting: Setting) -> list[Draft]:
    """One draft for each row."""
    founded: set[str] = set()
    drafts = []
    for cells in rows:
        draft = Draft(cells.row, remarks=cells.remarks)
        entry_type = cells.take("type")
        if entry_type is not None:
            raw = _entry(cells, setting, entry_type, founded)
            if not cells.refused:
                draft.keep([raw])
                if entry_type in _NEW_UNIT and draft.stands:
                    founded.add(raw["unit"])
        drafts.append(draft)
    return drafts


def _entry(cells: Cells, setting: Setting, entry_type: str, founded: set[str]) -> RawEntry:
    raw: RawEntry = {"type": entry_type}
    fields = ENTRY_TYPES[entry_type].model_fields
    aside = ["from_unit"]
    for key in _PLAIN:
        if key in _TOLD_FOR_ALL and key not in fields:
            aside.append(key)
        elif cells.given(key):
            value = _value(cells, key, entry_type, founded)
            if value is not None:
                raw[key] = value
    raw |= _whom_and_where(cells, setting, fields, aside, founded)
    key, listed = words.IMPLIED.get(entry_type, ("", ""))
    if key and key not in raw and not cells.given(key):
        implied = words.codes(listed).get(cells.take("type", "text"))
        raw |= {} if implied is None else {key: implied}
    for key in ("effective_on", "born_on"):
        found = cells.take(key) if cells.given(key) else None
        if isinstance(found, ReadDate):
            told_imprecise(cells, key, found)
            raw = dated(raw, found, key)
        precision = f"{key.partition('_')[0]}_precision"
        if cells.given(precision):
            raw[precision] = cells.take(precision)
    authority = authority_of(cells, setting)
    if authority is not None:
        raw["authority"] = authority
    baseline = cells.take("baseline") if cells.given("baseline") else None
    if "baseline" in fields and (baseline or (baseline is None and setting.baseline)):
        raw["baseline"] = True
    told = raw.pop("attributes", None)
    attributes = {**(told if isinstance(told, dict) else {}), **(attributes_of(cells, aside) or {})}
    if attributes:
        raw["attributes"] = attributes
    return raw


def _whom_and_where(
    cells: Cells, setting: Setting, fields: Collection[str], aside: list[str], founded: set[str]
) -> RawEntry:
    """The person where only a name is given, and the host that stands under 调入单位; their columns leave `aside`."""
    found: RawEntry = {}
    if "person" in fields and "name" not in fields:
        number = setting.people.number_of(cells)
        found |= {} if number is None else {"person": number}
        aside.remove("name")
    elif "person" in fields and cells.given("person") and cells.given("name"):
        setting.people.add(str(cells.take("person")), str(cells.take("name")))
    if "host" in fields and cells.given("unit") and not cells.given("host"):
        found["host"] = _value(cells, "unit", "", founded)
        aside.remove("unit")
    return found


def _value(cells: Cells, key: str, entry_type: str, founded: set[str]) -> Any:
    if key in _CODES:
        new = key == "unit" and entry_type in _NEW_UNIT
        text = cells.take(key, "code")
        return text if new or text in founded else cells.take(key)
    if key == "kind":
        return cells.take(key, words.KINDS_OF.get(entry_type, "text"))
    if key == "reason":
        return cells.take(key, words.REASONS_OF.get(entry_type, "text"))
    if key == "entry":
        text = str(cells.take(key) or "")
        return int(text) if text.isascii() and text.isdigit() else text.removeprefix("id:") or None
    value = cells.take(key)
    return value.isoformat() if isinstance(value, date) else value
