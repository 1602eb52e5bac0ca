"""Scans of documents, kept by their content: a folder of files named by their SHA-256 (spec 2.2 authority).

The hash stands in the log; the file lies beside the ledger. What is read is hashed again, so that a file that was
changed is never given out as the one that was attached.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ledger.domain.faults import N_, CannotOpen, WrongUsage
from ledger.persistence.disk import keep_names

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PIECE = 1 << 20


class AttachmentMissing(WrongUsage):
    """No file with this hash lies in the folder. `sha256`, `folder`."""

    code = "attachment_missing"
    sentence = N_("The file {sha256} is not in {folder}.")
    remedy = N_("Attach the same scan again, or bring the folder back from its copy.")


class AttachmentChanged(CannotOpen):
    """A file in the folder is not what its name says. `sha256`, `folder`."""

    code = "attachment_changed"
    sentence = N_("The file {sha256} in {folder} is no longer what was attached.")
    remedy = N_("Bring it back from a copy of the folder, and find out who had access.")


class Attachments:
    """A folder of scans. It is made when the first one is kept, readable by its owner only.

    Where several logins share it, it was made for their group by hand, and the group reads what is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, source: Path) -> str:
        """Keep a copy of a file; gives its SHA-256. The same content is kept once. Raises OSError."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        part = self.folder / f"{secrets.token_hex(8)}.part"  # programs of several machines may share the folder
        try:
            group = self.folder.stat().st_mode & 0o040  # a folder that logins share was opened to their group by hand
            with source.open("rb") as file, os.fdopen(_new(part), "wb") as copy:
                sha256 = _copied(file, copy)
                copy.flush()
                part.chmod(0o600 | group)  # whatever mask the login has
                os.fsync(copy.fileno())
            part.replace(self._place(sha256))
            keep_names(self.folder)
        finally:
            part.unlink(missing_ok=True)
        return sha256

    def write(self, sha256: str, target: IO[bytes]) -> None:
        """Copy a file out, hashing what is copied; `target` is to be thrown away where this fails.

        Raises AttachmentMissing, AttachmentChanged, OSError.
        """
        try:
            with self._place(sha256).open("rb") as file:
                found = _copied(file, target)
        except FileNotFoundError:
            raise AttachmentMissing(sha256=sha256, folder=str(self.folder)) from None
        if found != sha256:
            raise AttachmentChanged(sha256=sha256, folder=str(self.folder))

    def state(self, sha256: str) -> str:
        """`ok`, `missing` or `changed`."""
        try:
            with Path(os.devnull).open("wb") as nowhere:
                self.write(sha256, nowhere)
        except AttachmentMissing:
            return "missing"
        except AttachmentChanged:
            return "changed"
        return "ok"

    def names(self) -> Iterator[str]:
        """The hashes by which files are kept, in order."""
        if self.folder.is_dir():
            yield from sorted(one.name for one in self.folder.iterdir() if _SHA256.fullmatch(one.name))

    def _place(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise AttachmentMissing(sha256=sha256, folder=str(self.folder))
        return self.folder / sha256


def _new(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _copied(source: IO[bytes], target: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()
