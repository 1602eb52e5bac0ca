"""The eventsourcing library's mapper over our JSON; with `recorder` the only module that imports the library."""

from __future__ import annotations

from typing import Any, cast

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent

from ledger.domain.events import Event
from ledger.persistence.codec import decode, encode

__all__ = ["LedgerMapper", "decode", "encode"]


class LedgerMapper(Mapper[str]):
    """Event -> StoredEvent and back. Topics are looked up in `TOPICS`, never resolved by import (spec 3.2.2).

    The library's transcoder, cipher and compressor are not used: the bytes are those of `codec`.
    """

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__(JSONTranscoder())

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """The event as a row. Raises ValueError when topic and entry do not belong together."""
        event = cast(Event, domain_event)
        return StoredEvent(event.originator_id, event.originator_version, event.topic, encode(event))

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        """The row as an event. Raises EntryNewer, LedgerDamaged as `decode` does."""
        stream = str(stored_event.originator_id)
        event = decode(stream, stored_event.originator_version, stored_event.topic, stored_event.state)
        return cast("DomainEventProtocol[str]", event)
