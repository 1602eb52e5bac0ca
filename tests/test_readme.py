"""The first five minutes of the README: every command is run, in order, as a stranger would."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger import locale
from ledger.cli.app import app

ROOT = Path(__file__).resolve().parents[1]
WAITS = "sledger jobs run"
"""A service: it never ends by itself."""


def steps(page: str, heading: str) -> list[list[str]]:
    """The lines of the section's blocks, as words, up to the first picture; comments left out."""
    section = (ROOT / page).read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n![")[0]
    lines = re.findall(r"^    (.+)$", section, re.MULTILINE)
    return [words for line in lines if (words := shlex.split(line, comments=True)) and " ".join(words) != WAITS]


def test_the_first_five_minutes_run_as_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOGNAME", "tester")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    try:
        for program, *words in steps("README.md", "The first five minutes"):
            if program == "export":
                for setting in words:
                    name, _, value = setting.partition("=")
                    if name != "PATH":
                        monkeypatch.setenv(name, value.replace("$PWD", str(tmp_path)))
                continue
            result = CliRunner().invoke(app, words)
            assert (program, result.exit_code) == ("sledger", 0), f"{words}\n{result.output}"
    finally:
        locale.use(locale.DEFAULT)
    assert list((tmp_path / "letters").glob("*.docx"))
    assert (tmp_path / "away.xlsx").exists()


def test_both_languages_take_the_same_steps() -> None:
    def plain(page: str, heading: str) -> list[list[str]]:
        return [[word for word in words if word.isascii() and "=" not in word] for words in steps(page, heading)]

    english, chinese = plain("README.md", "The first five minutes"), plain("README.zh-CN.md", "头五分钟")
    assert [words[:2] for words in english] == [words[:2] for words in chinese]
