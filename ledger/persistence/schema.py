"""The event tables and the triggers that make them append-only (spec 3.2.1).

Everything here but `ledger_head`, `import_batch`, `id_number` and the tables of jobs only ever grows. The triggers
hold against anybody who writes through SQL; whoever owns the file or the tables can remove them, which the hash chain
then shows (`chain`).
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

FORMAT = 3
"""Number of the storage format this program writes; a ledger with a higher one is refused (`LedgerNewer`).

It grows with every new version of a stored event and every new kind of event; an older ledger gets it with the first
thing this program writes into it. 2: policies keep the edition of their profile; acts beside entries; seals. 3: roles,
identity numbers, attached documents.
"""
APPLICATION_ID = 0x534C4447
"""`SLDG` in the header of a SQLite file: says that the file is a ledger."""

Dialect = Literal["sqlite", "postgresql"]

events_md = MetaData()
"""The tables of the log; the tables of answers have their own metadata and can be thrown away."""

_Big = BigInteger().with_variant(Integer(), "sqlite")
_Name = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that both databases order by its bytes, whatever the locale of the server."""

ledger_head = Table(
    "ledger_head",
    events_md,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("format", Integer, nullable=False),
    Column("ledger_id", Text, nullable=False),
    Column("position", _Big, nullable=False),
    Column("tip", LargeBinary, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("clock", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("structure_position", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="ledger_head_one_row"),
    CheckConstraint("clock IN ('system', 'simulated')", name="ledger_head_clock"),
)
"""One row: writer lock, last position, tip of the hash chain, instant of the last event (microseconds UTC)."""

event = Table(
    "event",
    events_md,
    Column("position", _Big, primary_key=True, autoincrement=False),
    Column("originator_id", _Name, nullable=False),
    Column("originator_version", Integer, nullable=False),
    Column("topic", _Name, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("originator_id", "originator_version", name="event_stream"),
    Index("event_recorded_at", "recorded_at"),
)
"""The log. `state` is JSON (see `codec`), `hash` the SHA-256 link to the event before (see `chain`)."""

event_subject = Table(
    "event_subject",
    events_md,
    Column("subject", _Name, primary_key=True),
    Column("position", _Big, primary_key=True, autoincrement=False),
    Index("event_subject_position", "position"),
    sqlite_with_rowid=False,
)
"""Which events touch a subject (`person:P1`, `unit:T01`, `policy`), its own stream included."""

event_target = Table(
    "event_target",
    events_md,
    Column("target", _Big, primary_key=True, autoincrement=False),
    Column("position", _Big, nullable=False),
)
"""Which event reversed or corrected the event at `target`; at most one can."""

entry_key = Table(
    "entry_key",
    events_md,
    Column("key", _Name, primary_key=True),
    Column("position", _Big, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Ids of entries and keys of imported lines, with a digest of the content: what makes recording twice harmless."""

import_batch = Table(
    "import_batch",
    events_md,
    Column("id", _Name, primary_key=True),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("recorded_by", Text, nullable=False),
    Column("first_position", _Big),
    Column("last_position", _Big),
    Column("lines", Integer),
    Column("refused", Text),
)
"""One import; open until its last line (spec 2.3). The only table of the log whose rows change."""

seal = Table(
    "seal",
    events_md,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
)
"""Signed statements about the log (see `notes`), a convenience: what they are worth lies in copies kept elsewhere."""

id_number = Table(
    "id_number",
    events_md,
    Column("person", _Name, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("masked", Text, nullable=False),
    Column("key", Text, nullable=False),
)
"""Identity numbers, encrypted (see `vault`). Not part of the log: rows change and are erased, no answer needs them."""

job_lease = Table(
    "job_lease",
    events_md,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("holder", Text, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("released", Integer, nullable=False),
    CheckConstraint("id = 1", name="job_lease_one_row"),
)
"""Which service runs the jobs, and until when it may without renewing (spec 3.2.6). Rows of jobs change."""

job_run = Table(
    "job_run",
    events_md,
    Column("job", _Name, primary_key=True),
    Column("due_on", Integer, primary_key=True, autoincrement=False),
    Column("due_at", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("known_at", _Big),
    Column("problem", Text),
)
"""A job on one date, begun at most once: what makes two services run it once. `due_on`: a day number."""

delivery = Table(
    "delivery",
    events_md,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("recipient", _Name, nullable=False),
    Column("unit", _Name, nullable=False),
    Column("channel", Text, nullable=False),
    Column("upto", _Big, nullable=False),
    Column("alerts", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("repeated", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("tried_at", BigInteger, nullable=False),
    Column("sent_at", BigInteger),
    Column("problem", Text),
    Index("delivery_recipient", "recipient", "unit", "id"),
)
"""A message to a recipient about a unit (empty: about everything): the row is there before anything is sent.

`alerts`: a JSON list of what it tells. `upto`: the last position it took into account.
"""

APPEND_ONLY = ("event", "event_subject", "event_target", "entry_key", "seal")
_KEYED = {"event_target": "target", "entry_key": "key"}
FIRST_VERSION_TRIGGER = "event_first_version"
"""Streams start at version 1. The library's own recorder tests start some at 0 and drop this one trigger."""


def create_tables(conn: Connection) -> None:
    """Makes the tables and triggers of the log in an open transaction; the head row is the caller's."""
    events_md.create_all(conn)
    statements = _sqlite_triggers() if conn.dialect.name == "sqlite" else _postgresql_triggers()
    for statement in statements:
        conn.exec_driver_sql(statement)


def add_tables(conn: Connection) -> None:
    """Makes the tables that ledgers of earlier formats do not have."""
    events_md.create_all(conn, checkfirst=True)


def drop_first_version_trigger(conn: Connection) -> None:
    """Lets streams start at version 0; for the recorder tests of the eventsourcing library only."""
    on_table = "" if conn.dialect.name == "sqlite" else " ON event"
    conn.exec_driver_sql(f"DROP TRIGGER {FIRST_VERSION_TRIGGER}{on_table}")


_NEXT_POSITION = "(SELECT COALESCE(MAX(position), 0) + 1 FROM event)"
_NEXT_VERSION = (
    "COALESCE((SELECT MAX(originator_version) + 1 FROM event WHERE originator_id = NEW.originator_id),"
    " {least}(NEW.originator_version, 1))"
)
_BACKWARDS = "NEW.position < OLD.position OR NEW.recorded_at < OLD.recorded_at OR NEW.ledger_id <> OLD.ledger_id"


def _sqlite_triggers() -> list[str]:
    """`BEFORE INSERT` conditions also stop INSERT OR REPLACE from writing over a row."""

    def trigger(name: str, event_and_table: str, when: str, message: str) -> str:
        condition = f" WHEN {when}" if when else ""
        return f"CREATE TRIGGER {name} BEFORE {event_and_table}{condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"

    made = [
        trigger(
            "event_next_position",
            "INSERT ON event",
            f"NEW.position <> {_NEXT_POSITION}",
            "position is not the next",
        ),
        trigger(
            "event_next_version",
            "INSERT ON event",
            f"NEW.originator_version <> {_NEXT_VERSION.format(least='MIN')}",
            "version is not the next",
        ),
        trigger(FIRST_VERSION_TRIGGER, "INSERT ON event", "NEW.originator_version < 1", "versions start at 1"),
        trigger("ledger_head_forward", "UPDATE ON ledger_head", _BACKWARDS, "the head only moves forward"),
        trigger("ledger_head_stays", "DELETE ON ledger_head", "", "the head stays"),
    ]
    made += [
        trigger(f"{table}_no_{verb.lower()}", f"{verb} ON {table}", "", f"{table} is append-only")
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ]
    for table, key in _KEYED.items():
        exists = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608  names of this module
        made.append(trigger(f"{table}_no_replace", f"INSERT ON {table}", exists, f"UNIQUE: {table}.{key}"))
    return made


def _postgresql_triggers() -> list[str]:
    """Class 23 errors, which drivers report as integrity errors. No `%` here: drivers would read it as a parameter."""

    def refuse(message: str) -> str:
        return f"RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = '{message}';"

    def function(name: str, body: str) -> str:
        return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"

    made = [
        function("ledger_append_only", refuse("the log is append-only")),
        function(
            "ledger_next_event",
            f"IF NEW.position <> {_NEXT_POSITION} THEN {refuse('position is not the next')} END IF; "
            f"IF NEW.originator_version <> {_NEXT_VERSION.format(least='LEAST')} "
            f"THEN {refuse('version is not the next')} END IF; RETURN NEW;",
        ),
        function("ledger_first_version", refuse("versions start at 1")),
        function("ledger_forward", f"IF {_BACKWARDS} THEN {refuse('the head only moves forward')} END IF; RETURN NEW;"),
        "CREATE TRIGGER event_next BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION ledger_next_event()",
        (
            f"CREATE TRIGGER {FIRST_VERSION_TRIGGER} BEFORE INSERT ON event FOR EACH ROW "
            "WHEN (NEW.originator_version < 1) EXECUTE FUNCTION ledger_first_version()"
        ),
        (
            "CREATE TRIGGER ledger_head_forward BEFORE UPDATE ON ledger_head "
            "FOR EACH ROW EXECUTE FUNCTION ledger_forward()"
        ),
    ]
    for table in (*APPEND_ONLY, "ledger_head"):
        verbs = "DELETE OR TRUNCATE" if table == "ledger_head" else "UPDATE OR DELETE OR TRUNCATE"
        made.append(
            f"CREATE TRIGGER {table}_append_only BEFORE {verbs} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"
        )
    return made
