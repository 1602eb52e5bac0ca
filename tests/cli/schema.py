"""A small check of JSON against the schemas of docs/reference/json, for the words these schemas use.

It is stricter than a validator: a key that `properties` does not name is a fault, so that no answer grows a key
without its page, and so is a word of JSON Schema that this check does not know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference" / "json"
WORDS = {
    "$schema", "$id", "$ref", "title", "description", "type", "properties", "required", "additionalProperties", "items",
    "enum", "const", "anyOf", "pattern",
}  # fmt: skip
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None),
}  # fmt: skip


def load(name: str) -> dict[str, Any]:
    """A schema by the name of its file, without the endings."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


def names() -> list[str]:
    """All schemas."""
    return sorted(path.name.removesuffix(".schema.json") for path in FOLDER.glob("*.schema.json"))


def faults(value: Any, schema: dict[str, Any], at: str = "$") -> Iterator[str]:
    """Where a value does not fit."""
    if unknown := schema.keys() - WORDS:
        yield f"{at}: the check does not know {unknown}"
    if "$ref" in schema:
        yield from faults(value, load(schema["$ref"].removesuffix(".schema.json")), at)
    if "anyOf" in schema and all(any(faults(value, one, at)) for one in schema["anyOf"]):
        yield f"{at}: {value!r} fits none of the possible forms"
    if "type" in schema and not _is(value, schema["type"]):
        yield f"{at}: {value!r} is not {schema['type']}"
        return
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        yield f"{at}: {value!r} is not one of the values"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{at}: {value!r} does not look like {schema['pattern']}"
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from faults(one, schema.get("items", {}), f"{at}[{number}]")
    if isinstance(value, dict):
        yield from _object(value, schema, at)


def _is(value: Any, types: str | list[str]) -> bool:
    several = [types] if isinstance(types, str) else types
    return any(isinstance(value, TYPES[one]) and (one != "integer" or not isinstance(value, bool)) for one in several)


def _object(value: dict[str, Any], schema: dict[str, Any], at: str) -> Iterator[str]:
    for key in schema.get("required", []):
        if key not in value:
            yield f"{at}: {key} is missing"
    more = schema.get("additionalProperties", "properties" not in schema)
    for key, one in value.items():
        if key in schema.get("properties", {}):
            yield from faults(one, schema["properties"][key], f"{at}.{key}")
        elif isinstance(more, dict):
            yield from faults(one, more, f"{at}.{key}")
        elif not more and ("properties" in schema):
            yield f"{at}: {key} is not in the schema"
