"""The one list of all screens: a virtual tree-table that holds ids and asks for the rows that are on the screen.

A million rows cost the memory of their ids. Rows come in blocks; those already in memory at once, others from a
worker, and until they are there their lines hold two dots.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ledger.locale import _
from tui import keys
from tui.marks import MORE, fit, fit_middle, plain, tsv, worded
from tui.messages import Failed, RowFolded, RowOpened, RowPointed, SortAsked

BLOCK = 200
"""Rows fetched at once."""
KEPT_BLOCKS = 40
GAP = 1
"""Cells between columns."""
MARKED = "*"
RIGHT = 3
"""The other button of the mouse: what can be recorded about the row."""


@dataclass(frozen=True, slots=True)
class Column:
    """`label`: a message id or a word. `from_width`, `below`: shows in tables at least so wide, or narrower.

    `gives_way`: where not all fit, the highest goes first; those with none stay.
    `grow`: takes what is left over. `middle`: a text too long is cut in its middle.
    """

    key: str
    label: str
    width: int
    right: bool = False
    from_width: int = 0
    gives_way: int = 0
    below: int = 10_000
    grow: bool = False
    middle: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line, in words. `twig`: `+` a folded branch, `-` an unfolded one. `tones`: column -> why it is coloured."""

    id: Hashable
    cells: Mapping[str, str]
    depth: int = 0
    twig: str = ""
    tones: Mapping[str, str] = field(default_factory=dict)


Fetch = Callable[[Sequence[Any]], Sequence[Row]]
NOTHING: Sequence[Any] = ()


def room_of(columns: Sequence[Column]) -> int:
    """Cells that columns take beside one another."""
    return sum(column.width + GAP for column in columns) - GAP


class LedgerTable(ScrollView, can_focus=True):
    """See the module. Its owner answers RowOpened, RowPointed, RowFolded and SortAsked."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.TABLE)]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--title",
        "table--cursor",
        "table--marked",
        *(f"table--{tone}" for tone in ("over", "vacant", "away", "overdue", "faint", "strong")),
    }

    cursor: var[int] = var(0, init=False)
    quiet = False
    """Its cursor shows only while it has the focus: it stands beside another list."""

    def __init__(self, columns: Iterable[Column], *, id: str | None = None, empty: str = "") -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.empty = empty
        self.ids: Sequence[Any] = NOTHING
        self.marked: set[Hashable] = set()
        self._fetch: Fetch | None = None
        self._local = True
        self._blocks: OrderedDict[int, Sequence[Row]] = OrderedDict()
        self._wanted: set[int] = set()
        self._generation = 0

    # ---- what is shown

    def show(self, ids: Sequence[Any], fetch: Fetch, *, local: bool = True) -> None:
        """Show these rows. `fetch` gives the rows of some ids; unless `local` it is called in a worker.

        The cursor stays on the row it was on, where that still is among the ids near it.
        """
        before = self.pointed
        self.ids, self._fetch, self._local = ids, fetch, local
        self._blocks.clear()
        self._wanted.clear()
        self._generation += 1
        self.marked &= set(ids) if self.marked else set()
        self._measure()
        self.set_reactive(LedgerTable.cursor, self._found(before))
        self._follow()
        self.refresh()
        self._say_pointed()

    def _found(self, before: Hashable | None) -> int:
        last = max(len(self.ids) - 1, 0)
        if before is not None:
            try:
                return self.ids.index(before)
            except ValueError:
                pass
        return min(self.cursor, last)

    def with_columns(self, columns: Iterable[Column]) -> None:
        """Show other columns."""
        self.columns = tuple(columns)
        self.refresh()

    @property
    def pointed(self) -> Hashable | None:
        """The id under the cursor."""
        return self.ids[self.cursor] if 0 <= self.cursor < len(self.ids) else None

    def chosen(self) -> list[Hashable]:
        """The marked ids in order, else the one under the cursor."""
        if self.marked:
            return [one for one in self.ids if one in self.marked]
        return [] if self.pointed is None else [self.pointed]

    def point(self, row: Hashable) -> None:
        """Move the cursor to an id, if it is there."""
        if row in self.ids:
            self.cursor = self.ids.index(row)

    # ---- rows, by blocks

    def row(self, index: int) -> Row | None:
        """The row at a place; None while a worker is fetching it."""
        number = index // BLOCK
        block = self._blocks.get(number)
        if block is None:
            block = self._load(number)
        else:
            self._blocks.move_to_end(number)
        place = index % BLOCK
        return block[place] if block is not None and place < len(block) else None

    def _load(self, number: int) -> Sequence[Row] | None:
        if self._fetch is None:
            return None
        ids = self.ids[number * BLOCK : (number + 1) * BLOCK]
        if self._local:
            rows = self._fetch(ids)
            self._keep(number, rows)
            return rows
        if number not in self._wanted:
            self._wanted.add(number)
            work = partial(self._fetch_block, self._fetch, ids, number, self._generation)
            self.run_worker(work, thread=True, group="blocks", exit_on_error=False)
        return None

    def _fetch_block(self, fetch: Fetch, ids: Sequence[Any], number: int, generation: int) -> None:
        try:
            rows = fetch(ids)
        except Exception as error:  # noqa: BLE001  a worker hands its error on; the screen tells it
            self.post_message(Failed("blocks", generation, error))
            return
        self.app.call_from_thread(self._arrived, rows, number, generation)

    def _arrived(self, rows: Sequence[Row], number: int, generation: int) -> None:
        if generation != self._generation:
            return
        self._wanted.discard(number)
        self._keep(number, rows)
        self.refresh()
        if self.cursor // BLOCK == number:
            self._say_pointed()

    def _keep(self, number: int, rows: Sequence[Row]) -> None:
        self._blocks[number] = rows
        while len(self._blocks) > KEPT_BLOCKS:
            self._blocks.popitem(last=False)

    # ---- geometry

    def _measure(self) -> None:
        self.virtual_size = Size(max(self.cells, 1), len(self.ids) + 1)

    def on_resize(self) -> None:
        """The table is as wide as its place; the cursor stays in sight."""
        self._measure()
        self._follow()

    @property
    def cells(self) -> int:
        """Cells of a line, beside the scroll bar."""
        return self.scrollable_content_region.width

    @property
    def room(self) -> int:
        """Cells in which all columns are seen, with the edge and the scroll bar."""
        return room_of(self.columns) + 2

    @property
    def page_rows(self) -> int:
        """Rows that fit below the titles."""
        return max(self.size.height - 1, 1)

    def _follow(self) -> None:
        top = self.scroll_offset.y
        if self.cursor < top:
            self._scroll(self.cursor)
        elif self.cursor >= top + self.page_rows:
            self._scroll(self.cursor - self.page_rows + 1)

    def _scroll(self, top: int) -> None:
        self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def widths(self) -> list[tuple[Column, int]]:
        """The columns that show, with the cells each has."""
        whole = self.cells - 1
        shown = [column for column in self.columns if column.from_width <= self.cells < column.below]
        sure = self.size.width - 2  # a column does not go because a scroll bar comes
        while room_of(shown) > sure and any(column.gives_way for column in shown):
            shown.remove(max(shown, key=lambda column: column.gives_way))
        used = room_of(shown)
        growing = [column for column in shown if column.grow]
        spare = max(whole - used, 0)
        extra = {column.key: spare // len(growing) for column in growing}
        return [(column, column.width + extra.get(column.key, 0)) for column in shown]

    # ---- painting

    def render_line(self, y: int) -> Strip:
        """The titles, then the rows in sight."""
        width = self.cells
        if y == 0:
            return self._title_line(width)
        index = self.scroll_offset.y + y - 1
        if index >= len(self.ids):
            text = worded(_(self.empty)) if not self.ids and y == 1 and self._fetch is not None else ""
            return self._strip([(" " + text, self.rich_style)], width, self.rich_style)
        row = self.row(index)
        return self._row_line(row, index, width)

    def _title_line(self, width: int) -> Strip:
        style = self.get_component_rich_style("table--title")
        text = (" " * GAP).join(
            fit(_(column.label) if column.label else "", cells, right=column.right) for column, cells in self.widths()
        )
        return self._strip([(" " + text, style)], width, style)

    def _row_line(self, row: Row | None, index: int, width: int) -> Strip:
        at_cursor = index == self.cursor and (self.has_focus or not self.quiet)
        base = self.get_component_rich_style("table--cursor") if at_cursor else self.rich_style
        if row is None:
            return self._strip([(f" {MORE}", base)], width, base)
        edge = MARKED if row.id in self.marked else (">" if at_cursor else " ")
        pieces = [(edge, base)]
        for place, (column, cells) in enumerate(self.widths()):
            if place:
                pieces.append((" " * GAP, base))
            pieces.append((self._cell(row, column, cells, first=place == 0), self._tone(row, column, base, at_cursor)))
        return self._strip(pieces, width, base)

    def _cell(self, row: Row, column: Column, cells: int, *, first: bool) -> str:
        text = plain(row.cells.get(column.key, ""))
        if first and (row.depth or row.twig):
            lead = "  " * row.depth + {"+": "+ ", "-": "- "}.get(row.twig, "  ")
            cells -= len(lead)
            return lead + (fit_middle(text, cells) if column.middle else fit(text, cells))
        return fit_middle(text, cells) if column.middle else fit(text, cells, right=column.right)

    def _tone(self, row: Row, column: Column, base: Style, at_cursor: bool) -> Style:  # noqa: FBT001  one caller
        tone = row.tones.get(column.key) or row.tones.get("*")
        if not tone or at_cursor:
            return base
        return self.get_component_rich_style(f"table--{tone}")

    def _strip(self, pieces: Iterable[tuple[str, Style]], width: int, base: Style) -> Strip:
        return Strip([Segment(text, style) for text, style in pieces]).adjust_cell_length(width, base)

    # ---- moving

    def watch_cursor(self, before: int, after: int) -> None:
        """Repaint two lines only, unless the list has to scroll."""
        top = self.scroll_offset.y
        self._follow()
        if self.scroll_offset.y == top:
            for index in (before, after):
                self.refresh(Region(0, index - top + 1, self.size.width, 1))
        self._say_pointed()

    def validate_cursor(self, cursor: int) -> int:
        """Never outside the rows."""
        return min(max(cursor, 0), max(len(self.ids) - 1, 0))

    def _say_pointed(self) -> None:
        pointed = self.pointed
        if pointed is not None:
            self.post_message(RowPointed(self, pointed))

    def action_move(self, rows: int) -> None:
        """So many rows down."""
        self.cursor += rows

    def action_page(self, pages: int) -> None:
        """So many pages down; the list scrolls with the cursor."""
        step = pages * max(self.page_rows - 1, 1)
        self._scroll(min(max(self.scroll_offset.y + step, 0), max(len(self.ids) - self.page_rows, 0)))
        self.cursor += step

    def action_first(self) -> None:
        """To the first row."""
        self.cursor = 0

    def action_last(self) -> None:
        """To the last row."""
        self.cursor = len(self.ids) - 1

    # ---- acting

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self.pointed is not None:
            self.post_message(RowOpened(self, self.pointed))

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away, and go on."""
        if self.pointed is None:
            return
        self.marked ^= {self.pointed}
        self.refresh()
        self.cursor += 1

    def action_unfold(self) -> None:
        """Show what is below the row."""
        self._turn(unfold=True)

    def action_fold(self) -> None:
        """Hide what is below the row."""
        self._turn(unfold=False)

    def _turn(self, *, unfold: bool) -> None:
        if self.pointed is not None:
            self.post_message(RowFolded(self, self.pointed, unfold=unfold))

    def action_copy(self) -> None:
        """The marked rows, or this one, to the clipboard, as columns for a spreadsheet."""
        rows = [row for index, one in enumerate(self.ids) if self._copied(one) and (row := self.row(index)) is not None]
        shown = [column for column, _cells in self.widths()]
        lines = [[_(column.label) for column in shown]]
        lines += [[row.cells.get(column.key, "") for column in shown] for row in rows]
        self.app.copy_to_clipboard(tsv(lines))
        self.app.notify(_("Rows copied: {count}.").format(count=len(rows)))

    def _copied(self, row: Hashable) -> bool:
        return row in self.marked if self.marked else row == self.pointed

    # ---- the mouse

    def on_click(self, event: events.Click) -> None:
        """Titles sort, the sign of a branch folds, a second click opens a row, the right button records about it."""
        if event.y == 0:
            column = self._column_at(event.x)
            if column is not None:
                self.post_message(SortAsked(self, column))
            return
        index = self.scroll_offset.y + event.y - 1
        if index >= len(self.ids):
            return
        again = index == self.cursor and event.chain > 1
        self.cursor = index
        if event.button == RIGHT:
            self.app.call_later(self.app.run_action, "app.record_menu")
            return
        row = self.row(index)
        if row is not None and row.twig and event.x <= 2 * row.depth + 2:
            self.post_message(RowFolded(self, row.id, unfold=row.twig == "+"))
        elif again:
            self.action_open()

    def _column_at(self, x: int) -> str | None:
        left = 1
        for column, cells in self.widths():
            if left <= x < left + cells + GAP:
                return column.key
            left += cells + GAP
        return None
