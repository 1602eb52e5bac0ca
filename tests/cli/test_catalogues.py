"""Every text is there in both languages, and the compiled catalogues are those of the sources."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import ledger
from ledger import locale
from ledger.domain.faults import LedgerFault
from ledger.domain.refusals import REFUSALS, RefusalText
from ledger.locale.sentences import placeholders

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _chinese_again() -> Iterator[None]:
    yield
    locale.use(locale.DEFAULT)


def test_the_catalogues_are_complete_and_compiled() -> None:
    run = subprocess.run(
        [sys.executable, "scripts/catalogues.py", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.stdout, run.returncode) == ("", 0), run.stderr


def faults() -> list[type[LedgerFault]]:
    for module in pkgutil.walk_packages(ledger.__path__, "ledger."):
        if not module.name.startswith(("ledger.cli", "ledger.__main__")):
            importlib.import_module(module.name)
    found = [LedgerFault]
    for fault in found:
        found.extend(fault.__subclasses__())
    return found


def same_in_chinese(message: str) -> None:
    locale.use("zh")
    chinese = locale._(message)
    assert chinese != message
    assert placeholders(chinese) == placeholders(message)
    locale.use("en")
    assert locale._(message) == message


@pytest.mark.parametrize("text", REFUSALS.values(), ids=list(REFUSALS))
def test_every_refusal_has_a_chinese_sentence_and_remedy(text: RefusalText) -> None:
    same_in_chinese(text.sentence)
    same_in_chinese(text.remedy)


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.__name__)
def test_every_fault_has_a_chinese_sentence_and_remedy(fault: type[LedgerFault]) -> None:
    same_in_chinese(fault.sentence)
    same_in_chinese(fault.remedy)


@pytest.mark.parametrize(
    ("asked", "environment", "language"),
    [
        (None, {}, "zh"),
        (None, {"LANG": "C.UTF-8"}, "zh"),
        (None, {"LANG": "fr_FR.UTF-8"}, "zh"),
        (None, {"LANG": "en_GB.UTF-8"}, "en"),
        (None, {"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ("en", {"LC_ALL": "zh_CN.UTF-8"}, "en"),
        ("zh", {"LANG": "en_US.UTF-8"}, "zh"),
        ("klingon", {"LANG": "en_US.UTF-8"}, "en"),
    ],
)
def test_the_language_is_the_one_asked_for_or_that_of_the_locale_or_chinese(
    asked: str | None, environment: dict[str, str], language: str
) -> None:
    assert locale.choose(asked, environment) == language


def test_a_code_that_means_two_things_has_two_words() -> None:
    assert locale.term("unit_kind", "public_institution") == "事业单位"
    assert locale.term("establishment", "public_institution") == "事业"
    assert locale.term("establishment", "没有的类别") == "没有的类别"
