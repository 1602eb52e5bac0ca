"""The questions, as officers and as programs read them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ledger.cli import out
from tests.cli.conftest import Sledger

ON = ("--on", "2022-06-30")


def test_the_headcount_of_the_town_is_that_of_the_report(town: Sledger) -> None:
    told = town.json("headcount", "--unit", "T1", *ON)
    (row,) = told["rows"]
    keys = ("quota", "on_roll", "seconded_out", "on_leave", "present", "at_work")
    assert [row[key] for key in keys] == [55, 46, 14, 2, 30, 33]
    assert (told["as_of"], told["scope"]) == ("2022-06-30", "subtree")


def test_one_unit_is_told_by_establishment_with_a_total(town: Sledger) -> None:
    lines = town("headcount", "--unit", "T1", *ON).stdout.splitlines()
    assert re.fullmatch(r"截至 2022-06-30，按第 \d+ 笔为止所知；含下级", lines[0])
    assert next(line for line in lines if line.startswith("合计")).split() == [
        "合计",
        "55",
        "46",
        "14",
        "2",
        "30",
        "+9",
    ]
    assert lines[-2:] == ["编外在岗 3；借入 0；派驻 0；实际在岗 33", "领导职数（乡科级）：核定 9，实配 9"]


def test_the_same_in_english(town: Sledger) -> None:
    lines = town("headcount", "--unit", "T1", *ON, lang="en").stdout.splitlines()
    assert next(line for line in lines if line.startswith("Total")).split() == [
        "Total",
        "55",
        "46",
        "14",
        "2",
        "30",
        "+9",
    ]
    assert lines[-1] == "Leaders of rank 乡科级: 9 of 9"


def test_several_units_stand_in_one_table_indented_by_depth(town: Sledger) -> None:
    lines = town("headcount", "--unit", "T1", "--depth", "1", *ON).stdout.splitlines()
    assert lines[1].split()[:3] == ["单位", "名称", "核定"]
    assert lines[2].startswith("T1 ")
    assert re.match(r"T1-BM +  便民服务中心", lines[3])


def test_own_counts_the_unit_alone(town: Sledger) -> None:
    assert town.json("headcount", "--unit", "T1", "--own", *ON)["scope"] == "own"
    assert "本级" in town("headcount", "--unit", "T1", "--own", *ON).stdout


def test_before_anything_was_known_nothing_is_told(town: Sledger) -> None:
    assert town.json("headcount", "--known-at", "0", *ON)["rows"] == []
    assert "那时还没有任何单位" in town("headcount", "--known-at", "0", *ON).stdout


@pytest.mark.parametrize(
    "known_at",
    [
        "NEWEST",
        "2300-01-01",
        "2300-01-01T00:00",
        "2300-01-01 00:00:00+08:00",
        "2300-01-01T00:00Z",
        "9999-12-31",
        "9999-12-31T23:59:59.999999-12:00",
    ],
)
def test_knowledge_may_be_a_position_a_day_or_an_instant(town: Sledger, known_at: str) -> None:
    newest = town.json("headcount", "--unit", "T1", *ON)
    known_at = known_at.replace("NEWEST", str(newest["known_at"]))
    assert town.json("headcount", "--unit", "T1", "--known-at", known_at, *ON) == newest


@pytest.mark.parametrize("known_at", ["0001-01-01", "0001-01-01T00:00+12:00", "1949-10-01T00:00"])
def test_long_before_the_first_entry_nothing_was_known(town: Sledger, known_at: str) -> None:
    told = town.json("headcount", "--known-at", known_at, *ON)
    assert (told["known_at"], told["rows"]) == (0, [])


def test_roster_lists_the_people_whom_a_number_counts(town: Sledger) -> None:
    told = town.json("roster", "--unit", "T1", "--status", "seconded_out", *ON)
    assert len(told["people"]) == 14
    assert {line["status"] for line in told["people"]} == {"seconded_out"}
    assert town("roster", "--unit", "T1", "--status", "seconded_out", *ON).stdout.splitlines()[-1] == "共 14 人"


def test_person_tells_now_the_periods_and_every_entry(town: Sledger) -> None:
    told = town.json("person", "DZ1", *ON)
    assert (told["charged_to"], told["host"]) == ("T1-DZ", "DWB")
    assert [entry["id"] for entry in told["entries"]][:1] == ["h-DZ1"]
    output = town("person", "DZ1", *ON).stdout
    assert "占编单位 T1-DZ；行政；借调到 DWB，至 2020-04-08" in output
    assert "借调开始" in output


def test_a_person_is_asked_about_by_name(empty: Sledger) -> None:
    day = {"effective_on": "2015-01-01"}
    entries: list[dict[str, str]] = [
        {"type": "unit_established", "unit": code, "kind": "organ", "name": name, **day}
        for code, name in (("A", "甲局"), ("B", "乙局"))
    ]
    people = (("P1", "王芳", "A"), ("P2", "李明", "A"), ("P3", "李明", "B"))
    entries += [
        {"type": "hired", "person": person, "name": name, "unit": unit, "establishment": "administrative", **day}
        for person, name, unit in people
    ]
    entries.append({"type": "person_described", "person": "P1", "name": "王方", "effective_on": "2020-01-01"})
    Path("e.jsonl").write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    assert empty("import", "e.jsonl").exit_code == 0
    for name in ("王芳", "王方", "P1"):
        assert empty.json("person", name, *ON)["person"] == "P1"
    several = empty("person", "李明", *ON)
    assert several.exit_code == 2
    assert "P2 甲局; P3 乙局" in several.stderr
    assert "编号" in several.stderr
    nobody = empty("person", "赵无", *ON)
    assert nobody.exit_code == 2
    assert "赵无" in nobody.stderr
    assert empty("person", "王方", *ON, "--known-at", "5").exit_code == 2  # nobody bore it, as was known then


def test_a_person_who_has_left_is_not_on_the_register(town: Sledger) -> None:
    assert "不在册" in town("person", "DZ1", "--on", "1990-01-01").stdout


def test_secondments_tell_the_days_overdue(town: Sledger) -> None:
    rows = town.json("secondments", "--unit", "T1", "--role", "home", "--overdue", *ON)["rows"]
    assert {row["person"]: row["days_overdue"] for row in rows}["DZ1"] == 813
    assert re.search(r"DZ1 .*借调 .* 813 ", town("secondments", "--overdue", *ON).stdout)


@pytest.mark.parametrize("role", ["home", "host"])
def test_a_role_without_a_unit_leaves_nobody_out(town: Sledger, role: str) -> None:
    assert town.json("secondments", "--role", role, *ON) == town.json("secondments", *ON)


def test_curve_gives_the_number_at_each_step(town: Sledger) -> None:
    words = ("curve", "--unit", "T1", "--measure", "on_roll", "--from", "2020-01-31", "--to", "2020-04-30")
    told = town.json(*words)
    assert [point["on"] for point in told["points"]] == ["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30"]
    lines = town(*words).stdout.splitlines()
    assert lines[1].split() == ["日期", "实有"]
    assert lines[-1].split()[0] == "2020-04-30"


def test_curve_refuses_more_numbers_than_anybody_reads(town: Sledger) -> None:
    words = ("curve", "--unit", "T1", "--measure", "on_roll", "--from", "1950-01-01", "--to", "9999-01-01")
    assert town(*words, "--step", "day").exit_code == 2


def test_explain_names_the_people_and_the_entries_behind_a_number(town: Sledger) -> None:
    words = ("explain", "--unit", "T1", "--measure", "seconded_out", *ON)
    told = town.json(*words)
    assert told["value"] == len(told["people"]) == 14
    lines = town(*words).stdout.splitlines()
    assert lines[1] == "T1 借出: 14"
    assert re.match(r"DZ1 .* #\d+ 借调开始 2018-04-09 s-1$", next(line for line in lines if line.startswith("DZ1")))
    assert "核定编制 2015-03-01 q-T1-a" in town("explain", "--unit", "T1", "--measure", "quota", *ON).stdout
    assert "任职" in town("explain", "--unit", "T1", "--measure", "leaders.乡科级", *ON).stdout
    assert "最接近的是" in town("explain", "--unit", "T1", "--measure", "on_rol", *ON).stderr


def test_diff_closes_and_names_what_changed(town: Sledger) -> None:
    words = ("diff", "--unit", "T1", "--on", "2021-12-31", "--to", "2022-06-30")
    for bridge in town.json(*words)["measures"].values():
        assert bridge["opening"] + bridge["restated"] + bridge["added"] - bridge["removed"] == bridge["closing"]
    output = town(*words).stdout
    assert next(line for line in output.splitlines() if line.startswith("实有 ")).split() == [
        "实有",
        "47",
        "0",
        "0",
        "1",
        "46",
    ]
    assert "期间增减：" in output
    assert re.search(r"R06 .* 实有 -1、在岗 -1.* #\d+ 离开 2022-05-31 d-R06", output)


def test_diff_names_what_was_recorded_late(town: Sledger) -> None:
    early = next(entry["position"] for entry in town.json("log")["entries"] if entry["id"] == "d-R06")
    words = ("diff", "--unit", "T1", "--on", "2022-06-30", "--known-at", early - 1, "--to", "2022-06-30")
    told = town.json(*words)
    assert told["measures"]["on_roll"]["restated"] == -1
    assert "d-R06" in {entry["id"] for entry in told["entries"]}
    output = town(*words).stdout
    assert "补报更正：" in output
    assert "其间补报、冲正、更正并影响期初日期的各笔：" in output


def test_log_begins_where_it_is_told_and_can_be_about_one_person_or_unit(town: Sledger) -> None:
    assert town.json("log", "--from-position", "5")["entries"][0]["position"] == 5
    assert {entry["person"] for entry in town.json("log", "--person", "DZ1")["entries"]} == {"DZ1"}
    assert len(town.json("log", "--unit", "T1")["entries"]) > 3
    assert town("log", "--unit", "T1", "--person", "DZ1").exit_code == 2


def test_the_whole_log_comes_page_by_page_in_the_same_columns(town: Sledger, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = town("log").stdout.splitlines()
    told = town.json("log")
    monkeypatch.setattr("ledger.queries.logbook.PAGE", 50)
    by_pages = town("log").stdout.splitlines()
    assert [line.split() for line in by_pages] == [line.split() for line in at_once]
    assert len(by_pages) == 1 + len(told["entries"])
    assert town.json("log") == told
    assert [one["position"] for one in town.json("log", "--from-position", "120")["entries"]][:2] == [120, 121]


@pytest.mark.parametrize("rows", [[], [{"name": "赵\x1b一"}], [{"a": 1}, {"b": {"c": [2]}}]])
@pytest.mark.parametrize("shown", [True, False])
def test_a_long_document_is_the_document_of_its_rows(
    rows: list[dict[str, Any]], shown: bool, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(out, "interactive", lambda _stream: shown)
    for before in ({}, {"known_at": 7}):
        out.document({**before, "entries": rows})
        due = capfdbinary.readouterr().out
        out.long_document("entries", iter(rows), **before)
        assert capfdbinary.readouterr().out == due


def test_log_shows_what_rests_on_one_document(town: Sledger) -> None:
    rests = town.json("log", "--document", "〔2015〕4号")["entries"]
    assert rests == [
        one for one in town.json("log")["entries"] if (one.get("authority") or {}).get("document_no") == "〔2015〕4号"
    ]
    assert len(rests) > 1
    assert town.json("log", "--document", "〔2015〕")["entries"] == []
    assert town("log", "--document", "〔2015〕4号", "--person", "DZ1").exit_code == 2


def test_log_shows_as_much_as_was_known(town: Sledger) -> None:
    assert [entry["position"] for entry in town.json("log", "--known-at", "2")["entries"]] == [1, 2]
    for words in ((), ("--unit", "T1"), ("--document", "〔2015〕4号")):
        assert town.json("log", "--known-at", "100", *words)["known_at"] == 100


QUESTIONS = (
    ("headcount", "--depth", "1"),
    ("roster", "--unit", "T1"),
    ("person", "DZ1"),
    ("secondments",),
    ("log",),
    ("status",),
    ("explain", "--unit", "T1", "--measure", "at_work"),
    ("diff", "--unit", "T1", "--on", "2021-12-31", "--to", "2022-06-30"),
    ("verify",),
    ("curve", "--unit", "T1", "--measure", "vacancies.administrative", "--from", "2022-01-01", "--to", "2022-06-30"),
)


@pytest.mark.parametrize("words", QUESTIONS, ids=lambda words: words[0])
def test_tables_have_chinese_titles_and_stay_plain_on_a_pipe(town: Sledger, words: tuple[str, ...]) -> None:
    output = town(*words).stdout
    assert not re.search("[\x1b\x80-\x9f│─┌┐└┘┃━]", output)
    titles = [line for line in output.splitlines() if "  " in line][:1]
    assert not any(re.search(r"\b[a-z]+_[a-z]+\b", title) for title in titles)


@pytest.mark.parametrize("words", QUESTIONS, ids=lambda words: words[0])
def test_json_is_one_document_in_utf8(town: Sledger, words: tuple[str, ...]) -> None:
    result = town(*words, "--json")
    assert json.loads(result.stdout_bytes.decode("utf-8"))
    assert result.stdout.count("\n") == 1
    assert "\\u" not in result.stdout  # Chinese stays readable
