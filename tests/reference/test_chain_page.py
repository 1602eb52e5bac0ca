"""docs/reference/chain.md holds: its vectors, the ledger and the auditor's program say the same."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ledger.persistence.notes import PublicKeys, parse_note
from tests.sealing import REFERENCE, VECTORS, vectors, verifier

auditor = verifier()
GIVEN = json.loads(VECTORS.read_text("utf-8"))
SOURCE = (REFERENCE / "verify_chain.py").read_text("utf-8")


def test_the_ledger_computes_the_vectors() -> None:
    assert vectors() == GIVEN


def test_the_auditors_program_computes_the_vectors() -> None:
    tip = auditor.sha(b"sledger/genesis/1\0", GIVEN["ledger_id"].encode())
    assert tip.hex() == GIVEN["genesis"]
    peaks: list[object] = []
    for entry, root in zip(GIVEN["entries"], GIVEN["roots"], strict=False):
        assert auditor.root_of(peaks).hex() == root
        values = [entry[name] for name in ("position", "stream", "version", "topic", "recorded_at")]
        tip = auditor.link(tip, *values, entry["state"].encode())
        auditor.grow(peaks, tip)
        assert tip.hex() == entry["link"]
        assert auditor.sha(b"\0", tip).hex() == entry["leaf"]
    root = auditor.root_of(peaks)
    assert root.hex() == GIVEN["roots"][-1]
    for index, path in enumerate(GIVEN["paths"]):
        link = bytes.fromhex(GIVEN["entries"][index]["link"])
        assert auditor.root_from(link, index, 5, [bytes.fromhex(one) for one in path]) == root


def test_both_accept_the_seal_and_its_key() -> None:
    signed = parse_note(GIVEN["seal"])
    assert signed is not None
    assert PublicKeys([GIVEN["public_key"]]).accept(signed)
    assert [at for at, _ in auditor.seals_of(GIVEN["seal"], auditor.keys_of(GIVEN["public_key"]))] == [5]


def test_the_auditors_program_is_short_and_needs_nothing() -> None:
    lines = SOURCE.splitlines()
    assert len(lines) < 150
    assert max(map(len, lines)) <= 120
    imported = [line for line in lines if line.startswith(("import ", "from "))]
    names = [name.strip(",") for line in imported for name in line.partition(" import ")[0].split()[1:]]
    assert set(names) <= sys.stdlib_module_names


def test_the_page_names_every_part_of_the_link() -> None:
    page = (REFERENCE / "chain.md").read_text("utf-8")
    assert all(f"`{name}`" in page for name in ("position", "version", "recorded_at", "stream", "topic", "state"))
    assert Path(VECTORS).name in page
