"""An entry without an id is `#` and its position; where a caller took that id for an entry of his own, one `+` more."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Sledger


def unit(code: str, **more: str) -> dict[str, str]:
    told = {"type": "unit_established", "effective_on": "2015-01-01", "unit": code, "kind": "organ", "name": code}
    return {**told, **more}


def ids(ledger: Sledger) -> list[str]:
    return [one["id"] for one in ledger.json("log")["entries"]]


def test_an_id_taken_before_an_import(empty: Sledger) -> None:
    Path("a.jsonl").write_text(json.dumps(unit("A", id="#3")), encoding="utf-8")
    Path("b.jsonl").write_text("\n".join(json.dumps(unit(code)) for code in "BCD"), encoding="utf-8")
    for name in ("a.jsonl", "b.jsonl"):
        assert empty("import", name).exit_code == 0
    assert ids(empty) == ["#3", "#2", "#3+", "#4"]


def test_an_id_taken_in_the_same_import(empty: Sledger) -> None:
    lines = [unit("A", id="#3"), unit("B"), unit("C"), unit("D", id="#5"), unit("E")]
    Path("a.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert empty("import", "a.jsonl").exit_code == 0
    assert ids(empty) == ["#3", "#2", "#3+", "#5", "#5+"]
