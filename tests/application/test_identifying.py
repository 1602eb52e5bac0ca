"""Identity numbers: kept encrypted, shown to nobody unseen, gone when erased, whatever becomes of the rest."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.application import Receipt
from ledger.bootstrap import Ledger, create_ledger, restore_ledger
from ledger.domain.faults import LedgerDamaged, UnknownPerson
from ledger.domain.identity import is_id_number, masked, normal
from ledger.domain.refusals import Refused
from ledger.persistence.archive import Extent
from ledger.persistence.keyfiles import KeyUnsafe
from ledger.persistence.schema import id_number
from ledger.persistence.vault import IdKey, NotAnIdKey, OtherIdKey, load_id_key, make_id_key

NUMBER, OTHER = "11010519491231002X", "440524188001010014"
"""The examples of the standard, GB 11643-1999."""


@pytest.fixture
def key(tmp_path: Path) -> IdKey:
    return key_in(tmp_path / "keys")


def key_in(folder: Path) -> IdKey:
    folder.mkdir()
    make_id_key(folder / "id.key", None)
    return load_id_key(folder / "id.key", None)


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    with create_ledger(ledger_url, officer="赵天") as made:
        fill(made)
        yield made


def fill(ledger: Ledger) -> None:
    on = {"effective_on": "2015-01-01", "name": "甲", "unit": "U"}
    ledger.record({"type": "unit_established", "kind": "organ", **on})
    for person in ("P1", "P2"):
        ledger.record({"type": "hired", "person": person, "establishment": "support", **on})


def last(ledger: Ledger) -> tuple[str, str, str | None]:
    line = ledger.log().entries[-1]
    return line.type, line.recorded_by, line.content.get("reason")


def test_a_number_is_shown_masked_and_whole_only_once_that_is_recorded(ledger: Ledger, key: IdKey) -> None:
    assert isinstance(ledger.set_id_number("P1", f" {NUMBER.lower()}\n", key), Receipt)
    assert last(ledger) == ("id_number_set", "赵天", None)
    before = ledger.perspective().known_at
    assert ledger.id_numbers() == {"P1": "110105**********2X"}
    assert ledger.perspective().known_at == before
    shown = ledger.reveal_id_number("P1", key, "办理社保")
    assert not isinstance(shown, Refused)
    assert (shown[0], shown[1].position) == (NUMBER, before + 1)
    assert last(ledger) == ("id_number_shown", "赵天", "办理社保")
    assert ledger.verify().ok


def test_erasing_changes_no_entry_and_no_answer(ledger: Ledger, key: IdKey) -> None:
    ledger.set_id_number("P1", NUMBER, key)
    p = ledger.perspective()
    before = (ledger.person(p, "P1").to_json(), ledger.headcount(p).to_json(), [*ledger.pages()])
    assert isinstance(ledger.erase_id_number("P1", "本人申请"), Receipt)
    assert ledger.id_numbers() == {}
    after = (ledger.person(p, "P1").to_json(), ledger.headcount(p).to_json())
    assert after == before[:2]
    assert next(ledger.pages())[: p.known_at] == before[2][0]
    assert ledger.verify().ok
    ledger.rebuild()
    assert ledger.verify().ok
    for answer in (ledger.reveal_id_number("P1", key, "查"), ledger.erase_id_number("P1", "再删")):
        assert isinstance(answer, Refused)
        assert answer.code == "id_number_absent"


def test_the_number_stands_nowhere_in_the_file_and_nothing_of_it_after_erasing(tmp_path: Path, key: IdKey) -> None:
    path = tmp_path / "ledger.db"
    with create_ledger(str(path), officer="赵天") as ledger:
        fill(ledger)
        ledger.set_id_number("P1", NUMBER, key)
        ledger.reveal_id_number("P1", key, "查")
        with ledger.store.read() as conn:
            sealed = bytes(conn.execute(id_number.select()).one().sealed)
        files = [one for one in tmp_path.glob("ledger.db*") if one.is_file()]
        assert sealed in path.read_bytes() or any(sealed in one.read_bytes() for one in files)
        assert all(NUMBER.encode() not in one.read_bytes() for one in files)
        ledger.erase_id_number("P1", "本人申请")
    held = [one.name for one in tmp_path.glob("ledger.db*") if one.is_file() and sealed in one.read_bytes()]
    assert held == []


def test_a_role_and_its_units_say_who_may_see_a_number(ledger_url: str, key: IdKey) -> None:
    with create_ledger(ledger_url, officer="赵天") as ledger:
        fill(ledger)
        other = {"effective_on": "2015-01-01", "name": "乙", "unit": "V"}
        ledger.record({"type": "unit_established", "kind": "organ", **other})
        ledger.record({"type": "hired", "person": "P3", "establishment": "support", **other})
        for person, number in (("P1", NUMBER), ("P3", OTHER)):
            assert isinstance(ledger.set_id_number(person, number, key), Receipt)
        ledger.officer = "赵天"
        ledger.grant_role("赵天", "admin")
        ledger.grant_role("钱地", "officer", "V")
        ledger.grant_role("孙人", "auditor")
        for officer, person, code in (
            ("钱地", "P3", None),
            ("钱地", "P1", "not_permitted"),
            ("孙人", "P3", "not_permitted"),
            ("李", "P3", "not_permitted"),
        ):
            ledger.officer = officer
            before = ledger.perspective().known_at
            shown = ledger.reveal_id_number(person, key, "查")
            assert (shown.code if isinstance(shown, Refused) else None) == code
            assert ledger.perspective().known_at == before + (code is None)
        ledger.officer = "钱地"
        refused = ledger.erase_id_number("P3", "删")
        assert isinstance(refused, Refused)
        assert refused.code == "not_permitted"
        ledger.officer = "赵天"
        assert isinstance(ledger.erase_id_number("P3", "删"), Receipt)


def test_a_number_belongs_to_one_person(ledger: Ledger, key: IdKey) -> None:
    ledger.set_id_number("P1", NUMBER, key)
    taken = ledger.set_id_number("P2", NUMBER, key)
    assert isinstance(taken, Refused)
    assert (taken.code, taken.params["other"]) == ("id_number_taken", "P1")
    assert isinstance(ledger.set_id_number("P1", NUMBER, key), Receipt)
    assert isinstance(ledger.set_id_number("P1", OTHER, key), Receipt)
    assert isinstance(ledger.set_id_number("P2", NUMBER, key), Receipt)
    assert ledger.id_numbers() == {"P1": masked(OTHER), "P2": masked(NUMBER)}


@pytest.mark.parametrize("wrong", ["", "1", NUMBER[:-1], "110105194912310021", f"{NUMBER}0", "１" * 18, "P1", "9" * 18])
def test_what_is_no_number_is_not_kept(ledger: Ledger, key: IdKey, wrong: str) -> None:
    answer = ledger.set_id_number("P1", wrong, key)
    assert isinstance(answer, Refused)
    assert answer.code == "id_number_wrong"
    assert wrong not in answer.params.values()
    assert ledger.id_numbers() == {}


def test_only_people_of_the_ledger_have_numbers(ledger: Ledger, key: IdKey) -> None:
    with pytest.raises(UnknownPerson):
        ledger.set_id_number("P9", NUMBER, key)
    with pytest.raises(UnknownPerson):
        ledger.reveal_id_number("P9", key, "查")
    with pytest.raises(UnknownPerson):
        ledger.erase_id_number("P9", "查")


def test_a_row_that_was_moved_or_changed_is_noticed_and_shows_nothing(ledger: Ledger, key: IdKey) -> None:
    ledger.set_id_number("P1", NUMBER, key)
    ledger.set_id_number("P2", OTHER, key)
    before = ledger.perspective().known_at
    with ledger.store.write() as unit:
        rows = {row.person: bytes(row.sealed) for row in unit.conn.execute(id_number.select())}
        changed = rows["P2"][:-1] + bytes([rows["P2"][-1] ^ 1])
        for person, sealed in (("P1", rows["P2"]), ("P2", changed)):
            unit.conn.execute(id_number.update().where(id_number.c.person == person).values(sealed=sealed))
    for person in ("P1", "P2"):
        with pytest.raises(LedgerDamaged):
            ledger.reveal_id_number(person, key, "查")
    assert ledger.perspective().known_at == before


def test_another_key_neither_reads_nor_adds(ledger: Ledger, key: IdKey, tmp_path: Path) -> None:
    other = key_in(tmp_path / "other")
    ledger.set_id_number("P1", NUMBER, key)
    with pytest.raises(OtherIdKey):
        ledger.reveal_id_number("P1", other, "查")
    with pytest.raises(OtherIdKey):
        ledger.set_id_number("P2", OTHER, other)
    assert key.digest(NUMBER) != other.digest(NUMBER)


def test_a_backup_holds_numbers_only_where_asked_and_only_encrypted(ledger: Ledger, key: IdKey, tmp_path: Path) -> None:
    ledger.set_id_number("P1", NUMBER, key)
    for name, wanted in (("plain", False), ("with", True)):
        ledger.backup(tmp_path / name, extent=Extent(id_numbers=wanted))
        assert NUMBER.encode() not in gzip.decompress((tmp_path / name).read_bytes())
        with restore_ledger(tmp_path / name, str(tmp_path / f"{name}.db")) as restored:
            assert restored.id_numbers() == ({"P1": masked(NUMBER)} if wanted else {})
            assert restored.verify().ok
            shown = restored.reveal_id_number("P1", key, "查")
            assert (shown[0] if isinstance(shown, tuple) else shown.code) == (NUMBER if wanted else "id_number_absent")


def test_a_key_is_its_owners_and_lies_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    path = tmp_path / "keys" / "id.key"
    with pytest.raises(KeyUnsafe):
        make_id_key(tmp_path / "id.key", tmp_path / "ledger.db")
    make_id_key(path, tmp_path / "ledger.db")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        make_id_key(path, tmp_path / "ledger.db")
    path.chmod(0o640)
    with pytest.raises(KeyUnsafe):
        load_id_key(path, tmp_path / "ledger.db")
    path.chmod(0o600)
    path.write_text(path.read_text()[:-3] + "==\n")
    with pytest.raises(NotAnIdKey):
        load_id_key(path, tmp_path / "ledger.db")


def test_what_a_number_is() -> None:
    assert all(map(is_id_number, (NUMBER, OTHER)))
    assert normal("１１０１０５１９４９１２３１００２ｘ ") == NUMBER
    assert masked(NUMBER) == "110105**********2X"
