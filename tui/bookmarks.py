"""Bookmarks: places in time, with the unit or person looked at there, each by a name; in a file of the user's own.

They are kept for one ledger and officer, as drafts are; titles may be names of people, so nobody else can read them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tui.crash import folder, write_own
from tui.where import Where

FILE = "bookmarks.json"
LONGEST = 40
"""Characters of a name."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """`subject`: kind and code of what is looked at, nothing for the overview; `title`: its name when this was kept."""

    name: str
    where: Where
    subject: tuple[str, str] | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class _Kept:
    """As it lies in the file, among those of other ledgers and officers."""

    ledger: str
    officer: str
    name: str
    on: str | None
    known_at: int | None
    subject: list[str] | None
    title: str

    def bookmark(self) -> Bookmark:
        where = Where(None if self.on is None else date.fromisoformat(self.on), self.known_at)
        subject = None if self.subject is None else (str(self.subject[0]), str(self.subject[1]))
        return Bookmark(self.name, where, subject, self.title)


class Bookmarks:
    """Those of one ledger and officer. A file that cannot be read holds none."""

    def __init__(self, ledger: str, officer: str) -> None:
        self._whose = (ledger, officer)

    def listed(self) -> Sequence[Bookmark]:
        """All of them, the newest first."""
        return [one.bookmark() for one in _read() if self._is_mine(one)]

    def keep(self, new: Bookmark) -> None:
        """Keep one, in the place of one of that name. Raises OSError."""
        on = None if new.where.on is None else new.where.on.isoformat()
        subject = None if new.subject is None else list(new.subject)
        kept = _Kept(*self._whose, new.name, on, new.where.known_at, subject, new.title)
        _write([kept, *self._without(new.name)])

    def drop(self, name: str) -> None:
        """Forget the one of that name. Raises OSError."""
        _write(self._without(name))

    def _without(self, name: str) -> list[_Kept]:
        return [one for one in _read() if not (self._is_mine(one) and one.name == name)]

    def _is_mine(self, one: _Kept) -> bool:
        return (one.ledger, one.officer) == self._whose


def _path() -> Path:
    return folder() / FILE


def _read() -> list[_Kept]:
    try:
        kept = [_Kept(**one) for one in json.loads(_path().read_text(encoding="utf-8"))]
        for one in kept:
            one.bookmark()  # a date that is none, a subject without a code
    except (OSError, ValueError, TypeError, IndexError):
        return []
    return kept


def _write(kept: Sequence[_Kept]) -> None:
    told: list[dict[str, Any]] = [asdict(one) for one in kept]
    write_own(_path(), json.dumps(told, ensure_ascii=False, indent=1))
