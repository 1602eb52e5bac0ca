"""Pinyin initials of names, so that `zws` finds 赵万山 (spec 3.2.4 person_search)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product

COMPOUND = frozenset(
    {
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "宇文",
        "长孙",
        "司徒",
        "司空",
        "夏侯",
        "轩辕",
        "端木",
        "独孤",
        "南宫",
        "西门",
    }
)
"""Surnames of two characters; both characters then get all their readings."""
EXTRA_READINGS = {"黑": ("he",)}
"""Surname readings the dictionary lacks."""

WITHOUT_WORDS = ("PYPINYIN_NO_PHRASES", "PYPINYIN_NO_DICT_COPY")
"""What keeps the dictionary of words away: a third of a second and 45 MB."""


@lru_cache(maxsize=20_000)
def _letters(character: str) -> tuple[str, ...]:
    """First letters of all readings of a character, the commonest first; itself when it is no ideograph."""
    if ord(character) < 0x2E80:
        return (character.lower(),) if character.isalnum() else ("",)
    for unneeded in WITHOUT_WORDS:
        os.environ.setdefault(unneeded, "true")
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.FIRST_LETTER, heteronym=True, errors="ignore")
    letters = [*(found[0] if found else []), *(reading[0] for reading in EXTRA_READINGS.get(character, ()))]
    return tuple(dict.fromkeys(letter for letter in letters if letter)) or ("",)


@lru_cache(maxsize=20_000)
def initials(name: str) -> str:
    """The initials of a name, one word for each reading of the surname, commonest first."""
    surname = 2 if name[:2] in COMPOUND else 1
    head = [_letters(character) for character in name[:surname]]
    tail = "".join(_letters(character)[0] for character in name[surname:])
    return " ".join(dict.fromkeys("".join(letters) + tail for letters in product(*head)))


def search_rows(names: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """The rows of `person_search` for (person, name) pairs."""
    for person, name in names:
        yield (person, name, initials(name))
