"""The life of an alert: what each act makes of it, and what an officer may not do."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.domain import acts as a
from ledger.domain.alerts import Alert, decide, evolve
from ledger.domain.events import Event, Recorded, topic_of
from ledger.domain.terms import Severity

SEEN: dict[str, Any] = {"as_of": "2024-03-01", "known_at": 9}
RAISED: dict[str, Any] = {
    **SEEN,
    "rule": "overdue_secondment",
    "subject": "person:P1/secondment:s-1",
    "first_true_on": "2024-03-01",
    "severity": "medium",
    "units": ("T1", "C1"),
    "person": "P1",
    "evidence": {"days": 1},
}
DOCUMENT = {"document_no": "县组〔2024〕3号"}
TODAY = date(2024, 3, 10)


class Book:
    """Acts one after the other, as the log would hold them."""

    def __init__(self) -> None:
        self.alerts: dict[int, Alert] = {}
        self.position = 10

    def take(self, model: type[a.Act], officer: str = "王五", **given: Any) -> int:
        act = model.model_validate(given)
        event = Event(
            originator_id="alert:x",
            originator_version=1,
            topic=topic_of("alert:x", act),
            id=f"#{self.position}",
            recorded_by=officer,
            entry=act,
        )
        self.alerts.update(evolve(self.alerts, Recorded(self.position, self.position * 1000, event)))
        self.position += 1
        return self.position - 1

    def raise_(self, **given: Any) -> int:
        return self.take(a.AlertRaised, **{**RAISED, **given})

    def state(self, number: int, day: str = "2024-03-10") -> str:
        return self.alerts[number].state_on(date.fromisoformat(day)).value


@pytest.fixture
def book() -> Book:
    return Book()


def test_an_alert_is_known_by_rule_subject_and_first_day(book: Book) -> None:
    number = book.raise_()
    alert = book.alerts[number]
    assert alert.id == 10
    assert alert.stream == "alert:overdue_secondment:person:P1/secondment:s-1:2024-03-01"
    assert (alert.severity, alert.units, alert.person) == (Severity.MEDIUM, ("T1", "C1"), "P1")
    assert book.state(number) == "open"


def test_an_acknowledgement_says_who_and_when(book: Book) -> None:
    number = book.raise_()
    book.take(a.AlertAcknowledged, "赵六", alert=number)
    assert book.state(number) == "acknowledged"
    assert (book.alerts[number].acknowledged_by, book.alerts[number].acknowledged_at) == ("赵六", 11_000)


def test_a_snooze_ends_by_itself_after_its_last_day(book: Book) -> None:
    number = book.raise_()
    book.take(a.AlertSnoozed, alert=number, until="2024-03-20")
    assert [book.state(number, day) for day in ("2024-03-20", "2024-03-21")] == ["snoozed", "open"]


def test_a_waiver_weighs_more_than_a_snooze_and_that_more_than_an_acknowledgement(book: Book) -> None:
    number = book.raise_()
    book.take(a.AlertAcknowledged, alert=number)
    book.take(a.AlertSnoozed, alert=number, until="2024-03-25")
    book.take(a.AlertWaived, alert=number, until="2024-03-20", authority=DOCUMENT)
    assert [book.state(number, f"2024-03-{day}") for day in (20, 21, 26)] == ["waived", "snoozed", "acknowledged"]
    assert book.alerts[number].waived_by == "县组〔2024〕3号"


def test_a_cleared_alert_names_the_entry_or_the_day(book: Book) -> None:
    one, other = book.raise_(), book.raise_(subject="person:P2/secondment:s-2")
    book.take(a.AlertCleared, alert=one, entry="r-1", **SEEN)
    book.take(a.AlertCleared, alert=other, lapsed_on="2024-03-09", **SEEN)
    assert (book.state(one), book.alerts[one].cleared_by, book.alerts[one].lapsed_on) == ("cleared", "r-1", None)
    assert (book.alerts[other].cleared_by, book.alerts[other].lapsed_on) == (None, date(2024, 3, 9))


def test_a_reopened_alert_is_as_on_its_first_day(book: Book) -> None:
    number = book.raise_()
    book.take(a.AlertAcknowledged, alert=number)
    book.take(a.AlertWaived, alert=number, until="2024-03-20", authority=DOCUMENT)
    book.take(a.AlertCleared, alert=number, entry="r-1", **SEEN)
    book.take(a.AlertReopened, alert=number, reason="true_again", **SEEN)
    again = book.alerts[number]
    assert book.state(number) == "open"
    assert (again.acknowledged_by, again.waived_until, again.cleared_by) == (None, None, None)


def test_a_superseded_alert_passes_on_what_was_said_about_it(book: Book) -> None:
    old = book.raise_()
    book.take(a.AlertAcknowledged, "赵六", alert=old)
    book.take(a.AlertSnoozed, alert=old, until="2024-03-12")
    book.take(a.AlertWaived, alert=old, until="2024-03-11", authority=DOCUMENT)
    new = book.raise_(first_true_on="2024-02-20", supersedes=old)
    book.take(a.AlertSuperseded, alert=old, by=new, **SEEN)
    assert (book.state(old), book.alerts[old].superseded_by) == ("superseded", new)
    heir = book.alerts[new]
    assert (heir.acknowledged_by, heir.snoozed_until, heir.waived_until, heir.waived_by, heir.supersedes) == (
        "赵六",
        date(2024, 3, 12),
        date(2024, 3, 11),
        "县组〔2024〕3号",
        old,
    )


def test_a_finding_that_weighs_more_keeps_its_alert(book: Book) -> None:
    number = book.raise_()
    book.take(a.AlertRegraded, alert=number, severity="critical", evidence={"days": 180}, **SEEN)
    assert (book.alerts[number].severity, book.state(number)) == (Severity.CRITICAL, "open")


def test_a_letter_changes_nothing_but_the_last_act(book: Book) -> None:
    number = book.raise_()
    book.take(a.AlertLetterMade, alert=number, letter="reminder", file="催返函.docx", sha256="0" * 64)
    assert (book.state(number), book.alerts[number].position) == ("open", 11)


# ---------------------------------------------------------------- what an officer may not do


def told(book: Book, number: int | None, act: a.AlertAct) -> str | None:
    refused = decide(None if number is None else book.alerts[number], act, TODAY)
    return None if refused is None else refused.code


def test_what_is_open_is_acknowledged_once(book: Book) -> None:
    number = book.raise_()
    again = a.AlertAcknowledged(alert=number)
    assert told(book, number, again) is None
    book.take(a.AlertAcknowledged, alert=number)
    assert told(book, number, again) == "already_acknowledged"


def test_there_must_be_such_an_alert(book: Book) -> None:
    assert told(book, None, a.AlertAcknowledged(alert=4)) == "alert_unknown"


@pytest.mark.parametrize("end", ["cleared", "superseded"])
def test_nothing_is_done_about_a_closed_alert_but_letters(book: Book, end: str) -> None:
    number, other = book.raise_(), book.raise_(first_true_on="2024-02-01")
    if end == "cleared":
        book.take(a.AlertCleared, alert=number, entry="r-1", **SEEN)
    else:
        book.take(a.AlertSuperseded, alert=number, by=other, **SEEN)
    waived = a.AlertWaived.model_validate({"alert": number, "until": "2024-04-01", "authority": DOCUMENT})
    acts = (a.AlertAcknowledged(alert=number), a.AlertSnoozed(alert=number, until=TODAY), waived)
    assert [told(book, number, act) for act in acts] == ["alert_closed"] * 3
    letter = a.AlertLetterMade(alert=number, letter="reminder", file="x.docx", sha256="0" * 64)
    assert told(book, number, letter) is None


@pytest.mark.parametrize(("until", "code"), [("2024-03-09", "until_in_past"), ("2024-03-10", None)])
def test_a_snooze_and_a_waiver_last_at_least_through_today(book: Book, until: str, code: str | None) -> None:
    number = book.raise_()
    snoozed = a.AlertSnoozed.model_validate({"alert": number, "until": until})
    waived = a.AlertWaived.model_validate({"alert": number, "until": until, "authority": DOCUMENT})
    assert [told(book, number, act) for act in (snoozed, waived)] == [code, code]


@pytest.mark.parametrize("authority", [None, {}, {"title": "口头同意"}])
def test_a_waiver_rests_on_a_document_with_a_number(book: Book, authority: Any) -> None:
    number = book.raise_()
    waived = a.AlertWaived.model_validate({"alert": number, "until": "2024-04-01", "authority": authority})
    assert told(book, number, waived) == "waiver_without_document"
