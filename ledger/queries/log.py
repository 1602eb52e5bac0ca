"""The entries themselves: what was recorded, by whom, when, and what became of it (spec 2.3 log)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain.entries import Corrected, DatedEntry
from ledger.domain.events import Recorded
from ledger.domain.time import shown_instant


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry. `reversed_by`: position of the reversal or correction that took it out of effect by K."""

    position: int
    id: str
    type: str
    effective_on: str | None
    recorded_at: str
    recorded_by: str
    reversed_by: int | None
    target: int | None
    content: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The keys of spec 2.3, and the entry's own."""
        told = {
            "position": self.position,
            "id": self.id,
            "type": self.type,
            "effective_on": self.effective_on,
            "recorded_at": self.recorded_at,
            "recorded_by": self.recorded_by,
            "reversed_by": self.reversed_by,
            "target": self.target,
        }
        return {**told, **{key: value for key, value in self.content.items() if key not in told}}


@dataclass(frozen=True, slots=True)
class LogAnswer:
    """Entries in the order of their positions."""

    entries: tuple[LogLine, ...]

    def to_json(self) -> dict[str, Any]:
        """`entries`, each with the keys of the person answer's."""
        return {"entries": [line.to_json() for line in self.entries]}


def log_lines(recorded: Iterable[Recorded], targets: Mapping[int, int], known_at: int) -> list[LogLine]:
    """The lines of recorded entries. `targets`: position -> what took it out of effect, whenever."""
    return [_line(one, targets.get(one.position), known_at) for one in recorded if one.position <= known_at]


def _line(one: Recorded, by: int | None, known_at: int) -> LogLine:
    entry = one.event.entry
    inner = entry.replacement if isinstance(entry, Corrected) else entry
    effective = inner.effective_on.isoformat() if isinstance(inner, DatedEntry) else None
    content = entry.content()
    source = one.event.source
    if source is not None:
        content |= {f"source_{key}": value for key, value in source.model_dump(exclude_none=True).items()}
    return LogLine(
        one.position,
        one.event.id,
        entry.type,
        effective,
        shown_instant(one.recorded_at),
        one.event.recorded_by,
        by if by is not None and by <= known_at else None,
        one.event.target,
        content,
    )
