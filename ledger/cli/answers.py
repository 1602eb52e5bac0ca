"""An answer straight into a file: `--file` of roster, headcount, secondments and findings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ledger.cli import out
from ledger.cli.base import Callback, json_option, option, options, usage_error
from ledger.cli.session import Session
from ledger.cli.text import shown
from ledger.cli.words import perspective_line
from ledger.locale import N_, _, term

if TYPE_CHECKING:
    from ledger.interchange.tables_out import Out

_GROUPS = {"establishment": "establishment", "status": "status", "kind": "secondment_kind", "state": "state"}
"""Key -> the list its codes come from."""


def answer_options() -> Callable[[Callback], Callback]:
    """`--json` and `--file`."""
    return options(
        option(
            "--file",
            type=click.Path(path_type=Path),
            help=N_("Write the answer to this file: .xlsx, .csv or .json by its name."),
        ),
        json_option(),
    )


def save(session: Session, file: Path, name: str, told: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write an answer. `rows`: its lines, nested objects are spread over columns. Raises OSError, UsageError."""
    from ledger.cli.files import new_file
    from ledger.interchange.tables_out import kind_of, write_out

    kind = kind_of(file)
    if not kind:
        raise usage_error(N_("{file}: the name must end with .xlsx, .csv or .json."), file=file)
    with new_file(file, session.address) as written:
        write_out(written, kind, answer_table(name, told, rows, kind), dict(told))
    if session.json:
        out.document({"file": str(file), "rows": len(rows)})
    else:
        out.line(_("{count} rows written to {file}.").format(count=len(rows), file=shown(file)))


def answer_table(name: str, told: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], kind: str = ".csv") -> Out:
    """An answer as a table for a kind of file."""
    from ledger.interchange.tables_out import Out

    flat = [dict(_flat(row)) for row in rows]
    keys = list(dict.fromkeys(key for row in flat for key in row))
    line = perspective_line(str(told["as_of"]), told["known_at"])
    lines = [] if kind == ".csv" else [line]  # a CSV begins with its header, for whatever reads it
    return Out(name, [_title(key) for key in keys], _worded(flat, keys), lines, keys)


def _flat(row: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        if isinstance(value, Mapping) and key != "evidence":
            yield from _flat(value, f"{before}{key}.")
        elif isinstance(value, Mapping | list):
            yield f"{before}{key}", json.dumps(value, ensure_ascii=False, sort_keys=True)
        elif not (value is None and key == "authority"):
            yield f"{before}{key}", value


def _title(key: str) -> str:
    parts = []
    for part in key.split("."):
        words = (term(group, part) for group in ("column", "measure", "establishment"))
        parts.append(next((word for word in words if word != part), part))
    return " ".join(parts)


def _worded(rows: Iterable[Mapping[str, Any]], keys: Sequence[str]) -> Iterator[list[Any]]:
    for row in rows:
        yield [term(_GROUPS[key], row[key]) if key in _GROUPS and row.get(key) else row.get(key) for key in keys]
