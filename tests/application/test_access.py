"""Who may do what, on both databases: no grant, the first grant, every deed of every role, officers of one unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.application import Receipt
from ledger.bootstrap import Ledger, open_ledger
from ledger.domain.access import NONE, OPEN
from ledger.domain.faults import NotPermitted
from ledger.domain.refusals import Refused
from ledger.interchange.jsonl import import_lines
from ledger.jobs.lease import LeaseKeeper
from ledger.locale import use
from ledger.locale.sentences import sentence
from ledger.persistence import notes
from ledger.persistence.vault import load_id_key, make_id_key
from tests.queries.makers import Entry, county, hire, loan, on, unit

TODAY = date(2022, 6, 30)
PEOPLE = (hire("A", "T1-A"), hire("B", "T2"), hire("V", "C1"))


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """The county as its admin has opened it, with a role of each kind."""
    with county(ledger_url, *PEOPLE) as made:
        for name, role, *units in (
            ("tester", "admin"),
            ("wang", "officer"),
            ("zhao", "alert_admin"),
            ("shen", "auditor"),
            ("li", "officer", "T1"),
        ):
            assert isinstance(made.grant_role(name, role, *units), Receipt)
        yield made


@contextmanager
def as_(ledger: Ledger, officer: str) -> Iterator[Ledger]:
    """The same ledger as another login opens it."""
    with open_ledger(ledger.store.url, officer=officer) as opened:
        yield opened


def code(answer: object) -> str:
    """Of a refusal; `ok` for a receipt."""
    return answer.code if isinstance(answer, Refused) else "ok"


# ---- no grant, and the first


def test_without_any_grant_the_ledger_is_open_to_all(ledger_url: str) -> None:
    with county(ledger_url) as made, as_(made, "anybody") as own:
        assert own.role() == OPEN
        assert code(own.record(hire("N", "T1"))) == "ok"
        status = own.status()
        assert (status["roles"], status["officer"], status["role"]) == ("open_to_all", "anybody", OPEN)


def test_the_first_grant_makes_an_admin_of_whoever_gives_it(ledger_url: str) -> None:
    """Anything else would lock everybody out: a typing error in a name is enough."""
    with county(ledger_url) as made:
        assert code(made.grant_role("tester", "officer")) == "first_admin"
        assert code(made.grant_role("somebody", "admin")) == "first_admin"
        assert code(made.remove_role("tester")) == "first_admin"
        assert made.access().open
        assert code(made.grant_role("tester", "admin")) == "ok"
        assert (made.role(), made.status()["roles"]) == ("admin", "granted")


def test_the_last_admin_stays(ledger: Ledger) -> None:
    assert code(ledger.remove_role("tester")) == "last_admin"
    assert code(ledger.grant_role("tester", "officer")) == "last_admin"
    assert code(ledger.grant_role("wang", "admin")) == "ok"
    assert code(ledger.remove_role("tester")) == "ok"
    assert ledger.role() == NONE
    assert code(ledger.grant_role("tester", "admin")) == "not_permitted"


def test_a_role_is_an_act_that_stays_in_the_log(ledger: Ledger) -> None:
    assert code(ledger.remove_role("shen")) == "ok"
    assert code(ledger.remove_role("shen")) == "role_not_held"
    lines = [line.to_json() for line in ledger.log().entries if line.type.startswith("role_")]
    told = [(line["type"], line["officer"], line["recorded_by"]) for line in lines]
    assert told[0] == ("role_granted", "tester", "tester")
    assert told[3:] == [
        ("role_granted", "shen", "tester"),
        ("role_granted", "li", "tester"),
        ("role_removed", "shen", "tester"),
    ]
    assert code(ledger.record({"type": "reversed", "entry": lines[0]["position"], "reason": "x"})) == "not_reversible"
    ledger.rebuild()
    found = ledger.verify()
    assert found.ok, found
    assert ledger.access().role_of("shen") == NONE


def test_the_newest_grant_holds_and_units_add_up(ledger: Ledger) -> None:
    access = ledger.access()
    assert access.units_of("li") == ("T1",)
    assert code(ledger.grant_role("li", "officer", "T2")) == "ok"
    assert ledger.access().units_of("li") == ("T1", "T2")
    assert code(ledger.grant_role("li", "officer")) == "ok"
    assert ledger.access().units_of("li") == ()
    assert code(ledger.grant_role("li", "auditor", "T1")) == "bad_value"
    assert code(ledger.grant_role("li", "officer", "T9")) == "unit_unknown"
    assert code(ledger.grant_role("li", "chief")) == "bad_value"


# ---- every deed of every role


def _import(ledger: Ledger, folder: Path) -> None:
    file = folder / "lines.jsonl"
    file.write_text(
        '{"type":"quota_set","effective_on":"2020-01-01","unit":"T1","establishment":"support","posts":1}\n'
    )
    report = import_lines(ledger, file)
    if report.refused:
        raise AssertionError(report.refused)


def _seal(ledger: Ledger, folder: Path) -> None:
    key = folder / "keys" / "seal"
    key.parent.mkdir(exist_ok=True)
    if not key.exists():
        notes.make_key(key, ledger.store.path)
    ledger.seal(key)


POLICY = on("2022-01-01", "policy_adopted", parameters={"gap_days": 60}, source="x")
Deed = Callable[[Ledger, Path], Any]
RECORDING: dict[str, Deed] = {
    "record": lambda ledger, _: ledger.record(hire("N", "C1")),
    "reverse": lambda ledger, _: ledger.reverse(7, "wrong person"),
    "correct": lambda ledger, _: ledger.correct(8, {"name": "another"}, "misspelt"),
    "policy": lambda ledger, _: ledger.record(POLICY),
    "dry run": lambda ledger, _: ledger.try_out(hire("M", "C1")).result,
    "import": _import,
}
ALERTS: dict[str, Deed] = {
    "scan": lambda ledger, _: ledger.scan(TODAY),
    "acknowledge": lambda ledger, _: ledger.acknowledge(_alert(ledger)),
    "snooze": lambda ledger, _: ledger.snooze(_alert(ledger), date(2090, 1, 1)),
    "waive": lambda ledger, _: ledger.waive(_alert(ledger), date(2090, 1, 1), {"document_no": "1"}),
    "letter": lambda ledger, _: ledger.letter_made(_seen(ledger), "reminder", "a.docx", "ab" * 32),
    "jobs": lambda ledger, _: LeaseKeeper(ledger, 60).take(),
}
KEEPING: dict[str, Deed] = {
    "grant": lambda ledger, _: ledger.grant_role("new", "auditor"),
    "remove": lambda ledger, _: ledger.remove_role("li"),
    "seal": _seal,
    "rebuild": lambda ledger, _: ledger.rebuild(),
}
MAY = {
    "tester": {*RECORDING, *ALERTS, *KEEPING},
    "wang": {*RECORDING, *ALERTS},
    "zhao": {*ALERTS},
    "shen": set[str](),
    "stranger": set[str](),
}


def _alert(ledger: Ledger) -> int:
    return next(line.position for line in ledger.log().entries if line.type == "alert_raised")


def _seen(ledger: Ledger) -> dict[int, int]:
    number = _alert(ledger)
    return {number: ledger.alert_history(number).entries[-1].position}


@pytest.mark.parametrize("officer", MAY)
def test_each_role_does_what_is_its_own_and_nothing_else(ledger: Ledger, officer: str, tmp_path: Path) -> None:
    ledger.record(loan("V", "T1", "2021-01-01", "2021-03-01"))
    ledger.scan(TODAY)
    done = set()
    before = ledger.perspective().known_at
    with as_(ledger, officer) as own:
        for name, deed in {**RECORDING, **ALERTS, **KEEPING}.items():
            try:
                answer = deed(own, tmp_path)
            except NotPermitted as fault:
                answer = fault.refused
            assert code(answer) in ("ok", "not_permitted"), (name, answer)
            if code(answer) == "ok":
                done.add(name)
        assert own.headcount(own.perspective()).rows, "everybody reads"
    assert done == MAY[officer]
    assert (ledger.perspective().known_at == before) is not bool(MAY[officer])


def test_an_import_of_somebody_without_the_role_leaves_no_batch(ledger: Ledger, tmp_path: Path) -> None:
    with as_(ledger, "shen") as own, pytest.raises(NotPermitted):
        _import(own, tmp_path)
    assert ledger.status()["unfinished_imports"] == []


def test_a_refusal_says_why_and_what_to_do(ledger: Ledger) -> None:
    told = {}
    for officer, entry in (("stranger", hire("N", "T1")), ("shen", hire("N", "T1")), ("li", hire("N", "T2"))):
        with as_(ledger, officer) as own:
            answer = own.record(entry)
            assert isinstance(answer, Refused)
            for language in ("en", "zh"):
                use(language)
                told[officer, language] = sentence(answer)
    use("zh")
    assert told == {
        ("stranger", "en"): "stranger may not record this: nobody has given stranger a role in this ledger.",
        ("stranger", "zh"): "stranger 不能登记这一笔：本台账没有授予 stranger 任何角色。",
        ("shen", "en"): "shen may not record this: this takes one of the roles officer, admin; "
        "shen has the role auditor.",
        ("shen", "zh"): "shen 不能登记这一笔：此事须有经办、管理角色之一，而 shen 的角色是审计。",
        ("li", "en"): "li may not record this: T2 does not belong to T1 on 2019-02-01.",
        ("li", "zh"): "li 不能登记这一笔：2019-02-01，T2 不在 T1 之内。",
    }


def test_a_role_taken_away_counts_from_the_next_entry_of_an_open_program(ledger: Ledger) -> None:
    with as_(ledger, "wang") as own:
        assert code(own.record(hire("N1", "T1"))) == "ok"
        ledger.remove_role("wang")
        assert code(own.record(hire("N2", "T1"))) == "not_permitted"
        ledger.grant_role("wang", "officer")
        assert code(own.record(hire("N2", "T1"))) == "ok"


# ---- officers of one unit

NO, OK = "not_permitted", "ok"
OF_T1: list[tuple[str, Entry, str]] = [
    ("hired into it", hire("N", "T1-B"), OK),
    ("hired elsewhere", hire("N", "T2"), NO),
    ("transferred within", on("2022-01-01", "transferred", person="A", unit="T1-B"), OK),
    ("transferred out", on("2022-01-01", "transferred", person="A", unit="T2"), NO),
    ("transferred in from elsewhere", on("2022-01-01", "transferred", person="B", unit="T1"), NO),
    ("own person on leave", on("2022-01-01", "leave_started", person="A", kind="sick"), OK),
    ("somebody else's person on leave", on("2022-01-01", "leave_started", person="B", kind="sick"), NO),
    ("lent to somebody outside", loan("A", "C1", "2022-01-01"), NO),
    ("a borrowed person goes back", on("2022-01-01", "secondment_ended", person="V"), OK),
    ("a borrowed person's term extended", on("2022-01-01", "secondment_extended", person="V", until="2029-01-01"), NO),
    ("a borrowed person departs", on("2022-01-01", "departed", person="V", reason="resigned"), NO),
    ("own quota", on("2022-01-01", "quota_set", unit="T1-A", establishment="support", posts=2), OK),
    ("another's quota", on("2022-01-01", "quota_set", unit="T2", establishment="support", posts=2), NO),
    ("an office below it", unit("T1-C", "internal_office", "T1", "2022-01-01"), OK),
    ("an office below another", unit("T2-C", "internal_office", "T2", "2022-01-01"), NO),
    ("a unit below nothing", unit("Y", "jurisdiction", None, "2022-01-01", level="county"), NO),
    ("moved within", on("2022-01-01", "unit_moved", unit="T1-B", parent="T1-A"), OK),
    ("moved out", on("2022-01-01", "unit_moved", unit="T1-B", parent="T2"), NO),
    ("moved in from elsewhere", on("2022-01-01", "unit_moved", unit="C1", parent="T1"), NO),
    ("merged within", on("2022-01-01", "unit_merged", unit="T1-B", into="T1-A"), OK),
    ("merged into another", on("2022-01-01", "unit_merged", unit="T1-B", into="T2"), NO),
    ("another merged into it", on("2022-01-01", "unit_merged", unit="T2", into="T1"), NO),
    ("a policy", on("2022-01-01", "policy_adopted", parameters={"gap_days": 60}, source="x"), NO),
    ("before it existed", hire("N", "X", "2019-01-05"), NO),
]  # fmt: skip


def test_what_an_officer_of_a_unit_may_record(ledger: Ledger) -> None:
    ledger.record(loan("V", "T1", "2021-06-01", "2023-01-01"))
    found = {}
    for name, entry, _ in OF_T1:
        answers = []
        for officer in ("li", "wang"):
            with as_(ledger, officer) as own, own.trying() as recording:
                answers.append(code(recording.record(entry)))
        assert answers[1] == OK, (name, "an officer of the whole ledger may")
        found[name] = answers[0]
    assert found == {name: answer for name, _, answer in OF_T1}


def test_both_sides_of_a_correction_and_of_a_reversal_count(ledger: Ledger) -> None:
    """What somebody above has recorded across the boundary is not undone from one side of it."""
    moved = ledger.record(on("2022-01-01", "transferred", person="B", unit="T1"))
    office = ledger.record(on("2022-02-01", "unit_moved", unit="T1-B", parent="T2"))
    assert isinstance(moved, Receipt)
    assert isinstance(office, Receipt)
    with as_(ledger, "li") as own:
        assert code(own.reverse(moved.position, "x")) == NO
        assert code(own.correct(moved.position, {"effective_on": "2022-05-01"}, "x")) == NO
        assert code(own.correct(moved.position, {"unit": "T1-A"}, "x")) == OK, "that day is theirs, before and after"
        assert code(own.reverse(office.position, "x")) == NO
        assert code(own.record(on("2022-03-01", "transferred", person="B", unit="T1"))) == OK
        assert code(own.correct(7, {"unit": "T2"}, "not this town")) == NO
        assert code(own.correct(7, {"unit": "T1"}, "not the office")) == OK
        assert code(own.reverse(8, "not theirs")) == NO


def test_what_is_gone_belongs_where_it_was_last(ledger: Ledger) -> None:
    """Posts of an abolished office, and people who left, stay with the officers of their units."""
    for town in ("T1", "T2"):
        office = f"{town}-Z"
        ledger.record(unit(office, "internal_office", town))
        ledger.record(on("2019-06-01", "quota_set", unit=office, establishment="support", posts=2))
        ledger.record(on("2021-01-01", "unit_abolished", unit=office))
    for person in ("A", "B"):
        ledger.record(on("2021-05-01", "departed", person=person, reason="resigned"))
    found = {}
    for officer in ("li", "wang"):
        with as_(ledger, officer) as own:
            for name, entry in {
                "own posts": on("2022-01-01", "quota_cancelled", unit="T1-Z", establishment="support"),
                "another's posts": on("2022-01-01", "quota_cancelled", unit="T2-Z", establishment="support"),
                "own person": on("2022-01-01", "person_described", person="A", gender="male"),
                "another's person": on("2022-01-01", "person_described", person="B", gender="male"),
                "another's person hired": hire("B", "T1", "2022-01-01"),
            }.items():
                with own.trying() as recording:
                    found[officer, name] = code(recording.record(entry))
    refused = {("li", "another's posts"), ("li", "another's person")}
    assert found == {key: NO if key in refused else OK for key in found}


@pytest.mark.parametrize("rebuilt", [False, True])
def test_a_merger_gives_an_officer_nothing_until_somebody_grants_it(ledger: Ledger, rebuilt: bool) -> None:
    """Who kept the register of a town is not its new town's officer because of a merger, and is told what it takes."""
    ledger.record(hire("O", "T1-B"))
    ledger.record(on("2022-01-01", "unit_merged", unit="T1", into="T2"))
    if rebuilt:
        ledger.rebuild()
    entries = {
        "the person who came along": on("2022-06-01", "leave_started", person="A", kind="sick"),
        "a person who was there": on("2022-06-01", "leave_started", person="B", kind="sick"),
        "the unit's old code": hire("N", "T1", "2022-06-01"),
        "an office that came along": hire("N", "T1-B", "2022-06-01"),
        "before the merger": hire("N", "T1", "2021-06-01"),
        "before the merger, elsewhere": hire("N", "T2", "2021-06-01"),
    }

    def answers() -> dict[str, str]:
        found = {}
        with as_(ledger, "li") as own:
            for name, entry in entries.items():
                with own.trying() as recording:
                    answer = recording.record(entry)
                found[name] = code(answer)
                if found[name] == NO and "2021" not in str(entry["effective_on"]):
                    assert isinstance(answer, Refused)
                    assert "T1 was merged into T2 before, and li needs a new grant, for T2" in str(
                        answer.params["reason"]
                    )
        return found

    allowed = {"before the merger"}
    assert answers() == {name: OK if name in allowed else NO for name in entries}
    assert code(ledger.grant_role("li", "officer", "T2")) == "ok"
    assert answers() == {**dict.fromkeys(entries, OK), "the unit's old code": "unit_not_existing"}, "both units"


def test_an_officer_of_a_unit_deals_with_its_alerts_and_does_not_scan(ledger: Ledger) -> None:
    ledger.record(loan("V", "T1", "2021-01-01", "2021-03-01"))
    ledger.record(loan("B", "C1", "2022-01-01", "2022-02-01"))
    ledger.scan(TODAY)
    alerts = {line.alert.person: line.alert.id for line in ledger.alerts(ledger.perspective(TODAY)).rows}
    with as_(ledger, "li") as own:
        assert code(own.scan(TODAY)) == NO
        assert code(own.acknowledge(alerts["V"])) == "ok"
        assert code(own.acknowledge(alerts["B"])) == NO


def test_identity_numbers_are_set_and_shown_by_officers_of_the_person_and_erased_by_admins(
    ledger: Ledger, tmp_path: Path
) -> None:
    (tmp_path / "keys").mkdir()
    make_id_key(tmp_path / "keys" / "id.key", None)
    key = load_id_key(tmp_path / "keys" / "id.key", None)
    with as_(ledger, "li") as own:
        assert code(own.set_id_number("A", "11010519491231002X", key)) == OK
        assert own.reveal_id_number("A", key, "insurance")[0] == "11010519491231002X"  # type: ignore[index]
        assert code(own.set_id_number("B", "440524188001010014", key)) == NO
    for officer in ("shen", "zhao"):
        with as_(ledger, officer) as own:
            assert code(own.reveal_id_number("A", key, "curiosity")) == NO
    with as_(ledger, "wang") as own:
        assert code(own.erase_id_number("A", "left")) == NO
    assert code(ledger.erase_id_number("A", "left")) == OK
