"""Every key of every screen leads to an action that exists, is in the palette, and is no bare letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.screens import press, run, settled
from tui import keys
from tui.app import LedgerApp
from tui.commands import commands
from tui.forms.catalogue import FORMS
from tui.reports.catalogue import REPORTS
from tui.screens.replay import Replay

KEYS = {"find": "f3", "date": "f4", "palette": "f9", "help": "f1", "record": "f2", "reports": "f8", "inbox": "f6"}


async def open_screen(name: str, pilot: Pilot[int], app: LedgerApp) -> None:
    match name:
        case "unit" | "person":
            app.show_subject(name, {"unit": "T1", "person": "DZ2"}[name])
        case "replay":
            app.show(Replay("T1"))
        case "settings":
            app.action_settings()
        case "import":
            app.action_import_table()
        case "find" | "date" | "palette" | "help" | "record":
            await press(
                pilot,
                {
                    "find": "f3",
                    "date": "f4",
                    "palette": "f9",
                    "help": "f1",
                    "record": "f2",
                    "reports": "f8",
                    "inbox": "f6",
                }[name],
            )
    await settled(pilot)


SCREENS = ("overview", "unit", "person", "replay", "settings", "import", *KEYS)


@pytest.mark.parametrize("name", SCREENS)
def test_every_active_key_leads_to_an_action(name: str, town: Path) -> None:
    missing: list[str] = []

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await open_screen(name, pilot, app)
        for key, active in app.screen.active_bindings.items():
            owner, _dot, action = active.binding.action.partition("(")[0].rpartition(".")
            node = {"app": app, "screen": app.screen}.get(owner, active.node)
            if not hasattr(node, f"action_{action}"):
                missing.append(f"{key}: {active.binding.action}")

    run(flow, town)
    assert missing == []


@pytest.mark.parametrize("name", ["overview", "unit", "person", "replay", "import", "reports", "inbox"])
def test_every_key_of_a_screen_is_a_command_of_the_palette(name: str, town: Path) -> None:
    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        await open_screen(name, pilot, app)
        with_keys = {one.binding.id for one in app.screen.active_bindings.values() if one.binding.id}
        listed = {command.id for command in commands(app)}
        assert with_keys <= listed
        without = {key.id for key in keys.EVERYWHERE if not key.keys}
        forms, reports = {f"form.{one.id}" for one in FORMS}, {f"report.{one}" for one in REPORTS}
        assert listed - with_keys == without | forms | reports
        assert [command.id for command in commands(app) if not (command.name and command.english)] == []
        assert [command.id for command in commands(app) if not command.initials.isalpha()] == []

    run(flow, town)


def test_no_command_is_a_bare_letter_or_only_a_key_that_terminals_take() -> None:
    for key in keys.ALL:
        assert not any(len(one) == 1 and one.isalpha() for one in key.keys), key.id
        assert not (key.keys and set(key.keys) <= keys.NEVER_ALONE), key.id


def test_every_command_has_a_word_in_both_languages_and_initials() -> None:
    assert [key.id for key in keys.ALL if not (key.label and key.initials)] == []
