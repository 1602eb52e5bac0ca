"""Spreadsheets: a roster of 100,000 people checked, and a register of 20,000 written.

    python -m benchmarks.sheets [PEOPLE]

Prints wall and processor seconds and the peak memory of this process; the reading child has 768 MiB at most.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from ledger.bootstrap import create_ledger
from ledger.interchange.filled_in import Asked
from ledger.interchange.marking import write_marked
from ledger.interchange.sheets import import_sheets
from ledger.interchange.tables_out import Out, write_out
from ledger.locale import _
from ledger.locale.sentences import sentence

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
COLUMNS = 22


@contextmanager
def timed(what: str) -> Iterator[None]:
    wall, processor = time.perf_counter(), time.process_time()
    yield
    seconds = f"{time.perf_counter() - wall:6.1f} s wall, {time.process_time() - processor:6.1f} s processor"
    print(f"{what}: {seconds}, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB at most")


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


def main(people: int) -> None:
    with tempfile.TemporaryDirectory() as name, create_ledger(f"{name}/ledger.db", officer="benchmark") as ledger:
        folder = Path(name)
        for code in ("QZ", "XFJ"):
            unit = {
                "type": "unit_established",
                "unit": code,
                "name": code,
                "kind": "organ",
                "effective_on": "2015-01-01",
            }
            ledger.record(unit)
        file = roster(folder / "roster.xlsx", people)
        with timed(f"dry run of {people} rows, {len(HEAD)} columns"):
            report = import_sheets(ledger, file, Asked())
            write_marked(report, folder / "checked.xlsx", sentence, _)
        assert report.refused == 0
        rows = [[f"text {number} {column}" for column in range(COLUMNS)] for number in range(people // 5)]
        with timed(f"register of {people // 5} rows, {COLUMNS} columns"):
            write_out(BytesIO(), ".xlsx", Out("register", [f"column {n}" for n in range(COLUMNS)], rows))
    print(f"measured {date.today()}")  # noqa: DTZ011  a date for whoever reads the line


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
