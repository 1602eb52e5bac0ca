"""Sealing: what makes a ledger's past checkable by whoever keeps a seal elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ledger.application.granting import Granting
from ledger.domain.access import Deed
from ledger.domain.faults import N_, UnknownEntry, WrongUsage
from ledger.persistence import notes, seals
from ledger.persistence.notes import SealsFile, SignedSeal
from ledger.persistence.seals import Footing, SealsReport


class NotSealed(WrongUsage):
    """No seal covers the entry. `position`."""

    code = "not_sealed"
    sentence = N_("No seal covers position {position} yet.")
    remedy = N_("Make a seal first: sledger seal make")


class Sealing(Granting):
    """The part of a ledger that makes and compares seals."""

    def seal(self, key: Path, to: Path | None = None) -> SignedSeal:
        """Sign the state of the ledger, keep the seal in it, and add it to the file `to`.

        Raises KeyUnsafe, NotAKey, OSError, LedgerFault.
        """
        self.require(Deed.KEEP)
        signer = notes.load_key(key, self.store.path)
        with self.store.read() as conn:
            state = seals.state_now(conn, 0)
        with self.recording() as recording:
            recording.require(Deed.KEEP)
            unit = recording.world.unit
            state = notes.Seal(state.ledger_id, state.position, state.root, state.tip, unit.recorded_at)
            signed = signer.sign(state)
            seals.keep(unit.conn, signed)
        if to is not None:
            notes.add_to_file(to, signed, notes.key_text(signer.public))
        return signed

    def seals(self) -> list[SignedSeal]:
        """The seals kept in the ledger, oldest first."""
        with self.store.read() as conn:
            return seals.kept(conn)

    def footing(self, known_at: int) -> Footing:
        """What an answer as known at a position rests on: the chain's hash there, and the newest seal up to there."""
        with self.store.read() as conn:
            return seals.footing(conn, known_at)

    def compare(self, file: SealsFile) -> SealsReport:
        """Whether the ledger extends these seals, made with these keys."""
        with self.store.read() as conn:
            return seals.compare(conn, file.seals, file.keys)

    def prove(self, ref: str | int) -> dict[str, Any]:
        """A proof that an entry stands under the newest seal kept. Raises UnknownEntry, NotSealed."""
        with self.store.read() as conn:
            position = ref if isinstance(ref, int) else (self.store.find(conn, ref) or (0, b""))[0]
            if not 1 <= position <= self.store.head(conn).position:
                raise UnknownEntry(name=str(ref), nearest="")
            covering = [one for one in seals.kept(conn) if one.seal.position >= position]
            if not covering:
                raise NotSealed(position=position)
            return seals.prove(conn, position, covering[-1])
