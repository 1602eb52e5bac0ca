"""The same commands on a PostgreSQL ledger."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from ledger.cli.app import app
from tests.cli.conftest import SCENARIOS, Sledger


@pytest.mark.postgres
def test_a_ledger_on_a_server_is_made_filled_asked_and_backed_up(postgres_url: str, tmp_path: Path) -> None:
    url = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    password = make_url(url).password
    shutil.copy(SCENARIOS / "town-2022.jsonl", tmp_path / "town.jsonl")
    before = CliRunner().invoke(app, ["--ledger", url, "status"])
    assert before.exit_code == 4
    said = []
    for words in (
        ["init"],
        ["import", "town.jsonl"],
        ["headcount", "--unit", "T1", "--on", "2022-06-30"],
        ["verify"],
        ["rebuild"],
        ["status"],
        ["backup", "server.gz"],
        ["restore", "server.gz", "file.db"],
    ):
        result = CliRunner().invoke(app, ["--ledger", url, *words])
        assert result.exit_code == 0, result.output
        said.append(result.output)
    assert "合计        55    46    14" in said[2]
    assert "PostgreSQL" in said[5]
    if password:
        assert password not in "".join([before.output, *said])
    file = Sledger(tmp_path / "file.db")
    assert "合计        55    46    14" in file("headcount", "--unit", "T1", "--on", "2022-06-30").stdout
    assert file("verify").exit_code == 0
    again = CliRunner().invoke(app, ["--ledger", url, "init"])
    assert again.exit_code == 4
