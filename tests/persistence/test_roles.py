"""What a login of each role may do in a PostgreSQL ledger, whatever program it uses (promises: access)."""

# ruff: noqa: S608  statements of the test's own making

from __future__ import annotations

import pytest
from sqlalchemy import Connection, create_engine, make_url

from ledger.application import Receipt
from ledger.bootstrap import create_ledger, open_ledger
from ledger.domain.faults import LedgerBusy, LedgerHeld, LedgerReadOnly, NoRoles, NotPermitted, NotTheOwner
from ledger.domain.refusals import Refused
from ledger.persistence import store as store_module
from ledger.persistence.store import Store
from tests.persistence.servers import Server, attempt
from tests.queries.makers import hire, loan

LOG = ("event", "event_subject", "event_target", "entry_key", "ledger_head")
WRITES = [
    *[f"DELETE FROM {table}" for table in (*LOG, "person_period", "alert", "import_batch", "seal", "job_run")],
    *[f"TRUNCATE {table}" for table in (*LOG, "unit_period")],
    "UPDATE event SET recorded_at = 0",
    "UPDATE ledger_head SET clock = 'simulated'",
    "UPDATE person_period SET unit = unit",
    "INSERT INTO event_subject VALUES ('person:A', 1)",
    "INSERT INTO entry_key VALUES ('x', 1, '')",
    "INSERT INTO event_target VALUES (1, 2)",
    "INSERT INTO event SELECT position + 1000, originator_id, 9, topic, state, recorded_at, hash FROM event",
    "INSERT INTO import_batch (id, name, sha256, opened_at, recorded_by) VALUES ('x', 'x', 'x', 1, 'x')",
    "INSERT INTO seal VALUES (1, 1, 'x')",
    "INSERT INTO alert SELECT * FROM alert",
    "SELECT * FROM ledger_append()",
    "SELECT * FROM ledger_head FOR UPDATE",
    "LOCK TABLE event IN EXCLUSIVE MODE",
    "DROP TABLE event",
    "DROP FUNCTION ledger_append",
    "ALTER TABLE event DISABLE TRIGGER ALL",
    "ALTER TABLE event ADD COLUMN more text",
    "DROP TRIGGER event_next ON event",
    "CREATE TABLE mine (x int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "SET SESSION AUTHORIZATION postgres",
    "SET session_replication_role = replica",
]
"""What no role but the owner's may do to the log; the auditor may do none of it at all."""
MAY = {
    "officer": {
        "DELETE FROM person_period", "DELETE FROM alert", "DELETE FROM job_run", "UPDATE person_period SET unit = unit",
        "INSERT INTO import_batch (id, name, sha256, opened_at, recorded_by) VALUES ('x', 'x', 'x', 1, 'x')",
        "INSERT INTO alert SELECT * FROM alert", "SELECT * FROM ledger_append()",
    },
}  # fmt: skip
MAY["alert_admin"] = {one for one in MAY["officer"] if "import_batch" not in one and "person_period" not in one}
MAY["admin"] = MAY["officer"] | {"INSERT INTO seal VALUES (1, 1, 'x')"}
"""Read tables, which are made again, and what stands beside the log; and to take the writer's lock, by the function."""


def test_an_auditor_writes_nothing_at_all(server: Server) -> None:
    found = {statement: attempt(server.urls["auditor"], statement) for statement in WRITES}
    assert len(found) >= 30
    assert {statement for statement, answer in found.items() if answer != "42501"} == set(), found
    assert server.ledger.verify().ok


@pytest.mark.parametrize("role", MAY)
def test_nobody_has_a_right_to_write_the_log(server: Server, role: str) -> None:
    found = {statement for statement in WRITES if attempt(server.urls[role], statement) != "42501"}
    assert found == MAY[role]
    assert server.ledger.verify().chain.fault is None


def test_an_officer_records_and_is_who_has_logged_in(server: Server) -> None:
    """Whatever name is claimed: the server says who it is."""
    with server.open("officer", officer="somebody else") as own:
        assert own.officer == server.logins["officer"]
        assert (own.role(), own.status()["officer"]) == ("officer", server.logins["officer"])
        receipt = own.record(loan("A", "C1", "2022-01-01"))
        assert isinstance(receipt, Receipt)
        assert own.line(receipt.position).recorded_by == server.logins["officer"]
        assert isinstance(own.correct(receipt.position, {"host": "T2"}, "another host"), Receipt)
    assert server.ledger.verify().ok


def test_the_owner_may_record_in_somebodys_name(server: Server) -> None:
    assert server.ledger.officer == "owner"
    with open_ledger(server.ledger.store.url) as own:
        assert own.officer == str(make_url(server.ledger.store.url).username)


def test_each_role_works_with_its_rights(server: Server) -> None:
    day = server.ledger.perspective().as_of
    with server.open("auditor") as own:
        assert own.headcount(own.perspective()).rows
        assert own.verify().ok
        assert own.examine().ok
        with pytest.raises(LedgerReadOnly):
            own.record(hire("B", "T1"))
    with server.open("alert_admin") as own:
        assert not isinstance(own.scan(day), Refused)
        answer = own.record(hire("B", "T1"))
        assert isinstance(answer, Refused)
        assert answer.code == "not_permitted"
    with server.open("admin") as own:
        assert isinstance(own.record(hire("B", "T1")), Receipt)
        assert isinstance(own.grant_role("new", "auditor"), Receipt)
    assert server.ledger.verify().ok


def test_who_deals_with_alerts_writes_only_what_acts_move(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints and frontiers, which fall due with any event; not where lives stand, by which entries are judged."""
    monkeypatch.setattr("ledger.projections.catching_up.EVERY", 1)
    with server.open("alert_admin") as own:
        assert not isinstance(own.scan(own.perspective().as_of), Refused)
    url = server.urls["alert_admin"]
    for table in ("person_standing", "unit_period", "quota_period", "headcount_delta"):
        assert attempt(url, f"DELETE FROM {table}") == "42501", table
    assert server.ledger.verify().ok
    assert attempt(url, "INSERT INTO frontier VALUES (99, 1)") == "done"


def test_roles_made_anew_have_no_rights_of_an_earlier_version(server: Server) -> None:
    prefix = server.logins["officer"].removesuffix("_login_officer")
    with server.ledger.store.engine.begin() as conn:
        conn.exec_driver_sql(f"GRANT DELETE ON event TO {prefix}_officer")
    server.ledger.init_roles(prefix)
    assert attempt(server.urls["officer"], "DELETE FROM event") == "42501"
    with server.open("officer") as own:
        assert isinstance(own.record(hire("B", "T1")), Receipt)


def test_a_foreign_change_of_a_read_table_is_found(server: Server) -> None:
    assert attempt(server.urls["officer"], "DELETE FROM person_period") == "done"
    with server.open("auditor") as own:
        found = own.verify()
    assert (found.ok, found.chain.fault) == (False, None)
    assert [one.table for one in found.tables] == ["person_period"]


def test_a_rebuild_leaves_the_rights_as_they_were(server: Server) -> None:
    server.ledger.rebuild()
    with server.open("officer") as own:
        assert isinstance(own.record(hire("B", "T1")), Receipt)
    with server.open("admin") as own, pytest.raises((LedgerReadOnly, NotPermitted)):
        own.rebuild()
    assert attempt(server.urls["auditor"], "UPDATE person_period SET unit = unit") == "42501"


def test_roles_are_made_by_the_owner_and_once_more_without_harm(server: Server, sqlite_url: str) -> None:
    with server.open("admin") as own, pytest.raises(NotTheOwner):
        own.init_roles("another")
    prefix = server.logins["officer"].removesuffix("_login_officer")
    assert server.ledger.init_roles(prefix)["officer"] == f"{prefix}_officer"
    with create_ledger(sqlite_url) as file, pytest.raises(NoRoles):
        file.init_roles("x")


def test_the_function_is_pinned_to_its_schema_and_nobodys(server: Server) -> None:
    def of_function(conn: Connection) -> tuple[object, ...]:
        query = (
            "SELECT prosecdef, array_to_string(proconfig, ';'), proacl::text "
            "FROM pg_proc WHERE oid = 'ledger_append'::regproc"
        )
        return tuple(conn.exec_driver_sql(query).one())

    with server.ledger.store.engine.connect() as conn:
        definer, path, rights = of_function(conn)
        schema = conn.exec_driver_sql("SELECT current_schema()").scalar()
    assert (definer, path) == (True, f"search_path={schema}, pg_temp")
    assert "{=X" not in str(rights), "EXECUTE is not everybody's"
    assert ",=X" not in str(rights)


def test_a_ledger_of_an_earlier_format_gets_the_function_with_its_next_entry(server: Server) -> None:
    with server.ledger.store.engine.begin() as conn:
        conn.exec_driver_sql("DROP FUNCTION ledger_append")
    with open_ledger(server.ledger.store.url, officer="owner") as own:
        assert isinstance(own.record(hire("B", "T1")), Receipt)
        assert isinstance(own.record(hire("C", "T1")), Receipt)
        assert own.verify().ok
    with server.open("officer") as own, pytest.raises(LedgerReadOnly):
        own.record(hire("D", "T1"))
    prefix = server.logins["officer"].removesuffix("_login_officer")
    server.ledger.init_roles(prefix)
    with server.open("officer") as own:
        assert isinstance(own.record(hire("D", "T1")), Receipt)


def test_who_holds_the_ledger_by_sql_is_named_and_nobody_waits_for_ever(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An officer's login takes the writer's lock and leaves its transaction open; everybody else goes on reading."""
    monkeypatch.setattr(store_module, "STEP", 0.2)
    engine = create_engine(make_url(server.urls["officer"]).set(drivername="postgresql+psycopg"))
    with engine.connect() as held, Store.open(server.urls["admin"], patience=0.4) as other:
        held.exec_driver_sql("SELECT * FROM ledger_append()")
        process = held.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        waits: list[float] = []
        other.waiting = waits.append
        with pytest.raises(LedgerHeld) as caught, other.write():
            pytest.fail("it writes beside another")
        assert waits == [0.2]
        assert caught.value.exit_status == LedgerBusy.exit_status
        assert caught.value.params["login"] == server.logins["officer"]
        assert caught.value.params["process"] == process
        with other.read() as conn:
            assert other.head(conn).position > 0
        held.rollback()
        with other.write():
            pass
    engine.dispose()
