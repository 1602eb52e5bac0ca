"""A person's years as a strip of signs, one or more months to a cell."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text
from textual.widget import Widget

from ledger.locale import _
from ledger.queries.months import Months, MonthState
from tui.marks import fit

SIGNS: Mapping[MonthState, str] = {
    MonthState.NOWHERE: " ",
    MonthState.CHARGED: "=",
    MonthState.SECONDED: ">",
    MonthState.OVERDUE: "!",
    MonthState.ON_LEAVE: "x",
}
WEIGHT = (MonthState.NOWHERE, MonthState.CHARGED, MonthState.ON_LEAVE, MonthState.SECONDED, MonthState.OVERDUE)
"""Of several months in one cell the gravest shows."""
EDGE = 6


class MonthStrip(Widget):
    """Years above, states below, signs explained."""

    def __init__(self) -> None:
        super().__init__()
        self.months: Months | None = None

    def show(self, months: Months) -> None:
        """Draw these."""
        self.months = months
        self.refresh()

    def render(self) -> Text:
        """Three lines."""
        found = self.months
        if found is None or not found.states:
            return Text("")
        room = max(self.content_size.width - EDGE - 1, 12)
        each = -(-len(found.states) // room)
        cells = [found.states[at : at + each] for at in range(0, len(found.states), each)]
        signs = "".join(SIGNS[max(part, key=WEIGHT.index)] for part in cells)
        years = ""
        for place in range(len(cells)):
            year, month = divmod(found.first.year * 12 + found.first.month - 1 + place * each, 12)
            if month < each and len(years) <= place:
                years = years.ljust(place) + f"{year} "
        away = found.count(MonthState.SECONDED, MonthState.OVERDUE)
        words = _("= charged  > seconded  ! overdue  x on leave   seconded {away} months, {late} of them overdue")
        lines = [
            fit(_("Years"), EDGE) + years,
            fit(_("State"), EDGE) + signs,
            " " * EDGE + words.format(away=away, late=found.count(MonthState.OVERDUE)),
        ]
        return Text("\n".join(lines), no_wrap=True, overflow="crop", end="")
