"""An officer's login that speaks SQL, and the one function that writes the log (promises: access)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import from_json, to_json
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from ledger.application import Receipt
from ledger.bootstrap import open_ledger, restore_ledger
from ledger.domain.entries import DatedEntry
from ledger.domain.events import TOPICS, stream_of
from ledger.domain.faults import LedgerDamaged, LedgerFault
from ledger.persistence.codec import decode, encode, recall
from ledger.persistence.forms import forms
from ledger.persistence.head import Head
from tests.persistence.golden_events import sample
from tests.persistence.makers import event, hired
from tests.persistence.servers import Server
from tests.queries.makers import hire

KINDS = {
    "instants": "bigint[]", "versions": "int[]", "states": "bytea[]", "subject_positions": "bigint[]",
    "structure": "bigint",
}  # fmt: skip


def state(officer: str, **changed: object) -> bytes:
    """The bytes of an entry about person Z, with some of its keys changed; None takes one away."""
    sound = from_json(encode(event("person:Z", 1, hired("Z")).model_copy(update={"recorded_by": officer})))
    entry = {**sound["entry"], **changed}
    return to_json({**sound, "entry": {key: one for key, one in entry.items() if one is not None}})


def call(url: str, before: str = "SELECT 1", **given: object) -> str:
    """What the function answers to one event: the class of its error, or `done`."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    told = {"streams": ["person:Z"], "versions": [1], "topics": ["person.hired"], "states": [b""], **given}
    named = ", ".join(f"{name} => CAST(:{name} AS {KINDS.get(name, 'text[]')})" for name in told)
    try:
        with engine.begin() as conn:
            conn.execute(text(before))
            conn.execute(text(f"SELECT * FROM ledger_append({named})"), told)  # noqa: S608  names of this module
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlstate", "?"))
    finally:
        engine.dispose()
    return "done"


def end(server: Server) -> Head:
    """The end of the log."""
    with server.ledger.store.read() as conn:
        return server.ledger.store.head(conn)


def test_who_and_when_and_where_are_the_servers(server: Server) -> None:
    """Whatever is claimed: a name is not taken, and an instant, a version and a position are refused."""
    url, name = server.urls["officer"], server.logins["officer"]
    own = [state(name)]
    now = time.time_ns() // 1000
    refused = {
        "an instant before": call(url, states=own, instants=[now - 3_600_000_000]),
        "this very instant": call(url, states=own, instants=[now]),
        "a version too far": call(url, states=own, versions=[2]),
        "a version that is there": call(url, states=own, streams=["person:A"], versions=[1]),
        "no version": call(url, states=own, versions=[None]),
        "two versions for one event": call(url, states=own, versions=[1, 2]),
        "an index of another position": call(url, states=own, subjects=["person:A"], subject_positions=[1]),
        "units changed in what is to come": call(url, states=own, structure=10_000),
    }
    assert refused == dict.fromkeys(refused, "23000")
    position = server.ledger.status()["position"]
    assert call(url, states=[state("owner")]) == "done"
    one = server.ledger.line(position + 1)
    assert one.recorded_by == name, "the login, not the name that the bytes said"
    assert server.ledger.store.verify().fault is None


def test_an_instant_is_fixed_when_the_lock_is_taken(server: Server) -> None:
    """A transaction that stands idle before it records gains nothing by it, nor one that calls the function twice."""
    url, name = server.urls["officer"], server.logins["officer"]
    begun = time.time_ns() // 1000
    assert call(url, "SELECT pg_sleep(0.3)", states=[state(name)]) == "done"
    assert end(server).recorded_at >= begun + 300_000
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as conn:
        fixed = conn.execute(text("SELECT now FROM ledger_append()")).scalar_one()
        conn.execute(text("SELECT pg_sleep(0.1)"))
        assert conn.execute(text("SELECT now FROM ledger_append()")).scalar() == fixed
    with engine.begin() as conn:
        assert conn.execute(text("SELECT now FROM ledger_append()")).scalar_one() > fixed
    engine.dispose()


def test_the_program_knows_the_instants_before_they_are_written(server: Server) -> None:
    with server.open("officer") as own:
        first, last = own.record_all([hire("B", "T1"), hire("C", "T1")])
        assert isinstance(first, Receipt)
        assert isinstance(last, Receipt)
        assert own.line(last.position).recorded_by == own.officer
        assert end(server).recorded_at == last.recorded_at == first.recorded_at + 1
        assert own.verify().ok


def test_a_login_appends_only_what_is_its_own(server: Server) -> None:
    url, name = server.urls["officer"], server.logins["officer"]
    refused = {
        "another kind of stream": call(url, states=[state(name)], streams=["alert:x"]),
        "a grant by an officer": call(
            url, states=[state(name)], streams=["access"], topics=["access.role_granted"], versions=[6]
        ),
        "an entry by who deals with alerts": call(
            server.urls["alert_admin"], states=[state(server.logins["alert_admin"])]
        ),
        "by an auditor": call(server.urls["auditor"], states=[state(server.logins["auditor"])]),
    }
    assert refused == dict.fromkeys(refused, "42501")
    assert server.ledger.verify().ok


HOSTILE: Mapping[str, Mapping[str, object]] = {
    "no date": {"effective_on": "x"},
    "a day that no month has": {"effective_on": "2021-02-30"},
    "a number for a date": {"effective_on": 20210101},
    "long before there was anything": {"effective_on": "0001-01-01"},
    "at the end of time": {"effective_on": "9999-12-31"},
    "a kind that is not one": {"establishment": "ministerial"},
    "an object for a name": {"name": {"first": "Z"}},
    "a text for a flag": {"baseline": "yes"},
    "a list for a unit": {"unit": ["T1"]},
    "a number for a unit": {"unit": 5},
    "no text": {"name": ""},
    "a name without end": {"name": "z" * 121},
    "what steers a terminal": {"name": "Z\x1b[2J"},
    "text that runs backwards": {"name": "Z\u202e"},
    "an identity number": {"note": "11010519491231002X"},
    "space before": {"name": " Z"},
    "a key that nobody knows": {"salary": 1},
    "a key too few": {"unit": None},
    "about somebody else": {"person": "A"},
    "another type": {"type": "transferred"},
    "a document that is a text": {"authority": "No. 5"},
    "a document with a key too many": {"authority": {"price": 5}},
    "remarks that are no text": {"attributes": {"rank": 5}},
    "very deep": {"attributes": from_json("[" * 70 + "]" * 70)},
}


def test_what_a_program_could_not_read_does_not_come_in(server: Server) -> None:
    url, name = server.urls["officer"], server.logins["officer"]
    sound = from_json(state(name))
    plain = state(name).decode()
    answers = {why: call(url, states=[state(name, **changed)]) for why, changed in HOSTILE.items()}
    answers |= {
        "an unknown topic": call(url, states=[plain.encode()], topics=["person.promoted"]),
        "another topic": call(url, states=[plain.encode()], topics=["person.transferred"]),
        "a form to come": call(url, states=[to_json({**sound, "v": 2})]),
        "no form": call(url, states=[to_json({key: one for key, one in sound.items() if key != "v"})]),
        "no id": call(url, states=[to_json({**sound, "id": None})]),
        "no entry": call(url, states=[to_json({**sound, "entry": 5})]),
        "not an object": call(url, states=[b"[]"]),
        "no JSON": call(url, states=[plain[:-1].encode()]),
        "no text": call(url, states=[b"\xff"]),
        "nothing": call(url, states=[None]),
        "a stream within a list": call(url, states=[plain.encode()], streams='{{"person:Z"}}'),
        "streams counted from 0": call(url, states=[plain.encode()], streams='[0:0]={"person:Z"}'),
        "topics counted from 0": call(url, states=[plain.encode()], topics='[0:0]={"person.hired"}'),
        "no stream": call(url, states=[plain.encode()], streams=[None]),
        "more states than streams": call(url, states=[plain.encode(), plain.encode()]),
        "more streams than states": call(
            url, states=[plain.encode()], streams=["person:Z", "person:Y"], versions=[1, 1]
        ),
        "a text for a position": call(url, states=[to_json({**sound, "target": "5"})]),
        "a name said twice": call(url, states=[(plain[:-1] + ',"recorded_by":"owner"}').encode()]),
        "a unit said twice": call(url, states=[plain.replace('"unit":', '"unit":5,"unit":').encode()]),
        "an id that holds another key": call(
            url, states=[plain.replace('"id":', '"id":"x","recorded_by":"owner","id":').encode()]
        ),
    }
    # 22 and 23502: the database itself refuses what is no date, no JSON, no text, or not there
    assert {why: one for why, one in answers.items() if one[:2] not in ("22", "23") and one != "42501"} == {}
    assert call(url, states=[state(name, note="a word")]) == "done"
    with open_ledger(server.ledger.store.url, officer="owner") as own:
        own.rebuild()
        assert own.headcount(own.perspective(date(2024, 1, 1))).rows
        assert own.store.verify().fault is None


def test_every_stored_form_is_one_that_the_function_accepts(server: Server) -> None:
    assert forms().keys() - {"$defs"} == TOPICS.keys()
    events = [sample(topic) for topic in TOPICS]
    assert fitting(server, [(one.topic, encode(one)) for one in events]) == [True] * len(events)
    for one in events:
        kind = one.topic.partition(".")[0]
        if kind in ("person", "unit") and isinstance(one.entry, DatedEntry):
            assert stream_of(one.entry) == f"{kind}:{getattr(one.entry, kind)}", one.topic


def test_an_entry_against_the_rules_is_found_and_a_backup_restores_what_was_before(
    server: Server, tmp_path: Path
) -> None:
    """The function knows forms, not rules: such an entry stops the ledger, and names its officer."""
    url, name = server.urls["officer"], server.logins["officer"]
    before = server.ledger.status()["position"]
    for version, (kind, more) in enumerate((("unit_merged", {"into": "T2"}), ("unit_moved", {"parent": "T2"})), 2):
        entry = {"type": kind, "unit": "T1", "effective_on": "2021-01-01", **more}
        told = to_json({"v": 1, "id": kind, "recorded_by": name, "entry": entry})
        answer = call(
            url, streams=["unit:T1"], versions=[version], topics=[f"unit.{kind}"], states=[told],
            subjects=["unit:T1"], subject_positions=[before + version - 1], structure=before + version - 1,
        )  # fmt: skip
        assert answer == "done"
    with pytest.raises(LedgerDamaged, match="unit_moved cannot stand"):
        open_ledger(server.ledger.store.url, officer="owner")
    with open_ledger(server.ledger.store.url, officer="owner", damaged_too=True) as own:
        assert not own.verify().ok
        assert own.line(before + 2).recorded_by == name
        own.backup(tmp_path / "all.gz")
    with restore_ledger(tmp_path / "all.gz", str(tmp_path / "then.db"), to_position=before) as then:
        assert then.verify().ok
        assert then.status()["position"] == before


SPOILT: tuple[Any, ...] = (
    *(None, True, 5, 0, -1, 1.5, 10**50, 2**31, "", "x", " x", "x\u3000", "a\nb", "a\x1bb", "a\u202eb"),
    *("2021-02-30", "2021-1-1", "0000-01-01", "z" * 65, "z" * 121, "z" * 401, "z" * 4001),
    *("11010519491231002X", "第１１０１０５１９４９１２３１００２Ｘ号", "support", "day", "person_described"),
    *([], ["x"], [5], {}, {"x": 1}, {"x": "y"}, {"\u202e": "y"}, {"present": 5}, {"present.support": 5}),
    *({"leaders.": 1}, {"support": 5}, {"type": "hired"}),
)


def spoilt(value: Any) -> Iterator[Any]:
    """The value with one part of it replaced, taken away, or with something more in it."""
    yield from SPOILT
    if isinstance(value, dict):
        for key in value:
            yield {name: one for name, one in value.items() if name != key}
            for other in spoilt(value[key]):
                yield {**value, key: other}
        yield {**value, "more": 1}
    elif isinstance(value, list):
        for one in value[:1]:
            yield from ([other] for other in spoilt(one))


def test_the_function_accepts_nothing_that_cannot_be_read(server: Server) -> None:
    """Each part of each form replaced by each of some forty values: what fits is read, checked and unchecked."""
    given = [
        (topic, to_json(other))
        for topic in TOPICS
        for other in spoilt(from_json(encode(sample(topic))))
        if isinstance(other, dict) and other.get("v") == TOPICS[topic].class_version
    ]
    given = given[::7]  # all of them are 50,000
    taken = [one for one, fits in zip(given, fitting(server, given), strict=True) if fits]
    assert len(taken) > 1_000
    unread = []
    for topic, stored in taken:
        try:
            assert decode("x", 1, topic, stored) == recall("x", 1, topic, stored)
        except LedgerFault:
            unread.append((topic, stored))
    assert unread == []


def fitting(server: Server, given: list[tuple[str, bytes]]) -> list[bool]:
    """What the database says of these states; an error of its own is a no."""
    with server.ledger.store.engine.begin() as conn:
        conn.exec_driver_sql(
            "CREATE FUNCTION pg_temp.fitting(topic text, told text) RETURNS boolean LANGUAGE plpgsql AS $$ "
            "BEGIN RETURN ledger_fits(told::json, ledger_forms() -> topic -> 'form', ledger_forms() -> '$defs'); "
            "EXCEPTION WHEN data_exception THEN RETURN false; END $$"
        )
        query = "SELECT pg_temp.fitting(topic, told) FROM unnest(%s::text[], %s::text[]) AS given (topic, told)"
        return list(
            conn.exec_driver_sql(query, ([one for one, _ in given], [told.decode() for _, told in given])).scalars()
        )
