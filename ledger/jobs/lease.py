"""The right to run the jobs: one service at a time has it, whoever is first after it was given back or ran out."""

from __future__ import annotations

import os
import secrets
import socket

from ledger.bootstrap import Ledger
from ledger.domain.access import Deed
from ledger.persistence.jobs import release_lease, take_lease


class LeaseKeeper:
    """Takes the lease and keeps it by renewing. `held`: as far as the last attempt told."""

    def __init__(self, ledger: Ledger, seconds: float) -> None:
        self._ledger = ledger
        self._seconds = seconds
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.held = False

    def take(self) -> bool:
        """Take the lease or renew it; False while another service has it. Raises NotPermitted."""
        self._ledger.require(Deed.ALERT, whole=True)
        with self._ledger.store.write() as unit:
            self.held = take_lease(unit, self.holder, self._seconds)
        return self.held

    def release(self) -> None:
        """Give it back, so that another service takes over at once."""
        with self._ledger.store.write() as unit:
            release_lease(unit, self.holder)
        self.held = False
