"""For which day a roster is true: told above the table, by the title at last, and never guessed between two."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.refusals import Refused
from ledger.interchange.filled_in import Asked, ClosingDateMissing, ClosingDatesDiffer
from ledger.interchange.sheets import import_sheets
from ledger.locale.sentences import sentence
from tests.interchange.offices import table

HEAD = ["人员编号", "姓名", "出生年月", "单位", "编制类型"]
ROW = ["A", "合成甲", "1976-09", "QZ", "行政编制"]
UNIT = {"type": "unit_established", "unit": "QZ", "name": "清水镇", "kind": "organ", "effective_on": "2015-01-01"}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with create_ledger(str(tmp_path / "l.db"), officer="tester") as made:
        assert not isinstance(made.record(UNIT), Refused)
        yield made


@pytest.mark.parametrize(
    ("above", "cell"),
    [
        ([["清水镇在编人员花名册（2022年6月30日）"]], "A1"),
        ([["清水镇在编人员花名册(2022-06-30)"]], "A1"),
        ([["二〇二二年六月三十日清水镇花名册"]], "A1"),
        ([["清水镇花名册（截至2022年6月30日）"]], "A1"),
        ([["截至 2022 年 6 月 30 日 在编人员"]], "A1"),
        ([["花名册"], ["填报单位：清水镇", "", "2022.6.30"]], "C2"),
        ([["花名册（2022年6月30日）"], ["制表日期：2022年7月5日"]], "A1"),
        ([["花名册（2022年6月30日）"], ["制表日期：", "2022年7月5日"]], "A1"),
        ([["花名册（2022年1月1日）"], ["截止日期：2022年6月30日"]], "A2"),
        ([["花名册（2022年1月1日）"], ["统计时点", "2022/6/30"]], "B2"),
    ],
)
def test_the_title_tells_the_day(ledger: Ledger, tmp_path: Path, above: list[list[str]], cell: str) -> None:
    file = table(tmp_path / "r.xlsx", [*above, HEAD, ROW])
    told = import_sheets(ledger, file, Asked()).to_json(sentence)
    assert told["closing_dates"] == [{"sheet": "Sheet1", "on": "2022-06-30", "cell": cell}]
    assert told["recorded"] == 1


@pytest.mark.parametrize(
    "title", ["花名册", "花名册（2022年6月）", "花名册（2022年2月30日）", "制表日期：2022年6月30日", "12022-06-30"]
)
def test_nothing_else_is_taken_for_the_day(ledger: Ledger, tmp_path: Path, title: str) -> None:
    file = table(tmp_path / "r.xlsx", [[title], HEAD, ROW])
    with pytest.raises(ClosingDateMissing):
        import_sheets(ledger, file, Asked())


@pytest.mark.parametrize(
    "above",
    [
        [["花名册（2022年6月30日）"], ["在编人员", "2022年7月31日"]],
        [["截止日期：2022年6月30日"], ["", "截止日期：2022年7月31日"]],
    ],
)
def test_two_days_are_refused_with_both_cells(ledger: Ledger, tmp_path: Path, above: list[list[str]]) -> None:
    file = table(tmp_path / "r.xlsx", [*above, HEAD, ROW])
    with pytest.raises(ClosingDatesDiffer) as caught:
        import_sheets(ledger, file, Asked())
    params = caught.value.params
    assert (params["first"], params["second"]) == ("Sheet1!A1", "Sheet1!B2")
    assert (params["day"], params["other"]) == ("2022-06-30", "2022-07-31")


def test_who_imports_has_the_last_word(ledger: Ledger, tmp_path: Path) -> None:
    file = table(tmp_path / "r.xlsx", [["花名册（2022年6月30日）"], ["2022年7月31日"], HEAD, ROW])
    report = import_sheets(ledger, file, Asked(closing=date(2022, 12, 31)), "commit")
    assert (report.recorded, report.to_json(sentence)["closing_dates"]) == (1, [])
