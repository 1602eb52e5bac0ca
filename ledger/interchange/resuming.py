"""What an interrupted import refused, kept until it is complete.

A refused line may be legal once the lines behind it are recorded. An import that goes on must not judge it again:
the ledger would differ from that of an import that was never interrupted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ledger.domain.refusals import Refused


def refusals_kept(refused: Iterable[tuple[int, Refused]]) -> str:
    """The refused lines, by number, as text."""
    return json.dumps([[number, _plain(one)] for number, one in refused], ensure_ascii=False, separators=(",", ":"))


def refusals_read(kept: str | None) -> dict[int, Refused]:
    """The refused lines of `refusals_kept`, by number."""
    return {number: _refused(told) for number, told in json.loads(kept or "[]")}


def _plain(value: Any) -> Any:
    if isinstance(value, Refused):
        told = {name: _plain(inner) for name, inner in value.params.items()}
        return {"code": value.code, "params": told, "conflicts_with": value.conflicts_with}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, int | None) else str(value)


def _refused(told: Mapping[str, Any]) -> Refused:
    params = {name: _refused(inner) if isinstance(inner, dict) else inner for name, inner in told["params"].items()}
    return Refused(told["code"], params, tuple(told["conflicts_with"]))
