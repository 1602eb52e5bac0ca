"""Drafts: what was typed and not recorded yet, in a file of the user's own, never in the ledger.

Each form writes its draft at every change, to the side and then into its place, so that a killed program leaves the
whole draft or the one before. A lock tells which drafts belong to a program that still runs: those are not offered.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ledger.domain.time import SHANGHAI
from tui.crash import folder, write_own
from tui.forms.catalogue import BY_ID
from tui.forms.state import FormState, Picked

HAS_LOCKS = importlib.util.find_spec("fcntl") is not None
"""Windows has none: there every draft is offered."""

VERSION = 1
FOLDER = "drafts"


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft as it lies in its file."""

    ledger: str
    officer: str
    form: str
    entry_id: str
    texts: Mapping[str, str]
    picked: Mapping[str, list[Any]]
    base: Mapping[str, Any] | None
    ref: int | None
    saved_at: str
    version: int = VERSION

    def state(self) -> FormState:
        """The form as it was."""
        if self.ref is not None and self.base is not None:
            state = FormState.to_correct(self.ref, self.base)
        else:
            state = FormState.blank(self.form)
        state.texts = dict(self.texts)
        state.picked = {key: [Picked(*one) for one in known] for key, known in self.picked.items()}
        state.entry_id = self.entry_id
        state.listing = {key for key, known in state.picked.items() if known and state.texts.get(key) != known[0].name}
        return state


class Drafts:
    """The drafts of one ledger and officer. Without a place to write to, forms work and drafts are not kept."""

    def __init__(self, ledger: str, officer: str) -> None:
        self.ledger, self.officer = ledger, officer
        self._token = secrets.token_hex(6)
        self._lock: int | None = None

    def save(self, state: FormState) -> datetime | None:
        """Keep a form; when it was kept, None where that is not possible."""
        now = datetime.now(SHANGHAI)
        picked = {key: [[one.code, one.name, one.about] for one in known] for key, known in state.picked.items()}
        saved_at = now.isoformat(timespec="microseconds")  # drafts of one second keep their order
        base = None if state.base is None else dict(state.base)
        draft = Draft(
            self.ledger,
            self.officer,
            state.spec.id,
            state.entry_id,
            dict(state.texts),
            picked,
            base,
            state.ref,
            saved_at,
        )
        try:
            self._hold()
            write_own(self._path(state.entry_id), json.dumps(asdict(draft), ensure_ascii=False))
        except OSError:
            return None
        return now

    def drop(self, entry_id: str) -> None:
        """Forget a draft, whoever kept it."""
        with suppress(OSError):
            for path in _folder().glob(f"*.{entry_id}.json"):
                path.unlink(missing_ok=True)

    def left(self) -> list[Draft]:
        """Drafts for this ledger that no running program holds, and this program's own; the newest first."""
        try:
            found = [draft for path in sorted(_folder().glob("*.json")) if (draft := self._read(path)) is not None]
        except OSError:
            return []
        return sorted(found, key=lambda one: one.saved_at, reverse=True)

    def _read(self, path: Path) -> Draft | None:
        token = path.name.partition(".")[0]
        if token != self._token and _held(_folder() / f"{token}.lock"):
            return None
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            draft = Draft(**told)
        except (OSError, ValueError, TypeError):
            return None
        fits = (draft.ledger, draft.officer, draft.version) == (self.ledger, self.officer, VERSION)
        return draft if fits and draft.form in BY_ID else None

    def _path(self, entry_id: str) -> Path:
        """This program's file of a draft; a draft taken over from another program moves here."""
        path = _folder() / f"{self._token}.{entry_id}.json"
        if not path.exists():
            for other in _folder().glob(f"*.{entry_id}.json"):
                other.replace(path)
        return path

    def _hold(self) -> None:
        if self._lock is None and HAS_LOCKS:
            import fcntl

            path = _folder() / f"{self._token}.lock"
            self._lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def close(self) -> None:
        """Let go of the lock; the drafts stay and are offered next time."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
            with suppress(OSError):
                (_folder() / f"{self._token}.lock").unlink(missing_ok=True)


def _folder() -> Path:
    path = folder() / FOLDER
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def _held(lock: Path) -> bool:
    if not HAS_LOCKS or not lock.exists():
        return False
    import fcntl

    with suppress(OSError):
        descriptor = os.open(lock, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        lock.unlink(missing_ok=True)
    return False


def words_of(draft: Draft) -> Iterator[str]:
    """What a draft holds, in short, for the list of drafts."""
    for known in draft.picked.values():
        yield from (str(one[1]) for one in known)
    yield from (text for key, text in draft.texts.items() if text and key not in draft.picked)
