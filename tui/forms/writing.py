"""Trying an entry out and recording it, with an eye on what others do meanwhile. Blocks: workers call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from ledger.application import Receipt
from ledger.bootstrap import Effect
from ledger.domain.faults import LedgerConflict, UnknownEntry
from ledger.domain.refusals import Refused
from ledger.queries.log import LogLine
from tui.forms.lookup import others_since, subjects_of
from tui.naming import NAMELESS, Names, names_in
from tui.port import Port

TRIES = 5

Entries = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Tried:
    """What recording would do. `seen`: the ledger's end it was tried at; `others`: what others recorded before that."""

    entries: Entries
    seen: int
    effect: Effect
    others: tuple[LogLine, ...] = ()
    names: Names = NAMELESS
    """Of what a refusal speaks of."""

    @property
    def told(self) -> Effect:
        """The effect; a refusal by names."""
        result = self.effect.result
        return replace(self.effect, result=self.names.refused(result)) if isinstance(result, Refused) else self.effect


@dataclass(frozen=True, slots=True)
class Recorded:
    """Entries that are in the ledger now."""

    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    """The ledger refused the entry at `index`; nothing was recorded."""

    refused: Refused
    index: int
    told: Refused
    """The same, by names."""


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Others recorded about the same people or units since the officer looked; nothing was recorded."""

    others: tuple[LogLine, ...]


def try_entries(
    port: Port, entries: Entries, since: int | None, own: frozenset[str], *, findings: bool = False
) -> Tried:
    """What the entries would do. `since`: when the officer first looked; `findings`: the slow part as well."""
    seen = port.newest()
    others = () if since is None else tuple(others_since(port, since, subjects(port, entries), own | ids(entries)))
    effect = port.ledger.try_all(entries, findings=findings)
    names = _names(port, effect.result) if isinstance(effect.result, Refused) else NAMELESS
    return Tried(entries, seen, effect, others, names)


def _names(port: Port, refused: Refused) -> Names:
    return names_in(port, port.ledger.perspective(), [refused.params])


def commit(port: Port, tried: Tried, own: frozenset[str]) -> Recorded | Declined | Overtaken:
    """Record what was tried; not if others recorded about the same subjects since. Raises LedgerFault."""
    seen = tried.seen
    for _try in range(TRIES):
        try:
            results = port.ledger.record_all(tried.entries, seen=seen)
        except LedgerConflict:
            newest = port.newest()
            others = others_since(port, seen, subjects(port, tried.entries), own | ids(tried.entries))
            if others:
                return Overtaken(tuple(others))
            seen = newest
            continue
        return _outcome(port, results)
    # others record faster than we look, about other subjects
    return _outcome(port, port.ledger.record_all(tried.entries))


def _outcome(port: Port, results: Sequence[Receipt | Refused]) -> Recorded | Declined:
    last = results[-1]
    if isinstance(last, Refused):
        return Declined(last, len(results) - 1, _names(port, last).refused(last))
    return Recorded(tuple(one for one in results if isinstance(one, Receipt)))


def ids(entries: Entries) -> frozenset[str]:
    """The ids the entries are recorded under."""
    return frozenset(str(one["id"]) for one in entries if "id" in one)


def subjects(port: Port, entries: Entries) -> set[str]:
    """Everything that entries are about."""
    found: set[str] = set()
    for one in entries:
        content = one.get("replacement", one)
        found |= subjects_of(content)
        if one["type"] in ("reversed", "corrected"):
            with suppress(UnknownEntry):
                found |= subjects_of(port.ledger.line(one["entry"]).content)
    return found
