"""The column 身份证号 of a roster: into the encrypted table with a key, nowhere without one, into no entry ever."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger.bootstrap import Ledger
from ledger.interchange.filled_in import Asked
from ledger.interchange.sheets import Mode, SheetReport, import_sheets
from ledger.persistence.vault import IdKey, load_id_key, make_id_key
from tests.queries.makers import county

NUMBERS = {"P1": "11010519491231002X", "P2": "440524188001010014"}
HEAD = "人员编号,姓名,性别,所在单位,编制类别,出生日期,公民身份号码,进入本单位时间\n"


@pytest.fixture
def key(tmp_path: Path) -> IdKey:
    (tmp_path / "keys").mkdir()
    make_id_key(tmp_path / "keys" / "id.key", None)
    return load_id_key(tmp_path / "keys" / "id.key", None)


def roster(
    ledger: Ledger, folder: Path, rows: dict[str, str], key: IdKey | None, mode: Mode = "partial"
) -> SheetReport:
    lines = [
        f"{person},甲{'天地人和山水'[int(person[1:])]},,T1-A,行政,,{number},2019-02-01\n"
        for person, number in rows.items()
    ]
    path = folder / "roster.csv"
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return import_sheets(ledger, path, Asked(layout="roster", closing=date(2020, 1, 1), id_key=key), mode)


def codes(report: SheetReport) -> list[str]:
    return sorted(one.what.code for one in report.told)


def test_with_a_key_each_number_goes_with_its_row(ledger_url: str, key: IdKey, tmp_path: Path) -> None:
    with county(ledger_url) as ledger:
        dry = roster(ledger, tmp_path, NUMBERS, key, "check")
        assert (dry.recorded, ledger.id_numbers()) == (2, {})
        report = roster(ledger, tmp_path, NUMBERS, key)
        assert (report.recorded, codes(report)) == (2, [])
        for person, number in NUMBERS.items():
            shown = ledger.reveal_id_number(person, key, "查")
            assert isinstance(shown, tuple)
            assert shown[0] == number
        assert not any(number in str(one) for page in ledger.pages() for one in page for number in NUMBERS.values())
        assert roster(ledger, tmp_path, NUMBERS, key).already_recorded == 2
        assert ledger.verify().ok


def test_without_a_key_they_are_left_out_and_the_import_says_so(ledger_url: str, tmp_path: Path) -> None:
    with county(ledger_url) as ledger:
        report = roster(ledger, tmp_path, NUMBERS, None)
        assert (report.recorded, codes(report)) == (2, ["id_numbers_left_out"])
        assert report.told[0].what.params["count"] == 2
        assert ledger.id_numbers() == {}


@pytest.mark.parametrize("mode", ["check", "partial"])
def test_a_row_with_the_number_of_somebody_else_is_refused(
    ledger_url: str, key: IdKey, tmp_path: Path, mode: Mode
) -> None:
    with county(ledger_url) as ledger:
        roster(ledger, tmp_path, {"P1": NUMBERS["P1"]}, key)
        report = roster(ledger, tmp_path, {"P3": NUMBERS["P1"], "P4": NUMBERS["P2"], "P5": NUMBERS["P2"]}, key, mode)
        assert (report.recorded, report.refused) == (1, 2)
        assert codes(report) == ["id_number_taken"] * 2
        assert set(ledger.id_numbers()) == ({"P1"} if mode == "check" else {"P1", "P4"})


def test_a_wrong_number_is_told_and_not_kept(ledger_url: str, key: IdKey, tmp_path: Path) -> None:
    with county(ledger_url) as ledger:
        report = roster(ledger, tmp_path, {"P1": "110105194912310021"}, key)
        assert (report.recorded, codes(report)) == (1, ["id_number_wrong"])
        assert ledger.id_numbers() == {}
