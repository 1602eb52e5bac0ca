"""The import of a spreadsheet, killed at any moment and run again, makes the ledger of one that was never killed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from ledger.bootstrap import create_ledger, open_ledger
from ledger.interchange.filled_in import Asked
from ledger.interchange.jsonl import exported
from ledger.interchange.sheets import import_sheets
from tests.interchange.offices import office_units, table
from tests.interrupted import fixed_clock
from tests.test_interruption import run

KILLS = 2


def roster(folder: Path) -> Path:
    """People with up to three entries each, and every tenth row refused."""
    head = [
        "人员编码",
        "姓名",
        "出生日期",
        "单位",
        "编制类型",
        "在编状态",
        "进入本单位时间",
        "借入单位",
        "借调起",
        "职务",
    ]
    rows: list[list[Any]] = [["截止日期：2022-06-30"], [], head]
    for n in range(90):
        status, host = ("借出", "XFJ") if n % 3 == 0 else ("在岗", "")
        unit = "QZ-NZ" if n % 10 else "无此单位"
        start = "2019-03-01" if host else ""
        rows.append([f"P{n}", f"合成{n}", "1976-09", unit, "事业编制", status, "2016-03", host, start, f"岗位{n % 2}"])
    rows.append(["P1", "合成1", "1976-09", "QZ", "事业编制", "在岗", "2016-03", "", "", ""])  # refused by the ledger
    return table(folder / "roster.xlsx", rows, titles=1)


def everything(url: str) -> list[dict[str, Any]]:
    with open_ledger(url, officer="tester", clock=fixed_clock) as ledger:
        assert ledger.verify().ok
        lines = [exported(one) for page in ledger.pages() for one in page]
    return [{key: value for key, value in line.items() if key != "recorded_at"} for line in lines]


def ledger_with_units(url: str, folder: Path) -> None:
    with create_ledger(url, officer="tester", clock=fixed_clock) as ledger:
        assert import_sheets(ledger, office_units(folder / "units.xlsx"), Asked(), "commit").refused == 0


def test_a_killed_import_run_again_makes_the_same_ledger(tmp_path: Path) -> None:
    file, whole = roster(tmp_path), str(tmp_path / "whole.db")
    ledger_with_units(whole, tmp_path)
    told = run("sheet", whole, file, 0)
    assert told is not None
    assert (told["recorded"], told["rows_refused"]) == (81, 10)
    dice, url = random.Random(11), str(tmp_path / "killed.db")
    ledger_with_units(url, tmp_path)
    killed = sum(run("sheet", url, file, dice.randrange(2, told["moments"] // 2)) is None for _time in range(KILLS))
    last = run("sheet", url, file, 0)
    assert killed == KILLS
    assert last is not None
    assert last["recorded"] + last["already_recorded"] == 81
    assert [one["line"] for one in last["refused"]] == [one["line"] for one in told["refused"]]
    assert everything(url) == everything(whole)
    with open_ledger(url) as ledger:
        assert ledger.status()["unfinished_imports"] == []
