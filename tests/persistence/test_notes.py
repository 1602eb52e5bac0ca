"""Keys and seals as text: made, read back, and refused when anything about them is odd."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ledger.persistence.keyfiles import KeyUnsafe
from ledger.persistence.notes import (
    NotAKey,
    NotSeals,
    PublicKeys,
    Seal,
    SealingKey,
    SignedSeal,
    add_to_file,
    key_text,
    load_key,
    load_public_keys,
    make_key,
    parse_note,
    parse_seals,
    read_seals,
)

SEAL = Seal("ab" * 16, 7, bytes(range(32)), bytes(range(32, 64)), 1_700_000_000_000_000)


@pytest.fixture
def key(tmp_path: Path) -> SealingKey:
    make_key(tmp_path / "seal.key", None)
    return load_key(tmp_path / "seal.key", None)


@pytest.fixture
def signed(key: SealingKey) -> SignedSeal:
    return key.sign(SEAL)


def test_a_seal_read_back_is_the_same(key: SealingKey, signed: SignedSeal) -> None:
    again = parse_note(signed.note())
    assert again == signed
    assert signed.signed_by(PublicKeys([key_text(key.public)]))


def test_a_seal_reads_as_five_lines_and_a_signature(signed: SignedSeal) -> None:
    assert signed.note().split("\n")[:6] == [
        f"sledger/{SEAL.ledger_id}",
        "7",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        f"tip {SEAL.tip.hex()}",
        "sealed_at 2023-11-14T22:13:20.000000Z",
        "",
    ]


def test_only_the_owner_may_read_the_key(tmp_path: Path) -> None:
    make_key(tmp_path / "seal.key", tmp_path / "elsewhere" / "ledger.db")
    assert stat.S_IMODE((tmp_path / "seal.key").stat().st_mode) == 0o600
    (tmp_path / "seal.key").chmod(0o640)
    with pytest.raises(KeyUnsafe, match="others may read it"):
        load_key(tmp_path / "seal.key", None)


def test_a_key_never_lies_beside_the_ledger(tmp_path: Path) -> None:
    with pytest.raises(KeyUnsafe):
        make_key(tmp_path / "seal.key", tmp_path / "ledger.db")
    assert list(tmp_path.iterdir()) == []
    make_key(tmp_path / "seal.key", None)
    with pytest.raises(KeyUnsafe):
        load_key(tmp_path / "seal.key", tmp_path / "ledger.db")


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    make_key(tmp_path / "seal.key", None)
    before = (tmp_path / "seal.key").read_bytes()
    with pytest.raises(FileExistsError):
        make_key(tmp_path / "seal.key", None)
    (tmp_path / "seal.key").unlink()
    with pytest.raises(FileExistsError):
        make_key(tmp_path / "seal.key", None)
    assert not (tmp_path / "seal.key").exists()
    assert before.startswith(b"-----BEGIN PRIVATE KEY-----")


PUBLIC_PEM = b"""-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
"""


@pytest.mark.parametrize("content", [b"", b"no key", b"\xff\xfe", PUBLIC_PEM, b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_what_is_no_key_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(NotAKey):
        load_key(path, None)
    with pytest.raises(NotAKey):
        load_public_keys(path)


def test_a_public_key_whose_number_does_not_fit_is_none(tmp_path: Path, key: SealingKey) -> None:
    text = key_text(key.public)
    for spoiled in (text.replace("+", "-", 1), text[:-1], text.replace(text[8], "0" if text[8] != "0" else "1", 1)):
        (tmp_path / "key.pub").write_text(spoiled, "ascii")
        with pytest.raises(NotAKey):
            load_public_keys(tmp_path / "key.pub")


def test_every_change_of_a_letter_spoils_a_seal(key: SealingKey, signed: SignedSeal) -> None:
    keys = PublicKeys([key_text(key.public)])
    note = signed.note()
    for at, letter in enumerate(note):
        for other in ("A", "0", "\n", ""):
            changed = parse_note(note[:at] + other + note[at + 1 :])
            if letter != other and changed is not None and changed != signed:
                assert not (keys.knows(changed) and changed.signed_by(keys)), (at, letter, other)


def test_a_file_of_seals_grows_and_names_its_key_once(tmp_path: Path, key: SealingKey, signed: SignedSeal) -> None:
    path, public = tmp_path / "seals.txt", key_text(key.public)
    later = key.sign(Seal(SEAL.ledger_id, 9, SEAL.root, SEAL.tip, SEAL.sealed_at))
    add_to_file(path, signed, public)
    add_to_file(path, later, public)
    found = read_seals(path)
    assert found.seals == (signed, later)
    assert all(found.keys.accept(one) for one in found.seals)
    assert path.read_text("utf-8").count(public) == 1


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda text: "x\n" + text, 1),
        (lambda text: text + "x", 11),
        (lambda text: text.replace("\n7\n", "\n07\n"), 3),
        (lambda text: text.replace("\n7\n", "\n7 \n"), 3),
        (lambda text: text.replace("tip ", "tip  "), 3),
        (lambda text: text.replace("tip ", "TIP "), 3),
        (lambda text: text[:-30], 3),
        (lambda text: text.replace("\u2014", "-"), 3),
        (lambda text: text.replace("2023-11-14", "2023-13-14"), 3),
    ],
)
def test_a_file_with_anything_else_in_it_is_refused(
    tmp_path: Path, key: SealingKey, signed: SignedSeal, spoil: object, line: int
) -> None:
    path = tmp_path / "seals.txt"
    add_to_file(path, signed, key_text(key.public))
    path.write_text(spoil(path.read_text("utf-8")), "utf-8")  # type: ignore[operator]
    with pytest.raises(NotSeals) as caught:
        read_seals(path)
    assert caught.value.params["line"] == line


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "seals.txt").write_bytes(b"\xff\xff")
    with pytest.raises(NotSeals):
        read_seals(tmp_path / "seals.txt")
    assert parse_seals("", "x").seals == ()
