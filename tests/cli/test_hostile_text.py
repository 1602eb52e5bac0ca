"""Markup, formulas, paths, SQL and templates in every text field: literal in everything that comes out.

What steers a terminal or cannot be seen never comes in; it is tried in every text field of every entry.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar
from textual.pilot import Pilot

from ledger import locale
from ledger.bootstrap import Ledger, create_ledger, open_ledger
from ledger.domain.entries import ENTRY_TYPES
from ledger.domain.refusals import Refused
from ledger.interchange.workbook import read_workbook
from ledger.reports.catalogue import MAKING
from tests.cli.conftest import Sledger
from tests.persistence.golden_events import entry_of
from tests.tui.screens import press, run, shown
from tui.app import LedgerApp

TEXTS = (
    "=张三[/]<script>alert(1)</script>",
    "+[@click=app.quit]x{{7*7}}{% raw %}",
    "-[link=http://a.invalid]y';DROP TABLE event;--",
    "@SUM(A1)&amp;</w:t><w:br/>",
    "＝1+1,BEGIN:VEVENT;\\nX",
    "../../etc/passwd%s{0}{person}",
    "http://a.invalid/?q=1",
    "＋1－2|cmd'\"`$(id)",
    '#read("/etc/passwd")*b*_i_$x$@ref',
)
STEERING = (
    "\x1b[2J",
    "\x1b]0;x\x07",
    "\x9b31m",
    "\x00",
    "\r=1",
    "\u202e",
    "\u2028",
    "\ud800",
    "\x7f",
    "\ufeff",
    "\t=1",
)
DAY = "2024-06-30"
FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


# ---- what must not come in


def text_fields(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where texts stand in an entry as JSON; keys of maps too, as `(…, key, None)`."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from text_fields(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from text_fields(inner, (*path, index))


def with_text(entry: Any, path: tuple[Any, ...], text: str) -> Any:
    if not path:
        return text
    copy = entry.copy()
    copy[path[0]] = with_text(entry[path[0]], path[1:], text)
    return copy


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with create_ledger(str(tmp_path_factory.mktemp("empty") / "l.db"), officer="tester") as ledger:
        yield ledger


UNSEEN = ("a\u200bb", "a\xad", "\u2060a", "a\u061c", "a\U000e0041")
"""What nobody sees: two codes that look alike would be two units."""


@pytest.mark.parametrize("name", ENTRY_TYPES)
def test_what_steers_a_terminal_enters_by_no_text_field(name: str, empty: Ledger) -> None:
    entry = entry_of(name, "person").model_dump(mode="json", exclude_none=True)
    fields = list(text_fields(entry))
    assert len(fields) > 4
    for path in fields:
        for text in (*STEERING, *UNSEEN):
            if text == "\t=1" and {"note", "attributes"} & set(path):
                continue  # a remark of several lines may hold tabs
            answer = empty.record(with_text(entry, path, text))
            assert isinstance(answer, Refused), (path, text)
            assert answer.code in ("bad_text", "bad_value", "unknown_type", "unknown_measure", "unknown_profile"), path
    bad_key = {**entry, "attributes": {"\x1b[2J": "x"}}
    assert isinstance(empty.record(bad_key), Refused)
    assert empty.perspective().known_at == 0


def test_every_text_field_of_the_model_is_tried() -> None:
    """A field added to an entry has a value in the samples, so that the test before tries it."""
    for name, model in ENTRY_TYPES.items():
        told = entry_of(name, "person").model_dump(mode="json", exclude_none=True)
        texts = {key for key, field in model.model_fields.items() if "str" in str(field.annotation)}
        assert texts <= told.keys()


# ---- what comes in, and must come out as it is


def entries(text: str) -> Iterator[dict[str, Any]]:
    """A small county in which every text is the hostile one; codes differ by a sign at their end."""
    paper = {"document_no": text, "issued_by": text, "issued_on": "2015-01-01", "title": text}
    more = {"note": text, "attributes": {text: text}, "reviewed_by": text, "authority": paper}
    home, host, long, gone = (f"{text}{sign}" for sign in "1234")
    other = f"{text}9"

    def on(day: str, type_: str, /, **keys: Any) -> dict[str, Any]:
        return {"type": type_, "effective_on": day, **keys, **more}

    yield on("2015-01-01", "unit_established", unit="X", name=text, kind="jurisdiction", level="county")
    for unit in (home, other):
        yield on("2015-01-01", "unit_established", unit=unit, name=text, kind="organ", parent="X", plates=[text])
    yield on("2015-02-01", "unit_renamed", unit=home, name=text + "改")
    yield on("2015-03-01", "unit_renamed", unit=home, name=text)
    yield on("2015-01-01", "policy_adopted", profile="national", source=text)
    yield on("2015-01-01", "quota_set", unit=home, establishment="administrative", posts=2, until="2024-07-20")
    yield on("2015-01-01", "leader_quota_set", unit=home, rank=text, posts=1)
    yield on("2024-01-01", "census_claimed", unit=home, source=text, measures={"on_roll": 9, f"leaders.{text}": 4})
    describing = {"gender": "male", "born_on": "1964-08-01", "retirement_age": 60, "channel": text, "name": text}
    for person in (home, host, long, gone):
        yield on("2015-02-01", "hired", person=person, unit=home, establishment="administrative", **describing)
        yield on("2015-02-01", "appointed", person=person, title=text, rank=text)
    loan = {"host": other, "reason": text}
    yield on("2023-01-01", "secondment_started", person=home, until="2023-06-30", **loan)
    yield on("2024-01-01", "secondment_started", person=host, until="2024-07-10", **loan)
    yield on("2024-02-01", "leave_started", person=long, kind="sick")
    yield on("2024-03-01", "departed", person=gone, reason="resigned")
    yield {"type": "corrected", "entry": 4, "reason": text, **more, "replacement": on(
        "2015-02-02", "unit_renamed", unit=home, name=text + "更",
    )}  # fmt: skip
    yield {"type": "reversed", "entry": 5, "reason": text, **more}


@pytest.fixture(scope="module", params=TEXTS)
def _hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    path = tmp_path_factory.mktemp("hostile") / "l.db"
    with create_ledger(str(path), officer=request.param) as ledger:
        for number, entry in enumerate(entries(request.param)):
            answer = ledger.record({"id": f"{request.param}{number}", **entry})
            assert not isinstance(answer, Refused), (answer, entry)
    return request.param, path


@pytest.fixture
def text(_hostile: tuple[str, Path]) -> str:
    return _hostile[0]


@pytest.fixture
def hostile(_hostile: tuple[str, Path], tmp_path: Path) -> Sledger:
    copy = tmp_path / "l.db"
    copy.write_bytes(_hostile[1].read_bytes())
    return Sledger(copy)


ON = ("--on", DAY)
QUESTIONS = (
    ("headcount",), ("secondments",), ("findings", "--all"), ("campaign",), ("retirements", "--months", "24"),
    ("policy", "show"), ("log",), ("alerts", "list", "--all"),
)  # fmt: skip
OF_A_UNIT = (
    ("roster",), ("explain", "--measure", "on_roll"), ("explain", "--measure", "quota"),
    ("curve", "--measure", "on_roll", "--from", "2024-01-01", "--to", DAY),
)  # fmt: skip


def questions(text: str) -> Iterator[tuple[str, ...]]:
    for asked in QUESTIONS:
        yield asked if asked[0] in ("log", "alerts") else (*asked, *ON)
    for words in OF_A_UNIT:
        yield (*words, "--unit", f"{text}1", *(() if words[0] == "curve" else ON))
    yield ("diff", "--unit", f"{text}1", "--on", "2023-12-31", "--to", DAY)
    yield ("person", *ON, "--", f"{text}1")
    yield ("log", "--document", text)
    yield ("log", "--person", f"{text}1")


def harmless(raw: str) -> bool:
    """Nothing in it steers a terminal."""
    return not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", raw)


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif isinstance(value, str):
        yield value


def test_the_command_line_says_it_literally(hostile: Sledger, text: str) -> None:
    hostile("--officer", "tester", "scan", *ON)
    for words in questions(text):
        told = hostile(*words)
        assert told.exit_code == 0, (words, told.output)
        assert harmless(told.output), words
        end = words.index("--") if "--" in words else len(words)
        document = json.loads(hostile(*words[:end], "--json", *words[end:]).stdout)
        if words[0] not in ("curve", "policy"):
            assert any(text in leaf for leaf in leaves(document)), words
            assert text in told.output, words


def test_a_refusal_and_a_fault_say_it_literally(hostile: Sledger, text: str) -> None:
    again = ("record", "hired", "--effective_on", DAY, "--person", f"{text}1", "--name", text, "--unit", f"{text}1")
    for words in (
        (*again, "--establishment", "support"),
        ("roster", "--unit", f"{text}?"),
        ("person", "--", f"{text}?"),
        ("explain", "--unit", "X", "--measure", text),
        ("import", text.replace("/", "_")),
        ("--officer", f"{text}\x1b[2J", *again, "--establishment", "support"),
    ):
        told = hostile(*words)
        assert told.exit_code in (2, 3), words
        assert harmless(told.output), words


# ---- files


def texts_of_xlsx(content: bytes) -> str:
    """All text of a workbook; nothing in it calculates or leads anywhere."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in part, name
                assert b"<f " not in part, name
                assert b"hyperlink" not in part, name
            if name.endswith(".rels"):
                assert b"External" not in part, name
        return "".join(ET.fromstring(archive.read("xl/sharedStrings.xml")).itertext())  # noqa: S314  our own file


def cells_of_csv(content: bytes) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]


def no_formula(cells: list[str]) -> None:
    assert [cell for cell in cells if len(cell) > 1 and FORMULA.match(cell) and not NUMBER.fullmatch(cell)] == []


class Tags(HTMLParser):
    """The tags of a page and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not {name for name, _value in attrs} & {"href", "src", "onclick", "onload"}

    def handle_data(self, data: str) -> None:
        self.text += data


PAGE = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "div", "span", "table", "thead", "tbody", "tr", "th",
    "td", "p", "br",
}  # fmt: skip


def texts_of_docx(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith(".rels"):
                assert b'TargetMode="External"' not in archive.read(name), name
        root = ET.fromstring(archive.read("word/document.xml"))  # noqa: S314  our own file
    tags = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert not tags & {"hyperlink", "instrText", "fldSimple"}
    return "\n".join(
        "".join(one.text or "" for one in paragraph.iter() if one.tag.endswith("}t"))
        for paragraph in root.iter()
        if paragraph.tag.endswith("}p")
    )


@pytest.mark.parametrize("form", ["xlsx", "csv", "html", "docx", "json"])
def test_registers_hold_it_literally(hostile: Sledger, text: str, form: str) -> None:
    for name in MAKING:
        path = Path(f"{name}.{form}")
        told = hostile("report", name, path, "--unit", f"{text}1", *ON)
        assert (told.exit_code, harmless(told.output)) == (0, True), told.output
        content = path.read_bytes()
        if form == "xlsx":
            found = texts_of_xlsx(content)
        elif form == "csv":
            no_formula(cells_of_csv(content))
            found = "\n".join(cells_of_csv(content))
        elif form == "html":
            page = Tags(content.decode())
            assert page.tags <= PAGE
            found = page.text
        else:
            found = texts_of_docx(content) if form == "docx" else "\n".join(leaves(json.loads(content)))
        if name != "departures":
            assert text in found, name


@pytest.mark.parametrize("form", ["xlsx", "csv", "jsonl"])
def test_exports_and_answers_in_files_hold_it_literally(hostile: Sledger, text: str, form: str) -> None:
    assert hostile("export", f"all.{form}").exit_code == 0
    files = [Path(f"all.{form}")]
    if form != "jsonl":
        for words in (("roster", "--unit", f"{text}1"), ("headcount",), ("secondments",), ("findings", "--all")):
            files.append(Path(f"{words[0]}.{form}"))
            assert hostile(*words, *ON, "--file", files[-1]).exit_code == 0
    for path in files:
        content = path.read_bytes()
        if form == "xlsx":
            assert text in texts_of_xlsx(content)
            assert read_workbook(path)[0].rows
        elif form == "csv":
            no_formula(cells_of_csv(content))
            assert text in "\n".join(cells_of_csv(content))
        else:
            assert any(text in leaf for line in content.splitlines() for leaf in leaves(json.loads(line)))


def test_letters_calendars_metrics_and_logs(hostile: Sledger, text: str, tmp_path: Path) -> None:
    Path("sledger.toml").write_text('log_file = "runs.log"\n', encoding="utf-8")
    hostile("scan", *ON)
    letters = hostile.json("alerts", "due-letters", "--out", "letters", *ON)["letters"]
    overdue = hostile.json("alerts", "list", "--rule", "overdue_secondment", *ON)["rows"]
    for one in overdue:
        letters += hostile.json("alerts", "letter", str(one["alert"]), "--out", "letters", *ON)["letters"]
    assert letters
    for one in letters:
        path = Path(one["file"])
        assert path.resolve().parent == (tmp_path / "letters").resolve()
        assert text in texts_of_docx(path.read_bytes())
    assert hostile("calendar", "due.ics", *ON).exit_code == 0
    calendar = Calendar.from_ical(Path("due.ics").read_bytes())
    events = list(calendar.walk("VEVENT"))
    assert len(events) == Path("due.ics").read_bytes().count(b"\r\nBEGIN:VEVENT\r\n")
    assert all(text in str(event["summary"]) for event in events)
    assert events
    hostile("doctor", "--metrics-file", "m.prom")
    for path in (Path("m.prom"), Path("runs.log")):
        assert text not in path.read_text(encoding="utf-8")
    written = {one.relative_to(tmp_path).parts[0] for one in tmp_path.rglob("*") if one.is_file()}
    ours = {"l.db", "l.db-journal", "l.db-wal", "l.db-shm", "sledger.toml", "letters", "due.ics", "m.prom", "runs.log"}
    assert written <= ours


def test_an_audit_package_holds_it_and_no_file_is_named_by_it(hostile: Sledger, text: str, tmp_path: Path) -> None:
    assert hostile("audit-package", "audit", *ON).exit_code == 0
    names = {str(one.relative_to(tmp_path / "audit")) for one in (tmp_path / "audit").rglob("*")}
    assert all(re.fullmatch(r"[\w.-]+(/[\w.-]+)?", name) for name in names)
    assert text in "\n".join(leaves(json.loads(Path("audit/answers/roster.json").read_bytes())))


def test_the_screens_show_it_literally_and_it_does_nothing(hostile: Sledger, text: str) -> None:
    with open_ledger(str(hostile.ledger), officer="tester") as ledger:
        ledger.scan(ledger.perspective().as_of)

    async def flow(pilot: Pilot[int], app: LedgerApp) -> None:
        begin = text[:12]
        assert begin in shown(app)
        for kind in ("unit", "person"):
            app.show_subject(kind, f"{text}1")
            await press(pilot)
            assert begin in shown(app), kind
            assert harmless(shown(app)), kind
        for key in ("f7", "escape", "f4", "escape", "f6", "escape", "f2", "escape"):
            await press(pilot, key)
            assert harmless(shown(app)), key
        app.notify(text)
        await press(pilot)
        assert app.is_running

    locale.use("zh")
    run(flow, hostile.ledger, size=(120, 40))
