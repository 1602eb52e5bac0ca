"""A spreadsheet into the ledger: chosen, checked with each cell that is wrong, confirmed by its number of rows.

Nothing is recorded by looking: Ctrl+S records, once the number of rows was typed. Enter never does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

import platformdirs
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from ledger.cli.troubles import trouble_of
from ledger.locale import N_, _
from tui import keys
from tui.forms.host import FormHost
from tui.forms.menu import form_is_open
from tui.importing.reading import Heading, Listed, Looked, Wanted, check, files_in, name_heading, record
from tui.marks import worded
from tui.messages import LedgerMoved, RowOpened, RowPointed
from tui.permission import why_not
from tui.screens.base import LedgerScreen
from tui.widgets.detail import Words
from tui.widgets.field import DateInput, LedgerInput
from tui.widgets.notice import Notice
from tui.widgets.table import Column, LedgerTable, Row

FILES = (
    Column("name", N_("File"), 40, grow=True, middle=True),
    Column("size", N_("Size"), 10, right=True),
    Column("changed", N_("Changed"), 16),
)
SAID = (
    Column("mark", N_("Sign"), 4),
    Column("place", N_("Cell"), 16),
    Column("what", N_("What is said about it"), 40, grow=True),
)
COLUMNS = (Column("what", N_("Column"), 40, grow=True),)
TONES = {"x": {"*": "over"}, "!": {"*": "vacant"}, "?": {"*": "away"}}
UNDATED = ("closing_date_missing", "closing_dates_differ")
"""What is wrong with a file can be said in the field of its day."""
LEFT_OUT = "-"
"""What `sledger import --map` calls a column that is left out."""


class ImportPage(LedgerScreen):
    """See the module. The list below shows files, then what is said about one, then what a heading may mean."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.IMPORT)]

    def __init__(self) -> None:
        super().__init__()
        self.inputs: dict[str, LedgerInput] = {
            "file": LedgerInput(id="file"),
            "closing": DateInput(id="closing"),
            "document": LedgerInput(id="document"),
            "count": LedgerInput(id="count"),
        }
        self.meant = {name: Words() for name in ("closing", "document", "baseline", "count")}
        self.is_baseline = Words(id="baseline")
        self.head = Words(id="import-head")
        self.table = LedgerTable(FILES, id="import-list")
        self.problem = Notice()
        self.looked: Looked | None = None
        self._baseline = False
        self._folder = _first_folder()
        self._files: list[Listed] = []
        self._heading: Heading | None = None
        self._recording = False
        self._stop = Event()

    def body(self) -> ComposeResult:
        """The fields, what was found, the list, and its row in full."""
        with Horizontal(classes="field"):
            yield Words(f"1 {_('File')}", classes="label")
            yield self.inputs["file"]
        labels = ((2, "closing", _("Closing date")), (3, "document", _("Document no.")))
        for number, name, label in labels:
            with Horizontal(classes="field"):
                yield Words(f"{number} {label}", classes="label")
                yield self.inputs[name]
                yield self.meant[name]
        with Horizontal(classes="field"):
            opening = _("Opening data")
            yield Words(f"4 {opening}", classes="label")
            yield self.is_baseline
            yield self.meant["baseline"]
        with Horizontal(classes="field"):
            yield Words(f"5 {_('Row count')}", classes="label")
            yield self.inputs["count"]
            yield self.meant["count"]
        yield self.head
        yield self.table
        yield self.problem

    def on_mount(self) -> None:
        """Begin with the files of the folder used last."""
        self.status.subject = _("Import a spreadsheet")
        self.meant["closing"].say(_("empty: the day the table itself tells"))
        self.meant["document"].say(_("of the rows that name none"))
        self.meant["baseline"].say(_("yes: what was true when the ledger began, no late entries"))
        self._say_baseline()

    def on_unmount(self) -> None:
        """Whoever leaves the program records no further rows."""
        self._stop.set()

    def ask_all(self) -> None:
        """The files to choose from; a file that was checked stays as it was found, until F5."""
        if self.looked is None:
            self._list(self._folder)

    def on_ledger_moved(self, message: LedgerMoved) -> None:
        """Recording checks every row anew; here only the line at the top follows."""
        self.stand()

    def waiting(self, seconds: int) -> tuple[str, str]:
        """What goes on, and what Esc does about it."""
        if self._recording:
            return _("Recording, {seconds} s so far ..").format(seconds=seconds), _(
                "Esc stops; what is recorded by then stays."
            )
        return _("Checking, {seconds} s so far ..").format(seconds=seconds), _("Nothing is recorded. Esc goes back.")

    # ---- choosing

    def _list(self, folder: Path) -> None:
        self.ask(lambda _port: (folder, files_in(folder)), self._listed, "files")

    def _listed(self, found: tuple[Path, list[Listed]]) -> None:
        self._folder, self._files = found
        self.looked = self._heading = None
        self.inputs["file"].value = f"{self._folder}/"
        self.inputs["count"].value = ""
        self.meant["count"].say("")
        self.problem.say("")
        self.head.say(
            _("Rosters, units and posts, movements, counts, as xlsx, xls, et, ods or csv; Enter checks one.")
            + "\n"
            + _("Empty tables to fill in: sledger template.")
        )
        self.table.empty = N_("No spreadsheet and no folder is here.")
        self.table.with_columns(FILES)
        self.table.show(range(len(self._files)), lambda ids: [_file_row(one, self._files[one]) for one in ids])
        self.table.action_first()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Look at the file as it is described now; nothing is recorded."""
        event.stop()
        self.set_focus(self.table)
        if event.input is self.inputs["file"]:
            path = Path(event.value.strip()).expanduser()
            if path.is_dir():
                self._list(path)
            else:
                self._check(path)
        elif event.input is not self.inputs["count"] and self.looked is not None:
            self._check(self.looked.wanted.path)

    def on_row_opened(self, message: RowOpened) -> None:
        """A file is checked, a folder opened, a heading named."""
        message.stop()
        index = message.row
        if self._heading is not None:
            self._take(self._heading, str(index))
        elif not isinstance(index, int):
            return
        elif self.looked is None:
            chosen = self._files[index]
            if chosen.is_folder:
                self._list(chosen.path)
            else:
                self._check(chosen.path)
        else:
            heading = self.looked.line(index).heading
            if heading is not None:
                self._ask_about(heading)

    # ---- checking

    def action_check_again(self) -> None:
        """The same file once more: it was mended, or others recorded."""
        if self.looked is None:
            self._list(self._folder)
        else:
            self._check(self.looked.wanted.path)

    def _check(self, path: Path) -> None:
        closing = self.inputs["closing"]
        assert isinstance(closing, DateInput)
        day, problem = closing.read()
        forbidden = why_not(self.ours)
        if problem or forbidden or self._recording:
            self.notice.say(problem or forbidden)
            return
        wanted = Wanted(path, day, self.inputs["document"].value.strip(), self._baseline)
        self.inputs["file"].value = str(path)
        self.head.say(_("Checking {file} ..").format(file=path.name))
        self.ask(lambda port: check(port, wanted), self._checked, "import")

    def tell(self, error: Exception, more: str = "") -> None:
        """What went wrong; what the screen can do about it is said in its own words."""
        self._recording = False
        if self.looked is None and self._files:
            self.head.say(_("Nothing was recorded."))
        if getattr(error, "code", "") in UNDATED:
            self.set_focus(self.inputs["closing"])
            self.notice.say(trouble_of(error).message, _("Type it in field 2, then press Enter in field 1."))
        else:
            super().tell(error, more)

    def _checked(self, looked: Looked) -> None:
        self.looked, self._heading, self._recording = looked, None, False
        self.inputs["count"].value = ""
        self.head.say(looked.words)
        self.meant["count"].say(_confirming(looked))
        self._show_said()
        if looked.wrote:
            done = _("Rows of {file} recorded: {count}.").format(count=looked.new, file=looked.wanted.path.name)
            self.app.notify(done, timeout=8)

    def _show_said(self) -> None:
        looked = self.looked
        assert looked is not None
        self.table.empty = N_("Nothing is wrong with any row.")
        self.table.with_columns(SAID)
        self.table.show(range(len(looked)), lambda ids: [_said_row(one, looked) for one in ids])
        self.table.action_first()
        self.set_focus(self.table)
        if not len(looked):
            self.problem.say("")

    def on_row_pointed(self, message: RowPointed) -> None:
        """The row in full, with what to do about it."""
        looked, index = self.looked, message.row
        if looked is not None and self._heading is None and isinstance(index, int) and index < len(looked):
            said = looked.line(index)
            self.problem.say(" ".join(filter(None, (said.place, said.sentence))), said.remedy)
            self.problem.set_class(not said.mark, "plain")  # nothing is wrong

    # ---- an office's own headings

    def _ask_about(self, heading: Heading) -> None:
        self._heading = heading
        columns = [*heading.columns, (LEFT_OUT, _("leave it out"))]
        rows = [Row(key, {"what": title}) for key, title in columns]
        self.problem.say(_("What is the column “{heading}”?").format(heading=heading.text), _("Enter takes it."))
        self.table.with_columns(COLUMNS)
        self.table.show([row.id for row in rows], lambda ids: [row for row in rows if row.id in ids])
        self.table.action_first()

    def _take(self, heading: Heading, key: str) -> None:
        assert self.looked is not None
        path = self.looked.wanted.path
        self.ask(lambda _port: name_heading(heading, key), lambda _done: self._check(path), "heading")

    # ---- the fields

    def action_field(self, name: str) -> None:
        """To a field; what stands in the file's is kept, to be changed at its end."""
        field = self.inputs[name]
        self.set_focus(field)
        if name == "file":
            field.action_end()
        else:
            field.action_select_all()

    def action_baseline(self) -> None:
        """Whether the rows are opening data."""
        self._baseline = not self._baseline
        self._say_baseline()
        if self.looked is not None:
            self._check(self.looked.wanted.path)

    def _say_baseline(self) -> None:
        yes, no = _("yes"), _("no")
        self.is_baseline.say(f"[{yes}] {no}" if self._baseline else f"{yes} [{no}]")

    def on_date_input_read(self, message: DateInput.Read) -> None:
        """Say what the typed date means."""
        message.stop()
        from tui.dates import told

        empty = _("empty: the day the table itself tells")
        self.meant["closing"].say(message.problem or (empty if message.day is None else told(message.day)))

    # ---- recording

    def action_record(self) -> None:
        """Record what was checked, once the number of its rows was typed."""
        looked, typed = self.looked, unicodedata.normalize("NFKC", self.inputs["count"].value).strip()
        forbidden = why_not(self.ours)
        if forbidden:
            self.notice.say(forbidden)
        elif self._recording:
            self.notice.say(_("The rows are being recorded; Esc stops."))
        elif looked is None:
            self.notice.say(_("Choose a file first: it is checked, then its rows can be recorded."))
        elif looked.wrote or not looked.new:
            self.notice.say(_("No row of it is left to be recorded."))
        elif typed != str(looked.new):
            self.notice.say(_confirming(looked))
            self.action_field("count")
        else:
            self._record(looked)

    def _record(self, looked: Looked) -> None:
        self._recording = True
        self._stop.clear()
        self.notice.say("")
        self.head.say(_("Recording .. Esc stops"))
        self.set_focus(self.table)
        tell = partial(self.app.call_from_thread, self._told)
        self.ask(lambda port: record(port, looked, tell, self._stop), self._checked, "import")

    def _told(self, done: int, total: int) -> None:
        self.head.say(_("{done} of {total} ..").format(done=done, total=total) + " " + _("Esc stops"))

    def action_stop(self) -> None:
        """Stop recording; else one step back: from a heading to the list, to the files, to the screen before."""
        if self._recording:
            self._stop.set()
            self.head.say(_("Stopping after the rows at hand .."))
        elif self._heading is not None:
            self._heading = None
            self._show_said()
        elif self.looked is not None:
            self._list(self.looked.wanted.path.parent)
        else:
            self.leave()


def open_import(host: FormHost) -> None:
    """The files to choose from; where nothing may be recorded, why."""
    forbidden = why_not(host)
    if forbidden:
        host.notify(forbidden, timeout=6)
    elif not form_is_open(host) and not isinstance(host.screen, ImportPage):
        host.show(ImportPage())


def _first_folder() -> Path:
    documents = Path(platformdirs.user_documents_dir())
    return documents if documents.is_dir() else Path.home()


def _confirming(looked: Looked) -> str:
    if looked.wrote or not looked.new:
        return ""
    if looked.refused:
        words = _("type {count} and Ctrl+S: these rows are recorded, {refused} are left out")
    else:
        words = _("type {count} and Ctrl+S to record these rows")
    return words.format(count=looked.new, refused=looked.refused)


def _file_row(index: int, one: Listed) -> Row:
    if one.is_folder:
        return Row(index, {"name": f"{one.path.name}/"} if index else {"name": "../"}, tones={"*": "faint"})
    changed = "" if one.changed is None else f"{one.changed:%Y-%m-%d %H:%M}"
    return Row(index, {"name": one.path.name, "size": f"{one.size:,}", "changed": changed})


def _said_row(index: int, looked: Looked) -> Row:
    one = looked.line(index)
    cells: Mapping[str, Any] = {"mark": one.mark, "place": one.place, "what": worded(one.sentence)}
    return Row(index, cells, tones=TONES.get(one.mark, {}))
