"""From a refusal or fault to what an officer reads: one sentence and one remedy, filled in and translated."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Protocol, runtime_checkable

from ledger.locale import _, term

DEPTH = 3
"""A refusal may rest on another one; deeper than this nobody reads on."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "establishment": ("establishment",),
    "kind": ("unit_kind", "secondment_kind", "leave"),
    "type": ("entry",),
    "other_type": ("entry",),
    "measure": ("measure",),
    "state": ("alert_state",),
    "role": ("role",),
    "needed": ("role",),
}
"""Parameters that hold a code of a closed list -> the lists it may come from."""
MESSAGES = frozenset({"problem", "expected", "reason", "detail"})
"""Parameters that are themselves message ids, where the catalogue has them."""


class Text(Protocol):
    """The two message ids of a refusal."""

    @property
    def sentence(self) -> str:
        """What is wrong."""

    @property
    def remedy(self) -> str:
        """What to do instead."""


@runtime_checkable
class Refusal(Protocol):
    """What a refusal shows of itself."""

    @property
    def text(self) -> Text:
        """Its message ids."""

    @property
    def params(self) -> Mapping[str, object]:
        """What fills them."""


class _Filled(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def placeholders(message: str) -> frozenset[str]:
    """The names in braces of a message id."""
    return frozenset(_names(message))


def _names(message: str) -> Iterator[str]:
    for _before, name, _spec, _conversion in string.Formatter().parse(message):
        if name is not None:
            yield name


def fill(message: str, params: Mapping[str, object]) -> str:
    """The translated message with its parameters filled in; a parameter that is missing shows as `?`."""
    told = {name: _shown(name, params[name], 0) for name in placeholders(message) if name in params}
    return _(message).format_map(_Filled(told))


def sentence(refused: Refusal, depth: int = 0) -> str:
    """What is wrong, with the refusal it rests on where there is one."""
    text = refused.text.sentence
    told = {name: _shown(name, refused.params[name], depth) for name in placeholders(text) if name in refused.params}
    return _(text).format_map(_Filled(told))


def remedy(refused: Refusal) -> str:
    """What to do instead."""
    return fill(refused.text.remedy, refused.params)


def _shown(name: str, value: object, depth: int) -> str:
    if not isinstance(value, str | date) and isinstance(value, Refusal):  # a protocol is slow to ask about
        return sentence(value, depth + 1) if depth < DEPTH else "…"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return _(", ").join(_shown(name, one, depth) for one in value)
    if name in MESSAGES and isinstance(value, str):
        return _(value)
    text = str(value)
    for group in GROUPS.get(name, ()):
        word = term(group, text)
        if word != text:
            return word
    return text
