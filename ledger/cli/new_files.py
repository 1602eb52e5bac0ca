"""Files that a command writes: complete or not there at all, and never in the place of the ledger."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ledger.cli.base import usage_error
from ledger.locale import N_


@contextmanager
def new_file(path: Path, ledger: str, *, force: bool = False) -> Iterator[IO[bytes]]:
    """A file that appears complete or not at all, readable by its owner only. Raises OSError, UsageError.

    What is there stays unless `force`; the ledger itself is never replaced.
    """
    if path.exists() and not force:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    source = Path(ledger.removeprefix("sqlite:///"))
    if path.exists() and source.exists() and path.samefile(source):
        raise usage_error(N_("{file} is the ledger itself; it was not changed."), file=path)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            part.unlink()
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)
        raise
