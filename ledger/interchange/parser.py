"""The child process that opens a stranger's spreadsheet: `python -m ledger.interchange.parser FILE`.

A file of 1.4 KB can abort the reading library in a way that cannot be caught, and 3 MB can inflate to gigabytes
(reliability finding 10). So files are read in a process of their own, with limits on memory and time, which hands
rows over as JSON lines and nothing else. It imports the standard library and the reader, and opens no ledger.

Lines: {"sheet": name, "hidden": bool, "merged": [[r1, c1, r2, c2]…]}, then {"first": row, "rows": [[cell…]…]} and
{"flags": [[row, column, kind, text]…]}; a date is {"d": "2022-07-01"}; {"trouble": code, "detail": text} ends it.
Rows and columns count from 0.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

MEMORY = 768 * 1024 * 1024
"""Address space of the process; an honest workbook of 100,000 people takes a third of it."""
SECONDS = 60
MOST_BYTES = 64 * 1024 * 1024
MOST_INFLATED = 512 * 1024 * 1024
MOST_RATIO = 250
"""An honest sheet is packed to a fifteenth, bombs to a five-hundredth and less (reliability 3.4)."""
MOST_ROWS = 250_000
MOST_COLUMNS = 256
MOST_CHARACTERS = 200_000_000
MOST_IN_CELL = 100_000
"""Office programs keep 32,767 characters in a cell, some 65,535."""
MOST_SHEETS = 256
PIECE = 500

Row = list[Any]


class Unreadable(Exception):
    """Why a file is not read on; `code` is known to `workbook.TROUBLES`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def main() -> None:
    """Read the file named and write its sheets to stdout."""
    _limit()
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="surrogatepass", newline="\n")
    try:
        for told in _read(Path(sys.argv[1])):
            out.write(json.dumps(told, ensure_ascii=True, separators=(",", ":")) + "\n")
    except Unreadable as trouble:
        out.write(json.dumps({"trouble": trouble.code, "detail": trouble.detail[:200]}) + "\n")
    except MemoryError:
        out.write(json.dumps({"trouble": "limits", "detail": ""}) + "\n")
    out.flush()


def _limit() -> None:
    with contextlib.suppress(
        ImportError, ValueError, OSError
    ):  # only POSIX has them; the parent's clock is always there
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _read(path: Path) -> Iterator[dict[str, Any]]:
    size = path.stat().st_size
    if size == 0:
        raise Unreadable("empty")
    if size > MOST_BYTES:
        raise Unreadable("too_large", f"{size // 1024 // 1024} MiB")
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK"):
        yield from _packed(path)
    elif head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        yield from _workbook(path, dict)
    elif head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<html", b"<!doctype", b"<table", b"<meta")):
        raise Unreadable("html")
    elif head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise Unreadable("markup")
    else:
        yield from _text(path)


# ---- packed formats: xlsx, xlsb, ods


def _packed(path: Path) -> Iterator[dict[str, Any]]:
    from concurrent.futures import ThreadPoolExecutor

    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            for info in infos:
                if info.flag_bits & 1:
                    raise Unreadable("password")
                if info.file_size > 20_000_000 and info.file_size > MOST_RATIO * max(1, info.compress_size):
                    raise Unreadable("bomb")
            if len({info.filename for info in infos}) < len(infos):  # two programs would read two different tables
                raise Unreadable("damaged", "a part stands twice")
            if len(infos) > 5_000 or sum(info.file_size for info in infos) > MOST_INFLATED:
                raise Unreadable("too_large")
            with ThreadPoolExecutor(1) as beside:  # the reader works without Python's lock: both at once
                yield from _workbook(path, beside.submit(_flags, archive).result)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise Unreadable("damaged", str(error)) from None


_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^<>]*>")
_CELL = re.compile(
    rb"""<(?:\w+:)?c\b(?>[^<>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'])[^<>]*+>((?:[^<]++|<(?!/?(?:\w+:)?c[\s/>]))*+)"""
)
"""A cell and all up to its end or the next cell; where cells never end, each letter is still looked at once."""
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
_ODS_ERROR = re.compile(rb'value-type="error"')


def _flags(archive: zipfile.ZipFile) -> dict[str, list[list[Any]]]:
    """What the reader keeps silent about, by sheet: formulas, formulas without a value, error cells."""
    names = set(archive.namelist())
    if "content.xml" in names:
        if _ODS_ERROR.search(archive.read("content.xml")):
            raise Unreadable("error_cells")
        return {}
    if "xl/workbook.xml" not in names:
        return {}
    targets = _targets(archive)
    found: dict[str, list[list[Any]]] = {}
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        part = targets.get(_attribute(tag, rb"\w+:id"), "")
        if part in names and _marked(archive, part):
            found[_text_of(_attribute(tag, rb"name"))] = list(_told_cells(archive.read(part)))
    return found


_MARKS = (b"<f", b":f", b't="e"', b"t='e'")
"""One of these stands in every sheet that holds a formula or an error."""


def _marked(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether a part holds a mark; piece by piece, because it can be large and seldom does."""
    end = b""
    with archive.open(part) as opened:
        while piece := opened.read(1 << 20):
            data = end + piece
            if any(mark in data for mark in _MARKS):
                return True
            end = data[-4:]
    return False


def _targets(archive: zipfile.ZipFile) -> dict[bytes, str]:
    with contextlib.suppress(KeyError):
        relations = archive.read("xl/_rels/workbook.xml.rels")
        tags = re.findall(rb"<(?:\w+:)?Relationship\b[^<>]*>", relations)
        pairs = ((_attribute(tag, b"Id"), _attribute(tag, b"Target").decode("utf-8", "replace")) for tag in tags)
        return {key: target.lstrip("/") if target.startswith("/") else f"xl/{target}" for key, target in pairs}
    return {}


def _attribute(tag: bytes, name: bytes) -> bytes:
    found = re.search(rb"\b" + name + rb"""=(["'])(.*?)\1""", tag, re.DOTALL)
    return found.group(2) if found else b""


def _text_of(value: bytes) -> str:
    import html

    return html.unescape(value.decode("utf-8", "replace"))


def _told_cells(data: bytes) -> Iterator[list[Any]]:
    for found in _CELL.finditer(data):
        letters, number, inner = found.groups()
        value = _VALUE.search(inner)
        text = value.group(1).decode("utf-8", "replace") if value else ""
        place = [int(number) - 1, _column(letters)]
        head = data[found.start() : found.start() + 200].partition(b">")[0]
        if re.search(rb"""\bt=["']e["']""", head):
            yield [*place, "error", text or "#VALUE!"]
        elif re.search(rb"<(?:\w+:)?f\b", inner):
            yield [*place, "formula" if text else "formula_without_value", ""]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


_FILEPASS = re.compile(rb"\x09\x08\x10\x00[\s\S]{16}(?:\x86\x00\x00\x00)?\x2f\x00")
"""FilePass directly after BOF, or after WriteProtect: an old workbook with a password ([MS-XLS], Globals Substream)."""


def _workbook(path: Path, flags: Callable[[], dict[str, list[list[Any]]]]) -> Iterator[dict[str, Any]]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes())) as book:  # known by content, not by name
            if len(book.sheets_metadata) > MOST_SHEETS:
                raise Unreadable("too_many_sheets", str(MOST_SHEETS))
            for known in book.sheets_metadata:
                if known.typ is not SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(known.name)
                merged = [[*first, *last] for first, last in sheet.merged_cell_ranges or ()]
                hidden = known.visible is not SheetVisibleEnum.Visible
                yield {"sheet": known.name, "hidden": hidden, "merged": merged[:MOST_ROWS]}
                left = [""] * (sheet.start[1] if sheet.start else 0)  # rows are counted from the top, columns are not
                yield from _pieces(left + row for row in sheet.iter_rows())
                yield {"flags": flags().get(known.name, [])}
    except PasswordError:
        raise Unreadable("password") from None
    except CalamineError as error:
        if _locked(path):  # the reader, not told the kind of a file, has no word for that
            raise Unreadable("password") from None
        raise Unreadable("damaged", str(error)) from None


def _locked(path: Path) -> bool:
    """Whether a file that nobody could read says that it is encrypted, in the ways of xlsx, xls and ods."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive, contextlib.suppress(KeyError, zipfile.BadZipFile):
            return b"encryption-data" in archive.read("META-INF/manifest.xml")
        return False
    data = path.read_bytes()
    return "EncryptedPackage".encode("utf-16-le") in data or _FILEPASS.search(data) is not None


# ---- rows


def _pieces(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    characters, first = 0, 0
    iterator = iter(rows)
    while piece := [_row(row) for row in islice(iterator, PIECE)]:
        characters += sum(map(_characters, piece))
        if characters > MOST_CHARACTERS:
            raise Unreadable("too_large")
        if any(piece):
            if first + len(piece) > MOST_ROWS:
                raise Unreadable("too_many_rows", str(MOST_ROWS))
            yield {"first": first, "rows": piece}
        first += len(piece)


def _row(row: Row) -> Row:
    end = len(row)
    while end and row[end - 1] in ("", None):
        end -= 1
    if end > MOST_COLUMNS:
        raise Unreadable("too_wide", str(MOST_COLUMNS))
    if any(type(cell) is str and len(cell) > MOST_IN_CELL for cell in row):
        raise Unreadable("cell_too_long", str(MOST_IN_CELL))
    return [("" if cell.isspace() else cell) if type(cell) is str else _plain(cell) for cell in row[:end]]


def _characters(row: Row) -> int:
    try:
        return len("".join(row))  # most rows are text alone, and this is quick
    except TypeError:
        return sum(len(cell) for cell in row if isinstance(cell, str))


def _plain(cell: object) -> object:
    if isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    if isinstance(cell, datetime):
        return {"d": cell.date().isoformat()} if cell.time() == time(0) else {"t": cell.isoformat(sep=" ")}
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    return {"t": str(cell)} if isinstance(cell, time | timedelta) else str(cell)


# ---- text: CSV in UTF-8 or GB18030


def _text(path: Path) -> Iterator[dict[str, Any]]:
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4096]:
        raise Unreadable("not_text")
    text = _decoded(data)
    csv.field_size_limit(MOST_CHARACTERS)
    yield {"sheet": "", "hidden": False, "merged": []}
    try:
        yield from _pieces(
            _unquoted(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        )
    except csv.Error as error:
        raise Unreadable("damaged", str(error)) from None
    yield {"flags": []}


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode(encoding)
    raise Unreadable("not_text")


def _delimiter(text: str) -> str:
    """The sign that separates most, in the lines in which a header may stand."""
    head = "\n".join(text.splitlines()[:20])
    return max(",\t;，", key=head.count)


def _unquoted(row: list[str]) -> Row:
    """`="001"` is how other programs keep leading zeros in a CSV."""
    return [cell[2:-1] if len(cell) > 3 and cell[:2] == '="' and cell[-1] == '"' else cell for cell in row]


if __name__ == "__main__":
    main()
