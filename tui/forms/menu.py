"""F2: every form, the usual ones by a digit; and the drafts left from before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from ledger.locale import N_, _
from tui import keys
from tui.forms.catalogue import BY_ID, FORMS, FormSpec
from tui.forms.drafts import Draft, words_of
from tui.forms.fields import PICKED, fields_of
from tui.forms.form import FormFields
from tui.forms.host import FormHost, as_form_host
from tui.forms.opening import open_draft, open_form
from tui.messages import RowOpened
from tui.permission import why_not
from tui.screens.base import LedgerScreen
from tui.widgets.detail import Detail
from tui.widgets.table import Column, LedgerTable, Row

MENU = (
    Column("digit", N_("Key"), 4),
    Column("title", N_("Form"), 22, grow=True),
    Column("group", N_("About"), 26),
    Column("initials", N_("Initials"), 8),
    Column("type", N_("Entry"), 20, from_width=90),
)
DRAFTS = (
    Column("saved", N_("Kept"), 16),
    Column("title", N_("Form"), 16),
    Column("words", N_("Typed so far"), 30, grow=True),
)


def in_order() -> list[FormSpec]:
    """Those with a digit first, then the others as they stand in the catalogue."""
    return sorted(FORMS, key=lambda one: (not one.digit, (int(one.digit) - 1) % 10 if one.digit else 0))


def filled_in(spec: FormSpec, concerned: Mapping[str, object]) -> Mapping[str, object]:
    """What of the screen below goes into a form: only whom or what the entry is about, never a second unit."""
    subject = next((one for one in fields_of(spec) if one.key == spec.subject), None)
    value = concerned.get(spec.subject)
    if subject is None or subject.kind not in PICKED or not value:
        return {}
    if isinstance(value, list) and not subject.many:
        value = value[0]
    return {spec.subject: value}


class FormMenu(LedgerScreen):
    """See the module. Where nothing may be recorded the menu says why, and opens nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.MENU)]

    def __init__(self, concerned: Mapping[str, object]) -> None:
        super().__init__()
        self.filled = concerned
        self.table = LedgerTable(MENU, id="forms")
        self.reason = Detail(id="reason")

    def body(self) -> ComposeResult:
        """The list, and why it may be closed."""
        yield self.table
        yield self.reason

    def ask_all(self) -> None:
        """Nothing is asked: the list is data."""
        self.status.subject = _("Record")
        drafts = len(as_form_host(self.ours).forms.drafts.left())
        forms = in_order()
        usual = [one.id for one in forms if one.digit]
        ids = [*(["drafts"] if drafts else []), *usual, "import", *(one.id for one in forms if not one.digit)]
        self.table.show(ids, lambda wanted: [self._row(str(one), drafts) for one in wanted])
        self.reason.say(why_not(self.ours) or _("A digit or Enter opens a form; nothing is recorded before Ctrl+S."))

    def _row(self, form: str, drafts: int) -> Row:
        if form == "drafts":
            return Row(form, {"digit": "!", "title": _("Drafts: {count}").format(count=drafts)}, tones={"*": "vacant"})
        faint = {"*": "faint"} if why_not(self.ours) else {}
        if form == "import":
            cells = {"title": _("Import a spreadsheet"), "group": _("Many at once"), "initials": "drbg"}
            return Row(form, cells, tones=faint)
        one = BY_ID[form]
        cells = {
            "digit": one.digit,
            "title": one.title,
            "group": _(one.group),
            "initials": one.initials,
            "type": one.type,
        }
        return Row(form, cells, tones=faint)

    def on_row_opened(self, message: RowOpened) -> None:
        """Open what is under the cursor."""
        message.stop()
        self._open(str(message.row))

    def action_open_digit(self, digit: str) -> None:
        """Open the form of a digit."""
        self._open(next(one.id for one in FORMS if one.digit == digit))

    def _open(self, form: str) -> None:
        host = as_form_host(self.ours)
        forbidden = why_not(host)
        if form == "drafts":
            self.leave()
            host.show(DraftList())
        elif forbidden:
            self.notice.say(forbidden)
        elif form == "import":
            self.leave()
            self.app.call_later(self.app.run_action, "app.import_table")
        else:
            open_form(host, form, filled_in(BY_ID[form], self.filled), instead=True)


class DraftList(LedgerScreen):
    """Drafts of this ledger and officer. Enter goes on with one, Delete throws it away, Esc leaves them."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.DRAFTS)]

    def __init__(self) -> None:
        super().__init__()
        self.table = LedgerTable(DRAFTS, id="drafts", empty=N_("There is no draft."))
        self._drafts: dict[str, Draft] = {}

    def body(self) -> ComposeResult:
        """The list."""
        yield self.table
        self.hint = Detail(id="reason")
        yield self.hint

    def ask_all(self) -> None:
        """Read them anew."""
        self.status.subject = _("Drafts")
        self._drafts = {one.entry_id: one for one in as_form_host(self.ours).forms.drafts.left()}
        self.table.show(list(self._drafts), self._rows)
        self.hint.say(_("Typed and not recorded. Enter: go on. Delete: throw away. Esc: later."))

    def on_screen_resume(self) -> None:
        """Back from a form."""
        self.ask_all()

    def _rows(self, ids: Sequence[str]) -> list[Row]:
        return [self._row(self._drafts[one]) for one in ids]

    def _row(self, draft: Draft) -> Row:
        saved = draft.saved_at[:16].replace("T", " ")
        title = BY_ID[draft.form].title if draft.ref is None else _("Correct no. {position}").format(position=draft.ref)
        return Row(draft.entry_id, {"saved": saved, "title": title, "words": " ".join(words_of(draft))})

    def on_row_opened(self, message: RowOpened) -> None:
        """Go on with it."""
        message.stop()
        open_draft(as_form_host(self.ours), self._drafts[str(message.row)])

    def action_drop(self) -> None:
        """Throw it away; nothing of the ledger changes."""
        pointed = self.table.pointed
        if pointed is not None:
            as_form_host(self.ours).forms.drafts.drop(str(pointed))
            self.ask_all()


def open_menu(host: FormHost) -> None:
    """Every form by its digit or name."""
    if not form_is_open(host) and not isinstance(host.screen, FormMenu):
        host.show(FormMenu(_concerned(host)))


def open_here(host: FormHost, form: str) -> None:
    """One form, filled in with what the screen in front is about."""
    if not form_is_open(host):
        open_form(host, form, filled_in(BY_ID[form], _concerned(host)))


def open_again(host: FormHost) -> None:
    """The form recorded last once more, with the same document, unit and dates."""
    done = host.forms.last_form
    if not done:
        host.notify(_("Nothing was recorded yet since the program started."), timeout=6)
    elif not form_is_open(host):
        open_form(host, done, filled_in(BY_ID[done], _concerned(host)), again=True)


def shows_drafts(host: FormHost) -> bool:
    """Whether drafts are shown, before the program is left; not a second time."""
    if isinstance(host.screen, DraftList) or not host.forms.drafts.left():
        return False
    host.show(DraftList())
    host.notify(_("These drafts are kept for the next time. Ctrl+Q again leaves."), timeout=8)
    return True


def form_is_open(host: FormHost) -> bool:
    """Whether a form is in front, which is left first; it says so."""
    is_open = isinstance(host.screen, FormFields)
    if is_open:
        host.notify(_("A form is open: Esc leaves it and keeps its draft."), timeout=4)
    return is_open


def _concerned(host: FormHost) -> Mapping[str, object]:
    return host.screen.concerned() if isinstance(host.screen, LedgerScreen) else {}


def open_drafts(host: FormHost) -> None:
    """What was typed and not recorded."""
    if not isinstance(host.screen, DraftList):
        host.show(DraftList())
