"""Three tables as an office keeps them without ever having seen ours: its own words, headings, dates and totals."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from click.testing import CliRunner

from ledger import locale
from ledger.bootstrap import Ledger, create_ledger
from ledger.cli.app import app
from ledger.domain.entries import Hired
from ledger.interchange.filled_in import Asked
from ledger.interchange.sheets import SheetReport, import_sheets
from ledger.interchange.workbook import read_workbook

DAY = date(2023, 12, 31)
UNITS: list[list[Any]] = [
    ["序号", "单位编码", "单位名称", "主管部门", "机构性质", "编制性质", "核定编制数", "核定领导职数",
     "批准文号", "批准日期"],
    [1, "AP", "安平县", "", "区划", "", "", "", "", "2015年"],
    [2, "AP01", "县农业农村局", "AP", "行政机关", "行政编制", 24, 5, "安编〔2019〕3号", "2019.3.12"],
    [3, "AP01", "", "AP", "行政机关", "工勤编制", 2, "", "安编〔2019〕3号", "2019.3.12"],
    [4, "AP0101", "县农技推广中心", "AP01", "事业单位", "全额事业", 36, 3, "安编〔2019〕5号", "2019年4月"],
    [5, "AP02", "县委办公室", "AP", "机关", "行政编制", 18, 4, "安编〔2016〕1号", date(2016, 1, 5)],
    [],
    ["合计", "", "", "", "", "", 80],
    ["填表人：赵某", "", "", "", "审核人："],
]  # fmt: skip
HEAD = [
    "序号", "姓 名", "性别", "出生\n年月", "所在单位", "编制性质", "身份", "职务", "入编时间",
    "现状", "借调单位", "借调时间", "备注",
]  # fmt: skip
PEOPLE = [
    [1, "王  芳", "女", "1985.07", "县农业农村局", "行政编制", "公务员", "局长", "2019.9.1", "在岗", "", "", ""],
    [2, "李　明", "男", "1979年12月", "县农业农村局", "行政编制", "公务员", "副局长", "2019年9月", "在岗", "", "", ""],
    [3, "张建国", "男", date(1980, 10, 6), "县农业农村局", "工勤编制", "工勤", "司机", "2019.4", "病休", "", "", ""],
    [4, "赵 丽", "女", "1990-03-04", "县农技推广中心", "全额事业", "专技", "农艺师", "2020.8",
     "借调", "县委办公室", "2021年5月", ""],
    [5, "孙　强", "男", "１９８８．１０", "县农技推广中心", "全额事业", "专业技术", "农艺师", "2020.10",
     "在职", "", "", ""],
]  # fmt: skip
MOVES = [
    ["安平县农业农村局人员变动登记簿（2023年）"],
    ["序号", "变动时间", "姓名", "人员编号", "变动类型", "调出单位", "调入单位", "文号", "备注"],
    ["1", "2023.7.1", "王 芳", "", "借调", "县农业农村局", "县委办公室", "安组借〔2023〕12号", "期限一年"],
    ["2", "2023年8月", "张建国", "", "退休", "县农业农村局", "", "安人社〔2023〕8号", ""],
    ["合计", "", "2", "", "", "", "", "", ""],
]


def workbook(path: Path, title: str, line: Sequence[str], rows: Sequence[Sequence[Any]]) -> Path:
    """A merged title, a line below it, the table; a unit's name merged over its lines; a hidden sheet of codes."""
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("2023年")
    hidden = book.add_worksheet("代码表")
    hidden.write_row(0, 0, ["单位编码", "单位名称", "机构性质", "批准日期"])
    hidden.hide()
    day = book.add_format({"num_format": "yyyy/m/d"})
    page.merge_range(0, 0, 0, 9, title)
    for column, text in enumerate(line):
        page.write(1, 3 * column, text)
    for row, cells in enumerate(rows, 2):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                page.write_datetime(row, column, cell, day)
            elif cell != "":
                page.write(row, column, cell)
    if rows is UNITS:
        page.merge_range(4, 2, 5, 2, "县农业农村局")
    book.close()
    return path


def register(folder: Path, *rows: list[str]) -> Path:
    """The register of changes as CSV in the encoding that Chinese office programs save."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    path = folder / "变动登记簿.csv"
    path.write_bytes(text.getvalue().encode("gb18030"))
    return path


def codes(report: SheetReport) -> list[tuple[str, str]]:
    return [(told.cell, told.what.code) for told in report.told if told.refuses]


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Ledger]:
    """Units and people, as recorded from the first two tables."""
    with create_ledger(sqlite_url, officer="tester") as ledger:
        units = workbook(tmp_path / "编制.xlsx", "安平县机构编制情况一览表", ["填报单位：县委编办", "单位：名"], UNITS)
        people = workbook(
            tmp_path / "在编.xlsx",
            "在编人员花名册",
            ["单位：县农业农村局", "统计时间：2023.6.30"],
            [HEAD, *PEOPLE, ["合  计", "5人"]],
        )
        for file in (units, people):
            report = import_sheets(ledger, file, Asked(), "commit")
            assert (report.recorded, report.refused) == (5, 0), codes(report)
        yield ledger


def test_three_tables_make_a_ledger(office: Ledger, tmp_path: Path) -> None:
    report = import_sheets(office, register(tmp_path, *MOVES), Asked(), "commit")
    assert (report.recorded, report.refused) == (2, 0), codes(report)
    p = office.perspective(DAY)
    bureau = office.headcount(p, unit="AP01").rows[0]
    assert (bureau.quota, bureau.on_roll, bureau.seconded_out, bureau.on_leave) == (62, 4, 2, 0)
    away = {row.name: (row.host, row.started_on, row.until) for row in office.secondments(p).rows}
    assert away == {"赵丽": ("AP02", date(2021, 5, 1), None), "王芳": ("AP02", date(2023, 7, 1), None)}


def test_a_register_that_names_people_without_a_number(office: Ledger, tmp_path: Path) -> None:
    number = {one.name: one.person for one in office.roster(office.perspective(DAY), "AP01").people}
    twin = {"type": "hired", "person": "X1", "name": "李明", "unit": "AP01", "establishment": "support"}
    office.record({**twin, "effective_on": "2023-01-01"})
    moves = [
        [*MOVES[1]],
        ["1", "2023.7.1", "王芳", "", "病休", "", "", "", ""],
        ["2", "2023.7.1", "李明", "", "病休", "", "", "", ""],
        ["3", "2023.7.1", "钱多", "", "病休", "", "", "", ""],
        ["4", "2023.7.1", "孙强", number["赵丽"], "返回", "", "", "", ""],
    ]
    report = import_sheets(office, register(tmp_path, *moves), Asked())
    assert codes(report) == [("D3", "person_not_unique"), ("D4", "person_not_found")]
    notes = {(told.cell, told.what.code) for told in report.told if not told.refuses}
    assert {("C2", "person_found"), ("C5", "name_differs")} <= notes


def test_where_somebody_goes_is_kept_where_no_answer_rests_on_it(office: Ledger, tmp_path: Path) -> None:
    row = ["1", "2023.7.1", "孙强", "", "调出", "县农技推广中心", "市农业局", "", ""]
    report = import_sheets(office, register(tmp_path, MOVES[1], row), Asked(), "commit")
    assert (report.recorded, report.refused) == (1, 0), codes(report)
    last = [one for page in office.pages() for one in page][-1].event.entry.content()
    assert (last["type"], last["reason"]) == ("departed", "moved_out")
    assert last["attributes"] == {"原单位编码": "县农技推广中心", "单位编码": "市农业局"}


def test_a_wrong_cell_is_named_as_the_office_names_it_and_told_how_to_mend(office: Ledger, tmp_path: Path) -> None:
    wrong = [1, "吴某", "女", "85.7", "县农业农村局", "占编", "公务员", "", "2019.9.1", "借调", "", "", ""]
    file = workbook(tmp_path / "又一份.xlsx", "花名册", ["统计时间：2023.6.30"], [HEAD, wrong])
    try:
        result = CliRunner().invoke(app, ["--lang", "zh", "--ledger", str(tmp_path / "x.db"), "init"])
        result = CliRunner().invoke(app, ["--lang", "zh", "--ledger", str(tmp_path / "x.db"), "import", str(file)])
    finally:
        locale.use(locale.DEFAULT)
    assert result.exit_code == 1
    (copy,) = read_workbook(tmp_path / "又一份.xlsx.checked.xlsx")
    for told in (result.output, str(copy.rows[3][-1])):
        assert "“占编”不能填在“编制性质”中。可填：行政编制、" in told
        assert "“出生年月”中的“85.7”不是日期" in told
        assert "请填写“借调单位”；表中没有这一列的，请加上" in told


def test_a_word_that_says_more_than_its_code_is_told(office: Ledger, tmp_path: Path) -> None:
    file = workbook(tmp_path / "二.xlsx", "花名册", ["统计时间：2023.6.30"], [HEAD, PEOPLE[4]])
    report = import_sheets(office, file, Asked())
    told = [one.what.params for one in report.told if one.cell == "F4" and one.what.code == "tidied"]
    assert [(one["value"], one["read"]) for one in told] == [("全额事业", "事业编制")]


HEAD_OF_TWO_ROWS = """青山镇工作人员花名册（2022年6月30日）
序号,姓 名,性别,单位,编制类别,时间,,备注
,,,,,参加工作时间,进入本单位时间,
1,张　三,男,青山镇,行政,2008年7月,2019.7,
2,李四,女,青山镇,事业,2010.8,2013-08-01,2021年3月借调至县委组织部
合计,2,,,,,,
"""


def test_a_heading_of_two_rows_is_one_heading(tmp_path: Path) -> None:
    """Where the file does not tell what is merged, as ods and csv do not: no date of the second row is lost."""
    path = tmp_path / "花名册.csv"
    path.write_text(HEAD_OF_TWO_ROWS, encoding="gb18030")
    with create_ledger(str(tmp_path / "l.db"), officer="tester") as ledger:
        unit = {"type": "unit_established", "unit": "QSZ", "name": "青山镇", "kind": "organ"}
        ledger.record({**unit, "effective_on": "2000-01-01"})
        report = import_sheets(ledger, path, Asked(), "commit")
        (table,) = report.file.tables
        assert (table.header.row, report.rows, report.recorded, report.refused) == (2, 2, 2, 0)
        hired = [entry for draft in table.drafts for entry in draft.entries if isinstance(entry, Hired)]
        assert [entry.effective_on for entry in hired] == [date(2019, 7, 1), date(2013, 8, 1)]
        told = [one for one in report.told if one.what.code == "loan_in_note"]
        assert [(one.cell, one.refuses) for one in told] == [("H5", False)]
