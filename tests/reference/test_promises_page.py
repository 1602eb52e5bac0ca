"""Every promise names a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "promises.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))


@pytest.mark.parametrize(("path", "test"), NAMED)
def test_a_test_that_is_named_exists(path: str, test: str) -> None:
    text = (ROOT / path).read_text("utf-8")
    assert not test or re.search(rf"^def {test}\(", text, re.MULTILINE)


def test_every_promise_names_one() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| promise")]
    assert len(rows) > 25
    assert [row for row in rows if "tests/" not in row and "the same" not in row] == []


@pytest.mark.parametrize("word", re.findall(r'ARGS="(\w+)"', PAGE))
def test_a_long_test_that_is_named_exists(word: str) -> None:
    assert f'"{word}": ' in (ROOT / "tests" / "soak" / "__main__.py").read_text("utf-8")
