"""What a login of each role may do in a PostgreSQL ledger, whatever program it uses (promises: access)."""

# ruff: noqa: S608  statements of the test's own making

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from pydantic_core import from_json, to_json
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from ledger.application import Receipt
from ledger.bootstrap import Ledger, create_ledger, open_ledger
from ledger.domain.entries import DatedEntry
from ledger.domain.events import TOPICS, stream_of
from ledger.domain.faults import LedgerReadOnly, NoRoles, NotPermitted, NotTheOwner
from ledger.domain.refusals import Refused
from ledger.domain.terms import Role
from ledger.persistence.appending import forms
from ledger.persistence.codec import encode
from tests.persistence.golden_events import sample
from tests.persistence.makers import event, hired
from tests.queries.makers import COUNTY, hire, loan

HIRED = hire("A", "T1")


@dataclass(frozen=True)
class Server:
    """A ledger with roles, made by its owner, and a login of each role: name and address."""

    ledger: Ledger
    logins: Mapping[str, str]
    urls: Mapping[str, str]

    def open(self, role: str, officer: str | None = None) -> Ledger:
        return open_ledger(self.urls[role], officer=officer)


@pytest.fixture
def server(postgres_url: str) -> Iterator[Server]:
    mark = f"t{secrets.token_hex(4)}"
    with ExitStack() as stack:
        ledger = stack.enter_context(create_ledger(postgres_url, officer="owner"))
        names = ledger.init_roles(mark)
        stack.callback(_forget, ledger.store.engine, [*names.values(), *(f"{mark}_login_{role}" for role in names)])
        password = f"x{secrets.token_hex(8)}"
        with ledger.store.engine.begin() as conn:
            for role, group in names.items():
                conn.exec_driver_sql(f"CREATE ROLE {mark}_login_{role} LOGIN PASSWORD '{password}' IN ROLE {group}")
        logins = {role: f"{mark}_login_{role}" for role in names}
        urls = {
            role: make_url(postgres_url).set(username=login, password=password).render_as_string(hide_password=False)
            for role, login in logins.items()
        }
        for entry in (*COUNTY, HIRED):
            assert isinstance(ledger.record(entry), Receipt)
        assert isinstance(ledger.grant_role("owner", Role.ADMIN), Receipt)
        for role, login in logins.items():
            assert isinstance(ledger.grant_role(login, role), Receipt)
        yield Server(ledger, logins, urls)


def _forget(engine: Engine, roles: list[str]) -> None:
    with engine.begin() as conn:
        for role in reversed(roles):
            if conn.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).scalar():
                conn.exec_driver_sql(f"DROP OWNED BY {role}")
                conn.exec_driver_sql(f"DROP ROLE {role}")


def attempt(url: str, statement: str) -> str:
    """The class of the error a statement ends with, `done` if it does not."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    try:
        with engine.begin() as conn:
            conn.execute(text(statement))
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlstate", "?"))
    finally:
        engine.dispose()
    return "done"


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


# ---- through the function itself


def call(url: str, **given: object) -> str:
    """What the function answers to one event: the class of its error, or `done`."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    try:
        with engine.begin() as conn:
            now = conn.exec_driver_sql("SELECT now FROM ledger_append()").scalar()
            told = {
                "streams": ["person:Z"],
                "versions": [1],
                "topics": ["person.hired"],
                "instants": [now],
                "states": [b""],
                **given,
            }
            conn.execute(text(f"SELECT * FROM ledger_append({_named(told)})"), told)
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlstate", "?"))
    finally:
        engine.dispose()
    return "done"


def _named(given: Mapping[str, object]) -> str:
    kinds = {"instants": "bigint[]", "versions": "int[]", "subject_positions": "bigint[]", "structure": "bigint"}
    return ", ".join(f"{name} => CAST(:{name} AS {kinds.get(name, 'text[]')})" for name in given).replace(
        "CAST(:states AS text[])", "CAST(:states AS bytea[])"
    )


def _state(officer: str) -> bytes:
    return encode(event("person:Z", 1, hired("Z")).model_copy(update={"recorded_by": officer}))


def test_the_function_accepts_only_what_it_would_have_written(server: Server) -> None:
    url, name = server.urls["officer"], server.logins["officer"]
    own = [_state(name)]
    refused = {
        "in somebody else's name": call(url, states=[_state("owner")]),
        "an instant before": call(url, states=own, instants=[1]),
        "an instant to come": call(url, states=own, instants=[4_000_000_000_000_000]),
        "a version too many": call(url, states=own, versions=[2]),
        "a role": call(url, states=own, streams=["access"], topics=["access.role_granted"]),
        "a role, hidden": call(url, states=own, topics=["access.role_granted"]),
        "an index of another entry": call(url, states=own, subjects=["person:A"], subject_positions=[1]),
        "a structure to come": call(url, states=own, structure=99_999),
        "no text": call(url, states=[b"\xff"]),
    }
    assert {why: answer for why, answer in refused.items() if answer[:2] not in ("42", "23", "22")} == {}
    assert call(server.urls["alert_admin"], states=[_state(server.logins["alert_admin"])]) == "42501"
    assert server.ledger.verify().ok
    assert call(url, states=own) == "done"
    chain = server.ledger.store.verify()
    assert (chain.fault, chain.positions) == (None, server.ledger.perspective().known_at)


def test_the_function_knows_every_topic_and_the_form_of_its_entries(server: Server) -> None:
    """So that no login can leave bytes in the log that would keep others from reading it."""
    url, name = server.urls["officer"], server.logins["officer"]
    sound = from_json(_state(name))

    def with_entry(**changed: object) -> list[bytes]:
        entry = {**sound["entry"], **changed}
        return [to_json({**sound, "entry": {key: one for key, one in entry.items() if one is not None}})]

    refused = {
        "an unknown topic": call(url, states=[_state(name)], topics=["person.promoted"]),
        "another topic": call(url, states=[_state(name)], topics=["person.transferred"]),
        "a form to come": call(url, states=[to_json({**sound, "v": 2})]),
        "no form": call(url, states=[to_json({key: one for key, one in sound.items() if key != "v"})]),
        "no id": call(url, states=[to_json({**sound, "id": None})]),
        "no entry": call(url, states=[to_json({**sound, "entry": 5})]),
        "an unknown key": call(url, states=with_entry(salary=1)),
        "a key too few": call(url, states=with_entry(unit=None)),
        "about somebody else": call(url, states=with_entry(person="A")),
        "not an object": call(url, states=[b"[]"]),
    }
    assert {why: answer for why, answer in refused.items() if answer != "23000"} == {"not an object": "42501"}
    assert call(url, states=with_entry(note="a word")) == "done"


def test_every_stored_form_is_one_that_the_function_accepts() -> None:
    known = forms()
    assert known.keys() == TOPICS.keys()
    for one in map(sample, TOPICS):
        state, form = from_json(encode(one)), known[one.topic]
        assert state["v"] == form["v"], one.topic
        assert {*form["needs"]} <= state["entry"].keys() <= {*form["keys"]}, one.topic
        kind = one.topic.partition(".")[0]
        if kind in ("person", "unit") and isinstance(one.entry, DatedEntry):
            assert stream_of(one.entry) == f"{kind}:{state['entry'][kind]}", one.topic


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
