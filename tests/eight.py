"""Eight programs on one ledger: three officers, two imports, a scan, a rebuild and a backup, all at once."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from ledger.application import Receipt
from ledger.bootstrap import create_ledger, open_ledger
from ledger.domain.faults import CannotNow
from ledger.domain.refusals import Refused
from ledger.interchange import jsonl
from ledger.interchange.jsonl import import_lines
from tests.killed import context, county, entries

OFFICERS, IMPORTS = 3, 2
POSTS = 5
"""Of a unit whose quota is hard, and which every officer wants to fill alone."""
Json = dict[str, Any]


@dataclass(frozen=True)
class Morning:
    """What the programs were told. `acknowledged`: id -> position; `admitted`: those who got one of the last posts."""

    acknowledged: dict[str, int]
    admitted: int
    turned_away: set[str]
    scans: int
    rebuilds: int
    backups: int


def open_office(url: str) -> None:
    """A county with a unit that has few posts and a hard quota."""
    with create_ledger(url, officer="tester") as ledger:
        more: list[Json] = [
            {"type": "policy_adopted", "parameters": {"quota_enforcement": "hard"}, "source": "县办法"},
            {"type": "unit_established", "unit": "H", "name": "满编局", "kind": "organ", "parent": "C"},
            {"type": "quota_set", "unit": "H", "establishment": "administrative", "posts": POSTS},
        ]
        for entry in [*county(), *more]:
            assert isinstance(ledger.record({"effective_on": "2010-01-01", **entry}), Receipt)


def officer(url: str, name: str, count: int) -> tuple[dict[str, int], int, set[str]]:
    """Own people come, are lent and leave; in between everybody tries to get somebody into the last posts."""
    told: dict[str, int] = {}
    admitted, turned_away = 0, set()
    with open_ledger(url, officer=name) as ledger:
        for number, entry in enumerate(islice(entries(name), count)):
            answer = ledger.record(entry)
            assert isinstance(answer, Receipt), answer
            told[entry["id"]] = answer.position
            if number % 2 == 0:
                wanted = {"type": "hired", "person": f"{name}-H{number}", "name": "赵天", "unit": "H"}
                kind = {"establishment": "administrative", "effective_on": "2015-01-01", "id": f"{name}/H{number}"}
                found = ledger.record({**wanted, **kind})
                if isinstance(found, Refused):
                    turned_away.add(found.code)
                else:
                    admitted += 1
                    told[kind["id"]] = found.position
    return told, admitted, turned_away


def importer(url: str, name: str, file: str) -> dict[str, int]:
    """A file, in small pieces."""
    jsonl.CHUNK, jsonl.PAUSE = 7, 0
    with open_ledger(url, officer=name) as ledger:
        report = import_lines(ledger, Path(file))
        assert report.refused == []
        return dict(report.positions)


def beside(what: str, url: str, folder: str) -> int:
    """Scan, rebuild or back up again and again, until the others are done; how often."""
    done = 0
    with open_ledger(url, officer=what) as ledger:
        while done == 0 or not (Path(folder) / "over").exists():
            try:
                if what == "scan":
                    ledger.scan(date(2012, 1, 1) + timedelta(days=100 * done % 3650))
                elif what == "rebuild":
                    ledger.rebuild()
                else:
                    ledger.backup(Path(folder) / f"{done}.backup")
            except CannotNow:
                continue  # whoever keeps the ledger may be asked to try again; officers are not
            done += 1
    return done


def morning(url: str, folder: Path, count: int) -> Morning:
    """All eight at once; each officer records `count` entries, each import twice as many."""
    files = []
    for number in range(IMPORTS):
        files.append(folder / f"{number}.jsonl")
        lines = islice(entries(f"import{number}"), 2 * count)
        files[-1].write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    with ProcessPoolExecutor(8, mp_context=context()) as programs:
        others = [programs.submit(beside, what, url, str(folder)) for what in ("scan", "rebuild", "backup")]
        imports = [programs.submit(importer, url, f"import{n}", str(file)) for n, file in enumerate(files)]
        officers = [programs.submit(officer, url, f"officer{n}", count) for n in range(OFFICERS)]
        try:
            told = [one.result() for one in officers]
            every = [*(one[0] for one in told), *(one.result() for one in imports)]
            acknowledged = {key: position for one in every for key, position in one.items()}
        finally:
            (folder / "over").touch()
        scans, rebuilds, backups = (one.result() for one in others)
    admitted, turned_away = sum(one[1] for one in told), set().union(*[one[2] for one in told])
    return Morning(acknowledged, admitted, turned_away, scans, rebuilds, backups)


def check(url: str, found: Morning) -> int:
    """Nothing is lost, positions have no gap, the hard quota holds; the last position."""
    with open_ledger(url) as ledger:
        report = ledger.verify()
        assert report.ok, report.to_json()
        positions = [line.position for page in ledger.pages() for line in page]
        assert positions == list(range(1, len(positions) + 1))
        with ledger.store.read() as conn:
            there = ledger.store.find_many(conn, list(found.acknowledged))
        assert {key: position for key, (position, _) in there.items()} == found.acknowledged
        [row] = ledger.headcount(ledger.perspective(date(2015, 1, 1)), unit="H").rows
        assert row.on_roll == POSTS == found.admitted
        assert found.turned_away == {"over_quota"}
        return len(positions)
