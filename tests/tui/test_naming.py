"""Units and people stand by name where entries and refusals are told; codes stay where they tell apart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ledger.bootstrap import open_ledger
from ledger.domain.refusals import Refused
from tests.tui.forms.filling import Form, fill_in
from tests.tui.screens import LARGE, press, run, shown
from tui.app import LedgerApp
from tui.naming import Names
from tui.where import Where

NAMES = Names({"CZJ": "县财政局", "DWB": "县委办公室"}, {"DZ2": "卫冬藏"})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            {"person": "DZ2", "host": "CZJ", "until": "CZJ"},
            {"person": "卫冬藏 DZ2", "host": "县财政局", "until": "CZJ"},
        ),
        ({"replacement": {"host": "DWB"}}, {"replacement": {"host": "县委办公室"}}),
        ({"unit": "CZJ", "name": "县财政局"}, {"unit": "CZJ", "name": "县财政局"}),
        ({"person": "P9", "host": None, "posts": 3}, {"person": "P9", "host": None, "posts": 3}),
    ],
)
def test_codes_of_units_and_people_become_names(content: dict[str, object], told: dict[str, object]) -> None:
    assert NAMES.of(content) == told


def test_a_refusal_within_a_refusal_is_told_by_names_too() -> None:
    inner = Refused("secondment_running", {"person": "DZ2", "host": "CZJ", "date": date(2022, 7, 1)})
    outer = Refused("breaks_other_entry", {"reason": inner})
    told = NAMES.refused(outer).params["reason"]
    assert isinstance(told, Refused)
    assert told.params["host"] == "县财政局"


def test_the_pages_of_people_units_and_entries_and_the_replay_tell_names(town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        app.show_subject("person", "DZ2")
        await press(pilot)
        assert "借入单位 县委组织部" in shown(app)
        assert "ZZB" not in shown(app)
        app.screen.table.point(145)  # type: ignore[attr-defined]  # the page has a list of entries
        await press(pilot, "enter")
        assert "县委组织部 ZZB" in shown(app)
        assert "卫冬藏 DZ2" in shown(app)
        await press(pilot, "f2", "5")
        assert "DZ2" in shown(app)  # a form opened from there still knows whom it is about
        await press(pilot, "escape", "f12")
        app.show_subject("unit", "ZZB")
        await press(pilot, "4")
        assert "人员 卫冬藏 DZ2" in shown(app)
        app.go_to(Where(date(2022, 6, 30), 145))
        await press(pilot, "f7")
        assert "卫冬藏 DZ2" in "".join(shown(app).splitlines()[-5:])

    run(flow, town, size=LARGE)


def test_a_refusal_in_a_form_names_whom_and_what_it_is_about(town: Path) -> None:
    async def flow(form: Form) -> None:
        await form.fill(person="DZ1", host="CZJ", effective_on="20220701", until="6m")
        assert "欧阳秋收 DZ1" in form.preview
        assert "县委办公室" in form.preview
        assert "DWB" not in form.preview
        await form.press("ctrl+s")
        assert "县委办公室" in form.notice
        assert form.screen.focused is form.screen.inputs["person"]

    fill_in(flow, town, "second")


def test_names_of_thousands_of_people_are_asked_for_at_once(town: Path) -> None:
    with open_ledger(str(town)) as ledger:
        people = ["DZ1", "nobody", *(f"X{number}" for number in range(12_000)), "DZ2"]
        found = ledger.people_names(ledger.perspective(), people)
    assert found == {"DZ1": "欧阳秋收", "DZ2": "卫冬藏"}
