"""The gate for text: codes, names and notes (spec 2.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ledger.domain.text import TEXT_PROBLEMS, Code, Name, Note, TextProblem, without_id_number

CODE, NAME, NOTE = (TypeAdapter[str](one) for one in (Code, Name, Note))


@pytest.mark.parametrize("text", ["T01", "张三", "阿依古丽·买买提", "T1-DZ", "一" * 64, "a b", "𠮷野", "№7〔2022〕"])
def test_what_may_be_a_code(text: str) -> None:
    assert CODE.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一" * 65,
        " T01",
        "T01 ",
        "T\t1",
        "T\n1",
        "T\x001",
        "T\u202e1",
        "T\u200f1",
        "\ufeffT1",
        "T\u2028",
        "T\ud800",
        "\u3000T1",
    ],
)
def test_what_may_not(text: str) -> None:
    with pytest.raises(ValidationError):
        CODE.validate_python(text)


def test_a_code_is_text() -> None:
    for value in (1, 1.0, None, ["T01"]):
        with pytest.raises(ValidationError):
            CODE.validate_python(value)


def test_names_are_up_to_120_characters() -> None:
    assert NAME.validate_python("一" * 120)
    with pytest.raises(ValidationError):
        NAME.validate_python("一" * 121)


def test_a_note_may_have_several_lines() -> None:
    assert NOTE.validate_python("第一行\n第二行\t完") == "第一行\n第二行\t完"
    with pytest.raises(ValidationError):
        NOTE.validate_python("第一行\r第二行")


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("身份证11010519491231002X", True),
        ("身份证11010519491231002x。", True),
        ("１１０１０５１９４９１２３１００２Ｘ", True),  # written wide
        ("110105194912310021", False),  # its check digit is wrong
        ("110105194913310021", False),  # no such month
        ("文号110105194912310020123", False),  # part of a longer number
        ("电话13800000000", False),
    ],
)
def test_an_identity_number_never_enters(text: str, *, refused: bool) -> None:
    if refused:
        with pytest.raises(TextProblem) as caught:
            without_id_number(text)
        assert caught.value.code in TEXT_PROBLEMS
    else:
        assert without_id_number(text) == text


@given(st.text(max_size=70))
def test_a_code_that_passes_is_kept_as_it_is(text: str) -> None:
    try:
        found = CODE.validate_python(text)
    except ValidationError:
        return
    assert found == text
    assert 1 <= len(text) <= 64
    assert text == text.strip()
