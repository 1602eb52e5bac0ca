"""Names by full pinyin, so that `zhaowanshan` finds 赵万山: told from the readings of their characters when asked.

Read tables keep initials alone (spec 3.2.4 person_search); what somebody spells out is cut into syllables, their first
letters find the names that may be meant, and these are then compared letter by letter.
"""

from __future__ import annotations

import os
from functools import cache, lru_cache
from itertools import product

from ledger.projections.search import EXTRA_READINGS, WITHOUT_WORDS

_INITIALS = "b p m f d t n l g k h j q x zh ch sh r z c s y w"
_FINALS = (
    "a o e ai ei ao ou an en ang eng ong er i ia ie iao iu ian in iang ing iong u ua uo uai ui uan un uang ueng ue v"
)
_SYLLABLES = frozenset(map("".join, product(["", *_INITIALS.split()], _FINALS.split())))
"""More than there are: what is found by them is compared anyway."""
_BEGINNINGS = frozenset(one[:end] for one in _SYLLABLES for end in range(1, len(one) + 1))
_LONGEST = max(map(len, _SYLLABLES))
_SAME = (("lyu", "lv"), ("nyu", "nv"), ("lve", "lue"), ("nve", "nue"))
"""Spellings of passports and of dictionaries -> those that people type."""


def spelled(typed: str) -> str:
    """What was typed, as names are compared with it: small letters, without spaces and apostrophes."""
    letters = typed.lower().replace(" ", "").replace("'", "")
    for other, usual in _SAME:
        letters = letters.replace(other, usual)
    return letters


@lru_cache(maxsize=100)
def first_letters(letters: str) -> frozenset[str]:
    """The first letters of the syllables, for every way of cutting them; the last syllable may be unfinished.

    None where not even the first one is whole: these are initials.
    """
    if not letters.isalpha() or not letters.isascii():
        return frozenset()

    @cache
    def cut(rest: str) -> frozenset[str]:
        found = {rest[0]} if rest in _BEGINNINGS else set()
        return frozenset(found | whole(rest)) if rest else frozenset([""])

    def whole(rest: str) -> set[str]:
        ends = [end for end in range(1, min(_LONGEST, len(rest)) + 1) if rest[:end] in _SYLLABLES]
        return {rest[0] + more for end in ends for more in cut(rest[end:])}

    return frozenset(whole(letters))


@lru_cache(maxsize=20_000)
def _readings(character: str) -> tuple[str, ...]:
    """All readings of a character, without tones; itself when it is no ideograph."""
    if ord(character) < 0x2E80:
        return (character.lower() if character.isalnum() else "",)
    for unneeded in WITHOUT_WORDS:
        os.environ.setdefault(unneeded, "true")
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(map(spelled, [*(found[0] if found else [""]), *EXTRA_READINGS.get(character, ())])))


def begins_so(name: str, letters: str) -> bool:
    """Whether a name, read aloud, begins with these letters."""
    if not letters or not name:
        return not letters
    return any(
        one.startswith(letters) or (letters.startswith(one) and begins_so(name[1:], letters[len(one) :]))
        for one in _readings(name[0])
    )
