"""The one way from the screens to the ledger. Its methods block: only workers call them."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from ledger.application.health import minutes_behind
from ledger.domain.time import Perspective, shanghai_date
from tui.where import Where, day_before

if TYPE_CHECKING:
    from ledger.bootstrap import Ledger
    from ledger.queries.log import LogLine
    from ledger.queries.pages import Order


PATIENCE = 10.0
"""Seconds that an entry waits for other writers; then the form says so, and the officer tries again or leaves it."""
TOLD_EVERY = 2.0
"""Seconds after which whoever waits is told so."""
AGAIN = 6.0
"""A wait that was not told of for so long is over; a server tells of one every five seconds."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the ledger stands, for the line at the top."""

    position: int
    simulated: bool
    read_only: bool
    shown: str
    last_on: date | None
    """The day of the last entry."""
    role: str
    """Of whoever works here (spec 2.1); `open_to_all` without any grant, `none` for a stranger among grants."""
    units: tuple[str, ...]
    """Names of the units that whoever works here is limited to; empty for the whole ledger."""
    alerts_at: Mapping[tuple[str, ...], int]
    """The units that alerts concern together -> how many such alerts are live."""
    behind: int
    """Minutes by which this machine's clock lies behind the last entry; 0 where there is nothing to say."""

    @property
    def alerts(self) -> int:
        """Live alerts, as many as `sledger alerts list` lists."""
        return sum(self.alerts_at.values())


@dataclass(frozen=True, slots=True)
class Jobs:
    """`told`: as `sledger status` tells it; `next_at`: None where no service ever ran, or the settings are unclear."""

    told: Mapping[str, Any]
    next_at: datetime | None = None


class Port:
    """A ledger at an address, opened by the first worker that needs it."""

    def __init__(self, address: str, officer: str | None, ledger: Ledger | None = None) -> None:
        self.address = address
        self.officer = officer
        self._ledger = ledger
        self._opening = threading.Lock()
        self._waited = (0.0, 0.0)
        self._by_number: tuple[int, list[int]] = (0, [])
        """People by person number, and the position up to which they are known: an order that only grows."""

    @property
    def ledger(self) -> Ledger:
        """The open ledger. Raises LedgerFault."""
        with self._opening:
            if self._ledger is None:
                from ledger.cli.session import quick_imports

                with quick_imports():
                    from ledger.bootstrap import open_ledger

                self._ledger = open_ledger(self.address, officer=self.officer)
                self._ledger.store.patience, self._ledger.store.step = PATIENCE, TOLD_EVERY
                self._ledger.store.waiting = self._waits
            return self._ledger

    def _waits(self, seconds: float) -> None:
        self._waited = (time.monotonic(), seconds)

    @property
    def waited(self) -> float:
        """Seconds for which others have kept this program from writing by now; 0 where nobody does."""
        at, seconds = self._waited
        since = time.monotonic() - at
        return seconds + since if seconds and since < AGAIN else 0.0

    def close(self) -> None:
        """Close the ledger, if it was opened."""
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def perspective(self, where: Where) -> Perspective:
        """The question's dates as the ledger takes them: the date that the screen shows, also when midnight passes."""
        return self.ledger.perspective(where.as_of, where.known_at)

    def newest(self) -> int:
        """The position of the last entry."""
        return self.ledger.perspective().known_at

    def standing(self) -> Standing:
        """How the ledger stands."""
        store = self.ledger.store
        with store.read() as conn:
            head = store.head(conn)
        storage = store.storage()
        last_on = shanghai_date(head.recorded_at) if head.position else None
        simulated = head.clock == "simulated"
        access, officer = self.ledger.access(), self.ledger.officer
        role, limits, alerts = access.role_of(officer), access.units_of(officer), self.ledger.live_alerts()
        units = tuple(self.ledger.unit_names(self.ledger.perspective(), limits).values()) if limits else ()
        told = head.position, simulated, storage.read_only, storage.shown, last_on, role, units, alerts
        return Standing(*told, minutes_behind(store))

    def jobs(self) -> Jobs:
        """How the daily scan is; when it is due next is told by the settings of this machine."""
        from ledger.jobs.scan import next_scan
        from ledger.settings import BadSettings, BadValue, job_settings, load

        told = self.ledger.status()["jobs"]
        try:
            settings = job_settings(load().get("jobs"))
        except (BadSettings, BadValue):
            return Jobs(told)
        return Jobs(told, None if told["state"] == "never" else next_scan(self.ledger, settings, datetime.now(UTC)))

    def main_unit(self, where: Where) -> str | None:
        """The unit to begin with: the first that has others below it, else the first; None where there is none."""
        rows = self.ledger.headcount(self.perspective(where)).rows
        parents = {row.parent for row in rows}
        roots = [row.unit for row in rows if row.parent is None]
        return next((unit for unit in roots if unit in parents), roots[0] if roots else None)

    def scanned_on(self) -> date | None:
        """The date of the last daily scan; None before the first."""
        scanned = self.ledger.status()["jobs"]["scanned_on"]
        return None if scanned is None else date.fromisoformat(scanned)

    def recorded_on(self, position: int) -> date | None:
        """The day on which an entry was recorded; None where there is none."""
        ledger = self.ledger
        with ledger.view(ledger.perspective(None, None)) as view:
            found = ledger.entries_of(view).at([position]).get(position)
        return None if found is None else shanghai_date(found.recorded_at)

    def line_at(self, position: int) -> LogLine | None:
        """One entry of the log, with what became of it; None where there is none."""
        from ledger.queries.log import log_lines

        ledger = self.ledger
        with ledger.view(ledger.perspective()) as view:
            entries = ledger.entries_of(view)
            found = entries.at([position]).values()
            lines = log_lines(found, entries.targets([position]), view.perspective.known_at)
        return lines[0] if lines else None

    def step_known_days(self, where: Where, days: int) -> Where:
        """To the end of the day with entries before or after the one known."""
        newest = self.newest()
        position = newest if where.known_at is None else where.known_at
        if days < 0:
            recorded_on = self.recorded_on(position)
            known = 0 if recorded_on is None else self._end_of(day_before(recorded_on))
        else:
            following = self.recorded_on(position + 1)
            known = newest if following is None else self._end_of(following)
        return where.knowing(known, newest)

    def step_entries(self, where: Where, entries: int) -> Where:
        """One entry more or less known."""
        newest = self.newest()
        position = newest if where.known_at is None else where.known_at
        return where.knowing(min(max(position + entries, 0), newest), newest)

    def roster_ids(self, p: Perspective, unit: str, order: Order = "person") -> list[int]:
        """The numbers of a roster in an order, for a list that fetches its lines by blocks. Raises UnknownUnit."""
        inside = self.ledger.roster_numbers(p, unit)
        if order != "person":
            return [number for number in self.ledger.in_order(p, order) if number in inside]
        position, people = self._by_number
        if position < p.known_at:
            people = self.ledger.in_order(p, order)
            self._by_number = (p.known_at, people)
        return [number for number in people if number in inside]

    def _end_of(self, day: date) -> int:
        return self.ledger.perspective(None, day.isoformat()).known_at
