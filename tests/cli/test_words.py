"""Cells, tables, keys and the words of an entry: the small parts under the commands."""

from __future__ import annotations

from typing import Any

import click
import pytest

from ledger import locale
from ledger.cli import keys
from ledger.cli.help import wrap
from ledger.cli.parsing import reference
from ledger.cli.tables import Table
from ledger.cli.text import pad, safe_json, shown, width
from ledger.cli.words import content_of, perspective_line, signed
from ledger.domain.entries import ENTRY_TYPES, Hired, SecondmentStarted
from ledger.domain.refusals import Refused
from ledger.locale.sentences import fill, sentence


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 0), ("abc", 3), ("甲局", 4), ("甲a", 3), ("𬱖", 2), ("e\u0301", 1), ("（一）", 6), ("ｱ", 1)],
)
def test_a_wide_character_takes_two_cells_and_a_combining_one_none(text: str, cells: int) -> None:
    assert width(text) == cells
    assert width(pad(text, 10)) == width(pad(text, 10, right=True)) == 10


def test_columns_stay_in_line_with_wide_text() -> None:
    table = Table(["单位", "n"], frozenset({1}))
    table.add("甲局办公室", 7)
    table.add("B", None)
    assert list(table.lines()) == ["单位        n", "甲局办公室  7", "B           -"]


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("甲局", "甲局"),
        ("a\tb\r\n", "a\\tb\\r\\n"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b31m\x7f", "\\x9b31m\\x7f"),
        ("\u202e\u2066\u200b\ufeff", "\\u202e\\u2066\\u200b\\ufeff"),
        ("\U000e0041\udcff", "\\U000e0041\\udcff"),
        ("😀é𬱖", "😀é𬱖"),
    ],
)
def test_what_could_steer_a_terminal_is_shown_as_its_number(text: str, harmless: str) -> None:
    assert shown(text) == harmless


def test_json_keeps_the_value_of_what_it_escapes() -> None:
    assert safe_json('"\u202e\U000e0041甲"') == '"\\u202e\\udb40\\udc41甲"'


def test_help_breaks_lines_between_chinese_characters_but_not_before_a_stop() -> None:
    assert list(wrap("甲乙丙丁。戊", 8)) == ["甲乙丙", "丁。戊"]
    assert list(wrap("one two  three\n\nfour", 8)) == ["one two", "three", "", "four"]
    assert list(wrap("", 8)) == [""]


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("model", "key", "shape"),
    [
        (Hired, "person", "text"),
        (Hired, "retirement_age", "number"),
        (Hired, "baseline", "flag"),
        (Hired, "authority", "object"),
        (Hired, "attributes", "map"),
        (SecondmentStarted, "until", "text"),
        (ENTRY_TYPES["quota_set"], "posts", "number"),
        (ENTRY_TYPES["quota_cancelled"], "entry", "reference"),
        (ENTRY_TYPES["unit_established"], "plates", "list"),
        (ENTRY_TYPES["freeze_declared"], "target", "map"),
        (ENTRY_TYPES["policy_adopted"], "parameters", "map"),
        (ENTRY_TYPES["corrected"], "replacement", "entry"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_what_a_key_takes_is_read_off_its_class(model: Any, key: str, shape: str) -> None:
    assert keys.shapes(model)[key] == shape


@pytest.mark.parametrize(
    ("entry_type", "words", "entry"),
    [
        ("quota_changed", ["--change", "-3"], {"change": -3}),
        ("quota_changed", ["--change=+3", "--unit=A=B"], {"change": 3, "unit": "A=B"}),
        ("quota_set", ["--posts", "many"], {"posts": "many"}),
        ("quota_set", ["--posts", "1_0"], {"posts": "1_0"}),
        ("hired", ["--effective-on", "2020-01-01"], {"effective_on": "2020-01-01"}),
        ("hired", ["--retirement-age", "55", "--baseline", "是"], {"retirement_age": 55, "baseline": True}),
        ("hired", ["--baseline", "no", "--note="], {"baseline": False, "note": None}),
        ("hired", ["--authority", '{"title": "x"}'], {"authority": {"title": "x"}}),
        ("hired", ["--authority.title", "x", "--authority.sha256="], {"authority": {"title": "x"}}),
        ("hired", ["--attributes.甲.乙", "丙"], {"attributes": {"甲.乙": "丙"}}),
        ("hired", ["--no.such", "x"], {"no": {"such": "x"}}),
        ("unit_established", ["--plates", "甲", "--plates", "乙"], {"plates": ["甲", "乙"]}),
        ("unit_established", ["--plates", '["甲"]'], {"plates": ["甲"]}),
        ("census_claimed", ["--measures.quota.administrative", "34"], {"measures": {"quota.administrative": 34}}),
        ("policy_adopted", ["--parameters.exempt_kinds", '["aid"]'], {"parameters": {"exempt_kinds": ["aid"]}}),
        ("policy_adopted", ["--parameters.quota_enforcement", "hard"], {"parameters": {"quota_enforcement": "hard"}}),
        ("secondment_started", ["--until", "open"], {"until": None}),
        ("secondment_started", ["--reason", "open"], {"reason": "open"}),
        ("reversed", ["--entry", "7"], {"entry": 7}),
        ("reversed", ["--entry", "id:7"], {"entry": "7"}),
        (
            "corrected",
            ["--replacement.type", "quota_set", "--replacement.posts", "3"],
            {"replacement": {"type": "quota_set", "posts": 3}},
        ),
        ("no_such_type", ["--x", "1"], {"x": "1"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_words_become_the_object_that_is_recorded(entry_type: str, words: list[str], entry: dict[str, object]) -> None:
    assert keys.entry_object(entry_type, keys.pairs(words)) == entry


def test_dotted_keys_of_a_correction_are_laid_over_the_original() -> None:
    base = {"authority": {"title": "x", "document_no": "1"}}
    assert keys.entry_object("hired", [("authority.title", "y")], base) == {
        "authority": {"title": "y", "document_no": "1"}
    }
    assert keys.entry_object("hired", [("authority.title", "")], base) == {"authority": {"document_no": "1"}}
    assert base == {"authority": {"title": "x", "document_no": "1"}}


@pytest.mark.parametrize("words", [["x"], ["--"], ["--a"], ["--a", "--b", "c"], ["--a", "b", "c"], ["-a", "b"]])
def test_every_value_needs_its_key(words: list[str]) -> None:
    with pytest.raises(click.UsageError):
        keys.pairs(words)


def test_digits_are_a_position_unless_said_otherwise() -> None:
    assert [reference(text) for text in ("7", "id:7", "#7", "0", "9" * 20, "七")] == [7, "7", "#7", "0", "9" * 20, "七"]


# ---------------------------------------------------------------- words


def test_an_entry_is_told_in_words_without_what_every_line_shows_anyway() -> None:
    content = {
        "type": "secondment_started", "id": "s-1", "effective_on": "2024-03-01", "effective_precision": "day",
        "baseline": False, "note": "备注\n二", "person": "P1", "host": "B", "kind": "aid",
        "authority": {"document_no": "借1号", "title": "通知"}, "source_recorded_by": "x",
    }  # fmt: skip
    assert content_of(content) == "人员 P1；借入单位 B；种类 援派；文号 借1号；标题 通知；备注 备注\\n二"


def test_a_correction_is_told_with_its_replacement() -> None:
    replacement = {"type": "departed", "effective_on": "2024-01-01", "person": "P1", "reason": "died", "baseline": True}
    told = content_of({"type": "corrected", "entry": "h-1", "reason": "笔误", "replacement": replacement})
    assert told == "所指的一笔 h-1；理由 笔误；改为 [离开；生效日期 2024-01-01；人员 P1；理由 去世；期初数据 是]"


def test_measures_and_lists_are_told_in_words() -> None:
    told = content_of({"type": "census_claimed", "measures": {"quota.administrative": 34}, "plates": ["甲", "乙"]})
    assert told == "核定 (行政) 34；挂牌 甲、乙"


def test_numbers_and_perspectives() -> None:
    assert [signed(number) for number in (None, 0, 3, -2)] == [None, "0", "+3", "-2"]
    assert perspective_line("2022-06-30", 9, "含下级") == "截至 2022-06-30，按第 9 笔为止所知；含下级"


def test_a_refusal_is_told_with_the_words_of_its_codes() -> None:
    refused = Refused("no_quota_record", {"unit": "A", "establishment": "support", "date": "2024-01-01"})
    assert sentence(refused) == "“A”在 2024-01-01 没有核定工勤编制。"
    locale.use("en")
    assert sentence(refused) == "“A” has no number of support posts on 2024-01-01."


def test_a_refusal_that_rests_on_ever_another_one_ends() -> None:
    params: dict[str, object] = {"other": "x", "other_type": "hired", "other_date": "2024-01-01"}
    refused = Refused("breaks_other_entry", params)
    for _ in range(9):
        refused = Refused("breaks_other_entry", {**params, "because": refused})
    assert sentence(refused).endswith("…")
    assert len(sentence(refused)) < 200


def test_braces_in_data_stay_braces() -> None:
    assert fill("There is no unit “{unit}”.", {"unit": "{unit} {0} %s"}) == "没有单位“{unit} {0} %s”。"
