"""Files from strangers: one clear sentence each, in bounded time and memory, and never a wrong value in silence."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from ledger.interchange import parser
from ledger.interchange.workbook import Clock, Reader, UnreadableSheet, read_workbook
from tests.interchange import hostile

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def problem(path: Path) -> str:
    with pytest.raises(UnreadableSheet) as refused:
        read_workbook(path)
    assert path.name in str(refused.value)
    return str(refused.value.params["problem"])


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (hostile.corner_cells, "limits"),
        (hostile.tall_and_wide, "limits"),
        (hostile.one_huge_cell, "bomb"),
        (hostile.entities, "damaged"),
    ],
)
def test_a_bomb_is_told_and_takes_nothing_with_it(make: Callable[[Path], Path], expected: str, tmp_path: Path) -> None:
    assert problem(make(tmp_path / "x.xlsx")) == expected


def test_a_million_empty_rows_are_passed_over(tmp_path: Path) -> None:
    filled = '<row r="1"><c r="A1"><v>5</v></c></row>'
    (sheet,) = read_workbook(hostile.empty_rows(tmp_path / "x.xlsx", filled))
    assert sheet.rows == {0: [5]}


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("x.xlsx", b"", "empty"),
        ("x.xls", b"<html><body><table><tr><td>1</td></tr></table></body></html>", "html"),
        ("x.xls", b'<?xml version="1.0"?><Workbook></Workbook>', "markup"),
        ("x.xlsx", b"PK\x03\x04 and nothing behind it", "damaged"),
        ("x.xls", OLE + b"\0" * 600, "damaged"),
        ("x.csv", "姓名,单位\n".encode("utf-16"), "not_text"),
        ("x.csv", b"a\0b", "not_text"),
        ("x.csv", b"\xff\xff\xff\x80\x80,1", "not_text"),
    ],
)
def test_a_file_of_another_kind_gets_one_sentence(name: str, content: bytes, expected: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert problem(path) == expected


def test_an_encrypted_zip_asks_for_no_password(tmp_path: Path) -> None:
    path = hostile.workbook(tmp_path / "x.xlsx", [])
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    assert problem(path) == "password"


@pytest.mark.parametrize("name", ["x.xlsx", "x.xls", "x.et"])
def test_a_workbook_with_a_password_says_so(name: str, tmp_path: Path) -> None:
    assert problem(hostile.protected(tmp_path / name)) == "password"
    assert problem(hostile.protected_xls(tmp_path / name)) == "password"
    assert problem(hostile.protected_ods(tmp_path / name)) == "password"


def test_a_wrong_name_does_not_matter(tmp_path: Path) -> None:
    table = hostile.workbook(tmp_path / "x.xlsx", ['<row r="1"><c r="A1"><v>5</v></c></row>'])
    for name in ("y.et", "y.xls", "y.csv"):
        (tmp_path / name).write_bytes(table.read_bytes())
        assert read_workbook(tmp_path / name)[0].rows == {0: [5]}


def test_too_many_columns_or_rows(tmp_path: Path) -> None:
    wide = tmp_path / "wide.csv"
    wide.write_text(",".join("x" * (parser.MOST_COLUMNS + 1)), encoding="utf-8")
    assert problem(wide) == "too_wide"
    long = tmp_path / "long.csv"
    long.write_text("x\n" * (parser.MOST_ROWS + 1), encoding="utf-8")
    assert problem(long) == "too_many_rows"


def test_formulas_and_errors_are_told_where_the_reader_is_silent(tmp_path: Path) -> None:
    cells = (
        '<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B1"><f>1+1</f></c><c r="C1"><f>1+1</f><v>2</v></c>'
        '<c r="D1"><f>[1]Sheet1!A1</f><v>7</v></c><c r="E1"><v>3</v></c>'
    )
    (sheet,) = read_workbook(hostile.workbook(tmp_path / "x.xlsx", [f'<row r="1">{cells}</row>']))
    kinds = {column: flag.kind for (_row, column), flag in sheet.flags.items()}
    assert kinds == {0: "error", 1: "formula_without_value", 2: "formula", 3: "formula"}
    assert sheet.flags[0, 0].text == "#DIV/0!"
    assert [sheet.cell(0, column) for column in (2, 3, 4)] == [2, 7, 3]


def test_cells_keep_their_place_and_kind(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet("表")
    page.write(2, 2, "左上")
    page.write_datetime(3, 2, date(2022, 7, 1))
    page.write_datetime(3, 3, date(2022, 7, 1), book.add_format({"num_format": "hh:mm"}))
    page.write_number(3, 4, 0.5, book.add_format({"num_format": "hh:mm"}))
    page.merge_range(5, 0, 7, 0, "镇机关")
    page.write(7, 1, "丙")
    book.add_worksheet("名单").hide()
    book.close()
    sheet, hidden = read_workbook(path)
    assert (sheet.name, sheet.hidden, hidden.hidden) == ("表", False, True)
    assert sheet.cell(2, 2) == "左上"
    assert sheet.cell(3, 2) == date(2022, 7, 1)
    assert isinstance(sheet.cell(3, 4), Clock)
    assert sheet.cell(7, 0) == "镇机关"


def test_markup_is_text(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('姓名,公式\n张三[/],=1+1\n<b>,="007"\n', encoding="utf-8")
    (sheet,) = read_workbook(path)
    assert sheet.rows == {0: ["姓名", "公式"], 1: ["张三[/]", "=1+1"], 2: ["<b>", "007"]}


def test_a_zip_that_lies_about_its_size(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in hostile.PARTS.items():
            archive.writestr(name, text)
        archive.writestr("xl/worksheets/sheet1.xml", hostile.HEAD + " " * 30_000_000 + hostile.TAIL)
    data = path.read_bytes()
    size = len(hostile.HEAD) + len(hostile.TAIL) + 30_000_000
    lied = data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lied != data
    path.write_bytes(lied)
    assert problem(path) in ("damaged", "bomb", "limits")


def test_a_program_that_lies_beside_a_spreadsheet_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever unpacks what was sent to him and imports from that folder runs nothing of it."""
    for name in ("json", "zipfile", "ledger"):
        (tmp_path / f"{name}.py").write_text(f"open('ran-{name}', 'w')\n", encoding="utf-8")
    path = hostile.workbook(tmp_path / "x.xlsx", ['<row r="1"><c r="A1"><v>5</v></c></row>'])
    monkeypatch.chdir(tmp_path)
    assert read_workbook(path)[0].rows == {0: [5]}
    assert list(tmp_path.glob("ran-*")) == []


def test_a_formula_far_down_in_a_large_sheet_is_told(tmp_path: Path) -> None:
    """The sheet is looked through piece by piece: at whatever place a piece ends, the formula is seen."""
    cell = '<c r="A1"><v>1</v></c>'
    formula = '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'
    for missing in range(5):
        head = f'{hostile.HEAD}<row r="1">{cell}</row>'
        blanks = (1 << 20) - len(head.encode()) - formula.index("<f>") - missing
        path = hostile.workbook(tmp_path / f"{missing}.xlsx", [f'<row r="1">{cell}</row>', " " * blanks, formula])
        (sheet,) = read_workbook(path)
        assert sheet.rows[1] == [2]
        assert {flag.kind for flag in sheet.flags.values()} == {"formula"}


def test_a_reading_that_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    path = hostile.workbook(tmp_path / "x.xlsx", ['<row r="1"><c r="A1"><v>5</v></c></row>'])
    with Reader(path) as left:
        pass
    assert left._child.returncode is not None
    with pytest.raises(FileNotFoundError):
        Reader(tmp_path / "none.xlsx")
