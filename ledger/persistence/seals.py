"""Seals of the log: made, kept in a table of their own, compared with the log, and proofs for one entry.

A seal says nothing new to whoever can write the ledger; kept elsewhere, it is what he cannot write.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, func, inspect, select

from ledger.domain.faults import N_
from ledger.domain.time import shown_instant
from ledger.persistence import merkle
from ledger.persistence.chain import genesis, link
from ledger.persistence.head import Head, read_head
from ledger.persistence.notes import PublicKeys, Seal, SignedSeal, parse_note
from ledger.persistence.schema import event, seal

PROOF = 1
"""Version of the form of a proof."""
_PAGE = 10_000

SealFaultKind = Literal["bad_signature", "unknown_key", "other_ledger", "truncated", "rewritten"]

SEAL_SENTENCES: dict[SealFaultKind, str] = {
    "bad_signature": N_("The seal of position {position} is forged: its signature is wrong."),
    "unknown_key": N_("The seal of position {position} was made with a key that is not among those to be believed."),
    "other_ledger": N_("The seal of position {position} belongs to another ledger."),
    "truncated": N_("The ledger was cut off: position {position} was sealed, and it ends at {found}."),
    "rewritten": N_("The entries up to position {position} are not those that were sealed."),
}


@dataclass(frozen=True, slots=True)
class SealFault:
    """The first seal, by position, that the ledger does not fulfil."""

    position: int
    kind: SealFaultKind
    found: int

    @property
    def sentence(self) -> str:
        """English message id with `{parameters}`."""
        return SEAL_SENTENCES[self.kind]

    @property
    def params(self) -> dict[str, object]:
        """The parameters of the sentence."""
        return {"position": self.position, "found": self.found}


@dataclass(frozen=True, slots=True)
class SealsReport:
    """How many seals the ledger was compared with, the last position among those it fulfils, the first fault."""

    checked: int
    good_up_to: int
    fault: SealFault | None

    def to_json(self) -> dict[str, Any]:
        """`checked`, `good_up_to`, `fault`."""
        told = None if self.fault is None else {"position": self.fault.position, "kind": self.fault.kind}
        return {"checked": self.checked, "good_up_to": self.good_up_to, "fault": told}


def _links(conn: Connection, upto: int) -> Iterator[tuple[int, bytes]]:
    """Position and link of every entry up to a position."""
    query = select(event.c.position, event.c.hash).where(event.c.position <= upto).order_by(event.c.position)
    after = 0
    while page := conn.execute(query.where(event.c.position > after).limit(_PAGE)).all():
        yield from ((position, bytes(found)) for position, found in page)
        after = page[-1].position


def state_now(conn: Connection, sealed_at: int) -> Seal:
    """The seal of all that is recorded in this snapshot, not yet signed."""
    head = read_head(conn)
    tree = merkle.Tree()
    for _position, found in _links(conn, head.position):
        tree.add(found)
    return Seal(head.ledger_id, head.position, tree.root(), head.tip, sealed_at)


def keep(conn: Connection, signed: SignedSeal) -> int:
    """Keep a seal in the ledger; returns its number."""
    seal.create(conn, checkfirst=True)  # ledgers of the first days have no such table
    number = int(conn.execute(select(func.coalesce(func.max(seal.c.number), 0))).scalar_one()) + 1
    conn.execute(seal.insert(), {"number": number, "position": signed.seal.position, "note": signed.note()})
    return number


def kept(conn: Connection) -> list[SignedSeal]:
    """The seals kept in the ledger, oldest first; what cannot be read is left out."""
    if not inspect(conn).has_table("seal"):
        return []
    notes = conn.execute(select(seal.c.note).order_by(seal.c.number)).scalars()
    return [found for found in map(parse_note, notes) if found is not None]


@dataclass(frozen=True, slots=True)
class Footing:
    """What an answer rests on: its last position, with the chain's hash there, and the newest seal up to there.

    `recorded_at`: when that entry was recorded, in microseconds; what came later is not in the answer.

    What the seal is worth is for `compare` to say.
    """

    tip: str
    seal: SignedSeal | None
    recorded_at: int | None = None

    def to_json(self) -> dict[str, Any]:
        """`recorded_at`, `tip` and `seal`: `position`, `tip`, `sealed_at`, `key`, or null."""
        head = {"recorded_at": None if self.recorded_at is None else shown_instant(self.recorded_at), "tip": self.tip}
        if self.seal is None:
            return {**head, "seal": None}
        seal = self.seal.seal
        told = {"position": seal.position, "tip": seal.tip.hex(), "sealed_at": shown_instant(seal.sealed_at)}
        return {**head, "seal": {**told, "key": self.seal.key_id.hex()}}


def footing(conn: Connection, position: int) -> Footing:
    """What an answer as known at a position rests on."""
    link = conn.execute(select(event.c.hash, event.c.recorded_at).where(event.c.position == position)).first()
    found = [one for one in kept(conn) if one.seal.position <= position]
    newest = max(found, key=lambda one: one.seal.position, default=None)
    return Footing("", newest) if link is None else Footing(bytes(link.hash).hex(), newest, link.recorded_at)


def compare(conn: Connection, seals: Sequence[SignedSeal], keys: PublicKeys) -> SealsReport:
    """Whether the log of this snapshot extends every one of these seals.

    The links themselves are checked by `chain.verify`; here they are only gathered.
    """
    head = read_head(conn)
    tree, last, good = merkle.Tree(), genesis(head.ledger_id), 0
    links = _links(conn, head.position)
    for signed in sorted(seals, key=lambda one: one.seal.position):
        sealed = signed.seal
        kind = _fault_of(signed, keys, head)
        if kind is None:
            while tree.size < sealed.position and (row := next(links, None)) is not None:
                last = row[1]
                tree.add(last)
            if tree.size < sealed.position or (last, tree.root()) != (sealed.tip, sealed.root):
                kind = "rewritten"
        if kind is not None:
            return SealsReport(len(seals), good, SealFault(sealed.position, kind, head.position))
        good = sealed.position
    return SealsReport(len(seals), good, None)


def _fault_of(signed: SignedSeal, keys: PublicKeys, head: Head) -> SealFaultKind | None:
    if not keys.knows(signed):
        return "unknown_key"
    if not keys.accept(signed):
        return "bad_signature"
    if signed.seal.ledger_id != head.ledger_id:
        return "other_ledger"
    return "truncated" if signed.seal.position > head.position else None


def prove(conn: Connection, position: int, signed: SignedSeal) -> dict[str, Any]:
    """A document that shows to anybody who has the seal, or its key, that this entry stands in the sealed ledger.

    It holds the entry itself and nothing of the others. `position` must be recorded and within the seal.
    """
    around = select(event).where(event.c.position.in_((position - 1, position))).order_by(event.c.position)
    rows = conn.execute(around).all()
    row = rows[-1]
    before = bytes(rows[0].hash) if len(rows) > 1 else genesis(signed.seal.ledger_id)
    links = (found for _position, found in _links(conn, signed.seal.position))
    hashes = merkle.path(links, position - 1, signed.seal.position)
    return {
        "sledger_proof": PROOF,
        "seal": signed.note(),
        "entry": {
            "position": row.position,
            "stream": row.originator_id,
            "version": row.originator_version,
            "topic": row.topic,
            "recorded_at": row.recorded_at,
            "state": bytes(row.state).decode(),
        },
        "before": before.hex(),
        "path": [one.hex() for one in hashes],
    }


def check_proof(text: str, keys: PublicKeys) -> Seal | None:
    """The seal under which a proof holds; None when it proves nothing."""
    try:
        proof = json.loads(text)
        signed, entry = parse_note(proof["seal"]), proof["entry"]
        made = link(
            bytes.fromhex(proof["before"]),
            entry["position"],
            entry["stream"],
            entry["version"],
            entry["topic"],
            entry["recorded_at"],
            entry["state"].encode(),
        )
        hashes = [bytes.fromhex(one) for one in proof["path"]]
        before = bytes.fromhex(proof["before"])
        if proof["sledger_proof"] != PROOF or any(len(one) != 32 for one in (before, *hashes)):
            return None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, struct.error):
        return None
    if signed is None or not keys.accept(signed):
        return None
    root = merkle.root_from(made, entry["position"] - 1, signed.seal.position, hashes)
    return signed.seal if root == signed.seal.root else None
