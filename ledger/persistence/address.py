"""Where a ledger is: a file path, `sqlite:///PATH` or `postgresql://...` (spec 2.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from ledger.domain.faults import BadAddress
from ledger.persistence.schema import Dialect

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Address:
    """`path` is absolute and set on SQLite, `url` is set on PostgreSQL; `shown` never holds a password."""

    dialect: Dialect
    shown: str
    path: Path | None = None
    url: URL | None = None


def parse(text: str) -> Address:
    """The address in a text. Raises BadAddress, also for SQLite's own `file:` addresses: they can turn locking off."""
    if text.startswith("sqlite:///") and "?" not in text:
        return _file(text.removeprefix("sqlite:///"))
    if _SCHEME.match(text) is None:
        return _file(text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise BadAddress(ledger=_without_password(text)) from None
    if url.drivername not in ("postgresql", "postgresql+psycopg"):
        raise BadAddress(ledger=_without_password(text))
    return Address("postgresql", _without_password(text), url=url.set(drivername="postgresql+psycopg"))


def _file(text: str) -> Address:
    if not text or text == ":memory:" or "\0" in text or re.match(r"(file|sqlite):", text):
        raise BadAddress(ledger=text)
    return Address("sqlite", text, path=Path(text).absolute())


def _without_password(text: str) -> str:
    """For showing: rather too little than too much, also of an address that cannot be read."""
    return re.sub(r"(password=)[^&]*", r"\1***", re.sub(r"(://[^:/@]*):.*@", r"\1:***@", text))
