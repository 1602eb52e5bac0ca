"""Identity numbers 公民身份号码 (GB 11643): what one is, how one is shown. They never enter an entry (spec 2.2)."""

from __future__ import annotations

import unicodedata

from ledger.domain.text import TextProblem, without_id_number

_SHOWN_FIRST, _SHOWN_LAST = 6, 2


def normal(text: str) -> str:
    """As it is kept: ASCII digits, a capital X, nothing around it."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def is_id_number(number: str) -> bool:
    """Whether it is one, in its normal form: 18 signs, a date in the middle, a check digit that fits."""
    if len(number) != 18 or not number.isascii():
        return False
    try:
        without_id_number(number)
    except TextProblem:
        return True
    return False


def masked(number: str) -> str:
    """As it is shown: the first six digits (where it was issued) and the last two."""
    return f"{number[:_SHOWN_FIRST]}{'*' * (len(number) - _SHOWN_FIRST - _SHOWN_LAST)}{number[-_SHOWN_LAST:]}"
