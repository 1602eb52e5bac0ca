"""`[jobs]`: times and days by name; numbers for days are refused with the reason."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from ledger.settings import BadValue, JobSettings, job_settings


def test_without_settings_every_day_at_half_past_eight() -> None:
    assert job_settings(None) == JobSettings(time(8, 30), frozenset(range(7)), 60)
    assert job_settings({}) == job_settings(None)


@pytest.mark.parametrize(
    ("told", "days"),
    [
        ("mon-fri", "mon,tue,wed,thu,fri"),
        ("Mon, wed", "mon,wed"),
        (["sat", "sun"], "sat,sun"),
        ("fri-mon", "mon,fri,sat,sun"),
        ("周一-周五", "mon,tue,wed,thu,fri"),
        ("周二，周四", "tue,thu"),
    ],
)
def test_days_by_name(told: Any, days: str) -> None:
    assert job_settings({"scan_on": told}).days == days


@pytest.mark.parametrize("told", ["1-5", "0", 3, "*", ["mon", "7"]])
def test_days_by_number_are_refused_with_the_reason(told: Any) -> None:
    with pytest.raises(BadValue, match="1-5 would leave out Monday and take Saturday"):
        job_settings({"scan_on": told})


@pytest.mark.parametrize(
    "table",
    [
        {"scan_on": "monday"},
        {"scan_on": ""},
        {"scan_at": "8h"},
        {"scan_at": 830},
        {"lease_seconds": 1},
        {"lease_seconds": "60"},
        {"lease_seconds": True},
        {"scan": "08:30"},
        {"letters": True},
        {"working_days": ["days.csv"]},
        "08:30",
    ],
)
def test_what_cannot_be_used_is_refused(table: Any) -> None:
    with pytest.raises(BadValue):
        job_settings(table)


def test_times_as_text_or_as_the_file_has_them() -> None:
    assert [job_settings({"scan_at": told}).scan_at for told in ("07:05", time(7, 5))] == [time(7, 5)] * 2
