"""Names for the codes of units and people in entries and refusals: officers know names, the ledger tells codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ledger.domain.refusals import Refused
from ledger.domain.time import Perspective
from tui.port import Port

UNIT_KEYS = frozenset({"unit", "parent", "stationed_at", "into", "to", "host"})
"""Keys of entries that hold the code of a unit."""
UNITS = "units"
"""Key of an alert's acts that holds the codes of all units it concerns."""
UNITS_TOLD = UNIT_KEYS | {"other", "home", "from"}
"""The same of refusals."""


@dataclass(frozen=True, slots=True)
class Names:
    """Code -> name, of units and of people."""

    units: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)

    def of(self, content: Mapping[str, Any], *, coded: bool = False) -> dict[str, Any]:
        """What an entry says, by names. A person keeps the number beside it, since names are borne by several.

        Where the entry itself gives a name, its code stays; `coded`: units keep their codes as well.
        """
        return {
            key: value if "name" in content else self._of(key, value, coded=coded) for key, value in content.items()
        }

    def _of(self, key: str, value: Any, *, coded: bool) -> Any:
        if isinstance(value, Mapping):
            return self.of(value, coded=coded)
        if isinstance(value, Refused):
            return self.refused(value)
        if key == UNITS and isinstance(value, list | tuple):
            return [self._of("unit", one, coded=coded) for one in value]
        if not isinstance(value, str):
            return value
        name = (self.people if key == "person" else self.units if key in UNITS_TOLD else {}).get(value, value)
        return f"{name} {value}" if name != value and (coded or key == "person") else name

    def whom(self, content: Mapping[str, Any]) -> str:
        """The person, else the unit, that an entry is about; for a correction what it puts in the place."""
        inner = content.get("replacement") or content
        person, unit = inner.get("person"), inner.get("unit", "")
        return self.units.get(unit, unit) if person is None else self.people.get(person, person)

    def refused(self, refused: Refused) -> Refused:
        """A refusal, to be told by names."""
        return replace(
            refused, params={key: self._of(key, value, coded=False) for key, value in refused.params.items()}
        )


NAMELESS = Names()
"""Where nothing has to be named."""


def names_in(port: Port, p: Perspective, contents: Iterable[Mapping[str, Any]]) -> Names:
    """The names on the day of everything that entries or refusals give the codes of."""
    units: set[str] = set()
    people: set[str] = set()
    for content in contents:
        for key, code in _codes(content):
            (people if key == "person" else units).add(code)
    ledger = port.ledger
    return Names(ledger.unit_names(p, units) if units else {}, ledger.people_names(p, people) if people else {})


def _codes(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield from _codes(value)
        elif isinstance(value, Refused):
            yield from _codes(value.params)
        elif key == UNITS and isinstance(value, list | tuple):
            yield from (("unit", code) for code in value)
        elif isinstance(value, str) and (key == "person" or key in UNITS_TOLD):
            yield key, value
