"""One act about alerts: its few fields above, the alerts it is about below. Ctrl+S does it, Enter never does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from ledger.domain.refusals import Refused
from ledger.locale import N_, _
from ledger.locale.sentences import remedy, sentence
from ledger.queries.alerts import AlertLine
from tui import keys
from tui.dates import told
from tui.inbox.acts import ACTS, Asked, NothingToWrite, Outcome, read
from tui.inbox.rows import ALERT_COLUMNS, alert_row
from tui.messages import Failed
from tui.permission import ALERTS, why_not
from tui.screens.base import LedgerScreen
from tui.widgets.detail import Words
from tui.widgets.field import DateInput, LedgerInput
from tui.widgets.table import LedgerTable

COUNT = Asked("count", N_("How many"), required=True)
"""Several at once: how many there are is typed, as for every batch."""


class ActPage(LedgerScreen):
    """See the module. `done` is called when the act is recorded."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.ACT)]
    AUTO_FOCUS = "LedgerInput"

    def __init__(
        self,
        name: str,
        lines: Sequence[AlertLine],
        names: Mapping[str, str],
        offered: Mapping[str, str],
        done: Callable[[], None],
    ) -> None:
        super().__init__()
        self.act, self.lines, self._names, self._done = ACTS[name], lines, names, done
        self.asked = (*self.act.fields, *([COUNT] if len(lines) > 1 else []))
        self.inputs = {one.key: _input(one, offered.get(one.key, "")) for one in self.asked}
        self.meant = {one.key: Words(classes="meant") for one in self.asked}
        self.table = LedgerTable(ALERT_COLUMNS, id="about")
        self._since: float | None = None

    def body(self) -> ComposeResult:
        """The fields, numbered, and the alerts."""
        for number, one in enumerate(self.asked, 1):
            with Horizontal(classes="field act"):
                yield Words(f"{number} {_(one.label)}{'*' if one.required else ''}", classes="label")
                yield self.inputs[one.key]
                yield self.meant[one.key]
        if self.act.about:
            yield self.table
        else:
            told_as = _("Compares the findings of the date with the alerts.")
            yield Words(told_as, classes="said")

    def on_mount(self) -> None:
        """Show what it is about."""
        title = _(self.act.title)
        self.status.subject = f"{title} ({len(self.lines)})" if self.act.about else title
        if len(self.lines) > 1:
            self.meant["count"].say(_("type {count} to confirm").format(count=len(self.lines)))
        by_id = {line.alert.id: line for line in self.lines}
        self.table.show(list(by_id), lambda ids: [alert_row(by_id[one], self._names) for one in ids])

    def on_date_input_read(self, message: DateInput.Read) -> None:
        """Say what the typed date means."""
        message.stop()
        told_as = told(message.day) if message.day is not None else message.problem
        self.meant[str(message.field.id)].say(told_as)

    def action_enter(self) -> None:
        """The next field; after the last one the first comes."""
        self.action_step(1)

    def action_step(self, number: int) -> None:
        """The field after, or before."""
        order = list(self.inputs.values())
        at = next((place for place, one in enumerate(order) if one.has_focus), -1)
        self.set_focus(order[(at + number) % len(order)])

    # ---- doing it

    def action_record(self) -> None:
        """Do it, unless it is being done."""
        if self._since is not None:
            return
        problem = why_not(self.ours, ALERTS) or self._wrong()
        if problem:
            self.notice.say(problem)
            return
        given = read(self.asked, {key: one.value for key, one in self.inputs.items()}, self._days())
        if isinstance(given, Asked):
            self.set_focus(self.inputs[given.key])
            self.notice.say(_("{field} must be filled in.").format(field=_(given.label)))
            return
        where, lines, perform = self.ours.where, self.lines, self.act.perform
        self._since = time.monotonic()
        self._say_waiting()
        self.ask(lambda port: perform(port, where, lines, given), self._paint)

    def _days(self) -> dict[str, date | None]:
        return {key: day for key, (day, _problem) in self._read_days()}

    def _read_days(self) -> Iterator[tuple[str, tuple[date | None, str]]]:
        for key, field in self.inputs.items():
            if isinstance(field, DateInput):
                yield key, field.read()

    def _wrong(self) -> str:
        """What was typed and cannot be."""
        for key, (_day, problem) in self._read_days():
            if problem:
                self.set_focus(self.inputs[key])
                return problem
        if COUNT in self.asked and self.inputs["count"].value.strip() != str(len(self.lines)):
            self.set_focus(self.inputs["count"])
            return _("These are {count} alerts: type {count} to confirm.").format(count=len(self.lines))
        return ""

    def _say_waiting(self) -> None:
        if self._since is None:
            super()._say_waiting()
        else:
            seconds = int(time.monotonic() - self._since)
            self.notice.say(_("{act}: under way for {seconds} s ..").format(act=_(self.act.title), seconds=seconds))

    def _paint(self, outcome: Outcome) -> None:
        self._since = None
        if isinstance(outcome, Refused):
            self.notice.say(sentence(outcome), remedy(outcome))
            return
        self._done()
        self.leave()
        self.app.notify(outcome, timeout=8)

    def on_failed(self, message: Failed) -> None:
        """What was typed stays; the sentence says why nothing was done."""
        self._since = None
        super().on_failed(message)

    def tell(self, error: Exception, more: str = "") -> None:
        """As everywhere; a letter that cannot be written has its own sentence."""
        if isinstance(error, NothingToWrite):
            self.notice.say(str(error))
        else:
            super().tell(error, more)


def _input(one: Asked, value: str) -> LedgerInput:
    return DateInput(value, id=one.key) if one.day else LedgerInput(value, id=one.key)
