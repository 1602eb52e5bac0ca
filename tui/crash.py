"""A fault of the program is written down without values: where in the code, which kind, never what it held."""

from __future__ import annotations

import os
import secrets
import traceback
from datetime import UTC, datetime
from pathlib import Path

from ledger.settings import APPLICATION

FILE = "screens.log"


def folder() -> Path:
    """Where the screens keep what is theirs alone: the log of faults, drafts, bookmarks; readable by the user only."""
    import platformdirs

    path = Path(platformdirs.user_state_dir(APPLICATION, appauthor=False))
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write_own(path: Path, text: str) -> None:
    """Write a file that only its user can read, to the side and then into its place. Raises OSError."""
    aside = path.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    aside.replace(path)


def write_fault(error: BaseException) -> tuple[str, str]:
    """Number and path of the record; the path is empty where nothing can be written."""
    number = f"E-{secrets.token_hex(2)}"
    lines = [f"{datetime.now(UTC).isoformat(timespec='seconds')} {number} {type(error).__name__}"]
    frames = traceback.extract_tb(error.__traceback__)
    lines += [f"    {_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]  # never a value
    try:
        path = folder() / FILE
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        return number, ""
    return number, str(path)


def _place(filename: str) -> str:
    parts = Path(filename).parts
    for root in ("tui", "ledger", "site-packages"):
        if root in parts:
            return "/".join(parts[len(parts) - 1 - parts[::-1].index(root) :])
    return Path(filename).name
