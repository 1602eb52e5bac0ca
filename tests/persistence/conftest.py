"""Stores that are closed after the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.persistence.store import Store
from tests.persistence.servers import Server, server_with_roles


@pytest.fixture
def store(ledger_url: str) -> Iterator[Store]:
    """A new, empty ledger on each database in turn."""
    with Store.create(ledger_url) as made:
        yield made


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """A new, empty ledger in a file."""
    with Store.create(sqlite_url) as made:
        yield made


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[Store]:
    """A new, empty ledger on a server."""
    with Store.create(postgres_url) as made:
        yield made


@pytest.fixture
def server(postgres_url: str) -> Iterator[Server]:
    """A ledger on a server, made by its owner, with a login of each role."""
    with server_with_roles(postgres_url) as made:
        yield made
