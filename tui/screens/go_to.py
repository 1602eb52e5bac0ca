"""F4: to another date, or to what was known at another time; and the places that are kept by a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from ledger.locale import N_, _
from tui import keys
from tui.bookmarks import LONGEST, Bookmark, Bookmarks
from tui.dates import NotADate, read_typed, told
from tui.messages import RowOpened
from tui.port import Port
from tui.screens.base import LedgerScreen
from tui.where import Where, today
from tui.widgets.detail import Words
from tui.widgets.field import DateInput, LedgerInput
from tui.widgets.table import Column, LedgerTable, Row

SCAN, NEXT = 4, 5
"""The numbers of the last scan and of the first bookmark; after the bookmarks come the places one was at last."""
HINT = N_("a date, or a number of the list")
COLUMNS = (
    Column("what", N_("Date"), 24, grow=True),
    Column("on", N_("As of"), 10),
    Column("known", N_("Known"), 8),
    Column("title", N_("Shown there"), 24, grow=True, middle=True),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the list; `bookmark` where it was kept by a name."""

    name: str
    where: Where
    bookmark: Bookmark | None = None


class GoTo(LedgerScreen):
    """Two fields and the places people go to most, with numbers. Enter goes there, Ctrl+S keeps the place by a name.

    No date is one digit long: alone in the field, a digit is the number of a place, and nobody's typing is cut short.
    """

    AUTO_FOCUS = "#on"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings((*keys.GO_TO, *keys.PLACES))]

    def __init__(self, recent: Sequence[Where]) -> None:
        super().__init__()
        self.on = DateInput(id="on")
        self.known = LedgerInput(id="known")
        self.meant = Words(_(HINT), id="meant")
        self.name_field = LedgerInput(id="name", max_length=LONGEST)
        self.table = LedgerTable(COLUMNS, id="places")
        self._recent = recent
        self._scanned: date | None = None
        self._places: dict[int, Place] = {}

    def body(self) -> ComposeResult:
        """The two dates, the places, the name to keep one by."""
        with Horizontal(classes="field"):
            yield Words(_("As of"), classes="label")
            yield self.on
            yield self.meant
        with Horizontal(classes="field"):
            yield Words(_("Known"), classes="label")
            yield self.known
            yield Words(_("empty: latest; a day: its end; #9907"))
        yield self.table
        with Horizontal(classes="field"):
            yield Words(_("Bookmark"), classes="label")
            yield self.name_field
            yield Words(_("a name, or none, then Ctrl+S"))

    def on_mount(self) -> None:
        """Show the places."""
        self.status.subject = _("Go to date")
        where = self.ours.where
        self.known.value = "" if where.known_at is None else f"#{where.known_at}"
        self._show_places()

    @property
    def _below(self) -> LedgerScreen:
        """The screen this one was opened from."""
        below = self.app.screen_stack[-2]
        assert isinstance(below, LedgerScreen)
        return below

    @property
    def bookmarks(self) -> Bookmarks:
        """Those of this ledger and officer."""
        port = self.ours.port
        return Bookmarks(port.address, port.officer or "")

    def _show_places(self) -> None:
        """Bookmarks first, then the days that are always there, then the places one was at last."""
        self._places = _places(self.bookmarks.listed(), self._scanned, self._recent)
        ids = sorted(self._places, key=lambda number: (self._places[number].bookmark is None, number))
        self.table.show(ids, lambda ids: [_row(number, self._places[number]) for number in ids])

    def action_step(self, months: int) -> None:
        """The date in the box, a month on or back."""
        day, problem = self.on.read()
        if not problem:
            where = self.ours.where if day is None else self.ours.where.at(day)
            self.on.value = where.months(months).as_of.isoformat()
            self.on.action_end()

    def ask_all(self) -> None:
        """When it was scanned last: a place one goes to often."""
        self.ask(lambda port: port.scanned_on(), self._add_scan)

    def _add_scan(self, day: date | None) -> None:
        if day is not None:
            self._scanned = day
            self._show_places()

    def _numbered(self) -> Place | None:
        """The place whose number stands alone in the field."""
        typed = self.on.value.strip()
        return self._places.get(int(typed)) if len(typed) == 1 and typed.isdecimal() else None

    def on_date_input_read(self, message: DateInput.Read) -> None:
        """Say what the typed date means."""
        message.stop()
        numbered = self._numbered()
        if numbered is not None:
            self.meant.say(f"{numbered.name} {told(numbered.where.as_of)}")
        elif message.day is not None:
            self.meant.say(told(message.day))
        else:
            self.meant.say(message.problem or _(HINT))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go there; from the field of the name, keep the place."""
        event.stop()
        numbered = self._numbered() if event.input is self.on else None
        if event.input is self.name_field:
            self.action_keep()
        elif numbered is not None:
            self._go(numbered)
        else:
            self._read(lambda where: self._go(Place("", where)))

    def _read(self, then: Callable[[Where], None]) -> None:
        """The place that the two fields tell, or why there is none."""
        day, problem = self.on.read()
        if problem:
            self.notice.say(problem)
            return
        where = self.ours.where if day is None else self.ours.where.at(day)
        typed = self.known.value

        def found(there: Where | None) -> None:
            if there is None:
                self.notice.say(_("Write a date, #position, or a moment such as 2022-06-30T17:00."))
            else:
                then(there)

        self.ready = False  # the keys after it are for the screen there
        self.ask(lambda port: known_at(port, where, typed), found)

    def on_row_opened(self, message: RowOpened) -> None:
        """Go to a place of the list."""
        message.stop()
        assert isinstance(message.row, int)
        self.action_place(message.row)

    def action_place(self, number: int) -> None:
        """Go to the place of a number, if there is one."""
        if number in self._places:
            self._go(self._places[number])

    def _go(self, place: Place) -> None:
        ours, below = self.ours, self._below
        subject = None if place.bookmark is None else place.bookmark.subject
        self.leave()
        ours.go_to(place.where)
        if subject is not None and subject != below.place():
            ours.show_subject(*subject)

    # ---- bookmarks

    def action_keep(self) -> None:
        """Keep the place: the dates in the fields, and the unit or person looked at."""
        numbered = self._numbered()
        if numbered is None:
            self._read(self._keep)
        else:
            self._keep(numbered.where)

    def _keep(self, where: Where) -> None:
        below = self._below
        title = "" if below.place() is None else below.status.subject
        name = self.name_field.value.strip() or f"{title} {where.as_of.isoformat()}".strip()[-LONGEST:]
        words = _("Kept as “{name}”: F4 lists it first.").format(name=name)
        self._change(partial(self.bookmarks.keep, Bookmark(name, where, below.place(), title)), words)

    def action_drop(self) -> None:
        """Forget the bookmark under the cursor."""
        pointed = self.table.pointed
        place = self._places.get(pointed) if isinstance(pointed, int) else None
        if place is None or place.bookmark is None:
            self.notice.say(_("Only bookmarks can be removed; this place is always there."))
        else:
            self._change(partial(self.bookmarks.drop, place.bookmark.name))

    def _change(self, change: Callable[[], None], words: str = "") -> None:
        try:
            change()
        except OSError as error:
            self.tell(error)
        else:
            self.notice.say(words)
            self._show_places()


def known_at(port: Port, where: Where, typed: str) -> Where | None:
    """The knowledge that was typed; None for what is no date, position or moment."""
    text = typed.strip()
    newest = port.newest()
    if not text:
        return where.knowing(None, newest)
    if text.startswith("#") and text[1:].isdigit():
        return where.knowing(int(text[1:]), newest)
    try:
        asked = read_typed(text, today=today()).isoformat()
    except NotADate:
        asked = text
    try:
        return where.knowing(port.ledger.perspective(None, asked).known_at, newest)
    except ValueError:
        return None


def _places(kept: Sequence[Bookmark], scanned: date | None, recent: Sequence[Where]) -> dict[int, Place]:
    first = today().replace(day=1)
    always = [
        Place(_("today"), Where()),
        Place(_("last month's end"), Where(first - timedelta(days=1))),
        Place(_("last year's end"), Where(date(first.year - 1, 12, 31))),
    ]
    found = dict(enumerate(always, 1))
    if scanned is not None:
        found[SCAN] = Place(_("last scan"), Where(scanned))
    more = [Place(one.name, one.where, one) for one in kept] + [Place(_("lately"), one) for one in recent]
    return found | dict(enumerate(more, NEXT))


def _row(number: int, place: Place) -> Row:
    where = place.where
    known = _("latest") if where.known_at is None else f"#{where.known_at}"
    title = "" if place.bookmark is None else place.bookmark.title
    cells = {"what": f"{number} {place.name}", "on": where.as_of.isoformat(), "known": known, "title": title}
    return Row(number, cells, tones={} if place.bookmark is None else {"what": "strong"})
