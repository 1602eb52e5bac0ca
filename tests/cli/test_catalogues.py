"""Every text is there in both languages, and the compiled catalogues are those of the sources."""

from __future__ import annotations

import ast
import importlib
import io
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import pofile

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


def test_no_text_hides_in_a_formatted_string() -> None:
    """Texts are collected from the code by a reader that does not look into f"…": what is there must be known."""
    catalogue = pofile.read_po(io.BytesIO((ROOT / "ledger/locale/zh_CN/LC_MESSAGES/ledger.po").read_bytes()))
    known = {str(message.id) for message in catalogue}
    hidden = [
        f"{path.relative_to(ROOT)}: {call.args[0].value!r}"
        for path in (*ROOT.glob("ledger/**/*.py"), *ROOT.glob("tui/**/*.py"))
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_"
        if isinstance(call.args[0], ast.Constant) and call.args[0].value not in known
    ]
    assert hidden == []


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
