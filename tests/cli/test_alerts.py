"""`sledger scan` and `sledger alerts`, in the town of the report on 30 June 2022."""

from __future__ import annotations

import pytest

from tests.cli import schema
from tests.cli.conftest import Sledger

SCAN = ("scan", "--on", "2022-06-30")


@pytest.fixture
def told(town: Sledger) -> Sledger:
    """The town after the scan of its day."""
    assert town(*SCAN).exit_code == 0
    return town


def one(sledger: Sledger, rule: str, number: int = 0) -> int:
    """The number of an open alert."""
    return int(sledger.json("alerts", "list", "--rule", rule)["rows"][number]["alert"])


def test_a_scan_made_twice_answers_the_same_to_the_byte(town: Sledger) -> None:
    first, second = town(*SCAN, "--json"), town(*SCAN, "--json")
    assert first.stdout == second.stdout
    assert "发出预警 " in first.stderr
    assert second.stderr == "没有新情况。\n"


def test_a_scan_lists_every_finding_of_the_day(told: Sledger) -> None:
    rows = told.json(*SCAN)["rows"]
    findings = told.json("findings", "--on", "2022-06-30")["rows"]
    assert [{key: row[key] for key in findings[0]} for row in rows] == findings
    assert len({row["alert"] for row in rows}) == len(rows)
    assert {row["alert_state"] for row in rows} == {"open"}


def test_findings_fail_on_what_is_grave(told: Sledger) -> None:
    rule = ("findings", "--on", "2022-06-30", "--rule", "claim_inconsistent")
    assert told(*rule, "--fail-on", "medium").exit_code == 10
    assert told(*rule, "--fail-on", "high").exit_code == 0
    assert told.json(*rule, "--fail-on", "low", status=10) == told.json(*rule)


def test_a_scan_fails_on_what_is_open_and_grave(told: Sledger) -> None:
    assert told(*SCAN, "--fail-on", "critical").exit_code == 10
    critical = [row["alert"] for row in told.json("alerts", "list", "--severity", "critical")["rows"]]
    assert told("alerts", "ack", *critical).exit_code == 0
    assert told(*SCAN, "--fail-on", "critical").exit_code == 0
    assert told(*SCAN, "--fail-on", "high").exit_code == 10


def test_a_day_to_come_is_refused(town: Sledger) -> None:
    answer = town.json("scan", "--on", "9000-01-01", status=3)
    assert answer["refused"]["code"] == "scan_ahead"


def test_the_list_is_filtered_and_counted(told: Sledger) -> None:
    everything = told.json("alerts", "list")
    assert sum(everything["counts"]["by_severity"].values()) == len(everything["rows"])
    high = told.json("alerts", "list", "--severity", "high")["rows"]
    assert {row["severity"] for row in high} == {"high", "critical"}
    assert [row["severity"] for row in high] == sorted(
        (row["severity"] for row in high), key=["critical", "high"].index
    )
    town = told.json("alerts", "list", "--unit", "T1-DZ")
    assert {"T1-DZ"} <= set(town["counts"]["by_unit"])
    assert all("T1-DZ" in row["units"] for row in town["rows"])
    assert told("alerts", "list", "--rule", "overdue").exit_code == 2
    assert told("alerts", "list", "--all", "--state", "open").exit_code == 2


def test_what_was_done_is_shown_in_the_history(told: Sledger) -> None:
    number = one(told, "overdue_secondment")
    answer = told.json("alerts", "ack", number, "--note", "已电话告知")
    assert list(schema.faults(answer, schema.load("acts"))) == []
    told("alerts", "snooze", number, "--until", "2999-01-01")
    entries = told.json("alerts", "history", number)["entries"]
    assert [entry["type"] for entry in entries] == ["alert_raised", "alert_acknowledged", "alert_snoozed"]
    assert entries[1]["note"] == "已电话告知"
    text = told("alerts", "history", number).stdout
    assert "规则 超期借调" in text
    assert "{" not in text
    assert told.json("alerts", "list", "--state", "snoozed")["rows"][0]["alert"] == number


def test_a_waiver_needs_a_document_and_an_end(told: Sledger) -> None:
    number = one(told, "overdue_secondment")
    document = ("--document-no", "县组〔2022〕3号", "--issued-by", "县委组织部", "--issued-on", "2022-06-01")
    for words, code in (
        (("--until", "2999-01-01"), "waiver_without_document"),
        (document, "waiver_without_end"),
        ((*document, "--until", "2020-01-01"), "until_in_past"),
    ):
        assert told.json("alerts", "waive", number, *words, status=3)["refused"]["code"] == code
    assert told("alerts", "waive", number, *document, "--until", "2999-01-01").exit_code == 0
    row = told.json("alerts", "list", "--state", "waived")["rows"][0]
    assert (row["alert"], row["waived_by"], row["waived_until"]) == (number, "县组〔2022〕3号", "2999-01-01")


def test_of_several_alerts_all_or_none(told: Sledger) -> None:
    numbers = [one(told, "overdue_secondment", place) for place in (0, 1)]
    assert told.json("alerts", "ack", *numbers, 3, status=3)["refused"]["code"] == "alert_unknown"
    assert told.json("alerts", "list", "--state", "acknowledged")["rows"] == []
    assert len(told.json("alerts", "ack", *numbers)["acts"]) == 2


def test_an_alert_that_does_not_exist_is_a_wrong_question(told: Sledger) -> None:
    assert told("alerts", "history", 3).exit_code == 2


def test_a_return_clears_and_is_named(told: Sledger) -> None:
    row = told.json("alerts", "list", "--rule", "overdue_secondment")["rows"][0]
    words = ("--effective_on", "2022-06-01", "--person", row["person"], "--id", "back")
    assert told("record", "secondment_ended", *words).exit_code == 0
    assert told("scan", "--on", "2022-07-01").exit_code == 0
    cleared = {line["alert"]: line for line in told.json("alerts", "list", "--state", "cleared")["rows"]}
    assert cleared[row["alert"]]["cleared_by"] == "back"
    assert told("verify").exit_code == 0


def test_english_lists_are_told_in_english(told: Sledger) -> None:
    assert "overdue" in told("alerts", "list", lang="en").stdout
    assert told("alerts", lang="en").exit_code in (0, 2)
