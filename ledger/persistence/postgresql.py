"""PostgreSQL: the settings every connection must have, and what is checked before trusting a server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from ledger.domain.faults import LedgerMissing, LedgerNewer, NotALedger, StorageNotDurable
from ledger.persistence.appending import SIGNATURE
from ledger.persistence.schema import FORMAT
from ledger.persistence.troubles import of_postgresql

STATEMENT_SECONDS = 120
"""The longest one statement of a write transaction may take."""
IDLE_SECONDS = 600
"""How long a write transaction may stand idle before the server ends it and lets others write."""
DURABLE = ("synchronous_commit", "fsync", "full_page_writes")
"""Settings of the server that must not be off: else a power cut takes back what was acknowledged."""
_CREATION_LOCK = 0x534C4447


def engine_of(url: URL, shown: str, seconds: float) -> Engine:
    """Connections that wait at most `seconds` for a lock and only acknowledge what is on disk."""
    engine = create_engine(url, pool_pre_ping=True, max_overflow=20, connect_args={"connect_timeout": 10})

    @event.listens_for(engine, "connect")
    def _settle(conn: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor = conn.cursor()
        cursor.execute(f"SET lock_timeout = '{int(seconds * 1000)}ms'")
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) FROM pg_settings"
            " WHERE name = 'synchronous_commit' AND setting = 'off'"
        )
        cursor.execute("SELECT name FROM pg_settings WHERE setting = 'off' AND name = ANY(%s)", (list(DURABLE),))
        unsafe = cursor.fetchone()
        cursor.close()
        conn.commit()
        if unsafe is not None:
            raise StorageNotDurable(ledger=shown, setting=unsafe[0], found="off")

    return engine


def limit_writing(conn: Connection) -> None:
    """Bounds the transaction that has just begun: no statement and no pause may hold the ledger for long."""
    conn.exec_driver_sql(
        f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s';"
        f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'"
    )


_HOLDER = """
    SELECT a.usename, a.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.relation = to_regclass('ledger_head') AND l.mode <> 'AccessShareLock' AND l.granted
      AND l.database = a.datid AND a.pid <> pg_backend_pid()
      AND NOT EXISTS (SELECT FROM pg_locks w WHERE w.pid = l.pid AND NOT w.granted)
    ORDER BY a.pid LIMIT 1
"""
"""Who has a lock that writers take, and waits for nobody: the one all others wait for."""


def holder(conn: Connection) -> tuple[str, int] | None:
    """The login that holds the ledger now, and its process on the server."""
    row = conn.exec_driver_sql(_HOLDER).first()
    return None if row is None else (row[0], row[1])


def hold_tables(conn: Connection) -> None:
    """Keeps tables from being put in each other's place while this transaction reads; see `hold_off`.

    It must come before the snapshot: new rows committed in between would not be seen in it, while the new tables are.
    """
    conn.exec_driver_sql("LOCK TABLE ledger_head IN ACCESS SHARE MODE")


def hold_off(conn: Connection, seconds: float) -> None:
    """Waits until nobody reads or writes the ledger any more, and holds everybody off to the end of the transaction."""
    conn.exec_driver_sql(
        f"SET LOCAL lock_timeout = '{int(seconds * 1000)}ms'; LOCK TABLE ledger_head IN ACCESS EXCLUSIVE MODE"
    )


def copy_rows(conn: Connection, statement: str, rows: Iterable[Sequence[object]]) -> None:
    """Hands rows to a `COPY ... FROM STDIN`."""
    from psycopg import DatabaseError  # an extra: whoever keeps a file has not installed it

    driver: Any = conn.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except DatabaseError as error:
        raise of_postgresql(error, conn.engine.url.render_as_string(), 0) or error from error


def lock_creation(conn: Connection) -> None:
    """Lets one program at a time make a ledger in a database."""
    conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_CREATION_LOCK})")


def has_ledger(conn: Connection) -> bool:
    """Whether the schema in use holds a ledger."""
    return conn.exec_driver_sql("SELECT to_regclass('ledger_head') IS NOT NULL").scalar() is True


def has_function(conn: Connection) -> bool:
    """Whether the ledger has the function that appends: those of earlier versions get it with the first entry."""
    query = f"SELECT to_regprocedure('{SIGNATURE}') IS NOT NULL AND to_regclass('ledger_turn') IS NOT NULL"
    return conn.exec_driver_sql(query).scalar() is True


def login(conn: Connection) -> tuple[str, bool]:
    """Who has logged in, and whether that is the owner of the ledger, or somebody with the owner's rights."""
    row = conn.exec_driver_sql(
        "SELECT session_user::text, pg_has_role(session_user, relowner, 'MEMBER') FROM pg_class"
        " WHERE oid = to_regclass('ledger_head')"
    ).one()
    return row[0], row[1]


def inspect(conn: Connection, shown: str) -> None:
    """Raises LedgerMissing, NotALedger or LedgerNewer before anything is written."""
    if not has_ledger(conn):
        raise LedgerMissing(ledger=shown)
    columns = conn.exec_driver_sql(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('ledger_head') AND attnum > 0"
    ).scalars()
    if not {"format", "ledger_id", "tip"} <= set(columns):
        raise NotALedger(ledger=shown)
    number = conn.exec_driver_sql("SELECT format FROM ledger_head").scalar()
    if number is not None and number > FORMAT:
        raise LedgerNewer(ledger=shown, found=number, known=FORMAT)
