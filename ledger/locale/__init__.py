"""Every text an officer reads, in Chinese or English: gettext catalogues, loaded when first needed (spec 3.2.8).

The code speaks English: a message id is the English text itself. Words of the closed lists (kinds, measures, entry
types, keys) are looked up by `term`, with the name of their list as context, because one code may mean two things.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from pathlib import Path

DOMAIN = "ledger"
FOLDER = Path(__file__).parent
LANGUAGES: Mapping[str, str] = {"zh": "zh_CN", "en": "en"}
"""Language as said on the command line -> name of its catalogue."""
DEFAULT = "zh"


class _Spoken:
    """The language in use, one for the whole process, and the catalogues read so far."""

    def __init__(self) -> None:
        self.language = DEFAULT
        self.catalogues: dict[str, gettext.NullTranslations] = {}

    def catalogue(self) -> gettext.NullTranslations:
        found = self.catalogues.get(self.language)
        if found is None:
            name = LANGUAGES[self.language]
            found = gettext.translation(DOMAIN, FOLDER, [name], fallback=True)
            self.catalogues[self.language] = found
        return found


_spoken = _Spoken()


def use(language: str) -> None:
    """Speak this language from now on. Raises KeyError for one that is not in LANGUAGES."""
    LANGUAGES[language]
    _spoken.language = language


def language() -> str:
    """The language in use: `zh` or `en`."""
    return _spoken.language


def choose(asked: str | None, environment: Mapping[str, str]) -> str:
    """The language asked for; else that of the locale; else Chinese (spec 2.1)."""
    if asked in LANGUAGES:
        return str(asked)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return value[:2] if value[:2] in LANGUAGES else DEFAULT
    return DEFAULT


def _(message: str) -> str:
    """The text of a message id in the language in use; the id itself where the catalogue has none."""
    return _spoken.catalogue().gettext(message) if message else ""


def N_(message: str) -> str:
    """Marks a message id that is translated later, where it is shown."""
    return message


def term(group: str, code: object) -> str:
    """The word for a code of a closed list (`establishment`, `administrative`); an unknown code stays as it is."""
    return _spoken.catalogue().pgettext(group, str(code))
