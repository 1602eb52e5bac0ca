"""From `--key value` pairs to an entry object (spec 2.1): dotted keys, maps as JSON, `--until open`."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from ledger.cli.base import usage_error
from ledger.cli.parsing import reference
from ledger.domain.entries import ENTRY_TYPES, Entry
from ledger.locale import N_

Shape = Literal["text", "number", "flag", "reference", "list", "map", "object", "entry", "any"]
OPEN = "open"
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_FLAGS = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}


def _leaves(annotation: object) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _leaves(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _leaves(part)
    elif origin is Literal:
        yield from {type(value) for value in get_args(annotation)}
    elif annotation is not type(None):
        yield annotation


def shape_of(annotation: object) -> Shape:
    """What kind of value a key takes."""
    leaves = list(_leaves(annotation))
    models = [leaf for leaf in leaves if isinstance(leaf, type) and issubclass(leaf, BaseModel)]
    if models:
        return "entry" if len(models) > 1 else "object"
    origins = {get_origin(leaf) or leaf for leaf in leaves}
    for kind, shape in _SHAPES:
        if kind <= origins:
            return shape
    return "text"


_SHAPES: tuple[tuple[set[Any], Shape], ...] = (
    ({dict}, "map"),
    ({tuple}, "list"),
    ({bool}, "flag"),
    ({int, str}, "reference"),
    ({int}, "number"),
    ({Any}, "any"),
)


def shapes(model: type[BaseModel]) -> dict[str, Shape]:
    """Key -> what kind of value it takes."""
    return {name: shape_of(field.annotation) for name, field in model.model_fields.items()}


def pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """`--key value` and `--key=value`, in order. A value may begin with one dash, as a negative number does."""
    found: list[tuple[str, str]] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--") or word == "--":
            raise usage_error(
                N_("“{word}” stands alone: every value needs its key before it, as in --key value."), word=word
            )
        key, equals, value = word.removeprefix("--").partition("=")
        if not equals:
            if not rest or rest[0].startswith("--"):
                raise usage_error(N_("The key --{key} has no value. An empty one is written --{key}= ."), key=key)
            value = rest.pop(0)
        found.append((key, value))
    return found


def entry_object(
    entry_type: str, given: Iterable[tuple[str, str]], base: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The object that `record` takes. `base`: what dotted keys are laid over, for a correction.

    What does not fit the type stays as typed, so that the ledger's own refusal names it.
    """
    words = list(given)
    model = ENTRY_TYPES.get(entry_type, Entry)
    built: dict[str, Any] = {}
    inner = dict(words).get("replacement.type", "")
    for key, value in words:
        name, dot, rest = _spelled(key, model).partition(".")
        shape = shapes(model).get(name, "text")
        if dot:
            part = built.setdefault(name, dict((base or {}).get(name) or {}))
            if not isinstance(part, dict):
                raise usage_error(N_("The key --{key} is given twice."), key=name)
            _put_part(part, shape, model, name, rest, value, inner)
        elif shape == "list" and name in built and not value.startswith("["):
            built[name].append(value)
        elif name in built:
            raise usage_error(N_("The key --{key} is given twice."), key=name)
        else:
            built[name] = read_value(name, shape, value)
    return built


def _spelled(key: str, model: type[BaseModel]) -> str:
    """Keys are also understood with dashes: `--effective-on`."""
    name, dot, rest = key.partition(".")
    plain = name.replace("-", "_")
    return f"{plain if plain in model.model_fields else name}{dot}{rest}"


def _put_part(
    part: dict[str, Any], shape: Shape, model: type[BaseModel], name: str, rest: str, value: str, inner: str
) -> None:
    if shape == "entry":
        nested = entry_object(inner, [(rest, value)], part)
        part.update(nested)
        return
    read = _part_value(shape, model, name, rest, value)
    if read is None:
        part.pop(rest, None)
    else:
        part[rest] = read


def _part_value(shape: Shape, model: type[BaseModel], name: str, rest: str, value: str) -> object:
    annotation = model.model_fields[name].annotation if name in model.model_fields else str
    leaves = list(_leaves(annotation))
    if shape == "object":
        fields = shapes(leaves[0])
        return read_value(rest, fields.get(rest, "text"), value)
    if shape == "map":
        return read_value(rest, shape_of(get_args(leaves[0])[1]), value)
    return read_value(rest, "text", value)


def read_value(key: str, shape: Shape, value: str) -> object:
    """One value as its key takes it; empty means null."""
    if value == "" or (key == "until" and value == OPEN):
        return None
    match shape:
        case "number":
            return int(value) if _NUMBER.fullmatch(value) else value
        case "flag":
            return _FLAGS.get(value.lower(), value)
        case "reference":
            return reference(value)
        case "list":
            return _json(key, value) if value.startswith("[") else [value]
        case "map" | "object" | "entry":
            return _json(key, value)
        case "any":
            return _json(key, value) if value[0] in '[{"' else int(value) if _NUMBER.fullmatch(value) else value
    return value


def _json(key: str, value: str) -> object:
    try:
        return json.loads(value, parse_constant=_no_constant, object_pairs_hook=_each_key_once)
    except (ValueError, RecursionError):
        raise usage_error(
            N_("The value of --{key} is not JSON, such as {example}."), key=key, example='{"on_roll": 46}'
        ) from None


def _no_constant(word: str) -> object:
    raise ValueError(word)


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """As in lines of an import: of a key given twice, neither value is taken for the one that was meant."""
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError(pairs)
    return found


def keys_of(entry_type: str) -> list[tuple[str, bool, Shape]]:
    """The keys of an entry type for `--help`: name, whether it must be given, and what it takes."""
    model = ENTRY_TYPES[entry_type]
    kinds = shapes(model)
    return [(name, field.is_required(), kinds[name]) for name, field in model.model_fields.items() if name != "type"]
