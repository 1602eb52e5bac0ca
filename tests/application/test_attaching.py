"""Scans of documents: kept once, noted at entries without changing them, never given out changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

import pytest

from ledger.bootstrap import Ledger, create_ledger, restore_ledger
from ledger.domain.faults import UnknownEntry
from ledger.domain.refusals import Refused
from ledger.persistence import attachments
from ledger.persistence.attachments import AttachmentChanged, AttachmentMissing, Attachments

CONTENT = b"%PDF-1.7 \x00\xff a scan"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    with create_ledger(ledger_url, officer="赵天") as made:
        on = {"effective_on": "2015-01-01", "name": "甲", "unit": "U"}
        made.record({"type": "unit_established", "kind": "organ", "id": "u", **on})
        made.record({"type": "hired", "person": "P1", "establishment": "support", **on})
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Attachments:
    return Attachments(tmp_path / "scans")


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "县编〔2015〕4号.pdf"
    path.write_bytes(CONTENT)
    return path


def test_a_scan_is_noted_at_entries_and_changes_no_answer(ledger: Ledger, folder: Attachments, scan: Path) -> None:
    p = ledger.perspective()
    before = (ledger.person(p, "P1").to_json(), ledger.headcount(p).to_json())
    answer = ledger.attach(scan, ["u", 2, 2], folder)
    assert not isinstance(answer, Refused)
    assert (answer[0], [one.position for one in answer[1]]) == (SHA256, [3, 4])
    noted = [(one.entry, one.sha256, one.file, one.position, one.recorded_by) for one in ledger.attached()]
    assert noted == [(1, SHA256, scan.name, 3, "赵天"), (2, SHA256, scan.name, 4, "赵天")]
    assert [one.position for one in ledger.attached("u")] == [3]
    assert [one.position for one in ledger.attached(known_at=3)] == [3]
    assert (ledger.person(p, "P1").to_json(), ledger.headcount(p).to_json()) == before
    assert ledger.verify().ok


def test_a_scan_that_an_entry_names_itself_is_one_of_its_scans(ledger: Ledger, folder: Attachments, scan: Path) -> None:
    kept = ledger.attach(scan, [], folder)
    assert kept == (SHA256, ())
    paper = {"document_no": "县编〔2015〕4号", "sha256": SHA256}
    ledger.record({"type": "unit_renamed", "unit": "U", "name": "乙", "effective_on": "2016-01-01", "authority": paper})
    ledger.correct(3, {"note": "改"}, "改")
    assert [(one.entry, one.sha256, one.position) for one in ledger.attached()] == [
        (3, SHA256, None),
        (4, SHA256, None),
    ]


def test_it_is_kept_once_by_its_content_for_its_owner_only(folder: Attachments, scan: Path) -> None:
    assert folder.keep(scan) == folder.keep(scan) == SHA256
    assert [one.name for one in folder.folder.iterdir()] == [SHA256]
    assert folder.folder.stat().st_mode & 0o777 == 0o700
    assert (folder.folder / SHA256).stat().st_mode & 0o777 == 0o600
    out = BytesIO()
    folder.write(SHA256, out)
    assert out.getvalue() == CONTENT


def test_two_who_keep_a_scan_at_once_do_not_meet(
    folder: Attachments, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does what a killed program has left, whose number another may have now."""
    copied, begun = attachments._copied, []

    def while_another_begins(source: IO[bytes], target: IO[bytes]) -> str:
        begun.append(source)
        if len(begun) == 1:
            assert folder.keep(scan) == SHA256
        return copied(source, target)

    monkeypatch.setattr(attachments, "_copied", while_another_begins)
    assert folder.keep(scan) == SHA256
    assert (len(begun), [one.name for one in folder.folder.iterdir()]) == (2, [SHA256])


def test_what_was_changed_or_is_gone_is_never_given_out(folder: Attachments, scan: Path) -> None:
    folder.keep(scan)
    path = folder.folder / SHA256
    path.write_bytes(CONTENT + b"!")
    with pytest.raises(AttachmentChanged):
        folder.write(SHA256, BytesIO())
    assert folder.state(SHA256) == "changed"
    path.unlink()
    with pytest.raises(AttachmentMissing):
        folder.write(SHA256, BytesIO())
    assert folder.state(SHA256) == "missing"
    folder.keep(scan)
    assert folder.state(SHA256) == "ok"


@pytest.mark.parametrize("name", ["../ledger.db", "/etc/passwd", "", "A" * 64, "a" * 63, "a" * 64 + "/x", "\0"])
def test_a_hash_is_never_a_path(folder: Attachments, scan: Path, name: str) -> None:
    folder.keep(scan)
    with pytest.raises(AttachmentMissing):
        folder.write(name, BytesIO())


def test_only_entries_have_scans_and_nothing_is_recorded_otherwise(
    ledger: Ledger, folder: Attachments, scan: Path
) -> None:
    ledger.attach(scan, [1], folder)
    for ref in ("nobody", 3, 99, 0, "#3"):
        with pytest.raises(UnknownEntry):
            ledger.attach(scan, [1, ref], folder)
    assert ledger.perspective().known_at == 3
    bad = scan.with_name("坏\x1b[31m.pdf")
    bad.write_bytes(CONTENT)
    refused = ledger.attach(bad, [1], folder)
    assert isinstance(refused, Refused)
    assert refused.code == "bad_text"
    with pytest.raises(FileNotFoundError):
        ledger.attach(scan.with_name("none"), [1], folder)
    assert ledger.perspective().known_at == 3


def test_a_restored_ledger_knows_its_scans(ledger: Ledger, folder: Attachments, scan: Path, tmp_path: Path) -> None:
    ledger.attach(scan, [1], folder)
    ledger.backup(tmp_path / "b.backup")
    with restore_ledger(tmp_path / "b.backup", str(tmp_path / "restored.db")) as restored:
        assert restored.attached() == ledger.attached()


@pytest.mark.skipif(os.name == "nt", reason="modes of files are POSIX's")
@pytest.mark.parametrize(("made", "mode"), [(None, 0o600), (0o700, 0o600), (0o2770, 0o640)])
def test_a_folder_opened_to_a_group_by_hand_is_read_by_it(
    folder: Attachments, scan: Path, made: int | None, mode: int
) -> None:
    if made is not None:
        folder.folder.mkdir()
        folder.folder.chmod(made)
    before = os.umask(0o077)
    try:
        sha256 = folder.keep(scan)
    finally:
        os.umask(before)
    assert (folder.folder / sha256).stat().st_mode & 0o777 == mode
    assert folder.folder.stat().st_mode & 0o7777 == (made or 0o700)
    assert folder.state(sha256) == "ok"
