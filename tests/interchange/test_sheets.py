"""An office's own spreadsheets, from the file to the entries they come to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.bootstrap import Ledger, create_ledger, open_ledger
from ledger.interchange import checking
from ledger.interchange.filled_in import Asked, ClosingDateMissing
from ledger.interchange.headers import ColumnsMissing, HeaderMissing, plain
from ledger.interchange.marking import write_marked
from ledger.interchange.sheets import Mode, SheetReport, import_sheets
from ledger.interchange.workbook import read_workbook
from ledger.locale import _
from ledger.locale.sentences import sentence
from tests.interchange.offices import TUTORIAL, office_roster, office_units, rows_of, table

HEAD = [
    "人员编码",
    "姓名",
    "出生日期",
    "单位",
    "编制类型",
    "在编状态",
    "进入本单位时间",
    "借入单位",
    "借调起",
    "借调止",
]
DAY = "2022-06-30"


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    with create_ledger(ledger_url, officer="tester") as made:
        yield made


@pytest.fixture
def county(sqlite_url: str, tmp_path: Path) -> Iterator[Ledger]:
    """The units of the tutorial."""
    with create_ledger(sqlite_url, officer="tester") as made:
        report = import_sheets(made, office_units(tmp_path / "units.xlsx"), Asked(), "commit")
        assert (report.recorded, report.refused) == (7, 0)
        yield made


def roster(tmp_path: Path, *rows: list[Any], head: list[str] = HEAD) -> Path:
    return table(tmp_path / "roster.xlsx", [["截止日期：" + DAY], [], head, *rows], titles=1)


def codes(report: SheetReport, *, refusing: bool = True) -> list[tuple[str, str]]:
    return [(told.cell, told.what.code) for told in report.told if told.refuses is refusing]


def entries(ledger: Ledger) -> list[dict[str, Any]]:
    return [one.event.entry.content() for page in ledger.pages() for one in page]


def test_from_two_office_files_to_a_headcount(ledger: Ledger, tmp_path: Path) -> None:
    units, people = office_units(tmp_path / "units.xlsx"), office_roster(tmp_path / "people.xlsx")
    assert import_sheets(ledger, units, Asked(), "commit").recorded == 7
    checked = import_sheets(ledger, people, Asked())
    assert (checked.recorded, checked.refused, checked.wrote) == (6, 0, False)
    assert import_sheets(ledger, people, Asked(), "commit").recorded == 6
    p = ledger.perspective(date(2022, 6, 30))
    town = ledger.headcount(p, unit="QZ").rows[0]
    assert (town.quota, town.on_roll, town.seconded_out, town.on_leave, town.at_work) == (55, 4, 1, 1, 4)
    (away,) = ledger.secondments(p).rows
    assert (away.person, away.name, away.host, away.started_on, away.days_overdue) == (
        "Q002", "合乙", "XFJ", date(2019, 3, 1), 1034,
    )  # fmt: skip
    assert all(entry.get("baseline") for entry in entries(ledger))


def test_the_same_bytes_again_change_nothing(county: Ledger, tmp_path: Path) -> None:
    people = office_roster(tmp_path / "people.xlsx")
    import_sheets(county, people, Asked(), "commit")
    before = county.status()["position"]
    again = import_sheets(county, people, Asked(), "commit")
    assert (again.recorded, again.already_recorded, again.first_position) == (0, 6, None)
    assert county.status()["position"] == before
    assert county.status()["unfinished_imports"] == []


def test_the_same_unit_table_again_changes_nothing(tmp_path: Path) -> None:
    """Its rows come to what they came to then, although their units stand by now."""
    table = TUTORIAL / "units.csv"
    with create_ledger(str(tmp_path / "new.db")) as ledger:
        first = import_sheets(ledger, table, Asked(), "commit")
        assert (first.recorded, first.refused) == (7, 0)
        before = ledger.status()["position"]
        modes: list[Mode] = ["check", "commit"]
        for mode in modes:
            again = import_sheets(ledger, table, Asked(), mode)
            assert (again.recorded, again.already_recorded, again.left_out, again.refused) == (0, 7, 0, 0)
        assert ledger.status()["position"] == before


def test_a_dry_run_writes_nothing(county: Ledger, tmp_path: Path) -> None:
    before = county.status()["position"]
    import_sheets(county, office_roster(tmp_path / "people.xlsx"), Asked())
    assert county.status()["position"] == before


def test_a_month_stays_a_month(county: Ledger, tmp_path: Path) -> None:
    import_sheets(county, office_roster(tmp_path / "people.xlsx"), Asked(), "commit")
    (first,) = [one for one in entries(county) if one["type"] == "hired" and one["person"] == "Q001"]
    assert (first["effective_on"], first["effective_precision"]) == ("2016-03-01", "month")
    assert (first["born_on"], first["born_precision"]) == ("1976-09-01", "month")


@pytest.mark.parametrize(
    ("row", "cell", "code"),
    [
        (["A", "合成甲", "1976-02-30", "QZ", "行政编制", "在岗", "2016-03"], "C4", "not_a_date"),
        (["A", "合成甲", "76.9", "QZ", "行政编制", "在岗", "2016-03"], "C4", "not_a_date"),
        (["A", "合成甲", 45047, "QZ", "行政编制", "在岗", "2016-03"], "C4", "not_a_date"),
        (["A", "合成甲", "1976-09", "清河镇", "行政编制", "在岗", "2016-03"], "D4", "unit_not_found"),
        (["A", "合成甲", "1976-09", "", "行政编制", "在岗", "2016-03"], "D4", "missing_cell"),
        (["A", "合成甲", "1976-09", "QZ", "在编", "在岗", "2016-03"], "E4", "unknown_word"),
        (["A", "合成甲", "1976-09", "QZ", "行政编制", "借出", "2016-03"], "H4", "host_missing"),
        (["A", "合成甲", "1976-09", "QZ", "行政编制", "借出", "2016-03", "  "], "H4", "host_missing"),
        (["A", "合成甲", "1976-09", "QZ", "行政编制", "借出", "2016-03", "-"], "H4", "host_missing"),
        (["A", "合成甲", "1976-09", "QZ", "行政编制", "借出", "2016-03", "XFJ"], "I4", "loan_start_missing"),
        (["A", "合成甲", "1976-09", "QZ", "行政编制", "借出", "2016-03", "XFJ", "-"], "I4", "loan_start_missing"),
        (["A", "合成甲", "1976-09", "QZ", "行政编制", "病休", "2016-03", "XFJ", "2019-03"], "F4", "status_contradicts"),
        (["A", "甲", "1976-09", "QZ", "行政编制", "借出", "2016-03", "XFJ", "2019-03", "2022年"], "J4", "not_a_date"),
        (["A", "合成甲", "1976-09", "QZ", "行政编制", "在岗", "2022-07-01"], "G4", "after_closing"),
        ([6104251990010112345, "合成甲", "1976-09", "QZ", "行政编制", "在岗", "2016-03"], "A4", "digits_lost"),
        (["A", "合成甲", "1976-09", "QZ", "行政编制", "借出", "2016-03", "QZ-NZ", "2019-03"], "", "internal_duty"),
        (["A", "合\x07甲", "1976-09", "QZ", "行政编制", "在岗", "2016-03"], "", "bad_text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_wrong_cell_refuses_its_row_and_is_named(
    county: Ledger, tmp_path: Path, row: list[Any], cell: str, code: str
) -> None:
    report = import_sheets(county, roster(tmp_path, row), Asked(), "commit")
    assert (cell, code) in codes(report)
    assert (report.recorded, report.refused, report.wrote) == (0, 1, False)


def test_one_wrong_row_keeps_a_commit_from_recording_any(county: Ledger, tmp_path: Path) -> None:
    good = ["A", "合成甲", "1976-09", "QZ", "行政编制", "在岗", "2016-03"]
    wrong = ["B", "合成乙", "昨天", "QZ", "行政编制", "在岗", "2016-03"]
    file, before = roster(tmp_path, good, wrong), county.status()["position"]
    assert import_sheets(county, file, Asked(), "commit").recorded == 0
    assert county.status()["position"] == before
    partial = import_sheets(county, file, Asked(), "partial")
    assert (partial.recorded, partial.refused) == (1, 1)
    mended = tmp_path / "mended.xlsx"
    write_marked(partial, mended, sentence, _, refused_only=True)
    (sheet,) = read_workbook(mended)
    assert [cells[1] for cells in sheet.rows.values() if len(cells) > 1] == ["姓名", "合成乙"]


def test_a_row_is_recorded_whole_or_not_at_all(county: Ledger, tmp_path: Path) -> None:
    row = ["A", "合成甲", "1976-09", "QZ", "行政编制", "借出", "2019-04", "XFJ", "2019-03-01", "2019-08-31"]
    report = import_sheets(county, roster(tmp_path, row), Asked(), "partial")
    assert codes(report) == [("", "not_on_register")]
    assert not any(entry["type"] == "hired" for entry in entries(county))


def test_one_person_under_two_numbers_is_told(county: Ledger, tmp_path: Path) -> None:
    same = ["合成甲", "1976-09-01", "QZ", "行政编制", "在岗", "2016-03"]
    report = import_sheets(county, roster(tmp_path, ["A", *same], ["B", *same]), Asked(), "commit")
    assert report.recorded == 2
    assert ("B5", "possible_duplicate") in codes(report, refusing=False)


def test_people_without_a_number_get_the_same_one_from_every_file(county: Ledger, tmp_path: Path) -> None:
    row = ["", "合成甲", "1976-09", "QZ", "行政编制", "在岗", "2016-03"]
    report = import_sheets(county, roster(tmp_path, row), Asked(), "commit")
    assert ("A4", "number_given") in codes(report, refusing=False)
    (sheet,) = read_workbook(roster(tmp_path, ["", *row[1:], "", "", ""], row))
    assert len(sheet.rows) == 4
    assert import_sheets(county, roster(tmp_path, row), Asked(layout="roster")).already_recorded == 1


def test_an_identity_number_is_compared_and_never_recorded(county: Ledger, tmp_path: Path) -> None:
    head = [*HEAD[:3], "身份证号", *HEAD[3:]]
    right, other = "11010519491231002X", "110105194912310021"
    rows = [
        ["A", "合成甲", "1949-12-31", right, "QZ", "行政编制", "在岗", "2016-03"],
        ["B", "合成乙", "1950-01-01", right, "QZ", "行政编制", "在岗", "2016-03"],
        ["C", "合成丙", "1949-12-31", other, "QZ", "行政编制", "在岗", "2016-03"],
    ]
    report = import_sheets(county, roster(tmp_path, *rows, head=head), Asked(), "commit")
    assert report.recorded == 3
    assert [cell for cell, code in codes(report, refusing=False) if code == "id_number_wrong"] == ["D5", "D6"]
    assert not any(number in str(entry) for entry in entries(county) for number in (right, other))


def test_columns_nobody_knows_are_kept_without_effect(county: Ledger, tmp_path: Path) -> None:
    file = roster(
        tmp_path,
        ["A", "合成甲", "1976-09", "QZ", "行政编制", "在岗", "2016-03", "", "", "", "党员"],
        head=[*HEAD, "政治面貌"],
    )
    import_sheets(county, file, Asked(), "commit")
    assert entries(county)[-1]["attributes"] == {"政治面貌": "党员"}


def test_an_own_heading_is_told_once(county: Ledger, tmp_path: Path) -> None:
    head = ["人员编码", "姓名", "出生日期", "坐班处", "编制类型"]
    file = roster(tmp_path, ["A", "合成甲", "1976-09", "QZ", "行政编制"], head=head)
    with pytest.raises(ColumnsMissing):
        import_sheets(county, file, Asked())
    assert import_sheets(county, file, Asked(given={"坐班处": "unit"})).recorded == 1


def test_english_keys_are_a_header_too(county: Ledger, tmp_path: Path) -> None:
    file = roster(
        tmp_path,
        ["A", "X", "1976-09", "QZ", "administrative"],
        head=["person", "name", "born_on", "unit", "establishment"],
    )
    assert import_sheets(county, file, Asked(), "commit").recorded == 1


def test_a_roster_says_for_which_day_it_is_true(county: Ledger, tmp_path: Path) -> None:
    file = table(tmp_path / "r.xlsx", [HEAD, ["A", "合成甲", "1976-09", "QZ", "行政编制"]])
    with pytest.raises(ClosingDateMissing):
        import_sheets(county, file, Asked())
    assert import_sheets(county, file, Asked(closing=date(2022, 6, 30)), "commit").recorded == 1
    assert entries(county)[-1]["effective_on"] == "2022-06-30"


def test_a_file_without_a_table(county: Ledger, tmp_path: Path) -> None:
    with pytest.raises(HeaderMissing):
        import_sheets(county, table(tmp_path / "x.xlsx", [["会议纪要"], ["一、"]]), Asked())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_as_offices_save_it(county: Ledger, tmp_path: Path, encoding: str) -> None:
    copy = tmp_path / "roster.csv"
    copy.write_text((TUTORIAL / "roster.csv").read_text(encoding="utf-8-sig"), encoding=encoding)
    assert import_sheets(county, copy, Asked(), "commit").recorded == 6


def test_the_movement_log_of_the_office(county: Ledger, tmp_path: Path) -> None:
    import_sheets(county, office_roster(tmp_path / "people.xlsx"), Asked(), "commit")
    shutil.copy(TUTORIAL / "movements.csv", tmp_path / "m.csv")
    report = import_sheets(county, tmp_path / "m.csv", Asked(), "commit")
    assert (report.recorded, report.refused) == (3, 0)
    loan, leave, retired = entries(county)[-3:]
    assert (loan["type"], loan["host"], loan["until"]) == ("secondment_started", "CZJ", "2022-12-31")
    assert (leave["type"], leave["kind"]) == ("leave_started", "sick")
    assert (retired["type"], retired["reason"], retired["attributes"]) == (
        "departed",
        "retired",
        {"原单位编码": "清水镇"},
    )


def test_a_census_is_one_claim_of_many_rows(county: Ledger, tmp_path: Path) -> None:
    head = ["单位编码", "截止日期", "来源", "指标", "分组", "数值", "组成"]
    rows = [
        ["QZ", "2022", "S0", "核定", "行政编制", 34, "9+1+6+18"],
        ["QZ", "2022", "S0", "核定", "合计", 56, "34+21"],
        ["QZ", "2022", "S0", "领导职数", "合计", 9, ""],
    ]
    report = import_sheets(county, table(tmp_path / "c.xlsx", [head, *rows]), Asked(), "commit")
    assert (report.recorded, report.refused) == (3, 0)
    assert ("G3", "parts_differ") in codes(report, refusing=False)
    claim = entries(county)[-1]
    assert claim["measures"] == {"quota.administrative": 34, "quota": 56, "leader_quota.领导": 9}
    assert (claim["effective_on"], claim["effective_precision"]) == ("2022-01-01", "year")


def test_judged_on_paper_or_in_the_ledger_the_verdicts_agree(
    county: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        ["A", "合成甲", "1976-09", "QZ", "行政编制", "在岗", "2016-03"],
        ["A", "合成甲", "1976-09", "QZ", "事业编制", "在岗", "2016-03"],
        ["B", "合成乙", "1976-09", "QZ", "行政编制", "借出", "2019-04", "XFJ", "2019-03-01", "2019-08-31"],
        ["C", "合成丙", "1976-09", "QZ", "行政编制", "借出", "2016-04", "XFJ", "2019-03-01", "2019-02-28"],
        ["D", "合成丁", "1976-09", "QZ", "行政编制", "借出", "2016-04", "QZ-NZ", "2019-03-01", "2019-12-31"],
        ["E", "合成戊", "1976-09", "QZ", "行政编制", "借出", "2016-04", "CZJ-QZ", "2019-03-01", "2019-12-31"],
    ]
    file = roster(tmp_path, *rows)
    tried = codes(import_sheets(county, file, Asked()))
    monkeypatch.setattr(checking, "TRIED", 0)
    on_paper = import_sheets(county, file, Asked())
    assert on_paper.on_paper
    assert codes(on_paper) == tried
    assert [code for _cell, code in tried] == [
        "already_on_register", "not_on_register", "until_before_start", "internal_duty",
    ]  # fmt: skip


def test_who_goes_over_a_quota_is_told_unit_by_unit(
    county: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [[f"P{n}", f"合成{n}", "1976-09", "QZ", "行政编制", "在岗", "2016-03"] for n in range(37)]
    file = roster(tmp_path, *rows)
    expected = [{"unit": "QZ", "establishment": "administrative", "quota": 34, "on_roll": 37, "on": "2016-03-01"}]
    assert import_sheets(county, file, Asked()).to_json(sentence)["over_quota"] == expected
    monkeypatch.setattr(checking, "TRIED", 0)
    on_paper = import_sheets(county, file, Asked())
    assert (on_paper.on_paper, on_paper.to_json(sentence)["over_quota"]) == (True, [])
    recorded = import_sheets(county, file, Asked(), "commit")
    assert (recorded.recorded, recorded.to_json(sentence)["over_quota"]) == (37, expected)


def test_an_import_that_was_interrupted_goes_on(
    county: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [[f"P{n}", f"合成{n}", "1976-09", "QZ", "行政编制", "在岗", "2016-03"] for n in range(30)]
    file = roster(tmp_path, *rows, ["Q", "合成", "昨天", "QZ", "行政编制", "在岗", "2016-03"])
    monkeypatch.setattr("ledger.interchange.sheets.CHUNK", 7)
    calls = []

    def killed(done: int, total: int) -> None:
        calls.append(done)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_sheets(county, file, Asked(), "partial", killed)
    assert county.status()["unfinished_imports"] == ["roster.xlsx"]
    again = import_sheets(county, file, Asked(), "partial")
    assert (again.already_recorded, again.recorded, again.refused) == (14, 16, 1)
    assert county.status()["unfinished_imports"] == []
    assert county.verify().ok


def test_headings_are_compared_without_decoration() -> None:
    assert {plain(text) for text in ("姓名", "姓 名*", "姓名（必填）", "姓　名：", "姓名\n*")} == {"姓名"}


def test_the_tutorials_files_are_what_they_say() -> None:
    assert [row[0] for row in rows_of("roster.csv")[:2]] == [
        "清水镇机关事业单位人员花名册",
        "填报单位：清水镇　　截止日期：2022年6月30日",
    ]


def test_an_open_ledger_sees_the_import(county: Ledger, tmp_path: Path, sqlite_url: str) -> None:
    import_sheets(county, office_roster(tmp_path / "people.xlsx"), Asked(), "commit")
    with open_ledger(sqlite_url) as again:
        assert again.verify().ok
