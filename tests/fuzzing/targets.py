"""Every parser as a function of bytes that may refuse, in the ways its callers expect, and must never do anything else.

`make test` gives them what was kept and some hundred inventions of hypothesis; `make soak` more than an hour of both
hypothesis and atheris, which looks for new paths through the code.
"""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from ledger.cli import keys, parsing
from ledger.cli.app import _checked
from ledger.domain.entries import ENTRY_TYPES
from ledger.domain.events import TOPICS
from ledger.domain.faults import LedgerFault, WrongUsage
from ledger.domain.reading import read_entry
from ledger.domain.refusals import Refused
from ledger.domain.units import Structure
from ledger.interchange import dates, headers, jsonl, parser
from ledger.interchange.filled_in import Asked, ClosingDateMissing, File, FilledIn, draft_rows
from ledger.interchange.workbook import Sheet, UnreadableSheet, read_workbook
from ledger.persistence.address import parse
from ledger.persistence.archive import NotABackup, read_archive
from ledger.persistence.codec import decode
from ledger.persistence.notes import NotSeals, PublicKeys, parse_seals
from ledger.persistence.seals import check_proof
from ledger.settings import BadSettings, load

CORPUS = Path(__file__).parent / "corpus"
KEYS = PublicKeys([])


def _text(data: bytes) -> str:
    """Any text a shell or a file may hold, also what is no valid UTF-8."""
    return data.decode("utf-8", "surrogateescape")


def json_line(data: bytes) -> None:
    """A line of an import: an entry, or a refusal with a code."""
    line = jsonl._line(1, data, Counter())
    read = line.read
    assert isinstance(read, Refused) or read[0].content()


def entry_object(data: bytes) -> None:
    """Whatever JSON means, as an entry."""
    with contextlib.suppress(ValueError, RecursionError):
        read = read_entry(json.loads(data))
        assert isinstance(read, Refused) or read[0].content()


def command_line(data: bytes) -> None:
    """The words after `sledger record TYPE`."""
    words = _text(data).split("\0")
    types = sorted(ENTRY_TYPES)
    with contextlib.suppress(click.UsageError):
        made = keys.entry_object(types[len(data) % len(types)], keys.pairs(words))
        read_entry({"type": types[len(data) % len(types)], **made})


def perspective(data: bytes) -> None:
    """`--on` and `--known-at`."""
    for kind in (parsing.DATE, parsing.KNOWN_AT):
        with contextlib.suppress(click.UsageError):
            kind.convert(_text(data), None, None)


def office_date(data: bytes) -> None:
    """A date as offices write it in a cell."""
    for read in (dates.read_date, dates.read_last_day):
        with contextlib.suppress(dates.NotADate):
            read(_text(data))


def address(data: bytes) -> None:
    """Where a ledger is."""
    with contextlib.suppress(WrongUsage):
        assert "secret" not in parse(f"postgresql://officer:secret@{_text(data)}").shown.replace(_text(data), "")
    with contextlib.suppress(WrongUsage):
        parse(_text(data))


def settings(data: bytes) -> None:
    """`sledger.toml`."""
    with TemporaryDirectory() as folder, contextlib.suppress(BadSettings):
        path = Path(folder) / "sledger.toml"
        path.write_bytes(data)
        _checked(load({"SLEDGER_CONFIG": str(path)}))


def seals(data: bytes) -> None:
    """A file of seals."""
    with contextlib.suppress(NotSeals, UnicodeDecodeError):
        for one in parse_seals(data.decode(), "seals.txt").seals:
            assert not KEYS.accept(one)


def proof(data: bytes) -> None:
    """A proof by nobody known proves nothing."""
    assert check_proof(data.decode("utf-8", "replace"), KEYS) is None


def backup(data: bytes) -> None:
    """A backup file."""
    with TemporaryDirectory() as folder, contextlib.suppress(NotABackup):
        path = Path(folder) / "x.backup"
        path.write_bytes(data)
        for _line in read_archive(path):
            pass


def backup_text(data: bytes) -> None:
    """What stands in a backup, unpacked."""
    import gzip

    backup(gzip.compress(data, 1))


def stored_event(data: bytes) -> None:
    """The bytes of an event in somebody's database."""
    topics = sorted(TOPICS)
    number, _, state = data.partition(b"|")
    with contextlib.suppress(LedgerFault):
        decode("person:P1", 1, topics[int(number) % len(topics)] if number.isdigit() else topics[0], state)


def table_of_text(data: bytes) -> None:
    """A CSV file, as the child process reads it."""
    with TemporaryDirectory() as folder, contextlib.suppress(parser.Unreadable):
        path = Path(folder) / "x.csv"
        path.write_bytes(data)
        for told in parser._text(path):
            json.dump(told, io.StringIO())


def spreadsheet(data: bytes) -> None:
    """Any file that is named like a spreadsheet, read by a child process."""
    with TemporaryDirectory() as folder, contextlib.suppress(UnreadableSheet):
        path = Path(folder) / "x.xlsx"
        path.write_bytes(data)
        read_workbook(path)


_AROUND: Mapping[str, str] = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="xl/workbook.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>',
}
"""What a sheet needs around it to be a workbook."""


def sheet_xml(data: bytes) -> None:
    """The XML of a sheet in an otherwise sound workbook, read by a child process."""
    with TemporaryDirectory() as folder, contextlib.suppress(UnreadableSheet):
        path = Path(folder) / "x.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in _AROUND.items():
                archive.writestr(name, text)
            archive.writestr("xl/worksheets/sheet1.xml", data)
        read_workbook(path)


def office_table(data: bytes) -> None:
    """The text cells of an office's table (lines, tabs): its header is found and its rows become entries."""
    lines = data.decode("utf-8", "replace").split("\n")
    sheet = Sheet("S", hidden=False, rows={number: list(line.split("\t")) for number, line in enumerate(lines)})
    header = headers.find(sheet, None, {})
    if header is not None and not header.missing:
        with contextlib.suppress(ClosingDateMissing):
            draft_rows(File(Path("x.xlsx"), [FilledIn(sheet, header)], []), Structure({}), Asked())


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    one.__name__: one
    for one in (
        json_line, entry_object, command_line, perspective, office_date, address, settings, seals, proof, backup,
        backup_text, stored_event, table_of_text, spreadsheet, sheet_xml, office_table,
    )
}  # fmt: skip
SLOW = ("spreadsheet", "sheet_xml")
"""Each input starts a process."""


def corpus(target: str) -> list[Path]:
    """The inputs kept for a target: seeds, and every input that ever broke it."""
    return sorted((CORPUS / target).glob("*"))
