"""Every answer whose keys the specification does not fix has a schema, and really looks like it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli import schema
from tests.cli.conftest import Sledger

LOAN = ("record", "secondment_started", "--effective_on", "2023-03-01", "--person", "L03", "--host", "DWB")
QUOTA = (
    "record",
    "quota_set",
    "--effective_on",
    "2022-08-01",
    "--unit",
    "T1",
    "--establishment",
    "administrative",
    "--posts",
    "1",
)
CURVE = ("curve", "--unit", "T1", "--from", "1970-01-01", "--to", "2022-06-30", "--step", "year", "--measure")
EXPLAIN = ("explain", "--unit", "T1", "--on", "2022-06-30", "--measure")
MEASURES = (
    "on_roll", "seconded_out", "vacancies", "quota.administrative", "leaders.乡科级", "leader_quota.乡科级", "at_work",
)  # fmt: skip
DIFF = ("diff", "--unit", "T1", "--on", "2021-12-31", "--to", "2022-06-30")

ANSWERS: list[tuple[str, tuple[str, ...], int]] = [
    ("receipt", LOAN, 0),
    ("receipt", QUOTA, 0),
    ("receipt", ("reverse", "x-1-2", "--reason", "x"), 0),
    ("effect", (*LOAN, "--dry-run"), 0),
    ("effect", (*QUOTA, "--dry-run"), 0),
    ("effect", ("record", "hired", "--person", "L03", "--dry-run"), 3),
    ("refused", ("record", "hired", "--person", "L03"), 3),
    ("fault", ("headcount", "--unit", "T9"), 2),
    ("attach", ("attach", "in.jsonl", "--entry", "1", "--entry", "2"), 0),
    ("audit_package", ("audit-package", "audit", "--on", "2022-06-30"), 0),
    ("log", ("log",), 0),
    ("log", ("log", "--document", "〔2015〕4号"), 0),
    ("curve", (*CURVE, "on_roll"), 0),
    ("curve", (*CURVE, "vacancies.administrative"), 0),
    ("curve", (*CURVE, "leader_quota.乡科级"), 0),
    *[("explain", (*EXPLAIN, measure), 0) for measure in MEASURES],
    ("findings", ("findings", "--on", "2022-06-30", "--all"), 0),
    ("campaign", ("campaign", "--on", "2022-06-30"), 0),
    ("campaign_compare", ("campaign", "compare", "--on", "2022-06-30", "--to", "2023-06-01"), 0),
    ("retirements", ("retirements", "--on", "2022-06-30", "--months", "240"), 0),
    ("policy", ("policy", "show"), 0),
    ("policy", ("policy", "show", "--profile", "strict"), 0),
    ("policy_compare", ("policy", "compare", "national", "strict"), 0),
    ("effect", ("policy", "adopt", "term_months=3", "--effective-on", "2022-01-01", "--source", "x", "--dry-run"), 0),
    ("diff", DIFF, 0),
    ("diff", (*DIFF, "--known-at", "150"), 0),
    ("scan", ("scan", "--on", "2022-06-30"), 0),
    ("scan", ("scan", "--on", "2022-06-30", "--fail-on", "critical"), 10),
    ("alerts", ("alerts", "list", "--all"), 0),
    ("deliveries", ("alerts", "deliveries"), 0),
    ("calendar", ("calendar", "due.ics", "--on", "2022-06-30"), 0),
    ("import", ("import", "in.jsonl"), 1),
    ("export", ("export", "all.jsonl"), 0),
    ("verify", ("verify",), 0),
    ("rebuild", ("rebuild",), 0),
    ("backup", ("backup", "b.gz"), 0),
    ("status", ("status",), 0),
    ("report_file", ("report", "vacancies", "r.xlsx", "--unit", "T1"), 0),
    ("batches", ("batch", "list"), 0),
    ("batch", ("batch", "show", "town-2022.jsonl"), 0),
    ("undone", ("batch", "reverse", "town-2022.jsonl", "--reason", "x"), 0),
    ("template", ("template", "roster", "r.xlsx"), 0),
    ("answer_file", ("roster", "--unit", "T1", "--file", "r.csv"), 0),
    ("verify", ("verify", "--seals", "seals.txt"), 0),
    ("verify", ("verify", "--seals", "forged.txt", "--public", "keys/seal.pub"), 1),
    ("doctor", ("doctor",), 0),
    ("officers", ("admin", "officer", "list"), 0),
    ("role_change", ("admin", "officer", "add", "tester", "--role", "admin"), 0),
    ("seal_key", ("seal", "key", "keys/other"), 0),
    ("seal_make", ("seal", "make", "--key", "keys/seal", "--to", "more.txt"), 0),
    ("seal_list", ("seal", "list"), 0),
    ("seal_export", ("seal", "export", "all.txt"), 0),
    ("seal_prove", ("seal", "prove", "31", "proof.json"), 0),
]  # fmt: skip
BY_OTHERS = {
    "acts", "audit_manifest",
    "alert", "attachment", "attachments", "attachments_checked", "cited", "entry", "finding", "headcount_row",
    "id_number", "id_number_done", "id_number_key", "id_numbers", "init", "init_roles", "letter_templates", "letters",
    "report", "restore", "warning",
}  # fmt: skip


def sealed(town: Sledger) -> None:
    """A key, a seal in a file, and another one that somebody has changed."""
    Path("keys").mkdir()
    town("seal", "key", "keys/seal")
    town("seal", "make", "--key", "keys/seal", "--to", "seals.txt")
    text = Path("seals.txt").read_text("utf-8").replace("sealed_at 2", "sealed_at 3")
    Path("forged.txt").write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("name", "words", "status"), ANSWERS, ids=lambda value: " ".join(value)[:50] if isinstance(value, tuple) else ""
)
def test_an_answer_has_the_keys_of_its_schema(town: Sledger, name: str, words: tuple[str, ...], status: int) -> None:
    Path("in.jsonl").write_text('{"type": "x"}\n', encoding="utf-8")
    if "seal" in name or "--seals" in words:
        sealed(town)
    assert list(schema.faults(town.json(*words, status=status), schema.load(name))) == []


def test_new_ledgers_too(town: Sledger) -> None:
    assert list(schema.faults(Sledger(Path("new.db")).json("init"), schema.load("init"))) == []
    town("backup", "b.gz")
    assert list(schema.faults(town.json("restore", "b.gz", "old.db"), schema.load("restore"))) == []
    rows = town.json("headcount")["rows"]
    assert [list(schema.faults(row, schema.load("headcount_row"))) for row in rows] == [[]] * len(rows)
    assert list(schema.faults(Sledger(Path("new.db")).json("status"), schema.load("status"))) == []


def test_identity_numbers_too(town: Sledger) -> None:
    Path("keys").mkdir()
    named, reason = ("--key", "keys/id.key"), ("--reason", "x")
    for name, words, stdin in (
        ("id_number_key", ("key", "keys/id.key"), None),
        ("id_number_done", ("set", "DZ1", *named), "11010519491231002X\n"),
        ("id_number", ("show", "DZ1"), None),
        ("id_number", ("show", "DZ1", "--reveal", *reason, *named), None),
        ("id_numbers", ("list",), None),
        ("id_number_done", ("erase", "DZ1", *reason), None),
    ):
        told = json.loads(town("admin", "id-number", *words, "--json", stdin=stdin).stdout)
        assert list(schema.faults(told, schema.load(name))) == [], (name, told)


def test_scans_too(town: Sledger) -> None:
    Path("scan.pdf").write_bytes(b"a scan")
    sha256 = town.json("attach", "scan.pdf", "--entry", "1")["sha256"]
    assert Path("town.db.attachments", sha256).read_bytes() == b"a scan"
    for name, words, status in (
        ("attachments", ("list",), 0),
        ("attachments", ("list", "--entry", "2"), 0),
        ("attachment", ("get", sha256, "copy.pdf"), 0),
        ("attachments_checked", ("check",), 0),
    ):
        assert list(schema.faults(town.json("attachments", *words, status=status), schema.load(name))) == []
    assert Path("copy.pdf").read_bytes() == b"a scan"
    Path("town.db.attachments", sha256).write_bytes(b"another")
    checked = town.json("attachments", "check", status=1)
    assert [one["state"] for one in checked["rows"]] == ["changed"]
    assert town.json("attachments", "get", sha256, "again.pdf", status=4)["fault"]["code"] == "attachment_changed"
    assert not Path("again.pdf").exists()
    assert town("attachments", "check").exit_code == 1


def test_letters_too(town: Sledger) -> None:
    town("scan", "--on", "2022-06-30", "--json")
    due = town.json("alerts", "due-letters", "--out", "letters", "--on", "2022-06-30")
    assert list(schema.faults(due, schema.load("letters"))) == []
    [alert, *_] = town.json("alerts", "list", "--rule", "overdue_secondment", "--on", "2022-06-30")["rows"]
    made = town.json("alerts", "letter", str(alert["alert"]), "--out", "letters", "--on", "2022-06-30")
    assert list(schema.faults(made, schema.load("letters"))) == []
    assert all(Path(one["file"]).stat().st_size > 10_000 for one in [*due["letters"], *made["letters"]])
    copied = town.json("alerts", "templates", "own")
    assert list(schema.faults(copied, schema.load("letter_templates"))) == []
    assert len(copied["written"]) == 4
    assert town.json("alerts", "templates", "own")["written"] == []


def test_every_schema_is_asked_for() -> None:
    assert {name for name, _words, _status in ANSWERS} | BY_OTHERS == set(schema.names())


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ({"position": 1}, True),
        ({}, False),
        ({"position": "1"}, False),
        ({"position": True}, False),
        ({"position": 1, "x": 2}, False),
    ],
)
def test_the_check_itself_finds_what_does_not_fit(value: object, fits: bool) -> None:
    assert (list(schema.faults(value, schema.load("rebuild"))) == []) == fits
