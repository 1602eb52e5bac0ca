"""Plain INSERT and UPDATE texts for many rows at once; tuples go straight to the driver (a third of the cost)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Select, Table, text

from ledger.persistence.postgresql import copy_rows

PIECE = 20_000
"""Rows handed to the driver at once."""


def _mark(conn: Connection) -> str:
    return "?" if conn.dialect.paramstyle == "qmark" else "%s"


def insert_rows(conn: Connection, table: Table, rows: Iterable[Sequence[object]], end: str = "") -> None:
    """Insert full rows, columns in the table's order; `end` of the statement."""
    mark = _mark(conn)
    quote = conn.dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in table.columns)
    marks = ", ".join(mark for _ in table.columns)
    statement = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks}){end}"
    waiting = iter(rows)
    while piece := list(islice(waiting, PIECE)):
        conn.exec_driver_sql(statement, piece)


def put_rows(conn: Connection, table: Table, rows: Iterable[Sequence[object]]) -> None:
    """As `insert_rows`; a row takes the place of the one with its primary key."""
    keys = [column.name for column in table.primary_key.columns]
    others = ", ".join(f"{name} = excluded.{name}" for name in table.columns.keys() if name not in keys)  # noqa: SIM118
    insert_rows(conn, table, rows, f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {others}")


def fill(conn: Connection, table: Table, rows: Iterable[Sequence[object]]) -> None:
    """As `insert_rows`, for a new table and as fast as the driver can."""
    if conn.dialect.name == "sqlite":
        insert_rows(conn, table, rows)
        return
    quote = conn.dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in table.columns)
    copy_rows(conn, f"COPY {quote(table.name)} ({names}) FROM STDIN", rows)


def set_values(conn: Connection, table: Table, values: Mapping[str, object]) -> None:
    """Set columns of the one row of a table."""
    if values:
        mark = _mark(conn)
        told = ", ".join(f"{name} = {mark}" for name in values)
        conn.exec_driver_sql(f"UPDATE {table.name} SET {told}", tuple(values.values()))


def close_rows(conn: Connection, table: Table, keys: Sequence[str], closings: Sequence[tuple[object, ...]]) -> None:
    """Set `k_to` of open rows; each closing is (k_to, *key values)."""
    if not closings:
        return
    mark = _mark(conn)
    quote = conn.dialect.identifier_preparer.quote
    where = " AND ".join(f"{quote(key)} = {mark}" for key in keys)
    conn.exec_driver_sql(
        f"UPDATE {quote(table.name)} SET k_to = {mark} WHERE {where} AND k_to = 2147483647", list(closings)
    )


def among(column: ColumnElement[Any], numbers: Iterable[int]) -> ColumnElement[bool]:
    """`column IN (…)` with the whole numbers written out: thousands of bound values cost more than the query."""
    listed = ",".join(map(str, map(int, numbers)))
    return column.op("IN")(text(f"({listed or -1})"))


def tuples(
    conn: Connection, query: Select[*tuple[Any, ...]], values: Mapping[str, object] | None = None
) -> list[tuple[Any, ...]]:
    """All rows as the driver gives them: for thousands of rows of numbers, none of which needs converting."""
    result = conn.execute(query, values)
    assert result.cursor is not None
    rows = list(result.cursor.fetchall())
    result.close()
    return rows


def streamed(
    conn: Connection, query: Select[*tuple[Any, ...]], values: Mapping[str, object] | None = None
) -> Iterator[tuple[Any, ...]]:
    """As `tuples`, row by row: a thousand rows that are not kept are two thirds of the cost. All must be taken."""
    return iter(cast("Iterable[tuple[Any, ...]]", conn.execute(query, values).cursor))
