"""Every entry type survives storage unchanged; topics from elsewhere and versions from the future are refused."""

# ruff: noqa: S608  the statements are the test's own

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent

from ledger.domain.entries import ENTRY_TYPES, Entry, Hired
from ledger.domain.events import TOPICS, Event, TopicVersion, topic_of
from ledger.domain.faults import EntryNewer, LedgerDamaged, LedgerNewer
from ledger.persistence import codec
from ledger.persistence.codec import decode, encode, recall
from ledger.persistence.mapper import LedgerMapper
from ledger.persistence.store import Store
from tests.persistence.makers import event, hire, hired

Reading = Callable[..., Event]
ON = {"effective_on": "2020-02-29"}
FULL: dict[str, Any] = {
    **ON,
    "effective_precision": "month",
    "baseline": True,
    "id": "行 1",
    "note": "两行\n备注",
    "attributes": {"备注": "来自表格"},
    "reviewed_by": "李四",
    "authority": {
        "document_no": "县组〔2020〕1号",
        "issued_by": "县委组织部",
        "issued_on": "2020-02-01",
        "title": "通知",
        "sha256": "0" * 64,
    },
}
UNIT = {**ON, "unit": "T01"}
QUOTA = {**UNIT, "establishment": "administrative"}
PERSON = {**ON, "person": "P001"}
REPLACEMENT = {**PERSON, **FULL, "type": "hired", "name": "张三", "unit": "T01", "establishment": "support"}
EXAMPLES: dict[str, dict[str, Any]] = {
    "unit_established": {
        **UNIT,
        **FULL,
        "name": "镇政府",
        "kind": "organ",
        "level": "township",
        "parent": "C01",
        "plates": ["一", "二"],
    },
    "unit_renamed": {**UNIT, "name": "新名"},
    "unit_moved": {**UNIT, "parent": "C02"},
    "unit_stationed": {**UNIT, "stationed_at": None},
    "unit_merged": {**UNIT, "into": "T02"},
    "unit_abolished": UNIT,
    "quota_set": {**QUOTA, "posts": 34, "until": "2021-01-01"},
    "quota_changed": {**QUOTA, "change": -2},
    "quota_cancelled": {**QUOTA, "entry": 12},
    "quota_moved": {**QUOTA, "to": "T02", "posts": 3},
    "leader_quota_set": {**UNIT, "rank": "正科", "posts": 9},
    "freeze_declared": {**UNIT, "mode": "exit_only", "until": "2022-01-01", "target": {"administrative": 3}},
    "census_claimed": {
        **UNIT,
        "source": "年报",
        "measures": {"on_roll": 46, "quota.administrative": 34},
        "scope": "own",
    },
    "policy_adopted": {
        **ON,
        "profile": "strict",
        "source": "办法",
        "parameters": {"term_months": 3, "ratio": 1.5, "kinds": ["aid"], "x": None},
    },
    "hired": {
        **PERSON,
        **FULL,
        "name": "张三",
        "unit": "T01",
        "establishment": "off_establishment",
        "gender": "female",
        "born_on": "1980-01-01",
        "born_precision": "year",
        "retirement_age": 55,
        "identity": "worker",
        "channel": "公开招录",
    },
    "person_described": {**PERSON, "identity": "civil_servant"},
    "transferred": {**PERSON, "unit": "T02"},
    "appointed": {**PERSON, "title": "副镇长", "rank": "副科", "counts": False},
    "relieved": {**PERSON, "title": "副镇长"},
    "secondment_started": {**PERSON, "host": "C02", "until": None, "kind": "task_force", "reason": "专班"},
    "secondment_extended": {**PERSON, "until": "2021-06-30"},
    "secondment_ended": {**PERSON, "reason": "recalled"},
    "leave_started": {**PERSON, "kind": "sick"},
    "leave_ended": PERSON,
    "departed": {**PERSON, "reason": "diverted_teacher"},
    "reversed": {"entry": "行 1", "reason": "录错"},
    "corrected": {"entry": 3, "reason": "录错", "replacement": REPLACEMENT},
}


def entry_of(name: str) -> Entry:
    return ENTRY_TYPES[name].model_validate({"type": name, **EXAMPLES[name]})


def everything(value: object) -> Iterator[tuple[type, object]]:
    """Every part of an object with its exact type, so that 1 is not True and text is not a code."""
    yield type(value), value
    if isinstance(value, Entry) or hasattr(value, "__pydantic_fields_set__"):
        yield from everything(vars(value))
    elif isinstance(value, dict):
        for key in sorted(value, key=str):
            yield from everything(key)
            yield from everything(value[key])
    elif isinstance(value, list | tuple):
        for part in value:
            yield from everything(part)


@pytest.mark.parametrize("name", ENTRY_TYPES)
def test_an_entry_survives_storage_unchanged(name: str) -> None:
    kind = next(topic for topic, known in TOPICS.items() if known.entry is ENTRY_TYPES[name]).partition(".")[0]
    source = {"position": 9, "recorded_at": "2019-01-01"}
    more = {"batch": "b1", "key": "行 2", "target": 3, "place": 2, "source": source}
    for extra in ({}, more):
        made = event(kind if kind == "policy" else f"{kind}:X", 4, entry_of(name), **extra)
        for read in (decode, recall):
            found = read(made.originator_id, 4, made.topic, encode(made))
            assert found == made
            assert list(everything(found)) == list(everything(made))
            assert found.model_dump() == made.model_dump()
            with pytest.raises(ValueError, match="frozen"):
                found.id = "changed"  # type: ignore[misc]


def test_every_entry_type_has_an_example() -> None:
    assert set(EXAMPLES) == set(ENTRY_TYPES)


def test_the_stored_bytes_are_what_they_were_decided_to_be() -> None:
    """Golden: every ledger ever written holds bytes of this form."""
    made = event("person:P1", 2, entry_of("leave_started"))
    assert encode(made).decode() == (
        '{"v":1,"id":"person:P1/2","recorded_by":"tester","entry":{"type":"leave_started",'
        '"effective_on":"2020-02-29","effective_precision":"day","baseline":false,"person":"P001","kind":"sick"}}'
    )


def test_the_state_holds_every_field_of_an_event_but_the_columns() -> None:
    columns = {"originator_id", "originator_version", "topic"}
    assert set(codec._State.__annotations__) == set(Event.model_fields) - columns | {"v"}


def test_the_mapper_of_the_library_gives_the_same() -> None:
    made = event("person:P1", 1, hired("P1"))
    stored = LedgerMapper().to_stored_event(made)
    assert stored == StoredEvent("person:P1", 1, "person.hired", encode(made))
    assert LedgerMapper().to_domain_event(stored) == made


def test_topics_are_looked_up_never_imported() -> None:
    with pytest.raises(EntryNewer, match="this:d"):
        decode("person:P1", 1, "this:d", b'{"v":1}')
    assert "this" not in sys.modules


def test_a_class_version_from_the_future_is_named() -> None:
    made = event("person:P1", 1, hired("P1"))
    with pytest.raises(LedgerNewer, match="version 2; this program knows version 1"):
        decode("person:P1", 1, made.topic, encode(made).replace(b'"v":1', b'"v":2', 1))


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"{}",
        b"null",
        b"[]",
        b'{"v":1',
        b'{"v":1}',
        b'{"v":0,"id":"x"}',
        b'{"v":null}',
        b"\xff\xfe",
        b'{"v":1,"id":"a","recorded_by":"b","entry":{}}',
    ],
)
@pytest.mark.parametrize("read", [decode, recall])
def test_unreadable_bytes_are_damage(state: bytes, read: Reading) -> None:
    with pytest.raises(LedgerDamaged, match="position 7"):
        read("person:P1", 1, "person.hired", state, 7)


@pytest.mark.parametrize("read", [decode, recall])
def test_a_key_nobody_knows_is_damage(read: Reading) -> None:
    state = encode(event("person:P1", 1, hired("P1")))
    for known, unknown in ((b'"v":1,', b'"v":1,"extra":1,'), (b'"type":"hired"', b'"type":"hired","extra":1')):
        with pytest.raises(LedgerDamaged):
            read("person:P1", 1, "person.hired", state.replace(known, unknown, 1))


@pytest.mark.parametrize("read", [decode, recall])
def test_older_versions_go_through_their_upcasters(read: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    def named(state: dict[str, Any]) -> dict[str, Any]:
        return {**state, "entry": {**state["entry"], "name": state["entry"]["name"] + "二"}}

    def moved(state: dict[str, Any]) -> dict[str, Any]:
        return {**state, "entry": {**state["entry"], "unit": "T02"}}

    old = encode(event("person:P1", 1, hired("P1")))
    monkeypatch.setitem(TOPICS, "person.hired", TopicVersion(Hired, 3, {1: named, 2: moved}))
    codec._reader.cache_clear()
    try:
        found = read("person:P1", 1, "person.hired", old).entry
        assert isinstance(found, Hired)
        assert (found.name, found.unit) == ("张三二", "T02")
        again = event("person:P1", 1, found)
        assert encode(again).startswith(b'{"v":3,')
        assert read("person:P1", 1, "person.hired", encode(again)) == again
        with pytest.raises(LedgerDamaged):
            read("person:P1", 1, "person.hired", old.replace(b'"v":1', b'"v":0', 1))
    finally:
        codec._reader.cache_clear()


def test_a_damaged_entry_is_named_by_its_position(store: Store) -> None:
    hire(store, "P1")
    with store.engine.connect() as conn, conn.begin() as transaction:
        blob = "x'00'" if store.dialect == "sqlite" else "'\\x00'::bytea"
        conn.exec_driver_sql(
            "INSERT INTO event (position, originator_id, originator_version, topic, state, recorded_at, hash) "
            f"VALUES (2, 'person:P1', 2, 'person.departed', {blob}, 1, {blob})"
        )
        with pytest.raises(LedgerDamaged, match="position 2"):
            list(store.pages(conn))
        transaction.rollback()
    assert gc.isenabled()


def test_topics_name_the_stream_kind_and_the_entry_type() -> None:
    assert topic_of("person:P1", hired("P1")) == "person.hired"
    assert isinstance(event("person:P1", 1, hired("P1")), Event)
