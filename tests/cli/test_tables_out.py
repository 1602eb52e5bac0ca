"""Answers and entries as files: what a program reads back is what the answer said."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

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
]


@pytest.mark.parametrize("ending", ["xlsx", "csv", "json"])
@pytest.mark.parametrize(
    "words",
    QUESTIONS,
    ids=" ".join,
)
def test_the_same_answer_is_the_same_bytes(town: Sledger, words: tuple[str, ...], ending: str) -> None:
    one, two = Path(f"1.{ending}"), Path(f"2.{ending}")
    for file in (one, two):
        assert town(*words, "--file", file).exit_code == 0
    assert one.read_bytes() == two.read_bytes()
    assert town(*words, "--file", one).exit_code == 2


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
def test_every_question_has_its_answer_in_a_file(town: Sledger, words: tuple[str, ...]) -> None:
    told = town.json(*words)
    town(*words, "--file", "a.json")
    assert json.loads(Path("a.json").read_text(encoding="utf-8")) == told
    town(*words, "--file", "a.xlsx")
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
