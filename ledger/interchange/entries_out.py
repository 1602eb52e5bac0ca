"""The entries of a ledger as a table: the movement log 变动台账, which an import reads again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ledger.bootstrap import Ledger
from ledger.domain.terms import Precision
from ledger.domain.time import shown_instant
from ledger.interchange import words
from ledger.interchange.headers import RECORDING
from ledger.interchange.layouts import MOVEMENT
from ledger.interchange.tables_out import Out

_LENGTHS = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}


def entries_table(ledger: Ledger, *, from_position: int, chinese: bool) -> Out:
    """Every entry from a position on, a row each."""
    titles = [column.title if chinese else column.key for column in MOVEMENT.columns]
    keys = [column.key for column in MOVEMENT.columns]
    recording = list(RECORDING if chinese else RECORDING.values())
    mark = [MOVEMENT.mark, "", ""]
    return Out(
        MOVEMENT.title if chinese else MOVEMENT.name,
        [*titles, *recording],
        _rows(ledger, from_position, chinese=chinese),
        keys=[*keys, *mark],
    )


def _rows(ledger: Ledger, from_position: int, *, chinese: bool) -> Iterator[list[Any]]:
    for page in ledger.pages(from_position):
        for one in page:
            content = one.event.entry.content()
            content["id"] = one.event.id
            row = [_cell(content, column.key, column.holds, chinese=chinese) for column in MOVEMENT.columns]
            yield [*row, one.position, shown_instant(one.recorded_at), one.event.recorded_by]


def _cell(content: Mapping[str, Any], key: str, holds: str, *, chinese: bool) -> Any:
    outer, dot, inner = key.partition(".")
    value = content.get(outer)
    if dot:
        value = value.get(inner) if isinstance(value, Mapping) else None
    if value is None:
        return None
    if key in ("effective_on", "born_on"):
        precision = content.get(f"{key.partition('_')[0]}_precision") or Precision.DAY
        return str(value)[: _LENGTHS[Precision(precision)]]
    if key in ("effective_precision", "born_precision"):
        return None
    if key == "entry":
        return f"id:{value}"
    if isinstance(value, list):
        return "；".join(value)
    if holds == "json":
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if isinstance(value, bool):
        return words.word("flag", str(value).lower(), chinese=chinese)
    listed = _list_of(content["type"], key, holds)
    return words.word(listed, value, chinese=chinese) if listed else value


def _list_of(entry_type: str, key: str, holds: str) -> str:
    """The closed list a value comes from; "" for none."""
    if holds != "by_type":
        return holds if holds in words.LISTS else ""
    return (words.KINDS_OF if key == "kind" else words.REASONS_OF).get(entry_type, "")
