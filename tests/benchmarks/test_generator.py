"""The benchmark's generator: the same entries every time, of the promised mixture, and legal for the oracle."""

from __future__ import annotations

from collections import Counter

from benchmarks.generator import generate
from tests.oracle import Oracle


def test_the_same_size_and_seed_give_the_same_entries() -> None:
    assert list(generate(200)) == list(generate(200))
    assert list(generate(200)) != list(generate(200, seed=2))


def test_the_oracle_records_everything() -> None:
    oracle = Oracle()
    for entry in generate(30):
        assert oracle.record(entry)[0] == "recorded", entry


def test_the_mixture_is_as_promised() -> None:
    entries = list(generate(2000))
    types = Counter(entry["type"] for entry in entries)
    assert 9 <= len(entries) / 2000 <= 11
    assert 2000 / types["unit_established"] < 10
    assert 0.03 < (types["reversed"] + types["corrected"]) / len(entries) < 0.05
    assert types["unit_moved"] > 0
    assert types["unit_merged"] > 0
