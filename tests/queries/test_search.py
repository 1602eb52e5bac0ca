"""Finding people and units by number, name and pinyin initials."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.time import Perspective


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    made = create_ledger(ledger_url, officer="tester")
    unit = {"type": "unit_established", "effective_on": "2000-01-01", "kind": "organ", "level": "county"}
    made.record({**unit, "unit": "SLJ", "name": "县水利局"})
    made.record({**unit, "unit": "JJFZ", "name": "经济发展办公室"})
    for person, name in {"100": "单立文", "2100": "陆琴", "300": "陆琴琴"}.items():
        entry = {"type": "hired", "person": person, "name": name, "unit": "SLJ", "effective_on": "2010-01-01"}
        made.record({**entry, "establishment": "administrative"})
    made.record({"type": "person_described", "person": "300", "name": "路琴", "effective_on": "2015-01-01"})
    yield made
    made.close()


def people(ledger: Ledger, text: str) -> list[str]:
    found = ledger.find(Perspective(date(2020, 1, 1), ledger.perspective().known_at), text)
    return [one.person for one in found.people]


def test_a_number_is_found_by_its_beginning_then_by_its_end(ledger: Ledger) -> None:
    assert people(ledger, "100") == ["100", "2100"]


def test_initials_know_the_reading_of_a_surname(ledger: Ledger) -> None:
    assert people(ledger, "slw") == people(ledger, "dlw") == ["100"]


def test_the_name_itself_comes_before_names_that_begin_with_it(ledger: Ledger) -> None:
    assert people(ledger, "陆琴") == ["2100", "300"]


def test_a_former_name_finds_the_person_under_the_name_of_the_date(ledger: Ledger) -> None:
    found = ledger.find(Perspective(date(2020, 1, 1), ledger.perspective().known_at), "陆琴琴")
    assert [(one.person, one.name, one.unit_name) for one in found.people] == [("300", "路琴", "县水利局")]


def test_nobody_is_found_before_the_ledger_knew_of_them(ledger: Ledger) -> None:
    assert ledger.find(Perspective(date(2020, 1, 1), 3), "陆").people == ()


def test_a_unit_is_found_by_initials_code_and_part_of_its_name(ledger: Ledger) -> None:
    for text in ("xslj", "slj", "水利"):
        units = ledger.find(Perspective(date(2020, 1, 1), 9), text).units
        assert [one.unit for one in units] == ["SLJ"], text


def test_signs_that_mean_something_in_a_pattern_mean_themselves(ledger: Ledger) -> None:
    assert people(ledger, "%") == people(ledger, "_") == []
