"""What a register is, before it has a form on paper: a head, tables, and how each number can be traced."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledger.bootstrap import Ledger
from ledger.domain.time import SHANGHAI, Perspective, from_microseconds
from ledger.locale import N_, _
from ledger.persistence.seals import Footing

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Field:
    """One column. `title` is a message id; `measure`: the number of `sledger explain` that stands in it.

    `opening`: as at the beginning of the period.
    """

    key: str
    title: str
    number: bool = False
    measure: str = ""
    opening: bool = False
    width: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """What the measures of a line count: a unit with all below it or `own`, and one kind or every one.

    `parts`: measure -> the ranks whose numbers it adds up, for a measure that is only told rank by rank.
    """

    unit: str
    kind: str = ""
    own: bool = False
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Block:
    """One table of a register. `total`: the last line, None without one.

    `origins`, where a field has a measure: that of every row; `whole`: that of the total.
    """

    title: str
    fields: Sequence[Field]
    rows: list[list[Cell]] = field(default_factory=list)
    total: list[Cell] | None = None
    note: str = ""
    origins: list[Origin] = field(default_factory=list)
    whole: Origin | None = None

    def add_total(self, label: str) -> None:
        """Sum every column of numbers; a column without any number stays empty."""
        sums: list[Cell] = []
        for column, one in enumerate(self.fields):
            numbers = [row[column] for row in self.rows if isinstance(row[column], int)]
            sums.append(sum(n for n in numbers if isinstance(n, int)) if one.number and numbers else None)
        sums[0] = label
        self.total = sums

    def records(self) -> list[dict[str, Cell]]:
        """The rows by key."""
        return [{one.key: cell for one, cell in zip(self.fields, row, strict=True)} for row in self.rows]


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns of a block's numbers, drawn beside each other; `labels`: the neighbouring columns that name a line."""

    title: str
    block: int
    columns: Sequence[str]
    labels: Sequence[str] = ("name", "establishment")


@dataclass(slots=True)
class Register:
    """A register at a perspective. `footing`: the chain's hash and the seal that prove what it rests on."""

    name: str
    title: str
    unit: str
    unit_name: str
    perspective: Perspective
    footing: Footing
    period: tuple[date, date] | None = None
    blocks: list[Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    chart: Chart | None = None
    opening: Perspective | None = None
    """Where the period's opening figures come from."""
    questions: list[str] = field(default_factory=list)
    """Commands that give the people and entries of the whole register."""

    @property
    def head(self) -> list[str]:
        """What stands below the title."""
        when = {"on": self.perspective.as_of.isoformat()}
        line = _("Closing date: {on}").format(**when)
        if self.period is not None:
            first, last = (one.isoformat() for one in self.period)
            line = _("From {first} to {last}").format(first=first, last=last)
        return [_("Unit: {name} ({unit})").format(name=self.unit_name, unit=self.unit), line]

    @property
    def small_print(self) -> list[str]:
        """What the register rests on."""
        told, at = self.footing.to_json(), self.footing.recorded_at
        when = "-" if at is None else f"{from_microseconds(at).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        position = self.perspective.known_at
        known = _("As known at {time}, entry no. {position}").format(time=when, position=position)
        notes = (note.rstrip("。.") for note in self.notes)  # they are joined with semicolons
        lines = [*notes, known, _("Chain {tip}").format(tip=told["tip"][:16])]
        if told["seal"] is not None:
            text = _("Sealed up to entry no. {position}: {tip}, key {key}, {sealed_at}")
            lines.append(text.format(**{**told["seal"], "tip": told["seal"]["tip"][:16]}))
        return lines

    def to_json(self) -> dict[str, Any]:
        """The keys of docs/reference/json/report.schema.json."""
        return {
            "report": self.name,
            "title": self.title,
            "unit": self.unit,
            "unit_name": self.unit_name,
            "as_of": self.perspective.as_of.isoformat(),
            "known_at": self.perspective.known_at,
            **self.footing.to_json(),
            "period": None if self.period is None else [one.isoformat() for one in self.period],
            "tables": [{"title": one.title, "rows": one.records()} for one in self.blocks],
            "notes": list(self.notes),
        }


SIGNATURES = (N_("Prepared by"), N_("Checked by"), N_("Head of unit"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a register is asked for."""

    unit: str
    perspective: Perspective
    first: date | None = None
    """The first day of a period that ends on the perspective's date."""
    months: int = 12


Making = Callable[[Ledger, Asked], Register]


def begin(ledger: Ledger, asked: Asked, name: str, title: str) -> Register:
    """A register without tables yet. Raises UnknownUnit."""
    p = asked.perspective
    with ledger.view(p) as view:
        view.unit(asked.unit)
        version = view.structure.version(asked.unit, view.day)
    unit_name = asked.unit if version is None else version.name
    return Register(name, title, asked.unit, unit_name, p, ledger.footing(p.known_at))


def worded_month(day: date | None) -> str | None:
    """A birth date as registers write it, to the month."""
    return None if day is None else f"{day:%Y-%m}"
