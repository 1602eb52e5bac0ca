"""The application: one ledger, one pair of dates, a stack of screens, and what happens when something breaks."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.worker import get_current_worker

from ledger import locale
from ledger.domain.time import SHANGHAI
from ledger.locale import _
from tui import keys
from tui.ahead import AheadApp
from tui.bars import PlainBars
from tui.chain import Found, Links, check_all
from tui.crash import write_fault
from tui.marks import worded
from tui.messages import LedgerMoved, WhereChanged
from tui.permission import why_not
from tui.port import Port, Standing
from tui.preferences import Preferences
from tui.screens.base import LedgerScreen
from tui.themes import DEFAULT_THEME, THEMES
from tui.where import Where

if TYPE_CHECKING:
    from ledger.queries.alerts import AlertLine
    from tui.forms.memory import FormMemory

POLL = 1.0
"""Seconds between two looks at whether others have recorded; each screen must follow within two."""
SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class LedgerApp(AheadApp):
    """See the module."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings(keys.EVERYWHERE),
        Binding("ctrl+c", "nothing", show=False),
        Binding("ctrl+s", "nothing_to_record", show=False),
    ]

    def __init__(self, port: Port) -> None:
        super().__init__()
        self.port = port
        self.where = Where()
        self.standing: Standing | None = None
        self.officer_shown = port.officer or ""
        self.broken = ""
        """What the check of the chain found; empty while nothing is wrong."""
        self.chain = ""
        """What the last check of the chain said; empty before the first."""
        self._links = Links()
        self._polling = False
        self._left = False
        self._recent: list[Where] = []
        self._forms: FormMemory | None = None
        ScrollBar.renderer = PlainBars
        self.user_keys: Mapping[str, tuple[str, ...]] = {}
        self._seen_at: datetime | None = None
        """When the ledger was last reached."""
        self._lost = 0
        """How often in a row the ledger could not be reached."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DEFAULT_THEME

    def prefer(self, chosen: Preferences) -> None:
        """Take over what the user chose before."""
        if chosen.theme in self.available_themes:
            self.theme = chosen.theme
        self.use_keys(chosen.keys)

    # ---- life

    def on_mount(self) -> None:
        """Open the first screen at once; the ledger is opened by the first worker that asks."""
        self.action_overview()
        self._look()
        self.set_interval(POLL, self._look)
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self.leave, 128 + number)

    def leave(self, status: int = 0) -> None:
        """End the program; the terminal is put back as it was."""
        if not self._left:
            self._left = True
            self.exit(status)

    def on_unmount(self) -> None:
        """Close the ledger; drafts stay for the next time."""
        if self._forms is not None:
            self._forms.drafts.close()
        self.port.close()

    def use_keys(self, chosen: Mapping[str, tuple[str, ...]]) -> None:
        """Let actions have the keys a user chose."""
        self.user_keys = chosen
        self.set_keymap(keys.keymap(chosen))

    def speak(self, language: str) -> None:
        """Speak another language from now on: every screen is made anew."""
        locale.use(language)
        self._start_over()

    def use_ledger(self, port: Port) -> None:
        """Work on another ledger from now on."""
        self.port.close()
        if self._forms is not None:
            self._forms.drafts.close()
            self._forms = None
        self.port, self.standing, self.where = port, None, Where()
        self.chain = self.broken = ""
        self._links = Links()
        self._start_over()
        self._look()

    def _start_over(self) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.action_overview()

    # ---- following the ledger

    def _look(self) -> None:
        if not self._polling:
            self._polling = True
            self.run_worker(self._standing_now, thread=True, group="poll", exit_on_error=False)

    def _standing_now(self) -> None:
        try:
            newest = self.port.newest()
            known = self.standing
            standing = known if known is not None and known.position == newest else self.port.standing()
        except Exception as error:  # noqa: BLE001  told below; polling goes on
            self.call_from_thread(self._not_reached, error)
            return
        self.call_from_thread(self._stood, standing)

    def _not_reached(self, error: Exception) -> None:
        """Nothing there yet: the first run. Else the screens keep what they have, and this counts."""
        self._polling = self.starting = False
        self._lost += 1
        if getattr(error, "code", "") == "ledger_missing":
            self._welcome(missing=True)
        elif isinstance(self.screen, LedgerScreen):
            since = "" if self._seen_at is None else f"{self._seen_at:%H:%M:%S}"
            words = _("Tried {count} times; what is shown is from {time}.").format(count=self._lost, time=since)
            self.screen.tell(error, words if since else "")

    def _welcome(self, *, missing: bool) -> None:
        from tui.screens.welcome import Welcome

        self.forget_keys()
        if not any(isinstance(screen, Welcome) for screen in self.screen_stack):
            self.show(Welcome(missing=missing))

    def _stood(self, standing: Standing) -> None:
        self._polling = False
        found_again, self._lost = self._lost > 0, 0
        self._seen_at = datetime.now(SHANGHAI)
        before, self.standing = self.standing, standing
        if before is None:
            self._first_look(standing)
            self._open_for(standing.role)
            self._offer_drafts()
            self._check_links()
        elif before.position != standing.position or found_again:
            self.tell_screens(LedgerMoved(standing.position))
            self._check_links()

    def _first_look(self, standing: Standing) -> None:
        if standing.position == 0:
            self._welcome(missing=False)
        ends = self.where.at(standing.last_on) if standing.simulated and standing.last_on else self.where
        if self.where == Where() != ends:
            self.go_to(ends)  # such a ledger's present is the day its story ends
        else:
            self.tell_screens(LedgerMoved(standing.position))

    def _open_for(self, role: str) -> None:
        """Whoever only looks into the past begins with the replay, whoever keeps the alerts with the inbox."""
        if role == "alert_admin":
            self.action_alerts()
        elif role == "auditor":
            self.run_worker(self._replay_first, thread=True, group="first", exit_on_error=False)
            return
        self.starting = False

    def _replay_first(self) -> None:
        try:
            unit = self.port.main_unit(self.where)
            if unit is not None:
                self.call_from_thread(self.replay_of, unit)
        finally:
            self.starting = False

    def _offer_drafts(self) -> None:
        """What a killed program left behind is shown at the start, before anything else is done.

        Whoever has typed already did not mean that list: it is only told.
        """
        if not self.forms.drafts.left():
            return
        if self.has_typed_ahead:
            self.notify(_("The draft is kept: F2 lists it."), timeout=8)
        else:
            self.action_drafts()

    def tell_screens(self, message: LedgerMoved | WhereChanged) -> None:
        """Every screen on the stack hears it; those below repaint when they come up."""
        self.screen.post_message(message)

    # ---- the chain

    def verify_chain(self, done: Callable[[], None]) -> None:
        """Check the chain and the read tables in a worker; `chain` then says what was found."""
        self.chain = _("checking the chain ..")
        self.run_worker(lambda: self._verify(done), thread=True, group="verify", exclusive=True, exit_on_error=False)
        done()

    def _verify(self, done: Callable[[], None]) -> None:
        self.call_from_thread(self._verified, *check_all(self.port), done)

    def _verified(self, told: str, broken: str, done: Callable[[], None]) -> None:
        self.chain, self.broken = told, broken
        self.tell_screens(LedgerMoved(0 if self.standing is None else self.standing.position))
        done()

    def _check_links(self) -> None:
        """Go on with the check that nobody asked for."""
        if not self._links.busy:
            self._links.busy = True
            self.run_worker(self._follow_links, thread=True, group="links", exit_on_error=False)

    def _follow_links(self) -> None:
        links, worker = self._links, get_current_worker()
        try:
            found = links.follow(self.port, lambda: worker.is_cancelled or links is not self._links)
        finally:
            links.busy = False
        if found is not None:
            self.call_from_thread(self._links_checked, found)

    def _links_checked(self, found: Found) -> None:
        """What a whole check found wrong stays: this one sees less."""
        if found.broken or not self.broken:
            self.chain, self.broken = found
            if isinstance(self.screen, LedgerScreen):
                self.screen.stand()

    # ---- the two dates

    def go_to(self, where: Where) -> None:
        """Ask at other dates from now on."""
        if where != self.where:
            self._recent = [where, *(one for one in self._recent if one != where)][:5]
            self.where = where
            self.tell_screens(WhereChanged(where))

    def action_step_months(self, number: int) -> None:
        """The month before or after."""
        self.go_to(self.where.months(number))

    def action_today(self) -> None:
        """Today, as known now."""
        self.go_to(Where())

    def action_step_known_days(self, days: int) -> None:
        """One day with entries back or forward in what is known."""
        self.run_worker(lambda: self._step(self.port.step_known_days, days), thread=True, exit_on_error=False)

    def action_step_entries(self, entries: int) -> None:
        """One entry back or forward in what is known."""
        self.run_worker(lambda: self._step(self.port.step_entries, entries), thread=True, exit_on_error=False)

    def _step(self, step: Any, number: int) -> None:
        self.call_from_thread(self.go_to, step(self.where, number))

    # ---- screens

    def action_overview(self) -> None:
        """The first screen, with nothing on top of it."""
        from tui.screens.overview import Overview

        if isinstance(self.screen, Overview):
            return
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(Overview())

    def show(self, screen: Screen[Any], *, instead: bool = False) -> None:
        """Put a screen on top, or in the place of the one in front."""
        if instead:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def show_subject(self, kind: str, code: str) -> None:
        """Open the page of a `person` or `unit`."""
        from tui.screens.person import PersonPage
        from tui.screens.unit import UnitPage

        self.show(PersonPage(code) if kind == "person" else UnitPage(code))

    def show_alert(self, line: AlertLine, names: Mapping[str, str]) -> None:
        """Open an alert with its acts."""
        from tui.inbox.alert import AlertPage

        self.show(AlertPage(line, names))

    # ---- recording

    @property
    def forms(self) -> FormMemory:
        """What the forms of this run remember."""
        if self._forms is None:
            from tui.forms.drafts import Drafts
            from tui.forms.memory import FormMemory

            self._forms = FormMemory(Drafts(self.port.address, self.port.officer or ""))
        return self._forms

    def open_form(self, form: str, values: Mapping[str, object] | None = None) -> None:
        """Open a form, filled in where `values` says so."""
        from tui.forms.opening import open_form

        open_form(self, form, values)

    def action_record(self, form: str) -> None:
        """Open one form, filled in with what the screen in front is about."""
        from tui.forms.menu import open_here

        open_here(self, form)

    def action_record_menu(self) -> None:
        """Every form; in a form, nothing: it is left with Esc first."""
        from tui.forms.menu import open_menu

        open_menu(self)

    def action_reverse_last(self) -> None:
        """Reverse what was recorded last in this run: a form of its own, never in silence."""
        from tui.forms.opening import reverse_last

        reverse_last(self)

    def action_record_again(self) -> None:
        """The form recorded last, for whomever the screen in front is about, with the same document and dates."""
        from tui.forms.menu import open_again

        open_again(self)

    def action_drafts(self) -> None:
        """What was typed and not recorded."""
        from tui.forms.menu import open_drafts

        open_drafts(self)

    def action_help(self) -> None:
        """The keys of this screen."""
        from tui.screens.helping import Help

        if not isinstance(self.screen, Help):
            self.show(Help(self.screen.active_bindings))

    def action_find(self) -> None:
        """A person or a unit."""
        from tui.screens.find import Find

        self._instead(Find())

    def action_go_to_date(self) -> None:
        """Other dates."""
        from tui.screens.go_to import GoTo

        self._instead(GoTo(self._recent))

    def action_replay(self) -> None:
        """Compare what was seen with what is seen now."""
        from tui.screens.replay import Replay

        if not isinstance(self.screen, Replay):
            unit = getattr(self.screen, "unit", None) or getattr(self.screen, "pointed_unit", None)
            if isinstance(unit, str):
                self.replay_of(unit)

    def replay_of(self, unit: str) -> None:
        """The replay of a unit and everything below it."""
        from tui.screens.replay import Replay

        self.show(Replay(unit))

    def action_alerts(self) -> None:
        """The inbox: of the unit in front, else, and when it is there already, of all units."""
        from tui.inbox.inbox import Inbox

        if isinstance(self.screen, Inbox):
            self.screen.look_at(None)
        else:
            self.show(Inbox(getattr(self.screen, "unit", None)))

    def action_reports(self, report: str = "") -> None:
        """What can be written to a file: of the unit in front or under the cursor."""
        from tui.reports.screen import Reports

        if isinstance(self.screen, Reports) and not report:
            return
        unit = getattr(self.screen, "unit", None) or getattr(self.screen, "pointed_unit", None)
        self.show(Reports(unit if isinstance(unit, str) else None, *([report] if report else [])))

    def action_import_table(self) -> None:
        """A spreadsheet into the ledger."""
        from tui.importing.screen import open_import

        open_import(self)

    def action_settings(self) -> None:
        """Language, colours, keys."""
        from tui.screens.settings import Settings

        self.show(Settings())

    def action_palette(self) -> None:
        """Everything that can be done here."""
        from tui.commands import commands
        from tui.screens.palette import Palette

        self._instead(Palette(commands(self)))

    def _instead(self, screen: Screen[Any]) -> None:
        """Put a passing screen on top; one that is there already gives way."""
        from tui.screens.find import Find
        from tui.screens.go_to import GoTo
        from tui.screens.palette import Palette

        if isinstance(self.screen, Find | GoTo | Palette):
            if type(self.screen) is type(screen):
                return
            self.pop_screen()
        self.show(screen)

    async def action_back(self) -> None:
        """One screen back; the first one stays."""
        if len(self.screen_stack) > 2:  # Textual's own empty screen lies below ours
            self.pop_screen()

    def action_ask_again(self) -> None:
        """Ask everything on the screen again."""
        self.tell_screens(WhereChanged(self.where))

    async def action_leave(self) -> None:
        """End the program; what was typed and not recorded is shown first, and the key pressed again leaves."""
        from tui.forms.menu import shows_drafts

        if not shows_drafts(self):
            self.leave()

    def action_nothing(self) -> None:
        """Ctrl+C copies in lists; elsewhere it must not end anything."""

    def action_nothing_to_record(self) -> None:
        """Ctrl+S where nothing is being filled in: why nothing can be recorded, else how to begin."""
        self.notify(why_not(self) or _("Nothing is being filled in here: F2 opens a form."), timeout=6)

    # ---- what goes wrong

    def notify(self, message: str, *, markup: bool = False, **more: Any) -> None:
        """A short word in the corner; nothing in it is markup."""
        super().notify(worded(message), markup=False, **more)

    def log_fault(self, error: BaseException) -> str:
        """Write a fault of the program to its log, without any value; the sentence for the screen."""
        number, path = write_fault(error)
        return _("Fault {number} of the program; drafts are kept. Its log: {path}").format(number=number, path=path)

    def _fatal_error(self) -> None:
        """An exception that nobody caught: the end, but without a traceback that shows people's data."""
        error = self._exception
        self.bell()
        self._exit_renderables.append(Text(self.log_fault(error) if error is not None else ""))
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        """As `_fatal_error`; whatever was to be printed stays away."""
        self._fatal_error()
