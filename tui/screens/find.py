"""F3: a person or a unit from a few characters: a number, a name, or pinyin initials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from ledger.locale import N_, _, term
from ledger.queries.search import Found, FoundPerson, FoundUnit
from tui.messages import RowOpened
from tui.screens.base import LedgerScreen
from tui.widgets.detail import Words
from tui.widgets.field import LedgerInput
from tui.widgets.table import Column, LedgerTable, Row

COLUMNS = (
    Column("what", "", 6),
    Column("name", N_("Name"), 26, grow=True, middle=True),
    Column("code", N_("Code"), 16),
    Column("where", N_("Charged to, or part of"), 28, middle=True),
)
Open = Callable[[str, str], None]


EMPTY = N_("Nobody and nothing by that name on this date: F4 goes to another one.")


class Find(LedgerScreen):
    """A field and its hits. Enter opens the hit under the cursor; a single hit needs no choosing."""

    AUTO_FOCUS = "#text"
    choosing = frozenset({"down", "up"})

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.field = LedgerInput(text, id="text")
        self.table = LedgerTable(COLUMNS, id="hits", empty=EMPTY)
        self._hits: Sequence[FoundPerson | FoundUnit] = ()
        self._found_for = ""
        """The text that the hits belong to."""
        self._opens_one = False
        """Enter was pressed before the hits were there."""

    def body(self) -> ComposeResult:
        """The field above, the hits below."""
        with Horizontal(classes="field"):
            yield Words(_("Find"), classes="label")
            yield self.field
        yield self.table
        yield Words(_("name 陆琴, initials lq, number 1029; Down to the hits, Enter opens"), classes="detail")

    def on_mount(self) -> None:
        """Say what this is."""
        self.status.subject = _("Find")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for what is there now."""
        event.stop()
        self._opens_one = False
        self.ask_all()

    def ask_all(self) -> None:
        """Look at the two dates."""
        text, where = self.field.value, self.ours.where
        if text.strip():
            self.ask(lambda port: port.ledger.find(port.perspective(where), text), partial(self._paint, text))
        else:
            self._paint("", Found((), ()))

    def _paint(self, text: str, found: Found) -> None:
        self._hits, self._found_for = [*found.people, *found.units], text
        if self.field.value.strip():
            self.table.show(range(len(self._hits)), self._rows)
        if found.more:
            self.notice.say(_("There are more hits: type more."))
        if self._opens_one and len(self._hits) == 1 and self.app.screen is self:
            self._open(0)
        self._opens_one = False

    def _rows(self, ids: Sequence[int]) -> list[Row]:
        return [row_of(index, self._hits[index]) for index in ids]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open the hit under the cursor; where the hits are still those of another text, the only one to come."""
        event.stop()
        if self._found_for == self.field.value:
            self._open(self.table.pointed)
        else:
            self._opens_one, self.ready = True, False

    def on_row_opened(self, message: RowOpened) -> None:
        """Open a hit."""
        message.stop()
        self._open(message.row)

    def _open(self, index: object) -> None:
        if isinstance(index, int) and index < len(self._hits):
            hit = self._hits[index]
            kind, code = ("person", hit.person) if isinstance(hit, FoundPerson) else ("unit", hit.unit)
            ours = self.ours
            self.leave()
            ours.show_subject(kind, code)

    def on_key(self, event: events.Key) -> None:
        """Up and down walk through the hits while one types."""
        if event.key in ("down", "up") and self.focused is self.field and self._hits:
            event.stop()
            self.table.action_move(1 if event.key == "down" else -1)


def row_of(index: int, hit: FoundPerson | FoundUnit) -> Row:
    """A hit as a line; what tells people of one name apart stands beside it."""
    if isinstance(hit, FoundUnit):
        return Row(index, {"what": _("unit"), "name": hit.name, "code": hit.unit, "where": hit.parent or ""})
    place = hit.unit_name or _("not on the roll then")
    if hit.host is not None:
        place = f"{place} > {hit.host}"
    elif hit.leave is not None:
        place = f"{place} {term('leave', hit.leave)}"
    tones = {"*": "faint"} if hit.unit is None else {"where": "away"} if hit.host else {}
    cells = {"what": _("person"), "name": hit.name, "code": hit.person, "where": place}
    return Row(index, cells, tones=tones)
