"""Reminders: written by the daily service as they fall due, none twice and none lost, wherever it is cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.application.workdays import WorkingDays
from ledger.bootstrap import Ledger
from ledger.domain.refusals import Refused
from ledger.jobs.scheduler import Service
from ledger.reports import posting
from ledger.reports.reminders import Reminders
from tests.jobs.makers import DAILY, Clock, again, alerts, office
from tests.queries.makers import hire, loan, on, record

FIRST, TEN_LEFT = "2023-06-01", "2023-06-15"
"""Of a term that ends on 30 June 2023: thirty days before; ten working days (25 June is worked, 22 and 23 are not)."""


class Killed(BaseException):
    """The program ends here."""


@pytest.fixture
def clock() -> Clock:
    return Clock("2023-05-20T09:00:00")


@pytest.fixture
def ledger(ledger_url: str, clock: Clock) -> Iterator[Ledger]:
    with office(ledger_url, clock) as made:
        yield made


def day(ledger: Ledger, clock: Clock, text: str, folder: Path) -> list[str]:
    """What the service does on a day; the letters that lie in the folder then."""
    clock.set(f"{text}T09:00:00")
    service = Service(ledger, DAILY, now=clock)
    service.after = Reminders(ledger, folder, WorkingDays(), clock).run
    service.once()
    return letters(folder)


def letters(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.docx"))


def noted(ledger: Ledger) -> int:
    """How many letters the ledger knows of."""
    with ledger.store.read() as conn:
        return len(ledger.store.of_topics(conn, ["alert.alert_letter_made"], 0))


def test_on_the_first_day_and_when_ten_working_days_are_left(ledger: Ledger, clock: Clock, tmp_path: Path) -> None:
    first, second = f"{FIRST} 到期提醒 C1.docx", f"{TEN_LEFT} 到期提醒 C1.docx"
    assert day(ledger, clock, "2023-05-31", tmp_path) == []
    assert day(ledger, clock, FIRST, tmp_path) == [first]
    for still in (FIRST, "2023-06-02", "2023-06-14"):
        assert day(ledger, clock, still, tmp_path) == [first]
    assert day(ledger, clock, TEN_LEFT, tmp_path) == [first, second]
    for still in (TEN_LEFT, "2023-06-16", "2023-06-30", "2023-07-01"):
        assert day(ledger, clock, still, tmp_path) == [first, second]
    assert noted(ledger) == 2


def test_one_letter_is_both_where_the_service_begins_late(ledger: Ledger, clock: Clock, tmp_path: Path) -> None:
    for late in ("2023-06-20", "2023-06-21", "2023-06-30"):
        assert day(ledger, clock, late, tmp_path) == ["2023-06-20 到期提醒 C1.docx"]


def test_an_extended_term_is_reminded_of_anew(ledger: Ledger, clock: Clock, tmp_path: Path) -> None:
    day(ledger, clock, FIRST, tmp_path)
    record(ledger, on("2023-06-10", "secondment_extended", person="P1", until="2023-12-31"))
    assert len(day(ledger, clock, TEN_LEFT, tmp_path)) == 1
    assert day(ledger, clock, "2023-12-02", tmp_path)[1:] == ["2023-12-02 续借到期告知 C1.docx"]


def test_nothing_is_written_about_what_was_put_off_or_is_tolerated(
    ledger: Ledger, clock: Clock, tmp_path: Path
) -> None:
    clock.set(f"{FIRST}T08:45:00")
    Service(ledger, DAILY, now=clock).once()
    [alert] = [one for one in alerts(ledger) if one.rule == "secondment_expiring"]
    assert not isinstance(ledger.snooze(alert.id, "2023-06-05"), Refused)
    assert day(ledger, clock, FIRST, tmp_path) == []
    assert len(day(ledger, clock, "2023-06-06", tmp_path)) == 1


def test_no_letter_is_overwritten_by_another_of_the_same_day_and_host(
    ledger: Ledger, clock: Clock, tmp_path: Path
) -> None:
    day(ledger, clock, FIRST, tmp_path)
    record(ledger, hire("P2", "T2"), loan("P2", "C1", "2023-06-01", "2023-06-30"))
    ledger.scan(clock().date())
    assert day(ledger, clock, FIRST, tmp_path) == [f"{FIRST} 到期提醒 C1 2.docx", f"{FIRST} 到期提醒 C1.docx"]


def test_a_letter_of_which_only_the_pdf_is_left_keeps_its_name(ledger: Ledger, clock: Clock, tmp_path: Path) -> None:
    (tmp_path / f"{FIRST} 到期提醒 C1.pdf").write_bytes(b"signed and sent")
    assert f"{FIRST} 到期提醒 C1 2.docx" in day(ledger, clock, FIRST, tmp_path)


def before(monkeypatch: pytest.MonkeyPatch, where: object, name: str) -> None:
    """Killed instead of doing this."""

    def killed(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr(where, name, killed)


def after(monkeypatch: pytest.MonkeyPatch, where: object, name: str) -> None:
    """Killed once this is done."""
    whole: Callable[..., Any] = getattr(where, name)

    def killed(*given: object, **named: object) -> None:
        whole(*given, **named)
        raise Killed

    monkeypatch.setattr(where, name, killed)


@pytest.mark.parametrize(
    ("cut", "where", "name"),
    [
        (before, posting, "render"),
        (before, posting, "write_private"),
        (after, posting, "write_private"),
        (before, Ledger, "letter_made"),
        (after, Ledger, "letter_made"),
        (before, Path, "replace"),
        (after, Path, "replace"),
    ],
)
def test_cut_off_anywhere_it_writes_each_letter_once(
    cut: Callable[..., None], where: object, name: str, ledger: Ledger, ledger_url: str, clock: Clock, tmp_path: Path
) -> None:
    clock.set(f"{FIRST}T08:40:00")
    Service(ledger, DAILY, now=clock).once()
    with pytest.MonkeyPatch.context() as patched:
        cut(patched, where, name)
        with pytest.raises(Killed):
            day(ledger, clock, FIRST, tmp_path)
    with again(ledger_url, clock) as next_one:
        for text in (FIRST, "2023-06-02"):
            day(next_one, clock, text, tmp_path)
        assert noted(next_one) == 1
        assert len(letters(tmp_path)) == 1
        assert next_one.verify().ok


def test_a_folder_that_cannot_be_written_holds_nothing_up(
    ledger: Ledger, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "letters"
    folder.write_text("a file, where a folder should be")
    assert day(ledger, clock, FIRST, folder) == []
    assert "tried again later: FileExistsError" in caplog.text
    folder.unlink()
    assert len(day(ledger, clock, FIRST, folder)) == 1
