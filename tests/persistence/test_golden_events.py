"""The bytes of every stored event are those that were decided once: a ledger written today is read for decades."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.domain.events import TOPICS
from ledger.domain.reading import digest
from ledger.persistence.codec import decode, encode
from tests.persistence.golden_events import GOLDEN, path_of, sample

FILES = sorted(GOLDEN.glob("*.json"))
WHAT_TO_DO = """
The stored form of “{topic}” is no longer that of {file}. Every ledger in use holds events of the old form, so:
 1. leave {file} as it is;
 2. raise the class_version of the topic in ledger/domain/events.py (TOPICS) and name an upcaster from the old one;
 3. run  python -m tests.persistence.golden_events  and commit the file it writes.
A new key that may be missing needs this too: older programs must be told that the entry is newer than they are."""


@pytest.mark.parametrize("topic", TOPICS)
def test_the_stored_form_has_not_changed(topic: str) -> None:
    path = path_of(topic)
    assert path.exists(), f"{topic} has no golden file yet: run  python -m tests.persistence.golden_events"
    assert encode(sample(topic)) == path.read_bytes(), WHAT_TO_DO.format(topic=topic, file=path.name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_form_ever_stored_is_still_read(path: Path) -> None:
    topic = path.name.rsplit(".", 2)[0]
    made = sample(topic)
    found = decode(made.originator_id, made.originator_version, topic, path.read_bytes())
    if path == path_of(topic):
        assert found == made
    else:
        assert encode(found) == encode(decode(made.originator_id, made.originator_version, topic, encode(found)))


@pytest.mark.parametrize(
    "path", [path for path in FILES if path not in map(path_of, TOPICS)], ids=lambda path: path.name
)
def test_an_older_form_says_the_same_as_todays(path: Path) -> None:
    """Also by its digest: what is recorded again under the same id is compared with what was recorded long ago."""
    topic = path.name.rsplit(".", 2)[0]
    made = sample(topic)
    found = decode(made.originator_id, made.originator_version, topic, path.read_bytes())
    assert digest(found.entry) == digest(made.entry)
    again = decode(made.originator_id, made.originator_version, topic, encode(found))
    assert again == found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_gives_every_key(path: Path) -> None:
    topic = path.name.rsplit(".", 2)[0]
    if path == path_of(topic):
        stored = json.loads(path.read_bytes())
        assert set(stored["entry"]) == set(TOPICS[topic].entry.model_fields)


def test_a_file_belongs_to_a_topic() -> None:
    assert {path.name.rsplit(".", 2)[0] for path in FILES} == set(TOPICS)
