"""Rows in columns that stay in line, also with Chinese text; no boxes, so that pipes can read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ledger.cli.text import pad, shown, width

GAP = "  "


@dataclass(slots=True)
class Table:
    """Columns with titles; those named in `numbers` are set to the right. `widths`: at least so wide."""

    titles: Sequence[str]
    numbers: frozenset[int] = frozenset()
    rows: list[list[str]] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)

    def add(self, *cells: object) -> None:
        """One row; None shows as `-`. Names and other data are made harmless here."""
        self.rows.append(["-" if cell is None else shown(cell) for cell in cells])

    def lines(self) -> Iterator[str]:
        """The titles, then the rows."""
        table = [list(self.titles), *self.rows]
        least = self.widths or [0] * len(self.titles)
        self.widths = [max(least[column], *(width(row[column]) for row in table)) for column in range(len(self.titles))]
        for row in table:
            cells = [pad(cell, self.widths[column], right=column in self.numbers) for column, cell in enumerate(row)]
            yield GAP.join(cells).rstrip()
