"""Identity numbers, in a table of their own beside the log: encrypted, found again by a keyed digest, erasable.

Nothing about a number stands in the log but that it was set, shown or erased, so that the chain holds whatever becomes
of it. The key is a file of the settings; without it the table tells the masked form only (docs/decisions/0024).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, select

from ledger.domain.faults import N_, LedgerDamaged, WrongUsage
from ledger.domain.identity import masked
from ledger.persistence.keyfiles import read_key, write_key
from ledger.persistence.schema import id_number

_KEY = re.compile(rb"sledger-id-key\+([0-9a-f]{8})\+([A-Za-z0-9+/]{43}=)\n?")
_NONCE = 12
_BYTES = ("digest", "sealed")


class NotAnIdKey(WrongUsage):
    """A file that holds no key for identity numbers. `file`."""

    code = "not_an_id_key"
    sentence = N_("{file} holds no key for identity numbers.")
    remedy = N_("Name the file that sledger admin id-number key has made.")


class OtherIdKey(WrongUsage):
    """The numbers of this ledger were encrypted with another key. `found` and `wanted`: the numbers of the keys."""

    code = "other_id_key"
    sentence = N_("The identity numbers of this ledger need the key {wanted}; this is {found}.")
    remedy = N_("Name the right file with --key, or as id_number_key in the settings.")


class IdKey:
    """The key of the identity numbers; `name` tells it from others."""

    def __init__(self, secret: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self.name = _name_of(secret)
        self._digests = hmac.digest(secret, b"sledger/id-number/digest/1", "sha256")
        self._cipher = AESGCM(hmac.digest(secret, b"sledger/id-number/cipher/1", "sha256"))

    def digest(self, number: str) -> bytes:
        """The same for the same number, and nothing to whoever has no key."""
        return hmac.digest(self._digests, number.encode("ascii"), "sha256")

    def encrypt(self, number: str, place: str) -> bytes:
        """Bytes that only give the number back at the same place: another ledger's or person's row is noticed."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, number.encode("ascii"), place.encode())

    def decrypt(self, sealed: bytes, place: str) -> str:
        """The number. Raises LedgerDamaged where the bytes were not made for this place, or were changed."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode()).decode("ascii")
        except (InvalidTag, ValueError) as error:
            raise LedgerDamaged(detail="an identity number was changed outside the program") from error


def _name_of(secret: bytes) -> str:
    return hashlib.sha256(b"sledger/id-number/name/1" + secret).hexdigest()[:8]


def make_id_key(path: Path, ledger: Path | None) -> str:
    """Write a new key to a file (0600); returns its name. Raises FileExistsError, KeyUnsafe, OSError."""
    secret = os.urandom(32)
    name = _name_of(secret)
    write_key(path, ledger, b"sledger-id-key+%s+%s\n" % (name.encode(), base64.b64encode(secret)))
    return name


def load_id_key(path: Path, ledger: Path | None) -> IdKey:
    """The key in a file. Raises KeyUnsafe, NotAnIdKey, OSError."""
    found = _KEY.fullmatch(read_key(path, ledger))
    secret = b"" if found is None else base64.b64decode(found[2])
    if found is None or _name_of(secret) != found[1].decode():
        raise NotAnIdKey(file=str(path))
    return IdKey(secret)


def thawed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a backup as the table takes it. Raises ValueError, TypeError, KeyError, AttributeError."""
    person, shown, name = (row[key].encode().decode() for key in ("person", "masked", "key"))
    digest, sealed = (bytes.fromhex(row[key]) for key in _BYTES)
    return {"person": person, "digest": digest, "sealed": sealed, "masked": shown, "key": name}


class Vault:
    """The table, within one transaction. `ledger_id`: of the ledger it belongs to."""

    def __init__(self, conn: Connection, ledger_id: str) -> None:
        self._conn, self._ledger_id = conn, ledger_id

    def masked(self) -> dict[str, str]:
        """Person -> masked number, of everybody who has one."""
        if not inspect(self._conn).has_table("id_number"):
            return {}  # ledgers of earlier formats have no such table until something is written
        query = select(id_number.c.person, id_number.c.masked).order_by(id_number.c.person)
        return {row.person: row.masked for row in self._conn.execute(query)}

    def holder(self, number: str, key: IdKey) -> str | None:
        """Who has this number; None for nobody. Raises OtherIdKey."""
        self._fits(key)
        query = select(id_number.c.person).where(id_number.c.digest == key.digest(number))
        return self._conn.execute(query).scalar()

    def holders(self, key: IdKey) -> dict[bytes, str]:
        """Digest -> person, of everybody who has a number. Raises OtherIdKey."""
        if not inspect(self._conn).has_table("id_number"):
            return {}
        self._fits(key)
        return {bytes(row.digest): row.person for row in self._conn.execute(select(id_number))}

    def keep(self, person: str, number: str, key: IdKey) -> None:
        """Keep a number for a person, in the place of the one before. Raises OtherIdKey."""
        self._fits(key)
        self.erase(person)
        row = {
            "person": person,
            "digest": key.digest(number),
            "sealed": key.encrypt(number, self._place(person)),
            "masked": masked(number),
            "key": key.name,
        }
        self._conn.execute(id_number.insert(), row)

    def reveal(self, person: str, key: IdKey) -> str | None:
        """The number of a person; None without one. Raises OtherIdKey, LedgerDamaged."""
        self._fits(key)
        sealed = self._conn.execute(select(id_number.c.sealed).where(id_number.c.person == person)).scalar()
        return None if sealed is None else key.decrypt(bytes(sealed), self._place(person))

    def erase(self, person: str) -> bool:
        """Take a number away for good; whether there was one. SQLite writes zeros over its bytes."""
        if self._conn.dialect.name == "sqlite":
            self._conn.exec_driver_sql("PRAGMA secure_delete = ON")
        return self._conn.execute(id_number.delete().where(id_number.c.person == person)).rowcount > 0

    def rows(self) -> list[dict[str, str]]:
        """Everything as it is stored, for a backup."""
        if not inspect(self._conn).has_table("id_number"):
            return []
        rows = self._conn.execute(select(id_number).order_by(id_number.c.person)).mappings()
        return [{name: bytes(one).hex() if name in _BYTES else one for name, one in row.items()} for row in rows]

    def restore(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put back what `thawed` made of a backup's rows."""
        if rows:
            self._conn.execute(id_number.insert(), list(rows))

    def _fits(self, key: IdKey) -> None:
        used = self._conn.execute(select(id_number.c.key).limit(1)).scalar()
        if used is not None and used != key.name:
            raise OtherIdKey(wanted=used, found=key.name)

    def _place(self, person: str) -> str:
        return f"{self._ledger_id}\n{person}"
