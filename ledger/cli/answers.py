"""The answer of a question where it is wanted: in a file of any kind, on stdout as JSON, else shown to people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ledger.cli import out
from ledger.cli.base import Callback, json_option, option, options, usage_error
from ledger.cli.columns import LISTS, NO_LIST
from ledger.cli.session import Session
from ledger.cli.text import shown
from ledger.cli.words import VALUES, VALUES_OF_TYPE, measure, perspective_line
from ledger.locale import N_, _, term

if TYPE_CHECKING:
    from ledger.interchange.tables_out import Out

_STATES = ("state", "alert_state", "delivery_state", "attachment")
_GROUPS: Mapping[str, str | tuple[str, ...]] = {
    **VALUES,
    "status": "status",
    "kind": "secondment_kind",
    "state": _STATES,
    "fate": "fate",
    "entry.type": "entry",
    "replacement_type": "entry",
    "entry.replacement_type": "entry",
    "parameter": "parameter",
    "channel": "channel",
}
"""Key -> the list its codes come from, or the lists they may come from."""
_LEVELS: Mapping[str, Sequence[str]] = {
    "measures": ("measure",),
    "by_establishment": ("establishment", "measure"),
    "leaders": ("rank", "measure"),
    "by_home": ("home",),
    "by_host": ("host",),
    "parameters": ("parameter",),
    "sources": ("parameter",),
    "differences": ("parameter",),
    "fates": ("fate",),
    "by_severity": ("severity",),
    "by_unit": ("unit",),
}
"""Parts of answers that are lists by name -> what their names are."""
_ASKED = frozenset({"as_of", "known_at", "unit", "scope"})
"""What the question said."""
_RESTS = ("as_of", "known_at")
"""On what an answer rests."""
_NOT_SAID = frozenset({"imprecise", "bands"})
"""What the lists themselves tell."""


def answer_options() -> Callable[[Callback], Callback]:
    """`--json` and `--file`, told to the session."""
    return options(
        option(
            "--file",
            "into",
            type=click.Path(path_type=Path),
            expose_value=False,
            callback=_known_kind,
            help=N_("Write the answer to this file: .xlsx, .csv or .json by its name."),
        ),
        json_option(),
    )


def _known_kind(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    from ledger.interchange.tables_out import kind_of

    if value is not None and not kind_of(value):
        raise usage_error(N_("{file}: the name must end with .xlsx, .csv or .json."), file=value)
    ctx.ensure_object(Session).into = value


def delivered(session: Session, name: str, told: Mapping[str, Any]) -> bool:
    """Whether the answer went to a file or to stdout as JSON; else it is to be shown. Raises OSError, UsageError."""
    if session.into is None:
        if session.json:
            out.document(dict(told))
        return session.json
    from ledger.cli.new_files import new_file
    from ledger.interchange.tables_out import kind_of, write_out

    file, kind = session.into, kind_of(session.into)
    lists = lists_of(name, told)
    with new_file(file, session.address) as written:
        write_out(written, kind, list(_tables(name, told, lists, kind)), dict(told))
    count = sum(map(len, lists.values()))
    if session.json:
        out.document({"file": str(file), "rows": count})
    else:
        out.line(_("{count} rows written to {file}.").format(count=count, file=shown(file)))
    return True


def _tables(
    name: str, told: Mapping[str, Any], lists: Mapping[str, Sequence[Mapping[str, Any]]], kind: str
) -> Iterator[Out]:
    main = LISTS.get(name, NO_LIST)
    for key, rows in lists.items():
        columns = main.columns if key == main.key else ()
        if len(lists) == 1:
            yield answer_table(name, told, rows, kind, columns)
        else:  # a CSV says in its first table on what the answer rests
            yield answer_table(key, {} if kind == ".csv" else told, rows, kind, columns)


def lists_of(name: str, told: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """The lists an answer holds, each a table; what is said once comes first where there are several, or none.

    The list that the answer is about is there without rows, too.
    """
    parts = dict(_parts(told))
    main = LISTS.get(name, NO_LIST).key
    lists = {key: rows for key, value in parts.items() for rows in [_rows(key, value)] if rows or key == main}
    left_out = lists.keys() | _NOT_SAID
    said = {key: value for key, value in parts.items() if key not in left_out and value not in ([], {})}
    return {"answer": [said], **lists} if len(lists) != 1 or said.keys() - _ASKED else lists


def _parts(told: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in told.items():
        if isinstance(value, Mapping) and value and value.keys() <= _LEVELS.keys():  # lists by name, under one word
            yield from value.items()
        else:
            yield key, value


def _rows(key: str, value: Any) -> list[Mapping[str, Any]]:
    if isinstance(value, list):
        return value if all(isinstance(one, Mapping) for one in value) else []
    if key in _LEVELS:
        return list(_levels(_LEVELS[key], value, {}))
    return []


def _levels(names: Sequence[str], value: Mapping[str, Any], above: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    first, *below = names
    for key, one in value.items():
        here = {**above, first: key}
        if below:
            yield from _levels(below, one, here)
        else:
            yield {**here, **(one if isinstance(one, Mapping) else {"value": one})}


def answer_table(
    name: str, told: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], kind: str, columns: Sequence[str] = ()
) -> Out:
    """An answer as a table for a kind of file; `columns`: those that are there without rows, too.

    A CSV begins with its header, for whatever reads it; there every row says on what it rests.
    """
    from ledger.interchange.tables_out import Out

    rests = {key: told[key] for key in _RESTS if key in told} if kind == ".csv" else {}
    flat = [{**dict(_flat(row)), **rests} for row in rows]
    found = [key for row in flat for key in row if key not in rests]
    keys = list(dict.fromkeys([*columns, *found, *rests]))
    lines = [] if kind == ".csv" else _lines(told)
    return Out(name, [_title(key) for key in keys], _worded(flat, keys), lines, keys)


def _lines(told: Mapping[str, Any]) -> list[str]:
    """On what the answer rests; two looks have two lines, and a list of all has none."""
    looks = [told[key] for key in ("from", "to") if isinstance(told.get(key), Mapping)]
    looks = looks or [{"as_of": told.get("as_of") or told.get("to"), "known_at": told.get("known_at")}]
    return [perspective_line(str(one["as_of"]), one["known_at"]) for one in looks if one["as_of"] and one["known_at"]]


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
        words = (
            term(group, part)
            for group in ("column", "measure", "establishment", "key", "authority", "identity", "severity")
        )
        parts.append(next((word for word in words if word != part), part))
    return " ".join(parts)


def _worded(rows: Iterable[Mapping[str, Any]], keys: Sequence[str]) -> Iterator[list[Any]]:
    for row in rows:
        yield [_word(row, key) for key in keys]


def _word(row: Mapping[str, Any], key: str) -> Any:
    value = row.get(key)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if key == "measure" and value:
        return measure(value)
    group = VALUES_OF_TYPE.get((str(row.get("type")), key)) or _GROUPS.get(key)
    groups = (group,) if isinstance(group, str) else group or ()
    return next((word for one in groups if (word := term(one, value)) != value), value) if value else value
