"""The page of the command line names every command and every option, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from ledger.cli.app import COMMANDS, app
from ledger.cli.base import shared_options

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### ([\w-]+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
SHARED = {name for option in shared_options(environment=True) for name in option.opts} | {"--help"}


def options(name: str) -> set[str]:
    """Of a command, or of all commands under one word."""
    command = app.get_command(click.Context(app), name)
    assert command is not None
    parameters = [one for each in commands(command) for one in each.params if isinstance(one, click.Option)]
    return {option for parameter in parameters for option in parameter.opts} - SHARED


def commands(one: click.Command) -> list[click.Command]:
    """The command itself, or all under its word, however deep."""
    if not isinstance(one, click.Group):
        return [one]
    return [found for inner in one.commands.values() for found in commands(inner)]


def test_every_command_has_its_section() -> None:
    assert sorted(SECTIONS) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_names_the_options_of_its_command(name: str) -> None:
    usages = re.findall(rf"^`sledger {name}\b([^`]*)`", SECTIONS[name], re.MULTILINE)
    assert usages
    named = set(re.findall(r"--[a-z-]+", " ".join(usages)))
    assert (named - {"--key"} if name in ("record", "correct") else named) == options(name)


def test_the_shared_options_are_named() -> None:
    assert {option for option in SHARED if f"`{option}" not in PAGE} == set()
