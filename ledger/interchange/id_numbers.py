"""Identity numbers of a roster: each goes with its row into the table beside the entries, or nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.application import Receipt, Recording
from ledger.application.identifying import keep_id_number
from ledger.bootstrap import Ledger
from ledger.domain.acts import IdNumberSet
from ledger.domain.entries import PersonEntry
from ledger.domain.refusals import Refused
from ledger.interchange.drafts import Draft
from ledger.interchange.remarks import Remark
from ledger.persistence.vault import IdKey, Vault


def judge_id_numbers(ledger: Ledger, drafts: Sequence[Draft], key: IdKey | None) -> None:
    """Refuse rows whose number belongs to another person, of the ledger or of a row before.

    Without a key, leave all numbers out. Raises OtherIdKey.
    """
    told = [draft for draft in drafts if draft.id_number is not None and draft.stands and draft.entries]
    if told and key is None:
        told[0].remarks.append(Remark("id_numbers_left_out", {"count": len(told)}))
    if key is None:
        for draft in told:
            draft.id_number = None
        return
    with ledger.store.read() as conn:
        holders = Vault(conn, ledger.store.head(conn).ledger_id).holders(key)
    for draft in told:
        other = holders.setdefault(key.digest(draft.id_number or ""), _person(draft))
        if other != _person(draft):
            draft.refused = Refused("id_number_taken", {"person": _person(draft), "other": other})


def keep_of_row(recording: Recording, draft: Draft, key: IdKey | None) -> Receipt | Refused | None:
    """Keep the number of a row that was recorded; None where it has none."""
    if draft.id_number is None or key is None:
        return None
    return keep_id_number(recording, IdNumberSet(person=_person(draft)), draft.id_number, key)


def _person(draft: Draft) -> str:
    entry = draft.entries[0]
    assert isinstance(entry, PersonEntry)
    return entry.person
