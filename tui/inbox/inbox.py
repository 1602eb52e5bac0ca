"""F6, the inbox: what is wrong and was told, the gravest and oldest first, and what is done about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from ledger.domain.alerts import LIVE, AlertState
from ledger.locale import N_, _, term
from ledger.queries.alerts import AlertLine
from ledger.queries.log import LogLine
from ledger.settings import data_folder
from tui import keys
from tui.forms.host import as_form_host
from tui.forms.opening import present_of
from tui.inbox.acting import ActPage
from tui.inbox.acts import ACTS
from tui.inbox.deliveries import DeliveriesPage, job_words, run_words
from tui.inbox.resolve import ResolvePage
from tui.inbox.rows import ALERT_COLUMNS, alert_row, evidence_lines, evidence_of, state_of, units_of
from tui.messages import RowOpened, RowPointed, SortAsked
from tui.permission import ALERTS, why_not
from tui.port import Jobs, Port
from tui.screens.base import LedgerScreen
from tui.where import Where, today
from tui.widgets.detail import Words
from tui.widgets.table import LedgerTable

ENDED = frozenset({AlertState.CLEARED, AlertState.SUPERSEDED})
PARTS: Mapping[str, frozenset[AlertState]] = {
    "live": LIVE,
    **{state.value: frozenset({state}) for state in AlertState if state in LIVE},
    "ended": ENDED,
}
LABELS: Mapping[str, str] = {"live": N_("all live"), "ended": N_("ended")}
EVIDENCE_LINES = 2


@dataclass(frozen=True, slots=True)
class _Answer:
    """`lines`: every alert of the part's kind; `names`: of their units and the one in front; `jobs`: the daily scan."""

    lines: Sequence[AlertLine]
    names: Mapping[str, str]
    jobs: Jobs | None


class Inbox(LedgerScreen):
    """See the module. Tab turns to alerts that stand otherwise, space marks, digits act, Enter tells the history."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.ALERTS)]

    def __init__(self, unit: str | None = None) -> None:
        super().__init__()
        self.unit = unit
        self.part = "live"
        self.head = Words(id="alerts-head")
        self.table = LedgerTable(ALERT_COLUMNS, id="alerts", empty=N_("No alert stands so. 3 scans a date."))
        self.detail = Words(id="evidence")
        self._found = _Answer((), {}, None)
        self._live: Sequence[AlertLine] = ()
        self._by_id: dict[int, AlertLine] = {}
        self._order = ""
        self._left = False

    def body(self) -> ComposeResult:
        """Counts above, the list, the evidence of the row under the cursor."""
        yield self.head
        yield self.table
        yield self.detail

    def concerned(self) -> Mapping[str, object]:
        """Whom the row under the cursor is about."""
        line = self.pointed
        if line is None:
            return {}
        return {"person": line.alert.person} if line.alert.person else {"unit": line.alert.units[0]}

    @property
    def pointed(self) -> AlertLine | None:
        """The alert under the cursor."""
        number = self.table.pointed
        return self._by_id.get(number) if isinstance(number, int) else None

    def look_at(self, unit: str | None) -> None:
        """The alerts of a unit and all below it, or all."""
        self.unit = unit
        self.ask_all()

    def ask_all(self) -> None:
        """The alerts at the date, as they stand now."""
        where, unit, states = self.ours.where, self.unit, ENDED if self.part == "ended" else LIVE
        self.ask(lambda port: _ask(port, where, unit, states), self._paint)

    def on_screen_suspend(self) -> None:
        """Something else comes in front; it may change what is here."""
        self._left = True

    def on_screen_resume(self) -> None:
        """Back again."""
        super().on_screen_resume()
        if self._left:
            self._left = False
            self.ask_all()

    # ---- painting

    def _paint(self, answer: _Answer) -> None:
        self._found = answer
        if self.part != "ended":
            self._live = answer.lines
        self._show()

    def _show(self) -> None:
        wanted = PARTS[self.part]
        lines = [line for line in self._found.lines if line.state in wanted]
        if self._order:
            lines.sort(key=lambda line: alert_row(line, self._found.names).cells[self._order])
        self._by_id = {line.alert.id: line for line in lines}
        scope = [self._found.names.get(self.unit, self.unit)] if self.unit else []
        self.status.subject = " ".join([_("Alerts"), *scope])
        jobs = [] if self._found.jobs is None else [job_words(self._found.jobs), run_words(self._found.jobs)]
        self.head.say(f"{self._parts()}\n{_counts(lines)}\n{_('; ').join(filter(None, jobs))}")
        names = self._found.names
        self.table.show(list(self._by_id), lambda ids: [alert_row(self._by_id[one], names) for one in ids])
        if not lines:
            self.detail.say("\n" * EVIDENCE_LINES)

    def _parts(self) -> str:
        """`[all live 68]  open 60  snoozed 8 ..`."""
        counted = Counter(line.state for line in self._live)
        pieces = []
        for part, states in PARTS.items():
            label = _(LABELS[part]) if part in LABELS else term("alert_state", part)
            known = len(self._by_id) if part == self.part else sum(counted[state] for state in states)
            text = label if part == "ended" and part != self.part else f"{label} {known}"
            pieces.append(f"[{text}]" if part == self.part else f" {text} ")
        return "".join(pieces)

    def on_row_pointed(self, message: RowPointed) -> None:
        """Say what the finding rests on; numbers come from the log."""
        message.stop()
        line = self.pointed
        if line is not None:
            self._say(line, {})
            number = line.alert.id
            self.ask(lambda port: port.ledger.alert_history(number).entries, self._evidence, "evidence")

    def _evidence(self, history: Sequence[LogLine]) -> None:
        line = self.pointed
        if line is not None and history and history[0].position == line.alert.id:
            self._say(line, evidence_of(history))

    def _say(self, line: AlertLine, evidence: Mapping[str, Any]) -> None:
        one = line.alert
        told = f"#{one.id} {term('rule', one.rule)} {line.name} {units_of(line, self._found.names)} {state_of(line)}"
        lines = evidence_lines(evidence, self.detail.content_size.width, EVIDENCE_LINES)
        self.detail.say("\n".join([told, *lines, *[""] * (EVIDENCE_LINES - len(lines))]))

    def on_sort_asked(self, message: SortAsked) -> None:
        """In the order of a column; a second click puts the gravest first again."""
        message.stop()
        column = {"state_wide": "state"}.get(message.column, message.column)
        wanted = "" if column in (self._order, "severity") else column
        self._order = wanted
        self._show()

    # ---- acting

    def action_turn(self, number: int) -> None:
        """To alerts that stand otherwise."""
        parts = list(PARTS)
        self.part = parts[(parts.index(self.part) + number) % len(parts)]
        self.ask_all()

    def chosen(self) -> list[AlertLine]:
        """The marked alerts, else the one under the cursor."""
        return [self._by_id[one] for one in self.table.chosen() if isinstance(one, int)]

    def action_act(self, name: str) -> None:
        """Open the few fields of an act; why it may not be done is said at once."""
        lines = self.chosen() if ACTS[name].about else []
        problem = why_not(self.ours, ALERTS)
        if not problem and ACTS[name].about and not lines:
            problem = _("There is no alert here to act on.")
        if problem:
            self.app.notify(problem, timeout=8)
            return
        offered = {
            "on": (present_of(as_form_host(self.ours)) or today()).isoformat(),
            "folder": str(data_folder() / "letters"),
        }
        self.ours.show(ActPage(name, lines, self._found.names, offered, self.table.marked.clear))

    def action_resolve(self) -> None:
        """The forms whose entry takes the ground of the finding away."""
        line = self.pointed
        if line is None:
            self.app.notify(_("There is no alert here to act on."), timeout=8)
            return
        number = line.alert.id
        self.ask(lambda port: port.ledger.alert_history(number).entries, lambda told: self._resolve(line, told), "ways")

    def _resolve(self, line: AlertLine, history: Sequence[LogLine]) -> None:
        self.ours.show(ResolvePage(line, evidence_of(history)))

    def action_deliveries(self) -> None:
        """What was sent to whom."""
        self.ours.show(DeliveriesPage())

    def on_row_opened(self, message: RowOpened) -> None:
        """Everything that became of an alert."""
        message.stop()
        line = self.pointed
        if line is not None:
            self.ours.show_alert(line, self._found.names)


def _ask(port: Port, where: Where, unit: str | None, states: frozenset[AlertState]) -> _Answer:
    p = port.perspective(where)
    lines = port.ledger.alerts(p, unit=unit, states=states).rows
    codes = {code for line in lines for code in line.alert.units} | ({unit} if unit else set())
    names = port.ledger.unit_names(p, codes)
    return _Answer(lines, names, port.jobs())


def _counts(lines: Sequence[AlertLine]) -> str:
    """`critical 12; high 34 ..`, of the alerts that are listed."""
    counted = Counter(line.alert.severity for line in lines)
    pieces = [f"{term('severity', one.value)} {counted[one]}" for one in sorted(counted, key=lambda one: -one.rank)]
    return _("; ").join(pieces)
