"""What a scan decides, with findings and scans written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from ledger.domain.acts import AlertAct
from ledger.domain.alerts import Alert
from ledger.domain.findings.finding import Finding, State
from ledger.domain.scanning import Ended, Made, Moment, Scans, scan
from ledger.domain.terms import Severity

OVERDUE = "overdue_secondment"


def day(text: str) -> date:
    return date.fromisoformat(text)


def finding(since: str, subject: str = "person:P1/secondment:s", severity: Severity = Severity.MEDIUM) -> Finding:
    return Finding(OVERDUE, subject, State.TRUE, severity, day(since), {"days": 1}, ("T1", "C1"), "P1")


def alert(number: int, since: str, subject: str = "person:P1/secondment:s", **keys: Any) -> Alert:
    return Alert(number, OVERDUE, subject, day(since), Severity.MEDIUM, ("T1",), "P1", 0, **keys)


def scans(*moments: tuple[str, int]) -> Scans:
    """Scans for these days, at positions 101, 102 …"""
    return Scans([Made(101 + number, Moment(day(on), known)) for number, (on, known) in enumerate(moments)])


def acts(
    now: tuple[str, int],
    findings: Iterable[Finding],
    alerts: Iterable[Alert] = (),
    made: Scans | None = None,
    ended: Ended | None = Ended("r-1", None),  # noqa: B008  a tuple
) -> list[AlertAct]:
    known = {one.id: one for one in alerts}
    moment = Moment(day(now[0]), now[1])
    return scan(findings, known, made or scans(("2024-03-01", 9)), moment, lambda _alert, _seen: ended, 200)


def told(found: Iterable[AlertAct]) -> list[dict[str, Any]]:
    unimportant = {"evidence", "units", "person", "rule", "as_of", "known_at", "subject"}
    return [act.model_dump(mode="json", exclude_none=True, exclude=unimportant) for act in found]


def test_a_finding_is_raised_once() -> None:
    found = acts(("2024-03-01", 9), [finding("2024-03-01")])
    assert told(found) == [{"type": "alert_raised", "first_true_on": "2024-03-01", "severity": "medium"}]
    assert acts(("2024-03-01", 9), [finding("2024-03-01")], [alert(100, "2024-03-01")]) == []
    assert acts(("2024-03-02", 9), [finding("2024-03-01")], [alert(100, "2024-03-01")]) == []


def test_an_alert_is_cleared_by_the_entry_or_because_it_lapsed() -> None:
    one = alert(100, "2024-03-01")
    assert told(acts(("2024-03-02", 12), [], [one])) == [{"type": "alert_cleared", "alert": 100, "entry": "r-1"}]
    lapsed = acts(("2024-03-02", 12), [], [one], ended=Ended(None, day("2024-03-02")))
    assert told(lapsed) == [{"type": "alert_cleared", "alert": 100, "lapsed_on": "2024-03-02"}]


def test_an_alert_stays_where_nobody_can_say_whether_its_finding_is_gone() -> None:
    assert acts(("2024-03-02", 12), [], [alert(100, "2024-03-01")], ended=None) == []


def test_an_alert_whose_first_day_moved_is_superseded() -> None:
    found = acts(("2024-03-02", 12), [finding("2024-02-20")], [alert(100, "2024-03-01")])
    assert told(found) == [
        {"type": "alert_raised", "first_true_on": "2024-02-20", "severity": "medium", "supersedes": 100},
        {"type": "alert_superseded", "alert": 100, "by": 200},
    ]


@pytest.mark.parametrize(("since", "first"), [("2024-03-01", "alert_raised"), ("2024-03-02", "alert_cleared")])
def test_a_run_that_began_after_the_last_scan_is_another_one(since: str, first: str) -> None:
    """Last seen on 1 March: a run from 1 March contains that day, one from 2 March does not."""
    found = acts(("2024-03-05", 12), [finding(since)], [alert(100, "2024-02-20")])
    assert found[0].type == first
    assert len(found) == 2


def test_a_first_day_that_moves_back_reopens_the_earlier_alert() -> None:
    was = alert(90, "2024-03-01", standing="superseded", superseded_by=100)
    found = acts(("2024-03-02", 12), [finding("2024-03-01")], [was, alert(100, "2024-02-20")])
    assert told(found) == [
        {"type": "alert_reopened", "alert": 90, "reason": "true_again"},
        {"type": "alert_superseded", "alert": 100, "by": 90},
    ]


def test_the_same_finding_true_again_reopens_its_alert() -> None:
    was = alert(100, "2024-03-01", standing="cleared", cleared_by="r-1")
    found = acts(("2024-03-02", 12), [finding("2024-03-01")], [was])
    assert told(found) == [{"type": "alert_reopened", "alert": 100, "reason": "true_again"}]


@pytest.mark.parametrize(("on", "count"), [("2024-03-10", 0), ("2024-03-11", 1)])
def test_a_waiver_that_has_ended_reopens_the_alert(on: str, count: int) -> None:
    waived = alert(100, "2024-03-01", waived_until=day("2024-03-10"), waived_by="1号")
    found = acts((on, 12), [finding("2024-03-01")], [waived])
    assert [act.type for act in found] == ["alert_reopened"] * count


def test_a_snooze_that_has_ended_needs_no_act() -> None:
    snoozed = alert(100, "2024-03-01", snoozed_until=day("2024-03-10"))
    assert acts(("2024-03-11", 12), [finding("2024-03-01")], [snoozed]) == []


def test_a_graver_finding_is_told_by_the_same_alert() -> None:
    found = acts(("2024-03-31", 12), [finding("2024-03-01", severity=Severity.HIGH)], [alert(100, "2024-03-01")])
    assert told(found) == [{"type": "alert_regraded", "alert": 100, "severity": "high"}]


def test_a_scan_says_nothing_about_an_alert_last_seen_on_a_later_day() -> None:
    made = scans(("2024-03-01", 9), ("2024-03-08", 9))
    late = alert(100, "2024-03-01")
    assert acts(("2024-03-05", 12), [], [late], made) == []
    assert acts(("2024-03-08", 8), [], [late], made) == []
    assert len(acts(("2024-03-08", 9), [], [late], made)) == 1
    assert len(acts(("2024-03-08", 10), [], [late], made)) == 1


def test_a_scan_reopens_nothing_that_a_later_day_has_cleared() -> None:
    made = scans(("2024-03-01", 9), ("2024-03-08", 9))
    was = alert(100, "2024-03-01", standing="cleared", cleared_by="r-1")
    assert acts(("2024-03-05", 12), [finding("2024-03-01")], [was], made) == []


def test_an_alert_is_judged_only_by_the_scans_after_its_raising() -> None:
    made = scans(("2024-03-08", 9), ("2024-03-02", 9))
    late = alert(101, "2024-03-01")
    assert made.judged(late) == Moment(day("2024-03-02"), 9)
    assert len(acts(("2024-03-05", 12), [], [late], made)) == 1


def test_two_alerts_of_one_subject_end_in_one() -> None:
    """A scan of an earlier day raised the second; the next one finds the run of the first."""
    both = [alert(90, "2024-02-20"), alert(100, "2024-03-01")]
    found = acts(("2024-03-05", 12), [finding("2024-02-20")], both)
    assert told(found) == [{"type": "alert_superseded", "alert": 100, "by": 90}]


def test_positions_of_acts_are_counted_through() -> None:
    both = [alert(100, "2024-03-01"), alert(99, "2024-03-01", "person:P2/secondment:s")]
    findings = [finding("2024-02-20"), finding("2024-02-21", "person:P2/secondment:s")]
    found = acts(("2024-03-02", 12), findings, both)
    assert [(act["type"], act.get("by")) for act in told(found)] == [
        ("alert_raised", None),
        ("alert_superseded", 200),
        ("alert_raised", None),
        ("alert_superseded", 202),
    ]
