"""Text in terminal cells, and data that can never steer a terminal."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = (
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff\U000e0000-\U000e0fff"
)
_STEERING = re.compile(f"[\x00-\x1f\x7f-\x9f{_INVISIBLE}]")
_STEERING_IN_JSON = re.compile(f"[\x7f-\x9f{_INVISIBLE}]")
_BYTE, _PLANE = 0x100, 0x10000
_PLAIN = re.compile(r"[ -~]*")


def shown(text: object) -> str:
    """The text with every control, direction and invisible character written as an escape of its number."""
    return _STEERING.sub(lambda found: _escape(ord(found.group())), str(text))


def _escape(code: int) -> str:
    if code < _BYTE:
        return {0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}.get(code, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < _PLANE else f"\\U{code:08x}"


def safe_json(document: str) -> str:
    """The same JSON with such characters as JSON escapes; in JSON they can only stand inside strings."""
    return _STEERING_IN_JSON.sub(lambda found: _json_escape(ord(found.group())), document)


def _json_escape(code: int) -> str:
    if code < _PLANE:
        return f"\\u{code:04x}"
    code -= _PLANE
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def width(text: str) -> int:
    """Terminal cells: East Asian wide and full-width characters take two, combining ones none."""
    if _PLAIN.fullmatch(text):
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """The text in so many cells, to the left or to the right side of them."""
    space = " " * max(0, cells - width(text))
    return space + text if right else text + space
