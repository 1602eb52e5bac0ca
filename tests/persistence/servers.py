"""A ledger on a PostgreSQL server with its roles, and what a login of one does there with SQL of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from ledger.application import Receipt
from ledger.bootstrap import Ledger, create_ledger, open_ledger
from ledger.domain.terms import Role
from tests.queries.makers import COUNTY, hire

HIRED = hire("A", "T1")


@dataclass(frozen=True)
class Server:
    """A ledger with roles, made by its owner, and a login of each role: name and address."""

    ledger: Ledger
    logins: Mapping[str, str]
    urls: Mapping[str, str]

    def open(self, role: str, officer: str | None = None) -> Ledger:
        return open_ledger(self.urls[role], officer=officer)


@contextmanager
def server_with_roles(postgres_url: str) -> Iterator[Server]:
    """A ledger on a server, with roles and a login of each."""
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
