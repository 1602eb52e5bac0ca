"""Spreadsheets on the command line."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from ledger.interchange.workbook import read_workbook
from tests.cli.conftest import Sledger
from tests.interchange.offices import office_roster, office_units, table


@pytest.fixture
def county(empty: Sledger, tmp_path: Path) -> Sledger:
    told = empty.json("import", office_units(tmp_path / "units.xlsx"), "--commit")
    assert (told["recorded"], told["dry_run"], told["layouts"]) == (7, False, ["unit-quota"])
    return empty


def test_a_spreadsheet_is_only_checked(county: Sledger, tmp_path: Path) -> None:
    file = office_roster(tmp_path / "people.xlsx")
    run = county("import", file)
    assert run.exit_code == 0
    assert "可登记 6 行" in run.output
    assert "--commit" in run.output
    assert county.json("status")["position"] == 12
    (sheet,) = read_workbook(tmp_path / "people.xlsx.checked.xlsx")
    assert sheet.rows[2][-1] == "校验结果"
    assert sheet.rows[3][-1].startswith("可登记")
    assert "读作“合乙”" in sheet.rows[4][-1]


def test_the_checked_copy_can_be_imported(county: Sledger, tmp_path: Path) -> None:
    county("import", office_roster(tmp_path / "people.xlsx"))
    assert county.json("import", tmp_path / "people.xlsx.checked.xlsx", "--commit")["recorded"] == 6
    assert county.json("import", tmp_path / "people.xlsx", "--commit")["already_recorded"] == 6


def test_a_refused_row_is_told_with_its_cell(county: Sledger, tmp_path: Path) -> None:
    rows = [["姓名", "单位", "编制类型", "出生日期"], ["合成甲", "QZ", "行政编制", "2023年13月"]]
    file = table(tmp_path / "r.xlsx", rows)
    told = county.json("import", file, "--commit", "--on", "2022-06-30", status=1)
    (refused,) = told["refused"]
    assert (refused["line"], refused["cell"], refused["code"]) == (2, "D2", "not_a_date")
    assert told["dry_run"] is True
    assert "D2 not_a_date" in county("import", file, "--on", "2022-06-30").output


def test_a_partial_import_keeps_the_refused_rows(county: Sledger, tmp_path: Path) -> None:
    rows = [
        ["姓名", "单位", "编制类型", "出生日期"],
        ["合成甲", "QZ", "行政编制", "2023年13月"],
        ["合成乙", "QZ", "行政编制", "1980-01"],
    ]
    file = table(tmp_path / "r.xlsx", rows)
    assert county.json("import", file, "--partial", "--on", "2022-06-30", status=1)["recorded"] == 1
    (sheet,) = read_workbook(tmp_path / "r.xlsx.refused.xlsx")
    assert [cells[0] for cells in sheet.rows.values()] == ["姓名", "合成甲"]


def test_headings_of_ones_own_are_remembered(county: Sledger, tmp_path: Path) -> None:
    rows = [["姓名", "坐班处", "编制类型"], ["合成甲", "QZ", "行政编制"]]
    file = table(tmp_path / "r.xlsx", rows)
    refused = county("import", file, "--on", "2022-06-30")
    assert refused.exit_code == 2
    assert all(way in refused.output for way in ("--map", "--wizard"))
    assert county("import", file, "--on", "2022-06-30", "--map", "坐班处=unit").exit_code == 0
    again = table(tmp_path / "next.xlsx", [*rows, ["合成乙", "QZ", "行政编制"]])
    assert county.json("import", again, "--on", "2022-06-30")["recorded"] == 2


def test_the_wizard_asks_about_headings(county: Sledger, tmp_path: Path) -> None:
    rows = [["姓名", "坐班处", "编制类型", "手机"], ["合成甲", "QZ", "行政编制", "1"]]
    file = table(tmp_path / "r.xlsx", rows)
    told = ("import", file, "--on", "2022-06-30", "--layout", "roster", "--wizard")
    listed = county(*told, stdin="-\n-\n").output
    assert listed.count("内设机构") == 1  # the columns are listed once, not for each heading
    assert "坐班处 (QZ)" in listed
    found = re.search(r"(\d+) 编制所在单位编码\*", listed)
    assert found is not None
    run = county(*told, stdin=f"99\n{found[1]}\n{found[1]}\n-\n")
    assert run.exit_code == 0, run.output
    assert run.output.count("列表中没有这个序号") == 2  # no such number; taken by the heading before
    assert "可登记 1 行" in run.output
    assert county.json("import", file, "--on", "2022-06-30")["recorded"] == 1


def test_the_wizard_begins_where_no_heading_is_known(county: Sledger, tmp_path: Path) -> None:
    rows = [["截止日期：2022-06-30", ""], ["人名", "坐班处", "编制属性"], ["合成甲", "QZ", "行政编制"]]
    file = table(tmp_path / "r.xlsx", rows)
    refused = county("import", file)
    assert refused.exit_code == 2
    assert "--wizard" in refused.output
    listed = county("import", file, "--wizard", stdin="1\n-\n-\n-\n").output
    numbers = [re.search(rf"(\d+) {name}\*", listed) for name in ("姓名", "编制所在单位编码", "编制类型")]
    answers = "".join(f"{number[1]}\n" for number in numbers if number is not None)
    assert "可登记 1 行" in county("import", file, "--wizard", stdin=f"9\n1\n{answers}").output
    again = table(tmp_path / "next.xlsx", [*rows, ["合成乙", "QZ", "行政编制"]])
    assert county.json("import", again)["recorded"] == 2


def test_what_is_missing_is_told_of_the_table_it_is_most_like(county: Sledger, tmp_path: Path) -> None:
    """Of a table of units without their kind, not of a movement log without its types, which has as many columns."""
    units = [["单位编码", "单位名称", "核定编制数", "批准日期", "备注"], ["Y1", "县政府办", "10", "2015-01-01", ""]]
    run = county("import", table(tmp_path / "u.xlsx", units))
    assert run.exit_code == 2
    assert "机构编制表 unit-quota" in run.output
    assert "机构类别" in run.output
    assert "变动类型" not in run.output
    people = [["姓名", "出生年月", "单位", "职务", "备注"], ["合成甲", "1980-01", "QZ", "", ""]]
    run = county("import", table(tmp_path / "p.xlsx", people))
    assert "花名册 roster" in run.output
    assert "编制类型" in run.output


def test_a_table_of_wps_is_read_by_what_is_in_it(county: Sledger, tmp_path: Path) -> None:
    """.et that is xlsx inside is read like it; any other one is refused with what to do."""
    office_roster(tmp_path / "people.xlsx").rename(tmp_path / "people.et")
    assert county.json("import", tmp_path / "people.et")["recorded"] == 6
    (tmp_path / "own.et").write_bytes(b"\0WPS" + bytes(range(256)) * 8)
    run = county("import", tmp_path / "own.et")
    assert run.exit_code == 2
    assert "另存为 xlsx" in run.output


def test_what_never_ends_is_not_opened(county: Sledger, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "zero.xlsx").symlink_to("/dev/zero")
    (tmp_path / "loop.xlsx").symlink_to("loop.xlsx")
    office_roster(tmp_path / "people.xlsx")
    for name in ("pipe.xlsx", "zero.xlsx"):
        run = county("import", tmp_path / "people.xlsx", tmp_path / name)
        assert run.exit_code == 2
        assert "管道或设备" in run.output
    run = county("import", tmp_path / "loop.xlsx")
    assert (run.exit_code, "指向自身" in run.output) == (2, True)


def test_a_text_as_long_as_a_book_is_told_short(county: Sledger, tmp_path: Path) -> None:
    rows = [["姓名", "单位", "编制类型"], ["合成甲", "9" * 30_000, "8" * 30_000]]
    run = county("import", table(tmp_path / "r.xlsx", rows), "--on", "2022-06-30")
    assert run.exit_code == 1
    assert "9…" in run.output
    assert len(run.output) < 3_000


@pytest.mark.parametrize(
    "flags", [["--commit", "--partial"], ["--dry-run", "--commit"], ["--map", "x"], ["--map", "x=nothing"]]
)
def test_flags_that_do_not_fit(county: Sledger, tmp_path: Path, flags: list[str]) -> None:
    assert county("import", office_roster(tmp_path / "people.xlsx"), *flags).exit_code == 2


def test_json_lines_take_no_commit(county: Sledger, tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text("", encoding="utf-8")
    assert county("import", file, "--commit").exit_code == 2


def test_a_spreadsheet_under_another_name_is_known_by_its_content(county: Sledger, tmp_path: Path) -> None:
    office_roster(tmp_path / "people.xlsx").rename(tmp_path / "people.dat")
    assert county.json("import", tmp_path / "people.dat")["recorded"] == 6


def test_a_web_page_is_told_in_one_sentence(county: Sledger, tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    file.write_text("<html></html>", encoding="utf-8")
    run = county("import", file)
    assert run.exit_code == 2
    assert "是网页" in run.output
