"""Acts among entries: positions, chain, log, export, backup, rebuild and reversal know them for what they are."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.application import Receipt
from ledger.application.alerting import AlertDesk, Done
from ledger.bootstrap import Ledger, open_ledger, restore_ledger
from ledger.domain import acts as a
from ledger.domain.alerts import Alert
from ledger.domain.refusals import Refused
from ledger.interchange.jsonl import export_lines, import_lines
from ledger.projections.alerts import load_alerts
from tests.queries.makers import at, county, hire, loan, record

RAISED = {
    "as_of": "2024-01-01",
    "known_at": 8,
    "rule": "overdue_secondment",
    "subject": "person:P1/secondment:#8",
    "first_true_on": "2024-01-01",
    "severity": "medium",
    "units": ["T1", "C1"],
    "person": "P1",
    "evidence": {"days": 1, "subtype": None, "entries": ["#8"]},
}
DOCUMENT = {"document_no": "县组〔2024〕3号"}


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """The county with one secondment that ran out on the last day of 2023."""
    with county(ledger_url, hire("P1", "T1-A"), loan("P1", "C1", "2023-03-01", "2023-12-31")) as made:
        yield made


def raise_(ledger: Ledger, **given: Any) -> int:
    """An alert, raised as a scan would."""
    with ledger.recording() as recording:
        desk = AlertDesk(recording, {})
        position = desk.take(a.AlertRaised.model_validate({**RAISED, **given})).position
        desk.write()
    return position


def alerts_of(ledger: Ledger) -> dict[int, Alert]:
    with ledger.store.read() as conn:
        return load_alerts(conn)


def code(answer: Receipt | Done) -> str | None:
    return answer.code if isinstance(answer, Refused) else None


def test_acts_and_entries_share_the_positions_without_a_gap(ledger: Ledger) -> None:
    number = raise_(ledger)
    assert number == 9
    receipts = ledger.acknowledge(number, note="已电话告知")
    assert not isinstance(receipts, Refused)
    assert [(receipt.position, receipt.id) for receipt in receipts] == [(10, "#10")]
    assert record(ledger, hire("P2", "T2")) == [11]
    assert ledger.perspective().known_at == 11
    assert ledger.verify().ok


def test_the_newest_entry_is_told_without_the_acts(ledger: Ledger) -> None:
    raise_(ledger)
    assert (ledger.newest_entry(), ledger.newest_entry(7), ledger.perspective().known_at) == (8, 7, 9)
    record(ledger, hire("P2", "T2"))
    ledger.acknowledge(9)
    assert (ledger.newest_entry(), ledger.newest_entry(9), ledger.newest_entry(10)) == (10, 8, 10)
    ledger.rebuild()
    assert ledger.newest_entry() == 10


def test_answers_do_not_change_by_acts(ledger: Ledger) -> None:
    def answers() -> list[Any]:
        p = at("2024-02-01")
        return [ledger.headcount(p), ledger.secondments(p), ledger.roster(p, "T1"), ledger.person(p, "P1").periods]

    before = answers()
    ledger.waive(raise_(ledger), "2030-01-01", DOCUMENT)
    assert answers() == before


def test_the_log_lists_acts_by_their_type_without_an_effective_date(ledger: Ledger) -> None:
    number = raise_(ledger)
    ledger.snooze(number, "2030-01-01", note="等通知")
    raised, snoozed = ledger.log(from_position=9).to_json()["entries"]
    assert (raised["type"], raised["effective_on"], raised["rule"]) == ("alert_raised", None, "overdue_secondment")
    assert (snoozed["type"], snoozed["recorded_by"], snoozed["until"]) == ("alert_snoozed", "tester", "2030-01-01")
    assert [line.position for line in ledger.log(person="P1").entries] == [7, 8]


def test_evidence_is_kept_as_it_was(ledger: Ledger) -> None:
    raise_(ledger)
    assert ledger.log(from_position=9).entries[0].content["evidence"] == RAISED["evidence"]


@pytest.mark.parametrize("name", [9, "#9"])
def test_an_act_is_neither_reversed_nor_corrected(ledger: Ledger, name: int | str) -> None:
    raise_(ledger)
    replacement = hire("P9", "T2")
    for entry in (
        {"type": "reversed", "entry": name, "reason": "误"},
        {"type": "corrected", "entry": name, "reason": "误", "replacement": replacement},
    ):
        assert code(ledger.record(entry)) == "not_reversible"


def test_an_act_is_no_entry_to_record(ledger: Ledger) -> None:
    assert code(ledger.record({"type": "alert_raised", **RAISED})) == "unknown_type"


def test_an_act_is_no_grant_to_cancel(ledger: Ledger) -> None:
    number = raise_(ledger)
    quota = {"effective_on": "2024-01-01", "unit": "T1", "establishment": "administrative"}
    record(ledger, {"type": "quota_set", "posts": 5, **quota})
    assert code(ledger.record({"type": "quota_cancelled", "entry": number, **quota})) == "grant_unknown"


def test_an_export_holds_entries_only(ledger: Ledger, tmp_path: Path) -> None:
    ledger.acknowledge(raise_(ledger))
    record(ledger, hire("P2", "T2"))
    out = io.BytesIO()
    assert export_lines(ledger, out) == 9
    path = tmp_path / "all.jsonl"
    path.write_bytes(out.getvalue())
    with county(str(tmp_path / "other.db")) as other:
        assert import_lines(other, path).refused == []


def test_a_backup_and_a_rebuild_keep_alerts_as_they_are(ledger: Ledger, tmp_path: Path) -> None:
    number = raise_(ledger)
    raise_(ledger, subject="person:P2/secondment:s-2", person="P2")
    ledger.acknowledge(number)
    ledger.waive(number, "2030-01-01", DOCUMENT)
    before = alerts_of(ledger)
    assert len(before) == 2
    ledger.rebuild()
    assert alerts_of(ledger) == before
    assert ledger.verify().ok
    ledger.backup(tmp_path / "b.gz")
    with restore_ledger(tmp_path / "b.gz", str(tmp_path / "again.db")) as again:
        assert alerts_of(again) == before
        assert again.verify().ok


def test_a_table_of_alerts_that_was_changed_is_found(ledger: Ledger) -> None:
    raise_(ledger)
    with ledger.store.write() as unit:
        unit.conn.exec_driver_sql("UPDATE alert SET severity = 'low'")
    assert [table.table for table in ledger.verify().tables] == ["alert"]


def test_an_open_ledger_needs_no_rebuild_after_an_act(ledger: Ledger, ledger_url: str) -> None:
    raise_(ledger)
    assert ledger.status()["healthy"]
    with open_ledger(ledger_url) as again:
        assert again.status()["read_tables"]["position"] == 9


def test_what_an_officer_may_not_do_is_refused_and_leaves_nothing(ledger: Ledger) -> None:
    number = raise_(ledger)
    answers = [
        ledger.acknowledge(4),
        ledger.snooze(number, "2020-01-01"),
        ledger.waive(number, "2030-01-01", {}),
        ledger.waive(number, None, DOCUMENT),
        ledger.snooze(number, "soon"),
        ledger.acknowledge(number, note="x\x00"),
    ]
    assert [code(answer) for answer in answers] == [
        "alert_unknown",
        "until_in_past",
        "waiver_without_document",
        "waiver_without_end",
        "bad_value",
        "bad_text",
    ]
    assert ledger.perspective().known_at == 9


def test_of_several_alerts_all_or_none_are_acknowledged(ledger: Ledger) -> None:
    one, other = raise_(ledger), raise_(ledger, subject="person:P2/secondment:s-2")
    assert code(ledger.acknowledge([one, other, 3])) == "alert_unknown"
    assert ledger.perspective().known_at == other
    receipts = ledger.acknowledge([one, other, one])
    assert not isinstance(receipts, Refused)
    assert [receipt.position for receipt in receipts] == [11, 12]


def test_a_letter_is_noted(ledger: Ledger) -> None:
    number = raise_(ledger)
    assert code(ledger.letter_made({number: number}, "reminder", "催返函-9.docx", "0" * 64)) is None
    assert alerts_of(ledger)[number].position == 10


def test_of_two_who_write_a_letter_at_once_one_is_refused(ledger: Ledger) -> None:
    number = raise_(ledger)
    looked_at = {number: alerts_of(ledger)[number].position}
    assert code(ledger.letter_made(looked_at, "reminder", "催返函.docx", "0" * 64)) is None
    assert code(ledger.letter_made(looked_at, "reminder", "催返函.docx", "0" * 64)) == "alert_changed"
    assert ledger.perspective().known_at == 10


@pytest.mark.parametrize("between", [1, 499, 500, 501])
def test_blocks_of_positions_are_closed_by_acts_too(sqlite_url: str, between: int) -> None:
    with county(sqlite_url, hire("P1", "T1")) as ledger:
        with ledger.recording() as recording:
            desk = AlertDesk(recording, {})
            for number in range(between):
                given = {**RAISED, "subject": f"person:P{number}"}
                desk.take(a.AlertRaised.model_validate(given))
            desk.write()
        record(ledger, hire("P2", "T2"))
        assert ledger.verify().ok
