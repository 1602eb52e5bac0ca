"""The one way events get into the log on PostgreSQL: a function of the database that whoever records may call.

It takes the writer's lock, gives the positions, computes the links of the chain, moves the head, and accepts nothing
but what it would have written itself: the next version (a trigger sees to that), an instant of this very transaction,
the login as officer, an entry or act of a known type in today's form. Called with nothing it only takes the lock.
It runs with the owner's rights, so that nobody else needs a right to write the log (`roles`); a login that owns the
ledger may record in anybody's name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection

from ledger.domain.events import TOPICS
from ledger.persistence.head import Head

NAME = "ledger_append"
_PARAMETERS = {
    "streams": "text[]",
    "versions": "int[]",
    "topics": "text[]",
    "instants": "bigint[]",
    "states": "bytea[]",
    "structure": "bigint",
    "subjects": "text[]",
    "subject_positions": "bigint[]",
    "targets": "bigint[]",
    "target_positions": "bigint[]",
    "keys": "text[]",
    "key_positions": "bigint[]",
    "digests": "bytea[]",
}
SIGNATURE = f"{NAME}({', '.join(_PARAMETERS.values())})"
_CALL = f"SELECT position, tip FROM {NAME}({', '.join(f'%s::{kind}' for kind in _PARAMETERS.values())})"  # noqa: S608
NEEDS: Mapping[str, str] = {"access": "seal", "alert": "job_run", "scan": "job_run"}
"""Kind of stream -> the table that a login must be able to add to, to append there; `import_batch` for all others."""

Row = tuple[str, int, str, int, bytes]
"""Stream, version, topic, instant, state."""


def append(conn: Connection, end: Head, rows: Sequence[Row], indexes: Sequence[Sequence[tuple[Any, ...]]]) -> Head:
    """Hand events and the rows of their three indexes to the function; the head as it has moved."""
    columns = [*_columns(rows, 5), end.structure_position]
    for index, width in zip(indexes, (2, 2, 3), strict=True):
        columns.extend(_columns(index, width))
    position, tip = conn.exec_driver_sql(_CALL, tuple(columns)).one()
    return replace(end, position=position, tip=bytes(tip), recorded_at=rows[-1][3])


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def forms() -> dict[str, dict[str, Any]]:
    """What the function knows of each topic: the version of its states, the keys of an entry, and those it needs."""
    return {
        topic: {
            "v": known.class_version,
            "keys": sorted(known.entry.model_fields),
            "needs": sorted(name for name, one in known.entry.model_fields.items() if one.is_required()),
        }
        for topic, known in TOPICS.items()
    }


def create_function(conn: Connection) -> None:
    """Make the function, or make it anew, for the ledger in the schema in use. Nobody but the owner may call it yet."""
    schema = conn.exec_driver_sql("SELECT quote_ident(current_schema())").scalar()
    parameters = ", ".join(
        f"{name} {kind} DEFAULT {'0' if kind == 'bigint' else repr('{}')}" for name, kind in _PARAMETERS.items()
    )
    needs = " ".join(f"WHEN '{kind}' THEN '{table}'" for kind, table in NEEDS.items())
    body = _BODY.replace("NEEDS", needs).replace("FORMS", to_json(forms()).decode())
    conn.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION {NAME}({parameters}) RETURNS TABLE ({_RESULT}) LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = {schema}, pg_temp AS $$ {body} $$"
    )
    conn.exec_driver_sql(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")


_RESULT = (
    '"position" bigint, tip bytea, recorded_at bigint, structure_position bigint, clock text, ledger_id text, '
    "format int, created_at bigint, now bigint"
)
"""The head as it is, and the server's time (microseconds UTC)."""
_BODY = r"""
#variable_conflict use_column
DECLARE
    head ledger_head;
    count int := cardinality(streams);
    owner boolean := pg_has_role(session_user, current_user, 'MEMBER');
    clock bigint := extract(epoch FROM clock_timestamp()) * 1000000;
    begun bigint := extract(epoch FROM transaction_timestamp()) * 1000000;
    stream bytea;
    kind text;
    forms constant jsonb := 'FORMS';
    form jsonb;
    state jsonb;
    entry jsonb;
    topic bytea;
    hashes bytea[] := '{}';
    link bytea;
    instant bigint;
    first bigint;
BEGIN
    SELECT * INTO head FROM ledger_head WHERE id = 1 FOR UPDATE;
    IF count > 0 THEN
        first := head.position;
        link := head.tip;
        instant := head.recorded_at;
        FOR i IN 1 .. count LOOP
            IF instants[i] <= instant OR (
                head.clock = 'system' AND instants[i] > instant + 1
                AND instants[i] NOT BETWEEN begun AND clock + 1000000
            ) THEN
                RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = 'not an instant of this transaction';
            END IF;
            IF NOT owner THEN
                kind := split_part(topics[i], '.', 1);
                state := convert_from(states[i], 'UTF8')::jsonb;
                IF split_part(streams[i], ':', 1) <> kind
                    OR state ->> 'recorded_by' IS DISTINCT FROM session_user::text
                    OR NOT has_table_privilege(
                        session_user, CASE kind NEEDS ELSE 'import_batch' END::regclass, 'INSERT'
                    )
                THEN
                    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'not this login''s to append';
                END IF;
                form := forms -> topics[i];
                entry := state -> 'entry';
                IF form IS NULL OR state -> 'v' IS DISTINCT FROM form -> 'v'
                    OR jsonb_typeof(state -> 'id') IS DISTINCT FROM 'string'
                    OR jsonb_typeof(entry) IS DISTINCT FROM 'object'
                    OR entry ->> 'type' IS DISTINCT FROM split_part(topics[i], '.', 2)
                    OR kind IN ('person', 'unit') AND streams[i] <> kind || ':' || (entry ->> kind)
                    OR NOT jsonb_exists_all(entry, ARRAY(SELECT jsonb_array_elements_text(form -> 'needs')))
                    OR entry - ARRAY(SELECT jsonb_array_elements_text(form -> 'keys')) <> '{}'
                THEN
                    RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = 'not an entry that this ledger knows';
                END IF;
            END IF;
            instant := instants[i];
            stream := convert_to(streams[i], 'UTF8');
            topic := convert_to(topics[i], 'UTF8');
            link := sha256(
                link || '\x534c3100'::bytea || int8send(first + i) || int8send(versions[i]::bigint) || int8send(instant)
                || int8send(octet_length(stream)::bigint) || int8send(octet_length(topic)::bigint)
                || int8send(octet_length(states[i])::bigint)
                || stream || topic || states[i]
            );
            hashes[i] := link;
        END LOOP;
        head.position := first + count;
        IF EXISTS (
            SELECT 1 FROM unnest(subject_positions || target_positions || key_positions) AS given (place)
            WHERE place NOT BETWEEN first + 1 AND head.position
        ) OR structure > head.position THEN
            RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = 'an index speaks of another position';
        END IF;
        INSERT INTO event (position, originator_id, originator_version, topic, state, recorded_at, hash)
            SELECT first + given.n, given.s, given.v, given.t, given.d, given.i, given.h
            FROM unnest(streams, versions, topics, states, instants, hashes)
                WITH ORDINALITY AS given (s, v, t, d, i, h, n) ORDER BY given.n;
        INSERT INTO event_subject (subject, position) SELECT * FROM unnest(subjects, subject_positions);
        INSERT INTO event_target (target, position) SELECT * FROM unnest(targets, target_positions);
        INSERT INTO entry_key (key, position, digest) SELECT * FROM unnest(keys, key_positions, digests);
        head.tip := link;
        head.recorded_at := instant;
        head.structure_position := greatest(head.structure_position, structure);
        UPDATE ledger_head SET position = head.position, tip = head.tip, recorded_at = head.recorded_at,
            structure_position = head.structure_position WHERE id = 1;
    END IF;
    RETURN QUERY SELECT head.position, head.tip, head.recorded_at, head.structure_position, head.clock,
        head.ledger_id, head.format, head.created_at, clock;
END
"""
