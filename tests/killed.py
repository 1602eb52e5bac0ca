"""Programs that work until they are killed from outside, and what must be found afterwards.

A program writes to a file what it was told is recorded, one line each, without any buffer: what stands there was
acknowledged, whatever moment the kill came at.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ledger.application import Receipt, Recording
from ledger.bootstrap import Ledger, create_ledger, open_ledger, restore_ledger
from ledger.interchange import jsonl
from ledger.persistence.archive import ArchivedEvent, read_archive
from ledger.persistence.recorder import LedgerEventStore
from ledger.projections import search

LATE = (LedgerEventStore, search)
"""Loaded at once, so that programs begin soon."""
WORKS = ("record", "import", "scan", "rebuild", "backup")
PEOPLE = 5
CHUNK = 10
Json = dict[str, Any]


def county() -> Iterator[Json]:
    """A county to work in."""
    yield {"type": "unit_established", "unit": "C", "name": "县", "kind": "jurisdiction"}
    for unit in ("A", "B"):
        yield {"type": "unit_established", "unit": unit, "name": f"{unit}局", "kind": "organ", "parent": "C"}
        yield {"type": "quota_set", "unit": unit, "establishment": "administrative", "posts": 9}
    for number in range(PEOPLE):
        yield {"type": "hired", "person": f"P{number}", "name": "赵天", "unit": "A", "establishment": "administrative"}


def entries(name: str) -> Iterator[Json]:
    """Entries without end, each legal after the one before, each with an id of its own."""
    for number in itertools.count():
        on, until = f"20{number % 10 + 10}-03-01", f"20{number % 10 + 10}-08-31"
        person = f"{name}-{number}"
        life: list[Json] = [
            {"type": "hired", "person": person, "name": "钱地", "unit": "A", "establishment": "support"},
            {"type": "secondment_started", "person": person, "host": "B", "until": until},
            {"type": "secondment_ended", "person": person},
            {"type": "quota_changed", "unit": "B", "establishment": "administrative", "change": 1},
            {"type": "departed", "person": person, "reason": "resigned"},
        ]
        yield from ({"effective_on": on, **entry, "id": f"{name}/{number}/{at}"} for at, entry in enumerate(life))


class Told(Ledger):
    """A ledger that writes down every position as soon as it knows that it is recorded."""

    file: int

    @contextmanager
    def recording(self) -> Iterator[Recording]:
        with super().recording() as recording:
            yield recording
        self.tell(f"position {recording.world.unit.end.position}")

    def tell(self, line: str) -> None:
        os.write(self.file, f"{line}\n".encode())


def work(what: str, url: str, folder: str, name: str) -> None:
    """Do one kind of work for ever."""
    jsonl.CHUNK, jsonl.PAUSE = CHUNK, 0
    with open_ledger(url, officer=name) as opened:
        ledger = Told(opened.store, name)
        ledger.file = os.open(Path(folder) / "told", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        ledger.try_out(next(entries("warm")))  # whatever is loaded late is loaded now
        ledger.tell("ready")
        if what == "import":
            jsonl.import_lines(ledger, Path(folder) / "lines.jsonl")
        for number, entry in enumerate(entries(name)):
            if what == "record":
                answer = ledger.record(entry)
                assert isinstance(answer, Receipt)
                ledger.tell(f"entry {answer.position} {entry['id']}")
            elif what == "rebuild":
                ledger.rebuild()
            elif what == "scan":
                ledger.scan(date(2012, 1, 1) + timedelta(days=37 * number % 3650))
            elif what == "backup":
                ledger.backup(Path(folder) / f"{name}-{number}.backup")
                ledger.tell(f"backup {name}-{number}.backup")
            else:
                time.sleep(0.01)


@dataclass
class Office:
    """One ledger whose programs are killed again and again."""

    url: str
    folder: Path
    dice: random.Random
    kills: int = 0
    acknowledged: dict[str, int] = field(default_factory=dict)
    unacknowledged: int = 0
    last: int = 0
    backups: int = 0

    def open(self) -> None:
        create_ledger(self.url, officer="tester").close()
        with open_ledger(self.url, officer="tester") as ledger:
            for entry in county():
                assert isinstance(ledger.record({"effective_on": "2010-01-01", **entry}), Receipt)
            self.last = ledger.perspective().known_at

    def kill(self, what: str, longest: float = 0.3) -> None:
        """Start one kind of work, kill it at a random moment, and look at what is left."""
        self.kills += 1
        name = f"w{self.kills}"
        told = self.folder / "told"
        told.write_text("", "utf-8")
        if what == "import":
            lines = itertools.islice(entries(name), 3_000)
            (self.folder / "lines.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        program = context().Process(target=work, args=(what, self.url, str(self.folder), name))
        program.start()
        while "ready" not in told.read_text("utf-8"):
            assert program.is_alive(), f"{what} ended before it began"
            time.sleep(0.002)
        time.sleep(self.dice.uniform(0, longest))
        assert program.pid is not None
        os.kill(program.pid, signal.SIGKILL)
        program.join()
        assert program.exitcode == -signal.SIGKILL, f"{what} ended by itself"
        self.look(name, told.read_text("utf-8"))

    def look(self, name: str, told: str) -> None:
        """Every acknowledged entry is there, no half one is, and everything else follows from the entries."""
        for line in told.splitlines()[1:]:
            kind, *rest = line.split(" ", 2)
            if kind == "position":
                self.last = max(self.last, int(rest[0]))
            elif kind == "entry":
                self.acknowledged[rest[1]] = int(rest[0])
            elif kind == "backup":
                self.backups += 1
                assert (self.folder / rest[0]).exists()
        with open_ledger(self.url, officer="tester") as ledger:
            found = ledger.verify()
            assert found.ok, found.to_json()
            newest = ledger.perspective().known_at
            assert newest >= self.last, f"{self.last} was acknowledged, the ledger ends at {newest}"
            with ledger.store.read() as conn:
                there = ledger.store.find_many(conn, list(self.acknowledged))
            assert {key: position for key, (position, _) in there.items()} == self.acknowledged
            self.unacknowledged += newest > self.last
            self.again(ledger, name)
            self.last = ledger.perspective().known_at
        for number, file in enumerate(self.folder.glob("*.backup")):
            if number == 0:
                restored = str(self.folder / "restored.db")
                with restore_ledger(file, restored) as ledger:
                    assert ledger.perspective().known_at <= self.last
                Path(restored).unlink()
            assert any(isinstance(one, ArchivedEvent) for one in read_archive(file))
            file.unlink()
        for litter in self.folder.glob("*.part"):
            litter.unlink()

    def again(self, ledger: Ledger, name: str) -> None:
        """The officer enters the last papers again: what was recorded is not recorded twice, the rest follows."""
        mine = [key for key in self.acknowledged if key.startswith(f"{name}/")]
        if not mine:
            return
        log = len(ledger.log().entries)
        unsure = list(itertools.islice(entries(name), len(mine) + 1))
        answers = [ledger.record(entry) for entry in unsure[-2:]]
        assert all(isinstance(answer, Receipt) for answer in answers)
        first, second = answers
        assert isinstance(first, Receipt)
        assert isinstance(second, Receipt)
        assert first.already_recorded
        assert first.position == self.acknowledged[mine[-1]]
        assert len(ledger.log().entries) == log + (not second.already_recorded)
        self.acknowledged[f"{unsure[-1]['id']}"] = second.position


def context() -> Any:
    """Programs start from one that has everything loaded: a kill a second instead of a kill every five."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["tests.killed"])
    return found


def kill_many(url: str, folder: Path, seed: int, kills: int) -> Office:
    """An office whose programs are killed so many times, every kind of work in turn."""
    office = Office(url, folder, random.Random(seed))
    office.open()
    for number in range(kills):
        office.kill(WORKS[number % len(WORKS)])
    return office


def kill_on_sqlite(seed: int, kills: int) -> Office:
    """The same in a file of its own."""
    with TemporaryDirectory() as name:
        return kill_many(str(Path(name) / "ledger.db"), Path(name), seed, kills)
