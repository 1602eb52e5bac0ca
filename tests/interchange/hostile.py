"""Files that a stranger may send: made small, so that the tests need none from anywhere."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>"
)
TAIL = "</sheetData></worksheet>"
PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def workbook(path: Path, pieces: Iterable[str]) -> Path:
    """An xlsx whose one sheet holds these pieces of markup."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(HEAD.encode())
            for piece in pieces:
                sheet.write(piece.encode())
            sheet.write(TAIL.encode())
    return path


def corner_cells(path: Path) -> Path:
    """Two cells, the first and the very last one: the reading library ends its process on it."""
    return workbook(
        path, ['<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>']
    )


def tall_and_wide(path: Path) -> Path:
    return workbook(
        path, ['<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="AZ1048576"><v>1</v></c></row>']
    )


def empty_rows(path: Path, filled: str, rows: int = 1_048_576) -> Path:
    """A small table, and a style on every row down to the last: what a careless paste leaves."""
    blank = (f'<row r="{row}"><c r="A{row}" s="0"/></row>' for row in range(filled.count("<row") + 1, rows + 1))
    return workbook(path, [filled, *blank])


def one_huge_cell(path: Path) -> Path:
    text = "a" * 1_000_000
    pieces = ['<row r="1"><c r="A1" t="inlineStr"><is><t>', *[text] * 300, "</t></is></c></row>"]
    return workbook(path, pieces)


def entities(path: Path) -> Path:
    """Each name stands for ten of the one before."""
    workbook(path, [])
    names = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY e0 "x">{names}]>' + HEAD.partition("?>")[2]
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&e12;</t></is></c></row>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        archive.writestr("xl/worksheets/sheet1.xml", bomb + cell + TAIL)
    return path


def protected(path: Path, name: str = "EncryptedPackage", content: bytes = b"") -> Path:
    """What Excel and WPS make of a workbook with a password: an OLE file that holds the encrypted package."""
    free, end, fat = b"\xff" * 4, b"\xfe\xff\xff\xff", b"\xfd\xff\xff\xff"

    def entry(name: str, kind: int, child: int, left: int = -1, start: int = -2, size: int = 0) -> bytes:
        text = name.encode("utf-16-le")
        links = b"".join(one.to_bytes(4, "little", signed=True) for one in (left, -1, child))
        head = text.ljust(64, b"\0") + (len(text) + 2).to_bytes(2, "little") + bytes([kind, 1]) + links
        return head + bytes(36) + start.to_bytes(4, "little", signed=True) + size.to_bytes(8, "little")

    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0" + bytes(10)
    header += (1).to_bytes(4, "little") + (1).to_bytes(4, "little") + bytes(4) + (4096).to_bytes(4, "little")
    header += end + bytes(4) + end + bytes(4) + bytes(4) + free * 108
    table = (fat + end + b"".join((n + 3).to_bytes(4, "little") for n in range(7)) + end).ljust(512, b"\xff")
    entries = entry("Root Entry", 5, 1) + entry(name, 2, -1, start=2, size=4096)
    path.write_bytes(header + table + entries.ljust(512, b"\0") + content.ljust(4096, b"\0"))
    return path


def protected_ods(path: Path) -> Path:
    """Likewise of an OpenDocument table: each part is encrypted, the list of parts is not."""
    listed = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
        'manifest:full-path="content.xml" manifest:media-type="text/xml"><manifest:encryption-data '
        'manifest:checksum="x"/></manifest:file-entry></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", listed)
        archive.writestr("content.xml", b"\x01\x02\x03" * 100)
    return path


def protected_xls(path: Path) -> Path:
    """The beginning of an old workbook with a password, as far as anybody without it can read."""
    book = b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(12) + b"\x2f\x00\x36\x00\x01\x00" + b"\x9a" * 52
    return protected(path, "Workbook", book)
