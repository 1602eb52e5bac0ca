"""A unit's page: its people, its numbers through time, who is lent and borrowed, its entries, its curve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType

from ledger.domain.terms import Establishment, RosterStatus
from ledger.domain.time import Perspective, add_months
from ledger.locale import N_, _, term
from ledger.queries.curve import CurveAnswer
from ledger.queries.log import LogLine
from ledger.queries.measures import HeadcountRow
from ledger.queries.pages import Order
from ledger.queries.roster import RosterLine
from ledger.queries.secondments import SecondmentLine
from tui import keys
from tui.messages import RowOpened, SortAsked
from tui.naming import Names, names_in
from tui.port import Port
from tui.screens.base import LedgerScreen
from tui.screens.entries import ENTRY_COLUMNS, entry_row, show_entry
from tui.widgets.plot import Line, Plot
from tui.widgets.table import Column, LedgerTable, Row
from tui.widgets.tabs import TabLine
from tui.words import balance, days

PARTS = tuple((key.id.removeprefix("unit."), key.label) for key in keys.UNIT)
ROSTER = (
    Column("name", N_("Full name"), 11, grow=True, middle=True),
    Column("person", N_("Code"), 16, from_width=100),
    Column("establishment", N_("Kind"), 6, below=100),
    Column("establishment_wide", N_("Kind"), 6, from_width=100),
    Column("status", N_("Status"), 8),
    Column("place", N_("Works at"), 17, grow=True, middle=True),
    Column("since", N_("Since"), 10),
    Column("until", N_("Until"), 10),
    Column("overdue", N_("Overdue"), 8, right=True),
)
SECONDMENTS = (
    Column("name", N_("Full name"), 10, grow=True, middle=True),
    Column("home", N_("From"), 14, grow=True, middle=True),
    Column("host", N_("To"), 14, grow=True, middle=True),
    Column("since", N_("Since"), 10),
    Column("until", N_("Until"), 10),
    Column("overdue", N_("Overdue"), 8, right=True),
    Column("document", N_("Document"), 14, from_width=100, grow=True),
)
SORTED: dict[str, Order] = {"name": "name", "place": "unit", "until": "until", "overdue": "until", "person": "person"}
YEARS = 10
"""How far back the curve begins."""
QUOTA_TYPES = ("quota", "leader_quota", "freeze", "census")


EMPTY = N_("Nothing to show here on this date: F4 goes to another one, F2 records.")


@dataclass(frozen=True, slots=True)
class Roster:
    """`ids` in their order; `fetch` gives the lines of some, in a worker."""

    ids: Sequence[int]
    fetch: Callable[[Sequence[int]], Sequence[Row]]


def _roster_columns() -> list[Column]:
    """Where there is room, no kind of establishment is cut in any language."""
    words = max(cell_len(term("establishment", one.value)) for one in Establishment)
    return [replace(one, width=max(words, one.width)) if one.key == "establishment_wide" else one for one in ROSTER]


class UnitPage(LedgerScreen):
    """See the module. Digits turn to another part; Enter opens a person or an entry."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.UNIT)]

    def __init__(self, unit: str, part: str = "roster") -> None:
        super().__init__()
        self.unit = unit
        self.tabs = TabLine(PARTS)
        self.tabs.active = part
        self.table = LedgerTable(_roster_columns(), id="page", empty=EMPTY)
        self.plot = Plot(id="plot")
        self._order: Order = "person"
        self._opens: dict[object, str | LogLine] = {}

    def body(self) -> ComposeResult:
        """The parts, and the one in front."""
        yield self.tabs
        yield self.table
        yield self.plot

    def on_mount(self) -> None:
        """Turn to the first part."""
        self.plot.display = False

    # ---- asking

    def ask_all(self) -> None:
        """The unit's row, and the part in front."""
        unit, where = self.unit, self.ours.where
        self.ask(lambda port: _row_of(port, port.perspective(where), unit), self._paint_row, "row")
        match self.tabs.active:
            case "roster":
                order = self._order
                self.ask(lambda port: roster(port, port.perspective(where), unit, order), self._paint_roster)
            case "secondments":
                self.ask(lambda port: _secondments(port, port.perspective(where), unit), self._paint_secondments)
            case "curve":
                self.ask(lambda port: _curves(port, port.perspective(where), unit), self._paint_curves)
            case part:
                only = part == "quota"
                self.ask(lambda port: _log(port, port.perspective(where), unit, quota=only), self._paint_log)

    def _paint_row(self, row: HeadcountRow | None) -> None:
        if row is None:
            self.status.subject = self.unit
            self.tabs.words = _("does not exist on this date")
            return
        self.status.subject = row.name
        shown = ("quota", "on_roll", "present")
        words = [f"{term('short', name)} {'-' if (n := row.measure(name)) is None else n}" for name in shown]
        self.tabs.words = " ".join([*words, balance(row.vacancies)[0]])

    def _paint_roster(self, roster: Roster) -> None:
        self.table.with_columns(_roster_columns())
        self.table.show(roster.ids, roster.fetch, local=False)

    def _paint_secondments(self, answer: tuple[Sequence[SecondmentLine], dict[str, str]]) -> None:
        lines, names = answer
        self._opens = {line.entry: line.person for line in lines}
        rows = {line.entry: _secondment_row(line, names) for line in lines}
        self.table.with_columns(SECONDMENTS)
        self.table.show(list(rows), lambda ids: [rows[one] for one in ids])

    def _paint_log(self, answer: tuple[Sequence[LogLine], Names]) -> None:
        lines, names = answer
        self._opens = {line.position: line for line in lines}
        rows = {line.position: entry_row(line, names, self._said(line)) for line in lines}
        self.table.with_columns(ENTRY_COLUMNS)
        self.table.show(list(rows), lambda ids: [rows[one] for one in ids])

    def _said(self, line: LogLine) -> tuple[str, ...]:
        """What of an entry the page says by itself: that it is about this unit."""
        return ("unit",) if line.content.get("unit") == self.unit else ()

    def _paint_curves(self, curves: Sequence[CurveAnswer]) -> None:
        signs = {"quota": "-", "present": ".", "on_roll": "#"}
        self.plot.show([Line(term("measure", one.measure), signs[one.measure], one.points) for one in curves])

    # ---- what the officer does

    def place(self) -> tuple[str, str]:
        """This page."""
        return "unit", self.unit

    def concerned(self) -> Mapping[str, object]:
        """The unit, and the people marked in its roster, or the entry under the cursor."""
        opened = self._opens.get(self.table.pointed)
        if self.tabs.active == "roster":
            chosen = set(self.table.chosen())
            rows = [self.table.row(index) for index, one in enumerate(self.table.ids) if one in chosen]
            return {"unit": self.unit, "person": [row.cells["person"] for row in rows if row is not None]}
        if isinstance(opened, LogLine):
            return {"unit": self.unit, "entry": opened.position}
        return {"unit": self.unit, **({"person": opened} if opened else {})}

    def action_tab(self, part: str) -> None:
        """Turn to a part."""
        self.tabs.active = part
        self.plot.display = part == "curve"
        self.table.display = part != "curve"
        if self.table.display:
            self.set_focus(self.table)
        self.table.show((), lambda _ids: ())
        self.ask_all()

    def on_tab_line_chosen(self, message: TabLine.Chosen) -> None:
        """Turn to the part clicked on."""
        self.action_tab(message.name)

    def on_sort_asked(self, message: SortAsked) -> None:
        """The roster in another order."""
        if self.tabs.active == "roster" and message.column in SORTED:
            self._order = SORTED[message.column]
            self.ask_all()

    def on_row_opened(self, message: RowOpened) -> None:
        """A person, or an entry in full."""
        if self.tabs.active == "roster":
            row = self.table.row(self.table.cursor)
            if row is not None:
                self.ours.show_subject("person", row.cells["person"])
            return
        opened = self._opens.get(message.row)
        if isinstance(opened, LogLine):
            show_entry(self.ours, opened)
        elif opened is not None:
            self.ours.show_subject("person", opened)


# ---- questions, asked in workers


def _row_of(port: Port, p: Perspective, unit: str) -> HeadcountRow | None:
    return next(iter(port.ledger.headcount(p, unit=unit).rows), None)


def roster(port: Port, p: Perspective, unit: str, order: Order) -> Roster:
    """Everybody of a unit. Raises UnknownUnit."""

    def fetch(numbers: Sequence[int]) -> Sequence[Row]:
        lines = port.ledger.roster_page(p, unit, numbers)
        names = port.ledger.unit_names(p, {code for line in lines.values() for code in (line.unit, line.host) if code})
        return [_roster_row(number, lines[number], names, p.as_of, unit) for number in numbers if number in lines]

    return Roster(port.roster_ids(p, unit, order), fetch)


def _secondments(port: Port, p: Perspective, unit: str) -> tuple[Sequence[SecondmentLine], dict[str, str]]:
    rows = port.ledger.secondments(p, unit=unit).rows
    return rows, port.ledger.unit_names(p, {code for line in rows for code in (line.home, line.host)})


def _log(port: Port, p: Perspective, unit: str, *, quota: bool) -> tuple[Sequence[LogLine], Names]:
    lines = port.ledger.log(unit=unit, known_at=p.known_at).entries
    shown = [line for line in lines if line.type.startswith(QUOTA_TYPES)] if quota else lines
    names = names_in(port, p, (line.content for line in shown))
    return sorted(shown, key=lambda line: (line.effective_on or "", line.position)) if quota else shown, names


def _curves(port: Port, p: Perspective, unit: str) -> Sequence[CurveAnswer]:
    end = p.as_of
    start = add_months(end, -12 * YEARS)
    return [port.ledger.curve(p, unit, measure, start, end) for measure in ("quota", "present", "on_roll")]


# ---- lines


def _roster_row(number: int, line: RosterLine, names: dict[str, str], on: date, unit: str) -> Row:
    place = names[line.host] if line.host else (names[line.unit] if line.unit != unit else _("own unit"))
    late = line.days_overdue(on)
    away = line.status in (RosterStatus.SECONDED_OUT, RosterStatus.SECONDED_IN)
    tones = {"status": "away"} if away else {}
    tones |= {"overdue": "overdue", "until": "overdue"} if late else {}
    return Row(
        number,
        {
            "name": line.name,
            "person": line.person,
            "establishment": term("establishment", line.establishment),
            "establishment_wide": term("establishment", line.establishment),
            "status": term("short_status", line.status.value),
            "place": place,
            "since": "" if line.since is None else line.since.isoformat(),
            "until": "" if line.until is None else line.until.isoformat(),
            "overdue": days(late),
        },
        tones=tones,
    )


def _secondment_row(line: SecondmentLine, names: dict[str, str]) -> Row:
    tones = {"overdue": "overdue", "until": "overdue"} if line.days_overdue else {}
    document = "" if line.authority is None else line.authority.document_no or ""
    cells = {
        "name": line.name,
        "home": names[line.home],
        "host": names[line.host],
        "since": line.started_on.isoformat(),
        "until": _("open") if line.until is None else line.until.isoformat(),
        "overdue": days(line.days_overdue),
        "document": document,
    }
    return Row(line.entry, cells, tones=tones)
