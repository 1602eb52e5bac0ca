"""What of one day's entries lasts, and who came while nobody may (spec 1.1, 1.6 freeze_violated)."""

from __future__ import annotations

from ledger.domain.entries import DATED_TYPES
from ledger.domain.facts import Fact
from ledger.domain.findings.freezes import Change, Freeze, intrusions, that_ran
from ledger.domain.terms import FreezeMode

HIRED = {"name": "A", "unit": "T", "establishment": "administrative"}
MORE = {"hired": HIRED, "transferred": {"unit": "T"}, "departed": {"reason": "retired"}}


def change(type_: str, place: int, before: str | None, after: str | None, person: str = "P") -> Change:
    entry = DATED_TYPES[type_].model_validate(
        {"type": type_, "effective_on": "2020-01-01", "person": person, **MORE[type_]}
    )
    return Change(Fact(entry.effective_on.toordinal(), place, place, f"#{place}", entry), person, before, after)


OUT = change("transferred", 1, "administrative", None)
BACK = change("transferred", 2, None, "administrative")
LEFT = change("departed", 3, "administrative", None)
AGAIN = change("hired", 4, None, "administrative")
OTHER = change("transferred", 5, "administrative", "support")


def test_one_change_lasts() -> None:
    assert list(that_ran([BACK])) == [BACK]
    assert list(that_ran([LEFT])) == [LEFT]


def test_what_came_and_went_within_the_day_never_ran() -> None:
    assert list(that_ran([BACK, LEFT])) == []
    assert list(that_ran([BACK, OUT, AGAIN])) == [AGAIN]
    assert list(that_ran([OUT, BACK, LEFT])) == [OUT]


def test_out_and_back_is_nothing_but_a_new_hire_is_coming() -> None:
    (net,) = that_ran([OUT, BACK])
    assert (net.before, net.after) == ("administrative", "administrative")
    assert list(that_ran([LEFT, AGAIN])) == [LEFT, AGAIN]
    assert list(that_ran([LEFT, AGAIN, OTHER])) == [LEFT, AGAIN, OTHER]


def freeze(**target: int) -> Freeze:
    return Freeze("T", "f", 9, FreezeMode.EXIT_ONLY, 0, 10**6, 10**6, target)


def test_a_kind_without_a_target_takes_nobody_in() -> None:
    (one,) = intrusions(freeze(support=1), [AGAIN, LEFT], lambda _kind, _day: 5)
    assert (one.change, one.on_roll, one.target) == (AGAIN, None, None)


def test_the_count_is_that_just_before_each_entry() -> None:
    came = [change("hired", place, None, "administrative", f"P{place}") for place in (1, 2, 4)]
    gone = change("departed", 3, "administrative", None, "P3")
    found = list(intrusions(freeze(administrative=3), [*came, gone], lambda _kind, _day: 4))
    assert [(one.change.person, one.on_roll) for one in found] == [("P2", 3), ("P4", 3)]
