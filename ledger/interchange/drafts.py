"""What a row of a table comes to, before the ledger has judged it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledger.domain.entries import Entry
from ledger.domain.reading import read_entry
from ledger.domain.refusals import Refused
from ledger.domain.terms import Precision
from ledger.domain.units import Structure
from ledger.interchange.cells import Cells
from ledger.interchange.dates import ReadDate
from ledger.interchange.people import People
from ledger.interchange.remarks import WARNINGS, Remark

RawEntry = dict[str, Any]


@dataclass(slots=True)
class Draft:
    """One row. `entries`: what would be recorded, in order; `remarks`: about its cells; `refused`: by the ledger.

    `of`: the draft that carries the entry this row is a part of (a census has one entry for many rows).
    """

    row: int
    entries: list[Entry] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    refused: Refused | None = None
    of: Draft | None = None
    id_number: str | None = field(default=None, repr=False)
    """A valid identity number of the person, in its normal form; it goes into no entry."""

    @property
    def stands(self) -> bool:
        """Whether nothing refuses the row."""
        if self.of is not None and not self.of.stands:
            return False
        if self.refused is not None:
            return False
        return not self.remarks or all(remark.code in WARNINGS for remark in self.remarks)

    def keep(self, raw: Iterable[RawEntry]) -> None:
        """Read the entries of the row; the first that cannot be one refuses it."""
        for one in raw:
            read = read_entry(one)
            if isinstance(read, Refused):
                self.refused = read
                self.entries.clear()
                return
            self.entries.append(read[0])


@dataclass(frozen=True, slots=True)
class Setting:
    """What rows are read with: units and people of the ledger, the closing date, what the whole file rests on.

    `own`: units that these very bytes have established before, so that their rows come to the same entries again.
    """

    structure: Structure
    closing: date | None
    authority: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    baseline: bool = False
    people: People = field(default_factory=People)
    own: Collection[str] = ()

    def place(self, text: str) -> str | Remark:
        """The code of the unit that a cell names by its code or its name."""
        if self.structure.known(text):
            return text
        found = self.names.get(text, ())
        if len(found) == 1:
            return found[0]
        if found:
            return Remark("unit_not_unique", {"value": text, "expected": ", ".join(sorted(found))})
        return Remark("unit_not_found", {"value": text})


def names_of(structure: Structure) -> dict[str, list[str]]:
    """Every name a unit has or had -> the codes of those that are called so."""
    found: dict[str, list[str]] = {}
    for code in structure.units():
        for version in structure.versions(code):
            codes = found.setdefault(version.name, [])
            if code not in codes:
                codes.append(code)
    return found


Drafting = Callable[[Iterable[Cells], Setting], list[Draft]]
"""Rows, and what they are read with -> drafts, one for each row."""


def dated(raw: RawEntry, found: ReadDate | date, key: str = "effective_on") -> RawEntry:
    """The entry with a date in it, and its precision where that is not the day (spec 2.2)."""
    if isinstance(found, date):
        return {**raw, key: found}
    raw = {**raw, key: found.on}
    if found.precision is not Precision.DAY:
        raw["born_precision" if key == "born_on" else "effective_precision"] = found.precision.value
    return raw


_PAPERS = tuple((name, f"authority.{name}") for name in ("document_no", "issued_by", "issued_on", "title", "sha256"))


def authority_of(cells: Cells, setting: Setting) -> dict[str, Any] | None:
    """The document of a row; where it names none, the one the whole file rests on."""
    found: dict[str, Any] = {}
    for name, key in _PAPERS:
        if cells.given(key):
            value = cells.take(key)
            if isinstance(value, ReadDate):
                if value.precision is not Precision.DAY:
                    told_imprecise(cells, key, value)
                    cells.extras[cells.title(key)] = str(value)
                    continue
                value = value.on
            if value is not None:
                found[name] = value
    return found or dict(setting.authority) or None


def attributes_of(cells: Cells, keys: Iterable[str]) -> dict[str, str] | None:
    """Columns that no answer rests on are kept as they are (spec 2.2 attributes)."""
    found = dict(cells.extras)
    for key in keys:
        if cells.given(key):
            value = cells.take(key, "text")
            if value is not None:
                found[cells.title(key)] = str(value)
    return found or None


def told_imprecise(cells: Cells, key: str, found: ReadDate) -> None:
    """Say that a date is known to the month or year only."""
    if found.precision is not Precision.DAY:
        cells.say("imprecise", key)
