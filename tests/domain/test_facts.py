"""From what was recorded to what is in effect (spec 1.1, 1.3)."""

from __future__ import annotations

from typing import Any

from ledger.domain.events import Recorded
from ledger.domain.facts import in_effect
from tests.domain.makers import Entry, hired, on, recorded


def left(day: str = "2022-01-01", **keys: Any) -> Entry:
    return on(day, "departed", **{"person": "P1", "reason": "resigned", **keys})


def reversal(target: int) -> dict[str, Any]:
    return {"entry": {"type": "reversed", "entry": target, "reason": "误录"}, "target": target}


def correction(target: int, place: int, replacement: Entry) -> dict[str, Any]:
    entry = {"type": "corrected", "entry": target, "reason": "误录", "replacement": replacement}
    return {"entry": entry, "target": target, "place": place}


def log(*lines: Any) -> list[Recorded]:
    """Entries, reversals and corrections as recorded one after the other."""
    found = []
    for position, line in enumerate(lines, 1):
        told = line if "target" in line else {"entry": line}
        found.append(recorded(position, told["entry"], **{key: told[key] for key in told if key != "entry"}))
    return found


def effective(lines: list[Recorded], known_at: int = 99) -> list[tuple[str, int]]:
    """(type, position) of what is in effect, in order."""
    return [(fact.entry.type, fact.position) for fact in in_effect(lines, lambda _: True, known_at)]


def test_facts_are_ordered_by_day_and_then_by_position() -> None:
    lines = log(left("2022-01-01"), hired("P1", "T1", "2020-01-01"), hired("P1", "T1", "2022-01-01"))
    assert effective(lines) == [("hired", 2), ("departed", 1), ("hired", 3)]


def test_only_what_was_recorded_by_then_is_known() -> None:
    lines = log(hired(), left())
    assert effective(lines, 1) == [("hired", 1)]
    assert effective(lines, 0) == []


def test_a_reversal_takes_effect_from_its_own_position_on() -> None:
    lines = log(hired(), left(), reversal(2))
    assert effective(lines, 2) == [("hired", 1), ("departed", 2)]
    assert effective(lines, 3) == [("hired", 1)]


def test_a_correction_is_both_at_once() -> None:
    lines = log(hired(), left(), correction(2, 2, left("2023-01-01")))
    assert effective(lines, 2) == [("hired", 1), ("departed", 2)]
    assert effective(lines, 3) == [("hired", 1), ("departed", 3)]


def test_a_correction_keeps_the_place_of_the_original_within_a_day() -> None:
    lines = log(left(), hired("P1", "T1", "2022-01-01"), correction(1, 1, left(reason="retired")))
    assert effective(lines) == [("departed", 3), ("hired", 2)]


def test_a_correction_of_a_correction_keeps_the_first_place() -> None:
    lines = log(
        left(),
        hired("P1", "T1", "2022-01-01"),
        correction(1, 1, left(reason="retired")),
        correction(3, 1, left(reason="died")),
    )
    assert effective(lines) == [("departed", 4), ("hired", 2)]


def test_a_reversed_correction_never_revives_the_original() -> None:
    lines = log(hired(), left(), correction(2, 2, left("2023-01-01")), reversal(3))
    assert effective(lines) == [("hired", 1)]


def test_what_concerns_somebody_else_is_left_out() -> None:
    lines = log(hired(), hired("P2"), correction(1, 1, hired("P3")))
    told = in_effect(lines, lambda entry: getattr(entry, "person", "") == "P1")
    assert told == []
