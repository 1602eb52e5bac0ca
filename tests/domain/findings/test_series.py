from __future__ import annotations

from ledger.domain.findings.series import Series
from ledger.domain.time import FOREVER

SOME = Series.of({10: 2, 20: 3, 30: -4}, [(10, 40)])
"""2 from day 10, 5 from day 20, 1 from day 30 to 39."""


def test_a_series_runs_up_and_down_and_is_untold_outside_its_days() -> None:
    assert [SOME.at(day) for day in (0, 9, 10, 19, 20, 30, 39, 40, 10_000)] == [None, None, 2, 2, 5, 1, 1, None, None]
    assert SOME.untold() == [(0, 10), (40, FOREVER)]
    assert SOME.untold(5, 45) == [(5, 10), (40, 45)]


def test_changes_before_the_first_told_day_are_counted() -> None:
    late = Series.of({3: 7, 5: 1}, [(8, 9), (12, FOREVER)])
    assert (late.days, late.values) == ((0, 8, 9, 12), (None, 8, None, 8))


def test_steps_that_change_nothing_are_left_out() -> None:
    assert Series.of({0: 1, 4: 0}).days == (0,)
    assert Series.of({0: 1, 4: 2}, [(0, 4), (4, 9)]).values == (1, 3, None)


def test_the_runs_of_days_that_pass() -> None:
    assert SOME.runs(lambda value: value > 1) == [(10, 30)]
    assert SOME.runs(lambda value: value > 1, 15, 25) == [(15, 25)]
    assert SOME.runs(lambda value: value == 1) == [(30, 40)]


def test_the_highest_and_its_first_day() -> None:
    assert SOME.highest() == (20, 5)
    assert SOME.highest(25) == (25, 5)
    assert SOME.highest(30) == (30, 1)
    assert SOME.highest(40) is None


def test_a_difference_is_untold_where_one_side_is() -> None:
    less = SOME - Series.of({0: 1, 25: 1}, [(0, 35)])
    assert (less.days, less.values) == ((0, 10, 20, 25, 30, 35), (None, 1, 4, 3, -1, None))
