"""Files that hold a secret: readable by their owner only, and never in the folder of the ledger."""

from __future__ import annotations

import os
from pathlib import Path

from ledger.domain.faults import N_, WrongUsage


class KeyUnsafe(WrongUsage):
    """A secret key that others can read, or that lies beside the ledger it is for. `file`."""

    code = "key_unsafe"
    sentence = N_("{file} is no safe place for a key of this ledger: others may read it, or it lies beside the ledger.")
    remedy = N_("Keep the key in another folder than the ledger, readable by its owner only (chmod 600).")


def write_key(path: Path, ledger: Path | None, content: bytes) -> None:
    """Write a new key. Raises FileExistsError, KeyUnsafe beside the ledger, OSError."""
    apart(path, ledger)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        os.fchmod(file.fileno(), 0o600)


def read_key(path: Path, ledger: Path | None) -> bytes:
    """What a file of a key holds. Raises KeyUnsafe, OSError."""
    apart(path, ledger)
    if path.stat().st_mode & 0o077:
        raise KeyUnsafe(file=str(path))
    return path.read_bytes()


def apart(path: Path, ledger: Path | None) -> None:
    """Raises KeyUnsafe where the key would lie in the ledger's folder."""
    if ledger is not None and path.resolve().parent == ledger.resolve().parent:
        raise KeyUnsafe(file=str(path))
