"""Identity numbers of people: set, shown, erased, each an act with officer and instant (docs/decisions/0024)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.application.part import Part
from ledger.application.recording import Receipt, Recording
from ledger.application.subjects import outside_subject
from ledger.domain import acts as a
from ledger.domain.access import deed_of
from ledger.domain.faults import UnknownPerson
from ledger.domain.identity import is_id_number, normal
from ledger.domain.reading import read_act
from ledger.domain.refusals import Refused
from ledger.persistence.vault import IdKey, Vault


class Identifying(Part):
    """Part of an open ledger; the method it rests on is the ledger's. Numbers are kept for people it knows."""

    def id_numbers(self) -> Mapping[str, str]:
        """Person -> masked number, of everybody who has one; that is no access, and is not recorded."""
        with self.store.read() as conn:
            return Vault(conn, self.store.head(conn).ledger_id).masked()

    def set_id_number(self, person: str, number: str, key: IdKey) -> Receipt | Refused:
        """Keep a number for a person, in the place of the one before. Raises UnknownPerson, OtherIdKey."""
        act = read_act(a.IdNumberSet, {"person": person})
        number = normal(number)
        if isinstance(act, Refused):
            return act
        with self.recording() as recording:
            return keep_id_number(recording, act, number, key)

    def reveal_id_number(self, person: str, key: IdKey, reason: str) -> tuple[str, Receipt] | Refused:
        """The whole number, once it is recorded that it was shown. Raises UnknownPerson, OtherIdKey, LedgerDamaged."""
        act = read_act(a.IdNumberShown, {"person": person, "reason": reason})
        if isinstance(act, Refused):
            return act
        with self.recording() as recording:
            vault = _vault(recording, act)
            number = vault if isinstance(vault, Refused) else vault.reveal(person, key)
            if number is None:
                return Refused("id_number_absent", {"person": person})
            if isinstance(number, Refused):
                return number
            receipt = _note(recording, act)
        return number, receipt

    def erase_id_number(self, person: str, reason: str) -> Receipt | Refused:
        """Take a number away for good; the chain holds nothing of it. Raises UnknownPerson."""
        act = read_act(a.IdNumberErased, {"person": person, "reason": reason})
        if isinstance(act, Refused):
            return act
        with self.recording() as recording:
            vault = _vault(recording, act)
            if isinstance(vault, Refused):
                return vault
            if not vault.erase(person):
                return Refused("id_number_absent", {"person": person})
            return _note(recording, act)


def keep_id_number(recording: Recording, act: a.IdNumberSet, number: str, key: IdKey) -> Receipt | Refused:
    """Within a transaction: keep a number in its normal form, unless it is none or somebody else's."""
    vault = _vault(recording, act)
    if isinstance(vault, Refused):
        return vault
    if not is_id_number(number):
        return Refused("id_number_wrong", {})
    other = vault.holder(number, key)
    if other not in (None, act.person):
        return Refused("id_number_taken", {"person": act.person, "other": other})
    vault.keep(act.person, number, key)
    return _note(recording, act)


def _vault(recording: Recording, act: a.IdNumberAct) -> Vault | Refused:
    """The table, for somebody the ledger knows and an officer who may do this."""
    if not recording.world.places(f"person:{act.person}"):
        raise UnknownPerson(name=act.person, nearest="")
    refused = recording.forbids(deed_of(act)) or outside_subject(recording, f"person:{act.person}")
    unit = recording.world.unit
    return refused or Vault(unit.conn, unit.head.ledger_id)


def _note(recording: Recording, act: a.IdNumberAct) -> Receipt:
    done: Any = recording.act(f"{act.stream_kind}:{act.person}", act)
    return Receipt(done.position, done.event.id, done.recorded_at)
