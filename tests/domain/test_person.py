"""What is legal when in one life, and what it changes (the table of spec 1.3)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.domain.periods import charge_periods, post_periods
from ledger.domain.person import Timeline
from ledger.domain.time import FOREVER
from tests.domain.makers import COUNTY, Entry, day, first_illegal, hired, life, on, structure_of, unit


def lent(day: str = "2021-03-01", host: str = "J1", until: str | None = "2021-08-31", **keys: Any) -> Entry:
    return on(day, "secondment_started", host=host, until=until, **keys)


def moved(day: str, place: str, **keys: Any) -> Entry:
    return on(day, "transferred", unit=place, **keys)


BACK = "secondment_ended"
GONE = {"reason": "resigned"}
SICK = on("2021-01-01", "leave_started", kind="sick")


def charges(timeline: Timeline) -> list[tuple[str, str, str | None, str | None]]:
    """(from, unit, host, leave) of each run of equal days."""
    return [
        (date.fromordinal(one.d_from).isoformat(), one.unit, one.host, one.leave) for one in charge_periods(timeline)
    ]


@pytest.mark.parametrize(
    ("entries", "illegal"),
    [
        ([hired()], None),
        ([hired(), hired("P1", "T2", "2021-01-01")], ("already_on_register", 2)),
        ([hired(), on("2021-01-01", "departed", **GONE), hired("P1", "T2", "2021-01-01")], None),
        ([hired(), hired("P1", "T2", "2021-01-01"), on("2021-01-01", "departed", **GONE)], ("already_on_register", 2)),
        ([on("2020-01-01", "departed", **GONE)], ("not_on_register", 1)),
        ([on("2020-01-01", "person_described", name="赵天")], ("person_unknown", 1)),
        ([hired(), on("2021-01-01", "departed", **GONE), on("2022-01-01", "person_described", name="钱地")], None),
        ([hired(), moved("2021-01-01", "T1")], ("charge_unchanged", 2)),
        ([hired(), moved("2021-01-01", "T1", establishment="support")], None),
        ([hired(), moved("2021-01-01", "T9")], ("unit_unknown", 2)),
        ([hired(), on("2021-01-01", "appointed", title="镇长"), on("2021-02-01", "relieved", title="镇长")], None),
        ([hired(), on("2021-02-01", "relieved", title="镇长")], ("position_not_held", 2)),
        ([hired(), lent(), lent("2021-04-01", "T2")], ("secondment_running", 3)),
        ([hired(), lent(), on("2021-04-01", BACK), lent("2021-04-01", "T2")], None),
        ([hired(), lent(host="T1-A")], ("internal_duty", 2)),
        ([hired("P1", "T1-A"), lent(host="T1-B")], ("internal_duty", 2)),
        ([hired("P1", "TF-A"), lent(host="TF")], ("internal_duty", 2)),
        ([hired("P1", "C"), lent(host="TF")], None),
        ([hired(), lent(host="TF")], None),
        ([hired(), lent(host="D")], None),
        ([hired(), lent(), on("2021-08-01", "secondment_extended", until="2021-08-31")], ("not_later", 3)),
        ([hired(), lent(), on("2021-08-01", "secondment_extended", until="2021-09-01")], None),
        ([hired(), lent(until=None), on("2021-08-01", "secondment_extended", until="2021-08-01")], None),
        ([hired(), lent(), on("2022-08-01", "secondment_extended", until="2023-08-01")], None),
        ([hired(), on("2021-04-01", BACK)], ("no_secondment", 2)),
        ([hired(), lent(), moved("2021-04-01", "J1-A")], None),
        ([hired(), lent(), moved("2021-04-01", "T1-A")], None),
        ([hired(), lent(), moved("2021-04-01", "T2")], ("return_first", 3)),
        ([hired(), lent(), moved("2021-04-01", "J1-A"), on("2021-05-01", BACK)], ("no_secondment", 4)),
        ([hired(), lent(), moved("2021-04-01", "T1-A"), on("2021-05-01", BACK)], None),
        ([hired(), SICK, lent(), on("2021-04-01", "leave_ended")], None),
        ([hired(), SICK, moved("2021-02-01", "T2"), on("2021-03-01", "leave_ended")], None),
        ([hired(), on("2021-01-01", "leave_ended")], ("not_on_leave", 2)),
        ([hired(), lent(), on("2021-04-01", "departed", **GONE), on("2021-05-01", BACK)], ("no_secondment", 4)),
        ([hired(), lent("2019-12-31")], ("not_on_register", 2)),
        ([hired(establishment="off_establishment"), lent()], None),
    ],
)  # fmt: skip
def test_legal_when(entries: list[Entry], illegal: tuple[str, int] | None) -> None:
    assert first_illegal(*entries) == illegal


def test_a_late_entry_is_judged_in_its_place() -> None:
    """The departure was recorded last and lies before the loan: the loan can no longer stand."""
    assert first_illegal(hired(), lent(), on("2021-02-01", "departed", **GONE)) == ("not_on_register", 2)


def test_a_transfer_to_the_host_converts_the_secondment() -> None:
    timeline = life(hired(), lent(), moved("2021-05-01", "J1-A"))
    [spell] = timeline.spells
    assert (spell.ended, spell.outcome, spell.ended_by) == (day("2021-05-01"), "converted", 3)


def test_on_the_day_an_office_closes_its_people_are_transferred_within_the_town() -> None:
    closing = structure_of(*COUNTY, on("2021-05-01", "unit_abolished", unit="T1-A"))
    away = life(hired("P1", "T1-A"), lent(), moved("2021-05-01", "T1-B"), structure=closing)
    assert [spell.outcome for spell in away.spells] == [None]
    guest = life(hired("P1", "T2"), lent(host="T1-A"), moved("2021-05-01", "T1-B"), structure=closing)
    assert [spell.outcome for spell in guest.spells] == ["converted"]
    to_another_town = (hired("P1", "T1-A"), lent(), moved("2021-05-01", "T2"))
    assert first_illegal(*to_another_town, structure=closing) == ("return_first", 3)


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (on("2021-05-01", BACK), "returned"),
        (on("2021-05-01", BACK, reason="recalled"), "recalled"),
        (on("2021-05-01", "departed", reason="died"), "departed"),
    ],
)
def test_how_a_secondment_ended(end: Entry, outcome: str) -> None:
    [spell] = life(hired(), lent(), end).spells
    assert (spell.ended, spell.outcome) == (day("2021-05-01"), outcome)


def test_a_term_that_has_run_out_ends_nothing() -> None:
    [spell] = life(hired(), lent()).spells
    assert (spell.ended, spell.outcome, spell.ended_by) == (FOREVER, None, None)


def test_an_extension_moves_the_due_date_from_its_own_day_on() -> None:
    timeline = life(hired(), lent(), on("2021-08-15", "secondment_extended", until="2021-12-31"))
    found = [(one.d_from, one.until, one.extensions) for one in charge_periods(timeline) if one.host]
    assert found == [(day("2021-03-01"), day("2021-08-31"), 0), (day("2021-08-15"), day("2021-12-31"), 1)]


def test_a_departure_ends_secondment_leave_and_positions() -> None:
    entries = [
        hired(),
        lent(),
        on("2021-04-01", "leave_started", kind="sick"),
        on("2021-04-01", "appointed", title="镇长"),
        on("2021-05-01", "departed", reason="retired"),
        hired("P1", "T2", "2021-06-01"),
    ]
    timeline = life(*entries)
    assert charges(timeline) == [
        ("2020-01-01", "T1", None, None),
        ("2021-03-01", "T1", "J1", None),
        ("2021-04-01", "T1", "J1", "sick"),
        ("2021-06-01", "T2", None, None),
    ]
    [post] = post_periods(timeline)
    assert post.d_to == day("2021-05-01")


def test_a_transfer_ends_neither_leave_nor_positions() -> None:
    timeline = life(
        hired(),
        on("2021-01-01", "leave_started", kind="study"),
        on("2021-01-01", "appointed", title="副镇长", rank="副科"),
        moved("2021-02-01", "T2"),
    )
    assert charges(timeline)[-1] == ("2021-02-01", "T2", None, "study")
    assert [(one.unit, one.d_to) for one in post_periods(timeline)] == [("T1", day("2021-02-01")), ("T2", FOREVER)]


def test_a_position_with_a_unit_stays_there() -> None:
    timeline = life(hired(), on("2021-01-01", "appointed", title="委员", unit="C"), moved("2021-02-01", "T2"))
    assert [(one.unit, one.d_to) for one in post_periods(timeline)] == [("C", FOREVER)]


def test_a_period_within_one_day_never_ran() -> None:
    timeline = life(hired(), lent("2021-03-01"), on("2021-03-01", BACK))
    assert charges(timeline) == [("2020-01-01", "T1", None, None)]


def test_facts_not_given_again_stay() -> None:
    timeline = life(
        hired(gender="female", born_on="1980-01-01", retirement_age=55),
        on("2021-01-01", "person_described", name="钱地"),
        on("2021-06-01", "departed", **GONE),
        hired("P1", "T2", "2022-01-01", name="孙玄"),
    )
    told = timeline.steps[-1].state.description
    assert told is not None
    assert (told.name, told.gender, told.born_on, told.retirement_age) == ("孙玄", "female", day("1980-01-01"), 55)


def test_a_merger_of_home_and_host_makes_no_running_loan_illegal() -> None:
    structure = structure_of(*COUNTY, on("2021-05-01", "unit_merged", unit="T1", into="J1"))
    assert first_illegal(hired(), lent(), structure=structure) is None
    late = lent("2021-06-01")
    assert first_illegal(hired(), late, structure=structure) == ("internal_duty", 2)


def test_a_unit_must_exist_on_the_day_that_names_it() -> None:
    structure = structure_of(*COUNTY, unit("N", "organ", "2021-01-01", parent="C"))
    assert first_illegal(hired("P1", "N", "2020-12-31"), structure=structure) == ("unit_not_existing", 1)
    assert first_illegal(hired("P1", "N", "2021-01-01"), structure=structure) is None
