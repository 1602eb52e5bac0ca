"""Numbers through time as steps, drawn with plain signs that every terminal and printer has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rich.text import Text
from textual.widget import Widget

from tui.marks import fit

EDGE = 6
"""Cells of the scale at the left."""


@dataclass(frozen=True, slots=True)
class Line:
    """One curve. `sign` draws it; a later line is drawn over an earlier one."""

    name: str
    sign: str
    points: Sequence[tuple[date, int | None]]


class Plot(Widget):
    """Some curves over the same dates."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: Sequence[Line] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Draw these."""
        self.lines = lines
        self.refresh()

    def render(self) -> Text:
        """The drawing, with dates below and the signs explained."""
        width, height = self.content_size.width - EDGE - 1, self.content_size.height - 2
        values = [value for line in self.lines for _on, value in line.points if value is not None]
        if not values or width < 10 or height < 3:
            return Text("")
        low, high = min(values), max(values)
        high = max(high, low + 1)
        canvas = [[" "] * width for _row in range(height)]
        for line in self.lines:
            for x in range(width):
                value = line.points[x * len(line.points) // width][1]
                if value is not None:
                    canvas[height - 1 - round((value - low) * (height - 1) / (high - low))][x] = line.sign
        labels = {0: high, height - 1: low}
        rows = [f"{labels.get(y, ''):>{EDGE}}|" + "".join(cells) for y, cells in enumerate(canvas)]
        return Text("\n".join([*rows, self._dates(width), self._legend()]), no_wrap=True, overflow="crop", end="")

    def _dates(self, width: int) -> str:
        points = self.lines[0].points
        text = ""
        place = 0
        while place + 7 <= width:
            on = points[place * len(points) // width][0]
            text = fit(text, place) + on.isoformat()[:7]
            place += 14
        return " " * (EDGE + 1) + text

    def _legend(self) -> str:
        last = [(line, line.points[-1][1]) for line in self.lines]
        words = "   ".join(f"{line.sign} {line.name} {'-' if value is None else value}" for line, value in last)
        return " " * (EDGE + 1) + words
