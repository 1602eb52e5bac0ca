"""Finding people and units by number, name, pinyin initials and whole pinyin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.time import Perspective
from ledger.projections.search import initials
from ledger.queries.spelling import begins_so, first_letters, spelled


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


@pytest.mark.parametrize("text", ["luqin", "lu qin", "luq", "Lu", "lu'qin"])
def test_whole_pinyin_finds_every_name_ever_borne(text: str, ledger: Ledger) -> None:
    assert people(ledger, text) == ["2100", "300"]


def test_whole_pinyin_knows_every_reading_of_a_surname(ledger: Ledger) -> None:
    assert people(ledger, "shanliwen") == people(ledger, "danli") == ["100"]
    assert people(ledger, "luqing") == people(ledger, "liqin") == people(ledger, "shanliwenn") == []


def test_whose_initials_fit_come_before_those_whose_pinyin_does(ledger: Ledger) -> None:
    for person, name in {"400": "马建", "500": "牟安"}.items():
        entry = {"type": "hired", "person": person, "name": name, "unit": "SLJ", "effective_on": "2010-01-01"}
        ledger.record({**entry, "establishment": "administrative"})
    assert people(ledger, "ma") == ["500", "400"]
    assert people(ledger, "m") == ["400", "500"]


def test_a_unit_is_found_by_whole_pinyin_also_from_its_middle(ledger: Ledger) -> None:
    for text in ("xianshuili", "shuili", "shui l"):
        units = ledger.find(Perspective(date(2020, 1, 1), 9), text).units
        assert [one.unit for one in units] == ["SLJ"], text


@pytest.mark.parametrize(
    ("name", "letters"),
    [("吕布", "lvbu"), ("吕布", "lyub"), ("欧阳秋收", "ouyangqiush"), ("古丽·买买提", "gulimaim"), ("西安", "xian")],
)
def test_letters_are_cut_into_syllables_in_every_way(name: str, letters: str) -> None:
    assert begins_so(name, spelled(letters))
    assert first_letters(spelled(letters)) & {initials(name)[:n] for n in range(1, len(name) + 1)}


@pytest.mark.parametrize("letters", ["qz", "lq", "zh", "", "2100", "x1", "zhào"])
def test_initials_and_numbers_are_no_pinyin(letters: str) -> None:
    assert not first_letters(spelled(letters))


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
