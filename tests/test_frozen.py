"""Ledgers that earlier versions left behind open on both databases, answer as they did, and go on."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url

from ledger.application import Receipt
from ledger.bootstrap import Ledger, create_ledger, open_ledger, restore_ledger
from ledger.domain import events, policy
from ledger.domain.faults import EntryNewer, LedgerNewer
from ledger.domain.time import Perspective
from ledger.interchange.jsonl import export_lines, import_lines
from ledger.persistence import postgresql, sqlite
from ledger.persistence.chain import link
from ledger.persistence.jobs import take_lease
from ledger.persistence.notes import read_seals
from ledger.persistence.schema import FORMAT
from ledger.persistence.store import Store
from tests.frozen.make import FROZEN, MORE, SCHEMA, answers

LEDGERS = sorted(path for path in FROZEN.iterdir() if path.is_dir() and (path / "ledger.db.gz").exists())


@pytest.fixture(params=LEDGERS, ids=lambda path: path.name)
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def url(folder: Path, ledger_url: str) -> str:
    """The frozen ledger, put back on each database in turn."""
    if "://" not in ledger_url:
        Path(ledger_url).write_bytes(gzip.decompress((folder / "ledger.db.gz").read_bytes()))
        return ledger_url
    schema = str(make_url(ledger_url).query["options"]).partition("=")[2]
    text = gzip.decompress((folder / "ledger.sql.gz").read_bytes()).decode()
    text = text.replace(f"CREATE SCHEMA {SCHEMA};", "").replace(f"{SCHEMA}.", f"{schema}.")
    text = text.replace(f"'{SCHEMA}'", f"'{schema}'")  # the function's own path
    engine = create_engine(make_url(ledger_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as conn:
        conn.connection.cursor().execute(text)
    engine.dispose()
    return ledger_url


def missing(now: Any, then: Any, at: str = "$") -> Iterator[str]:
    """What was answered then and is not now; keys may have been added."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key, value in then.items():
            yield from missing(now.get(key), value, f"{at}.{key}")
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for number, (one, other) in enumerate(zip(now, then, strict=True)):
            yield from missing(one, other, f"{at}[{number}]")
    elif now != then:
        yield f"{at}: {now!r} instead of {then!r}"


def changed(ledger: Ledger, folder: Path) -> list[str]:
    """How its answers differ from those it gave."""
    then = json.loads(gzip.decompress((folder / "answers.json.gz").read_bytes()))
    return list(missing(json.loads(json.dumps(answers(ledger))), then))


def test_it_answers_as_it_did_live_and_rebuilt_and_fulfils_its_seals(folder: Path, url: str) -> None:
    with open_ledger(url, officer="later") as ledger:
        assert changed(ledger, folder) == []
        found = ledger.verify(seals=read_seals(folder / "seals.txt"))
        assert found.ok, found.to_json()
        ledger.rebuild()
        assert changed(ledger, folder) == []


def test_it_goes_on(folder: Path, url: str) -> None:
    """An id used then is still known, with the position it had; new entries follow."""
    with open_ledger(url, officer="later") as ledger:
        newest = ledger.perspective().known_at
        [grant] = [one for one in MORE if one.get("id") == "grant"]
        [line] = [one for one in ledger.log().entries if one.id == "grant"]
        again = ledger.record(grant)
        assert isinstance(again, Receipt)
        assert (again.position, again.already_recorded) == (line.position, True)
        entry = {"type": "policy_adopted", "effective_on": "2022-07-01", "profile": "strict", "source": "新办法"}
        answer = ledger.record(entry)
        assert isinstance(answer, Receipt)
        assert answer.position == newest + 1
        with ledger.store.write() as unit:  # tables that came later are there, too
            assert take_lease(unit, "a service", 60)
        assert ledger.verify(seals=read_seals(folder / "seals.txt")).ok


def test_its_backup_restores_and_its_export_imports(folder: Path, tmp_path: Path) -> None:
    with restore_ledger(folder / "ledger.backup", str(tmp_path / "again.db")) as again:
        assert changed(again, folder) == []
        with (tmp_path / "all.jsonl").open("wb") as out:
            export_lines(again, out)
        p = again.perspective()
        with create_ledger(str(tmp_path / "copy.db")) as copy:
            assert import_lines(copy, tmp_path / "all.jsonl").refused == []
            assert copy.headcount(p).to_json() == again.headcount(p).to_json()
            assert copy.secondments(p).to_json() == again.secondments(p).to_json()


def test_what_it_adopted_then_it_means_for_ever(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later program ships another edition of the profiles: only what is adopted from then on means its numbers."""
    later = {name: {**parameters, "gap_days": 45} for name, parameters in policy.EDITIONS[1].items()}
    monkeypatch.setattr(policy, "EDITIONS", {1: policy.EDITIONS[1], 2: later})
    monkeypatch.setattr(events, "EDITION", 2)
    with open_ledger(url, officer="later") as ledger:
        ledger.rebuild()
        assert changed(ledger, folder) == []
        p = ledger.perspective(date(2022, 6, 30))
        assert gap_days(ledger, p) == 60  # the office's own, laid over the first edition
        answer = ledger.record(
            {"type": "policy_adopted", "effective_on": "2022-06-15", "profile": "national", "source": "新版"}
        )
        assert isinstance(answer, Receipt)
        assert gap_days(ledger, p) == 60
        assert gap_days(ledger, Perspective(p.as_of, answer.position)) == 45
        assert ledger.verify().ok
    monkeypatch.undo()
    with pytest.raises(EntryNewer, match=r"version 2; this program knows version 1"), open_ledger(url) as ledger:
        ledger.rebuild()


def gap_days(ledger: Ledger, p: Perspective) -> int:
    with ledger.view(p) as view:
        return int(view.policy()["gap_days"])


def test_the_first_thing_written_raises_its_format(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the program it comes from refuses it from then on, instead of misreading what is new in it."""
    with Store.open(url) as store, store.read() as conn:
        before = store.head(conn).format
    with open_ledger(url) as ledger:
        ledger.record({"type": "unit_renamed", "effective_on": "2022-06-01", "unit": "T1", "name": "新"})
        assert ledger.status()["format"] == FORMAT
    if before == FORMAT:  # of the present form: nothing was raised
        return
    monkeypatch.setattr(sqlite if "://" not in url else postgresql, "FORMAT", before)
    with pytest.raises(LedgerNewer, match=f"has format {FORMAT}; this program knows formats up to {before}"):
        open_ledger(url)


# ---------------------------------------------------------------- ledgers of versions to come


@pytest.fixture
def town(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    path.write_bytes(gzip.decompress((LEDGERS[0] / "ledger.db.gz").read_bytes()))
    return path


def test_a_ledger_of_a_later_format_is_refused_unchanged(town: Path) -> None:
    with closing(sqlite3.connect(town)) as db:
        db.execute("PRAGMA user_version = 7")
    before = town.read_bytes()
    with pytest.raises(LedgerNewer, match=f"has format 7; this program knows formats up to {FORMAT}"):
        open_ledger(str(town))
    assert town.read_bytes() == before


def test_a_ledger_with_an_event_of_a_later_version_is_refused_unchanged(town: Path) -> None:
    """As a later program would have appended it, chain and all."""
    with closing(sqlite3.connect(town)) as db, db:
        position, tip = db.execute("SELECT position, tip FROM ledger_head").fetchone()
        state = b'{"v":99,"id":"later","recorded_by":"x","entry":{}}'
        row = (position + 1, "policy", 99, "policy.policy_adopted", 2**51, state)
        made = link(tip, *row)
        db.execute("DROP TRIGGER event_next_version")
        db.execute(
            "INSERT INTO event (position, originator_id, originator_version, topic, recorded_at, state, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*row, made),
        )
        db.execute("INSERT INTO event_subject VALUES ('policy', ?)", (position + 1,))
        db.execute("UPDATE ledger_head SET position = ?, tip = ?, recorded_at = ?", (position + 1, made, 2**51))
    before = town.read_bytes()
    with pytest.raises(EntryNewer, match=r"policy_adopted” of version 99; this program knows version \d"):
        open_ledger(str(town))
    assert town.read_bytes() == before


def test_every_version_that_changed_a_stored_form_left_a_ledger() -> None:
    assert [path.name for path in LEDGERS][:1] == ["0.1.0-first"]
