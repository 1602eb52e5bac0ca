"""From what was typed into a field to the value of its key, or to a sentence that says what is wrong."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.interchange.dates import OPEN_WORDS
from ledger.locale import N_, _
from tui.dates import NotADate, read_typed, told
from tui.forms.fields import Field
from tui.where import today

_NUMBER = re.compile(r"[+-]?\d{1,7}", re.ASCII)
_BETWEEN = re.compile(r"[;；\n]")
_LIST = re.compile(r"[;；、,，\n]")
_UNITS_OF_COUNT = "名个人"


class Problem(ValueError):
    """A field cannot be read; its text is the sentence, translated."""


@dataclass(frozen=True, slots=True)
class Read:
    """The value of a field. `shown`: what it means, beside the field; empty where the text says it itself."""

    value: Any
    shown: str = ""


NOTHING = Read(None)


def read(field: Field, text: str, *, start: date | None = None) -> Read:
    """The value of a field that is typed. `start`: what short forms of a date count from. Raises Problem."""
    typed = text.strip()
    if not typed:
        return NOTHING
    match field.kind:
        case "date":
            day = _day(typed, None, is_term=False)
            return Read(day.isoformat(), told(day))
        case "last_day":
            return _last_day(typed, start)
        case "number" | "signed":
            return Read(_number(typed, signed=field.kind == "signed"))
        case "list":
            return Read([part.strip() for part in _LIST.split(typed) if part.strip()])
        case "pairs":
            return Read(_pairs(typed))
    return Read(typed)


def is_open(text: str) -> bool:
    """Whether the text says that there is no last day."""
    return unicodedata.normalize("NFKC", text).strip().lower() in {*OPEN_WORDS, "o", "无期限"}


def _last_day(typed: str, start: date | None) -> Read:
    if is_open(typed):
        return Read(None, _("no end"))
    day = _day(typed, start, is_term=True)
    if start is None or start > day:
        return Read(day.isoformat(), told(day))
    return Read(day.isoformat(), _("{date}, {days} days").format(date=told(day), days=(day - start).days + 1))


def _day(typed: str, start: date | None, *, is_term: bool) -> date:
    try:
        return read_typed(typed, today=today(), start=start, is_term=is_term)
    except NotADate as problem:
        raise Problem(_(str(problem))) from None


def _number(typed: str, *, signed: bool) -> int:
    plain = unicodedata.normalize("NFKC", typed).strip().rstrip(_UNITS_OF_COUNT).replace("−", "-")
    if not _NUMBER.fullmatch(plain) or (not signed and plain.startswith("-")):
        raise Problem(_(N_("a whole number is expected")))
    return int(plain)


def _pairs(typed: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in _BETWEEN.split(typed):
        if not part.strip():
            continue
        name, sign, value = unicodedata.normalize("NFKC", part).partition("=")
        if not sign or not name.strip() or not value.strip():
            raise Problem(_("write name=value; name=value"))
        found[name.strip()] = _any(value.strip())
    return found


def _any(value: str) -> object:
    if value[0] in '[{"':
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise Problem(_("this is not JSON")) from None
    return int(value) if _NUMBER.fullmatch(value) else value


def typed_of(field: Field, value: object) -> str:
    """The text that, typed, gives a value: for forms that open filled in."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "; ".join(f"{name}={_plain(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return "、".join(map(str, value))
    return f"{value:+d}" if field.kind == "signed" and field.key == "change" and isinstance(value, int) else str(value)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
