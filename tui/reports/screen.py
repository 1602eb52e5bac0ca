"""F8: what can be written to a file, with its rows as they will stand there. Ctrl+S writes, Enter never does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import platformdirs
from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from ledger.cli.text import shown
from ledger.locale import N_, _
from tui import keys
from tui.dates import NotADate, read_typed, told
from tui.forms.state import Picked
from tui.marks import plain, tsv
from tui.messages import RowFolded, RowOpened, RowPointed
from tui.port import Port
from tui.reports.catalogue import FIRST, MONTHS, REPORTS, Report
from tui.reports.making import Made, Shown, Wanted, Written, cells_of, make, save, units
from tui.screens.base import LedgerScreen
from tui.where import today
from tui.widgets.detail import Filled, Words
from tui.widgets.field import LedgerInput
from tui.widgets.table import Column, LedgerTable, Row

LIST = (
    Column("title", N_("Report"), 24),
    Column("forms", N_("Formats"), 33, from_width=150),
    Column("about", N_("What it tells"), 20, grow=True),
)
WIDEST = 28
"""Cells of a column of the rows below."""


def _list() -> list[Column]:
    """Titles are whole in every language; what they tell gives way."""
    title, *others = LIST
    return [replace(title, width=max(cell_len(_(one.title)) for one in REPORTS.values())), *others]


class Reports(LedgerScreen):
    """See the module. Digits go to the fields, Left and Right move through the columns of the rows below."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.REPORTS)]

    def __init__(self, unit: str | None = None, report: str = "secondments") -> None:
        super().__init__()
        self.table = LedgerTable(_list(), id="reports")
        self.scope, self.period, self.file = LedgerInput(id="scope"), LedgerInput(id="period"), LedgerInput(id="file")
        self.meant = {"unit": Words(id="scope-meant"), "period": Words(id="period-meant")}
        self.labels = {"period": Words(classes="label")}
        self.forms = Words(id="forms")
        self.head, self.stamp = Words(id="rows-head"), Filled(id="stamp")
        self.rows = LedgerTable((), id="rows-shown")
        self.of: Picked | None = Picked(unit, unit) if unit else None
        self.made: Made | None = None
        self._report = REPORTS[report]
        self._form: dict[str, str] = {}
        self._named = ""
        """The file's name as it was offered; one typed over it stays."""
        self._block = 0
        self._from_column = 0

    def body(self) -> ComposeResult:
        """The list, the fields, the rows."""
        yield self.table
        with Horizontal(classes="field"):
            yield Words(f"1 {_('Scope')}", classes="label")
            yield self.scope
            yield self.meant["unit"]
        with Horizontal(classes="field"):
            yield Words(f"2 {_('Format')}", classes="label")
            yield self.forms
        with Horizontal(classes="field"):
            yield self.labels["period"]
            yield self.period
            yield self.meant["period"]
        with Horizontal(classes="field"):
            yield Words(f"4 {_('File')}", classes="label")
            yield self.file
        yield self.head
        yield self.rows
        yield self.stamp

    def on_mount(self) -> None:
        """Fill the list; the first question follows from the row it points at."""
        self.status.subject = _("Reports")
        self.table.show(list(REPORTS), lambda ids: [_row(REPORTS[one]) for one in ids])
        self.table.point(self._report.id)

    def concerned(self) -> Mapping[str, object]:
        """The unit it is about."""
        return {"unit": self.unit} if self.unit else {}

    @property
    def unit(self) -> str | None:
        """The unit it is about."""
        return None if self.of is None else self.of.code

    # ---- asking

    @property
    def form(self) -> str:
        """`.xlsx` and the like: of the file's name."""
        return Path(self.file.value).suffix.lower()

    def ask_all(self) -> None:
        """Find the rows of what is pointed at."""
        if self.of is None:
            where, text = self.ours.where, self.scope.value
            self.ask(lambda port: units(port, where, text), self._scoped, "scope")
            return
        wanted = self._wanted()
        if wanted is not None:
            self._made(None)
            self.ask(lambda port: _named_and_made(port, wanted), self._found)

    def _scoped(self, found: list[Picked]) -> None:
        text = self.scope.value.strip()
        exact = [one for one in found if text.upper() == one.code.upper() or text == one.name] or found
        if len(exact) == 1:
            self.of = exact[0]
            self.ask_all()
        else:
            names = _(", ").join(one.name for one in found[:6])
            told_as = _("Several fit: {names}").format(names=names) if found else _("Nothing fits.")
            self.meant["unit"].say(told_as)

    def _wanted(self) -> Wanted | None:
        """The question, from what was typed; None where that cannot be."""
        report, text = self._report, self.period.value.strip()
        wanted = Wanted(report, self.ours.where, "" if self.of is None else self.of.code)
        if not text or not report.period:
            return wanted
        if report.period == MONTHS:
            if text.isdecimal() and 1 <= int(text) <= 120:
                return replace(wanted, months=int(text))
            self.meant["period"].say(_("A whole number from 1 to 120."))
            return None
        try:
            return replace(wanted, first=read_typed(text, today=today()))
        except NotADate as problem:
            self.meant["period"].say(_(str(problem)))
            return None

    def _found(self, answer: tuple[str, Made]) -> None:
        name, made = answer
        if made.wanted != self._wanted():
            return  # something else is pointed at by now; its answer is on the way
        if self.of is not None and made.wanted.report.of_unit:
            self.of = Picked(self.of.code, name)
            if not self.scope.has_focus:
                self.scope.value = name
            self.meant["unit"].say(f"{name} ({self.of.code})")
        self._made(made)

    # ---- painting

    def on_row_pointed(self, message: RowPointed) -> None:
        """Another report."""
        if message.table is self.table:
            self._report = REPORTS[str(message.row)]
            self._named = self.file.value = self.file.value.strip()  # another report: another name in the same folder
            self._block = self._from_column = 0
            self.period.value = ""
            self._say_fields()
            self.ask_all()

    def _say_fields(self) -> None:
        report = self._report
        label = {FIRST: _("Since"), MONTHS: _("Months")}.get(report.period, _("Period"))
        self.labels["period"].say(f"3 {label}")
        self.period.disabled = not report.period
        self.scope.disabled = not report.of_unit
        on = self.ours.where.as_of.isoformat()
        hints = {
            FIRST: _("empty: as usual for it; up to {on}").format(on=on),
            MONTHS: _("empty: 12; from {on} on").format(on=on),
        }
        self.meant["period"].say(hints.get(report.period, _("on {on}").format(on=on)))
        if not report.of_unit:
            self.meant["unit"].say(_("the whole ledger, at its newest"))

    def _made(self, made: Made | None) -> None:
        self.made = made
        self.rows.empty = N_("None.") if made is not None else ""
        if made is None:
            self.head.say(_("Looking for its rows .."))
            self.rows.show((), lambda _ids: ())
            self.stamp.say("")
            return
        self._offer_name(made)
        self.stamp.say(made.stamp)
        self._show_rows()

    def _offer_name(self, made: Made) -> None:
        """Title, unit, date and entry: the same question gets the same name; a name that was typed stays."""
        if self.file.value not in ("", self._named):
            return
        form = self._form.get(made.wanted.report.id, made.wanted.report.forms[0])
        p = made.perspective
        unit = [self.of.name] if self.of is not None and made.wanted.report.of_unit else []
        parts = [_(made.wanted.report.title), *unit, p.as_of.isoformat(), str(p.known_at)]
        folder = Path(self._named).parent if self._named else Path(platformdirs.user_documents_dir())
        self._named = str(folder / ("_".join(map(_harmless, parts)) + form))
        self.file.value = self._named
        self._say_form()
        self.file.cursor_position = len(self._named)

    def _show_rows(self) -> None:
        assert self.made is not None
        tables = self.made.tables
        pieces = [f"{one.title} {one.count}" for one in tables]
        pieces[self._block] = f"[{pieces[self._block]}]"
        more = _("5: next table") if len(tables) > 1 else ""
        self.head.say("  ".join([_("Rows"), *pieces, more]))
        table = tables[self._block]
        lines = list(cells_of(table.rows))
        self.rows.with_columns(_columns(table, lines)[self._from_column :])
        self.rows.show(range(len(lines)), lambda ids: [Row(one, _by_place(lines[one])) for one in ids])

    def on_row_opened(self, message: RowOpened) -> None:
        """Enter: from the list to the rows."""
        message.stop()
        self.set_focus(self.rows)

    def on_row_folded(self, message: RowFolded) -> None:
        """Through the columns of the rows, from either list."""
        message.stop()
        if self.made is not None:
            last = len(self.made.tables[self._block].titles) - 1
            self._from_column = min(max(self._from_column + (1 if message.unfold else -1), 0), last)
            self._show_rows()

    # ---- the fields

    def action_field(self, name: str) -> None:
        """To a field, what stands there marked, so that typing replaces it."""
        field = {"unit": self.scope, "period": self.period, "file": self.file}[name]
        if field.disabled:
            self.notice.say(_("This report asks for no such thing."))
            return
        self.set_focus(field)
        field.action_select_all() if name != "file" else field.action_end()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what a date means while it is typed."""
        event.stop()
        if event.input is self.period and event.value.strip() and self._report.period == FIRST:
            try:
                self.meant["period"].say(told(read_typed(event.value, today=today())))
            except NotADate as problem:
                self.meant["period"].say(_(str(problem)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Look at it anew; nothing is written."""
        event.stop()
        if event.input is self.scope:
            self.of = None
        self.set_focus(self.table)
        if event.input is not self.file:
            self.ask_all()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """A unit that was typed and not taken gives way to the one in force."""
        if event.widget is self.scope and self.of is not None:
            self.scope.value = self.of.name

    def action_form(self) -> None:
        """The next form of a file: of its name."""
        forms, current = self._report.forms, self.form
        following = forms[(forms.index(current) + 1) % len(forms)] if current in forms else forms[0]
        self._form[self._report.id] = following
        path = Path(self.file.value)
        renamed = str(path.with_suffix(following)) if path.name else ""
        if self.file.value == self._named:
            self._named = renamed
        self.file.value = renamed
        self._say_form()

    def _say_form(self) -> None:
        """The forms there are, the one of the file's name in brackets."""
        self.forms.say(" ".join(f"[{one}]" if one == self.form else one for one in self._report.forms))

    def action_block(self) -> None:
        """The next table of a register."""
        if self.made is not None:
            self._block = (self._block + 1) % len(self.made.tables)
            self._from_column = 0
            self._show_rows()

    # ---- writing and copying

    def action_write(self) -> None:
        """Write the file; a file of another content that is there is never replaced."""
        made, path = self.made, Path(self.file.value.strip()).expanduser()
        if made is None:
            self.notice.say(_("Its rows are not there yet."))
        elif path.suffix.lower() not in made.wanted.report.forms:
            forms = _(", ").join(made.wanted.report.forms)
            self.notice.say(_("{file}: the name must end with one of {forms}.").format(file=shown(path), forms=forms))
            self.set_focus(self.file)
        else:
            self.notice.say(_("Writing .."))
            self.ask(lambda port: save(port, made, path), self._written, "write")

    def _written(self, done: Written) -> None:
        words = (
            _("{file} is there already, with the same {count} bytes.")
            if done.already
            else _("Written to {file}: {count} bytes.")
        )
        self.notice.say(words.format(file=shown(done.path), count=done.size))

    def action_copy(self) -> None:
        """The table below to the clipboard, as columns for a spreadsheet."""
        if self.made is None:
            self.notice.say(_("Its rows are not there yet."))
            return
        table = self.made.tables[self._block]
        self.app.copy_to_clipboard(tsv([list(table.titles), *cells_of(table.rows)]))
        self.app.notify(_("Rows copied: {count}.").format(count=len(table.rows)))


def _named_and_made(port: Port, wanted: Wanted) -> tuple[str, Made]:
    made = make(port, wanted)
    name = port.ledger.unit_names(made.perspective, [wanted.unit])[wanted.unit] if wanted.unit else ""
    return name, made


def _row(report: Report) -> Row:
    return Row(report.id, {"title": _(report.title), "forms": " ".join(report.forms), "about": _(report.about)})


def _columns(table: Shown, lines: list[list[str]]) -> list[Column]:
    """As wide as what stands in them."""
    found = []
    for place, title in enumerate(table.titles):
        widest = max([cell_len(title), *(cell_len(plain(line[place])) for line in lines[:200])])
        found.append(Column(str(place), title, min(max(widest, 2), WIDEST), right=place in table.numbers, middle=True))
    return found


def _by_place(line: list[str]) -> dict[str, str]:
    return {str(place): cell for place, cell in enumerate(line)}


def _harmless(part: str) -> str:
    """A part of a file's name: no separator, no leading dot, nothing that steers a terminal."""
    return "".join("-" if sign in '/\\:*?"<>|' or not sign.isprintable() else sign for sign in part).strip(". ") or "-"
