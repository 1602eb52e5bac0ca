"""What an empty template asks, offers and protects, as it is written and as LibreOffice hands it on."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from ledger.bootstrap import Ledger, create_ledger
from ledger.interchange import words
from ledger.interchange.filled_in import Asked
from ledger.interchange.layouts import LAYOUTS, Layout
from ledger.interchange.sheets import import_sheets
from ledger.interchange.templates import FIRST, HEADER, KEYS, write_template
from tests.interchange.test_office import Convert, convert

__all__ = ["convert"]  # a fixture
MAIN = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
VALUES = {
    "unit-quota": {"unit": "U", "name": "合成局", "kind": "机关", "effective_on": "2015年3月"},
    "roster": {"person": "P1", "name": "合成甲", "unit": "U", "establishment": "行政编制", "born_on": "1980-05"},
}


def template(path: Path, layout: Layout) -> Path:
    with path.open("wb") as file:
        write_template(layout, file)
    return path


def part(path: Path, name: str) -> ET.Element:
    with zipfile.ZipFile(path) as archive:
        return ET.fromstring(archive.read(name))  # noqa: S314  written by this test or by LibreOffice


def filled(empty: Path, layout: Layout, path: Path) -> Path:
    """The template with one row typed in, and on a roster the closing date."""
    keys = [column.key for column in layout.columns]
    cells = "".join(
        _text(FIRST + 1, keys.index(key), text)
        for key, text in sorted(VALUES[layout.name].items(), key=lambda one: keys.index(one[0]))
    )
    with zipfile.ZipFile(empty) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                row = f'<row r="{FIRST + 1}">{cells}</row></sheetData>'
                data = data.decode().replace("</sheetData>", row).encode()
            new.writestr(name, data)
    return path


def _text(row: int, column: int, text: str) -> str:
    return f'<c r="{_letters(column)}{row}" t="inlineStr"><is><t>{text}</t></is></c>'


def _letters(column: int) -> str:
    return ("" if column < 26 else chr(64 + column // 26)) + chr(65 + column % 26)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_template_helps_whoever_fills_it_in(layout: Layout, tmp_path: Path) -> None:
    path = template(tmp_path / "t.xlsx", layout)
    sheet = part(path, "xl/worksheets/sheet1.xml")
    rules = {one.get("sqref", "").split(":")[0]: one for one in sheet.iterfind(".//m:dataValidation", MAIN)}
    styles = part(path, "xl/styles.xml").findall("m:cellXfs/m:xf", MAIN)
    columns = sheet.findall("m:cols/m:col", MAIN)
    for number, column in enumerate(layout.columns):
        rule = rules[f"{_letters(number)}{FIRST + 1}"]
        kinds = {"date": "textLength", "last_day": "custom", "number": "whole"}
        wanted = "list" if column.holds in words.LISTS else kinds.get(column.holds, "textLength")
        assert rule.get("type") == wanted, column.key
        assert rule.get("errorTitle")
        (wide,) = [one for one in columns if int(one.get("min", 0)) <= number + 1 <= int(one.get("max", 0))]
        lock = styles[int(wide.get("style", 0))].find("m:protection", MAIN)
        assert lock is not None
        assert lock.get("locked") == "0", column.key
    assert sheet.find("m:sheetProtection", MAIN) is not None
    (pane,) = sheet.findall(".//m:pane", MAIN)
    assert (pane.get("ySplit"), pane.get("state")) == (str(FIRST), "frozen")
    rows = {one.get("r"): one for one in sheet.iterfind(".//m:row", MAIN)}
    assert rows[str(KEYS + 1)].get("hidden") == "1"
    assert rows[str(HEADER + 1)].get("hidden") is None
    assert len(part(path, "xl/comments1.xml").findall(".//m:comment", MAIN)) > 0


def test_a_drop_down_offers_the_words_that_an_import_reads(tmp_path: Path) -> None:
    layout = LAYOUTS["roster"]
    path = template(tmp_path / "t.xlsx", layout)
    number, column = next((n, one) for n, one in enumerate(layout.columns) if one.holds in words.LISTS)
    rules = part(path, "xl/worksheets/sheet1.xml").iterfind(".//m:dataValidation", MAIN)
    rule = next(one for one in rules if one.get("sqref", "").startswith(f"{_letters(number)}{FIRST + 1}:"))
    offered = [ways[0] for ways in words.LISTS[column.holds].values()]
    letter = _letters(number)
    assert rule.findtext("m:formula1", "", MAIN) == f"选项!${letter}$1:${letter}${len(offered)}"
    texts = ["".join(one.itertext()) for one in part(path, "xl/sharedStrings.xml").iterfind("m:si", MAIN)]
    cells = part(path, "xl/worksheets/sheet2.xml").iterfind(".//m:c", MAIN)
    listed = [texts[int(one.findtext("m:v", "", MAIN))] for one in cells if re.match(f"{letter}\\d", one.get("r", ""))]
    assert listed == offered


def test_libreoffice_keeps_what_helps(convert: Convert | None, tmp_path: Path) -> None:
    """Saved again as xlsx, after xls and ods, a template still offers, checks, protects and hides the same."""
    if convert is None:
        return
    files = [template(tmp_path / f"{name}.xlsx", layout) for name, layout in LAYOUTS.items()]
    before = [helps(file) for file in files]
    for ending in ("ods", "xls"):
        middle = convert(ending, files)
        assert [helps(file) for file in convert("xlsx", middle)] == before, ending


def helps(path: Path) -> tuple[int, int, bool, bool]:
    """Checked columns, drop-downs, whether protected, whether the row of keys is hidden.

    Not the frozen rows: without a window LibreOffice keeps nothing of how a table is viewed.
    """
    sheet = part(path, "xl/worksheets/sheet1.xml")
    rules = sheet.findall(".//m:dataValidation", MAIN)
    lists = [one for one in rules if one.get("type") == "list"]
    rows = {one.get("r"): one.get("hidden") for one in sheet.iterfind(".//m:row", MAIN)}
    protected = sheet.find("m:sheetProtection", MAIN) is not None
    return len(rules), len(lists), protected, rows[str(KEYS + 1)] in ("1", "true")


@pytest.fixture
def ledger(sqlite_url: str) -> Ledger:
    return create_ledger(sqlite_url, officer="tester")


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
def test_a_filled_in_template_is_recorded_from_every_format(
    convert: Convert | None,
    ledger: Ledger,
    tmp_path: Path,
    ending: str,
) -> None:
    for name in VALUES:
        empty = template(tmp_path / f"empty-{name}.xlsx", LAYOUTS[name])
        file = filled(empty, LAYOUTS[name], tmp_path / f"{name}.xlsx")
        if convert is not None:
            (file,) = convert(ending, [file])
        closing = date(2022, 6, 30) if name == "roster" else None
        report = import_sheets(ledger, file, Asked(closing=closing), "commit")
        assert (report.recorded, report.refused) == (1, 0), [told.what for told in report.told]
    ledger.close()
