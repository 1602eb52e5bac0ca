"""Every entry type has a form, and what is typed into it becomes the entry that the ledger reads."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain.entries import ENTRY_TYPES
from ledger.domain.reading import read_entry
from ledger.domain.refusals import Refused
from tui.forms.catalogue import BY_ID, FORMS
from tui.forms.fields import HIDDEN, PICKED, fields_of, keys_of
from tui.forms.state import FormState, Picked
from tui.forms.values import Problem

TYPED: dict[str, dict[str, object]] = {
    "hire": {"person": "P1", "name": "张三", "unit": "A", "establishment": "support", "retirement_age": "55"},
    "transfer": {"person": "P1", "unit": "A"},
    "second": {"person": "P1", "host": "A", "until": "6m"},
    "extend": {"person": "P1", "until": "2022-12"},
    "return": {"person": "P1"},
    "recall": {"person": "P1"},
    "convert": {"person": "P1", "unit": "A"},
    "retire": {"person": "P1"},
    "leave": {"person": "P1", "kind": "sick"},
    "leave_end": {"person": "P1"},
    "quota": {"unit": "A", "establishment": "support", "posts": "１２"},
    "depart": {"person": "P1", "reason": "resigned"},
    "appoint": {"person": "P1", "title": "主任", "counts": "false"},
    "relieve": {"person": "P1", "title": "主任"},
    "describe": {"person": "P1", "name": "张三"},
    "quota_change": {"unit": "A", "establishment": "support", "change": "-3"},
    "quota_cancel": {"unit": "A", "establishment": "support", "entry": "7"},
    "quota_move": {"unit": "A", "to": "B", "establishment": "support", "posts": "3"},
    "leader_quota": {"unit": "A", "rank": "正科", "posts": "2"},
    "freeze": {"unit": "A", "mode": "no_increase", "until": "20231231", "target.support": "5"},
    "establish": {"unit": "A", "name": "甲", "kind": "organ", "plates": "乙、丙"},
    "rename": {"unit": "A", "name": "甲"},
    "move": {"unit": "A", "parent": "B"},
    "station": {"unit": "A", "stationed_at": "B"},
    "merge": {"unit": "A", "into": "B"},
    "abolish": {"unit": "A"},
    "census": {"unit": "A", "source": "半年报", "measures.on_roll": "46", "measures.*": "leaders.正科=3"},
    "policy": {"source": "X1", "profile": "strict", "parameters": "gap_days=60; exempt_kinds=[]"},
    "reverse": {"entry": "7", "reason": "误登记"},
}


def typed(form: str, **values: object) -> FormState:
    state = FormState.blank(form)
    for key, value in values.items():
        one = state.field(key)
        assert one is not None, key
        if one.kind in PICKED:
            state.pick(key, Picked(str(value), str(value)))
        else:
            state.type(key, str(value))
    return state


def test_every_entry_type_has_a_form() -> None:
    assert {one.type for one in FORMS} == set(ENTRY_TYPES)
    assert set(TYPED) | {"correct"} == set(BY_ID)


@pytest.mark.parametrize("form", [form for form in BY_ID if form != "correct"])
def test_every_key_of_the_entry_type_stands_in_its_form(form: str) -> None:
    model = ENTRY_TYPES[BY_ID[form].type].model_fields
    shown = {key.partition(".")[0] for key in keys_of(BY_ID[form])}
    assert set(model) - HIDDEN <= shown
    assert len(keys_of(BY_ID[form])) == len(set(keys_of(BY_ID[form])))


@pytest.mark.parametrize("form", TYPED)
def test_what_is_typed_is_an_entry_that_the_ledger_reads(form: str) -> None:
    spec = BY_ID[form]
    dated = {} if form == "reverse" else {"effective_on": "2022年7月1日"}
    state = typed(form, **dated, **TYPED[form])
    assert state.missing() == []
    assert state.problems() == {}
    (entry,) = state.entries()
    read = read_entry(entry)
    assert not isinstance(read, Refused), read
    assert read[0].type == spec.type
    assert read[0].id == state.entry_id


@pytest.mark.parametrize("form", TYPED)
def test_an_entry_corrected_without_a_change_stays_what_it_is(form: str) -> None:
    if form == "reverse":
        return
    state = typed(form, effective_on="20220701", **TYPED[form])
    read = read_entry(state.entries()[0])
    assert not isinstance(read, Refused)
    content = {**read[0].content(), "attributes": {"sheet": "x"}, "authority": {"sha256": "0" * 64}}
    correction = FormState.to_correct(9, content)
    correction.texts["correction.reason"] = "核对"
    again: dict[str, Any] = correction.entries()[0]
    whole = read_entry(again)
    assert not isinstance(whole, Refused)
    assert again["entry"] == 9
    assert whole[0].content()["replacement"] == content


def test_a_date_known_to_the_month_says_so() -> None:
    state = typed("return", person="P1", effective_on="2022年7月")
    entry = state.entries()[0]
    assert (entry["effective_on"], entry["effective_precision"]) == ("2022-07-01", "month")


@pytest.mark.parametrize(("key", "text"), [("effective_on", "2022-02-30"), ("posts", "五"), ("posts", "-1")])
def test_what_cannot_be_read_is_told_at_its_field(key: str, text: str) -> None:
    state = typed("quota", **{key: text})
    assert list(state.problems()) == [key]
    with pytest.raises(Problem):
        state.entries()


def test_what_is_typed_over_a_choice_takes_the_choice_back() -> None:
    state = typed("second", person="P1")
    state.type("person", "P")
    assert state.people == []


def test_kinds_of_posts_do_not_offer_one_outside_the_establishment() -> None:
    fields = {one.key: one for one in fields_of(BY_ID["quota"])}
    assert "off_establishment" not in fields["establishment"].codes
