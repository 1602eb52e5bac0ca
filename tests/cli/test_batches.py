"""Imports as batches: listed, shown, taken back, and imported again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Sledger
from tests.interchange.offices import office_roster, office_units


@pytest.fixture
def county(empty: Sledger, tmp_path: Path) -> Sledger:
    empty.json("import", office_units(tmp_path / "units.xlsx"), "--commit")
    empty.json("import", office_roster(tmp_path / "people.xlsx"), "--commit", "--document-no", "青编〔2022〕1号")
    return empty


def people(county: Sledger) -> int:
    (row,) = county.json("headcount", "--unit", "QZ", "--on", "2022-06-30")["rows"]
    return int(row["on_roll"])


def test_imports_are_listed_with_file_officer_and_positions(county: Sledger) -> None:
    units, roster = county.json("batch", "list")["rows"]
    assert (units["name"], units["lines"], units["complete"]) == ("units.xlsx", 7, True)
    assert (roster["recorded_by"], roster["first_position"], roster["last_position"]) == ("tester", 13, 22)
    assert "people.xlsx" in county("batch", "list").output


def test_a_batch_tells_its_document(county: Sledger) -> None:
    told = county.json("batch", "show", "people.xlsx")
    assert (told["entries"], told["in_effect"], told["document_no"]) == (10, 10, "青编〔2022〕1号")
    assert county.json("batch", "show", told["sha256"][:8])["id"] == told["id"]


def test_taking_an_import_back_and_importing_it_again(county: Sledger, tmp_path: Path) -> None:
    assert people(county) == 4
    assert county.json("batch", "reverse", "people.xlsx", "--reason", "导错文件")["reversed"] == 10
    assert people(county) == 0
    assert (
        county.json("batch", "reverse", "people.xlsx", "--reason", "再次", status=2)["fault"]["code"] == "unknown_batch"
    )
    sha = county.json("batch", "list")["rows"][1]["id"]
    assert county.json("batch", "reverse", sha, "--reason", "再次") == {
        "reversed": 0, "reversed_before": 10, "refused": False,
    }  # fmt: skip
    assert county.json("import", tmp_path / "people.xlsx", "--commit")["recorded"] == 6
    assert people(county) == 4
    assert county.json("import", tmp_path / "people.xlsx", "--commit")["already_recorded"] == 6
    assert county.json("verify")["ok"]


def test_a_row_that_an_officer_reversed_stays_reversed(county: Sledger, tmp_path: Path) -> None:
    entry = next(one for one in county.json("log", "--person", "Q006")["entries"] if one["type"] == "appointed")
    county("reverse", entry["id"], "--reason", "不实")
    assert county.json("import", tmp_path / "people.xlsx", "--commit")["already_recorded"] == 6
    assert not county.json("person", "Q006", "--on", "2022-06-30")["positions"]


def test_an_import_that_others_rest_on_is_not_taken_back(county: Sledger) -> None:
    county("record", "departed", "--person", "Q001", "--effective_on", "2022-07-01", "--reason", "resigned")
    refused = county.json("batch", "reverse", "people.xlsx", "--reason", "x", status=3)["refused"]
    assert refused["code"] == "breaks_other_entry"
    assert people(county) == 4


@pytest.mark.parametrize("words", [("show",), ("reverse",), ("reverse", "people.xlsx"), ("show", "nothing")])
def test_a_batch_must_be_named(county: Sledger, words: tuple[str, ...]) -> None:
    assert county("batch", *words).exit_code == 2
