"""A seal as text that anybody can print, keep and check: a signed note of a checkpoint (docs/reference/chain.md).

The form is that of transparency logs (C2SP signed-note and tlog-checkpoint), so that tools made for these read it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.domain.faults import N_, CannotOpen, WrongUsage
from ledger.domain.time import shown_instant, to_microseconds
from ledger.persistence.keyfiles import apart, read_key, write_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

NAME = "sledger"
"""The name of every key; keys are told apart by their number, a digest of the public half."""
_ED25519 = b"\x01"
_NOTE = re.compile(
    r"(sledger/([!-~]{1,64})\n(0|[1-9]\d{0,17})\n([A-Za-z0-9+/]{43}=)\n"
    r"tip ([0-9a-f]{64})\nsealed_at (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\n)"
    r"\n\u2014 sledger ([A-Za-z0-9+/]{91}=)\n",
    re.ASCII,
)
_KEY = re.compile(rf"{NAME}\+([0-9a-f]{{8}})\+([A-Za-z0-9+/]{{44}})")


class NotSeals(CannotOpen):
    """A file of seals with something else in it. `file`, `line`."""

    code = "not_seals"
    sentence = N_("{file} is not a file of seals: line {line} cannot be read.")
    remedy = N_("Take the file as sledger seal wrote it, or another copy of it.")


class NotAKey(WrongUsage):
    """A file that holds no key of the kind needed. `file`."""

    code = "not_a_key"
    sentence = N_("{file} holds no key for seals.")
    remedy = N_("Name the key made by sledger seal key: FILE to seal, FILE.pub to check.")


@dataclass(frozen=True, slots=True)
class Seal:
    """What a seal says of a ledger: with `position` entries the chain ended in `tip`, and the tree had this `root`."""

    ledger_id: str
    position: int
    root: bytes
    tip: bytes
    sealed_at: int

    def text(self) -> str:
        """The text that is signed."""
        root = base64.b64encode(self.root).decode()
        return (
            f"sledger/{self.ledger_id}\n{self.position}\n{root}\n"
            f"tip {self.tip.hex()}\nsealed_at {shown_instant(self.sealed_at)}\n"
        )


@dataclass(frozen=True, slots=True)
class SignedSeal:
    """A seal, the signed `text` itself, the number of the key (4 bytes) and its signature (64 bytes)."""

    seal: Seal
    text: str
    key_id: bytes
    signature: bytes

    def note(self) -> str:
        """Text, empty line, signature line: as printed and kept."""
        return f"{self.text}\n\u2014 {NAME} {base64.b64encode(self.key_id + self.signature).decode()}\n"

    def signed_by(self, keys: PublicKeys) -> bool:
        """Whether one of these keys made the signature."""
        return keys.accept(self)


def _key_id(public: bytes) -> bytes:
    return hashlib.sha256(NAME.encode() + b"\n" + _ED25519 + public).digest()[:4]


def key_text(public: bytes) -> str:
    """A public key as text, with its number: `sledger+1234abcd+...`."""
    return f"{NAME}+{_key_id(public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


class PublicKeys:
    """The keys whose seals are believed."""

    def __init__(self, texts: list[str]) -> None:
        self._keys: dict[bytes, bytes] = {}
        for text in texts:
            found = _KEY.fullmatch(text)
            raw = b"" if found is None else base64.b64decode(found[2])
            if found is None or raw[:1] != _ED25519 or _key_id(raw[1:]).hex() != found[1]:
                raise ValueError(text)
            self._keys[_key_id(raw[1:])] = raw[1:]

    def knows(self, signed: SignedSeal) -> bool:
        """Whether the key that the seal names is among these."""
        return signed.key_id in self._keys

    def accept(self, signed: SignedSeal) -> bool:
        """Whether the signature is good."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        public = self._keys.get(signed.key_id)
        if public is None:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signed.signature, signed.text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


class SealingKey:
    """A private key, ready to sign."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @property
    def public(self) -> bytes:
        """The public half, 32 bytes."""
        return self._private.public_key().public_bytes_raw()

    def sign(self, seal: Seal) -> SignedSeal:
        """The seal with its signature."""
        text = seal.text()
        return SignedSeal(seal, text, _key_id(self.public), self._private.sign(text.encode()))


def make_key(path: Path, ledger: Path | None) -> str:
    """Write a new private key to `path` (0600) and its public half to `path`.pub; returns the public half as text.

    Raises FileExistsError, KeyUnsafe beside the ledger, OSError.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    apart(path, ledger)
    beside = path.with_name(path.name + ".pub")
    if beside.exists():
        raise FileExistsError(beside)
    made = Ed25519PrivateKey.generate()
    text = key_text(made.public_key().public_bytes_raw())
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_key(path, ledger, pem)
    beside.write_text(text + "\n", encoding="ascii")
    return text


def load_key(path: Path, ledger: Path | None) -> SealingKey:
    """The private key in a file. Raises KeyUnsafe, NotAKey, OSError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pem = read_key(path, ledger)
    try:
        found = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NotAKey(file=str(path)) from error
    if not isinstance(found, Ed25519PrivateKey):
        raise NotAKey(file=str(path))
    return SealingKey(found)


def load_public_keys(path: Path) -> PublicKeys:
    """The public keys in a file, one a line. Raises NotAKey, OSError."""
    try:
        lines = path.read_text(encoding="ascii").split()
        keys = PublicKeys(lines)
    except ValueError as error:
        raise NotAKey(file=str(path)) from error
    if not lines:
        raise NotAKey(file=str(path))
    return keys


@dataclass(frozen=True, slots=True)
class SealsFile:
    """What a file of seals holds: notes in order, and the public keys it was written with."""

    seals: tuple[SignedSeal, ...]
    keys: PublicKeys


def parse_note(text: str) -> SignedSeal | None:
    """One seal from its text; None when it is none."""
    found = _NOTE.fullmatch(text)
    return None if found is None else _seal(found)


def _seal(found: re.Match[str]) -> SignedSeal | None:
    try:
        signed = base64.b64decode(found[7], validate=True)
        root = base64.b64decode(found[4], validate=True)
        sealed_at = to_microseconds(datetime.fromisoformat(found[6]))
    except (binascii.Error, ValueError):
        return None
    if len(signed) != 68 or len(root) != 32:
        return None
    seal = Seal(found[2], int(found[3]), root, bytes.fromhex(found[5]), sealed_at)
    return SignedSeal(seal, found[1], signed[:4], signed[4:])


def parse_seals(text: str, file: str) -> SealsFile:
    """The seals and keys of a file; everything else but empty lines is refused, so that nothing is overlooked.

    Raises NotSeals.
    """
    seals: list[SignedSeal] = []
    keys: list[str] = []
    at = 0
    while at < len(text):
        line = text[at:].partition("\n")[0]
        found = _NOTE.match(text, at)
        signed = None if found is None else _seal(found)
        if found is not None and signed is not None:
            seals.append(signed)
            at = found.end()
        elif not line.strip() or _KEY.fullmatch(line):
            keys += [line] if line.strip() else []
            at += len(line) + 1
        else:
            raise NotSeals(file=file, line=text.count("\n", 0, at) + 1)
    try:
        return SealsFile(tuple(seals), PublicKeys(keys))
    except ValueError:
        raise NotSeals(file=file, line=1) from None


def read_seals(path: Path) -> SealsFile:
    """As `parse_seals`, from a file. Raises NotSeals, OSError."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise NotSeals(file=path.name, line=1) from error
    return parse_seals(text, path.name)


def add_to_file(path: Path, signed: SignedSeal, public: str) -> None:
    """Write a seal at the end of a file of seals, with the public key where the file is new. Raises OSError."""
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), "w", encoding="utf-8") as file:
        if public not in known.split("\n"):
            file.write(f"{public}\n\n")
        file.write(f"{signed.note()}\n")
        file.flush()
        os.fsync(file.fileno())
