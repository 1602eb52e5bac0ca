"""What every read screen shares: the two lines, asking in a worker, painting in a handler, and following the ledger."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar, cast

from textual.app import ComposeResult
from textual.screen import Screen

from ledger.cli.troubles import trouble_of
from ledger.locale import _
from tui.host import Host
from tui.messages import Answered, Failed, LedgerMoved, WhereChanged
from tui.permission import MAY, why_not
from tui.port import Port
from tui.widgets.lines import BrokenLine, KeyLine, StatusLine
from tui.widgets.notice import Notice

Answer = TypeVar("Answer")
PATIENCE = 2.0
"""Seconds after which a screen says that it waits."""
LONG = 8
"""Seconds after which it also says what else can be done."""


@dataclass(slots=True)
class _Topic:
    """One kind of question of a screen: at most one is under way, and of those waiting only the newest is asked."""

    ticket: int = 0
    busy: bool = False
    since: float = 0.0
    waiting: tuple[Callable[[Port], Any], Callable[[Any], None]] | None = None


@dataclass(slots=True)
class _Topics:
    known: dict[str, _Topic] = field(default_factory=dict)

    def of(self, name: str) -> _Topic:
        return self.known.setdefault(name, _Topic())

    def busy(self, *names: str) -> bool:
        """Whether an answer is awaited, to one of these kinds or to any."""
        return any(topic.busy for name, topic in self.known.items() if name in names or not names)


class LedgerScreen(Screen[Any]):
    """A screen between the two lines. It gives its body, asks with `ask`, and says what it looks at in `subject`."""

    AUTO_FOCUS = "LedgerTable"
    types_at_once = False
    """Whether keys are taken before the first answer has come, as fields take them."""
    choosing: frozenset[str] = frozenset()
    """Keys that choose among answers, and wait for each."""

    def __init__(self) -> None:
        super().__init__()
        self._topics = _Topics()
        self._unpainted = ExitStack()
        self.status = StatusLine()
        self.broken = BrokenLine()
        self.foot = KeyLine()
        self.notice = Notice()
        self.ready = False
        """Whether the rows or fields are there, and nothing is asked that leads to another screen."""

    def takes(self, key: str) -> bool:
        """Whether a key finds what it is about (`tui.ahead`)."""
        return self.ready and not (key in self.choosing and self._topics.busy())

    @property
    def ours(self) -> Host:
        """The app, as screens know it."""
        return cast(Host, self.app)

    def compose(self) -> ComposeResult:
        """The lines around the body."""
        yield self.status
        yield self.broken
        yield from self.body()
        yield self.notice
        yield self.foot

    @abstractmethod
    def body(self) -> ComposeResult:
        """The widgets between the lines."""

    def on_mount(self) -> None:
        """Ask for the first time. Textual calls the handler of every class, the screen's own before this one."""
        self.stand()
        self.ask_all()
        self.ready = self.types_at_once or not self._topics.busy()
        self.set_interval(1.0, self._say_waiting)

    def _say_waiting(self) -> None:
        """Whoever waits is told so, from the second second on."""
        now = time.monotonic()
        longest = max((now - topic.since for topic in self._topics.known.values() if topic.busy), default=0.0)
        waited = self.ours.port.waited
        if waited:
            words = _("Others are recording; waiting for {seconds} s .. What was typed stays.")
            self.notice.say(words.format(seconds=int(max(waited, longest))))
        elif longest >= PATIENCE:
            self.notice.say(*self.waiting(int(longest)))

    def waiting(self, seconds: int) -> tuple[str, str]:
        """What whoever waits so long is told: what goes on, and what can be done meanwhile."""
        told = _("Looking it up, {seconds} s so far ..").format(seconds=seconds)
        return told, _("What is shown stays; Esc goes back, F3 and F4 ask for less.") if seconds >= LONG else ""

    def stand(self) -> None:
        """Tell the line at the top where we are."""
        app = self.ours
        self.status.where, self.status.standing = app.where, app.standing
        self.status.officer, self.broken.broken = app.officer_shown, app.broken
        self.foot.forbidden = frozenset(what for what in MAY if why_not(app, what))

    def ask_all(self) -> None:
        """Ask everything the screen shows; called whenever the dates or the ledger change."""

    def place(self) -> tuple[str, str] | None:
        """Kind and code of what a bookmark opens again; nothing for what is no page of a unit or person."""
        return None

    def concerned(self) -> Mapping[str, object]:
        """What the screen is about (`person`, `unit`, `entry`), so that a form opened from here is filled in."""
        return {}

    # ---- asking: workers ask, messages carry, handlers paint

    def ask(self, question: Callable[[Port], Answer], paint: Callable[[Answer], None], topic: str = "main") -> None:
        """Ask in a worker and paint the answer. While one answer is awaited, only the newest question is kept."""
        state = self._topics.of(topic)
        state.ticket += 1
        if state.busy:
            state.waiting = (question, paint)
            return
        state.busy, state.since = True, time.monotonic()
        work = partial(self._answer, topic, state.ticket, question, paint)
        self.run_worker(work, thread=True, group=topic, exit_on_error=False)

    def _answer(
        self, topic: str, ticket: int, question: Callable[[Port], Answer], paint: Callable[[Answer], None]
    ) -> None:
        try:
            answer = question(self.ours.port)
        except Exception as error:  # noqa: BLE001  whatever it is, the handler tells it without its values
            self.post_message(Failed(topic, ticket, error))
        else:
            self.post_message(Answered(topic, ticket, answer, paint))

    def on_answered(self, message: Answered) -> None:
        """Paint, unless something newer was asked."""
        message.stop()
        if self._next(message.topic, message.ticket):
            self.notice.say("")
            message.paint(message.answer)
            self.ready = True

    def on_failed(self, message: Failed) -> None:
        """Say what went wrong; what is on the screen stays."""
        message.stop()
        if message.topic == "blocks" or self._next(message.topic, message.ticket):
            self.tell(message.error)
            self.ready = True

    def _next(self, topic: str, ticket: int) -> bool:
        state = self._topics.of(topic)
        state.busy = False
        if state.waiting is not None:
            question, paint = state.waiting
            state.waiting = None
            self.ask(question, paint, topic)
        return ticket == state.ticket

    def tell(self, error: Exception, more: str = "") -> None:
        """A fault in the words of the command line; one of the program itself goes to the log, without values."""
        trouble = trouble_of(error)
        if trouble.code == "program_fault":
            self.notice.say(self.ours.log_fault(error), more)
        else:
            self.notice.say(trouble.message, " ".join(filter(None, (trouble.remedy, more))))

    # ---- following

    def on_where_changed(self, message: WhereChanged) -> None:
        """Other dates: everything is asked again."""
        self.stand()
        self.ask_all()

    def on_ledger_moved(self, message: LedgerMoved) -> None:
        """Somebody recorded: whoever looks at the newest sees it."""
        self.stand()
        if not self.ours.where.is_history:
            self.ask_all()

    def on_screen_resume(self) -> None:
        """Back from another screen: the dates may have changed there."""
        if self.is_mounted and self.status.where != self.ours.where:
            self.ask_all()
        self.stand()

    def hold_paint(self, seconds: float) -> None:
        """Paint nothing until `release_paint`, or for so long: a screen that opens is painted once, not three times."""
        self._unpainted.enter_context(self.app.batch_update())
        self.set_timer(seconds, self.release_paint)

    def release_paint(self) -> None:
        """Paint from now on."""
        self._unpainted.close()

    def on_unmount(self) -> None:
        """Whatever comes next is painted."""
        self.release_paint()

    def leave(self) -> None:
        """Back to the screen below, at once; not where another one was opened meanwhile: it stays in front."""
        if self.app.screen is self:
            self.app.pop_screen()
