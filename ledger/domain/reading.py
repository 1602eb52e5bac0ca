"""From a JSON object to an entry, or to a refusal that says what to mend (spec 2.2)."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ledger.domain.acts import Act
from ledger.domain.entries import (
    DATED_TYPES,
    ENTRY_TYPES,
    Authority,
    Corrected,
    DatedEntry,
    Entry,
    PersonDescribed,
    PersonEntry,
    PolicyAdopted,
    QuotaEntry,
    QuotaMoved,
    UnitEstablished,
    UnitMerged,
    UnitStationed,
)
from ledger.domain.events import Source
from ledger.domain.refusals import Refused
from ledger.domain.terms import KIND_MEASURES, MEASURES, Establishment
from ledger.domain.text import TEXT_PROBLEMS, UNSAFE, TextProblem, all_seen, composed

RECORDING_KEYS = ("position", "recorded_at", "recorded_by")
"""Keys the store gives; on an imported line they are provenance, not content (spec 2.2)."""
_SOURCE_KEYS = frozenset((*RECORDING_KEYS, *(f"source_{key}" for key in RECORDING_KEYS)))

_EXPECTED = {
    "date": "a date YYYY-MM-DD",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "string_type": "text",
    "string_too_short": "at least one character",
    "string_too_long": "a shorter text",
    "string_pattern_mismatch": "64 hexadecimal digits",
    "dict_type": "an object",
    "tuple_type": "a list",
    "model_type": "an object",
    "greater_than_equal": "a number that is not negative",
    "less_than_equal": "a smaller number",
}


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like the one given, for “did you mean”."""
    names = list(known)
    return next(iter(difflib.get_close_matches(name, names, 1, 0.0)), names[0])


def read_entry(raw: object) -> tuple[Entry, Source | None] | Refused:
    """The entry an object states, with the recording data it carried; or the first thing wrong with it."""
    if not isinstance(raw, Mapping):
        return Refused("not_an_object")
    given: dict[str, Any] = {key: value for key, value in raw.items() if value is not None}
    source = _source(given)
    entry_type = given.get("type")
    if entry_type is None:
        return Refused("missing_key", {"type": "?", "key": "type"})
    model = ENTRY_TYPES.get(entry_type) if isinstance(entry_type, str) else None
    if model is None:
        return Refused("unknown_type", {"type": _short(entry_type), "nearest": nearest(str(entry_type), ENTRY_TYPES)})
    if isinstance(given.get("replacement"), Mapping):
        given["replacement"] = {key: value for key, value in given["replacement"].items() if value is not None}
    try:
        unseen = next((key for key, value in given.items() if not all_seen(value)), None)
        if unseen is not None:
            return Refused("bad_text", {"key": unseen, "problem": TEXT_PROBLEMS["control_character"]})
        entry = model.model_validate(composed(given))
    except ValidationError as error:
        return _told(error.errors(include_url=False), model, given)
    except (RecursionError, ValueError):
        return Refused("bad_value", {"key": "?", "value": _short(raw), "expected": "a plain entry object"})
    return _unfit(entry) or (entry, source)


Done = TypeVar("Done", bound=Act)


def read_act(model: type[Done], given: Mapping[str, Any]) -> Done | Refused:
    """The act some values make, or the first thing wrong with them."""
    told = {key: value for key, value in given.items() if value is not None}
    try:
        return model.model_validate(composed(told))
    except ValidationError as error:
        return _told(error.errors(include_url=False), model, {"type": model.model_fields["type"].default, **told})


def _source(given: dict[str, Any]) -> Source | None:
    if _SOURCE_KEYS.isdisjoint(given):  # so it is for all but exported entries
        return None
    kept = {key: given.pop(key) for key in RECORDING_KEYS if key in given}
    earlier = {key: given.pop(f"source_{key}") for key in RECORDING_KEYS if f"source_{key}" in given}
    kept = {**kept, **earlier}
    position = kept.get("position")
    return Source(
        position=position if isinstance(position, int) else None,
        recorded_at=UNSAFE.sub("", str(kept["recorded_at"]))[:64] if "recorded_at" in kept else None,
        recorded_by=UNSAFE.sub("", str(kept["recorded_by"]))[:120] if "recorded_by" in kept else None,
    )


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _fields(model: type[Entry], location: tuple[int | str, ...]) -> list[str]:
    if location and location[0] == "authority":
        return list(Authority.model_fields)
    if location and location[0] == "replacement":
        inner = DATED_TYPES.get(str(location[1])) if len(location) > 1 else None
        return list((inner or model).model_fields)
    return list(model.model_fields)


_UNION_PARTS = ("str", "int", "constrained-int", "constrained-str", "function-after[_single_line(), constrained-str]")
_ORDER = ("union_tag_invalid", "union_tag_not_found", "extra_forbidden", "missing")


def _told(errors: list[ErrorDetails], model: type[Entry], given: Mapping[str, Any]) -> Refused:
    """The first problem in the order: kind of entry, unknown key, missing key, value."""
    rank = {kind: index for index, kind in enumerate(_ORDER)}
    error = min(errors, key=lambda one: rank.get(one["type"], len(_ORDER)))
    location = tuple(part for part in error["loc"] if str(part) not in _UNION_PARTS)
    key = ".".join(str(part) for part in location if part not in DATED_TYPES) or "?"
    kind = error["type"]
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        told = given.get("replacement")
        found = told.get("type") if isinstance(told, Mapping) else None
        return Refused("unknown_type", {"type": _short(found), "nearest": nearest(str(found), DATED_TYPES)})
    if kind == "extra_forbidden":
        known = _fields(model, location[:-1])
        name = nearest(str(location[-1]), [field for field in known if field != "type"])
        return Refused("unknown_key", {"type": given["type"], "key": key, "nearest": name})
    if kind == "missing":
        return Refused("missing_key", {"type": given["type"], "key": key})
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, TextProblem):
        return Refused("bad_text", {"key": key, "problem": TEXT_PROBLEMS[cause.code]})
    if cause is not None and str(cause).startswith("measure:"):
        measures = [*MEASURES, *(f"{m}.{k}" for m in KIND_MEASURES for k in Establishment)]
        name = str(cause).removeprefix("measure:")
        return Refused("unknown_measure", {"measure": name, "nearest": nearest(name, measures)})
    return Refused("bad_value", {"key": key, "value": _short(error["input"]), "expected": _expected(error)})


def _expected(error: ErrorDetails) -> str:
    told = error.get("ctx", {}).get("expected")
    if told is not None:
        return str(told).replace("'", "")
    cause = error.get("ctx", {}).get("error")
    return _EXPECTED.get(str(cause) if cause is not None else error["type"], "another value")


def _unfit(entry: Entry) -> Refused | None:
    """What a class alone cannot tell: keys that must fit each other."""
    inner = entry.replacement if isinstance(entry, Corrected) else entry
    until = vars(inner).get("until")  # to ask a model for a key it lacks costs more than all of the rest
    if until is not None and isinstance(inner, DatedEntry) and until < inner.effective_on:
        return Refused("until_before_start", {"until": until, "date": inner.effective_on})
    if type(inner) in _FIT:
        return None
    if isinstance(inner, QuotaEntry) and inner.establishment is Establishment.OFF_ESTABLISHMENT:
        return Refused("no_quota_kind", {"establishment": inner.establishment})
    if isinstance(inner, UnitMerged) and inner.unit == inner.into:
        return Refused("same_unit", {"unit": inner.unit})
    if isinstance(inner, QuotaMoved) and inner.unit == inner.to:
        return Refused("same_unit", {"unit": inner.unit})
    if isinstance(inner, QuotaMoved) and inner.posts == 0:
        return Refused("bad_value", {"key": "posts", "value": 0, "expected": "a number above 0"})
    if isinstance(inner, UnitEstablished | UnitStationed) and inner.stationed_at == inner.unit:
        return Refused("same_unit", {"unit": inner.unit})
    if isinstance(inner, PersonDescribed) and not any(
        getattr(inner, key) is not None
        for key in ("name", "gender", "born_on", "born_precision", "retirement_age", "identity")
    ):
        return Refused("nothing_described")
    if isinstance(inner, PolicyAdopted) and inner.profile is None and not inner.parameters:
        return Refused("empty_policy")
    return None


_FIT = frozenset(kind for kind in DATED_TYPES.values() if issubclass(kind, PersonEntry)) - {PersonDescribed}
"""Types all of whose keys but `until` fit each other always: most entries are of one of them."""


def digest(entry: Entry) -> bytes:
    """What “the same content” means: SHA-256 of the entry's content as canonical JSON (spec 2.2)."""
    text = json.dumps(entry.content(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
