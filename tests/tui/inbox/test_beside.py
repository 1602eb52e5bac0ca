"""A window of 160 columns tells, beside the overview, what is wrong below the unit and what was recorded of it last."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from tests.tui.inbox.looking import DAY, alerts_of
from tests.tui.screens import LARGE, press, run, settled, shown
from tui.app import LedgerApp
from tui.forms.screen import FormScreen
from tui.inbox.alert import AlertPage
from tui.screens.beside import ToldBeside
from tui.screens.entries import EntryPage
from tui.screens.overview import Overview
from tui.where import Where

WIDE = (160, 45)
Front = TypeVar("Front")


def morning() -> datetime:
    """An hour after the scan."""
    return datetime(2022, 7, 1, 10, tzinfo=UTC)


def told_beside(app: LedgerApp) -> ToldBeside:
    return app.screen.query_one(ToldBeside)


def lines_of(app: LedgerApp) -> list[str]:
    """The lines of the list, without those that are empty."""
    one = told_beside(app)
    lines = ["".join(part.text for part in one.render_line(y)).strip() for y in range(one.size.height)]
    return [line for line in lines if line]


def front(app: LedgerApp, kind: type[Front]) -> Front:
    assert isinstance(app.screen, kind)
    return app.screen


async def point(pilot: Pilot[int], app: LedgerApp, unit: str) -> None:
    assert isinstance(app.screen, Overview)
    app.screen.table.point(unit)
    await settled(pilot)


def test_the_alerts_below_the_unit_come_first_then_its_latest_entries(told: Path) -> None:
    with open_ledger(str(told)) as ledger:
        p = ledger.perspective(DAY)
        alerts, fewer = ([line.alert.id for line in ledger.alerts(p, unit=unit).rows] for unit in ("T1", "T1-RD"))
        entries = [line.position for line in ledger.log(unit="T1").entries]

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await point(pilot, app, "T1")
        assert told_beside(app).ids == [*alerts, *entries[:-21:-1]]
        assert lines_of(app)[1].split() == ["!", "长期借调", "欧阳秋收", "2019-04-09"]
        await press(pilot, "right")
        await point(pilot, app, "T1-RD")
        assert told_beside(app).ids[: len(fewer)] == fewer
        assert len(fewer) < len(alerts)
        assert any("#" in line and "人大" in line for line in lines_of(app))

    run(flow, told, size=WIDE)


def test_a_window_of_fewer_columns_does_not_have_it(told: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await point(pilot, app, "T1")
        assert not told_beside(app).display
        assert told_beside(app).ids == ()
        await pilot.resize_terminal(159, 45)
        await settled(pilot)
        assert not told_beside(app).display
        await pilot.resize_terminal(*WIDE)
        await settled(pilot)
        assert "长期借调" in lines_of(app)[1]

    run(flow, told, size=LARGE)


def test_tab_goes_there_and_enter_opens_the_alert_or_the_entry(told: Path) -> None:
    first = alerts_of(told)[0].alert

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await point(pilot, app, "T1")
        await press(pilot, "tab", "tab", "enter")
        assert front(app, AlertPage).line.alert.id == first.id
        assert "党政办公室 -> 县委办公室" in shown(app)
        await press(pilot, "escape", "f2", "3")
        assert front(app, FormScreen).state.people == [first.person]
        await press(pilot, "escape", "end", "enter")
        assert front(app, EntryPage).line.position < first.id

    run(flow, told, size=WIDE)


def test_the_past_shows_what_was_wrong_and_recorded_then(told: Path) -> None:
    alerts = {line.alert.id: line.alert for line in alerts_of(told)}
    first, last = min(alerts), max(alerts)
    with open_ledger(str(told), officer="keeper", clock=morning) as ledger:
        renamed = {"type": "unit_renamed", "effective_on": "2022-07-02", "unit": "T1", "name": "云溪新镇"}
        ledger.record(renamed)
        newest = ledger.perspective().known_at
        of_town = {line.alert.id for line in ledger.alerts(ledger.perspective(DAY), unit="T1").rows}
    early = date(2020, 1, 1)
    then = {one for one in of_town if alerts[one].first_true_on <= early}
    assert 0 < len(then) < len(of_town)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await point(pilot, app, "T1")

        async def at(where: Where) -> set[object]:
            app.go_to(where)
            await settled(pilot)
            return set(told_beside(app).ids)

        assert newest in await at(Where(date(2022, 7, 2)))
        assert newest not in await at(Where(DAY))
        assert newest not in await at(Where(date(2022, 7, 2), newest - 1))
        assert not await at(Where(DAY, first - 1)) & set(alerts)
        assert first in await at(Where(DAY, first))
        assert last not in await at(Where(DAY, last - 1))
        assert await at(Where(early)) & set(alerts) == then

    run(flow, told, size=WIDE)


def test_an_alert_cleared_since_is_still_there_in_the_past(told: Path) -> None:
    wanted = next(line.alert for line in alerts_of(told) if line.alert.rule == "overdue_secondment")
    with open_ledger(str(told), officer="keeper", clock=morning) as ledger:
        before = ledger.perspective().known_at
        ledger.record({"type": "secondment_ended", "effective_on": "2022-07-01", "person": wanted.person})
        ledger.scan(DAY)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await point(pilot, app, "XIAN")
        app.go_to(Where(DAY))
        await settled(pilot)
        assert wanted.id not in told_beside(app).ids
        app.go_to(Where(DAY, before))
        await settled(pilot)
        assert wanted.id in told_beside(app).ids

    run(flow, told, size=WIDE)
    assert next(line.state.value for line in alerts_of(told) if line.alert.id == wanted.id) == "cleared"
