"""How wide the columns of a register are on paper, and how large its letters: so that no number or date is cut."""

from __future__ import annotations

import re

from ledger.locale import _
from ledger.reports.model import Block

SIZES = (10.0, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0)
"""Points, the largest that fits is taken."""
MARGIN = 2
"""Half characters beside the text of a cell, both sides together."""
_MOST = 44
"""Half characters that a text may ask for before it takes several lines."""
_LINE = 14
"""Half characters of a line of a text that takes three."""
_LOOKED_AT = 500
_UNBROKEN = re.compile(r"(?:[〔（《“]*[^\s\u2e80-\uffef]+[〕）》”、，。；：号]*)+")
"""What no line ends in: a word, a number, a date, and the brackets and signs at its sides."""
_SHORT = 8
"""Half characters of a text that stays on one line: a name, a state."""
_WIDE = frozenset("WM@%")
_POINT = 0.3528
"""Millimetres."""


def fit(block: Block, across: float) -> tuple[float, list[float]]:
    """The size of the letters in points and the widths of the columns in millimetres, together `across`."""
    needed, wanted = _asked(block)
    rooms = {size: across / (size / 2 * _POINT) for size in SIZES}
    size = next((size for size in SIZES if sum(needed) <= rooms[size]), SIZES[-1])
    shares = _shared(needed, wanted, rooms[size])
    return size, [share * across / sum(shares) for share in shares]


def widths(block: Block, room: float) -> list[float]:
    """The widths of the columns in half characters: what they want, or as much of it as a page has room for."""
    needed, wanted = _asked(block)
    return [float(one) for one in wanted] if sum(wanted) <= room else _shared(needed, wanted, room)


def _asked(block: Block) -> tuple[list[int], list[int]]:
    """What each column needs, so that nothing is cut, and what it wants, so that its texts stay on one line."""
    needed: list[int] = []
    wanted: list[int] = []
    for column, one in enumerate(block.fields):
        texts = [str(row[column]) for row in _rows(block) if row[column] is not None]
        longest = max(map(cells, texts), default=0)
        least = max([4, _heading(_(one.title)), min(_LINE, (longest + 2) // 3), *map(_unbroken, texts)])
        needed.append(least + MARGIN)
        wanted.append(max(least, min(_MOST, longest)) + MARGIN)
    return needed, wanted


def _shared(needed: list[int], wanted: list[int], room: float) -> list[float]:
    spare, greed = room - sum(needed), sum(wanted) - sum(needed)
    if spare >= greed:  # all of it fits: what is left over is shared out
        return [one * room / sum(wanted) for one in wanted]
    if spare <= 0:
        return [float(one) for one in needed]
    return [least + (most - least) * spare / greed for least, most in zip(needed, wanted, strict=True)]


def _rows(block: Block) -> list[list[str | int | None]]:
    return [*block.rows[:_LOOKED_AT], *([] if block.total is None else [block.total])]


def cells(text: str) -> int:
    """Half characters that a text takes: two for each Chinese one."""
    return sum(2 if sign > "\u2e7f" or sign in _WIDE else 1 for sign in text)


def _heading(title: str) -> int:
    """A heading may take two lines, or as many as it has words."""
    return _unbroken(title) if title.isascii() else (cells(title) + 3) // 4 * 2 + 2 * ("（" in title)


def _unbroken(text: str) -> int:
    """The longest part that stays on one line."""
    whole = cells(text)
    return whole if whole <= _SHORT else max(map(cells, _UNBROKEN.findall(text)), default=0)
