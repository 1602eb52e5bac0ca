"""A line for every run of the program, as text or JSON, for whoever keeps the system.

It says what ran, how it ended and how long it took, and nothing that was recorded or asked: no names, numbers of
people, units, officers, addresses or arguments. Such a file may go to any log collector.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FORMATS = ("text", "json")


def level_of(status: int) -> str:
    """`info` when done or declined by a rule, `warning` when it may be tried again, else `error`."""
    if status in (0, 1, 2, 3, 10):
        return "info"
    return "warning" if status in (5, 130, 141) else "error"


def line_of(form: str, told: Mapping[str, Any]) -> str:
    """One line, without its end."""
    if form == "json":
        return json.dumps(told, separators=(",", ":"))
    rest = " ".join(f"{key}={value}" for key, value in told.items() if key not in ("at", "level", "pid", "command"))
    return f"{told['at']} {told['level']} sledger[{told['pid']}] {told['command']} {rest}"


def note(settings: Mapping[str, Any], command: str, status: int, code: str, seconds: float) -> str | None:
    """Write down one run, where a log file is named; what went wrong when it could not be written, else None."""
    named = os.environ.get("SLEDGER_LOG_FILE") or settings.get("log_file")
    if not named:
        return None
    form = os.environ.get("SLEDGER_LOG_FORMAT") or str(settings.get("log_format", "text"))
    told = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": level_of(status),
        "pid": os.getpid(),
        "command": command or "screens",
        "status": status,
        "code": code or "-",
        "ms": round(seconds * 1000),
    }
    try:
        path = Path(str(named)).expanduser()
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8") as file:
            file.write(line_of(form, told) + "\n")
    except OSError as error:
        return error.strerror
    return None
