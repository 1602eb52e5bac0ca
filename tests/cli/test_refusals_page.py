"""The page of refusals: it lists exactly the program's, in their order, and every example is refused as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger import locale
from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.refusals import REFUSALS, Refused
from ledger.interchange.jsonl import read_line
from ledger.locale.sentences import remedy, sentence

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "refusals.md").read_text(encoding="utf-8")
ENTRIES = dict(re.findall(r"^### (\w+)\n\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
EXAMPLES = {
    code: found[0].splitlines()
    for code, text in ENTRIES.items()
    if (found := re.findall(r"```jsonl\n(.*?)\n```", text, re.DOTALL))
}
ABOUT_ALERTS = {
    "alert_unknown",
    "alert_closed",
    "alert_changed",
    "already_acknowledged",
    "scan_ahead",
    "until_in_past",
    "waiver_without_document",
    "waiver_without_end",
}
"""Answers to acts, which no line of a file can be: tests/domain/test_alerts.py."""
ABOUT_ID_NUMBERS = {"id_number_wrong", "id_number_taken", "id_number_absent"}
"""Likewise: tests/application/test_identifying.py."""
ABOUT_ROLES = {"not_permitted", "first_admin", "last_admin", "role_not_held"}
"""Told where roles are given, or once there are some: tests/application/test_access.py."""
NO_EXAMPLE = ABOUT_ROLES | ABOUT_ALERTS | ABOUT_ID_NUMBERS


def raw(line: str) -> bytes:
    """A line of the page as a line of a file; `\\xbc` stands for that byte."""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), line.encode())


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    base = re.findall(r"```jsonl base\n(.*?)\n```", PAGE, re.DOTALL)[0]
    with create_ledger(str(tmp_path_factory.mktemp("refusals") / "a.db"), officer="测试") as made:
        for line in base.splitlines():
            assert not isinstance(made.record(read_line(raw(line))), Refused), line
        yield made


def test_the_page_lists_the_refusals_in_the_order_of_precedence() -> None:
    assert list(ENTRIES) == list(REFUSALS)
    assert set(REFUSALS) - set(EXAMPLES) == NO_EXAMPLE


@pytest.mark.parametrize("code", REFUSALS)
def test_the_page_has_both_sentences_and_remedies(code: str) -> None:
    text = REFUSALS[code]
    try:
        for language in locale.LANGUAGES:
            locale.use(language)
            assert f"{locale._(text.sentence)}  \n{locale._(text.remedy)}\n" in ENTRIES[code]
    finally:
        locale.use(locale.DEFAULT)


def tried(ledger: Ledger, lines: list[str]) -> list[Any]:
    with ledger.trying() as recording:
        return [
            found if isinstance(found, Refused) else recording.record(found)
            for found in (read_line(raw(line)) for line in lines)
        ]


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_example_is_refused_and_told_in_full(ledger: Ledger, code: str) -> None:
    *before, last = tried(ledger, EXAMPLES[code])
    assert not [one for one in before if isinstance(one, Refused)]
    assert isinstance(last, Refused)
    assert last.code == code
    try:
        for language in locale.LANGUAGES:
            locale.use(language)
            told = sentence(last) + remedy(last)
            assert "?" not in told.replace("Did you mean", "")[:-1], told
            assert "{" not in told
    finally:
        locale.use(locale.DEFAULT)
