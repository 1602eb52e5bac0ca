"""Somebody who can write the ledger's file, knows how everything is made, and has all the time he wants.

What he edits by hand, `verify` finds. What he forges perfectly (a whole new chain with indexes and tables to match)
passes `verify`, and is found by a seal kept where he cannot write. Proofs he forges prove nothing.
"""

# ruff: noqa: ISC004, S608  the statements are the test's own

from __future__ import annotations

import copy
import gzip
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ledger.bootstrap import Ledger, create_ledger, open_ledger, restore_ledger
from ledger.interchange.jsonl import import_lines
from ledger.persistence import merkle, notes
from ledger.persistence.chain import genesis, link
from ledger.persistence.notes import PublicKeys, SealsFile, parse_seals, read_seals
from ledger.persistence.seals import check_proof
from tests.scenario_runs import SCENARIOS
from tests.sealing import REFERENCE, verifier

auditor = verifier()
SEALED = 210


class Office(NamedTuple):
    """A ledger of 210 sealed entries and 2 newer ones, its backup, and what the auditor keeps at home."""

    ledger: Path
    backup: Path
    seals: Path
    public: Path
    proof: Path


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office_folder, home = tmp_path_factory.mktemp("office"), tmp_path_factory.mktemp("home")
    notes.make_key(home / "seal.key", None)
    path = office_folder / "town.db"
    with create_ledger(str(path), officer="officer") as ledger:
        import_lines(ledger, SCENARIOS / "town-2022.jsonl")
        ledger.seal(home / "seal.key", home / "seals.txt")
        (home / "proof.json").write_text(json.dumps(ledger.prove(60)), "utf-8")
        for name in ("一", "二"):
            ledger.record({"type": "unit_renamed", "effective_on": "2022-06-01", "unit": "T1", "name": name})
        ledger.backup(office_folder / "town.gz")
    return Office(path, office_folder / "town.gz", home / "seals.txt", home / "seal.key.pub", home / "proof.json")


@pytest.fixture
def copied(office: Office, tmp_path: Path) -> Path:
    return Path(shutil.copy(office.ledger, tmp_path / "town.db"))


def kept(office: Office) -> SealsFile:
    """What the auditor believes: his seals, with his public key."""
    return SealsFile(read_seals(office.seals).seals, notes.load_public_keys(office.public))


def auditor_says(*words: str | Path) -> str:
    """What the verifier of docs/reference says, which shares no code with the ledger."""
    command = [sys.executable, "-I", REFERENCE / "verify_chain.py", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = (done.stdout or done.stderr).strip()
    assert done.returncode == (0 if told == "everything holds" else 1)
    return told


# ---------------------------------------------------------------- edits by hand


def edit(path: Path, *statements: str) -> None:
    """SQL of somebody who has taken the triggers off."""
    with closing(sqlite3.connect(path)) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            db.execute(statement)


COLUMNS = "originator_id, originator_version, topic, state, recorded_at, hash"
CLOSE_UP = [f"UPDATE event SET position = position - 1 WHERE position = {n}" for n in range(101, 213)]
MAKE_ROOM = [f"UPDATE event SET position = position + 1 WHERE position = {n}" for n in range(212, 99, -1)]
HEAD_AT = "UPDATE ledger_head SET position = {0}, tip = (SELECT hash FROM event WHERE position = {0})"
BY_HAND: dict[str, list[str]] = {
    "a number is raised": ["UPDATE event SET state = CAST(replace(state, '\"posts\":34', '\"posts\":35') AS BLOB)"],
    "a name is changed": ["UPDATE event SET state = CAST(replace(state, '青溪', '清溪') AS BLOB) WHERE position < 9"],
    "another officer did it": ["UPDATE event SET state = CAST(replace(state, 'officer', 'nobody1') AS BLOB)"],
    "a state is emptied": ["UPDATE event SET state = x'' WHERE position = 100"],
    "a state becomes text": ["UPDATE event SET state = CAST(state AS TEXT) || ' ' WHERE position = 100"],
    "a state becomes a number": ["UPDATE event SET state = 7 WHERE position = 100"],
    "an entry is recorded earlier": ["UPDATE event SET recorded_at = recorded_at - 1 WHERE position = 100"],
    "an entry moves to another person": ["UPDATE event SET originator_id = 'person:X' WHERE position = 100"],
    "a version is changed": ["UPDATE event SET originator_version = 99 WHERE position = 100"],
    "a kind is changed": ["UPDATE event SET topic = 'person.departed' WHERE position = 100"],
    "a hash is changed": ["UPDATE event SET hash = zeroblob(32) WHERE position = 100"],
    "all hashes are wiped": ["UPDATE event SET hash = zeroblob(32)"],
    "an entry is taken out": ["DELETE FROM event WHERE position = 100"],
    "an entry is taken out and the gap closed": ["DELETE FROM event WHERE position = 100", *CLOSE_UP],
    "the first entry is taken out": ["DELETE FROM event WHERE position = 1"],
    "everything is taken out": ["DELETE FROM event"],
    "the end is cut off": ["DELETE FROM event WHERE position > 200"],
    "the last entry is cut off": ["DELETE FROM event WHERE position = 212"],
    "an entry is put in": [
        *MAKE_ROOM,
        f"INSERT INTO event (position, {COLUMNS}) SELECT 100, 'person:X', 1, topic, state, recorded_at, hash "
        "FROM event WHERE position = 150",
    ],
    "an entry is added at the end": [
        f"INSERT INTO event (position, {COLUMNS}) SELECT 213, 'person:X', 1, topic, state, recorded_at, hash "
        "FROM event WHERE position = 150",
    ],
    "an entry stands twice": [
        f"INSERT INTO event (position, {COLUMNS}) SELECT 213, originator_id, 50, topic, state, recorded_at, hash "
        "FROM event WHERE position = 212",
        HEAD_AT.format(213),
    ],
    "two entries change places": [
        f"UPDATE event SET position = {to} WHERE position = {at}" for at, to in ((100, 999), (101, 100), (999, 101))
    ],
    "distant entries change places": [
        f"UPDATE event SET position = {to} WHERE position = {at}" for at, to in ((60, 999), (160, 60), (999, 160))
    ],
    "two contents change places": [
        "CREATE TABLE two AS SELECT * FROM event WHERE position IN (100, 101)",
        "UPDATE event SET state = (SELECT state FROM two WHERE position = 201 - event.position) "
        "WHERE position IN (100, 101)",
        "DROP TABLE two",
    ],
    "the ledger gets another name": ["UPDATE ledger_head SET ledger_id = 'another'"],
    "the end is another": [f"UPDATE ledger_head SET tip = (SELECT hash FROM event WHERE position = {SEALED})"],
    "the end lies before the last entry": [HEAD_AT.format(200)],
    "a reversal is forgotten": ["DELETE FROM event_target", "DELETE FROM event_subject WHERE position = 100"],
    "a subject is added": ["INSERT INTO event_subject VALUES ('person:X', 100)"],
    "an id stands for another entry": ["UPDATE entry_key SET position = 100 WHERE position = 101"],
    "a person's period is taken out": [
        "DELETE FROM person_period WHERE person = (SELECT MIN(person) FROM person_period)",
    ],
    "a number of the answers is changed": ["UPDATE quota_period SET posts = posts + 1 WHERE posts = 34"],
    "a unit of the answers gets another name": ["UPDATE unit_period SET name = '别名' WHERE name = '一'"],
}  # fmt: skip


OF_THE_LEDGER_ALONE = ("index_mismatch", "version_gap")
"""Indexes and read tables are the ledger's own; the auditor needs only the log."""


@pytest.mark.parametrize("name", BY_HAND)
def test_an_edit_by_hand_is_found(copied: Path, name: str) -> None:
    edit(copied, *BY_HAND[name])
    with open_ledger(str(copied), damaged_too=True) as ledger:
        found = ledger.verify()
    assert not found.ok
    if found.chain.fault is not None and found.chain.fault.kind not in OF_THE_LEDGER_ALONE:
        assert auditor_says(copied) != "everything holds"


def test_the_untouched_ledger_is_whole_also_for_the_auditor(copied: Path, office: Office) -> None:
    with open_ledger(str(copied)) as ledger:
        found = ledger.verify(seals=kept(office))
    assert (found.ok, found.seals and found.seals.good_up_to) == (True, SEALED)
    assert auditor_says(copied, office.seals, office.public) == "everything holds"
    assert auditor_says(office.backup, office.seals) == "everything holds"
    assert auditor_says("--proof", office.proof, office.public) == "everything holds"


# ---------------------------------------------------------------- perfect forgeries

Row = list[Any]
Forgery = Callable[[list[Row]], list[Row]]


def changed(rows: list[Row], at: int, old: str, new: str) -> list[Row]:
    rows[at - 1][5] = rows[at - 1][5].replace(old, new)
    return rows


def shifted(rows: list[Row], by: int) -> list[Row]:
    return [[*row[:4], row[4] + by, *row[5:]] for row in rows]


def swapped(rows: list[Row], a: int, b: int) -> list[Row]:
    rows[a - 1], rows[b - 1] = rows[b - 1], rows[a - 1]
    return rows


def position_of(rows: list[Row], text: str) -> int:
    return int(next(row[0] for row in rows if text in row[5]))


PERFECT: dict[str, tuple[Forgery, str]] = {
    "a number is raised": (lambda rows: changed(rows, position_of(rows, '"posts":34'), ":34", ":40"), "rewritten"),
    "another officer did it": (lambda rows: changed(rows, 60, '"officer"', '"another"'), "rewritten"),
    "the first entry is changed": (lambda rows: changed(rows, 1, '"officer"', '"another"'), "rewritten"),
    "the last sealed entry is changed": (lambda rows: changed(rows, SEALED, '"officer"', '"another"'), "rewritten"),
    "everything was recorded earlier": (lambda rows: shifted(rows, -1_000_000), "rewritten"),
    "the last sealed entry is taken out": (lambda rows: rows[: SEALED - 1], "truncated"),
    "the newest sealed entries are taken out": (lambda rows: rows[:150], "truncated"),
    "everything is taken out": (lambda rows: [], "truncated"),
    "renamings of one unit change places": (lambda rows: swapped(rows, 211, 212)[:211], ""),
}


def forged(office: Office, forgery: Forgery, folder: Path) -> Path:
    """A ledger with everything that belongs to it, made from a forged backup: it passes `verify`."""
    about, *rows, _end = map(json.loads, gzip.decompress(office.backup.read_bytes()).decode().splitlines())
    versions: dict[str, int] = {}
    tip = genesis(about["ledger_id"])
    made = []
    for number, row in enumerate(forgery(copy.deepcopy(rows)), 1):
        versions[row[1]] = version = versions.get(row[1], 0) + 1
        tip = link(tip, number, row[1], version, row[3], row[4], row[5].encode())
        made.append([number, row[1], version, *row[3:6], tip.hex()])
    about |= {"position": len(made), "tip": tip.hex(), "seals": []}
    lines = [json.dumps(one, ensure_ascii=False) for one in (about, *made, {"events": len(made)})]
    (folder / "forged.gz").write_bytes(gzip.compress("\n".join(lines).encode() + b"\n"))
    restore_ledger(folder / "forged.gz", str(folder / "forged.db")).close()
    return folder / "forged.db"


@pytest.mark.parametrize("name", PERFECT)
def test_a_perfect_forgery_is_found_by_a_seal_kept_elsewhere_and_by_nothing_else(
    office: Office, name: str, tmp_path: Path
) -> None:
    forgery, kind = PERFECT[name]
    path = forged(office, forgery, tmp_path)
    with open_ledger(str(path)) as ledger:
        assert ledger.verify().ok
        found = ledger.verify(seals=kept(office))
    assert found.seals is not None
    assert (found.seals.fault.kind if found.seals.fault else "") == kind
    assert found.ok is not bool(kind)
    told = {"": "everything holds", "rewritten": "not those that were sealed", "truncated": "cut off: position 210"}
    assert told[kind] in auditor_says(path, office.seals, office.public)


# ---------------------------------------------------------------- forged seals


@pytest.fixture
def forger(office: Office, tmp_path: Path) -> Iterator[tuple[Ledger, Path]]:
    """The forged ledger, and a key of the forger's own."""
    notes.make_key(tmp_path / "forger.key", None)
    (tmp_path / "office").mkdir()
    with open_ledger(str(forged(office, PERFECT["a number is raised"][0], tmp_path / "office"))) as ledger:
        yield ledger, tmp_path / "forger.key"


def test_a_seal_by_another_key_is_not_believed(office: Office, forger: tuple[Ledger, Path], tmp_path: Path) -> None:
    ledger, key = forger
    ledger.seal(key, tmp_path / "seals.txt")
    own = read_seals(tmp_path / "seals.txt")
    assert ledger.verify(seals=own).ok  # with the keys in his own file: why the file must come from elsewhere
    found = ledger.verify(seals=SealsFile(own.seals, kept(office).keys))
    assert found.seals is not None
    assert found.seals.fault is not None
    assert (found.ok, found.seals.fault.kind) == (False, "unknown_key")


SPOILED: dict[str, tuple[str, str, str]] = {
    "another position": (f"\n{SEALED}\n", f"\n{SEALED - 1}\n", "bad_signature"),
    "another day": ("sealed_at 2", "sealed_at 3", "bad_signature"),
    "another tip": ("tip ", "tip 00", "bad_signature"),
    "another key's number": ("\u2014 sledger ", "\u2014 sledger AAAA", "unknown_key"),
    "another ledger": ("sledger/", "sledger/0", "bad_signature"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_changed_seal_is_found(office: Office, copied: Path, name: str) -> None:
    old, new, kind = SPOILED[name]
    text = office.seals.read_text("utf-8")
    at = text.rindex(old)
    spoiled = (
        text[:at] + new + text[at + len(new) if len(new) > len(old) and name != "another ledger" else at + len(old) :]
    )
    seals = parse_seals(spoiled, "seals.txt").seals
    with open_ledger(str(copied)) as ledger:
        found = ledger.verify(seals=SealsFile(seals, kept(office).keys)).seals
    assert found is not None
    assert found.fault is not None
    assert found.fault.kind == kind


def test_a_seal_of_another_ledger_is_found(office: Office, tmp_path: Path) -> None:
    with create_ledger(str(tmp_path / "other.db")) as other:
        found = other.verify(seals=kept(office)).seals
    assert found is not None
    assert found.fault is not None
    assert found.fault.kind == "other_ledger"


# ---------------------------------------------------------------- forged proofs


def proofs(proof: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Everything a forger may try with one good proof."""

    def but(**changes: Any) -> dict[str, Any]:
        return {**copy.deepcopy(proof), **changes}

    entry, path = proof["entry"], proof["path"]
    for key, value in entry.items():
        other = value + 1 if isinstance(value, int) else value.replace("1", "2") + " "
        yield f"another {key}", but(entry={**entry, key: other})
        odd: Any
        for odd in (None, -1, 2**64, "", [], 1.5, "\ud800"):
            yield f"{key} {odd!r}", but(entry={**entry, key: odd})
    for number, one in enumerate(path):
        yield f"hash {number} changed", but(path=[*path[:number], one[::-1], *path[number + 1 :]])
        yield f"hash {number} left out", but(path=[*path[:number], *path[number + 1 :]])
        yield f"hash {number} twice", but(path=[*path[: number + 1], *path[number:]])
    yield "no path", but(path=[])
    yield "a longer path", but(path=[*path, path[-1]])
    yield "a path of short hashes", but(path=[one[:-2] for one in path])
    yield "a path that is no list", but(path={})
    yield "a path upside down", but(path=path[::-1])
    yield "another link before", but(before="00" * 32)
    yield "a short link before", but(before=proof["before"][:-2])
    yield "another version", but(sledger_proof=2)
    yield "no seal", but(seal="")
    yield "a seal of another size", but(seal=proof["seal"].replace(f"\n{SEALED}\n", "\n1\n"))
    yield "nothing", {}
    yield "a list", []
    yield "null", None
    yield "an entry that is text", but(entry="x")
    # the root itself, or a node, passed off as an entry
    yield "the root as the entry", but(path=[], entry={**entry, "position": 1})


def test_a_proof_holds_with_the_seal_alone(office: Office) -> None:
    text = office.proof.read_text("utf-8")
    seal = check_proof(text, kept(office).keys)
    assert seal is not None
    assert seal.position == SEALED


def test_forged_proofs_prove_nothing(office: Office) -> None:
    """Also to the verifier of docs/reference, which may end with an error instead of an answer."""
    keys = kept(office).keys
    auditors_keys = auditor.keys_of(office.public.read_text("utf-8"))
    tried = 0
    for name, proof in proofs(json.loads(office.proof.read_text("utf-8"))):
        assert check_proof(json.dumps(proof), keys) is None, name
        try:
            told = auditor.check_proof(proof, auditors_keys)
        except (Exception, SystemExit):  # noqa: BLE001
            told = "an error"
        assert told is not None, name
        tried += 1
    assert tried > 80


def test_a_proof_under_another_key_proves_nothing(office: Office) -> None:
    assert check_proof(office.proof.read_text("utf-8"), PublicKeys([])) is None
    assert check_proof("not json", kept(office).keys) is None
    assert check_proof("[" * 100_000, kept(office).keys) is None


def test_every_sealed_entry_has_a_proof(copied: Path, office: Office) -> None:
    with open_ledger(str(copied)) as ledger:
        for position in (1, 2, 63, 64, 65, 128, 209, SEALED):
            assert check_proof(json.dumps(ledger.prove(position)), kept(office).keys) is not None
        with ledger.store.read() as conn:
            links = [
                bytes(one) for (one,) in conn.exec_driver_sql("SELECT hash FROM event ORDER BY position LIMIT 210")
            ]
    tree = merkle.Tree()
    for one in links:
        tree.add(one)
    assert tree.root() == kept(office).seals[0].seal.root
