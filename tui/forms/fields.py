"""From an entry's class to the fields of its form: which kind of value each key takes, and how it is called."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from ledger.cli.words import measure
from ledger.domain import terms
from ledger.domain.entries import ENTRY_TYPES, Authority, QuotaEntry
from ledger.domain.policy import PROFILES
from ledger.domain.terms import KIND_MEASURES, MEASURES, ON_ROLL_KINDS
from ledger.locale import N_, _, term
from tui.forms.catalogue import FormSpec
from tui.naming import UNIT_KEYS

Kind = Literal[
    "person", "unit", "entry", "date", "last_day", "choice", "number", "signed", "flag", "text", "list", "pairs", "held"
]
"""What a field takes; `held`: a position that the person holds, `pairs`: `name=value; name=value`."""
PICKED: frozenset[Kind] = frozenset({"person", "unit", "entry", "choice", "flag", "held"})
"""Kinds whose value is one of several that are offered below the fields."""

WORDS: Mapping[type[StrEnum], str] = {
    terms.UnitKind: "unit_kind",
    terms.Level: "level",
    terms.Establishment: "establishment",
    terms.SecondmentKind: "secondment_kind",
    terms.EndReason: "outcome",
    terms.LeaveKind: "leave",
    terms.DepartureReason: "departure",
    terms.FreezeMode: "freeze_mode",
    terms.Gender: "gender",
    terms.Identity: "identity",
    terms.Precision: "precision",
}
"""Closed list -> the group of its words."""
AUTHORITY = tuple(f"authority.{key}" for key in ("document_no", "issued_by", "issued_on", "title"))
_NAMED: Mapping[str, Kind] = {"person": "person", "entry": "entry", "profile": "choice"}
TAIL = (*AUTHORITY, "note", "reviewed_by", "effective_precision", "baseline")
"""Keys that every entry may carry; they come last."""
REASON = "correction.reason"
"""Why an entry is corrected; beside the keys of its replacement."""
HIDDEN = frozenset({"type", "id", "attributes", "authority", "replacement"})
OTHERS = "measures.*"
"""Measures that a report gives by rank, and any other by its name."""
SPECIAL_LABELS: Mapping[tuple[str, str], str] = {
    ("unit_established", "unit"): N_("Code of the unit"),
    ("hired", "person"): N_("Number of the person"),
    ("secondment_started", "until"): N_("Term or last day"),
    ("secondment_extended", "until"): N_("New last day"),
    ("person_described", "name"): N_("Name of the person"),
    ("hired", "name"): N_("Name of the person"),
    ("unit_merged", "into"): N_("Merged into"),
    ("quota_moved", "unit"): N_("Giving unit"),
    ("quota_moved", "to"): N_("Receiving unit"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a form. `group`: whose words a choice has; `codes`: what may be chosen.

    `default`: the code that the ledger takes when nothing is chosen.
    """

    key: str
    kind: Kind
    label: str
    required: bool = False
    codes: tuple[str, ...] = ()
    group: str = ""
    many: bool = False
    default: str = ""

    def word(self, code: str) -> str:
        """How a code is called."""
        if self.kind == "flag":
            return _("yes") if code == "true" else _("no")
        return term(self.group, code) if self.group else code


def fields_of(spec: FormSpec) -> tuple[Field, ...]:
    """The fields of a form, in order, with labels in the language in use."""
    return tuple(_field(spec, key) for key in keys_of(spec))


def fields_to_correct(spec: FormSpec) -> tuple[Field, ...]:
    """As `fields_of`, for one person, with the reason of the correction first."""
    fields = (replace(one, many=False) for one in fields_of(spec))
    return (Field(REASON, "text", _("Reason of the correction"), required=True), *fields)


def keys_of(spec: FormSpec) -> list[str]:
    """Every key of the entry type once: those named first, then the class's own, then those of all entries."""
    model = ENTRY_TYPES[spec.type].model_fields
    own = [key for key in model if key not in HIDDEN and key not in TAIL]
    tail = [key for key in TAIL if key.startswith("authority.") or key in model]
    if spec.type == "corrected":
        return list(spec.order)  # the rest belongs to the replacement, which has the form of its type
    ordered = dict.fromkeys((*spec.order, *own, *tail))
    return [part for key in ordered for part in _parts(key)]


def _parts(key: str) -> Iterator[str]:
    """Maps with known names become a field for each name."""
    if key == "measures":
        yield from (f"measures.{name}" for name in MEASURES)
        yield from (f"measures.{name}.{kind}" for name in KIND_MEASURES[:2] for kind in ON_ROLL_KINDS)
        yield OTHERS
    elif key == "target":
        yield from (f"target.{kind}" for kind in ON_ROLL_KINDS)
    else:
        yield key


def _field(spec: FormSpec, key: str) -> Field:
    base, _dot, rest = key.partition(".")
    if base == "measures":
        label = _("Other numbers") if key == OTHERS else measure(rest)
        return Field(key, "pairs" if key == OTHERS else "signed", label)
    if base == "target":
        return Field(key, "number", f"{term('key', base)} {term('establishment', rest)}")
    if base == "authority":
        kind: Kind = "date" if rest == "issued_on" else "text"
        return Field(key, kind, term("authority", rest), key in spec.needed)
    info = ENTRY_TYPES[spec.type].model_fields[key]
    kind, codes, group = _kind(spec.type, key)
    special = SPECIAL_LABELS.get((spec.type, key))
    label = _(special) if special else term("key", key)
    required = info.is_required() or key in spec.needed
    default = "" if required else _code(info.get_default())
    return Field(key, kind, label, required, codes, group, many=spec.many and key == "person", default=default)


def _code(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return str(default) if isinstance(default, str) else ""


@lru_cache
def _kind(entry_type: str, key: str) -> tuple[Kind, tuple[str, ...], str]:
    """(kind, codes, group of words) of a key that is no map."""
    named = _kind_of_name(entry_type, key)
    if named is not None:
        return named, tuple(PROFILES) if key == "profile" else (), "profile" if key == "profile" else ""
    leaves = list(_leaves(ENTRY_TYPES[entry_type].model_fields[key].annotation))
    first = leaves[0]
    if isinstance(first, type) and issubclass(first, StrEnum):
        posts = issubclass(ENTRY_TYPES[entry_type], QuotaEntry)  # nobody holds a post outside the establishment
        return "choice", tuple(map(str, ON_ROLL_KINDS if posts and key == "establishment" else first)), WORDS[first]
    if get_origin(first) is Literal:
        return "choice", tuple(map(str, get_args(first))), "scope" if key == "scope" else ""
    kinds: Mapping[Any, Kind] = {bool: "flag", int: "signed" if key == "change" else "number"}
    if first is date:
        return ("last_day" if key == "until" else "date"), (), ""
    if get_origin(first) is tuple:
        return "list", (), ""
    if get_origin(first) is dict:
        return "pairs", (), ""
    kind = kinds.get(first, "text")
    return kind, ("true", "false") if kind == "flag" else (), ""


def _kind_of_name(entry_type: str, key: str) -> Kind | None:
    """Of keys whose name says more than their type: they name something that is in the ledger, or will be."""
    if (entry_type, key) in (("hired", "person"), ("unit_established", "unit")):
        return "text"
    if (entry_type, key) == ("relieved", "title"):
        return "held"
    if key in UNIT_KEYS:
        return "unit"
    return _NAMED.get(key)


def _leaves(annotation: object) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _leaves(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _leaves(part)
    elif annotation is not type(None):
        yield annotation


assert {f"authority.{key}" for key in Authority.model_fields} - set(AUTHORITY) == {"authority.sha256"}
