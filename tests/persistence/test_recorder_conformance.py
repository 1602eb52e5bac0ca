"""The eventsourcing library's own tests of recorders, which come in its package, against ours on both databases."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Iterator
from types import ModuleType

import pytest

if importlib.util.find_spec("Crypto") is None:  # its tests import a cipher that the tests of recorders do not use
    sys.modules["eventsourcing.cipher"] = ModuleType("eventsourcing.cipher")
    sys.modules["eventsourcing.cipher"].__dict__["AESCipher"] = None

from eventsourcing.tests import persistence as library

from ledger.persistence.recorder import CoreRecorder
from ledger.persistence.schema import drop_first_version_trigger
from ledger.persistence.store import Store


class OnAStore:
    """Gives each test a recorder on an empty ledger."""

    store: Store

    def create_recorder(self) -> CoreRecorder:
        with self.store.engine.begin() as conn:
            drop_first_version_trigger(conn)  # these tests start some streams at version 0
        return CoreRecorder(self.store, ids="uuid")

    def using(self, store: Store) -> Iterator[None]:
        before = set(threading.enumerate())
        self.store = store
        yield
        for thread in set(threading.enumerate()) - before:
            thread.join(10)  # one of these tests leaves its readers running


class OnSQLite(OnAStore):
    @pytest.fixture(autouse=True)
    def _ledger(self, sqlite_store: Store) -> Iterator[None]:
        yield from self.using(sqlite_store)


class OnPostgreSQL(OnAStore):
    @pytest.fixture(autouse=True)
    def _ledger(self, postgres_store: Store) -> Iterator[None]:
        yield from self.using(postgres_store)


class TestRecorderOnSQLite(OnSQLite, library.ApplicationRecorderTestCase[CoreRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestRecorderOnPostgreSQL(OnPostgreSQL, library.ApplicationRecorderTestCase[CoreRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestPositionsOnSQLite(OnSQLite, library.NonInterleavingNotificationIDsBaseCase):
    pass


class TestPositionsOnPostgreSQL(OnPostgreSQL, library.NonInterleavingNotificationIDsBaseCase):
    pass
