"""The ten steps of the tutorial: every command of the page is run, in order, and says what the page says."""

from __future__ import annotations

import re
import shlex
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger import locale
from ledger.cli.app import app

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = (DOCS / "tutorial.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    sledger (.+)$", PAGE, re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in (DOCS / "tutorial").glob("*.csv"):
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("SLEDGER_LEDGER", str(tmp_path / "office.db"))
    monkeypatch.setenv("LOGNAME", "tester")
    return tmp_path


def test_the_page_has_ten_steps() -> None:
    assert re.findall(r"^## (\d+) ", PAGE, re.MULTILINE) == [str(number) for number in range(1, 11)]


def test_every_command_of_the_page_runs(folder: Path) -> None:
    said: dict[str, str] = {}
    try:
        for line in COMMANDS:
            result = CliRunner().invoke(app, ["--lang", "zh", *shlex.split(line)])
            assert result.exit_code == 0, f"{line}\n{result.output}"
            said[line] = result.output
    finally:
        locale.use(locale.DEFAULT)
    assert "读作“合乙”" in said["import roster.csv"]
    assert "已登记 0 行，此前已登记 6 行" in said["import roster.csv --commit"]
    assert "已登记 3 行" in said["import movements.csv --commit"]
    assert re.search(r"合乙.*2019-08-31", said["secondments --overdue --on 2022-09-30"])
    assert "超期借调" in said["findings --unit QZ --on 2022-09-30"]
    assert "合乙" in said["explain --unit QZ --measure seconded_out --on 2022-09-30"]
    (letter,) = (folder / "函件").glob("*.docx")
    with zipfile.ZipFile(letter) as parts:
        text = re.sub(r"<[^>]+>", "", parts.read("word/document.xml").decode("utf-8"))
    assert "合乙" in text
    assert "县信访局" in text
    assert {"编制台账.xlsx", "借调台账.xlsx", "超期借调清理表.docx", "九月月报.xlsx"} <= {
        path.name for path in folder.iterdir()
    }
