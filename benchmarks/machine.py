"""What a run was made on."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from ledger.persistence import sqlite

ROOT = Path(__file__).parents[1]
PEERS = ("eventsourcing", "django", "django-simple-history", "sqlalchemy-continuum", "SQLAlchemy")


def commit() -> str:
    """The commit measured, with a + when the program has changed since."""
    found = _git("rev-parse", "--short", "HEAD")
    return found + ("+" if found and _git("status", "--porcelain", "--", "ledger") else "")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)  # noqa: S607
    return done.stdout.strip()


def described() -> str:
    """Cores, system, Python, SQLite and its journal."""
    journal = "write-ahead log" if sqlite.prefers_wal() else "rollback journal"
    return (
        f"{os.cpu_count()} cores ({_processor()}), {platform.system()}, Python {platform.python_version()}, "
        f"SQLite {sqlite.library().sqlite_version} with {journal}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def peers() -> str:
    """The versions of the peers."""
    return ", ".join(f"{name} {version(name)}" for name in PEERS)
