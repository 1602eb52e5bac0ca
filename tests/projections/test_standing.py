"""Where a life stands is enough to go on from: what comes later changes the same as in the whole life."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.application import Receipt
from ledger.bootstrap import create_ledger, open_ledger
from ledger.domain.facts import Illegal
from ledger.domain.periods import changed, told
from ledger.domain.person import Timeline, extended, fold
from ledger.domain.refusals import Refused
from ledger.projections.standing import standing_of, standing_text
from tests.domain.makers import COUNTY, Entry, facts, hired, on, structure_of
from tests.twins import the_day_of_recording


def about(type_: str, day: str, /, **keys: Any) -> Entry:
    return on(day, type_, person="P1", **keys)


PAPER = {"document_no": "组借〔2021〕7号", "issued_by": "组织部", "issued_on": "2021-01-04"}
LIVES = {
    "lent, extended, called back, lent again and converted": [
        hired(gender="female", born_on="1980-05-01", born_precision="month", retirement_age=55),
        about(
            "secondment_started", "2020-02-01", host="J1", until="2020-07-31", authority=PAPER, attributes={"a": "b"}
        ),
        about("secondment_extended", "2020-07-01", until="2020-12-31"),
        about("secondment_extended", "2020-12-01", until="2021-06-30"),
        about("secondment_ended", "2021-03-01", reason="recalled"),
        about("secondment_started", "2021-05-01", host="J1-A"),
        about("transferred", "2021-08-01", unit="J1", establishment="public_institution"),
    ],
    "positions that stay behind and positions that come along": [
        hired(),
        about("appointed", "2020-02-01", title="镇长", rank="正科级"),
        about("appointed", "2020-03-01", title="委员", counts=False, unit="C"),
        about("transferred", "2020-04-01", unit="T2"),
        about("transferred", "2020-05-01", unit="T1-A"),
        about("relieved", "2020-06-01", title="镇长"),
        about("appointed", "2020-07-01", title="镇长", rank="正科级", unit="T2"),
    ],
    "on leave while lent, departed, hired once more": [
        hired(identity="worker"),
        about("secondment_started", "2020-02-01", host="J1"),
        about("leave_started", "2020-03-01", kind="sick"),
        about("leave_ended", "2020-04-01"),
        about("person_described", "2020-05-01", identity="civil_servant", born_on="1985-01-01"),
        about("departed", "2020-06-01", reason="resigned"),
        about("person_described", "2020-07-01", name="赵二"),
        hired("P1", "T2", "2021-01-01", establishment="support"),
    ],
}


@pytest.mark.parametrize("life", LIVES)
def test_a_later_entry_changes_what_it_changes_in_the_whole_life(life: str) -> None:
    structure, entries = structure_of(*COUNTY), facts(*LIVES[life])
    for count, entry in enumerate(entries):
        whole = fold(entries[:count], structure)
        assert isinstance(whole, Timeline)
        end = standing_of(standing_text(whole))
        assert end.steps == whole.steps[-1:]
        assert end.whole == (count == 0)
        after, longer = extended(end, (entry,), structure), fold(entries[: count + 1], structure)
        assert isinstance(after, Timeline)
        assert isinstance(longer, Timeline)
        assert standing_text(after) == standing_text(longer)
        for was, now, had, has in zip(told(end), told(after), told(whole), told(longer), strict=True):
            assert [set(part) for part in changed(was, now)] == [set(part) for part in changed(had, has)]


def test_what_cannot_stand_is_refused_from_the_end_as_from_the_whole() -> None:
    structure = structure_of(*COUNTY)
    entries = facts(hired(), about("leave_started", "2020-02-01", kind="sick"))
    [again] = facts(about("leave_started", "2020-03-01", kind="study"))
    found = fold(entries, structure)
    assert isinstance(found, Timeline)
    refused = [extended(timeline, (again,), structure) for timeline in (found, standing_of(standing_text(found)))]
    assert refused[0] == refused[1]
    assert isinstance(refused[0], Illegal)


def test_only_later_days_are_added_to_an_end() -> None:
    found = fold(facts(hired(), about("leave_started", "2020-02-01", kind="sick")), structure_of(*COUNTY))
    assert isinstance(found, Timeline)
    end = standing_of(standing_text(found))
    days = [found.steps[-1].day + shift for shift in (-1, 0, 1)]
    assert [end.takes(day) for day in days] == [False, False, True]
    assert [found.takes(day) for day in days] == [False, True, True]


# ---- in a ledger that is opened anew for each entry, so that nothing is remembered

LATER: dict[str, tuple[Entry, str]] = {
    "the same day": (about("appointed", "2021-02-01", title="镇长", rank="正科级"), "recorded"),
    "late, before everything else": (about("appointed", "2020-01-15", title="镇长", rank="正科级"), "recorded"),
    "late, and in the way of what follows": (about("secondment_started", "2020-06-01", host="J1"), "breaks"),
    "later": (about("secondment_ended", "2021-03-01"), "recorded"),
    "later, and impossible": (about("secondment_started", "2021-03-01", host="T2"), "secondment_running"),
}


def told_of(url: str, entry: Entry) -> str:
    with open_ledger(url, clock=the_day_of_recording) as ledger:
        answer = ledger.record(entry)
        assert ledger.verify().ok
    return answer.code if isinstance(answer, Refused) else "recorded"


@pytest.fixture
def lent(ledger_url: str) -> str:
    """A ledger in which P1 is lent to J1 since 1 February 2021."""
    with create_ledger(ledger_url, clock=the_day_of_recording) as ledger:
        for entry in (*COUNTY, hired(), about("secondment_started", "2021-02-01", host="J1", id="lent")):
            assert isinstance(ledger.record(entry), Receipt)
    return ledger_url


@pytest.mark.parametrize("case", LATER)
def test_an_entry_is_judged_by_the_whole_life_wherever_it_falls(lent: str, case: str) -> None:
    entry, expected = LATER[case]
    assert told_of(lent, entry).startswith(expected)


def test_what_was_put_right_stands_right(lent: str) -> None:
    assert told_of(lent, {"type": "reversed", "entry": "lent", "reason": "录错人"}) == "recorded"
    assert told_of(lent, about("secondment_ended", "2021-03-01")) == "no_secondment"
    assert told_of(lent, about("secondment_started", "2021-04-01", host="T2")) == "recorded"


def test_entries_recorded_together_go_on_from_one_another(lent: str) -> None:
    with open_ledger(lent, clock=the_day_of_recording) as ledger:
        results = ledger.record_all(
            [
                about("secondment_extended", "2021-06-01", until="2021-12-31"),
                about("leave_started", "2020-03-01", kind="study"),
                about("leave_ended", "2020-05-01"),
                about("secondment_ended", "2021-09-01", id="back"),
                {"type": "reversed", "entry": "back", "reason": "未返还"},
                about("transferred", "2021-10-01", unit="J1"),
            ]
        )
        assert all(isinstance(one, Receipt) for one in results), results
        assert ledger.verify().ok


def test_an_entry_that_was_put_right_to_somebody_else_and_again_leaves_the_first_person_open(lent: str) -> None:
    def correct(entry: str, **keys: object) -> Entry:
        return {"type": "corrected", "entry": entry, "reason": "录错人", **keys}

    other = {**about("leave_started", "2021-03-01", kind="sick"), "person": "P2"}
    for entry, expected in (
        (hired("P2", "T2", "2020-01-01"), "recorded"),
        (about("leave_started", "2021-03-01", kind="sick", id="sick"), "recorded"),
        (correct("sick", id="first", replacement=other), "recorded"),
        (correct("first", id="second", replacement={**other, "note": "改批文号"}), "recorded"),
        ({"type": "reversed", "entry": "second", "reason": "无此事"}, "recorded"),
        (about("secondment_ended", "2021-04-01"), "recorded"),
    ):
        assert told_of(lent, entry) == expected
