"""Text of the ledger made fit for cells: literally, never as markup, and never able to steer the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from ledger.cli.text import shown

MORE = ".."
"""What stands for the rest of a text that was cut; the usual dots have no certain width on Chinese consoles."""


class Plainness:
    """Whether the terminal gives two cells to characters of uncertain width, so that only ASCII may frame them."""

    ascii_only = False


_REPLACED = {
    "·": ".",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "—": "-",
    "–": "-",
    "…": ".",
    "×": "x",
    "°": "o",
    "→": ">",
}
_WORDED = str.maketrans({one: sign for one, sign in _REPLACED.items() if one != "·"})
"""The middle dot stays: it belongs to names."""


@lru_cache(maxsize=50_000)
def _plain(text: str, *, ascii_only: bool) -> str:
    safe = shown(text)
    if not ascii_only or safe.isascii():
        return safe
    return "".join(_certain(character) for character in safe)


def _certain(character: str) -> str:
    if unicodedata.east_asian_width(character) != "A":
        return character
    return _REPLACED.get(character, "?")


def plain(text: object) -> str:
    """Data as it may be shown: steering characters as escapes, and no uncertain widths where these break lines."""
    return _plain(str(text), ascii_only=Plainness.ascii_only)


def worded(text: str) -> str:
    """A sentence of the program, with signs of certain width for its own; in lists, data stay letter by letter."""
    return plain(text).translate(_WORDED)


def tsv(lines: Iterable[Sequence[str]]) -> str:
    """Lines as columns for a spreadsheet; no text of the ledger becomes a formula there."""
    return "".join("\t".join(map(_text_cell, line)) + "\n" for line in lines)


def _text_cell(text: str) -> str:
    is_formula = len(text) > 1 and text.startswith(("=", "+", "-", "@")) and not text[1:].isdecimal()
    return f"'{plain(text)}" if is_formula else plain(text)


def literal(text: object, style: str = "") -> Text:
    """Data as a renderable in which nothing is markup."""
    return Text(plain(text), style=style, no_wrap=True, overflow="crop", end="")


def fit(text: str, cells: int, *, right: bool = False) -> str:
    """The text in exactly so many cells, cut with two dots where it is longer."""
    size = cell_len(text)
    if size > cells:
        kept = set_cell_size(text, max(cells - len(MORE), 0)) if cells >= len(MORE) else ""
        return (kept + MORE)[:cells] if cells < len(MORE) else kept + MORE
    space = " " * (cells - size)
    return space + text if right else text + space


def fit_middle(text: str, cells: int) -> str:
    """As `fit`, but what is cut is the middle: the end of an office's name tells it from its neighbours."""
    if cell_len(text) <= cells or cells < 8:
        return fit(text, cells)
    room = cells - len(MORE)
    head = set_cell_size(text, room - room // 2).rstrip()
    tail = text
    while cell_len(tail) > room - cell_len(head):
        tail = tail[1:]
    return fit(head + MORE + tail, cells)
