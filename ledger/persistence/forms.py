"""What a PostgreSQL server knows of the form of an entry, so that no login can append what a program cannot read.

The form is the JSON Schema of the very classes that read the bytes (`codec`), one for each topic; a function of the
database walks a value along it. Of JSON Schema it knows what these classes make use of; texts are read as in
`ledger.domain.text`: dates, lines, and all others. A test holds the function to `decode`.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_json
from sqlalchemy import Connection

from ledger.domain.events import TOPICS
from ledger.domain.text import ID_NUMBER, UNSAFE, UNSAFE_IN_LINES, WEIGHTS
from ledger.persistence.codec import shape

_TOLD = ("title", "description", "default")


@cache
def forms() -> dict[str, Any]:
    """By topic the version of its states and their schema, under `$defs` the schemas that those refer to."""
    given = [(topic, "validation", TypeAdapter(shape(known))) for topic, known in TOPICS.items()]
    schemas, more = TypeAdapter.json_schemas(given)  # type: ignore[arg-type]
    found = {topic: {"v": TOPICS[topic].class_version, "form": schemas[topic, "validation"]} for topic in TOPICS}
    plain: dict[str, Any] = _without_words({**found, "$defs": more["$defs"]})
    return plain


def _without_words(schema: Any) -> Any:
    """A schema without what only people read. A key of that name may also be a property: that is an object."""
    if isinstance(schema, dict):
        return {
            key: _without_words(value)
            for key, value in schema.items()
            if key not in _TOLD or (isinstance(value, dict) and key != "default")
        }
    return [_without_words(one) for one in schema] if isinstance(schema, list) else schema


def _in_sql(pattern: re.Pattern[str]) -> str:
    """A class of characters as PostgreSQL spells it, without those that no text of its can hold."""
    known = pattern.pattern.replace("\x00", "\x01").replace("\ud800-\udfff", "")
    return "".join(char if char in "[]-" else f"\\u{ord(char):04x}" for char in known)


def _body() -> str:
    """What the function does."""
    spaces = "".join(f"\\u{code:04x}" for code in range(sys.maxunicode + 1) if chr(code).isspace())
    return (
        _BODY.replace("UNSAFE_IN_LINES", _in_sql(UNSAFE_IN_LINES))
        .replace("UNSAFE", _in_sql(UNSAFE))
        .replace("SPACES", spaces)
        .replace("ID_NUMBER", ID_NUMBER.pattern)
        .replace("WEIGHTS", ", ".join(map(str, WEIGHTS)))
    )


def create(conn: Connection) -> None:
    """Make the two functions, or make them anew: `ledger_forms` tells the forms, `ledger_fits` compares a value."""
    known = to_json(forms()).decode().replace("'", "''")
    for function, answer in (
        ("ledger_forms()", f"jsonb LANGUAGE sql IMMUTABLE AS $sql$ SELECT '{known}'::jsonb $sql$"),
        ("ledger_fits(given json, form jsonb, known jsonb)", f"boolean LANGUAGE plpgsql AS $sql$ {_body()} $sql$"),
    ):
        conn.exec_driver_sql(f"CREATE OR REPLACE FUNCTION {function} RETURNS {answer}")
        conn.exec_driver_sql(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")


_BODY = r"""
DECLARE
    kind text := json_typeof(given);
    told text := given #>> '{}';
    wanted text := form ->> 'type';
BEGIN
    IF form IS NULL THEN
        RETURN false;
    ELSIF jsonb_exists(form, '$ref') THEN
        RETURN ledger_fits(given, known -> split_part(form ->> '$ref', '/', 3), known);
    ELSIF jsonb_exists(form, 'discriminator') THEN
        form := form #> ARRAY['discriminator', 'mapping', given ->> 'type'];
        RETURN kind = 'object' AND form IS NOT NULL
            AND ledger_fits(given, known -> split_part(form #>> '{}', '/', 3), known);
    ELSIF jsonb_exists(form, 'anyOf') THEN
        RETURN EXISTS (
            SELECT 1 FROM jsonb_array_elements(form -> 'anyOf') AS any_of (one) WHERE ledger_fits(given, one, known)
        );
    ELSIF wanted <> (CASE WHEN kind = 'number' AND told ~ '^-?(0|[1-9][0-9]*)$' THEN 'integer' ELSE kind END)
        OR jsonb_exists(form, 'const') AND given::jsonb <> form -> 'const'
        OR jsonb_exists(form, 'enum') AND NOT form -> 'enum' @> given::jsonb
    THEN
        RETURN false;
    END IF;
    CASE kind
    WHEN 'number' THEN
        RETURN length(told) <= 40
            AND told::numeric >= coalesce((form ->> 'minimum')::numeric, '-Infinity')
            AND told::numeric <= coalesce((form ->> 'maximum')::numeric, 'Infinity')
            AND told::numeric < coalesce((form ->> 'exclusiveMaximum')::numeric, 'Infinity');
    WHEN 'string' THEN
        IF length(told) >= 18 AND EXISTS (
            SELECT 1 FROM regexp_matches(normalize(told, NFKC), 'ID_NUMBER', 'g') AS found (hit)
            WHERE upper(right(hit[1], 1)) = substr('10X98765432', 1 + mod((
                SELECT sum(substr(hit[1], n::int, 1)::int * weight)
                FROM unnest(ARRAY[WEIGHTS]) WITH ORDINALITY AS weighed (weight, n)
            )::int, 11), 1)
        ) THEN
            RETURN false;
        END IF;
        RETURN length(told) BETWEEN coalesce((form ->> 'minLength')::int, 0)
                AND coalesce((form ->> 'maxLength')::int, 10000000)
            AND told ~ coalesce(form ->> 'pattern', '')
            AND told !~ CASE
                WHEN form ->> 'format' = 'line' THEN 'UNSAFE|^[SPACES]|[SPACES]$'
                WHEN wanted IS NULL THEN 'UNSAFE' ELSE 'UNSAFE_IN_LINES' END
            AND CASE form ->> 'format' WHEN 'date'
                THEN told ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND told::date IS NOT NULL ELSE true END;
    WHEN 'array' THEN
        RETURN NOT EXISTS (
            SELECT 1 FROM json_array_elements(given) AS one (value)
            WHERE NOT ledger_fits(value, coalesce(form -> 'items', '{}'), known)
        );
    WHEN 'object' THEN
        RETURN jsonb_exists_all(
                given::jsonb, ARRAY(SELECT jsonb_array_elements_text(coalesce(form -> 'required', '[]')))
            )
            AND (SELECT count(*) = count(DISTINCT key) AND count(*) >= coalesce((form ->> 'minProperties')::int, 0)
                FROM json_object_keys(given) AS keys (key))
            AND NOT EXISTS (
                SELECT 1 FROM json_each(given) AS one (key, value)
                WHERE NOT CASE
                    WHEN form -> 'properties' -> key IS NOT NULL
                    THEN ledger_fits(value, form -> 'properties' -> key, known)
                    WHEN form -> 'additionalProperties' = 'false' THEN false
                    ELSE ledger_fits(to_json(key), coalesce(form -> 'propertyNames', '{}'), known)
                        AND ledger_fits(value, CASE
                            WHEN jsonb_exists(form, 'patternProperties') THEN (
                                SELECT one.form FROM jsonb_each(form -> 'patternProperties') AS one (pattern, form)
                                WHERE key ~ one.pattern
                            )
                            WHEN jsonb_typeof(form -> 'additionalProperties') = 'object'
                            THEN form -> 'additionalProperties' ELSE '{}' END, known)
                    END
            );
    ELSE
        RETURN true;
    END CASE;
END
"""
