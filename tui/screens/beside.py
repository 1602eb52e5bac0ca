"""Beside the overview, where a window has room: the people of the unit under the cursor, and what is told of it."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from ledger.domain.terms import RosterStatus
from ledger.domain.time import Perspective
from ledger.locale import N_, term
from ledger.queries.log import LogLine
from tui.host import Host
from tui.naming import Names, names_in
from tui.port import Port
from tui.screens.entries import show_entry
from tui.screens.unit import Roster, roster
from tui.where import Where
from tui.widgets.table import Column, LedgerTable, Row
from tui.words import severity_tone

if TYPE_CHECKING:  # as in the overview
    from ledger.queries.alerts import AlertLine

LEAST = 20
"""Cells below which a list is none."""
REST = 0.15
"""Seconds that the cursor has to stay on a unit: a key held down asks once, not for every row it passes."""
LATEST = 20
"""Entries told of a unit; its page tells all."""
PEOPLE = (
    Column("name", N_("Full name"), 9, middle=True),
    Column("status", N_("Status"), 6),
    Column("place", N_("Works at"), 8, gives_way=1, grow=True, middle=True),
)
TOLD = (
    Column("what", N_("Alerts, entries"), 14, grow=True),
    Column("whom", N_("Name"), 10, middle=True),
    Column("on", N_("Date"), 10),
)
TURNS = {"alert_raised": True, "alert_reopened": True, "alert_cleared": False, "alert_superseded": False}
"""Acts after which an alert is live, or is not."""


class Beside(LedgerTable):
    """A list of its own: Tab goes there, Enter opens what is under its cursor."""

    quiet = True
    window = 0
    """Cells of the smallest window in which it is shown."""
    most = 0
    """Cells that it may have."""

    def answer(self, port: Port, where: Where, unit: str) -> Any:
        """What it shows of a unit, for whoever stays on it; asked in a worker."""
        time.sleep(REST)
        return self.about(port, port.perspective(where), unit)

    @abstractmethod
    def about(self, port: Port, p: Perspective, unit: str) -> Any:
        """The same at once."""

    @abstractmethod
    def show_answer(self, found: Any) -> None:
        """Show what `answer` found."""

    @abstractmethod
    def concerned(self) -> Mapping[str, object]:
        """Whom or what a form opened from here is about."""

    @abstractmethod
    def open_in(self, host: Host) -> None:
        """Open what is under the cursor."""


class PeopleBeside(Beside):
    """The roster of the unit."""

    window, most = 120, 34

    def __init__(self) -> None:
        words = max(cell_len(term("short_status", status.value)) for status in RosterStatus)
        columns = [replace(one, width=max(one.width, words)) if one.key == "status" else one for one in PEOPLE]
        super().__init__(columns, id="people", empty=N_("Nobody on the roster."))

    def about(self, port: Port, p: Perspective, unit: str) -> Roster:
        """Everybody of the unit."""
        return roster(port, p, unit, "person")

    def show_answer(self, found: Roster) -> None:
        """Show these people."""
        self.show(found.ids, found.fetch, local=False)

    def codes(self) -> Sequence[str]:
        """Of the people marked, else of the one under the cursor."""
        chosen = set(self.chosen())
        rows = [self.row(index) for index, one in enumerate(self.ids) if one in chosen]
        return [row.cells["person"] for row in rows if row is not None]

    def concerned(self) -> Mapping[str, object]:
        """The people marked."""
        return {"person": list(self.codes())}

    def open_in(self, host: Host) -> None:
        """The person's page."""
        if codes := self.codes():
            host.show_subject("person", codes[0])


@dataclass(frozen=True, slots=True)
class Told:
    """Live alerts of a unit and all below it, the gravest first; its latest entries, the newest first."""

    alerts: Sequence[AlertLine]
    entries: Sequence[LogLine]
    names: Names


class ToldBeside(Beside):
    """What is wrong in the unit and below, and what was recorded last of the unit: ids of both are positions."""

    window, most = 160, 60

    def __init__(self) -> None:
        super().__init__(TOLD, id="told", empty=N_("No alert, and no entry by this date."))
        self._told = Told((), (), Names())

    def about(self, port: Port, p: Perspective, unit: str) -> Told:
        """What was known, by the date."""
        alerts = _live_alerts(port, p, unit)
        day = p.as_of.isoformat()
        known = [line for line in port.ledger.log(unit=unit, known_at=p.known_at).entries if _day_of(line) <= day]
        entries = known[: -LATEST - 1 : -1]
        contents = [*(line.content for line in entries), *({"units": line.alert.units} for line in alerts)]
        return Told(alerts, entries, names_in(port, p, contents))

    def show_answer(self, found: Told) -> None:
        """Alerts first, then entries."""
        self._told = found
        rows = [*map(_alert_row, found.alerts), *(_entry_row(line, found.names) for line in found.entries)]
        by_id = {row.id: row for row in rows}
        self.show(list(by_id), lambda ids: [by_id[one] for one in ids])

    def concerned(self) -> Mapping[str, object]:
        """Whom an alert is about, or the entry."""
        alert, entry = self._pointed()
        if alert is None:
            return {} if entry is None else {"entry": entry.position}
        return {"person": alert.alert.person} if alert.alert.person else {"unit": alert.alert.units[0]}

    def open_in(self, host: Host) -> None:
        """The alert's page, or the entry in full."""
        alert, entry = self._pointed()
        if alert is not None:
            host.show_alert(alert, self._told.names.units)
        elif entry is not None:
            show_entry(host, entry)

    def _pointed(self) -> tuple[AlertLine | None, LogLine | None]:
        alert = next((line for line in self._told.alerts if line.alert.id == self.pointed), None)
        return alert, next((line for line in self._told.entries if line.position == self.pointed), None)


# ---- questions, asked in workers


def _live_alerts(port: Port, p: Perspective, unit: str) -> Sequence[AlertLine]:
    """Those that were live when the position was reached, of findings true by the date."""
    from ledger.domain.alerts import LIVE, AlertState

    states = LIVE if p.known_at >= port.newest() else frozenset(AlertState)
    found = port.ledger.alerts(p, unit=unit, states=states).rows
    known = [line for line in found if line.alert.id <= p.known_at and line.alert.first_true_on <= p.as_of]
    return [line for line in known if _was_live(port, line, p.known_at)]


def _was_live(port: Port, line: AlertLine, known_at: int) -> bool:
    if line.alert.position <= known_at:
        return line.alert.live
    acts = port.ledger.alert_history(line.alert.id).entries
    return [TURNS[act.type] for act in acts if act.position <= known_at and act.type in TURNS][-1]


def _day_of(line: LogLine) -> str:
    """The day an entry is about; a reversal is about none."""
    return line.effective_on or ""


# ---- lines


def _alert_row(line: AlertLine) -> Row:
    one = line.alert
    cells = {"what": f"! {term('rule', one.rule)}", "whom": line.name, "on": one.first_true_on.isoformat()}
    tone = severity_tone(one.severity)
    return Row(one.id, cells, tones={"what": tone} if tone else {})


def _entry_row(line: LogLine, names: Names) -> Row:
    """One out of effect is bracketed, as everywhere."""
    void = line.reversed_by is not None
    number = f"(#{line.position})" if void else f"#{line.position}"
    cells = {
        "what": f"{number} {term('entry', line.type)}",
        "whom": names.whom(line.content),
        "on": line.effective_on or line.recorded_at[:10],
    }
    return Row(line.position, cells, tones={"*": "faint"} if void else {})
