"""Parsers refuse in the ways their callers expect, whatever they are given: what was kept, and inventions."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzzing.inventions import inventions
from tests.fuzzing.targets import SLOW, TARGETS, corpus

KEPT = [(target, path) for target in TARGETS for path in corpus(target)]


@pytest.mark.parametrize(("target", "path"), KEPT, ids=lambda value: value if isinstance(value, str) else value.name)
def test_what_was_kept(target: str, path: Path) -> None:
    TARGETS[target](path.read_bytes())


@pytest.mark.parametrize("target", [target for target in TARGETS if target not in SLOW])
def test_what_is_invented(target: str) -> None:
    @settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(inventions(target))
    def check(data: bytes) -> None:
        TARGETS[target](data)

    check()


def test_every_target_has_a_corpus_and_it_is_small() -> None:
    assert {target for target, _ in KEPT} == set(TARGETS)
    assert sum(path.stat().st_size for _, path in KEPT) < 200_000


def test_a_parser_that_breaks_is_noticed() -> None:
    def broken(data: bytes) -> None:
        if b"\xff" in data:
            raise KeyError(data)

    @settings(max_examples=300, deadline=None, database=None)
    @given(st.binary(max_size=8))
    def check(data: bytes) -> None:
        broken(data)

    with pytest.raises(KeyError):
        check()
