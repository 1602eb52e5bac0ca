"""What every part of an open ledger rests on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

from ledger.application.recording import Recording
from ledger.persistence.store import Store


class Part(ABC):
    """Part of an open ledger; what is abstract in it is the ledger's."""

    store: Store

    @abstractmethod
    def recording(self) -> AbstractContextManager[Recording]:
        """One write transaction: it commits when the block ends, and leaves nothing when it fails."""
