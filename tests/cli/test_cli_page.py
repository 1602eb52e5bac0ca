"""The page of the command line names every command and every option, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from ledger.cli.app import COMMANDS, app
from ledger.cli.base import shared_options

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
SHARED = {name for option in shared_options(environment=True) for name in option.opts} | {"--help"}


def options(name: str) -> set[str]:
    command = app.get_command(click.Context(app), name)
    assert command is not None
    found = {option for parameter in command.params if isinstance(parameter, click.Option) for option in parameter.opts}
    return found - SHARED


def test_every_command_has_its_section() -> None:
    assert sorted(SECTIONS) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_names_the_options_of_its_command(name: str) -> None:
    usage = SECTIONS[name].partition("`sledger")[2].partition("`")[0]
    assert set(re.findall(r"--[a-z-]+", usage)) - {"--key"} == options(name)


def test_the_shared_options_are_named() -> None:
    assert {option for option in SHARED if f"`{option}" not in PAGE} == set()
