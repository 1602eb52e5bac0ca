"""`sledger admin`: roles given, listed, taken, and what somebody without one is told."""

from __future__ import annotations

import json
import secrets

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, make_url

from ledger.cli.app import app
from tests.cli import schema
from tests.cli.conftest import Sledger


def test_roles_are_given_listed_and_taken(town: Sledger) -> None:
    assert town.json("admin", "officer", "list") == {"open_to_all": True, "rows": []}
    assert town.json("status")["role"] == "open_to_all"
    refused = town.json("admin", "officer", "add", "wang", "--role", "officer", status=3)
    assert refused["refused"]["code"] == "first_admin"
    town.json("admin", "officer", "add", "tester", "--role", "admin")
    town.json("admin", "officer", "add", "wang", "--role", "officer", "--unit", "T1")
    [tester, wang] = town.json("admin", "officer", "list")["rows"]
    assert (tester["officer"], tester["role"], tester["units"], tester["granted_by"]) == (
        "tester",
        "admin",
        [],
        "tester",
    )
    assert (wang["officer"], wang["role"], wang["units"]) == ("wang", "officer", ["T1"])
    status = town.json("status", "--officer", "wang")
    assert (status["roles"], status["role"], status["units"]) == ("granted", "officer", ["T1"])
    assert "经办" in town("admin", "officer", "list").stdout
    town.json("admin", "officer", "remove", "wang")
    assert [row["officer"] for row in town.json("admin", "officer", "list")["rows"]] == ["tester"]
    assert town.json("status", "--officer", "wang")["role"] == "none"


@pytest.mark.parametrize(
    "words",
    [
        ("record", "departed", "--effective_on", "2023-01-01", "--person", "L03", "--reason", "resigned"),
        ("reverse", "3", "--reason", "x"),
        ("correct", "3", "--name", "x", "--reason", "x"),
        ("policy", "adopt", "term_months=3", "--effective-on", "2022-01-01", "--source", "x"),
        ("import", "in.jsonl"),
        ("batch", "reverse", "town-2022.jsonl", "--reason", "x"),
        ("scan", "--on", "2022-06-30"),
        ("alerts", "ack", "1"),
        ("alerts", "due-letters", "--out", "letters"),
        ("rebuild",),
        ("admin", "officer", "add", "shen", "--role", "admin"),
        ("attach", "in.jsonl", "--entry", "3"),
    ],
    ids=" ".join,
)
def test_an_auditor_is_refused_with_the_reason(town: Sledger, words: tuple[str, ...]) -> None:
    town.ledger.with_name("in.jsonl").write_text("{}\n", encoding="utf-8")
    town.json("admin", "officer", "add", "tester", "--role", "admin")
    town.json("admin", "officer", "add", "shen", "--role", "auditor")
    before = town.json("status")["position"]
    refused = town.json(*words, "--officer", "shen", status=3)["refused"]
    assert (refused["code"], refused["remedy"]) == ("not_permitted", "请有相应权限的人登记。")
    assert "shen 的角色是审计" in refused["message"]
    assert town.json("status")["position"] == before
    assert not town.ledger.with_name(f"{town.ledger.name}.attachments").exists()
    assert town("headcount", "--officer", "shen").exit_code == 0


def test_the_daily_jobs_end_at_once_for_a_stranger(town: Sledger) -> None:
    town.json("admin", "officer", "add", "tester", "--role", "admin")
    assert town("jobs", "run", "--once", "--officer", "nobody").exit_code == 3
    assert town.json("status")["jobs"]["state"] == "never"


def test_roles_of_the_server(postgres_url: str, town: Sledger) -> None:
    url = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    prefix = f"p{secrets.token_hex(4)}"
    runner = CliRunner()
    assert runner.invoke(app, ["--ledger", url, "init"]).exit_code == 0
    made = runner.invoke(app, ["--ledger", url, "admin", "init-roles", "--prefix", prefix, "--json"])
    try:
        told = json.loads(made.stdout)
        assert list(schema.faults(told, schema.load("init_roles"))) == []
        assert told["roles"]["officer"] == f"{prefix}_officer"
    finally:
        engine = create_engine(postgres_url)
        with engine.begin() as conn:
            for role in ("auditor", "alert_admin", "officer", "admin"):
                conn.exec_driver_sql(f"DROP OWNED BY {prefix}_{role}")
                conn.exec_driver_sql(f"DROP ROLE {prefix}_{role}")
        engine.dispose()
    assert town.json("admin", "init-roles", status=2)["fault"]["code"] == "no_roles"
