"""More files from strangers, a few KB each: read as what they hold, or refused for a reason of a closed list."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from ledger.interchange import parser
from ledger.interchange.filled_in import Asked, open_file
from ledger.interchange.headers import HeaderMissing
from ledger.interchange.workbook import UnreadableSheet, read_workbook
from tests.interchange import hostile
from tests.interchange.hostile import HEAD, PARTS, TAIL

CELL = '<row r="1"><c r="A1"><v>5</v></c></row>'
STRINGS = (
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="4294967295" '
    'uniqueCount="4294967295"><si><t>{}</t></si></sst>'
)


def packed(path: Path, sheet: str, parts: Mapping[str, str] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**PARTS, **(parts or {}), "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(name, text)
    return path


def with_strings(path: Path, sheet: str, strings: str) -> Path:
    types = PARTS["[Content_Types].xml"].replace(
        "</Types>",
        '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.sharedStrings+xml"/></Types>',
    )
    relations = PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    )
    parts = {"[Content_Types].xml": types, "xl/_rels/workbook.xml.rels": relations, "xl/sharedStrings.xml": strings}
    return packed(path, sheet, parts)


def ods(path: Path, rows: str) -> Path:
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content{names}><office:body><office:spreadsheet>"
            f'<table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
    return path


def problem(path: Path) -> str:
    with pytest.raises(UnreadableSheet) as refused:
        read_workbook(path)
    return str(refused.value.params["problem"])


def test_counts_and_places_that_lie_take_no_memory(tmp_path: Path) -> None:
    """A table may claim any size: only the cells that are there count, and places that cannot be are not read."""
    wide = HEAD.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    (sheet,) = read_workbook(packed(tmp_path / "wide.xlsx", wide + CELL + TAIL))
    assert sheet.rows == {0: [5]}
    nowhere = '<row r="4294967295"><c r="ZZZZZZ4294967295"><v>1</v></c></row>'
    assert problem(packed(tmp_path / "nowhere.xlsx", HEAD + CELL + nowhere + TAIL)) in ("limits", "damaged")
    text = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    assert problem(with_strings(tmp_path / "many.xlsx", HEAD + text + TAIL, STRINGS.format("a"))) == "limits"


def test_names_that_stand_for_names_or_files_are_not_followed(tmp_path: Path) -> None:
    kinds = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    bomb = f'<!DOCTYPE sst [<!ENTITY e0 "x">{kinds}]>' + STRINGS.replace("4294967295", "1").format("&e12;")
    text = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    assert problem(with_strings(tmp_path / "bomb.xlsx", HEAD + text + TAIL, bomb)) in ("damaged", "limits")
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>'
    outside = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + HEAD.partition("?>")[2]
    assert problem(packed(tmp_path / "outside.xlsx", outside + cell + TAIL)) == "damaged"


def test_rows_and_columns_repeated_a_milliard_times(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'
    rows = f'<table:table-row table:number-rows-repeated="1000000000">{cell.format("")}</table:table-row>'
    assert problem(ods(tmp_path / "rows.ods", rows)) in ("too_many_rows", "limits")
    many = cell.format(' table:number-columns-repeated="1000000000"')
    assert problem(ods(tmp_path / "columns.ods", f"<table:table-row>{many}</table:table-row>")) in (
        "too_wide",
        "limits",
    )


def test_more_sheets_than_any_office_keeps(tmp_path: Path) -> None:
    sheets = "".join(
        f'<sheet name="S{number}" sheetId="{number}" r:id="rId1"/>' for number in range(parser.MOST_SHEETS + 1)
    )
    book = PARTS["xl/workbook.xml"].replace('<sheet name="S" sheetId="1" r:id="rId1"/>', sheets)
    assert problem(packed(tmp_path / "x.xlsx", HEAD + CELL + TAIL, {"xl/workbook.xml": book})) == "too_many_sheets"


def test_a_part_that_stands_twice_is_not_chosen_from(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.xlsx", HEAD + CELL + TAIL)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("xl/worksheets/sheet1.xml", HEAD + CELL.replace("5", "6") + TAIL)
    assert problem(path) == "damaged"


@pytest.mark.parametrize("text", ['"never closed\n' + "a\n" * 60_000, "a" * 100_001])
def test_a_cell_longer_than_a_cell_can_be(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"姓名,单位\n{text}", encoding="utf-8")
    assert problem(path) == "cell_too_long"


def test_tags_that_never_end_are_looked_at_once(tmp_path: Path) -> None:
    """So 10 KB do not take a minute: what the reader refuses is refused at once, and nothing waits for the rest."""
    cells = packed(tmp_path / "cells.xlsx", HEAD + CELL + "<f/>" + '<c r="A1">' * 400_000 + TAIL)
    assert problem(cells) == "damaged"
    book = packed(tmp_path / "book.xlsx", HEAD + CELL + TAIL, {"xl/workbook.xml": "<sheet " * 2_000_000})
    assert problem(book) == "damaged"


def test_attributes_in_either_kind_of_quotes(tmp_path: Path) -> None:
    row = "<row r='1'><c r='A1'><f>1+1</f></c><c r='B1' t='e'><v>#REF!</v></c><c r='C1'/><c r='D1'><v>4</v></c></row>"
    book = PARTS["xl/workbook.xml"].replace('"', "'")
    relations = PARTS["xl/_rels/workbook.xml.rels"].replace('"', "'")
    parts = {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": relations}
    (sheet,) = read_workbook(packed(tmp_path / "x.xlsx", HEAD + row + TAIL, parts))
    assert {place: flag.kind for place, flag in sheet.flags.items()} == {
        (0, 0): "formula_without_value",
        (0, 1): "error",
    }
    assert sheet.cell(0, 3) == 4


def test_a_part_elsewhere_is_not_fetched(tmp_path: Path) -> None:
    relations = PARTS["xl/_rels/workbook.xml.rels"]
    for number, target in enumerate(('/../../etc/passwd"', 'http://127.0.0.1:9/x.xml" TargetMode="External"')):
        told = relations.replace('worksheets/sheet1.xml"', target)
        path = packed(tmp_path / f"{number}.xlsx", HEAD + CELL + TAIL, {"xl/_rels/workbook.xml.rels": told})
        assert problem(path) == "damaged"


@pytest.mark.parametrize(
    "text", ["截止" + " " * 90_000 + "x\ny", "截止" * 45_000 + "\nx", "2022年1月1日" * 9_000 + "\nx"]
)
def test_a_title_as_long_as_a_book_is_no_title(text: str, tmp_path: Path) -> None:
    """Looked through in full, the first took minutes; nothing but the time shows it."""
    path = tmp_path / "x.csv"
    path.write_text("\n".join([f'"{text}","{text}"'] * 9), encoding="utf-8")
    with pytest.raises(HeaderMissing):
        open_file(path, Asked())


def test_an_old_workbook_whose_records_make_no_sense(tmp_path: Path) -> None:
    begin = b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(12)
    broken = hostile.protected(tmp_path / "x.xls", "Workbook", begin + b"\x85\x00\xff\xff" + b"\xff" * 3000)
    assert problem(broken) == "damaged"
    loop = bytearray(hostile.protected(tmp_path / "y.xls", "Workbook", begin).read_bytes())
    loop[512 + 12 : 512 + 16] = (2).to_bytes(4, "little")  # a sector that is followed by the one before
    (tmp_path / "y.xls").write_bytes(loop)
    assert [sheet.rows for sheet in read_workbook(tmp_path / "y.xls")] == []
