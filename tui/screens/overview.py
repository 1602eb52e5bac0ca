"""The overview: every unit of the ledger as a tree, with its measures, and bars for the one under the cursor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from ledger.domain.time import Perspective
from ledger.locale import N_, _, term
from tui.marks import fit, plain
from tui.messages import LedgerMoved, RowFolded, RowOpened, RowPointed
from tui.port import Port
from tui.screens.base import LedgerScreen
from tui.screens.beside import LEAST, Beside, PeopleBeside, ToldBeside
from tui.widgets.detail import Detail
from tui.widgets.table import Column, LedgerTable, Row
from tui.words import balance

if TYPE_CHECKING:  # the frame is painted before the first worker loads what the ledger stands on
    from ledger.queries.headcount import HeadcountAnswer
    from ledger.queries.measures import HeadcountRow

COLUMNS = (
    Column("name", N_("Unit"), 28, grow=True, middle=True),
    Column("quota", "", 4, right=True),
    Column("on_roll", "", 4, right=True),
    Column("seconded_out", "", 4, right=True),
    Column("on_leave", "", 4, right=True),
    Column("present", "", 4, right=True),
    Column("off_establishment", "", 4, right=True),
    Column("seconded_in", "", 4, right=True, gives_way=1),
    Column("dispatched_in", "", 4, right=True, gives_way=2),
    Column("at_work", "", 4, right=True, gives_way=3),
    Column("balance", "", 6, right=True),
    Column("alerts", "!", 1),
)
"""As narrow as a small county needs; wider where a number or a word is (`_wide_enough`)."""
MEASURES = tuple(column.key for column in COLUMNS if column.key not in ("name", "balance", "alerts"))


EMPTY = N_("No unit on this date: F2 sets one up, F4 goes to another date.")


class Overview(LedgerScreen):
    """See the module. Enter opens a unit, left and right fold and unfold."""

    def __init__(self) -> None:
        super().__init__()
        self.table = LedgerTable(_wide_enough(_worded(COLUMNS), ()), id="units", empty=EMPTY)
        self.people = PeopleBeside()
        self.beside: tuple[Beside, ...] = (self.people, ToldBeside())
        self.right = Vertical(id="beside")
        self.detail = Detail()
        self._rows: dict[str, HeadcountRow] = {}
        self._alerts: Mapping[str, int] = {}
        """Unit -> live alerts about it or anything below it."""
        self._depths: dict[str, int] = {}
        self._parents: set[str] = set()
        self._unfolded: set[str] | None = None

    def body(self) -> ComposeResult:
        """The tree, what stands beside its row where there is room, and what the row under the cursor is in full."""
        with Horizontal(id="tree"):
            yield self.table
            with self.right:
                yield from self.beside
        yield self.detail

    def on_mount(self) -> None:
        """The lists beside are there or not."""
        self._give_room()

    def on_resize(self) -> None:
        """The lists beside come and go with the room."""
        for one in self._give_room():
            self._ask_beside(one)

    def _give_room(self) -> Sequence[Beside]:
        """To the tree what it needs, to the lists beside it what is left; those that were not there before."""
        window, before = self.app.size.width, [one for one in self.beside if one.display]
        left = window - self.table.room - 1
        for one in self.beside:
            one.display = window >= one.window and left >= LEAST
        shown = [one for one in self.beside if one.display]
        self.right.display = bool(shown)
        self.right.styles.width = min(left, max((one.most for one in shown), default=0))
        return [one for one in shown if one not in before]

    def _ask_beside(self, one: Beside) -> None:
        unit, where = self.pointed_unit, self.ours.where
        if unit is not None and one.display:
            self.ask(lambda port: one.answer(port, where, unit), one.show_answer, str(one.id))

    def ask_all(self) -> None:
        """Every unit at the two dates."""
        where = self.ours.where
        self.ask(lambda port: _headcount(port, port.perspective(where)), self._paint)

    def _paint(self, answer: HeadcountAnswer) -> None:
        self._rows = {row.unit: row for row in answer.rows}
        self._depths = {}
        self._parents = set()
        for row in answer.rows:
            parent = row.parent if row.parent in self._rows else None
            self._depths[row.unit] = 0 if parent is None else self._depths[parent] + 1
            if parent is not None:
                self._parents.add(parent)
        self.table.with_columns(_wide_enough(_worded(COLUMNS), answer.rows))
        self._give_room()
        if self._unfolded is None:
            self._unfolded = {unit for unit, depth in self._depths.items() if depth == 0}
        self._mark()

    def _mark(self) -> None:
        """Put the alerts beside the units; they are counted when the ledger has moved, whatever date is looked at."""
        standing = self.ours.standing
        self._alerts = {} if standing is None else alerts_below(self._rows, standing.alerts_at)
        self._show()

    def _show(self) -> None:
        unfolded = self._unfolded or set()
        seen: set[str] = set()
        for unit, row in self._rows.items():
            if self._depths[unit] == 0 or (row.parent in seen and row.parent in unfolded):
                seen.add(unit)
        ids = [unit for unit in self._rows if unit in seen]
        self.table.show(ids, self._lines)

    def _lines(self, units: Sequence[str]) -> list[Row]:
        return [self._line(self._rows[unit]) for unit in units]

    def _line(self, row: HeadcountRow) -> Row:
        words, tone = balance(row.vacancies)
        cells = {key: _number(row.measure(key)) for key in MEASURES}
        cells |= {"name": row.name, "balance": words, "alerts": "!" if self._alerts.get(row.unit) else ""}
        tones = {"alerts": "overdue", **({"balance": tone} if tone else {})}
        tones |= {"seconded_out": "away"} if row.seconded_out else {}
        twig = "" if row.unit not in self._parents else ("-" if row.unit in (self._unfolded or ()) else "+")
        return Row(row.unit, cells, self._depths[row.unit], twig, tones)

    @property
    def pointed_unit(self) -> str | None:
        """The unit under the cursor."""
        pointed = self.table.pointed
        return None if pointed is None else str(pointed)

    # ---- what the officer does

    def concerned(self) -> Mapping[str, object]:
        """The unit under the cursor, and what is marked beside it."""
        pointed = self.table.pointed
        beside = self.focused.concerned() if isinstance(self.focused, Beside) else {}
        return {} if pointed is None else {"unit": pointed, **beside}

    def on_ledger_moved(self, message: LedgerMoved) -> None:
        """The alerts are those of now, also where the past is looked at."""
        if self.ours.where.is_history:
            self._mark()

    def on_row_folded(self, message: RowFolded) -> None:
        """Fold or unfold; folding a leaf goes to its parent."""
        if message.table is not self.table:
            return
        unit = str(message.row)
        unfolded = self._unfolded if self._unfolded is not None else set()
        if message.unfold and unit in self._parents:
            unfolded.add(unit)
        elif unit in unfolded:
            unfolded.discard(unit)
        elif not message.unfold:
            parent = self._rows[unit].parent
            if parent is not None:
                self.table.point(parent)
            return
        self._show()

    def on_row_pointed(self, message: RowPointed) -> None:
        """The whole name and the bars."""
        row = self._rows.get(str(message.row))
        if row is not None and message.table is self.table:
            for one in self.beside:
                self._ask_beside(one)
            self.status.subject = row.name
            alerts = self._alerts.get(row.unit, 0)
            self.detail.say(_detail(row, self.status.alerts_of(alerts) if alerts else "", self.size.width - 2))

    def on_row_opened(self, message: RowOpened) -> None:
        """The unit's page, or what stands beside it."""
        if message.table is self.table:
            self.ours.show_subject("unit", str(message.row))
        else:
            message.table.open_in(self.ours)


def _headcount(port: Port, perspective: Perspective) -> HeadcountAnswer:
    return port.ledger.headcount(perspective)


def _worded(columns: Sequence[Column]) -> list[Column]:
    """Measures have short words of their own."""
    return [one if one.label else replace(one, label=term("short", one.key)) for one in columns]


def _wide_enough(columns: Sequence[Column], rows: Sequence[HeadcountRow]) -> list[Column]:
    """Every title and every number is whole. Of thousands of units few numbers differ: each is worded once."""
    told = {key: {_number(number) for number in {row.measure(key) for row in rows}} for key in MEASURES}
    told["balance"] = {balance(number)[0] for number in {row.vacancies for row in rows}}
    return [
        replace(one, width=max(one.width, cell_len(_(one.label)), *map(cell_len, told.get(one.key, ()))))
        for one in columns
    ]


def alerts_below(rows: Mapping[str, HeadcountRow], alerts_at: Mapping[tuple[str, ...], int]) -> Mapping[str, int]:
    """Unit -> how many alerts concern it or anything below it; one that concerns several of these counts once."""
    found: Counter[str] = Counter()
    for units, count in alerts_at.items():
        above: set[str] = set()
        for code in units:
            unit: str | None = code
            while unit is not None and unit in rows and unit not in above:
                above.add(unit)
                unit = rows[unit].parent
        found.update(dict.fromkeys(above, count))
    return found


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)


def _detail(row: HeadcountRow, alerts: str, cells: int) -> str:
    """Bars of who is on roll and present; who else works there as far as there is room."""
    on_roll = _("{word} {bar} {part}/{whole}").format(
        word=term("measure", "on_roll"), bar=bar(row.on_roll, row.quota), part=row.on_roll, whole=_number(row.quota)
    )
    present = _("{word} {bar} {part}/{whole}").format(
        word=term("measure", "present"), bar=bar(row.present, row.quota), part=row.present, whole=_number(row.quota)
    )
    marked = [f"  {alerts}"] if alerts else []
    words = "".join([f"{plain(row.name)} ({plain(row.unit)})", *marked, f"  {on_roll}  {present}"])
    for name in ("at_work", "dispatched_in"):
        more = f"  {term('measure', name)} {row.measure(name)}"
        if (row.measure(name) or name == "at_work") and cell_len(words + more) <= cells:
            words += more
    return words


def bar(part: int, whole: int | None) -> str:
    """`[######....]`, full at the quota; `+` at its end where there are more."""
    if not whole:
        return fit("[-]", 3)
    cells = 10
    full = min(cells * part // whole, cells)
    return "[" + "#" * full + "." * (cells - full) + ("+" if part > whole else "]")
