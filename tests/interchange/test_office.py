"""What LibreOffice makes of our files, and we of its: templates, imports and registers go through the office program.

Needs `soffice` and `pdftotext`. Without them one line says what was not run; with SLEDGER_REQUIRE_OFFICE=1, as on the
build server, that is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.bootstrap import create_ledger
from ledger.interchange.filled_in import Asked, open_file
from ledger.interchange.jsonl import import_lines
from ledger.interchange.layouts import LAYOUTS
from ledger.interchange.sheets import import_sheets
from ledger.interchange.templates import write_template
from ledger.reports.catalogue import maker, write
from ledger.reports.model import Asked as Question
from tests.interchange.offices import office_roster, office_units

SCENARIO = Path(__file__).resolve().parents[1] / "scenarios" / "town-2022.jsonl"
Convert = Callable[[str, list[Path]], list[Path]]


@pytest.fixture
def convert(tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Convert | None:
    """Converts files with LibreOffice; None where it is not installed and not required."""
    missing = [tool for tool in ("soffice", "pdftotext") if shutil.which(tool) is None]
    if missing:
        told = f"not run for want of {' and '.join(missing)}: {request.node.name}"
        assert os.environ.get("SLEDGER_REQUIRE_OFFICE") != "1", told
        with capsys.disabled():
            print(told)  # noqa: T201  one line for whoever runs the tests
        return None
    profile = (tmp_path / "profile").as_uri()

    def run(ending: str, files: list[Path]) -> list[Path]:
        out = tmp_path / f"as-{ending}"
        command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", ending, "--outdir"]
        subprocess.run([*command, out, *files], check=True, capture_output=True, timeout=180)
        return [out / f"{file.stem}.{ending}" for file in files]

    return run


def text_of(pdf: Path) -> str:
    run = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, timeout=60)
    return run.stdout.decode("utf-8")


def test_templates_open_and_keep_their_shape_through_every_format(convert: Convert | None, tmp_path: Path) -> None:
    files = []
    for name, layout in LAYOUTS.items():
        files.append(tmp_path / f"{name}.xlsx")
        with files[-1].open("wb") as file:
            write_template(layout, file)
        (table,) = open_file(files[-1], Asked()).tables
        assert (table.header.layout.name, table.header.missing) == (name, [])
    for ending in ("xlsx", "xls", "ods") if convert else ():
        assert convert is not None
        for original, copy in zip(files, convert(ending, files), strict=True):
            (table,) = open_file(copy, Asked()).tables
            before = open_file(original, Asked()).tables[0].header
            assert (table.header.layout.name, table.header.columns, table.header.first) == (
                before.layout.name, before.columns, before.first,
            )  # fmt: skip


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_an_offices_files_say_the_same_in_every_format(convert: Convert | None, tmp_path: Path, ending: str) -> None:
    files = [office_units(tmp_path / "units.xlsx"), office_roster(tmp_path / "people.xlsx")]
    answers: list[Any] = []
    for copies in (files, convert(ending, files) if convert else files):
        with create_ledger(str(tmp_path / f"{copies[0].suffix}{len(answers)}.db"), officer="tester") as ledger:
            for copy in copies:
                report = import_sheets(ledger, copy, Asked(), "commit")
                assert report.refused == 0
            p = ledger.perspective(date(2022, 6, 30))
            answers.append((ledger.headcount(p).to_json(), ledger.secondments(p).to_json()))
    assert answers[0] == answers[1]


def test_registers_print(convert: Convert | None, tmp_path: Path) -> None:
    shutil.copy(SCENARIO, tmp_path / "town.jsonl")
    files = []
    with create_ledger(str(tmp_path / "town.db"), officer="tester") as ledger:
        import_lines(ledger, tmp_path / "town.jsonl")
        question = Question("T1", ledger.perspective(date(2022, 6, 30)))
        for name in ("establishment", "overdue", "whereabouts"):
            for form in (".xlsx", ".docx"):
                files.append(tmp_path / f"{name}-{form[1:]}{form}")
                with files[-1].open("wb") as file:
                    write(maker(name)(ledger, question), form, file)
    if convert is None:
        return
    texts = {file.stem: text_of(pdf) for file, pdf in zip(files, convert("pdf", files), strict=True)}
    for form in ("xlsx", "docx"):
        establishment = texts[f"establishment-{form}"].replace(" ", "")
        assert "编制台账" in establishment
        assert "55" in establishment
        assert "2022-06-30" in establishment
        assert "超期借调清理表" in texts[f"overdue-{form}"].replace(" ", "")
        assert "干部去向公示" in texts[f"whereabouts-{form}"].replace(" ", "")
