"""Scans of a real ledger: what is raised, what ends it, and that a scan made twice says the same."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from ledger.application.scanning import ScanAnswer
from ledger.bootstrap import Ledger, open_ledger
from ledger.domain.alerts import Alert
from ledger.domain.refusals import Refused
from ledger.projections.alerts import load_alerts
from tests.queries.makers import county, hire, loan, on, record
from tests.twins import the_day_of_recording

DOCUMENT = {"document_no": "县组〔2024〕3号"}
PAPER = {"authority": {"document_no": "借1号", "issued_on": "2023-02-20"}}


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """Somebody born and hired on paper, and lent to the county from March to June 2023, with a document."""
    facts = {"gender": "male", "born_on": "1985-01-01", "identity": "civil_servant"}
    entries = (
        hire("P1", "T2", **facts),
        {**loan("P1", "C1", "2023-03-01", "2023-06-30"), "id": "out", **PAPER},
    )
    with county(ledger_url, *entries) as made:
        yield made


def scan(ledger: Ledger, day: str, known_at: int | None = None) -> ScanAnswer:
    answer = ledger.scan(date.fromisoformat(day), known_at)
    assert isinstance(answer, ScanAnswer)
    return answer


def alert_of(ledger: Ledger, rule: str) -> Alert:
    with ledger.store.read() as conn:
        return next(one for one in reversed(load_alerts(conn).values()) if one.rule == rule)


def state(ledger: Ledger, rule: str, day: str) -> str:
    return alert_of(ledger, rule).state_on(date.fromisoformat(day)).value


def rules(answer: ScanAnswer) -> set[str]:
    return {row.finding.rule for row in answer.rows}


def text(answer: ScanAnswer) -> str:
    return json.dumps(answer.to_json(), ensure_ascii=False)


def test_a_scan_raises_an_alert_for_every_finding_and_says_the_same_again(ledger: Ledger) -> None:
    first = scan(ledger, "2023-07-01")
    assert "overdue_secondment" in rules(first)
    assert {row.state.value for row in first.rows if row.state} == {"open"}
    assert first.done == {"alert_raised": len(first.rows), "scan_finished": 1}
    position = ledger.perspective().known_at
    again = scan(ledger, "2023-07-01")
    assert (text(again), again.done) == (text(first), {})
    assert ledger.perspective().known_at == position
    assert first.perspective.known_at == ledger.newest_entry() == 8
    assert ledger.verify().ok


def test_the_same_alerts_after_a_rebuild(ledger: Ledger) -> None:
    first = scan(ledger, "2023-07-01")
    ledger.rebuild()
    assert text(scan(ledger, "2023-07-01")) == text(first)


def test_a_finding_that_lapses_says_on_which_day(ledger: Ledger) -> None:
    scan(ledger, "2023-06-20")
    scan(ledger, "2023-07-05")
    expiring = alert_of(ledger, "secondment_expiring")
    assert (expiring.cleared_by, expiring.lapsed_on) == (None, date(2023, 7, 1))
    assert alert_of(ledger, "overdue_secondment").first_true_on == date(2023, 7, 1)


def test_a_late_entry_clears_and_is_named_even_among_others_about_the_same_person(ledger: Ledger) -> None:
    scan(ledger, "2023-07-10")
    record(
        ledger,
        on("2023-07-01", "person_described", person="P1", name="name of P1"),
        {**on("2023-07-02", "secondment_ended", person="P1"), "id": "back"},
        on("2023-07-03", "appointed", person="P1", title="副镇长"),
    )
    scan(ledger, "2023-07-11")
    overdue = alert_of(ledger, "overdue_secondment")
    assert (overdue.standing.value, overdue.cleared_by) == ("cleared", "back")


def test_a_reversal_clears_and_what_comes_back_is_reopened(ledger: Ledger) -> None:
    first = {**on("2023-07-02", "secondment_ended", person="P1"), "id": "back"}
    scan(ledger, "2023-07-10")
    record(ledger, first)
    scan(ledger, "2023-07-11")
    ledger.acknowledge(alert_of(ledger, "overdue_secondment").id)
    record(ledger, {"type": "reversed", "entry": "back", "reason": "记错人", "id": "not-back"})
    scan(ledger, "2023-07-12")
    assert state(ledger, "overdue_secondment", "2023-07-12") == "open"
    record(ledger, {"type": "reversed", "entry": "out", "reason": "没有借过", "id": "never"})
    scan(ledger, "2023-07-13")
    assert alert_of(ledger, "overdue_secondment").cleared_by == "never"
    assert ledger.verify().ok


def test_an_entry_ahead_clears_on_its_day(ledger: Ledger) -> None:
    record(ledger, {**on("2023-07-20", "secondment_ended", person="P1"), "id": "back"})
    for day in ("2023-07-10", "2023-07-25"):
        scan(ledger, day)
    assert alert_of(ledger, "overdue_secondment").cleared_by == "back"


def test_another_policy_clears_and_is_named(ledger: Ledger) -> None:
    scan(ledger, "2023-06-20")
    record(
        ledger,
        hire("P7", "T1"),
        on("2023-06-01", "policy_adopted", parameters={"expiring_days": 5}, source="x", id="rule"),
        hire("P8", "T1"),
    )
    scan(ledger, "2023-06-21")
    assert alert_of(ledger, "secondment_expiring").cleared_by == "rule"


def test_a_corrected_term_moves_the_first_day_and_keeps_what_was_said(ledger: Ledger) -> None:
    scan(ledger, "2023-07-10")
    old = alert_of(ledger, "overdue_secondment")
    ledger.acknowledge(old.id)
    assert not isinstance(ledger.correct("out", {"until": "2023-06-15"}, "笔误"), Refused)
    scan(ledger, "2023-07-11")
    new = alert_of(ledger, "overdue_secondment")
    assert (new.first_true_on, new.supersedes, new.acknowledged_by) == (date(2023, 6, 16), old.id, "tester")
    with ledger.store.read() as conn:
        assert load_alerts(conn)[old.id].superseded_by == new.id


def test_a_backdated_correction_clears_and_is_named(ledger: Ledger) -> None:
    scan(ledger, "2023-07-10")
    done = ledger.correct("out", {"until": "2023-12-31"}, "笔误")
    assert not isinstance(done, Refused)
    scan(ledger, "2023-07-11")
    overdue = alert_of(ledger, "overdue_secondment")
    assert (overdue.standing.value, overdue.cleared_by, overdue.lapsed_on) == ("cleared", done.id, None)


def test_days_make_the_same_alert_graver(ledger: Ledger) -> None:
    scan(ledger, "2023-07-10")
    before = alert_of(ledger, "overdue_secondment")
    answer = scan(ledger, "2023-07-30")
    after = alert_of(ledger, "overdue_secondment")
    assert (before.severity, after.severity, before.id) == ("medium", "high", after.id)
    assert answer.done["alert_regraded"] == 1


def test_a_waiver_holds_through_its_last_day(ledger: Ledger, ledger_url: str) -> None:
    scan(ledger, "2023-07-10")
    end = the_day_of_recording().date()
    ledger.waive(alert_of(ledger, "overdue_secondment").id, end, DOCUMENT)
    assert [row.state for row in scan(ledger, "2023-07-11").rows if row.finding.rule == "overdue_secondment"] == [
        "waived"
    ]
    with open_ledger(ledger_url, officer="tester", clock=lambda: the_day_of_recording() + timedelta(days=2)) as later:
        answer = scan(later, date.fromordinal(end.toordinal() + 1).isoformat())
        assert answer.done["alert_reopened"] == 1


def test_an_earlier_day_clears_nothing_that_was_seen_later(ledger: Ledger) -> None:
    scan(ledger, "2023-07-10")
    answer = scan(ledger, "2023-06-10")
    assert "alert_cleared" not in answer.done
    assert state(ledger, "overdue_secondment", "2023-07-10") == "open"


def test_a_day_that_has_not_come_is_not_scanned(ledger: Ledger) -> None:
    tomorrow = date.fromordinal(the_day_of_recording().date().toordinal() + 1)
    answer = ledger.scan(tomorrow)
    assert isinstance(answer, Refused)
    assert answer.code == "scan_ahead"
    assert ledger.perspective().known_at == 8


def test_a_missing_fact_clears_nothing(ledger: Ledger) -> None:
    """The document's date goes missing: nobody can say any more whether it was late."""
    late = {**PAPER["authority"], "issued_on": "2023-04-01"}
    ledger.correct("out", {"authority": late}, "补")
    scan(ledger, "2023-03-20")
    before = alert_of(ledger, "no_authority")
    ledger.correct("out", {"authority": {"document_no": "借1号"}}, "补")
    scan(ledger, "2023-03-21")
    assert alert_of(ledger, "no_authority") == before
    assert before.live


def test_two_scans_at_once_raise_nothing_twice(ledger: Ledger) -> None:
    record(ledger, *(hire(f"Q{number}", "T1") for number in range(5)))
    record(ledger, *(loan(f"Q{number}", "C1", "2023-03-01", None) for number in range(5)))
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(text(scan(ledger, "2023-07-01")))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert len(answers) == 3
    with ledger.store.read() as conn:
        identities = [alert.identity for alert in load_alerts(conn).values()]
    assert len(identities) == len(set(identities)) == len(json.loads(answers[0])["rows"])


def test_what_is_open_at_worst_is_told(ledger: Ledger) -> None:
    answer = scan(ledger, "2023-12-31")
    worst = max((row.finding.severity.rank for row in answer.rows if row.finding.severity), default=-1)
    assert answer.worst_open is not None
    assert answer.worst_open.rank == worst
    for row in answer.rows:
        assert row.alert is not None
        ledger.acknowledge(row.alert.id)
    assert scan(ledger, "2023-12-31").worst_open is None
