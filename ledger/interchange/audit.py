"""What an auditor takes away: the log, its seals, what a check found, and the answers, in one folder.

For one perspective and the seals kept up to it, the same bytes: nothing says when the folder was made. It holds
personal data, readable by its owner only; identity numbers are never in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

from ledger.bootstrap import Ledger
from ledger.domain.time import Perspective
from ledger.persistence.archive import Extent
from ledger.persistence.notes import PublicKeys, SealsFile, SignedSeal

PACKAGE = 1
"""Version of the form of the folder."""
LOG, SEALS, KEYS, SUMS, MANIFEST = "ledger.backup", "seals.txt", "public-keys.txt", "SHA256SUMS", "manifest.json"
README = """审计资料包 AUDIT PACKAGE

本文件夹是台账在一个时点上的全部登记、封印、核对结果和答案，含个人信息，请妥善保管。
This folder holds a ledger as of one date and as known at one entry: every entry, the seals, what a check
found, and the answers. It holds personal data: keep it where nobody else can read it.

1. 文件是否完整 Are the files those that were written?
       sha256sum -c SHA256SUMS
2. 登记是否被改动（只需 Python）Was an entry changed? (needs nothing but Python)
       python3 verify_chain.py ledger.backup seals.txt public-keys.txt
   公钥和封印应取自另处保存的副本，不要只信本文件夹里的。
   Take the public keys, and the seals, from where they were kept elsewhere; those in this folder prove
   nothing about whoever wrote the folder.
3. 用程序复核答案 Ask the same questions again:
       sledger restore ledger.backup again.db
       sledger --ledger again.db headcount --on DATE --known-at POSITION --json

manifest.json   截至日期、知悉时点、校验链 the perspective, the chain's hash, every file
ledger.backup   全部登记（原样）every entry as stored        entries.jsonl  同上，便于阅读 the same, to read
verify.json     核对结果 what a check found                answers/       人数、花名册、借调、问题、政策、扫描件
"""


class Package:
    """A folder being filled; every file is listed with its hash."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.listed: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        """Write a file."""
        self.stream(name, [content])

    def stream(self, name: str, content: Iterable[bytes]) -> None:
        """As `add`, piece by piece."""
        path = self._folder / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(content)
        self.note(name)

    def note(self, name: str) -> None:
        """List a file that somebody else has written."""
        with (self._folder / name).open("rb") as file:
            self.listed[name] = hashlib.file_digest(file, "sha256").hexdigest()

    def document(self, name: str, told: Any) -> None:
        """Write a JSON document."""
        self.add(name, json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n")

    def path(self, name: str) -> Path:
        """Where a file lies."""
        return self._folder / name


def audit_package(
    ledger: Ledger,
    folder: Path,
    p: Perspective,
    keys: str,
    version: str,
    progress: Callable[[int, int], None] | None = None,
) -> bool:
    """Make the folder; whether the check it tells of found nothing wrong. `keys`: the public keys to believe, as text.

    It appears complete or not at all. Raises FileExistsError, LedgerDamaged, OSError.
    """
    if folder.exists() or folder.is_symlink():
        raise FileExistsError(folder)
    part = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    part.mkdir(mode=0o700)
    try:
        sound = _fill(Package(part), ledger, p, keys, version, progress)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return sound


def _fill(
    package: Package,
    ledger: Ledger,
    p: Perspective,
    keys: str,
    version: str,
    progress: Callable[[int, int], None] | None,
) -> bool:
    seals = [one for one in ledger.seals() if one.seal.position <= p.known_at]
    package.add("README.txt", README.encode())
    package.add("verify_chain.py", files("ledger.interchange").joinpath("data/verify_chain.txt").read_bytes())
    package.add(SEALS, "".join(f"{one.note()}\n" for one in seals).encode())
    package.add(KEYS, keys.encode("ascii"))
    ledger.backup(package.path(LOG), progress, Extent(upto=p.known_at))
    package.note(LOG)
    lines = chain.from_iterable(ledger.log_pages(known_at=p.known_at))
    package.stream("entries.jsonl", (json.dumps(line.to_json(), ensure_ascii=False).encode() + b"\n" for line in lines))
    checked = _checked(ledger, p, seals, PublicKeys(keys.split()), progress)
    package.document("verify.json", checked)
    for name, told in _answers(ledger, p):
        package.document(f"answers/{name}.json", told)
    package.document(MANIFEST, _manifest(ledger, p, version, package.listed))
    sums = "".join(f"{digest}  {name}\n" for name, digest in sorted(package.listed.items()))
    package.add(SUMS, sums.encode())
    return bool(checked["ok"])


def _checked(
    ledger: Ledger,
    p: Perspective,
    seals: list[SignedSeal],
    keys: PublicKeys,
    progress: Callable[[int, int], None] | None,
) -> dict[str, Any]:
    """What `verify` says, told for the perspective; seals are compared only where there are keys to believe."""
    file = SealsFile(tuple(seals), keys) if any(keys.knows(one) for one in seals) else None
    found = ledger.verify(progress, seals=file).to_json()
    return {**found, "positions": p.known_at, "tip": ledger.footing(p.known_at).tip}


def _answers(ledger: Ledger, p: Perspective) -> Iterator[tuple[str, Any]]:
    headcount = ledger.headcount(p).to_json()
    yield "headcount", headcount
    tops = [row["unit"] for row in headcount["rows"] if row["parent"] is None]
    yield "roster", {"rosters": [ledger.roster(p, unit).to_json() for unit in tops]}
    yield "secondments", ledger.secondments(p).to_json()
    yield "findings", ledger.findings(p, insufficient=True).to_json()
    yield "policy", ledger.policy(p).to_json()
    yield "attachments", {"rows": [one.to_json() for one in ledger.attached(known_at=p.known_at)]}


def _manifest(ledger: Ledger, p: Perspective, version: str, listed: dict[str, str]) -> dict[str, Any]:
    status = ledger.status()
    return {
        "sledger_audit_package": PACKAGE,
        "ledger_id": status["ledger_id"],
        "clock": status["clock"],
        "as_of": p.as_of.isoformat(),
        "known_at": p.known_at,
        **ledger.footing(p.known_at).to_json(),
        "program_version": version,
        "files": [{"file": name, "sha256": digest} for name, digest in sorted(listed.items())],
    }
