"""Recording, reversing, correcting, importing and exporting from the command line."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.cli.app import app
from tests.cli.conftest import Sledger

LOAN = ("secondment_started", "--effective_on", "2024-03-01", "--person", "P1", "--host", "B")


@pytest.fixture
def office(empty: Sledger) -> Sledger:
    for code, name in (("A", "甲局"), ("B", "乙局")):
        words = ("--effective_on", "2010-01-01", "--unit", code, "--name", name, "--kind", "organ", "--level", "county")
        assert empty("record", "unit_established", *words).exit_code == 0
    hired = (
        "--effective_on",
        "2015-09-07",
        "--person",
        "P1",
        "--name",
        "陈一",
        "--unit",
        "A",
        "--establishment",
        "administrative",
    )
    assert empty("record", "hired", "--id", "hire-1", *hired).exit_code == 0
    return empty


def last_entry(sledger: Sledger) -> dict[str, object]:
    found: dict[str, object] = sledger.json("log")["entries"][-1]
    return found


def test_a_receipt_tells_the_position_and_the_id(office: Sledger) -> None:
    result = office("record", *LOAN, "--until", "2024-08-31")
    assert (result.exit_code, result.stdout) == (0, "已登记为第 4 笔（编号 #4）。\n")
    assert last_entry(office)["recorded_by"] == "tester"


def test_the_officer_is_recorded(office: Sledger) -> None:
    office("record", *LOAN, "--officer", "王五")
    assert last_entry(office)["recorded_by"] == "王五"


@pytest.mark.parametrize("name", ["", "x" * 121, " 王五", "王\x1b[31m五", "王\u202e五"])
def test_an_officer_who_cannot_be_recorded_is_told_so(office: Sledger, name: str) -> None:
    result = office("record", *LOAN, "--officer", name)
    assert result.exit_code == (0 if not name else 2)
    assert "\x1b" not in result.output


def test_the_same_form_sent_twice_records_once(office: Sledger) -> None:
    first = office.json("record", *LOAN, "--id", "s-1")
    again = office.json("record", *LOAN, "--id", "s-1")
    assert (first["already_recorded"], again["already_recorded"]) == (False, True)
    assert first["position"] == again["position"]


def test_until_open_and_an_empty_value_mean_none(office: Sledger) -> None:
    assert office("record", *LOAN, "--until", "open", "--note=").exit_code == 0
    assert "until" not in last_entry(office)
    assert "note" not in last_entry(office)


def test_nested_keys_are_dotted(office: Sledger) -> None:
    words = ("--authority.document_no", "借字1号", "--authority.issued_on=2024-02-20", "--attributes.科室", "办公室")
    assert office("record", *LOAN, *words).exit_code == 0
    entry = last_entry(office)
    assert entry["authority"] == {"document_no": "借字1号", "issued_on": "2024-02-20"}
    assert entry["attributes"] == {"科室": "办公室"}


def test_a_dry_run_shows_the_numbers_before_and_after_and_records_nothing(office: Sledger) -> None:
    result = office("record", *LOAN, "--dry-run")
    rows = [line.split() for line in result.stdout.splitlines()[2:]]
    assert ["A", "甲局", "借出", "0", "1"] in rows
    assert ["B", "乙局", "借入", "0", "1"] in rows
    assert last_entry(office)["id"] == "hire-1"
    told = office.json("record", *LOAN, "--dry-run")
    assert told["dry_run"] is True
    assert [row["seconded_in"] for row in told["after"] if row["unit"] == "B"] == [1]


def test_going_over_the_quota_is_recorded_and_told(office: Sledger) -> None:
    quota = (
        "quota_set",
        "--effective_on",
        "2010-01-01",
        "--unit",
        "A",
        "--establishment",
        "administrative",
        "--posts",
        "0",
    )
    warnings = office.json("record", *quota)["warnings"]
    assert warnings[0] | {"on": ""} == {
        "unit": "A",
        "establishment": "administrative",
        "quota": 0,
        "on_roll": 1,
        "on": "",
    }
    hired = (
        "--effective_on",
        "2016-09-07",
        "--person",
        "P2",
        "--name",
        "陈二",
        "--unit",
        "A",
        "--establishment",
        "administrative",
    )
    assert "超编提示" in office("record", "hired", *hired).stdout


def test_a_refusal_names_the_remedy_and_the_entry_in_the_way(office: Sledger) -> None:
    office("record", *LOAN, "--id", "s-1")
    departed = ("departed", "--effective_on", "2020-01-01", "--person", "P1", "--reason", "resigned")
    result = office("record", *departed)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "“s-1”（借调开始，2024-03-01 生效）就不成立了：“P1”在 2024-03-01 不在册。" in result.stderr
    assert "请先冲正或更正“s-1”" in result.stderr
    told = office.json("record", *departed, status=3)["refused"]
    assert set(told) == {"code", "message", "remedy", "conflicts_with"}
    assert (told["code"], told["conflicts_with"]) == ("breaks_other_entry", ["s-1"])
    tried = office.json("record", *departed, "--dry-run", status=3)
    assert tried["refused"]["code"] == "breaks_other_entry"


def test_reversing_takes_an_entry_out_of_effect(office: Sledger) -> None:
    office("record", *LOAN, "--id", "s-1")
    assert office("reverse", "s-1", "--reason", "登记错人", "--dry-run").exit_code == 0
    assert office("reverse", "s-1", "--reason", "登记错人", "--id", "r-1").exit_code == 0
    entries = {entry["id"]: entry for entry in office.json("person", "P1")["entries"]}
    assert entries["s-1"]["reversed_by"] == 5
    assert office("reverse", "r-1", "--reason", "又改主意").exit_code == 3


@pytest.mark.parametrize(
    ("ref", "status"), [("4", 0), ("s-1", 0), ("id:s-1", 0), ("id:4", 3), ("99", 3), ("9" * 30, 3)]
)
def test_an_entry_is_named_by_position_or_id(office: Sledger, ref: str, status: int) -> None:
    office("record", *LOAN, "--id", "s-1")
    assert office("reverse", ref, "--reason", "登记错人").exit_code == status


def test_correcting_changes_only_the_keys_given(office: Sledger) -> None:
    office(
        "record",
        *LOAN,
        "--id",
        "s-1",
        "--until",
        "2024-08-31",
        "--authority.document_no",
        "借字1号",
        "--reason",
        "专项",
    )
    words = ("--authority.issued_on", "2024-02-20", "--until", "open", "--replacement.reason", "核查")
    assert office("correct", "s-1", *words, "--reason", "漏填日期").exit_code == 0
    told = last_entry(office)
    assert told["reason"] == "漏填日期"
    assert told["replacement"] == {
        "type": "secondment_started", "effective_on": "2024-03-01", "effective_precision": "day", "baseline": False,
        "person": "P1", "host": "B", "kind": "loan", "reason": "核查",
        "authority": {"document_no": "借字1号", "issued_on": "2024-02-20"},
    }  # fmt: skip


def test_a_correction_may_change_the_type(office: Sledger) -> None:
    office("record", "leave_started", "--id", "l-1", "--effective_on", "2024-01-01", "--person", "P1", "--kind", "sick")
    words = ("--type", "departed", "--kind=", "--replacement.reason", "died")
    assert office("correct", "l-1", *words, "--reason", "记错类型").exit_code == 0
    assert office.json("person", "P1", "--on", "2024-01-01")["charged_to"] is None


def test_a_correction_to_another_type_drops_what_that_type_does_not_have(office: Sledger) -> None:
    office("record", *LOAN, "--id", "s-1", "--until", "2024-08-31", "--note", "见批示", "--reason", "专项")
    words = ("--type", "leave_started", "--kind", "sick")
    assert office("correct", "s-1", *words, "--reason", "记错类型").exit_code == 0
    assert last_entry(office)["replacement"] == {
        "type": "leave_started", "effective_on": "2024-03-01", "effective_precision": "day", "baseline": False,
        "person": "P1", "kind": "sick", "note": "见批示",
    }  # fmt: skip


def test_correcting_nothing_is_wrong_usage(office: Sledger) -> None:
    assert office("correct", "hire-1", "--reason", "x").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("record", "hired", "person", "P2"),
        ("record", "hired", "--person"),
        ("record", "hired", "--person", "--name", "陈二"),
        ("record", "hired", "--person", "P2", "--person", "P3"),
        ("record", "--person", "P2"),
        ("record",),
        ("record", "census_claimed", "--measures", "{"),
        ("record", "census_claimed", "--measures", "[" * 100_000),
        ("record", "census_claimed", "--measures", '{"on_roll": NaN}'),
        ("record", "census_claimed", "--measures", '{"on_roll": 4, "on_roll": 5}'),
        ("record", "hired", "--authority", "x", "--authority.title", "y"),
        ("reverse", "hire-1"),
        ("reverse",),
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_wrong_usage_ends_with_status_2(office: Sledger, words: tuple[str, ...]) -> None:
    result = office(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "出错：" in result.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("hird", "--person", "P2"), "unknown_type"),
        (("hired", "--persn", "P2"), "unknown_key"),
        (("hired", "--persn.x", "P2"), "unknown_key"),
        (("leave_ended", "--effective_on", "2024-02-30", "--person", "P1"), "bad_value"),
        (("leave_ended", "--effective_on", "20240201", "--person", "P1"), "bad_value"),
        (("quota_set", "--posts", "9" * 400), "missing_key"),
        (("unit_renamed", "--effective_on", "2024-01-01", "--unit", "A", "--name", "甲\x1b[31m"), "bad_text"),
        (("unit_renamed", "--effective_on", "2024-01-01", "--unit", "A", "--name", "甲\u202e"), "bad_text"),
        (("unit_renamed", "--effective_on", "2024-01-01", "--unit", "A", "--name", "x" * 121), "bad_value"),
        (("leave_ended", "--effective_on", "2024-01-01", "--person", "P1", "--baseline", "maybe"), "bad_value"),
        (("reversed", "--entry", "hire-9", "--reason", "x"), "unknown_entry"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_fit_is_refused_by_the_ledger_itself(office: Sledger, words: tuple[str, ...], code: str) -> None:
    assert office.json("record", *words, status=3)["refused"]["code"] == code
    assert "\x1b" not in office("record", *words).output


@pytest.mark.parametrize(
    "words", [("reverse", "x9"), ("correct", "x9", "--until", "open"), ("correct", 99, "--note", "x")]
)
def test_what_is_not_there_cannot_be_taken_back_or_corrected(office: Sledger, words: tuple[object, ...]) -> None:
    refused = office.json(*words, "--reason", "误录", status=3)["refused"]
    assert (refused["code"], refused["conflicts_with"]) == ("unknown_entry", [])


def test_the_help_of_a_type_lists_its_keys(office: Sledger) -> None:
    output = office("record", "hired", "--help").stdout
    assert "--establishment" in output
    assert "编制类别" in output
    assert "必填" in output
    assert "secondment_started" in office("record", "--help").stdout


# ---------------------------------------------------------------- files


def test_an_export_imported_elsewhere_gives_the_same_answers(town: Sledger, empty: Sledger, tmp_path: Path) -> None:
    assert town("export", "all.jsonl").exit_code == 0
    assert (tmp_path / "all.jsonl").stat().st_mode & 0o777 == 0o600
    told = empty.json("import", "all.jsonl")
    assert (told["refused"], told["already_recorded"]) == ([], 0)
    for words in (("headcount", "--on", "2022-06-30"), ("roster", "--unit", "T1", "--on", "2021-01-01")):
        assert empty.json(*words) == town.json(*words)
    again = empty.json("import", "all.jsonl")
    assert (again["recorded"], again["already_recorded"]) == (0, told["recorded"])


def test_an_export_to_stdout_is_lines(town: Sledger) -> None:
    lines = [json.loads(line) for line in town("export", "-", "--from-position", "3").stdout.splitlines()]
    assert lines[0]["position"] == 3
    assert town("export", "-", "--json").exit_code == 2


def test_an_export_never_replaces_a_file_unasked_nor_the_ledger(town: Sledger, tmp_path: Path) -> None:
    there = tmp_path / "there.jsonl"
    there.write_text("mine", encoding="utf-8")
    assert town("export", there).exit_code == 2
    assert there.read_text(encoding="utf-8") == "mine"
    assert town("export", there, "--force").exit_code == 0
    assert town("export", town.ledger, "--force").exit_code == 2
    assert town("verify").exit_code == 0
    assert list(tmp_path.glob("*.part")) == []


def test_refused_lines_are_told_kept_and_the_others_recorded(office: Sledger, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    good = {"type": "leave_started", "effective_on": "2020-01-01", "person": "P1", "kind": "sick"}
    bad = {"id": "b-1", "type": "leave_started", "effective_on": "2020-01-01", "person": "P9", "kind": "sick"}
    file.write_text(
        "\n".join(json.dumps(one) for one in (good, bad, {**good, "type": "leave_ended", "kind": None})),
        encoding="utf-8",
    )
    assert office("import", file, "--dry-run").exit_code == 1
    result = office("import", file)
    assert result.exit_code == 1
    assert "登记 2 行，此前已登记 0 行，不收 1 行" in result.stdout
    assert "第 2 行（b-1）" in result.stdout
    assert (tmp_path / "in.jsonl.refused.jsonl").read_text(encoding="utf-8").strip() == json.dumps(bad)
    told = office.json("import", file, status=1)
    assert (told["recorded"], told["already_recorded"], [one["line"] for one in told["refused"]]) == (0, 2, [2])
    assert set(told["refused"][0]) >= {"line", "id", "code", "message", "remedy", "conflicts_with"}


def test_a_refused_line_tells_what_to_do(office: Sledger, tmp_path: Path) -> None:
    """An unknown key names the nearest one (spec 2.2), for people and for programs."""
    file = tmp_path / "in.jsonl"
    file.write_text('{"type": "unit_abolished", "effective_on": "2020-01-01", "unti": "B"}', encoding="utf-8")
    assert "“unit”" in office("import", file, lang="en").stdout
    [refused] = office.json("import", file, status=1)["refused"]
    assert (refused["code"], "“unit”" in refused["remedy"]) == ("unknown_key", True)


LINES = (
    '{"type": "unit_renamed", "effective_on": "2024-01-01", "unit": "A", "name": "新甲局"}\n{"type": "nope"}\n'.encode()
)


def test_lines_may_come_from_stdin(office: Sledger) -> None:
    """A program writes them straight into the ledger; what is refused is kept in the working folder."""
    for recorded in (1, 0):
        result = CliRunner().invoke(app, ["--ledger", str(office.ledger), "import", "-", "--json"], input=LINES)
        told = json.loads(result.stdout)
        assert (result.exit_code, told["recorded"], told["already_recorded"]) == (1, recorded, 1 - recorded)
        assert [(one["line"], one["file"]) for one in told["refused"]] == [(2, "stdin")]
        assert Path("stdin.refused.jsonl").read_text(encoding="utf-8") == '{"type": "nope"}\n'


def test_refused_lines_of_a_folder_that_can_only_be_read_are_kept_here(
    office: Sledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "in.jsonl").write_bytes(LINES)
    monkeypatch.setattr(os, "access", lambda path, *_, **__: str(path) != str(folder))  # root may write anywhere
    result = office("import", folder / "in.jsonl")
    assert (result.exit_code, "不收的行已存到 in.jsonl.refused.jsonl" in result.stdout) == (1, True), result.stdout
    assert [one.name for one in folder.iterdir()] == ["in.jsonl"]
    assert Path("in.jsonl.refused.jsonl").exists()


def test_an_import_can_stop_at_the_first_refused_line(office: Sledger, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"type": "x"}\n{"type": "y"}\n', encoding="utf-8")
    told = office.json("import", file, "--stop-on-error", status=1)
    assert (told["stopped"], len(told["refused"])) == (True, 1)


def test_who_records_by_a_clock_that_was_set_back_is_told(empty: Sledger, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = ("record", "unit_established", "--effective_on", "2020-01-01", "--name", "局", "--kind", "organ", "--unit")
    now = time.time_ns
    with monkeypatch.context() as patched:
        patched.setattr(time, "time_ns", lambda: now() + 600 * 10**9)
        assert "分钟" not in empty(*unit, "A").output
    told = empty(*unit, "B")
    assert (told.exit_code, "落后" in told.stderr, "落后" in told.stdout) == (0, True, False)
    assert empty("log").exit_code == 0
    assert "落后" not in empty("log").output
