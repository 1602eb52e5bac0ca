"""Stored entries as objects, without checking again what was checked when they were recorded.

A rebuild reads a million of them, and pydantic spends most of its time on texts that passed the same gate before they
were stored; that nobody changed them since is what the hash chain tells (`chain`). What comes out equals what pydantic
would make of the same bytes, part for part. What does not even have the shape of its class raises like damage.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

Made = Callable[[Any], Any]
"""From a JSON value to the value of a field."""
_PLAIN = (str, int, bool, float, Any)
_MISSING: Any = object()
_new = object.__new__
_set = object.__setattr__


@cache
def builder(model: type[BaseModel]) -> Made:
    """From the JSON object of a stored model to the model. Raises ValueError, KeyError, TypeError or AttributeError."""
    blank = {
        name: _MISSING if known.is_required() else known.get_default(call_default_factory=True)
        for name, known in model.model_fields.items()
    }
    required = frozenset(name for name, value in blank.items() if value is _MISSING)
    made = [(name, how) for name, known in model.model_fields.items() if (how := _made(known.annotation)) is not None]
    size = len(blank)

    def build(given: dict[str, Any]) -> Any:
        if not given.keys() >= required:
            raise KeyError(*(required - given.keys()))
        fields = {**blank, **given}
        if len(fields) != size:
            raise ValueError(*(given.keys() - blank.keys()))
        for name, how in made:
            if name in given:
                value = fields[name]
                if value is not None:
                    fields[name] = how(value)
        found = _new(model)
        _set(found, "__dict__", fields)
        _set(found, "__pydantic_fields_set__", set(given))
        _set(found, "__pydantic_extra__", None)
        _set(found, "__pydantic_private__", None)
        return found

    return build


def _made(kind: Any) -> Made | None:
    """How a field's value comes from JSON; None where it is the JSON value itself."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _made(parts[0])
    if origin is Literal or kind in _PLAIN:
        return None
    if origin is Union or origin is UnionType:
        return _one_of([part for part in parts if part is not NoneType], kind)
    if kind is date:
        return date.fromisoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {one.value: one for one in kind}.__getitem__
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return builder(kind)
    if origin is tuple and parts[1:] == (...,) and _made(parts[0]) is None:
        return tuple
    if origin is dict and [_made(part) for part in parts] == [None, None]:
        return None
    return TypeAdapter(kind).validate_python


def _one_of(kinds: list[Any], whole: Any) -> Made | None:
    if len(kinds) == 1:
        return _made(kinds[0])
    if all(isinstance(kind, type) and issubclass(kind, BaseModel) for kind in kinds):
        by_type = {get_args(kind.model_fields["type"].annotation)[0]: builder(kind) for kind in kinds}
        return lambda given: by_type[given["type"]](given)
    return None if all(_made(kind) is None for kind in kinds) else TypeAdapter(whole).validate_python
