"""Every word of the domain's closed lists stands in the glossary."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

from ledger.domain import terms
from ledger.domain.entries import ENTRY_TYPES

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
LISTS = [
    value
    for value in vars(terms).values()
    if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum
]


@pytest.fixture(scope="module")
def words() -> set[str]:
    """What the glossary writes as code."""
    return set(re.findall(r"`([^`]+)`", GLOSSARY.read_text(encoding="utf-8")))


@pytest.mark.parametrize("closed", LISTS, ids=lambda closed: closed.__name__)
def test_every_value_of_a_closed_list_has_its_word(closed: type[StrEnum], words: set[str]) -> None:
    assert {str(value) for value in closed} - words == set()


def test_every_entry_type_has_its_word(words: set[str]) -> None:
    assert set(ENTRY_TYPES) - words == set()


def test_every_measure_has_its_word(words: set[str]) -> None:
    assert {*terms.MEASURES, "leader_quota", "leaders"} - words == set()
