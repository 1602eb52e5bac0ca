"""Answers and entries as files: what a program reads back is what the answer said."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from ledger.cli.app import app
from ledger.interchange.workbook import read_workbook
from tests.cli.conftest import Sledger

T1 = ("--unit", "T1", "--on", "2022-06-30")
QUESTIONS = [
    ("roster", *T1),
    ("headcount", *T1, "--depth", "1"),
    ("secondments", *T1),
    ("findings", *T1),
    ("curve", *T1, "--measure", "on_roll", "--from", "2022-01-01"),
    ("person", "DZ1", "--on", "2022-06-30"),
    ("log", "--person", "DZ1"),
    ("diff", "--unit", "T1", "--on", "2021-12-31", "--to", "2022-06-30"),
    ("explain", *T1, "--measure", "vacancies"),
    ("campaign", "list", *T1),
    ("campaign", "compare", *T1, "--to", "2023-01-01"),
    ("retirements", *T1),
    ("policy", "show", "--on", "2022-06-30"),
    ("policy", "compare", "national", "strict"),
    ("alerts", "list", *T1),
    ("alerts", "history", "{alert}"),
    ("alerts", "deliveries"),
    ("batch", "list"),
    ("batch", "show", "town-2022.jsonl"),
    ("attachments", "list"),
    ("attachments", "check"),
    ("seal", "list"),
    ("admin", "officer", "list"),
    ("admin", "id-number", "list"),
]
RESTS = ("截至", "所知（第几笔为止）")
NEVER_EMPTY = ("person", "headcount", "curve", "log", "policy show", "alerts history", "batch show")
EMPTY = [words for words in QUESTIONS if not " ".join(words).startswith(NEVER_EMPTY)]
"""Questions whose list may be without rows."""


@pytest.fixture
def busy(town: Sledger) -> Sledger:
    """The town with something in every list: alerts, a scan of a document, a seal, an officer, an identity number."""
    Path("keys").mkdir()
    Path("scan.pdf").write_bytes(b"a scan")
    for words in (
        ("scan", "--on", "2022-06-30"),
        ("attach", "scan.pdf", "--entry", "1"),
        ("seal", "key", "keys/seal"),
        ("seal", "make", "--key", "keys/seal"),
        ("admin", "officer", "add", "tester", "--role", "admin"),
        ("admin", "id-number", "key", "keys/id"),
    ):
        assert town(*words).exit_code == 0, words
    assert town("admin", "id-number", "set", "DZ1", "--key", "keys/id", stdin="11010519491231002X\n").exit_code == 0
    return town


def asked(ledger: Sledger, words: tuple[str, ...]) -> tuple[str, ...]:
    """The question, with the number of an alert where it needs one."""
    if "{alert}" not in words:
        return words
    return tuple(str(ledger.json("alerts", "list")["rows"][0]["alert"]) if one == "{alert}" else one for one in words)


def commands(one: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(one, click.Group):
        for name, inner in one.commands.items():
            yield from commands(inner, (*path, name))
    else:
        yield path, one


def test_every_command_that_writes_its_answer_is_tried_here() -> None:
    context = click.Context(app)
    every = ((name, app.get_command(context, name)) for name in app.list_commands(context))
    tried = [pair for name, one in every if one is not None for pair in commands(one, (name,))]
    found = {path for path, one in tried if any(each.name == "into" for each in one.params)}
    assert {path for path in found if not any(words[: len(path)] == path for words in QUESTIONS)} == set()
    assert len(found) > 20


@pytest.mark.parametrize("ending", ["xlsx", "csv", "json"])
@pytest.mark.parametrize(
    "words",
    QUESTIONS,
    ids=" ".join,
)
def test_the_same_answer_is_the_same_bytes(busy: Sledger, words: tuple[str, ...], ending: str) -> None:
    one, two = Path(f"1.{ending}"), Path(f"2.{ending}")
    words = asked(busy, words)
    for file in (one, two):
        assert busy(*words, "--file", file).exit_code == 0
    assert one.read_bytes() == two.read_bytes()
    assert busy(*words, "--file", one).exit_code == 2


def test_a_roster_in_a_spreadsheet(town: Sledger) -> None:
    rows = town.json("roster", *T1)["people"]
    town("roster", *T1, "--file", "r.xlsx")
    (sheet,) = read_workbook(Path("r.xlsx"))
    assert "2022-06-30" in sheet.rows[0][0]
    assert sheet.rows[1][:3] == ["人员", "姓名", "单位"]
    assert sheet.rows[2][:3] == ["person", "name", "unit"]
    assert [cells[0] for number, cells in sheet.rows.items() if number > 2] == [row["person"] for row in rows]


def test_a_headcount_in_a_csv_opens_in_an_office_program(town: Sledger) -> None:
    (row,) = town.json("headcount", *T1)["rows"]
    town("headcount", *T1, "--file", "h.csv")
    data = Path("h.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    (line,) = csv.DictReader(data.decode("utf-8-sig").splitlines())
    assert (line["实有"], line["实际在岗"]) == (str(row["on_roll"]), str(row["at_work"]))


def test_json_in_a_file_is_the_answer(town: Sledger) -> None:
    town("headcount", *T1, "--file", "h.json")
    assert json.loads(Path("h.json").read_text(encoding="utf-8")) == town.json("headcount", *T1)


def test_no_text_becomes_a_formula(empty: Sledger) -> None:
    unit = {"type": "unit_established", "effective_on": "2015-01-01", "unit": "U", "kind": "organ", "name": "=1+1"}
    Path("u.jsonl").write_text(json.dumps(unit), encoding="utf-8")
    empty("import", "u.jsonl")
    empty("headcount", "--on", "2022-01-01", "--file", "h.csv")
    assert "'=1+1" in Path("h.csv").read_text(encoding="utf-8-sig")
    empty("headcount", "--on", "2022-01-01", "--file", "h.xlsx")
    (sheet,) = read_workbook(Path("h.xlsx"))
    assert "=1+1" in sheet.rows[3]
    assert sheet.flags == {}


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_exported_movement_log_makes_the_same_ledger(town: Sledger, lang: str, ending: str) -> None:
    assert town("export", f"log.{ending}", lang=lang).exit_code == 0
    other = Sledger(Path("other.db"))
    other("init")
    told = other.json("import", f"log.{ending}", "--commit")
    assert (told["rows_refused"], told["recorded"]) == (0, town.json("status")["position"])
    for words in (("headcount", "--on", "2022-06-30"), ("secondments", "--on", "2022-06-30"), ("roster", *T1)):
        assert other.json(*words) == town.json(*words)


def test_another_ending_is_wrong_usage(town: Sledger) -> None:
    assert town("roster", *T1, "--file", "r.pdf").exit_code == 2
    assert town("template", "roster", "r.csv").exit_code == 2


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_every_question_has_its_answer_in_a_file(busy: Sledger, words: tuple[str, ...]) -> None:
    words = asked(busy, words)
    told = busy.json(*words)
    busy(*words, "--file", "a.json")
    assert json.loads(Path("a.json").read_text(encoding="utf-8")) == told
    busy(*words, "--file", "a.xlsx")
    sheets = read_workbook(Path("a.xlsx"))
    rows = sum(len(sheet.rows) for sheet in sheets)
    assert rows >= sum(len(value) for value in told.values() if isinstance(value, list)) - len(
        told.get("imprecise", [])
    )


def test_answers_of_several_tables(town: Sledger) -> None:
    town("diff", "--unit", "T1", "--on", "2021-12-31", "--to", "2022-06-30", "--file", "d.csv")
    blocks = Path("d.csv").read_text(encoding="utf-8-sig").split("\n\n")
    bridge = {row["指标"]: row for row in csv.DictReader(blocks[1].splitlines())}
    assert [bridge["实有"][key] for key in ("期初", "补报更正", "增", "减", "期末")] == ["47", "0", "0", "1", "46"]
    town("explain", *T1, "--measure", "on_leave", "--file", "e.csv")
    said, people = Path("e.csv").read_text(encoding="utf-8-sig").split("\n\n")
    (answer,) = csv.DictReader(said.splitlines())
    assert int(answer["值"]) == len(list(csv.DictReader(people.splitlines()))) == 2


def headers(ledger: Sledger, words: tuple[str, ...], file: str) -> list[list[str]]:
    """Of each table of an answer as CSV."""
    assert ledger(*words, "--file", file).exit_code == 0
    blocks = Path(file).read_text(encoding="utf-8-sig").split("\n\n")
    return [next(csv.reader(block.splitlines())) for block in blocks]


@pytest.mark.parametrize("words", EMPTY, ids=" ".join)
def test_a_list_without_rows_has_its_header(busy: Sledger, words: tuple[str, ...]) -> None:
    full = headers(busy, words, "full.csv")
    assert [title for header in full for title in header if re.fullmatch("[a-z_.]+", title)] == []
    bare = Sledger(Path("bare.db"))
    bare("init")
    bare("record", "unit_established", "--unit", "T1", "--kind", "organ", "--name", "X", "--effective_on", "2015-01-01")
    header = headers(bare, words, "bare.csv")[-1]
    assert len(header) > 1
    assert any(set(header) - set(RESTS) <= set(one) for one in full)
    bare(*words, "--file", "bare.xlsx")
    sheet = read_workbook(Path("bare.xlsx"))[-1]
    assert header[:2] in [cells[:2] for cells in sheet.rows.values()]


def test_every_row_of_a_csv_says_on_what_it_rests(town: Sledger) -> None:
    for words in (("roster", *T1), ("headcount", *T1), ("secondments", *T1), ("findings", *T1)):
        town(*words, "--file", f"{words[0]}.csv")
        rows = list(csv.DictReader(Path(f"{words[0]}.csv").read_text(encoding="utf-8-sig").splitlines()))
        known_at = str(town.json("status")["position"])
        assert {tuple(row[key] for key in RESTS) for row in rows} == {("2022-06-30", known_at)}


# ---- formulas

FORMULAS = ("=cmd()", "+1", "-1", "@x")
HIDDEN = ("\t=1", "\r=2")


@pytest.fixture(scope="module")
def _formulas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A unit and a person for each text, named by it; imports from files named by it; officers, scans, alerts."""
    folder = tmp_path_factory.mktemp("formulas")
    made = Sledger(folder / "f.db")
    made("init")
    on = {"effective_on": "2015-01-01"}
    entries: list[dict[str, object]] = [
        {"type": "unit_established", **on, "unit": "T1", "kind": "organ", "name": "T1"},
        {"type": "unit_established", **on, "unit": "T2", "kind": "organ", "name": "T2"},
    ]
    for text in FORMULAS:
        paper = {"authority": {"document_no": text}, "note": text}
        entries.append(
            {"type": "unit_established", **on, "unit": text, "parent": "T1", "kind": "organ", "name": text, **paper}
        )
        who = {"person": text, "born_on": "1964-08-01", "retirement_age": 60, "gender": "male", "name": text}
        entries.append({"type": "hired", **on, "unit": text, "establishment": "administrative", **who, **paper})
        entries.append({"type": "appointed", **on, "person": text, "title": text, "rank": text, **paper})
        loan = {"host": "T2", "until": "2022-05-31", "reason": text}
        entries.append({"type": "secondment_started", "effective_on": "2022-01-01", "person": text, **loan, **paper})
    for number, name in enumerate((*FORMULAS, *HIDDEN)):
        file = folder / f"{name}.jsonl"
        mine = (
            entries
            if number == 0
            else [{**on, "type": "unit_established", "unit": f"U{number}", "kind": "organ", "name": "U"}]
        )
        file.write_text("\n".join(json.dumps(one) for one in mine), encoding="utf-8")
        assert made("import", "--format", "jsonl", "--", file).exit_code == 0
        scan = folder / f"{name}.pdf"
        scan.write_bytes(name.encode())
        assert made("attach", "--entry", "1", "--", scan).exit_code == (3 if name in HIDDEN else 0)
    assert made("scan", "--on", "2022-06-30").exit_code == 0
    for name in ("tester", *FORMULAS):
        assert made("--officer", "tester", "admin", "officer", "add", "--role", "admin", "--", name).exit_code == 0
    return folder


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_no_command_writes_a_formula(_formulas: Path, words: tuple[str, ...]) -> None:  # noqa: PT019  a value, too
    ledger = Sledger(_formulas / "f.db")
    replaced = {"DZ1": FORMULAS[0], "town-2022.jsonl": f"{FORMULAS[0]}.jsonl"}
    words = tuple(replaced.get(one, one) for one in asked(ledger, words))
    for ending in ("csv", "xlsx"):
        told = ledger(*words, "--file", f"a.{ending}")
        assert told.exit_code == 0, told.output
    with Path("a.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert [cell for cell in cells if re.match("[=+@\t\r]|-(?![0-9]+$)", cell) and len(cell) > 1] == []
    assert all(sheet.flags == {} for sheet in read_workbook(Path("a.xlsx")))
    if words[0] in ("roster", "headcount", "secondments", "findings", "log", "diff") or words[:2] == ("alerts", "list"):
        plain = [cell.removeprefix("'") for cell in cells]
        assert any(text in plain for text in FORMULAS), words
        assert any(f"'{text}" in cells for text in FORMULAS), words
    if words[:2] in (("batch", "list"), ("attachments", "list")):
        kept = FORMULAS if words[0] == "attachments" else (*FORMULAS, *HIDDEN)
        assert {f"'{name}" for name in kept} <= {cell.rpartition(".")[0] for cell in cells}
