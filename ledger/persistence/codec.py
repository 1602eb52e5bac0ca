"""Events as bytes: compact UTF-8 JSON with the class version first (`{"v":1,"id":...,"entry":{...}}`).

What the columns of `event` say (stream, version, topic) is not repeated, nulls are left out. A topic is looked up in
the closed list `TOPICS`, never imported. `decode` validates an entry as it was validated on recording; `recall` gives
the same object of the same bytes without doing so, several times faster (see `trusted`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Generic, Required, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import from_json
from typing_extensions import TypedDict

from ledger.domain.entries import Entry
from ledger.domain.events import TOPICS, Event, Source, TopicVersion
from ledger.domain.faults import EntryNewer, LedgerDamaged
from ledger.persistence.trusted import builder

_COLUMNS = {"originator_id", "originator_version", "topic"}
_FIELDS = set(Event.model_fields)
_ABSENT: dict[str, Any] = {name: field.default for name, field in Event.model_fields.items() if not field.is_required()}
_KEPT = frozenset(Event.model_fields) - _COLUMNS
_NEEDED = frozenset(name for name in _KEPT if Event.model_fields[name].is_required())
_new = object.__new__
_set = object.__setattr__


def encode(event: Event) -> bytes:
    """The bytes of an event's state. Raises ValueError when topic and entry do not belong together."""
    known = TOPICS.get(event.topic)
    if known is None or type(event.entry) is not known.entry:
        raise ValueError(f"{type(event.entry).__name__} does not belong under the topic {event.topic!r}")
    state: bytes = Event.__pydantic_serializer__.to_json(event, exclude=_COLUMNS, exclude_none=True)
    return b'{"v":%d,' % known.class_version + state[1:]


def decode(originator_id: str, originator_version: int, topic: str, state: bytes, position: int | None = None) -> Event:
    """The event of one row of the log; `position` only names it in a fault.

    Raises EntryNewer for an unknown topic or a class version from the future, LedgerDamaged for unreadable bytes.
    """
    return _event(originator_id, originator_version, topic, state, position, _reader(topic).read)


def recall(originator_id: str, originator_version: int, topic: str, state: bytes, position: int | None = None) -> Event:
    """As `decode`, for bytes that this program stored: what was checked on recording is not checked again."""
    return _event(originator_id, originator_version, topic, state, position, _reader(topic).recall)


def _event(
    originator_id: str, originator_version: int, topic: str, state: bytes, position: int | None, read: _Read
) -> Event:
    try:
        fields = read(state)
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
        where = f"{originator_id} version {originator_version}" if position is None else f"position {position}"
        raise LedgerDamaged(detail=f"entry at {where} is unreadable", position=position) from error
    event = _new(Event)
    _set(
        event,
        "__dict__",
        {"originator_id": originator_id, "originator_version": originator_version, "topic": topic, **_ABSENT, **fields},
    )
    _set(event, "__pydantic_fields_set__", _FIELDS)
    _set(event, "__pydantic_extra__", None)
    _set(event, "__pydantic_private__", None)
    return event


_Read = Callable[[bytes], dict[str, Any]]
E = TypeVar("E", bound=Entry)


class _State(TypedDict, Generic[E], total=False):
    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]
    v: Required[int]
    id: Required[str]
    recorded_by: Required[str]
    target: int
    place: int
    edition: int
    batch: str
    key: str
    source: Source
    entry: Required[E]


def shape(known: TopicVersion) -> Any:
    """The type that the states of one topic have, in today's version."""
    state: Any = _State
    return state[known.entry]


class _Reader:
    """Reads the states of one topic: at full speed those of today's class version, through upcasters older ones."""

    def __init__(self, topic: str, known: TopicVersion) -> None:
        self._topic, self._known = topic, known
        self._prefix = b'{"v":%d,' % known.class_version
        validator = TypeAdapter[dict[str, Any]](shape(known)).validator
        self._from_json, self._from_python = validator.validate_json, validator.validate_python
        self._entry, self._source = builder(known.entry), builder(Source)

    def read(self, state: bytes) -> dict[str, Any]:
        """The state's fields, the entry as an object. Raises ValueError or what an upcaster raises."""
        if state.startswith(self._prefix):
            fields: dict[str, Any] = self._from_json(state)
        else:
            fields = self._from_python(self._upcast(from_json(state)))
        del fields["v"]
        return fields

    def recall(self, state: bytes) -> dict[str, Any]:
        """As `read`, without checking."""
        fields: dict[str, Any] = from_json(state)
        if not state.startswith(self._prefix):
            fields = self._upcast(fields)
        del fields["v"]
        if not _NEEDED <= fields.keys() <= _KEPT:
            raise ValueError(*fields)
        fields["entry"] = self._entry(fields["entry"])
        if "source" in fields:
            fields["source"] = self._source(fields["source"])
        return fields

    def _upcast(self, data: dict[str, Any]) -> dict[str, Any]:
        version, today = data["v"], self._known.class_version
        if version > today:
            raise EntryNewer(topic=self._topic, found=version, known=today)
        while version < today:
            data = self._known.upcasters[version](data)
            version += 1
            data["v"] = version
        return data


@cache
def _reader(topic: str) -> _Reader:
    known = TOPICS.get(topic)
    if known is None:
        raise EntryNewer(topic=topic, found="?", known=0)
    return _Reader(topic, known)
