"""Roles of a PostgreSQL server: what a login may do in the database itself, whatever program it uses (issue: access).

The log is written by one function alone (`appending`), which whoever records may call; nobody but the owner has a right
to write its tables. Read tables can be thrown away and made again, so whoever records may write them, and whoever deals
with alerts those of alerts; `verify` finds what somebody else has changed there. The owner of the tables and superusers
are outside all this.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, MetaData

from ledger.domain.terms import Role
from ledger.persistence.appending import SIGNATURE, create_function
from ledger.persistence.schema import events_md

READERS = tuple(Role)
ALERTING = (Role.ALERT_ADMIN, Role.OFFICER, Role.ADMIN)
RECORDING = (Role.OFFICER, Role.ADMIN)
KEEPING = (Role.ADMIN,)
BESIDE: dict[str, tuple[tuple[Role, ...], str]] = {
    "import_batch": (RECORDING, "INSERT, UPDATE"),
    "id_number": (RECORDING, "INSERT, UPDATE, DELETE"),
    "job_lease": (ALERTING, "INSERT, UPDATE, DELETE"),
    "job_run": (ALERTING, "INSERT, UPDATE, DELETE"),
    "delivery": (ALERTING, "INSERT, UPDATE, DELETE"),
    "seal": (KEEPING, "INSERT"),
}
"""Tables beside the log that are written by hand: by whom, and how."""
MOVED_BY_ACTS = frozenset({"alert", "scan", "projection_state", "frontier", "headcount_checkpoint"})
"""Read tables that acts about alerts change too; all others follow from entries, and decisions rest on some of them."""


def init_roles(conn: Connection, prefix: str, read_tables: MetaData) -> dict[str, str]:
    """Make the roles that are missing and give each its rights and no others; returns the name of each.

    Raises LedgerReadOnly where the login may not.
    """
    create_function(conn)
    names = {role.value: f"{prefix}_{role.value}" for role in Role}
    quote = conn.dialect.identifier_preparer.quote_identifier
    groups = {role: quote(names[role.value]) for role in Role}
    there = set(conn.exec_driver_sql("SELECT rolname FROM pg_roles").scalars())
    for name in names.values():
        if name not in there:
            conn.exec_driver_sql(f"CREATE ROLE {quote(name)} NOLOGIN")
    schema = conn.exec_driver_sql("SELECT quote_ident(current_schema())").scalar()

    def grant(rights: str, on: str, roles: Iterable[Role]) -> None:
        conn.exec_driver_sql(f"GRANT {rights} ON {on} TO {', '.join(groups[role] for role in roles)}")

    everyone = ", ".join(groups.values())
    conn.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {everyone}")  # of an earlier version
    conn.exec_driver_sql(f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM {everyone}")
    conn.exec_driver_sql(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
    grant("USAGE", f"SCHEMA {schema}", READERS)
    grant("EXECUTE", f"FUNCTION {SIGNATURE}", ALERTING)
    for table in (*events_md.sorted_tables, *read_tables.sorted_tables):
        grant("SELECT", quote(table.name), READERS)
    for table in read_tables.sorted_tables:
        grant("INSERT, UPDATE, DELETE", quote(table.name), ALERTING if table.name in MOVED_BY_ACTS else RECORDING)
    for name, (roles, rights) in BESIDE.items():
        grant(rights, name, roles)
    return names


def rights_on(conn: Connection, table: str) -> list[tuple[str, str]]:
    """What others than its owner may do with a table: (rights, role), as a GRANT takes them."""
    found = conn.exec_driver_sql(
        "SELECT string_agg(acl.privilege_type, ', '), quote_ident(pg_get_userbyid(acl.grantee)) "
        "FROM pg_class, aclexplode(relacl) AS acl WHERE pg_class.oid = to_regclass(%s) "
        "AND acl.grantee NOT IN (0, relowner) GROUP BY acl.grantee",
        (table,),
    )
    return [(rights, role) for rights, role in found]


def give_rights(conn: Connection, table: str, rights: Iterable[tuple[str, str]]) -> None:
    """Give a new table the rights of the one it takes the place of."""
    for what, role in rights:
        conn.exec_driver_sql(f"GRANT {what} ON {table} TO {role}")
