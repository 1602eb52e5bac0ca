"""The one way events get into the log on PostgreSQL: a function of the database that whoever records may call.

It takes the writer's lock and sets what nobody may choose: positions, versions, instants, who records (the login), the
links of the chain. Called with nothing it only takes the lock, and fixes the instant of this transaction's first event:
the server's time once the lock was there; each later one is a microsecond later. The caller says which versions it
expects, and is refused where others have recorded. What is no entry or act of a known type in today's form is refused
(`forms`). It runs with the owner's rights, so that nobody else needs a right to write the log (`roles`); a login that
owns the ledger may record in anybody's name. In a ledger with a simulated clock the instants are the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from ledger.domain.time import EARLIEST, YEARS_AHEAD
from ledger.persistence import forms
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
_CALL = f"SELECT position, tip, recorded_at FROM {NAME}({', '.join(f'%s::{kind}' for kind in _PARAMETERS.values())})"  # noqa: S608
NEEDS: Mapping[str, str] = {"access": "seal", "alert": "job_run", "scan": "job_run"}
"""Kind of stream -> the table that a login must be able to add to, to append there; `import_batch` for all others."""

Row = tuple[str, int, str, int, bytes]
"""Stream, version, topic, instant, state."""


def append(conn: Connection, end: Head, rows: Sequence[Row], indexes: Sequence[Sequence[tuple[Any, ...]]]) -> Head:
    """Hand events and the rows of their three indexes to the function; the head as it has moved."""
    streams, versions, topics, instants, states = _columns(rows, 5)
    told = instants if end.clock == "simulated" else []
    columns: list[Any] = [streams, versions, topics, told, states, end.structure_position]
    for index, width in zip(indexes, (2, 2, 3), strict=True):
        columns.extend(_columns(index, width))
    position, tip, recorded_at = conn.exec_driver_sql(_CALL, tuple(columns)).one()
    if recorded_at != instants[-1]:  # read tables and receipts of this transaction would say another instant
        raise RuntimeError(f"the server gave the instant {recorded_at}, and {instants[-1]} was expected")
    return replace(end, position=position, tip=bytes(tip), recorded_at=recorded_at)


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def create_function(conn: Connection) -> None:
    """Make the function, or make it anew, for the ledger in the schema in use. Nobody but the owner may call it yet."""
    schema = conn.exec_driver_sql("SELECT quote_ident(current_schema())").scalar()
    parameters = ", ".join(
        f"{name} {kind} DEFAULT {'0' if kind == 'bigint' else repr('{}')}" for name, kind in _PARAMETERS.items()
    )
    needs = " ".join(f"WHEN '{kind}' THEN '{table}'" for kind, table in NEEDS.items())
    body = _BODY.replace("NEEDS", needs).replace("EARLIEST", str(EARLIEST)).replace("YEARS", str(YEARS_AHEAD))
    earlier = conn.exec_driver_sql(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE proname = %s"
        " AND pronamespace = current_schema()::regnamespace AND oid IS DISTINCT FROM to_regprocedure(%s)",
        (NAME, SIGNATURE),
    ).scalars()
    for one in earlier.all():  # of another version: which of both a call means would not be clear
        conn.exec_driver_sql(f"DROP FUNCTION {one}")
    forms.create(conn)
    conn.exec_driver_sql(_TURN)
    conn.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION {NAME}({parameters}) RETURNS TABLE ({_RESULT}) LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = {schema}, pg_temp AS $$ {body} $$"
    )
    conn.exec_driver_sql(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")


_TURN = """
CREATE TABLE IF NOT EXISTS ledger_turn (id int PRIMARY KEY CHECK (id = 1), xact xid8, instant bigint);
INSERT INTO ledger_turn (id) VALUES (1) ON CONFLICT DO NOTHING
"""
"""Whose turn it is to write: the transaction that has the lock, and the instant fixed for it; the function's own."""
_RESULT = (
    '"position" bigint, tip bytea, recorded_at bigint, structure_position bigint, clock text, ledger_id text, '
    "format int, created_at bigint, now bigint"
)
"""The head as it is, and the instant fixed for this transaction (microseconds UTC)."""
_BODY = r"""
#variable_conflict use_column
DECLARE
    head ledger_head;
    count int := cardinality(streams);
    owner boolean := pg_has_role(session_user, current_user, 'MEMBER');
    turn bigint;
    due int[];
    stream bytea;
    kind text;
    form jsonb;
    state json;
    entry json;
    topic bytea;
    hashes bytea[] := '{}';
    link bytea;
    instant bigint;
    first bigint;
BEGIN
    SELECT * INTO head FROM ledger_head WHERE id = 1 FOR UPDATE;
    SELECT ledger_turn.instant INTO turn FROM ledger_turn WHERE xact = pg_current_xact_id();
    IF NOT FOUND THEN
        turn := greatest((extract(epoch FROM clock_timestamp()) * 1000000)::bigint, head.recorded_at + 1);
        UPDATE ledger_turn SET xact = pg_current_xact_id(), instant = turn;
    END IF;
    IF count > 0 THEN
        IF cardinality(instants) <> (CASE head.clock WHEN 'system' THEN 0 ELSE count END) THEN
            RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = 'the instants are not the caller''s to set';
        END IF;
        SELECT array_agg(least(coalesce(last, first_of_all - 1), 2147483646) + nth ORDER BY n) INTO due FROM (
            SELECT n, row_number() OVER same AS nth, least(first_value(v) OVER same, 1) AS first_of_all,
                (SELECT max(originator_version) FROM event WHERE originator_id = s) AS last
            FROM unnest(streams, versions) WITH ORDINALITY AS given (s, v, n)
            WINDOW same AS (PARTITION BY s ORDER BY n)
        ) AS numbered;
        IF versions IS DISTINCT FROM due THEN
            RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = 'version is not the next';
        END IF;
        first := head.position;
        link := head.tip;
        instant := head.recorded_at;
        FOR i IN 1 .. count LOOP
            IF instants[i] <= instant THEN
                RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = 'an instant is not later than the one before';
            END IF;
            instant := coalesce(instants[i], greatest(turn, instant + 1));
            IF NOT owner THEN
                kind := split_part(topics[i], '.', 1);
                IF (split_part(streams[i], ':', 1) <> kind OR NOT has_table_privilege(
                    session_user, (CASE kind NEEDS ELSE 'import_batch' END)::regclass, 'INSERT'
                )) IS NOT FALSE THEN
                    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'not this login''s to append';
                END IF;
                states[i] := convert_to(regexp_replace(
                    convert_from(states[i], 'UTF8'),
                    '^({"v":[0-9]+,"id":"(?:[^"\\]|\\.)*","recorded_by":)"(?:[^"\\]|\\.)*"',
                    '\1' || replace(to_json(session_user::text)::text, '\', '\\')
                ), 'UTF8');
                state := convert_from(states[i], 'UTF8');
                form := ledger_forms() -> topics[i];
                entry := state -> 'entry';
                IF (form IS NULL OR (state -> 'v')::jsonb IS DISTINCT FROM form -> 'v'
                    OR jsonb_path_exists(state::jsonb, '$.**{60 to last}')
                    OR NOT ledger_fits(state, form -> 'form', ledger_forms() -> '$defs')
                    OR state ->> 'recorded_by' <> session_user::text
                    OR entry ->> 'type' IS DISTINCT FROM split_part(topics[i], '.', 2)
                    OR coalesce(kind IN ('person', 'unit') AND streams[i] <> kind || ':' || (entry ->> kind), false)
                    OR coalesce((coalesce(entry -> 'replacement', entry) ->> 'effective_on')::date NOT BETWEEN
                        'EARLIEST' AND (to_timestamp(instant / 1000000) AT TIME ZONE 'Asia/Shanghai')::date
                        + interval 'YEARS years', false)
                ) IS NOT FALSE THEN
                    RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = 'not an entry that this ledger knows';
                END IF;
            END IF;
            stream := convert_to(streams[i], 'UTF8');
            topic := convert_to(topics[i], 'UTF8');
            link := sha256(
                link || '\x534c3100'::bytea || int8send(first + i) || int8send(due[i]::bigint) || int8send(instant)
                || int8send(octet_length(stream)::bigint) || int8send(octet_length(topic)::bigint)
                || int8send(octet_length(states[i])::bigint)
                || stream || topic || states[i]
            );
            hashes[i] := link;
            instants[i] := instant;
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
            FROM unnest(streams, due, topics, states, instants, hashes)
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
        head.ledger_id, head.format, head.created_at, turn;
END
"""
