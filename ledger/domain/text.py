"""The one gate for text: what may stand in a code, a name, a note (spec 2.2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
UNSAFE_IN_LINES = re.compile(UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))
UNSEEN = re.compile("[\xad\u061c\u200b\u2060-\u2064\u206a-\u206f\ufff9-\ufffb\U000e0000-\U000e007f]")
"""Characters that take no room and join nothing: refused when an entry is read, but older ledgers may hold them."""
ID_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
)
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_ID_LENGTH = 18
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class TextProblem(ValueError):
    """A text that cannot enter the ledger; `code` is one of `TEXT_PROBLEMS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


TEXT_PROBLEMS = {
    "control_character": "it holds a control or direction character that cannot be seen",
    "outer_space": "it begins or ends with a space",
    "id_number": "it holds an identity card number, which never enters an entry",
}
"""Why a text was refused, as English message ids."""


def _single_line(value: str) -> str:
    if not value.isprintable() and UNSAFE.search(value):  # what is unsafe is not printable, and that is quick to tell
        raise TextProblem("control_character")
    if value[0].isspace() or value[-1].isspace():
        raise TextProblem("outer_space")
    return value if len(value) < _ID_LENGTH else without_id_number(value)


def _several_lines(value: str) -> str:
    if UNSAFE_IN_LINES.search(value):
        raise TextProblem("control_character")
    return without_id_number(value)


def without_id_number(value: str) -> str:
    """The text itself; raises TextProblem when it holds a valid 18-digit identity number (spec 2.2).

    Valid means that the check digit of GB 11643 (ISO 7064 MOD 11-2) fits, so that other long numbers pass.
    """
    if len(value) >= _ID_LENGTH:
        for found in ID_NUMBER.finditer(unicodedata.normalize("NFKC", value)):
            number = found.group()
            total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
            if "10X98765432"[total % 11] == number[-1].upper():
                raise TextProblem("id_number")
    return value


def without_unsafe_text(value: Any) -> Any:
    """A value of JSON itself; raises TextProblem when a text or key in it, at any depth, holds a control character."""
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, str) and UNSAFE.search(one):
            raise TextProblem("control_character")
        rest.extend([*one, *one.values()] if isinstance(one, dict) else one if isinstance(one, list) else ())
    return value


def all_seen(value: Any) -> bool:
    """Whether no text in a value of JSON, at any depth, holds a character that nobody can see."""
    if isinstance(value, str):
        return value.isascii() or not UNSEEN.search(value)
    if isinstance(value, Mapping):
        return all(map(all_seen, (*value, *value.values())))
    return all(map(all_seen, value)) if isinstance(value, list | tuple) else True


def composed(value: Any) -> Any:
    """A value of JSON with every text in Unicode's composed form (NFC): what looks the same is the same."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {composed(key): composed(one) for key, one in value.items()}
    return [composed(one) for one in value] if isinstance(value, list | tuple) else value


def no_formula(text: str) -> str:
    """The text as a cell of a CSV that no program takes for a formula; some read the full-width signs too."""
    return f"'{text}" if len(text) > 1 and text.startswith(_BEGINS_A_FORMULA) else text


def speakable(value: str) -> str:
    """The text with unpaired surrogates written out, so that every file and terminal can take it."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


_AS_LINE = Field(json_schema_extra={"format": "line"})
"""What the schema of a text says beside its length (see `ledger.persistence.forms`)."""

Code = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=64), AfterValidator(_single_line), _AS_LINE
]
"""A unit code, person number, rank: 1-64 characters, no control characters, no outer space (spec 2.2)."""
Name = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=120), AfterValidator(_single_line), _AS_LINE
]
"""A name or a title: 1-120 characters, else as a code."""
Line = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=400), AfterValidator(_single_line), _AS_LINE
]
"""A document number, a source, a reason: one line of up to 400 characters."""
Note = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=4000), AfterValidator(_several_lines)]
"""A remark: up to 4,000 characters, line breaks allowed."""
