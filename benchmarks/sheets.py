"""Spreadsheets: a roster of 100,000 people checked and recorded, and a register of 20,000 rows written (issue 5)."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from benchmarks.measuring import Figures, run, times
from ledger.bootstrap import create_ledger
from ledger.interchange.tables_out import Out, write_out

HEAD = [
    "person",
    "name",
    "gender",
    "born_on",
    "unit",
    "section",
    "establishment",
    "funding",
    "identity",
    "status",
    "title",
    "rank",
    "counts",
    "work_start",
    "unit_entry",
    "quota_entry",
    "authority.document_no",
    "channel",
    "retirement_age",
    "host",
    "loan_start",
    "until",
    "note",
]
PEOPLE, LINES, COLUMNS = 100_000, 20_000, 22
DRY, COMMIT, REGISTER = (
    "roster of 23 columns, dry run",
    "roster of 23 columns, recorded",
    "register of 22 columns, written",
)


def person(number: int, dice: random.Random) -> list[Any]:
    away = dice.random() < 0.08
    loan = ["XFJ", "2021-12-01", "2022-05-31"] if away else ["", "", ""]
    born, came = f"{dice.randint(1963, 2000)}.{dice.randint(1, 12):02d}", f"{dice.randint(2016, 2021)}-03-01"
    name = dice.choice("赵钱孙李周吴郑王") + dice.choice("甲乙丙丁戊己庚辛") + dice.choice("一二三四五六七八")
    head = [f"P{number:06d}", name, dice.choice("男女"), born, "QZ", "党政办", "行政编制", "全额", "公务员"]
    charge = ["在岗" if not away else "借出", "科员", "乡科级", "否", "2010-07", came, came]
    papers = ["青编〔2016〕3号", "考录", "男60"]
    return [*head, *charge, *papers, *loan, ""]


def roster(path: Path, people: int) -> Path:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, ["截止日期：2022-06-30"])
    page.write_row(1, 0, HEAD)
    dice = random.Random(1)
    for number in range(people):
        page.write_row(number + 2, 0, person(number, dice))
    book.close()
    return path


def measure(scratch: Path, figures: Figures) -> None:
    """A roster checked by `sledger import`, its marked copy included, and a register written."""
    path = scratch / "sheets.db"
    with create_ledger(str(path), officer="benchmark") as ledger:
        for code in ("QZ", "XFJ"):
            unit = {"type": "unit_established", "unit": code, "name": code, "kind": "organ"}
            ledger.record({**unit, "effective_on": "2015-01-01"})
    file = roster(scratch / "roster.xlsx", PEOPLE)
    for name, more in {DRY: [], COMMIT: ["--commit"]}.items():
        ran = run(["--ledger", str(path), "import", str(file), *more])
        if ran.status != 0:
            raise SystemExit(f"the roster was not taken: exit status {ran.status}")
        figures.add(PEOPLE, "sqlite", name, ran.seconds, "s", cpu=ran.cpu, note=f"{ran.megabytes:.0f} MB")
    rows = [[f"text {number} {column}" for column in range(COLUMNS)] for number in range(LINES)]
    table = Out("register", [f"column {number}" for number in range(COLUMNS)], rows)
    written = times(lambda _turn: write_out(BytesIO(), ".xlsx", table), 3)
    figures.add(
        LINES, "sqlite", REGISTER, written.value / 1000, "s", middle=written.middle / 1000, cpu=written.cpu / 1000
    )
