"""One case for every refusal: what was recorded, what is refused, the code told and the entries named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.refusals import REFUSALS, Refused
from ledger.interchange.jsonl import read_line

Entry = dict[str, Any]


def on(day: str, type_: str, /, **keys: Any) -> Entry:
    return {"type": type_, "effective_on": day, **keys}


def unit(code: str, kind: str = "organ", day: str = "2019-01-01", /, **keys: Any) -> Entry:
    return on(day, "unit_established", unit=code, name=f"unit {code}", kind=kind, **keys)


def hired(person: str = "P1", place: str = "T1", day: str = "2020-01-01", /, **keys: Any) -> Entry:
    return on(day, "hired", person=person, name="赵天", unit=place, establishment="administrative", **keys)


def lent(day: str = "2021-03-01", person: str = "P1", host: str = "J1", **keys: Any) -> Entry:
    return on(day, "secondment_started", person=person, host=host, **{"until": "2021-08-31", **keys})


def quota(posts: int, day: str = "2019-01-01", place: str = "T1", **keys: Any) -> Entry:
    return on(day, "quota_set", unit=place, establishment="administrative", posts=posts, **keys)


def policy(day: str = "2019-01-01", /, **keys: Any) -> Entry:
    return on(day, "policy_adopted", source="县编〔2019〕1号", **keys)


def into(survivor: str, day: str, merged: str, **keys: Any) -> Entry:
    return on(day, "unit_merged", unit=merged, into=survivor, **keys)


INTO_T2 = into("T2", "2021-01-01", "T1")
HARD = {"quota_enforcement": "hard"}
COUNTY = [
    unit("C", "jurisdiction", level="county"),
    unit("T1", parent="C", level="township"),
    unit("T1-A", "internal_office", parent="T1"),
    unit("T2", parent="C", level="township"),
    unit("J1", parent="C", level="county"),
]
"""A county, two towns, an office in one of them, and a bureau: recorded before every case."""


class Case(NamedTuple):
    """`given` is recorded after the county; `entry` is refused with `code`, naming `conflicts`."""

    code: str
    entry: Any
    given: Sequence[Entry] = ()
    conflicts: tuple[str, ...] = ()


CASES = [
    # the form of the entry
    Case("not_an_object", ["hired", "P1"]),
    Case("unknown_type", on("2020-01-01", "hird", person="P1")),
    Case("unknown_key", hired(departement="T1")),
    Case("missing_key", {"type": "hired", "person": "P1", "name": "赵天", "unit": "T1", "establishment": "support"}),
    Case("bad_value", {**hired(), "establishment": "adminstrative"}),
    Case("bad_value", hired("P1", "T1", "2020-02-30")),
    Case("bad_value", {**hired(), "effective_on": 20200101}),
    Case("bad_value", policy(parameters={"gap_days": -1})),
    Case("bad_value", policy(parameters={"quota_enforcement": "very hard"})),
    Case("bad_text", {**hired(), "name": "赵\n天"}),
    Case("bad_text", {**hired(), "name": " 赵天"}),
    Case("bad_text", {**hired(), "note": "11010519491231002X"}),
    Case("bad_text", policy(parameters={"identity_matrix": {"\ud800worker": ["support"]}})),
    Case("bad_text", policy(parameters={"grassroots_from": ["\x1b[31m"]})),
    Case("nothing_described", on("2020-01-01", "person_described", person="P1"), [hired()]),
    Case("unknown_measure", on("2020-01-01", "census_claimed", unit="T1", source="月报", measures={"onroll": 4})),
    Case("unknown_profile", policy(profile="provincial")),
    Case("unknown_parameter", policy(parameters={"gap_day": 60})),
    Case("contradictory_parameter", policy(parameters={"near_months": 12})),
    Case("contradictory_parameter", policy(parameters={"long_away_months": [24, 12, 36]})),
    Case("empty_policy", policy()),
    Case("no_quota_kind", {**quota(3), "establishment": "off_establishment"}),
    Case("same_unit", on("2020-01-01", "unit_merged", unit="T1", into="T1")),
    Case(
        "same_unit", on("2020-01-01", "quota_moved", unit="T1", to="T1", establishment="support", posts=1), [quota(3)]
    ),
    Case("same_unit", unit("D", "dispatched_office", parent="C", stationed_at="D")),
    # the entry among the others
    Case("id_reused", {**hired("P2"), "id": "h"}, [hired(id="h")], ("h",)),
    Case("date_out_of_bounds", hired("P1", "T1", "1949-09-30")),
    Case("date_out_of_bounds", hired("P1", "T1", "2036-06-02")),
    Case("until_before_start", lent(until="2021-02-28"), [hired()]),
    Case("unknown_entry", {"type": "reversed", "entry": "h", "reason": "误录"}),
    Case("unknown_entry", {"type": "reversed", "entry": 99, "reason": "误录"}),
    Case(
        "not_reversible",
        {"type": "reversed", "entry": "r", "reason": "误录"},
        [hired(id="h"), {"type": "reversed", "entry": "h", "reason": "误录", "id": "r"}],
        ("r",),
    ),
    Case(
        "already_reversed",
        {"type": "reversed", "entry": "h", "reason": "误录"},
        [hired(id="h"), {"type": "reversed", "entry": "h", "reason": "误录", "id": "r"}],
        ("r",),
    ),
    Case(
        "already_reversed",
        {"type": "corrected", "entry": "h", "reason": "误录", "replacement": hired("P1", "T2")},
        [hired(id="h"), {"type": "corrected", "entry": "h", "reason": "误录", "replacement": hired("P2"), "id": "c"}],
        ("c",),
    ),
    # units
    Case("unit_unknown", hired("P1", "T9")),
    Case("unit_unknown", unit("T3", parent="C9")),
    Case("unit_code_used", unit("T1", "organ", "2022-01-01", parent="C"), conflicts=("#2",)),
    Case("unit_not_existing", hired("P1", "T1", "2018-12-31")),
    Case("unit_not_existing", hired("P1", "T2", "2020-01-01"), [on("2020-01-01", "unit_merged", unit="T2", into="T1")]),
    Case("parent_required", unit("T9", "internal_office")),
    Case("not_dispatched", unit("T3", parent="C", stationed_at="T1")),
    Case("not_dispatched", on("2020-01-01", "unit_stationed", unit="T2", stationed_at="T1")),
    Case("unit_cycle", on("2020-01-01", "unit_moved", unit="C", parent="T1-A")),
    Case("unit_in_use", on("2020-01-01", "unit_abolished", unit="T1"), [], ("#3",)),
    Case("unit_in_use", on("2022-01-01", "unit_abolished", unit="T2"), [hired("P1", "T2", id="h")], ("h",)),
    Case("unit_in_use", on("2021-06-01", "unit_abolished", unit="J1"), [hired(), lent(id="s")], ("s",)),
    Case(  # all that rest on it are told, people and units alike
        "unit_in_use",
        on("2022-01-01", "unit_abolished", unit="T1"),
        [
            hired(id="p"),
            hired("T1-A", "T1", id="named-like-the-office"),
            unit("D", "dispatched_office", parent="C", stationed_at="T1", id="d"),
            unit("T1-B", "internal_office", parent="T1", id="b"),
        ],
        ("p", "named-like-the-office", "d", "#3", "b"),
    ),
    Case(  # also those who come later only
        "unit_in_use",
        on("2020-06-01", "unit_abolished", unit="J1"),
        [hired(), hired("P2"), lent(id="s"), hired("P3", "J1", "2024-01-01", id="h")],
        ("s", "h"),
    ),
    Case("unit_in_use", on("2022-01-01", "unit_abolished", unit="T2"), [INTO_T2], ("#3",)),  # it inherited T1's office
    Case(
        "unit_in_use",
        on("2022-01-01", "unit_abolished", unit="J1"),
        [unit("D", "dispatched_office", parent="C", stationed_at="T2", id="d"), into("J1", "2021-06-01", "T2")],
        ("d",),
    ),
    Case(  # the merger comes to light after the abolition
        "breaks_other_entry",
        into("J1", "2021-06-01", "T2"),
        [INTO_T2, on("2022-01-01", "unit_abolished", unit="J1", id="end")],
        ("end",),
    ),
    *(  # of all the loans that would be internal duties, the first one is named
        Case(
            "breaks_other_entry",
            on("2021-01-01", "unit_moved", unit="T1-A", parent="J1"),
            [
                *(hired(person, "T1-A") for person in ("P1", "P2", "P3")),
                lent("2021-05-01", people[0], id="may"),
                lent("2021-03-01", people[1], id="march"),
                lent("2021-04-01", people[2], id="april"),
            ],
            ("march",),
        )
        for people in (("P1", "P2", "P3"), ("P3", "P1", "P2"), ("P2", "P3", "P1"))
    ),
    # quotas
    Case("no_quota_record", on("2020-01-01", "quota_changed", unit="T1", establishment="support", change=1)),
    Case("no_quota_record", on("2020-01-01", "quota_moved", unit="T1", to="T2", establishment="support", posts=1)),
    Case(
        "quota_below_zero",
        on("2020-01-01", "quota_changed", unit="T1", establishment="administrative", change=-4),
        [quota(3)],
    ),
    Case(
        "grant_unknown",
        on("2020-01-01", "quota_cancelled", unit="T1", establishment="administrative", entry="q"),
        [quota(3, id="q")],
    ),
    # people
    Case("person_unknown", on("2020-01-01", "person_described", person="P1", name="赵天")),
    Case("already_on_register", hired("P1", "T2", "2021-01-01"), [hired()]),
    Case("not_on_register", on("2020-01-01", "departed", person="P1", reason="retired")),
    Case(
        "not_on_register",
        on("2022-01-02", "transferred", person="P1", unit="T2"),
        [hired(), on("2022-01-01", "departed", person="P1", reason="resigned")],
    ),
    Case("charge_unchanged", on("2021-01-01", "transferred", person="P1", unit="T1"), [hired()]),
    Case("return_first", on("2021-04-01", "transferred", person="P1", unit="T2"), [hired(), lent()]),
    Case("secondment_running", lent("2021-04-01", host="T2"), [hired(), lent()]),
    Case("internal_duty", lent(host="T1-A"), [hired()]),
    Case("no_secondment", on("2021-03-01", "secondment_ended", person="P1"), [hired()]),
    Case("no_secondment", on("2021-03-01", "secondment_extended", person="P1", until="2022-01-01"), [hired()]),
    Case("not_later", on("2021-08-01", "secondment_extended", person="P1", until="2021-08-31"), [hired(), lent()]),
    Case(
        "already_on_leave",
        on("2021-02-01", "leave_started", person="P1", kind="study"),
        [hired(), on("2021-01-01", "leave_started", person="P1", kind="sick")],
    ),
    Case("not_on_leave", on("2021-02-01", "leave_ended", person="P1"), [hired()]),
    Case(
        "position_held",
        on("2021-02-01", "appointed", person="P1", title="镇长"),
        [hired(), on("2021-01-01", "appointed", person="P1", title="镇长", rank="正科")],
    ),
    Case("position_not_held", on("2021-02-01", "relieved", person="P1", title="镇长"), [hired()]),
    # the rest of the timeline
    Case(
        "breaks_other_entry",
        on("2021-02-01", "departed", person="P1", reason="resigned"),
        [hired(), lent(id="s")],
        ("s",),
    ),
    Case(
        "breaks_other_entry",
        {"type": "reversed", "entry": "h", "reason": "误录"},
        [hired(id="h"), lent(id="s")],
        ("s",),
    ),
    Case(
        "breaks_other_entry",
        on("2021-01-01", "unit_moved", unit="T1-A", parent="J1"),
        [hired("P1", "T1-A"), lent(id="s")],
        ("s",),
    ),
    Case("unit_in_use", on("2020-06-01", "unit_abolished", unit="T2"), [hired(), lent(host="T2", id="s")], ("s",)),
    Case(  # the bureau was an office of the town all along
        "breaks_other_entry",
        {
            "type": "corrected",
            "entry": "X",
            "reason": "误录",
            "replacement": unit("X", "internal_office", parent="T1"),
        },
        [unit("X", parent="T1", id="X"), hired(), lent(host="X", id="s")],
        ("s",),
    ),
    Case(  # the area was a bureau all along, so its two offices are one employer
        "breaks_other_entry",
        {"type": "corrected", "entry": "X", "reason": "误录", "replacement": unit("X", parent="C")},
        [
            unit("X", "jurisdiction", parent="C", id="X"),
            unit("X-1", "internal_office", parent="X"),
            unit("X-2", "internal_office", parent="X"),
            hired("P1", "X-1"),
            lent(host="X-2", id="s"),
        ],
        ("s",),
    ),
    Case("over_quota", hired("P2"), [policy(parameters=HARD), quota(1), hired()]),
]
ELSEWHERE = {
    "not_utf8": b'{"type": "hired", "name": "\xd5\xd4"}',
    "not_json": b'{"type": "hired",',
    "duplicate_key": b'{"type": "hired", "person": "P1", "person": "P2"}',
}
"""What a line of a file is refused for before it is an entry."""
OF_ROLES = {"not_permitted", "first_admin", "last_admin", "role_not_held"}
"""Told where roles are given, or once there are some: tests/application/test_access.py."""
OF_ALERTS = {
    "alert_unknown",
    "alert_closed",
    "alert_changed",
    "already_acknowledged",
    "scan_ahead",
    "until_in_past",
    "waiver_without_document",
    "waiver_without_end",
}
"""Answers to acts about alerts: test_alerts and tests/application/test_alerting."""
OF_ID_NUMBERS = {"id_number_wrong", "id_number_taken", "id_number_absent"}
"""Answers to acts about identity numbers: tests/application/test_identifying.py."""


class Undone(Exception):
    """Takes a case out of the ledger again."""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger that holds the county."""
    path = tmp_path_factory.mktemp("refusals") / "ledger.db"
    with create_ledger(str(path), officer="tester", clock=lambda: datetime(2026, 6, 1, 4, tzinfo=UTC)) as ledger:
        tell(ledger, COUNTY)
        yield ledger


def tell(ledger: Ledger, entries: Sequence[Entry]) -> None:
    with ledger.recording() as recording:
        for entry in entries:
            answer = recording.record(entry)
            assert not isinstance(answer, Refused), answer


def answer_to(ledger: Ledger, given: Sequence[Entry], entry: Any) -> object:
    """What the ledger says to the entry after those given; nothing of it stays."""
    answers: list[object] = []
    with suppress(Undone), ledger.recording() as recording:
        for each in given:
            before = recording.record(each)
            assert not isinstance(before, Refused), before
        answers.append(recording.record(entry))
        raise Undone
    return answers[0]


def name_of(case: Case) -> str:
    kind = case.entry["type"] if isinstance(case.entry, dict) else "line"
    return f"{case.code}-{kind}"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_refused(case: Case, county: Ledger) -> None:
    answer = answer_to(county, case.given, case.entry)
    assert isinstance(answer, Refused), answer
    assert (answer.code, answer.conflicts_with) == (case.code, case.conflicts), answer
    assert answer.text.sentence.format_map(answer.params)
    assert answer.text.remedy.format_map({**answer.params, "other": "?"})


@pytest.mark.parametrize("code", ELSEWHERE)
def test_refused_line(code: str) -> None:
    answer = read_line(ELSEWHERE[code])
    assert isinstance(answer, Refused)
    assert answer.code == code


def test_every_refusal_has_a_case() -> None:
    assert {case.code for case in CASES} | set(ELSEWHERE) | OF_ROLES | OF_ALERTS | OF_ID_NUMBERS == set(REFUSALS)


def test_a_refusal_is_one_of_the_list() -> None:
    with pytest.raises(KeyError):
        Refused("made_up")


def test_a_refused_line_leaves_its_id_free(county: Ledger) -> None:
    with suppress(Undone), county.recording() as recording:
        assert isinstance(recording.record({**hired("P1", "T9"), "id": "h"}), Refused)
        assert not isinstance(recording.record({**hired("P1", "T1"), "id": "h"}), Refused)
        raise Undone


# Hard quotas (decision 0005): refused when, on some day on which the policy is hard, a unit with a number of its own
# is over it by more than without the entry.

FULL = [quota(1, id="q"), hired(id="h")]


def test_a_soft_quota_warns_and_records(county: Ledger) -> None:
    answer = answer_to(county, FULL, hired("P2"))
    assert not isinstance(answer, Refused)
    [warned] = answer.warnings  # type: ignore[attr-defined]
    assert (warned.unit, warned.establishment, warned.quota, warned.on_roll) == ("T1", "administrative", 1, 2)


HARD_CASES: dict[str, tuple[list[Entry], Entry, bool]] = {
    "one more than the posts": ([policy(parameters=HARD), *FULL], hired("P2"), True),
    "the last post": ([policy(parameters=HARD), quota(2), hired()], hired("P2"), False),
    "another kind": ([policy(parameters=HARD), *FULL], {**hired("P2"), "establishment": "support"}, False),
    "off the establishment": (
        [policy(parameters=HARD), *FULL],
        {**hired("P2"), "establishment": "off_establishment"},
        False,
    ),
    "a quota above covers the office below": ([policy(parameters=HARD), *FULL], hired("P2", "T1-A"), True),
    "the county's own number": ([policy(parameters=HARD), quota(1, place="C"), hired()], hired("P2", "J1"), True),
    "no number of its own": ([policy(parameters=HARD), *FULL], hired("P2", "T2"), False),
    "hard only later": ([policy("2023-01-01", parameters=HARD), *FULL], hired("P2"), True),
    "left before it was hard": (
        [policy("2023-01-01", parameters=HARD), *FULL, on("2022-12-31", "departed", person="P1", reason="retired")],
        hired("P2"),
        False,
    ),
    "hard no more": ([policy(parameters=HARD), policy("2019-12-31", profile="national"), *FULL], hired("P2"), False),
    "a lower number": ([policy(parameters=HARD), quota(2), hired(), hired("P2")], quota(1, "2021-01-01"), True),
    "a first number": ([policy(parameters=HARD), hired(), hired("P2")], quota(1, "2021-01-01"), True),
    "a higher number, still too low": (
        [quota(1), hired(), hired("P2"), hired("P3"), policy(parameters=HARD)],
        quota(2, "2021-01-01"),
        False,
    ),
    "over already, and not by more": (
        [*FULL, hired("P2"), policy(parameters=HARD)],
        on("2021-01-01", "transferred", person="P2", unit="T1-A"),
        False,
    ),
    "over already, and by one more": ([*FULL, hired("P2"), policy(parameters=HARD)], hired("P3"), True),
    "the policy itself": ([*FULL, hired("P2")], policy(parameters=HARD), False),
    "posts moved away": (
        [policy(parameters=HARD), *FULL],
        on("2021-01-01", "quota_moved", unit="T1", to="T2", establishment="administrative", posts=1),
        True,
    ),
    "a unit moved in with its people": (
        [policy(parameters=HARD), quota(0, place="J1"), hired("P1", "T1-A")],
        on("2021-01-01", "unit_moved", unit="T1-A", parent="J1"),
        True,
    ),
    "a merger brings its own posts": (
        [policy(parameters=HARD), quota(1), quota(1, place="T2"), hired(), hired("P2", "T2")],
        on("2021-01-01", "unit_merged", unit="T2", into="T1"),
        False,
    ),
    "a merger without posts": (
        [policy(parameters=HARD), quota(1), hired(), hired("P2", "T2")],
        on("2021-01-01", "unit_merged", unit="T2", into="T1"),
        True,
    ),
    "a departure reversed": (
        [
            policy(parameters=HARD),
            *FULL,
            on("2021-01-01", "departed", person="P1", reason="retired", id="d"),
            hired("P2", "T1", "2021-01-01"),
        ],
        {"type": "reversed", "entry": "d", "reason": "误录"},
        True,
    ),
    "a hire put earlier": (
        [
            policy(parameters=HARD),
            *FULL,
            on("2021-01-01", "departed", person="P1", reason="retired"),
            hired("P2", "T1", "2021-01-01", id="h2"),
        ],
        {"type": "corrected", "entry": "h2", "reason": "误录", "replacement": hired("P2", "T1", "2020-12-31")},
        True,
    ),
    "a number that turns into a hire": (
        [policy(parameters=HARD), quota(2), quota(3, "2020-06-01", id="q3"), hired(), hired("P2")],
        {"type": "corrected", "entry": "q3", "reason": "误录", "replacement": hired("P3", "T1", "2020-06-01")},
        True,
    ),
    "a number that turns into a hire elsewhere": (
        [policy(parameters=HARD), quota(2), quota(3, "2020-06-01", id="q3"), hired(), hired("P2")],
        {"type": "corrected", "entry": "q3", "reason": "误录", "replacement": hired("P3", "T2", "2020-06-01")},
        False,
    ),
    "over for days that never come": (
        [policy(parameters=HARD), *FULL, on("2021-01-01", "departed", person="P1", reason="retired")],
        hired("P2", "T1", "2021-01-01"),
        False,
    ),
}


@pytest.mark.parametrize("name", HARD_CASES)
def test_hard_quota(name: str, county: Ledger) -> None:
    given, entry, refused = HARD_CASES[name]
    answer = answer_to(county, given, entry)
    assert isinstance(answer, Refused) is refused, answer
    if isinstance(answer, Refused):
        assert answer.code == "over_quota"
        assert answer.params["on_roll"] > answer.params["quota"]  # type: ignore[operator]
