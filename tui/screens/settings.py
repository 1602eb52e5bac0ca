"""Language, colours, plain signs, and the keys; each choice is kept in the user's settings file."""

from __future__ import annotations

from collections.abc import Iterator

from textual import events
from textual.app import ComposeResult

from ledger import locale
from ledger.locale import N_, _
from tui import keys, preferences
from tui.marks import Plainness
from tui.messages import RowOpened
from tui.screens.base import LedgerScreen
from tui.themes import THEMES
from tui.widgets.detail import Words
from tui.widgets.table import Column, LedgerTable, Row

COLUMNS = (
    Column("what", N_("Setting"), 30, grow=True),
    Column("value", N_("Value"), 30),
)
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


class Settings(LedgerScreen):
    """One line a setting; Enter takes its next value, or asks for a key."""

    def __init__(self) -> None:
        super().__init__()
        self.table = LedgerTable(COLUMNS, id="settings")
        self._rows: list[Row] = []

    def body(self) -> ComposeResult:
        """The list."""
        yield self.table
        yield Words(_("Enter changes a line; kept in your sledger.toml"), classes="detail")

    def on_mount(self) -> None:
        """Show it."""
        self.status.subject = _("Settings")
        self._show()

    def on_screen_resume(self) -> None:
        """A key may have been chosen."""
        super().on_screen_resume()
        self._show()

    def _show(self) -> None:
        self._rows = list(self._settings())
        by_id = {row.id: row for row in self._rows}
        self.table.show(list(by_id), lambda ids: [by_id[one] for one in ids])

    def _settings(self) -> Iterator[Row]:
        yield Row("language", {"what": _("Language"), "value": LANGUAGE_NAMES[locale.language()]})
        yield Row("theme", {"what": _("Colours"), "value": self.app.theme})
        yield Row("ascii", {"what": _("Plain signs only"), "value": _("yes") if Plainness.ascii_only else _("no")})
        chosen = self.ours.user_keys
        for key in keys.ALL:
            now = chosen.get(key.id, key.keys)
            cells = {"what": _(key.label), "value": " ".join(map(keys.named, now)) or "-"}
            yield Row(key.id, cells, 1, tones={"value": "away"} if key.id in chosen else {})

    def on_row_opened(self, message: RowOpened) -> None:
        """The next value."""
        message.stop()
        match message.row:
            case "language":
                self._keep("", "lang", "en" if locale.language() == "zh" else "zh")
            case "theme":
                names = [theme.name for theme in THEMES]
                self.app.theme = names[(names.index(self.app.theme) + 1) % len(names)]
                self._keep("tui", "theme", self.app.theme)
            case "ascii":
                Plainness.ascii_only = not Plainness.ascii_only
                self._keep("tui", "ascii", Plainness.ascii_only)
            case name:
                self.ours.show(ChooseKey(next(key for key in keys.ALL if key.id == name)))
                return
        self._show()
        if message.row == "language":
            self.ours.speak("en" if locale.language() == "zh" else "zh")

    def _keep(self, table: str, key: str, value: str | bool) -> None:  # noqa: FBT001  a value of TOML
        try:
            preferences.save(table, key, value)
        except OSError as error:
            self.tell(error)


class ChooseKey(LedgerScreen):
    """The next key pressed becomes the key of an action; Esc leaves it as it is."""

    def __init__(self, key: keys.Key) -> None:
        super().__init__()
        self.key = key
        self.words = Words(id="choose")

    def body(self) -> ComposeResult:
        """The question."""
        yield self.words

    def on_mount(self) -> None:
        """Ask."""
        self.status.subject = _("Settings")
        self.words.say(_("Press the key for “{action}”; Esc leaves it as it is.").format(action=_(self.key.label)))

    def on_key(self, event: events.Key) -> None:
        """Take it, unless it belongs to another action or is a letter somebody types."""
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.leave()
            return
        problem = keys.problem_with(self.key, event.key, self.ours.user_keys)
        if problem:
            self.notice.say(problem)
            return
        try:
            preferences.save("tui.keys", self.key.id, [event.key])
        except OSError as error:
            self.tell(error)
            return
        self.ours.use_keys({**self.ours.user_keys, self.key.id: (event.key,)})
        self.leave()
